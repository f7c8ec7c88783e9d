"""Tables that the executive stage writes."""

from __future__ import annotations

from analysis.core.contracts import churn, clean, lifetime_value
from analysis.core.contracts.schema import Column, Table, Words

_CUSTOMERS = Column("customers", "int", Words("Customers", "客户数"), "Customers that are counted.", low=0)
_SEGMENT = Column("segment", "text", Words("Segment", "客户分群"), "Its segment now.", nullable=True)

SEGMENT_VALUES = Table(
    "segment_values",
    "one segment with the value that its customers brought in the window",
    ("segment",),
    (
        Column("segment", "text", Words("Segment", "客户分群"), "Its segment now."),
        Column("position", "int", Words("Order", "次序"), "Order of the rules.", low=1),
        _CUSTOMERS,
        Column("customers_before", "int", Words("Customers before", "上月客户数"), "A month before.", low=0),
        Column("value", "money", Words("Value", "价值"), "Value of its customers in the window."),
        Column(
            "value_share",
            "ratio",
            Words("Share of value", "价值占比"),
            "Share of all of them.",
            nullable=True,
        ),
    ),
)

VALUE_STATES = Table(
    "value_states",
    "one state of customers by their present silence, with the value behind it",
    ("state",),
    (
        Column(
            "state",
            "text",
            Words("State", "状态"),
            "Silence against their own rhythm.",
            values=churn.RISK.by_name["state"].values,
        ),
        _CUSTOMERS,
        Column("value", "money", Words("Value, past window", "近期价值"), "Value of the past window."),
        Column(
            "value_at_risk",
            "money",
            Words("Value at risk", "风险价值"),
            "Risk times value.",
            low=0,
            nullable=True,
        ),
    ),
)

CALL_LIST = Table(
    "call_list",
    "one customer that is quieter than its own rhythm, with what it brought",
    ("customer_id",),
    (
        clean.CUSTOMER_ID,
        clean.CUSTOMER_NAME,
        clean.CUSTOMERS.by_name["region"],
        clean.CUSTOMERS.by_name["sales_rep"],
        _SEGMENT,
        *(
            churn.RISK.by_name[name]
            for name in ("state", "risk", "lo", "hi", "last_order_date", "silence_days")
        ),
        churn.RISK.by_name["expected_gap_days"],
        Column("value", "money", Words("Value, 12 months", "年价值"), "Value of the past window."),
        churn.RISK.by_name["value_at_risk"],
    ),
)

TOP_VALUES = Table(
    "top_values",
    "one of the customers that are expected to bring most, with the interval",
    ("customer_id",),
    (
        clean.CUSTOMER_ID,
        clean.CUSTOMER_NAME,
        _SEGMENT,
        *(lifetime_value.CLV.by_name[name] for name in ("horizon_months", "exp_orders", "clv", "lo", "hi")),
    ),
)

MONTH_ACTIONS = Table(
    "month_actions",
    "one thing to do this month, as the page says it",
    ("position",),
    (
        Column("position", "int", Words("Place", "序号"), "Its place on the page.", low=1),
        *(
            Column(f"{part}_{language}", "text", words, meaning)
            for part, words, meaning in (
                ("order", Words("What to do", "行动"), "What to do, in one language."),
                ("reason", Words("Why", "理由"), "Why, with money and customers, in one language."),
            )
            for language in ("zh", "en")
        ),
    ),
)
