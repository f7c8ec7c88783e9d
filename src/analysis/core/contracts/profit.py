"""Tables that the profit stage writes."""

from __future__ import annotations

from analysis.core.contracts.clean import CUSTOMER_ID, CUSTOMER_NAME
from analysis.core.contracts.schema import Column, Table, Words

MEASURES = ("revenue", "contribution", "profit")
PERIODS = ("now", "before")
COMPARISONS = ("year", "month_on_year", "month_on_month")
PARTS = ("new", "returned", "grown", "shrunk", "lost", "pseudo")
SHAPES = ("flat", "humped")
ACTIVITIES = ("order", "line", "small_order", "delivery", "return", "visit", "ticket_minute", "overdue_day")
BASES = ("unit_cost", "time", "pool")
SOURCES = ("category", "product", "customer")

_PSEUDO = Column("is_pseudo_customer", "bool", Words("Many people", "散客"), "The id stands for many people.")
_MEASURE = Column("measure", "text", Words("Measured by", "口径"), "What is added up.", values=MEASURES)
_PERIOD = Column(
    "period",
    "text",
    Words("Period", "期间"),
    "The window that ends at as_of, or the one before.",
    values=PERIODS,
)
_CUSTOMERS = Column("customers", "int", Words("Customers", "客户数"), "Customers that are counted.", low=0)


def _money(name: str, en: str, zh: str, meaning: str, *, nullable: bool = False) -> Column:
    return Column(name, "money", Words(en, zh), meaning, nullable=nullable)


def _ratio(name: str, en: str, zh: str, meaning: str) -> Column:
    return Column(name, "ratio", Words(en, zh), meaning, nullable=True)


CUSTOMER_PROFIT = Table(
    "customer_profit",
    "one customer with lines in the window or in the one before, pseudo-customers included",
    ("customer_id",),
    (
        CUSTOMER_ID,
        CUSTOMER_NAME,
        _PSEUDO,
        Column("orders", "int", Words("Orders", "订单数"), "Orders in the window.", low=0),
        Column("lines", "int", Words("Lines", "行数"), "Lines in the window.", low=0),
        Column(
            "return_lines",
            "int",
            Words("Returns", "退货行数"),
            "Lines in the window that are returns.",
            low=0,
        ),
        Column(
            "loss_lines",
            "int",
            Words("Loss-making lines", "亏损行数"),
            "Sales in the window with a contribution below zero.",
            low=0,
        ),
        _money("revenue", "Revenue", "收入", "Revenue in the window, returns deducted."),
        _money(
            "costed_revenue",
            "Costed revenue",
            "有成本收入",
            "Revenue of the lines whose contribution is known.",
        ),
        _money(
            "contribution",
            "Contribution",
            "毛利",
            "Contribution of the lines where it is known.",
            nullable=True,
        ),
        Column(
            "profit_status",
            "text",
            Words("Contribution is", "毛利状态"),
            "Known for all lines, for some of them, or for none.",
            values=("measured", "partial", "not_available"),
        ),
        _money(
            "serving_cost",
            "Cost to serve",
            "服务成本",
            "What the work counted for the customer in the window costs.",
            nullable=True,
        ),
        _money(
            "profit",
            "Profit",
            "利润",
            "Contribution less the cost to serve; where part of the revenue has no cost, of the other part.",
            nullable=True,
        ),
        _ratio(
            "serving_share",
            "Cost to serve / revenue",
            "服务成本占收入",
            "Cost to serve as a share of revenue; missing where there is no revenue.",
        ),
        Column(
            "main_work",
            "text",
            Words("Most of it", "主要作业"),
            "The kind of work that cost most.",
            values=ACTIVITIES,
            nullable=True,
        ),
        _ratio("main_work_share", "Its share", "其占比", "Its share of the cost to serve."),
        Column(
            "rank",
            "int",
            Words("Rank", "名次"),
            "Place by value; missing for pseudo-customers and without lines.",
            low=1,
            nullable=True,
        ),
        _ratio(
            "customer_share", "Customers up to here", "累计客户占比", "Share of customers up to this one."
        ),
        _ratio(
            "cumulative_share",
            "Value up to here",
            "累计价值占比",
            "Share of the value up to this one; missing where the total is not positive.",
        ),
        _money("revenue_before", "Revenue before", "上期收入", "Revenue in the window before."),
        _money(
            "contribution_before",
            "Contribution before",
            "上期毛利",
            "Contribution in the window before.",
            nullable=True,
        ),
        Column(
            "part",
            "text",
            Words("Part of the bridge", "变化类别"),
            "New, returned, grown, shrunk or lost since the window before; missing if the data is too short.",
            values=PARTS,
            nullable=True,
        ),
    ),
)

