"""Tables that the segment stage writes of habits (G3) and of price against quality (G11)."""

from __future__ import annotations

from analysis.core.contracts.clean import CUSTOMER_ID, CUSTOMER_NAME
from analysis.core.contracts.columns import share
from analysis.core.contracts.schema import Column, Table, Words

PROFILES = ("region", "category", "channel", "order_size")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SLOTS = ("hour", "month")
HABITS_KNOWN = ("order_size", "pace", "regularity", "weekend", "hour", "category", "channel", "discount")
OUTCOMES = ("few_customers", "no_habit", "no_groups", "none_stable", "some_stable", "all_stable")
TAGS = ("price", "quality", "both", "neither", "open")
COUPONS = ("no", "test", "open")

_GROUP = Column("habit_group", "int", Words("Group", "组"), "Number of the group, the largest first.", low=1)
_CUSTOMERS = Column("customers", "int", Words("Customers", "客户数"), "Customers that are counted.", low=0)
_ORDERS = Column("orders", "int", Words("Orders", "订单数"), "Days with a purchase in the window.", low=0)
_SALES = Column("sales_e4", "money_e4", Words("Sales", "销售额"), "What was bought, before returns.")
_MEDIAN = Column("median_order", "money", Words("Median order", "订单金额（中位）"), "Half of the orders were larger.", nullable=True)


_CATEGORY = Column("main_category", "text", Words("Buys most", "主要品类"), "Category of most of the lines.", nullable=True)
_CATEGORY_SHARE = share("main_category_share", "Share of it", "主要品类占比", "Share of the lines in that category.")
_GAP = Column("gap_days", "float", Words("Days between orders", "下单间隔（天）"), "Mean gap between orders.", "days", 0, nullable=True)
_MEAN_DISCOUNT = share("mean_discount", "Discount", "平均折扣", "Mean share of the price let off, over the lines.")
_WEEKEND = share("weekend_share", "At weekends", "周末下单占比", "Share of the orders on Saturday or Sunday.")
_MORNING = share("morning_share", "In the morning", "上午下单占比", "Share of the orders with a known hour.")
_EVENING = share("evening_share", "In the evening", "晚间下单占比", "Share of the orders with a known hour.")

HABITS = Table(
    "habits",
    "one customer that bought in the window, with what it usually does",
    ("customer_id",),
    (
        CUSTOMER_ID, CUSTOMER_NAME,
        Column("region", "text", Words("Region", "地区"), "Region of the customer.", nullable=True),
        Column("habit_group", "int", Words("Group", "组"), "Published group; missing where it has no stable habit group.",
               low=1, nullable=True),
        _ORDERS, _MEDIAN, _GAP,
        Column("gap_variation", "float", Words("Spread of gaps", "间隔波动"),
               "Standard deviation of the gaps over their mean; 0 is a timetable, 1 is chance.", low=0, nullable=True),
        _WEEKEND, _MORNING, _EVENING, _CATEGORY, _CATEGORY_SHARE,
        Column("main_channel", "text", Words("Main channel", "主要渠道"), "Channel of most of the lines.", nullable=True),
        share("main_channel_share", "Share of channel", "主要渠道占比", "Share of the lines through that channel."),
        _MEAN_DISCOUNT,
        Column("value", "money", Words("Value", "价值"), "Contribution where all costs are known, else revenue, net of returns."),
    ),
)  # fmt: skip

HABIT_SHARES = Table(
    "habit_shares",
    "one region, category, channel or class of order size, with what was bought there",
    ("dimension", "position"),
    (
        Column("dimension", "text", Words("Dimension", "维度"), "What is parted.", values=PROFILES),
        Column("position", "int", Words("Order", "次序"), "By sales, the largest first; order sizes from small to large.", low=1),
        Column("level", "text", Words("Name", "名称"), "Its name; missing where the line does not say.", nullable=True),
        _CUSTOMERS, _ORDERS, _SALES,
        Column("sales_share", "ratio", Words("Share of sales", "销售额占比"), "Share of all sales.", nullable=True),
        Column("customer_share", "ratio", Words("Share of customers", "客户占比"), "Share of the customers with a purchase.", nullable=True),
        Column("largest_e4", "money_e4", Words("Largest order", "最大订单"), "Largest order of the class."),
    ),
)  # fmt: skip

HABIT_TIMES = Table(
    "habit_times",
    "one weekday and hour, or weekday and month of the year, with its orders",
    ("weekday", "slot"),
    (
        Column("weekday", "text", Words("Weekday", "星期"), "Day of the week.", values=WEEKDAYS),
        Column("slot", "int", Words("Hour or month", "时刻或月份"), "Hour of the day, or month of the year.", low=0, high=23),
        Column("slot_kind", "text", Words("Kind", "类型"), "What the slot is.", values=SLOTS),
        _ORDERS,
        Column("order_share", "ratio", Words("Share of orders", "订单占比"), "Share of all orders that are counted."),
    ),
)  # fmt: skip

