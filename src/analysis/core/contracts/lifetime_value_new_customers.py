"""Tables of what new customers are worth and what winning and keeping customers costs (V4, V6)."""

from __future__ import annotations

from analysis.core.contracts.schema import Column, Table, Words


def _money(name: str, en: str, zh: str, meaning: str, *, nullable: bool = True) -> Column:
    return Column(name, "money", Words(en, zh), meaning, nullable=nullable)


def _count(name: str, en: str, zh: str, meaning: str) -> Column:
    return Column(name, "int", Words(en, zh), meaning, low=0)


NEW_CUSTOMER_COHORTS = Table(
    "new_customer_cohorts",
    "customers with their first order in one quarter or year, at one age",
    ("cohort", "age_months"),
    (
        Column("cohort", "text", Words("First order", "首单时间"), "Quarter or year of the first order."),
        Column("starts_on", "date", Words("From", "起始日"), "Its first day."),
        Column("age_months", "int", Words("Months since", "首单后月数"), "Months since the first order.", "months", low=1),
        _count("customers", "Customers", "客户数", "Customers of the cohort."),
        Column("is_new", "bool", Words("New", "新客户"), "Late enough after the start of the data that they are no old customers."),
        Column("orders", "float", Words("Orders each", "每位客户订单"), "Orders per customer up to this age, the first one included; missing before all have come to it.", "orders", low=0, nullable=True),
        _money("value", "Value each", "每位客户价值", "Value per customer up to this age, the first order included, not discounted; missing before all have come to it."),
        _money("lo", "Low", "下限", "Lower end of its interval."),
        _money("hi", "High", "上限", "Upper end of its interval."),
        _money("expected", "Expected", "模型预期", "What the model expects of a new customer, not discounted; missing where nothing expects it."),
    ),
)  # fmt: skip

NEW_CUSTOMER_VALUES = Table(
    "new_customer_values",
    "today's value of a new customer over one time ahead: what winning one may cost at most",
    ("horizon_months",),
    (
        Column("horizon_months", "int", Words("Months ahead", "预测月数"), "Length of the time ahead.", "months", low=1),
        _money("value", "At most to win one", "获客上限", "Expected value of a new customer at the level of the new customers so far, first order included, discounted."),
        _money("lo", "Low", "下限", "Lower end of its interval."),
        _money("hi", "High", "上限", "Upper end of its interval."),
        Column("level", "ratio", Words("Level", "水平"), "What new customers brought over what the model, fitted to all customers, expects of them; the value is brought to it.", low=0, nullable=True),
        _money("measured", "Measured", "实际", "Mean value of the new customers that have come to this age, not discounted."),
        _count("measured_customers", "Customers", "客户数", "New customers that have come to this age."),
        Column("status", "text", Words("Status", "状态"), "Whether a model expects it.", values=("estimated", "not_available")),
    ),
)  # fmt: skip

ACQUISITION_COSTS = Table(
    "acquisition_costs",
    "one year, ending with a month or year of the table of spend: what winning and keeping a customer cost on average",
    ("ends_on",),
    (
        Column("ends_on", "date", Words("Year to", "截至"), "Last day of the year."),
        Column("starts_on", "date", Words("From", "起始日"), "Its first day."),
        _money("acquisition_spend", "Spent on winning", "拓客费用", "Spent on winning customers.", nullable=False),
        _money("retention_spend", "Spent on keeping", "维护费用", "Spent on keeping customers.", nullable=False),
        _count("won", "Customers won", "新增客户", "Customers with their first order in the year."),
        _count("kept", "Customers kept", "留住客户", "Customers who ordered in the year before and in this one."),
        _count("before", "Customers before", "上年客户", "Customers who ordered in the year before."),
        _money("cost_per_won", "Cost to win one", "单位获客成本", "Spent on winning for each customer won."),
        _money("cost_per_kept", "Cost to keep one", "单位维护成本", "Spent on keeping for each customer kept."),
        Column("ratio", "float", Words("Ratio", "比值"), "Average cost to win over average cost to keep.", low=0, nullable=True),
        Column("lo", "float", Words("Ratio, low", "比值下限"), "Lower end of its interval.", low=0, nullable=True),
        Column("hi", "float", Words("Ratio, high", "比值上限"), "Upper end of its interval.", low=0, nullable=True),
        Column("value_to_cost", "float", Words("Value over cost", "价值/获客成本"), "Value of a new customer over the longest time ahead for each unit that winning one cost.", nullable=True),
        _money("equity_added", "Added equity", "新增客户资产", "Value of the customers won over the longest time ahead, less what winning them cost."),
        Column("payback_months", "float", Words("Paid back after", "回本月数"), "Months until the value of a new customer reaches the cost; missing where it does not within the long run.", "months", low=0, nullable=True),
    ),
)  # fmt: skip