SERVING_COSTS = Table(
    "serving_costs",
    "one kind of work that was done for one customer in a window, and what it cost",
    ("period", "customer_id", "activity"),
    (
        _PERIOD,
        CUSTOMER_ID,
        Column("activity", "text", Words("Work", "作业"), "Kind of work.", values=ACTIVITIES),
        Column("times", "float", Words("Times", "次数"), "How often; of minutes, how many.", low=0),
        Column("cost_e4", "money_e4", Words("Cost", "成本"), "What it cost.", low=0),
    ),
)

SERVING_POOLS = Table(
    "serving_pools",
    "one kind of work in the window: what it cost in all, and where that went",
    ("activity",),
    (
        Column("activity", "text", Words("Work", "作业"), "Kind of work.", values=ACTIVITIES),
        Column("times", "float", Words("Times", "次数"), "How often it was counted.", low=0, nullable=True),
        Column(
            "unit_cost",
            "money",
            Words("Cost of one", "单位成本"),
            "What one of it costs at the end of the window.",
            low=0,
            nullable=True,
        ),
        Column(
            "basis",
            "text",
            Words("Known from", "依据"),
            "The price that was given, minutes times the price of a minute, or the pool by the number of times.",
            values=BASES,
            nullable=True,
        ),
        Column(
            "customers_e4",
            "money_e4",
            Words("For customers", "归属客户"),
            "Cost of what was done for customers with order lines.",
            nullable=True,
        ),
        Column(
            "others_e4",
            "money_e4",
            Words("For others", "归属其他"),
            "Cost of what was done for ids without order lines, as prospects.",
            nullable=True,
        ),
        Column("pool_e4", "money_e4", Words("Pool", "费用合计"), "What the work cost in all.", nullable=True),
        Column(
            "unallocated_e4",
            "money_e4",
            Words("Not allocated", "未分摊"),
            "The rest of the pool: idle time, and work that no record tells of. Below zero, more was counted than paid.",
            nullable=True,
        ),
        Column("needs", "text", Words("Needs", "所需数据"), "What would make it countable.", nullable=True),
    ),
)

RUNGS = ("reprice", "minimum_order", "self_service", "fewer_visits", "release")

MINIMUM_ORDERS = Table(
    "minimum_orders",
    "one minimum order, and what the year would have been with it",
    ("minimum",),
    (
        _money("minimum", "Minimum order", "起订额", "Orders of less sales would not be taken as they were."),
        Column("orders", "int", Words("Orders below", "低于起订额的订单"), "Orders of the window below it.", low=0),
        Column("customers", "int", Words("Customers touched", "涉及客户"), "Customers with such orders.", low=0),
        Column(
            "top_customers",
            "int",
            Words("Of them among the best", "其中头部客户"),
            "Of these, customers in the top share that the titles speak of.",
            low=0,
        ),
        _money("sales", "Their sales", "销售额", "Sales of these orders."),
        _money("contribution", "Their contribution", "毛利", "Contribution of these orders, where it is known.", nullable=True),
        _money("order_cost", "Cost of handling them", "处理成本", "What taking and delivering them cost.", nullable=True),
        _money("gain", "Gain", "收益", "Change of profit by the middle assumptions.", nullable=True),
        _money("gain_lo", "Gain, low", "收益下限", "Where few orders are put together and many are lost.", nullable=True),
        _money("gain_hi", "Gain, high", "收益上限", "Where many orders are put together and few are lost.", nullable=True),
        _ratio(
            "break_even_lost",
            "Pays up to lost",
            "可承受流失",
            "The share of these orders that may be lost before it costs more than it saves.",
        ),
        _money(
            "break_even_cost",
            "Pays from a cost of one order of",
            "每单成本达到此数才划算",
            "What taking and delivering one order would have to cost, by the middle assumptions, for nothing to be gained or lost.",
            nullable=True,
        ),
        _money("break_even_cost_lo", "Same, low", "同上，下限", "The same by the hopeful assumptions.", nullable=True),
        _money("break_even_cost_hi", "Same, high", "同上，上限", "The same by the cautious assumptions.", nullable=True),
    ),
)

