"""Tables that the lifetime value stage writes."""

from __future__ import annotations

from analysis.core.contracts.clean import CUSTOMER_ID
from analysis.core.contracts.schema import Column, Table, Words

MODELS = ("bgnbd", "mbgnbd", "pareto_nbd", "ggompertz_nbd", "bgcnbd", "mbgcnbd")
MODELLED = (*MODELS, "average", "trailing_rate", "hiatus", "common_rate")
CLOCKS = ("calendar", "season")
METHODS = (*MODELLED, "not_available")
FITS = ("holdout", "final")
_MONTHS = Column(
    "horizon_months", "int", Words("Months ahead", "预测月数"), "Length of the time ahead.", "months", low=1
)
_METHOD = Column(
    "method", "text", Words("Method", "方法"), "Model or rate behind the expected orders.", values=METHODS
)
_VALUE_NAME = Column(
    "value_name",
    "text",
    Words("Value", "价值口径"),
    "What value means in this run.",
    values=("contribution", "revenue"),
)
_REPEATS = Column(
    "repeats", "int", Words("Repeat orders", "复购次数"), "Purchase days after the first.", low=0
)


def _ends(what: str, en: str, zh: str) -> tuple[Column, Column]:
    return (
        Column(
            "lo",
            "money",
            Words(f"{en}, low", f"{zh}下限"),
            f"Lower end of the interval of {what}.",
            nullable=True,
        ),
        Column(
            "hi",
            "money",
            Words(f"{en}, high", f"{zh}上限"),
            f"Upper end of the interval of {what}.",
            nullable=True,
        ),
    )


CLV_HISTORY = Table(
    "clv_history",
    "one customer's value so far (V3); pseudo-customers are left out",
    ("customer_id",),
    (
        CUSTOMER_ID,
        Column(
            "tenure_years",
            "float",
            Words("Years with us", "合作年数"),
            "First line to as_of, both days counted, in years of 365.25 days.",
            "years",
            low=0,
        ),
        Column(
            "clv_hist_revenue",
            "money",
            Words("Revenue so far", "历史收入"),
            "All revenue booked, returns deducted.",
        ),
        Column(
            "avg_year_revenue",
            "money",
            Words("Revenue a year", "年均收入"),
            "Revenue so far over years with us.",
        ),
        Column(
            "clv_hist_profit",
            "money",
            Words("Contribution so far", "历史毛利"),
            "All contribution booked where cost is known; before cost to serve.",
            nullable=True,
        ),
        Column(
            "avg_year_profit",
            "money",
            Words("Contribution a year", "年均毛利"),
            "Contribution so far over years with us.",
            nullable=True,
        ),
    ),
)

CLV = Table(
    "clv",
    "one customer's predicted value over one time ahead (V4); pseudo-customers are left out",
    ("customer_id", "horizon_months"),
    (
        CUSTOMER_ID,
        _MONTHS,
        _REPEATS,
        Column(
            "alive",
            "ratio",
            Words("Still buying", "仍活跃概率"),
            "Probability of not having stopped; missing without a repeat order, where the model cannot tell.",
            low=0,
            high=1,
            nullable=True,
        ),
        Column(
            "exp_orders",
            "float",
            Words("Expected orders", "预期订单"),
            "Expected purchase days ahead.",
            "orders",
            low=0,
            nullable=True,
        ),
        Column(
            "value_per_order",
            "money",
            Words("Value per order", "单次价值"),
            "Expected value of one purchase day.",
            nullable=True,
        ),
        Column(
            "clv",
            "money",
            Words("Predicted value", "预测价值"),
            "Expected value, discounted to as_of.",
            nullable=True,
        ),
        *_ends("the value that will come in", "Predicted value", "预测价值"),
        _VALUE_NAME,
        _METHOD,
    ),
)

