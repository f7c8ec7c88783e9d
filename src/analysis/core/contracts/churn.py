"""Tables that the churn stage writes."""

from __future__ import annotations

from analysis.core.contracts.clean import CUSTOMER_ID
from analysis.core.contracts.schema import Column, Table, Words

STATES = ("active", "cooling", "at_risk", "probably_lost", "one_time")
QUIET = ("at_risk", "probably_lost")  # silent for longer than their own rhythm explains
CALLED = ("cooling", *QUIET)  # silent for longer than usual, and worth a call
METHODS = ("bgnbd", "common_rate", "not_available")
SCORES = ("model", "recency", "trailing_rate")
GROUPINGS = ("risk", "state")
_HORIZON = Column(
    "horizon_days", "int", Words("Days ahead", "未来天数"), "Length of the time ahead.", "days", low=1
)
_STATE = Column(
    "state",
    "text",
    Words("State", "状态"),
    "Present silence against the customer's own usual gaps; one-time buyers apart.",
    values=STATES,
    nullable=True,
)


def _share(name: str, en: str, zh: str, meaning: str, *, nullable: bool = True) -> Column:
    return Column(name, "ratio", Words(en, zh), meaning, low=0, high=1, nullable=nullable)


RISK = Table(
    "risk",
    "one customer's risk of placing no order in the days ahead (C1); pseudo-customers are left out",
    ("customer_id", "horizon_days"),
    (
        CUSTOMER_ID,
        _HORIZON,
        _share("risk", "No-order risk", "不下单风险", "Probability of no order in the days ahead."),
        _share("lo", "Risk, low", "风险下限", "Lower end of its interval."),
        _share("hi", "Risk, high", "风险上限", "Upper end of its interval."),
        _STATE,
        Column("orders", "int", Words("Orders", "订单数"), "Purchase days so far.", low=1),
        Column(
            "last_order_date",
            "date",
            Words("Last order", "末单日期"),
            "Day of the last purchase that stayed.",
        ),
        Column(
            "silence_days",
            "int",
            Words("Days silent", "沉默天数"),
            "Days since the last order.",
            "days",
            low=0,
        ),
        Column(
            "expected_gap_days",
            "float",
            Words("Usual gap", "通常间隔"),
            "Days that usually pass between its orders.",
            "days",
            low=0,
            nullable=True,
        ),
        _share(
            "silence_percentile", "Silence, own rhythm", "沉默程度", "Share of its own gaps that are shorter."
        ),
        Column(
            "recent_value",
            "money",
            Words("Value, past window", "近期价值"),
            "Value of the past window, measured.",
        ),
        Column(
            "value_at_risk",
            "money",
            Words("Value at risk", "风险价值"),
            "Risk times the value of the past window, where that is above 0.",
            low=0,
            nullable=True,
        ),
        Column(
            "value_name",
            "text",
            Words("Value", "价值口径"),
            "What value means in this run.",
            values=("contribution", "revenue"),
        ),
        Column("method", "text", Words("Method", "方法"), "Model behind the risk.", values=METHODS),
    ),
)

RISK_CALIBRATION = Table(
    "risk_calibration",
    "one group of customers as judged one horizon ago, and how many then placed no order",
    ("grouping", "group"),
    (
        Column(
            "grouping",
            "text",
            Words("Grouped by", "分组方式"),
            "By risk, lowest first, or by state.",
            values=GROUPINGS,
        ),
        Column("group", "int", Words("Group", "组"), "Place of the group.", low=1),
        _STATE,
        Column("customers", "int", Words("Customers", "客户数"), "Customers in the group.", low=1),
        _share("predicted", "Predicted", "预测", "Mean predicted risk.", nullable=False),
        _share("observed", "Observed", "实际", "Share that placed no order.", nullable=False),
        _share("lo", "Observed, low", "实际下限", "Lower end of its Wilson interval.", nullable=False),
        _share("hi", "Observed, high", "实际上限", "Upper end of its Wilson interval.", nullable=False),
    ),
)

RISK_SCORES = Table(
    "risk_scores",
    "one way to score customers one horizon ago, and how it did",
    ("score",),
    (
        Column("score", "text", Words("Score", "评分"), "Model or baseline.", values=SCORES),
        Column("customers", "int", Words("Customers", "客户数"), "Customers known at that time.", low=1),
        _share(
            "no_order_share", "Placed no order", "未下单比例", "Share that placed no order.", nullable=False
        ),
        _share(
            "auc",
            "AUC",
            "AUC",
            "Chance that it ranks a customer without an order above one with.",
            nullable=False,
        ),
        _share("auc_lo", "AUC, low", "AUC下限", "Lower end of its interval (DeLong).", nullable=False),
        _share("auc_hi", "AUC, high", "AUC上限", "Upper end of its interval (DeLong).", nullable=False),
        Column(
            "lift",
            "float",
            Words("Top-group lift", "最高组提升度"),
            "Rate in the riskiest group over that of all.",
            low=0,
        ),
        Column(
            "brier",
            "float",
            Words("Brier", "Brier"),
            "Mean squared distance of risk and outcome.",
            low=0,
            high=1,
            nullable=True,
        ),
        Column(
            "slope",
            "float",
            Words("Calibration slope", "校准斜率"),
            "1 is right, below 1 too extreme.",
            nullable=True,
        ),
        Column(
            "slope_lo", "float", Words("Slope, low", "斜率下限"), "Lower end of its interval.", nullable=True
        ),
        Column(
            "slope_hi", "float", Words("Slope, high", "斜率上限"), "Upper end of its interval.", nullable=True
        ),
        Column(
            "intercept",
            "float",
            Words("Calibration intercept", "校准截距"),
            "0 is right, above 0 more customers stayed away than predicted.",
            nullable=True,
        ),
        Column(
            "intercept_lo",
            "float",
            Words("Intercept, low", "截距下限"),
            "Lower end of its interval.",
            nullable=True,
        ),
        Column(
            "intercept_hi",
            "float",
            Words("Intercept, high", "截距上限"),
            "Upper end of its interval.",
            nullable=True,
        ),
        Column(
            "auc_gain",
            "float",
            Words("AUC, model less this", "模型AUC优势"),
            "AUC of the model less that of this score.",
            low=-1,
            high=1,
        ),
        Column(
            "auc_gain_lo",
            "float",
            Words("Gain, low", "优势下限"),
            "Lower end of its interval.",
            low=-2,
            high=1,
        ),
        Column(
            "auc_gain_hi",
            "float",
            Words("Gain, high", "优势上限"),
            "Upper end of its interval.",
            low=-1,
            high=2,
        ),
    ),
)
