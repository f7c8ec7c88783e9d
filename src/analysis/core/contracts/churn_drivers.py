"""Tables of C2: what goes with a slower return."""

from __future__ import annotations

from analysis.core.contracts.columns import money, number
from analysis.core.contracts.optional_words import WORDS
from analysis.core.contracts.schema import Column, Table, Words

REASONS = tuple(WORDS["exit_reasons"]["reason"])
UNKNOWN = "unknown"
KINDS = ("ours", "theirs", "own")
GRADES = ("A", "B", "C")
LEFT_OUT = ("absent", "constant", "few", "follows")
LEFT_OUT_OF_SEGMENT = ("constant", "few", "follows", "small")
SHAPES = ("line", "range")


def _with_ends(name: str, en: str, zh: str, meaning: str, *, low: float | None = None, unit: str = "") -> tuple[Column, ...]:
    short = {"hazard_ratio": "", "within_ratio": "within_"}.get(name, f"{name}_")
    ends = (f"{short}lo", f"{short}hi")
    return (
        number(name, en, zh, meaning, low=low, unit=unit),
        number(ends[0], f"{en}, low", f"{zh}下限", f"Lower end of its interval: {meaning[0].lower()}{meaning[1:]}", low=low, unit=unit),
        number(ends[1], f"{en}, high", f"{zh}上限", f"Upper end of its interval: {meaning[0].lower()}{meaning[1:]}", low=low, unit=unit),
    )


DRIVER_EFFECTS = Table(
    "driver_effects",
    "one thing that may go with a slower return (C2), with what was found of it; an association",
    ("driver",),
    (
        Column("driver", "text", Words("Driver", "因素"), "Name of the driver; of a column of yours, `column: value`."),
        Column("kind", "text", Words("Kind", "类别"), "Something we did, the customer did, or a column of yours.", values=KINDS),
        Column("unit", "float", Words("For", "变化量"), "The change that an effect is told for; missing for a column of yours.", nullable=True),
        Column("owner", "text", Words("Who can act", "负责方"), "Who can do something about it."),
        Column("reason", "text", Words("Left out because", "未纳入原因"), "Why it could not be judged.", values=LEFT_OUT, nullable=True),
        Column("exposed", "int", Words("Customers with it", "涉及客户"), "Customers at risk now who have it.", low=0, nullable=True),
        Column("exposed_share", "ratio", Words("Share with it", "涉及比例"), "Of the customers at risk now.", low=0, high=1, nullable=True),
        *_with_ends("hazard_ratio", "Return, times", "回购倍数", "Chance of the next order in a month, times, for one unit more; below 1 is slower.", low=0),
        Column("p_value", "ratio", Words("P", "P值"), "Chance of such a ratio if there were none.", low=0, high=1, nullable=True),
        Column("holm", "ratio", Words("P, all tried", "校正P值"), "The same, allowing for all drivers that were tried (Holm).", low=0, high=1, nullable=True),
        Column("is_named", "bool", Words("Named", "显著"), "The corrected P is small enough to name the driver."),
        *_with_ends("points", "No order, points", "百分点", "How much likelier no order within the horizon is, for one unit more.", unit="percentage points"),
        number("points_knowing_silence", "Points, silence known", "计入沉默", "The same among customers of like silence: who, not why.", unit="percentage points"),
        *_with_ends("customers", "Customers that go with it", "相关客户", "Likely to place no order within the horizon, more than without the driver."),
        money("clv", "Lifetime value that goes with it", "相关价值", "The same, each with its lifetime value."),
        money("clv_lo", "Lifetime value, low", "相关价值下限", "Lower end of its interval."),
        money("clv_hi", "Lifetime value, high", "相关价值上限", "Upper end of its interval."),
        *_with_ends("within_ratio", "Within a customer, times", "同客户倍数", "The ratio of one and the same customer with more of the driver and with less.", low=0),
        Column("placebo_p", "ratio", Words("P of later driver", "事后P值"), "Small where today's order goes with a driver of months later.", low=0, high=1, nullable=True),
        Column("grade", "text", Words("Evidence", "证据等级"), "A drawn by lot, B within customers and not with what comes later, C side by side.", values=GRADES, nullable=True),
    ),
)  # fmt: skip

DRIVER_STRUCTURE = Table(
    "driver_structure",
    "one thing known at the first order (C2): how it goes with buying more often and with leaving; an association",
    ("term",),
    (
        Column("term", "text", Words("Known at the first order", "首单时已知"), "Name of it; of a column of yours, `column: value`."),
        *_with_ends("rate_ratio", "Orders, times", "频率倍数", "How many times as often a customer orders, while it is one.", low=0),
        *_with_ends("stop_odds", "Leaving, odds times", "离开几率", "Odds of leaving after an order, times; above 1 leaves sooner.", low=0),
    ),
)  # fmt: skip

