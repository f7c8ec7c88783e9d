"""Tables of the retention what-if (V5)."""

from __future__ import annotations

from analysis.core.contracts.schema import Column, Table, Words

KINDS = ("points", "relative")
VERDICTS = ("below", "inside", "above")  # beside what is claimed
_KIND = Column(
    "kind", "text", Words("Kind of change", "变化方式"),
    "Percentage points added to retention, or per cent of it.", values=KINDS,
)  # fmt: skip
_CHANGE = Column("change", "float", Words("Change", "变化"), "How many percentage points, or how many per cent of the retention.", low=0)
_RATE = Column("discount_rate", "ratio", Words("Discount a year", "年折现率"), "What future money loses in a year.", low=0)


def _share(name: str, en: str, zh: str, meaning: str, *, nullable: bool = False) -> Column:
    return Column(name, "ratio", Words(en, zh), meaning, nullable=nullable)


RETENTION_WHAT_IF = Table(
    "retention_what_if",
    "one change of the yearly retention from now on, over one time ahead, at one discount rate",
    ("kind", "change", "horizon_months", "discount_rate"),
    (
        _KIND,
        _CHANGE,
        Column("horizon_months", "int", Words("Months ahead", "预测月数"), "Length of the time ahead.", "months", low=1),
        _RATE,
        _share("retention", "Retention now", "当前留存率", "Of the customers active now, the expected share still active in a year."),
        _share("reached", "Retention reached", "达到的留存率", "The same after the change; less than asked for where that is out of reach."),
        Column("is_capped", "bool", Words("Out of reach", "无法达到"), "Even without any avoidable exit retention stays below what was asked for."),
        _share("avoided", "Exits to be avoided", "需避免的流失", "Part of the exits that an effort can change, or of all where no reason is on record, that must be avoided.", nullable=True),
        Column("retained", "float", Words("Customers kept", "多留住的客户"), "Expected customers active in a year, more than without the change.", "customers"),
        Column("value", "money", Words("Value now", "当前价值"), "Expected value of today's customers without the change."),
        Column("gain", "money", Words("Gain", "增加的价值"), "Expected value with the change less that without, before what the change costs."),
        Column("lo", "money", Words("Gain, low", "增值下限"), "Lower end of its interval."),
        Column("hi", "money", Words("Gain, high", "增值上限"), "Upper end of its interval."),
        _share("gain_share", "Gain, share", "增值比例", "Gain over the value without the change.", nullable=True),
        _share("share_lo", "Share, low", "增值比例下限", "Lower end of its interval.", nullable=True),
        _share("share_hi", "Share, high", "增值比例上限", "Upper end of its interval.", nullable=True),
        Column("per_active", "money", Words("At most per customer", "每位客户上限"), "Gain for each customer active now: what the change may cost for it over this time."),
        Column("per_retained", "money", Words("At most per customer kept", "每多留一位上限"), "Gain for each customer kept after a year.", nullable=True),
        Column("verdict", "text", Words("Beside the claim", "与说法相比"), "Where the share lies; missing where nothing is claimed of this change.", values=VERDICTS, nullable=True),
    ),
)  # fmt: skip

RETENTION_REFERENCE = Table(
    "retention_reference",
    "one change of a constant yearly retention, by arithmetic: what it adds to a customer's lifetime",
    ("retention", "kind", "change", "discount_rate"),
    (
        _share("retention", "Retention", "留存率", "Share that stays, the same every year."),
        _KIND,
        _CHANGE,
        _RATE,
        Column("is_own", "bool", Words("Yours", "贵公司"), "The retention of these customers by the fitted model."),
        _share("gain_share", "Longer lifetime", "寿命延长", "By what share the discounted lifetime grows; missing where nobody would leave.", nullable=True),
        Column("elasticity", "float", Words("Elasticity", "弹性"), "Per cent more lifetime for one per cent more retention.", nullable=True),
    ),
)  # fmt: skip