HABIT_PROOFS = Table(
    "habit_proofs",
    "one habit, whether the data knows it, and whether it comes back",
    ("habit",),
    (
        Column("habit", "text", Words("Habit", "习惯"), "What is looked at.", values=HABITS_KNOWN),
        Column("known_share", "ratio", Words("Known", "已知比例"), "Share of the orders or lines that tell it.", low=0, high=1),
        Column("needs", "text", Words("Needs", "需要"), "What would make it known; missing where it is.", nullable=True),
        Column("reliability", "float", Words("Comes back", "重复程度"),
               "How far a customer's odd orders agree with its even ones, 1 is wholly; missing where it is not known.", low=0, high=1, nullable=True),
        Column("is_used", "bool", Words("Used", "采用"), "Whether groups are looked for by it."),
    ),
)  # fmt: skip

HABIT_GROUPS = Table(
    "habit_groups",
    "one group of customers with like habits that was found, published if it is stable",
    ("habit_group",),
    (
        _GROUP,
        Column("is_published", "bool", Words("Published", "公布"), "Whether it is stable and has a rule."),
        Column("stability", "ratio", Words("Stability", "稳定性"),
               "Mean Jaccard similarity with the group found among redrawn customers.", low=0, high=1),
        Column("rule", "text", Words("Rule", "规则"), "What tells its customers from others.", nullable=True),
        share("precision", "Rule is right", "规则准确率", "Share of those who meet the rule that are in the group."),
        share("recall", "Rule reaches", "规则覆盖率", "Share of the group that meets the rule."),
        Column("typical_customer", "text", Words("Typical customer", "典型客户"), "The customer in its middle."),
        _CUSTOMERS,
        Column("customer_share", "ratio", Words("Share of customers", "客户占比"), "Share of all customers with a purchase."),
        Column("value", "money", Words("Value", "价值"), "Value of its customers in the window."),
        Column("value_share", "ratio", Words("Share of value", "价值占比"), "Share of the value of all customers.", nullable=True),
        _MEDIAN, _GAP, _CATEGORY, _CATEGORY_SHARE,
        Column("main_weekday", "text", Words("Busiest day", "最常下单日"), "Weekday with most of its orders.", values=WEEKDAYS),
        _WEEKEND, _MORNING, _MEAN_DISCOUNT,
    ),
)  # fmt: skip

PRICE_PREFERENCES = Table(
    "price_preferences",
    "one customer that bought in the window: does it buy on price, or the better goods?",
    ("customer_id",),
    (
        CUSTOMER_ID, CUSTOMER_NAME,
        Column("tag", "text", Words("Preference", "偏好"), "What is sure of it; `open` where its orders are too few.", values=TAGS),
        _ORDERS,
        Column("discounted_orders", "int", Words("At a discount", "折扣订单数"), "Orders at a discount, of those whose discount is known.",
               low=0, nullable=True),
        share("discount_share", "Share at a discount", "折扣订单占比", "Discounted orders over orders."),
        share("discount_lo", "At least", "至少", "Lower end of its interval, which leans on all customers where its orders are few."),
        share("discount_hi", "At most", "至多", "Upper end of its interval."),
        Column("let_off_e4", "money_e4", Words("Discount given", "让利金额"), "What its lines cost less than at list price.", low=0, nullable=True),
        share("let_off_share", "Of list value", "让利占标价额", "Discount given over the value at list prices."),
        share("price_tier", "Price tier", "价格档次", "Mean place of its goods by list price within their category; 0.5 is the middle."),
        Column("tier_lo", "float", Words("Expected at least", "预计至少"), "Lower end of its interval.", nullable=True),
        Column("tier_hi", "float", Words("Expected at most", "预计至多"), "Upper end of its interval.", nullable=True),
        Column("promotion_response", "float", Words("In promotions", "促销反应"),
               "Share of promotion months with an order less that of other months; missing without promotions.", low=-1, high=1, nullable=True),
        Column("response_lo", "float", Words("Expected at least", "预计至少"), "Lower end of its interval.", nullable=True),
        Column("response_hi", "float", Words("Expected at most", "预计至多"), "Upper end of its interval.", nullable=True),
        Column("coupon", "text", Words("Coupon", "优惠券"), "Whether a coupon could pay; missing where no discount is known.", values=COUPONS, nullable=True),
    ),
)  # fmt: skip

PRICE_MONTHS = Table(
    "price_months",
    "one month of the window and how deep its discounts were",
    ("month",),
    (
        Column("month", "date", Words("Month", "月份"), "First day of the month."),
        Column("list_e4", "money_e4", Words("At list price", "标价额"), "Value of its lines at list prices."),
        Column("let_off_e4", "money_e4", Words("Discount given", "让利金额"), "What they cost less."),
        Column("depth", "ratio", Words("Depth", "折扣深度"), "Discount given over the value at list prices.", low=0, high=1),
        Column("is_promotion", "bool", Words("Promotion", "促销"), "Clearly deeper than the other months."),
    ),
)  # fmt: skip
