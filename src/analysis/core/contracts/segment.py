"""Tables that the segment stage writes."""

from __future__ import annotations

from dataclasses import replace

from analysis.core.contracts.clean import CUSTOMER_ID, CUSTOMER_NAME
from analysis.core.contracts.schema import Column, Table, Words

AXES = ("recency", "frequency", "money")
MOVES = ("stayed", "up", "down", "mixed", "new", "back", "silent", "gone")
SIDES = {
    "up": ("up", "back"),
    "down": ("down", "silent", "gone"),
}  # moves that we like, and those that cost us
REASONS = (*(f"{axis}_{way}" for axis in AXES for way in ("up", "down")), "new", "back", "silent", "gone")

_SEGMENT = Column(
    "segment",
    "text",
    Words("Segment", "客户分群"),
    "Named by the rules of params.yaml; `silent` bought before the window only, `gone` returned it all.",
)
_SEGMENT_BEFORE = Column(
    "segment_before",
    "text",
    Words("Segment before", "上月分群"),
    "The same at the end of the month before; `new` had not bought yet.",
)
_CUSTOMERS = Column("customers", "int", Words("Customers", "客户数"), "Customers that are counted.", low=0)


STEADY = tuple(
    Column(f"steady_share{end}", "ratio", Words(f"In the long run{en}", f"长期占比{zh}"), f"{what} if the same moves were made again and again.", nullable=True)
    for end, en, zh, what in (
        ("", "", "", "Share of today's customers that would be here"),
        ("_lo", ", low", "下限", "Lower end of the interval of the share that would be here"),
        ("_hi", ", high", "上限", "Upper end of the interval of the share that would be here"),
    )
)


def _score(name: str, en: str, zh: str, meaning: str) -> Column:
    return Column(name, "int", Words(en, zh), meaning, low=1, nullable=True)


def _measures(suffix: str, en: str, zh: str, when: str) -> tuple[Column, ...]:
    return (
        Column(
            f"recency_days{suffix}",
            "int",
            Words(f"Days since last order{en}", f"{zh}距上次下单天数"),
            f"Days from the last purchase to {when}.",
            "days",
            0,
            nullable=True,
        ),
        Column(
            f"purchase_days{suffix}",
            "int",
            Words(f"Purchase days{en}", f"{zh}购买天数"),
            f"Days with a purchase in the window to {when}.",
            low=0,
        ),
        Column(
            f"money{suffix}",
            "money",
            Words(f"Money{en}", f"{zh}金额"),
            f"Contribution, or revenue where costs are not known, of the purchases in the window to {when}.",
        ),
        _score(
            f"recency_score{suffix}", f"R{en}", f"{zh}R", f"Score of the days since the last order at {when}."
        ),
        _score(f"frequency_score{suffix}", f"F{en}", f"{zh}F", f"Score of the purchase days at {when}."),
        _score(f"money_score{suffix}", f"M{en}", f"{zh}M", f"Score of the money at {when}."),
    )


RFM = Table(
    "rfm",
    "one customer that has ever bought, with its scores and its segment now and a month before",
    ("customer_id",),
    (
        CUSTOMER_ID,
        CUSTOMER_NAME,
        _SEGMENT,
        _SEGMENT_BEFORE,
        Column("move", "text", Words("Move", "变动"), "What became of it in the month.", values=MOVES),
        Column(
            "reason",
            "text",
            Words("Why", "原因"),
            "The score behind the move; missing where it stayed.",
            values=REASONS,
            nullable=True,
        ),
        *_measures("", "", "", "as_of"),
        *_measures("_before", " before", "上月", "the end of the month before"),
        Column("money_change", "money", Words("Change of money", "金额变化"), "Money now less money before."),
    ),
)

RFM_CUTS = Table(
    "rfm_cuts",
    "one score of one axis and the value from which it is given; the same for both months",
    ("axis", "score"),
    (
        Column("axis", "text", Words("Axis", "维度"), "Recency, frequency or money.", values=AXES),
        Column("score", "int", Words("Score", "得分"), "Higher is better.", low=1),
        Column(
            "bound",
            "float",
            Words("From", "起点"),
            "Least purchase days or money, or most days since the last order; missing if nobody gets it.",
            nullable=True,
        ),
    ),
)

SEGMENTS = Table(
    "segments",
    "one segment with its size and its money, now and a month before",
    ("segment",),
    (
        _SEGMENT,
        Column(
            "position",
            "int",
            Words("Order", "次序"),
            "Order of the rules; the first that matches names.",
            low=1,
        ),
        _CUSTOMERS,
        Column(
            "customer_share",
            "ratio",
            Words("Share of customers", "客户占比"),
            "Share of all that ever bought.",
            nullable=True,
        ),
        Column("money", "money", Words("Money", "金额"), "Money of its customers in the window."),
        Column(
            "money_share",
            "ratio",
            Words("Share of money", "金额占比"),
            "Share of the money of all; missing where that is not positive.",
            nullable=True,
        ),
        Column(
            "customers_before",
            "int",
            Words("Customers before", "上月客户数"),
            "At the end of the month before.",
            low=0,
        ),
        Column(
            "money_before",
            "money",
            Words("Money before", "上月金额"),
            "In the window to the end of the month before.",
        ),
        Column(
            "median_recency_days",
            "float",
            Words("Median days since last order", "距上次下单天数（中位）"),
            "Half of its customers ordered more recently.",
            "days",
            nullable=True,
        ),
        Column(
            "mean_purchase_days",
            "float",
            Words("Purchase days, mean", "平均购买天数"),
            "Mean over its customers in the window.",
            nullable=True,
        ),
        Column(
            "unsettled_share",
            "ratio",
            Words("Near a cut", "分界不稳"),
            "How often its customers would be named otherwise with cut points of a redrawn customer base.",
            nullable=True,
        ),
        *STEADY,
    ),
)

GRADINGS = ("rfm", "tier")
WAYS = ("segment_before", "segment", "customers", "share", "lo", "hi", "money_before", "money", "money_change")  # shown

MIGRATION = Table(
    "migration",
    "one way from one name of a grading to another: of segments since the month before, of tiers since the year before",
    ("grading", "segment_before", "segment"),
    (
        Column("grading", "text", Words("Grading", "分级方式"), "Segments by RFM, or tiers by payment.", values=GRADINGS),
        replace(_SEGMENT_BEFORE, meaning="Name of its customers then; `new` had not bought yet."),
        replace(_SEGMENT, meaning="Name of its customers now."),
        _CUSTOMERS,
        Column("share", "ratio", Words("Share", "占比"), "Share of those that were in the segment before."),
        Column("lo", "ratio", Words("Low", "下限"), "Lower end of the Dirichlet interval of the share."),
        Column("hi", "ratio", Words("High", "上限"), "Upper end of the Dirichlet interval of the share."),
        Column(
            "money_before", "money", Words("Money before", "上月金额"), "Money of these customers before."
        ),
        Column("money", "money", Words("Money", "金额"), "Money of these customers now."),
        Column("money_change", "money", Words("Change of money", "金额变化"), "Money now less money before."),
    ),
)
