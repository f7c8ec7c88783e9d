"""Tables of failures and response times (C4) and of tolerance (C5)."""

from __future__ import annotations

from analysis.core.contracts.clean import CUSTOMER_ID, CUSTOMER_NAME
from analysis.core.contracts.columns import share
from analysis.core.contracts.schema import Column, Table, Words

TYPES = ("logistics", "quality", "size", "after_sales", "other")
ALL = "all"
PROMISES = ("response", "on_site")
GROUPINGS = ("all", "severity", "gap", "orders", "recent", "fix")
CUSHIONS = ("orders", "recent", "fix")

_TYPE = Column("type", "text", Words("Type", "类型"), "What went wrong, or all of it.", values=(*TYPES, ALL))
_TICKETS = Column("tickets", "int", Words("Failures", "失误数"), "Tickets opened.", low=0)
_ORDERS = Column("orders", "int", Words("Orders", "订单数"), "Orders of the same time.", low=0)
_REP = Column("sales_rep", "text", Words("Sales rep", "业务员"), "Who looks after the customer.", nullable=True)
_TIER = Column("tier", "text", Words("Tier", "层级"), "Value tier now, as params.yaml names it.", nullable=True)
_LEVEL = "Ends of its interval."
_CLV = (
    Column("clv", "money", Words("Lifetime value", "终身价值"), "Over the shortest horizon, estimated.", nullable=True),
    Column("clv_lo", "money", Words("Value, low", "价值下限"), _LEVEL, nullable=True),
    Column("clv_hi", "money", Words("Value, high", "价值上限"), _LEVEL, nullable=True),
)


def _rate(name: str, en: str, zh: str, meaning: str) -> Column:
    return Column(name, "float", Words(en, zh), meaning, "per 100 orders", low=0, nullable=True)


def _kept() -> tuple[Column, ...]:
    return (
        share("kept", "Kept", "兑现率", "Share that was done in time."),
        share("lo", "Kept, low", "兑现率下限", _LEVEL),
        share("hi", "Kept, high", "兑现率上限", _LEVEL),
    )


FAILURE_RATES = Table(
    "failure_rates", "one type of failure in the window, and how often it happens", ("type",),
    (
        _TYPE, _TICKETS, _ORDERS,
        _rate("rate", "Per 100 orders", "每百单", "Failures per 100 orders."),
        _rate("lo", "Rate, low", "下限", _LEVEL),
        _rate("hi", "Rate, high", "上限", _LEVEL),
        Column("unusual_months", "int", Words("Unusual months", "异常月数"), "Months of the chart outside of their limits.", low=0),
    ),
)  # fmt: skip

FAILURE_MONTHS = Table(
    "failure_months", "one type of failure in one month, with the limits within which chance keeps it", ("month", "type"),
    (
        Column("month", "date", Words("Month", "月份"), "First day of the month."),
        _TYPE, _TICKETS, _ORDERS,
        _rate("rate", "Per 100 orders", "每百单", "Failures per 100 orders; missing in a month without orders."),
        _rate("usual", "Usual", "平均", "The rate of all months of the chart together."),
        _rate("lo", "Limit, low", "控制下限", "A month as usual lies above."),
        _rate("hi", "Limit, high", "控制上限", "A month as usual lies below."),
        Column("is_unusual", "bool", Words("Unusual", "异常"), "Outside of the limits."),
    ),
)  # fmt: skip

FAILURE_REPEATS = Table(
    "failure_repeats", "how often a failure of the window was followed by another of the same customer", ("within_days",),
    (
        Column("within_days", "int", Words("Within days", "天数内"), "How soon.", "days", low=1),
        Column("failures", "int", Words("Failures", "失误数"), "Failures that could be followed for so long.", low=0),
        share("share", "Failed again", "再次失误", "Share followed by another."),
        share("lo", "Share, low", "下限", _LEVEL),
        share("hi", "Share, high", "上限", _LEVEL),
    ),
)  # fmt: skip

SERVICE_LEVELS = Table(
    "service_levels", "one promise to one tier in the window, and how often it was kept", ("tier", "promise", "hours"),
    (
        Column("tier", "text", Words("Tier", "层级"), "Value tier now, or all customers."),
        Column("promise", "text", Words("Promise", "承诺"), "An answer, or somebody there.", values=PROMISES),
        Column("hours", "float", Words("Within hours", "小时内"), "What was promised.", "hours", low=0),
        Column("decided", "int", Words("Decided", "已有结果"), "Tickets of which it is known.", low=0),
        *_kept(),
        Column("median_hours", "float", Words("Median hours", "中位小时"), "Half took longer; missing where half is still open.", "hours",
               low=0, nullable=True),
        Column("slow_hours", "float", Words("Slowest tenth", "最慢一成"), "A tenth took longer; missing where a tenth is still open.", "hours",
               low=0, nullable=True),
    ),
)  # fmt: skip