DRIVER_SEGMENTS = Table(
    "driver_segments",
    "one driver in one segment of the customers (C2): its effect there, and beside that in all other segments; an association",
    ("driver", "segment"),
    (
        Column("driver", "text", Words("Driver", "因素"), "Name of the driver, as in driver_effects."),
        Column("segment", "text", Words("Segment", "客户分组"), "The segment in which a customer stood in a month, as far as was known then."),
        Column("reason", "text", Words("Not told because", "未给出原因"), "Why there is no effect: `small` carries no model.",
               values=LEFT_OUT_OF_SEGMENT, nullable=True),
        Column("customers", "int", Words("Customers", "客户数"), "Customers with a month at risk in the segment.", low=0),
        Column("months", "int", Words("Months at risk", "观察月数"), "Months of its customers that were asked for an order.", low=0),
        Column("orders", "int", Words("Months with an order", "有订单月数"), "Those in which one came.", low=0),
        *_with_ends("hazard_ratio", "Return, times", "回购倍数", "Chance of the next order in a month, times, for one unit more, in the segment.", low=0),
        Column("p_value", "ratio", Words("P", "P值"), "Chance of such a ratio if there were none.", low=0, high=1, nullable=True),
        Column("q_value", "ratio", Words("Q", "Q值"), "Share of ratios by chance if all up to this one are named (Benjamini-Hochberg).",
               low=0, high=1, nullable=True),
        number("rest_ratio", "Elsewhere, times", "其他组倍数", "The same among the customers of all other segments.", low=0),
        *_with_ends("times_rest", "Segment to rest", "组间倍数比", "Ratio in the segment over that elsewhere; 1 is no difference.", low=0),
        Column("difference_p", "ratio", Words("P of difference", "差异P值"), "Chance of such a difference if there were none.", low=0, high=1, nullable=True),
        Column("difference_q", "ratio", Words("Q of difference", "差异Q值"), "Share of differences by chance if all up to this one are named.",
               low=0, high=1, nullable=True),
        Column("differs", "bool", Words("Differs", "有差异"), "The Q of the difference is small enough to say so."),
    ),
)  # fmt: skip

DRIVER_CURVES = Table(
    "driver_curves",
    "one amount of one driver (C2): how likely customers at risk now order within the horizon with it, all else as it is; an association",
    ("driver", "shape", "amount"),
    (
        Column("driver", "text", Words("Driver", "因素"), "Name of the driver, as in driver_effects."),
        Column("shape", "text", Words("Shape", "形状"), "On the fitted line, or in a range of the driver with a level of its own.", values=SHAPES),
        Column("amount", "float", Words("Amount", "数值"), "Of the driver: a share, or standard deviations of a column of yours; of a range its mean."),
        Column("share", "ratio", Words("Months there", "月数占比"), "Share of the months at risk next to the amount, or in the range.", low=0, high=1),
        Column("chance", "ratio", Words("Order, chance", "下单概率"), "Mean chance of an order within the horizon.", low=0, high=1),
        Column("lo", "ratio", Words("Chance, low", "概率下限"), "Lower end of its interval."),
        Column("hi", "ratio", Words("Chance, high", "概率上限"), "Upper end of its interval."),
        Column("straight_p", "ratio", Words("P of straight", "直线P值"),
               "Of the driver: chance of ranges so far from its line if they lay on it, allowing for all drivers (Holm).", low=0, high=1, nullable=True),
    ),
)  # fmt: skip

EXIT_REASONS_FOUND = Table(
    "exit_reasons_found",
    "one reason that was written down of customers that left (C2); who is not asked has none",
    ("reason",),
    (
        Column("reason", "text", Words("Reason", "原因"), "As it was written down.", values=REASONS),
        Column("customers", "int", Words("Customers", "客户数"), "Customers of whom it was written down, latest first.", low=1),
        Column("share", "ratio", Words("Share", "占比"), "Of those whose reason is known.", low=0, high=1, nullable=True),
        Column("lo", "ratio", Words("Share, low", "占比下限"), "Lower end of its interval.", low=0, high=1, nullable=True),
        Column("hi", "ratio", Words("Share, high", "占比上限"), "Upper end of its interval.", low=0, high=1, nullable=True),
        money("revenue", "Revenue of the year before", "此前一年收入", "What they bought in the twelve months before, returns deducted."),
    ),
)  # fmt: skip