CLV_SEGMENTS = Table(
    "clv_segments",
    "one segment's predicted value over one time ahead (V4)",
    ("segment", "horizon_months"),
    (
        Column("segment", "text", Words("Segment", "客群"), "Name of the rule; unknown for customers without one."),
        _MONTHS,
        Column("customers", "int", Words("Customers", "客户数"), "Customers in the segment.", low=0),
        Column("exp_orders", "float", Words("Expected orders", "预期订单"), "Expected purchase days ahead.", "orders", low=0),
        Column("clv", "money", Words("Predicted value", "预测价值"), "Expected value, discounted to as_of."),
        Column("lo", "money", Words("Predicted value, low", "预测价值下限"), "Lower end of the interval of the value that will come in."),
        Column("hi", "money", Words("Predicted value, high", "预测价值上限"), "Upper end of the interval of the value that will come in."),
    ),
)  # fmt: skip

_SCORED = (
    Column("method", "text", Words("Method", "方法"), "Model or rule.", values=MODELLED),
    Column("clock", "text", Words("Clock", "时钟"), "Time by the calendar, or running with the season.", values=CLOCKS),
    Column("is_published", "bool", Words("Published", "采用"), "The way that the values ahead come from."),
)  # fmt: skip
_ERRORS = (
    Column("customers", "int", Words("Customers", "客户数"), "Customers known at the origin, each counted at every origin.", low=1),
    Column("actual_orders", "int", Words("Actual orders", "实际订单"), "Orders that came after the origin.", low=0),
    Column("predicted_orders", "float", Words("Predicted orders", "预测订单"), "Expected orders.", "orders", low=0),
    Column("total_error", "ratio", Words("Total error", "总量误差"), "Predicted over actual orders, less 1.", nullable=True),
    Column("mae", "float", Words("Mean abs. error", "平均绝对误差"), "Mean distance by customer.", "orders", low=0),
    Column("rmse", "float", Words("Root mean sq. error", "均方根误差"), "Root of the mean squared distance by customer.", "orders", low=0),
    Column("deviance", "float", Words("Deviance", "偏差度"), "Mean Poisson deviance by customer; none of a rule that expected nothing of a "
           "customer who ordered.", low=0, nullable=True),
    Column("rank_correlation", "float", Words("Rank correlation", "秩相关"), "Spearman's correlation of predicted and actual orders; "
           "the mean over origins.", low=-1, high=1, nullable=True),
    Column("actual_value", "money", Words("Actual value", "实际价值"), "Value that came after the origin."),
    Column("predicted_value", "money", Words("Predicted value", "预测价值"), "Expected value, not discounted."),
    Column("value_error", "ratio", Words("Value error", "价值误差"), "Predicted over actual value, less 1.", nullable=True),
)  # fmt: skip

CLV_ORIGINS = Table(
    "clv_origins",
    "one way to predict the months after one day in the past, and how it did",
    ("origin", "method", "clock"),
    (
        Column("origin", "date", Words("Predicted on", "预测起点"), "Last day that was known."),
        *_SCORED,
        Column("std_error", "float", Words("Std. error of the total", "总量标准误"), "Of predicted less actual orders, from the "
               "customers' misses.", "orders", low=0),
        *_ERRORS,
    ),
)  # fmt: skip

CLV_SCORES = Table(
    "clv_scores",
    "one way to predict, and how it did over all origins",
    ("method", "clock"),
    (
        *_SCORED,
        Column("origins", "int", Words("Origins", "预测次数"), "Days in the past from which it predicted.", low=1),
        *_ERRORS,
        Column("worst_total_error", "ratio", Words("Worst total error", "最大总量误差"),
               "Largest distance of a total from what came, of all origins.", low=0, nullable=True),
    ),
)  # fmt: skip

CLV_SEASON = Table(
    "clv_season",
    "one month of the year, and how many repeat orders it brings",
    ("month",),
    (
        Column("month", "int", Words("Month", "月份"), "1 is January.", low=1, high=12),
        Column("index", "float", Words("Season", "季节指数"), "Repeat orders a day over those of the mean month.", low=0),
        Column("p_value", "ratio", Words("p-value", "p值"), "How often months without a season would differ as much.", low=0, high=1),
    ),
)  # fmt: skip