PROBLEM_CUSTOMERS = Table(
    "problem_customers",
    "one customer that surely loses money through serving, and what each measure would bring in a year",
    ("customer_id",),
    (
        CUSTOMER_ID,
        CUSTOMER_NAME,
        _money("revenue", "Revenue", "收入", "Revenue in the window."),
        _money("contribution", "Contribution", "毛利", "Contribution in the window."),
        _money("serving_cost", "Cost to serve", "服务成本", "What serving cost in the window."),
        _money("profit", "Profit", "利润", "Contribution less the cost to serve."),
        _money("profit_hi", "Profit, high", "利润上限", "Upper end of its interval, by the spread of the months."),
        _ratio("serving_share", "Cost to serve / revenue", "服务成本占收入", "Cost to serve as a share of revenue."),
        Column("work", "text", Words("First cause", "首要原因"), "The work that cost most.", values=ACTIVITIES),
        _ratio("work_share", "Its share", "占比", "Its share of the cost to serve."),
        Column("next_work", "text", Words("Second cause", "次要原因"), "The next.", values=ACTIVITIES, nullable=True),
        _ratio("next_work_share", "Its share", "占比", "Its share of the cost to serve."),
        _ratio("price_rise", "Price rise to zero", "保本提价", "By how much prices would have to rise for a profit of zero."),
        _money("reprice", "Reprice", "调价", "What that rise brings.", nullable=True),
        _money("minimum_order", "Minimum order", "起订额", "Saved on small orders that are put together."),
        _money("self_service", "Self-service", "自助服务", "Saved on taking orders and on support."),
        _money("fewer_visits", "Fewer visits", "减少拜访", "Saved on visits."),
        _money("release", "Release", "退出", "Avoidable cost to serve less the contribution that is lost."),
        Column(
            "rung",
            "text",
            Words("Enough", "足够的措施"),
            "The first measure that, with those before it, brings the customer to zero without new prices.",
            values=RUNGS,
        ),
        Column(
            "room",
            "text",
            Words("Potential", "潜力"),
            "Low, as far as its wallet is known.",
            values=("low", "unknown"),
        ),
    ),
)

CONCENTRATION = Table(
    "concentration",
    "one point of the curve of customers ranked by value, thinned for drawing",
    ("measure", "period", "customers"),
    (
        _MEASURE,
        _PERIOD,
        _CUSTOMERS,
        _ratio("customer_share", "Share of customers", "客户占比", "Share of the ranked customers."),
        _money("value", "Value", "价值", "What these customers bring together."),
        _ratio(
            "value_share",
            "Share of value",
            "价值占比",
            "Share of what all ranked customers bring; missing where that is not positive.",
        ),
    ),
)

CONCENTRATION_TIERS = Table(
    "concentration_tiers",
    "one share of the top customers and what it brings, with its bootstrap interval",
    ("measure", "period", "top_share"),
    (
        _MEASURE,
        _PERIOD,
        Column("top_share", "ratio", Words("Top", "前"), "Share of customers from the top.", low=0, high=1),
        _CUSTOMERS,
        _money("value", "Value", "价值", "What these customers bring together."),
        _ratio("value_share", "Share of value", "价值占比", "Share of what all ranked customers bring."),
        _ratio("lo", "Low", "下限", "Lower end of the interval."),
        _ratio("hi", "High", "上限", "Upper end of the interval."),
    ),
)