PROMISE_BREACHES = Table(
    "promise_breaches", "one ticket of the highest tier in the window that was answered too late", ("file_no", "row_no"),
    (
        Column("file_no", "int", Words("File", "文件序号"), "File of the ticket.", low=1),
        Column("row_no", "int", Words("Row", "行号"), "Its row.", low=1),
        CUSTOMER_ID, CUSTOMER_NAME, _REP,
        Column("opened_at", "datetime", Words("Opened", "受理时间"), "When it was opened."),
        Column("type", "text", Words("Type", "类型"), "What went wrong.", values=TYPES),
        Column("severity", "int", Words("Severity", "严重程度"), "From 1, light, to 5.", nullable=True),
        Column("response_hours", "float", Words("Answered after hours", "响应用时"), "Missing where there is no answer yet.", "hours", low=0,
               nullable=True),
        *_CLV,
    ),
)  # fmt: skip

FAILING_CUSTOMERS = Table(
    "failing_customers", "one customer that things failed for again and again lately", ("customer_id",),
    (
        CUSTOMER_ID, CUSTOMER_NAME, _REP, _TIER,
        Column("failures", "int", Words("Failures", "失误数"), "Tickets lately.", low=1),
        Column("answered_late", "int", Words("Answered late", "超时响应"), "Of these, answered later than promised.", low=0),
        Column("still_open", "int", Words("Open", "未解决"), "Of these, not settled yet.", low=0),
        Column("worst", "int", Words("Worst", "最高严重度"), "Highest severity.", nullable=True),
        Column("last_opened_on", "date", Words("Last", "最近一次"), "Day of the last."),
        *_CLV,
    ),
)  # fmt: skip

TOLERANCES = Table(
    "tolerances", "one class of incidents, and how many stayed after one compared with customers alike", ("grouping", "place"),
    (
        Column("grouping", "text", Words("Grouped by", "分组方式"), "What tells the classes apart.", values=GROUPINGS),
        Column("place", "int", Words("Class", "组"), "Place of the class.", low=1),
        Column("from_value", "float", Words("From", "起"), "Least severity, or days of the usual gap.", nullable=True),
        Column("to_value", "float", Words("To", "止"), "Most of the same.", nullable=True),
        Column("incidents", "int", Words("Incidents", "事故数"), "Days with a failure that could be followed.", low=0),
        Column("landmarks", "int", Words("Compared with", "对照数"), "Days of customers alike without a failure.", low=0),
        share("stayed_after", "Stayed after it", "事故后留下", "Share that ordered within the time."),
        share("stayed", "Stay without", "无事故时留下", "The same of customers alike without an incident."),
        Column("tolerance", "ratio", Words("Tolerance", "容忍度"), "Staying after it over staying without.", low=0, nullable=True),
        Column("lo", "ratio", Words("Tolerance, low", "下限"), _LEVEL, low=0, nullable=True),
        Column("hi", "ratio", Words("Tolerance, high", "上限"), _LEVEL, low=0, nullable=True),
    ),
)  # fmt: skip

TOLERANCE_CUSHIONS = Table(
    "tolerance_cushions", "one thing that may soften an incident: tolerance with it over tolerance without", ("cushion",),
    (
        Column("cushion", "text", Words("What softens", "缓冲因素"), "Many former orders, no recent incident, an answer in time.", values=CUSHIONS),
        Column("with_it", "int", Words("With it", "具备"), "Incidents with it.", low=0),
        Column("without_it", "int", Words("Without", "不具备"), "Incidents without.", low=0),
        Column("ratio", "ratio", Words("Ratio", "比值"), "Above 1: it softens.", low=0, nullable=True),
        Column("lo", "ratio", Words("Ratio, low", "下限"), _LEVEL, low=0, nullable=True),
        Column("hi", "ratio", Words("Ratio, high", "上限"), _LEVEL, low=0, nullable=True),
    ),
)  # fmt: skip

CARE_CUSTOMERS = Table(
    "care_customers", "one customer, and what one more incident would put at stake", ("customer_id",),
    (
        CUSTOMER_ID, CUSTOMER_NAME, _REP, _TIER,
        Column("recent_failures", "int", Words("Recent failures", "近期失误"), "Days with a failure lately.", low=0),
        Column("tolerance", "ratio", Words("Tolerance", "容忍度"), "That of customers alike.", low=0),
        Column("lo", "ratio", Words("Tolerance, low", "下限"), _LEVEL, low=0),
        Column("hi", "ratio", Words("Tolerance, high", "上限"), _LEVEL, low=0),
        *_CLV,
        Column("at_stake", "money", Words("At stake", "涉及价值"), "Lifetime value times what tolerance lacks to 1.", low=0),
        Column("at_stake_lo", "money", Words("At stake, low", "涉及价值下限"), "With tolerance at the upper end of its interval.", low=0),
        Column("at_stake_hi", "money", Words("At stake, high", "涉及价值上限"), "With tolerance at the lower end of its interval.", low=0),
    ),
)  # fmt: skip
