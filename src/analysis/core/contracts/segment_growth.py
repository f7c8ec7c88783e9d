"""The table of the growth test, which the segment stage writes."""

from __future__ import annotations

from analysis.core.contracts.clean import CUSTOMER_ID, CUSTOMER_NAME
from analysis.core.contracts.schema import Column, Table, Words

TOO_SHORT = ("too_young", "silent", "few_months")  # why a customer has no growth; the first that holds
PEERS = ("industry", "region", "all")  # the first that is large enough
VERDICTS = ("faster", "slower", "alike")
SIGNALS = ("growth_watch", "early_warning")


def _growth(name: str, en: str, zh: str, meaning: str) -> Column:
    return Column(name, "ratio", Words(en, zh), meaning, low=-1, nullable=True)


GROWTH_TESTS = Table(
    "growth_tests",
    "one customer that has ever bought, with the yearly growth of its purchases and that of its peers",
    ("customer_id",),
    (
        CUSTOMER_ID,
        CUSTOMER_NAME,
        Column("status", "text", Words("Status", "状态"), "Whether there is a growth.", values=("estimated", "not_available")),
        Column("reason", "text", Words("Why not", "原因"), "Why there is none.", values=TOO_SHORT, nullable=True),
        Column("months", "int", Words("Months", "月数"), "Whole months that count: after that of the first order, before that of the last one.", low=0),
        Column("active_months", "int", Words("Months with purchases", "有购买的月数"), "Those of them with a purchase.", low=0),
        Column("revenue", "money", Words("Revenue", "收入"), "Purchases of the segments' window, net of what came back."),
        _growth("growth_yearly", "Growth a year", "年增长率", "Yearly growth of the purchases' mean, season taken out."),
        _growth("lo", "Low", "下限", "Lower end of its interval."),
        _growth("hi", "High", "上限", "Upper end of its interval."),
        Column("peer_kind", "text", Words("Peers by", "同行口径"), "What the peers have in common.", values=PEERS, nullable=True),
        Column("peer_group", "text", Words("Peers", "同行"), "Their industry or region; empty where all are peers.", nullable=True),
        Column("peers", "int", Words("Number of peers", "同行数"), "Customers of the group with a growth, itself included.", low=0, nullable=True),
        _growth("peer_growth", "Growth of peers", "同行年增长率", "Median of the group's growths, the surer ones counting more."),
        _growth("relative_growth", "Against peers", "相对同行", "Yearly growth of the purchases as a multiple of the peers', less one."),
        _growth("relative_lo", "Against peers, low", "相对同行下限", "Lower end of its interval."),
        _growth("relative_hi", "Against peers, high", "相对同行上限", "Upper end of its interval."),
        Column("verdict", "text", Words("Against peers", "与同行相比"), "Whether it grows faster or slower beyond chance.", values=VERDICTS, nullable=True),
        Column("signal", "text", Words("Signal", "信号"),
               "What that means in its quadrant; missing where quadrants are not known.", values=SIGNALS, nullable=True),
    ),
)  # fmt: skip
