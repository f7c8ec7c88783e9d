"""What the export stage hands out: the rows of the CRM exchange (R8)."""

from __future__ import annotations

from dataclasses import replace

from analysis.core.contracts import (
    churn,
    churn_warnings,
    clean,
    lifetime_value,
    segment,
    segment_potential,
    segment_tiers,
)
from analysis.core.contracts.schema import Column, Table, Words

ACTIONS = ("change_terms", "answer_warning", "call", "win_back", "grow")  # the first that a customer calls for is its next
_RISK, _CLV = churn.RISK.by_name, lifetime_value.CLV.by_name


def _open(column: Column, **other: object) -> Column:
    """``column``, missing where its stage says nothing of the customer."""
    return replace(column, nullable=True, **other)  # type: ignore[arg-type]


CRM_EXCHANGE = Table(
    "crm_exchange",
    "one customer with its grades, its risk and its next action, for a CRM to read in; pseudo-customers are left out",
    ("customer_id",),
    (
        clean.CUSTOMER_ID,
        clean.CUSTOMER_NAME,
        clean.CUSTOMERS.by_name["region"],
        replace(clean.CUSTOMERS.by_name["industry"], label=Words("Industry", "行业")),
        clean.CUSTOMERS.by_name["sales_rep"],
        _open(segment_tiers.CUSTOMER_TIERS.by_name["tier"]),
        _open(segment.RFM.by_name["segment"]),
        _open(segment_potential.QUADRANTS.by_name["quadrant"]),
        _RISK["state"],
        _RISK["risk"],
        _open(_RISK["lo"], name="risk_lo"),
        _open(_RISK["hi"], name="risk_hi"),
        *(_open(_RISK[name]) for name in ("last_order_date", "silence_days", "recent_value")),
        _CLV["clv"],
        _open(_CLV["lo"], name="clv_lo", label=Words("Lifetime value, low", "终身价值下限")),
        _open(_CLV["hi"], name="clv_hi", label=Words("Lifetime value, high", "终身价值上限")),
        Column("open_warnings", "int", Words("Open warnings", "未关闭预警"), "Signals whose alarm rang in the last months.", low=0),
        Column(
            "signal", "text", Words("Warning", "预警"), "The first of them.",
            values=churn_warnings.SIGNALS, nullable=True,
        ),
        Column(
            "action_id", "text", Words("Action", "行动编号"),
            "Its number: day, kind and customer, so that a second export of the month gives the same.", nullable=True,
        ),
        Column(
            "action_type", "text", Words("Next action", "下一步行动"), "The first of the list that it calls for.",
            values=ACTIONS, nullable=True,
        ),
        Column("issued_on", "date", Words("Issued", "下达日期"), "Last day that counts.", nullable=True),
        Column(
            "at_stake", "money", Words("At stake", "涉及金额"),
            "Loss of the year, risk times value, expected value of a return, or purchases elsewhere: see the action.",
            low=0, nullable=True,
        ),
    ),
)  # fmt: skip