CONCENTRATION_FACTS = Table(
    "concentration_facts",
    "what one curve says in numbers",
    ("measure", "period"),
    (
        _MEASURE,
        _PERIOD,
        Column("first_month", "date", Words("From", "起"), "First month of the window."),
        Column("last_month", "date", Words("To", "止"), "Last month of the window."),
        _CUSTOMERS,
        _money("value", "Value", "价值", "What the ranked customers bring together."),
        Column(
            "pseudo_customers",
            "int",
            Words("Ids of many people", "散客编号数"),
            "Pseudo-customers, not ranked.",
            low=0,
        ),
        _money("pseudo_value", "Value of these", "散客价值", "What the pseudo-customers bring."),
        Column(
            "unknown_customers",
            "int",
            Words("Without a cost", "无成本客户数"),
            "Customers that cannot be ranked, because no line of theirs has a contribution.",
            low=0,
        ),
        _money("gains", "Gains", "盈利合计", "Sum of the values above zero."),
        _money("losses", "Losses", "亏损合计", "Sum of the values below zero, as a positive amount."),
        Column(
            "losing_customers",
            "int",
            Words("Below zero", "负值客户数"),
            "Customers with a value below zero.",
            low=0,
        ),
        _ratio("peak", "Peak", "峰值", "Highest point of the curve."),
        _ratio("peak_lo", "Peak, low", "峰值下限", "Lower end of the interval."),
        _ratio("peak_hi", "Peak, high", "峰值上限", "Upper end of the interval."),
        _ratio("peak_position", "Peak at", "峰值位置", "Share of customers at the peak."),
        _ratio(
            "erosion",
            "Erosion",
            "侵蚀",
            "What the customers after the peak take away, as a share of the total.",
        ),
        _ratio(
            "break_even_position",
            "Break-even at",
            "盈亏平衡位置",
            "Share of customers that together bring as much as all.",
        ),
        Column(
            "core_members",
            "int",
            Words("Core customers", "核心客户数"),
            "The fewest customers that bring the share core_value_share of params.yaml.",
            nullable=True,
        ),
        _ratio("gini", "Gini", "基尼系数", "Inequality, normalised for values below zero."),
        _ratio("gini_lo", "Gini, low", "基尼系数下限", "Lower end of the interval."),
        _ratio("gini_hi", "Gini, high", "基尼系数上限", "Upper end of the interval."),
        Column(
            "shape",
            "text",
            Words("Shape", "形态"),
            "Whether customers below zero bend the curve; not claimed of revenue.",
            values=SHAPES,
            nullable=True,
        ),
        Column(
            "is_dependent",
            "bool",
            Words("Dependent", "依赖头部"),
            "A few customers bring most of the value.",
            nullable=True,
        ),
    ),
)

BRIDGE = Table(
    "bridge",
    "one part of the change between two periods; base and parts add up to the total exactly",
    ("measure", "comparison", "last_month", "part"),
    (
        _MEASURE,
        Column(
            "comparison",
            "text",
            Words("Comparison", "比较"),
            "Window against the one before, month against the same month last year, or against the last.",
            values=COMPARISONS,
        ),
        Column("last_month", "date", Words("To", "止"), "Last month of the later period."),
        Column(
            "part",
            "text",
            Words("Part", "部分"),
            "Base, what changed it, and the total.",
            values=("base", *PARTS, "total"),
        ),
        _CUSTOMERS,
        Column(
            "base_e4",
            "money_e4",
            Words("Base", "基期"),
            "What these customers brought in the earlier period.",
        ),
        Column("value_e4", "money_e4", Words("Value", "金额"), "The step: the base, a change, or the total."),
    ),
)

KPI_MONTHS = Table(
    "kpi_months",
    "one month end with the key figures of the window that ends there",
    ("month",),
    (
        Column("month", "date", Words("Month", "月份"), "Last month of the window, by its first day."),
        Column(
            "value",
            "money",
            Words("Value", "价值"),
            "Value of all customers in the window, by the measure that the years are compared by.",
        ),
        Column(
            "active_customers",
            "int",
            Words("Active customers", "活跃客户"),
            "Customers with an order in the window, ids of many people left out.",
            low=0,
        ),
        Column(
            "net_retention",
            "ratio",
            Words("Net retention", "净收入留存率"),
            "Revenue of the customers of the window before, as a share of what they brought then.",
            nullable=True,
        ),
    ),
)

