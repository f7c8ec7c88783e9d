"""Tables of early warning (C3)."""

from __future__ import annotations

from analysis.core.contracts.clean import CUSTOMER_ID, CUSTOMER_NAME
from analysis.core.contracts.columns import count, number, share
from analysis.core.contracts.schema import Column, Table, Words

SIGNALS = (
    "order_gap", "order_value", "category_breadth", "peer_share", "contacts_declined", "customer_contacts", "complaints",
    "usage", "overdue_days",
)  # fmt: skip
NEEDS = {
    "order_gap": "orders", "order_value": "orders", "category_breadth": "orders.category", "peer_share": "orders",
    "contacts_declined": "contacts.outcome", "customer_contacts": "contacts.initiated_by", "complaints": "tickets",
    "usage": "usage", "overdue_days": "orders.due_pay_date, orders.paid_date",
}  # fmt: skip
# Two signals of one family say the same thing twice; the share of the peers' sales is made of gaps and values.
FAMILIES = {
    "order_gap": "rhythm", "order_value": "basket", "category_breadth": "basket", "peer_share": "sales",
    "contacts_declined": "contacts", "customer_contacts": "contacts", "complaints": "complaints", "usage": "usage",
    "overdue_days": "payments",
}  # fmt: skip
STATES = ("observable", "too_little", "not_available")
OUTCOMES = ("red", "warned", "told_before", "quiet")

_SIGNAL = Column("signal", "text", Words("Signal", "信号"), "What changed.", values=SIGNALS)


WARNINGS = Table(
    "warnings",
    "one open warning: a customer, and a signal whose alarm rang in the last months (C3)",
    ("customer_id", "signal"),
    (
        CUSTOMER_ID,
        CUSTOMER_NAME,
        Column("sales_rep", "text", Words("Sales rep", "业务员"), "Who looks after it.", nullable=True),
        Column("is_key", "bool", Words("Key customer", "关键客户"), "Of a tier above the last one, now or a year before, or key by its wallet."),
        _SIGNAL,
        Column("is_red", "bool", Words("Red", "红色预警"), "Two independent signals of the customer are open."),
        Column("first_seen", "date", Words("First seen", "首次出现"), "Day on which the alarm first rang in these months."),
        Column("days_since", "int", Words("Days since", "距今天数"), "Days since then.", "days", low=0),
        Column(
            "strength_months", "float", Words("Once in … months", "多少个月一遇"),
            "Mean months between such alarms of this customer and signal by chance.", "months", low=0,
        ),
        Column("baseline", "float", Words("Before", "变化前"), "What was usual: see the signal for its unit."),
        Column("now", "float", Words("Now", "变化后"), "The same since the change began."),
        Column("clv_at_risk", "money", Words("CLV at stake", "涉及的CLV"), "Lifetime value of the customer, all of it.", low=0, nullable=True),
        Column("clv_lo", "money", Words("CLV, low", "CLV下限"), "Lower end of its interval.", low=0, nullable=True),
        Column("clv_hi", "money", Words("CLV, high", "CLV上限"), "Upper end of its interval.", low=0, nullable=True),
        share("risk", "No-order risk", "不下单风险", "As in risk."),
        share("risk_before", "Risk a while ago", "此前不下单风险", "The same risk a horizon ago, by what was known then; missing where it was not told."),
        Column("last_contact", "date", Words("Last contact", "最近接触"), "Day of the last contact that is recorded.", nullable=True),
    ),
)  # fmt: skip

WARNING_SIGNALS = Table(
    "warning_signals",
    "one of the nine signals: whether it can be observed, whom it watches and how often it rang",
    ("signal",),
    (
        _SIGNAL,
        Column("state", "text", Words("State", "状态"), "Whether the data carries it.", values=STATES),
        Column("needs", "text", Words("Needs", "需要"), "Table and column that it takes."),
        count("watched", "Watched", "监测客户数", "Customers whose alarm can ring."),
        count("not_watched", "Not watched", "未监测客户数", "Ordering customers with too little before, or for whom nothing would be rare enough."),
        number("key_run_months", "Run length, key", "误报间隔（关键客户）", "Mean months between false alarms of a key customer.", unit="months"),
        number("other_run_months", "Run length, others", "误报间隔（其他客户）", "The same of any other customer.", unit="months"),
        number("expected", "Expected by chance", "预期误报", "Alarms by chance in the last month."),
        count("raised", "Raised", "实际发出", "Alarms that rang in the last month."),
        count("open_warnings", "Open", "未关闭预警", "Warnings of the last months."),
    ),
)

WARNING_PROOF = Table(
    "warning_proof",
    "one group of customers as they were watched a while ago, and what then became of them",
    ("outcome",),
    (
        Column("outcome", "text", Words("Group", "组别"), "With an open warning then, red or any; with one that had closed by then; or without any.", values=OUTCOMES),
        Column("watched_on", "date", Words("As of", "当时日期"), "The day on which they were watched."),
        count("customers", "Customers", "客户数", "Watched then."),
        count("stayed_away", "Placed no order", "未再下单", "Placed no order in the horizon after it."),
        share("rate", "Share", "比例", "Of the customers."),
        share("lo", "Share, low", "比例下限", "Lower end of its Wilson interval."),
        share("hi", "Share, high", "比例上限", "Upper end of its Wilson interval."),
        count("led", "Earlier than silence", "早于沉默规则", "Of those who stayed away: warned of before that day."),
        number(
            "lead_days", "Lead", "提前天数",
            "Median days from the first alarm of those who stayed away to the day on which a rule by silence alone with as many "
            "false alarms would have rung.", unit="days",
        ),
        number("lead_lo", "Lead, quarter", "提前天数下四分位", "A quarter of them had less.", unit="days"),
        number("lead_hi", "Lead, three quarters", "提前天数上四分位", "A quarter of them had more.", unit="days"),
    ),
)  # fmt: skip
