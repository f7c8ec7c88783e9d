"""Tables that the churn stage writes."""

from __future__ import annotations

from analysis.core.contracts.clean import CUSTOMER_ID
from analysis.core.contracts.columns import number, share
from analysis.core.contracts.schema import Column, Table, Words

STATES = ("active", "cooling", "at_risk", "probably_lost", "one_time")
QUIET = ("at_risk", "probably_lost")  # silent for longer than their own rhythm explains
CALLED = ("cooling", *QUIET)  # silent for longer than usual, and worth a call
MODELS = ("bgnbd", "mbgnbd", "pareto_nbd", "ggompertz_nbd", "bgcnbd", "mbgcnbd")
CORRECTED = tuple(f"{model}_corrected" for model in MODELS)  # by what earlier days taught of its risks
SCORES = (*MODELS, *CORRECTED, "rate_and_recency", "recency", "hiatus", "trailing_rate")
METHODS = (*SCORES, "common_rate", "not_available")
CLOCKS = ("calendar", "season")
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


RISK = Table(
    "risk",
    "one customer's risk of placing no order in so many days ahead (C1, N2); pseudo-customers are left out",
    ("customer_id", "horizon_days"),
    (
        CUSTOMER_ID,
        _HORIZON,
        share("risk", "No-order risk", "不下单风险", "Probability of no order in the days ahead."),
        share("lo", "Risk, low", "风险下限", "Lower end of its interval."),
        share("hi", "Risk, high", "风险上限", "Upper end of its interval."),
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
        share(
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

_WAY = (
    Column("method", "text", Words("Score", "评分"), "Model, what is learnt from the data, or plain rule.", values=SCORES),
    Column("clock", "text", Words("Clock", "时钟"), "Time by the calendar, or running with the season.", values=CLOCKS),
    Column("is_published", "bool", Words("Published", "采用"), "The way behind the risks."),
)
_AUC = (
    share("auc", "AUC", "AUC", "Chance that it ranks a customer without an order above one with.", nullable=False),
    share("auc_lo", "AUC, low", "AUC下限", "Lower end of its interval.", nullable=False),
    share("auc_hi", "AUC, high", "AUC上限", "Upper end of its interval.", nullable=False),
)
_BRIER = number("brier", "Brier", "Brier", "Mean squared distance of risk and outcome.", low=0, high=1)
_SLOPES = (
    number("slope", "Calibration slope", "校准斜率", "1 is right, below 1 too extreme."),
    number("slope_lo", "Slope, low", "斜率下限", "Lower end of its interval."),
    number("slope_hi", "Slope, high", "斜率上限", "Upper end of its interval."),
    number("intercept", "Calibration intercept", "校准截距", "0 is right, above 0 more customers stayed away than predicted."),
    number("intercept_lo", "Intercept, low", "截距下限", "Lower end of its interval."),
    number("intercept_hi", "Intercept, high", "截距上限", "Upper end of its interval."),
)
_MEASURES = (
    Column("customers", "int", Words("Customers judged", "受检客户"), "Customers known at each origin, added up.", low=1),
    share("no_order_share", "Placed no order", "未下单比例", "Share that placed no order.", nullable=False),
    *_AUC,
    Column("lift", "float", Words("Top-group lift", "最高组提升度"), "Rate in the riskiest group over that of all.", low=0),
    _BRIER,
    *_SLOPES,
)
_ORIGINS = Column("origins", "int", Words("Origins", "起点数"), "Days in the past from which was looked ahead.", low=1)

RISK_CALIBRATION = Table(
    "risk_calibration",
    "one group of customers as judged at the origins, and how many then placed no order",
    ("horizon_days", "grouping", "group"),
    (
        _HORIZON,
        Column("grouping", "text", Words("Grouped by", "分组方式"), "By risk, lowest first, or by state.", values=GROUPINGS),
        Column("group", "int", Words("Group", "组"), "Place of the group.", low=1),
        _STATE,
        Column("customers", "int", Words("Customers judged", "受检客户"), "Customers in the group, at each origin once.", low=1),
        share("predicted", "Predicted", "预测", "Mean predicted risk.", nullable=False),
        share("observed", "Observed", "实际", "Share that placed no order.", nullable=False),
        share("lo", "Observed, low", "实际下限", "Lower end of its Wilson interval; one customer at several origins counts less than as many customers.", nullable=False),
        share("hi", "Observed, high", "实际上限", "Upper end of its Wilson interval.", nullable=False),
    ),
)

RISK_SCORES = Table(
    "risk_scores",
    "one way to score customers, and how it did over all origins",
    ("horizon_days", "method", "clock"),
    (
        _HORIZON,
        *_WAY,
        _ORIGINS,
        *_MEASURES,
        number("auc_gain", "AUC, published less this", "采用者AUC优势", "AUC of the published way less that of this one.", low=-1, high=1),
        number("auc_gain_lo", "Gain, low", "优势下限", "Lower end of its interval.", low=-2, high=1),
        number("auc_gain_hi", "Gain, high", "优势上限", "Upper end of its interval.", low=-1, high=2),
    ),
)

RISK_ORIGINS = Table(
    "risk_origins",
    "one way to score customers at one origin in the past, within the time ahead of the headline, and how it did",
    ("origin", "method", "clock"),
    (Column("origin", "date", Words("As of", "起点"), "Last day that was known."), *_WAY, *_MEASURES),
)

RISK_DECAY = Table(
    "risk_decay",
    "the published way as it was fitted so many horizons before it was used",
    ("horizons_later",),
    (
        Column("horizons_later", "int", Words("Horizons later", "滞后期数"), "Horizons between the fit and its use.", low=0),
        _ORIGINS,
        Column("customers", "int", Words("Customers judged", "受检客户"), "Customers known at each use, added up.", low=1),
        *_AUC,
        share("auc_anew", "AUC, fitted anew", "重新拟合AUC", "The same customers by a fit of the day.", nullable=False),
        number("auc_lost", "AUC lost", "AUC损失", "AUC of the fit of the day less that of the old one.", low=-1, high=1),
        number("auc_lost_lo", "Lost, low", "损失下限", "Lower end of its interval.", low=-2, high=1),
        number("auc_lost_hi", "Lost, high", "损失上限", "Upper end of its interval.", low=-1, high=2),
        _BRIER,
        number("brier_anew", "Brier, fitted anew", "重新拟合Brier", "The same by a fit of the day.", low=0, high=1),
        *_SLOPES,
    ),
)

RISK_MONTHS = Table(
    "risk_months",
    "one of the last month ends, with the value at risk then by the way as it is fitted today",
    ("day",),
    (
        Column("day", "date", Words("Day", "日期"), "Last day that was known."),
        Column("value_at_risk", "money", Words("Value at risk", "风险价值"), "Risk times value of the window, over all customers.", low=0),
    ),
)