CLV_CALIBRATION = Table(
    "clv_calibration",
    "customers with as many repeat orders before the hold-out, and their mean orders in it",
    ("repeats",),
    (
        _REPEATS,
        Column("or_more", "bool", Words("Or more", "及以上"), "The group holds customers with more as well."),
        Column("customers", "int", Words("Customers", "客户数"), "Customers in the group.", low=1),
        Column(
            "predicted",
            "float",
            Words("Model", "模型"),
            "Mean expected orders by the model.",
            "orders",
            low=0,
        ),
        Column(
            "baseline",
            "float",
            Words("Trailing rate", "历史频率"),
            "Mean expected orders at the rate so far.",
            "orders",
            low=0,
        ),
        Column("actual", "float", Words("Actual", "实际"), "Mean orders.", "orders", low=0),
        Column(
            "lo",
            "float",
            Words("Actual, low", "实际下限"),
            "Lower end of the interval of the mean.",
            "orders",
        ),
        Column(
            "hi",
            "float",
            Words("Actual, high", "实际上限"),
            "Upper end of the interval of the mean.",
            "orders",
        ),
    ),
)

CLV_TRACKING = Table(
    "clv_tracking",
    "one week's end, with repeat orders since the data begins, of the customers known at the latest origin",
    ("day",),
    (
        Column("day", "date", Words("Week to", "周末日"), "Last day of the week."),
        Column("is_holdout", "bool", Words("Hold-out", "检验期"), "The model had not seen this week."),
        Column("actual", "int", Words("Actual orders", "实际订单"), "Repeat orders so far.", low=0),
        Column("forecast", "float", Words("Forecast", "预测订单"), "Repeat orders so far and those forecast since the origin.", "orders",
               low=0, nullable=True),
        Column("predicted", "float", Words("Model of the base", "模型（整体）"), "Repeat orders so far that the model expects of such a base "
               "from its first orders on.", "orders", low=0),
    ),
)  # fmt: skip

CLV_MODELS = Table(
    "clv_models",
    "one parameter of one fitted model",
    ("fit", "model", "clock", "value_group", "parameter"),
    (
        Column(
            "fit",
            "text",
            Words("Fitted to", "拟合数据"),
            "All data, or the data before the hold-out.",
            values=FITS,
        ),
        Column(
            "model",
            "text",
            Words("Model", "模型"),
            "Model of orders or of value per order.",
            values=(*MODELS, "gamma_gamma"),
        ),
        Column("clock", "text", Words("Clock", "时钟"), "Time by the calendar, or running with the season.", values=CLOCKS),
        Column(
            "value_group",
            "text",
            Words("Customers with", "客户分组"),
            "Orders of the customers it was fitted to.",
        ),
        Column("parameter", "text", Words("Parameter", "参数"), "Name in the literature; time in weeks."),
        Column("estimate", "float", Words("Estimate", "估计值"), "Maximum likelihood."),
        Column("lo", "float", Words("Low", "下限"), "Lower end of its interval.", nullable=True),
        Column("hi", "float", Words("High", "上限"), "Upper end of its interval.", nullable=True),
        Column(
            "log_likelihood", "float", Words("Log-likelihood", "对数似然"), "Of the model, time in weeks."
        ),
        Column("customers", "int", Words("Customers", "客户数"), "Customers it was fitted to.", low=1),
        Column("status", "text", Words("Status", "状态"), "What the data could tell."),
    ),
)

CLV_MONTHS = Table(
    "clv_months",
    "one of the last month ends, with the value of the nearest time ahead that was to be expected then by the models as they are fitted today",
    ("day",),
    (
        Column("day", "date", Words("Day", "日期"), "Last day that was known."),
        Column("clv", "money", Words("Predicted value", "预测价值"), "Expected value of the customers known then, discounted to the day."),
    ),
)
