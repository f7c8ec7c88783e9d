"""Tables that the executive stage writes."""

from __future__ import annotations

from analysis.core.contracts import churn, clean
from analysis.core.contracts.churn_warnings import SIGNALS
from analysis.core.contracts.figures import STATUSES
from analysis.core.contracts.schema import Column, Table, Words

SILENCE = "silence"
VERDICTS = ("in_line", "different", "cannot_tell", "not_available")
CLAIM_KINDS = (
    "concentration", "few_keys", "cost", "gain_points", "gain_relative", "renewal", "kept", "moved_up", "value", "cross_sell",
)  # fmt: skip

CALL_LIST = Table(
    "call_list",
    "one customer that is quieter than its own rhythm, with what it brought",
    ("customer_id",),
    (
        clean.CUSTOMER_ID,
        clean.CUSTOMER_NAME,
        clean.CUSTOMERS.by_name["region"],
        clean.CUSTOMERS.by_name["sales_rep"],
        Column("segment", "text", Words("Segment", "客户分群"), "Its segment now.", nullable=True),
        *(
            churn.RISK.by_name[name]
            for name in ("state", "risk", "lo", "hi", "last_order_date", "silence_days")
        ),
        churn.RISK.by_name["expected_gap_days"],
        Column("value", "money", Words("Value, 12 months", "年价值"), "Value of the past window."),
        churn.RISK.by_name["value_at_risk"],
        Column("orders_by_month", "text", Words("Orders, 12 months", "近12个月订单"),
               "Purchase days of each month of the window, the oldest first."),
        Column("stands_out", "text", Words("What stands out", "突出迹象"), "Its rarest open warning, else its silence.", values=(SILENCE, *SIGNALS)),
        Column("is_red", "bool", Words("Red", "红色预警"), "Two independent signals of the customer are open."),
    ),
)

_SPREAD = tuple(
    Column(name, "money", Words(en, zh), f"Of those with a value above zero, {share} % lie below.", nullable=True)
    for name, share, en, zh in (
        ("tail_low", 5, "Lowest 5 % below", "5% 分位"), ("half_low", 25, "Lowest quarter below", "25% 分位"),
        ("median", 50, "Middle customer", "中位客户"), ("half_high", 75, "Highest quarter above", "75% 分位"),
        ("tail_high", 95, "Highest 5 % above", "95% 分位"),
    )
)  # fmt: skip

TIER_VALUES = Table(
    "tier_values",
    "one tier with the lifetime value that its customers are expected to bring (V4 by G1)",
    ("tier",),
    (
        Column("tier", "text", Words("Tier", "层级"), "Named by params.yaml."),
        Column("position", "int", Words("Order", "次序"), "From the largest payers.", low=1),
        Column("customers", "int", Words("Customers", "客户数"), "Customers with a lifetime value.", low=0),
        Column("valued", "int", Words("Above zero", "大于零"), "Those of them whose value is above zero.", low=0),
        Column("clv", "money", Words("Predicted value", "预测价值"), "Sum over all of them, discounted to as_of."),
        *_SPREAD,
    ),
)

CLAIMS = Table(
    "claims",
    "one number that management articles assert, beside the same number of this data (X2)",
    ("claim",),
    (
        Column("claim", "text", Words("Claim", "说法"), "Its kind, and its number among those of the kind."),
        Column("position", "int", Words("Order", "次序"), "Order in which claims are shown.", low=1),
        Column("kind", "text", Words("Kind", "类别"), "What it is about.", values=CLAIM_KINDS),
        Column("of", "float", Words("Of", "对象"), "The share of customers, or the change of retention, that it speaks of.", nullable=True),
        Column("said_low", "float", Words("Said, from", "说法下限"), "Least number that is said."),
        Column("said_high", "float", Words("Said, to", "说法上限"), "Largest number that is said; missing where there is no end.", nullable=True),
        Column("value", "float", Words("Here", "本公司"), "The same of this data.", nullable=True),
        Column("lo", "float", Words("Here, low", "下限"), "Lower end of its interval; the value itself where it is counted.", nullable=True),
        Column("hi", "float", Words("Here, high", "上限"), "Upper end of the same.", nullable=True),
        Column("status", "text", Words("Status", "数据状态"), "How the number came about.", values=STATUSES),
        Column("needs", "text", Words("Needs", "需要"), "What would tell it.", nullable=True),
        Column("verdict", "text", Words("Verdict", "结论"), "Whether the interval lies inside of what is said, outside, or across.", values=VERDICTS),
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