COMPARED = Table(
    "compared",
    "the window that ends at as_of, what it is compared with the one before by, and what customers are ranked by",
    ("last_month",),
    (
        Column("first_month", "date", Words("From", "起"), "First month of the window."),
        Column("last_month", "date", Words("To", "止"), "Last month of the window."),
        _MEASURE,
        Column("ranked", "text", Words("Ranked by", "排名口径"), "What customers are ranked by.", values=MEASURES),
    ),
)

_SOLD = (
    Column("lines", "int", Words("Lines sold", "销售行数"), "Lines sold, where their contribution is known.", low=0),
    Column("loss_lines", "int", Words("Below cost", "低于成本的行数"), "Of these, lines with a contribution below zero.", low=0),
    _money("revenue", "Revenue", "收入", "Revenue of the lines."),
    _money("contribution", "Contribution", "毛利", "Contribution of the lines."),
    Column("losses", "money", Words("Lost below cost", "低于成本的亏损"), "What the lines below cost lost, as a positive amount.", low=0),
)

DISCOUNT_DEPTHS = Table(
    "discount_depths",
    "the sales of the window with a discount of one class of params.yaml, where their contribution is known",
    ("depth",),
    (
        Column("depth", "int", Words("Discount", "折扣"), "Number of the class, from no discount on; the last one is not known.", low=0),
        _ratio("from_discount", "From", "起", "Discounts from here on; missing where the discount is not known."),
        _ratio("to_discount", "Below", "低于", "Discounts below here; missing in the deepest class."),
        *_SOLD,
    ),
)

LOSS_SOURCES = Table(
    "loss_sources",
    "one category, or one product or customer with sales below cost in the window",
    ("kind", "id"),
    (
        Column("kind", "text", Words("Kind", "类别"), "What the row is.", values=SOURCES),
        Column("id", "text", Words("Id", "编号"), "Its id; of a category, its name."),
        Column("name", "text", Words("Name", "名称"), "Its name.", nullable=True),
        *_SOLD,
        Column("deep_losses", "money", Words("Of it at a deep discount", "其中深度让利"), "What was lost on lines with a deep discount.", low=0),
    ),
)

SERVING_LOADS = Table(
    "serving_loads",
    "one named customer with revenue in the window, and how much work it causes for it; a stand-in where no work has a price",
    ("customer_id",),
    (
        CUSTOMER_ID,
        CUSTOMER_NAME,
        Column("orders", "int", Words("Orders", "订单数"), "Orders in the window.", low=0),
        Column("lines", "int", Words("Lines", "行数"), "Lines sold in the window.", low=0),
        Column("return_lines", "int", Words("Returns", "退货行数"), "Lines in the window that are returns.", low=0),
        _money("revenue", "Revenue", "收入", "Revenue in the window, returns deducted."),
        Column("order_rate", "float", Words("Orders per 10,000", "每万元订单"), "Orders for 10,000 of revenue.", low=0),
        Column("line_rate", "float", Words("Lines per 10,000", "每万元行数"), "Lines for 10,000 of revenue.", low=0),
        Column("return_rate", "float", Words("Returns per 10,000", "每万元退货"), "Returns for 10,000 of revenue.", low=0),
        Column(
            "load",
            "float",
            Words("Serving load", "服务负荷"),
            "Mean of the three rates, each in standard deviations from the mean of all; no money, and no statement on profit.",
        ),
        Column("is_high", "bool", Words("High", "高负荷"), "Among the highest, not new, and without known room to grow."),
    ),
)

ASSUMED_CONTRIBUTIONS = Table(
    "assumed_contributions",
    "one customer with lines in the window and what it would bring at the assumed margin; rows only where no line has a cost",
    ("customer_id",),
    (
        CUSTOMER_ID,
        CUSTOMER_NAME,
        _PSEUDO,
        _money("revenue", "Revenue", "收入", "Revenue in the window, returns deducted."),
        _money("assumed_contribution", "Assumed contribution", "假设毛利", "Revenue times the assumed margin of params.yaml."),
        _money("lo", "Low", "下限", "The same at the lower end of its band."),
        _money("hi", "High", "上限", "The same at the upper end of its band."),
    ),
)
