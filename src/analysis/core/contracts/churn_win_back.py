"""Tables of win-back (C6) and dependence (C8)."""

from __future__ import annotations

from analysis.core.contracts.churn_drivers import REASONS as REASONS
from analysis.core.contracts.clean import CUSTOMER_ID, CUSTOMER_NAME
from analysis.core.contracts.columns import money, share
from analysis.core.contracts.schema import Column, Table, Words

_ENDS = "Ends of its interval."
_REP = Column("sales_rep", "text", Words("Sales rep", "业务员"), "Who looks after the customer.", nullable=True)
_TIER = Column("tier", "text", Words("Tier", "层级"), "Value tier now, as params.yaml names it.", nullable=True)
_GAP_GROUP = Column("gap_group", "int", Words("Rhythm", "购买节奏"), "By the usual gap, 1 the shortest; then a single order, then noted as having left; 0: all.", low=0)
_GAP_TO = Column("gap_days_to", "float", Words("Usual gap up to", "通常间隔至多"), "Missing where there is no end.", "days", low=0, nullable=True)


RETURN_CURVE = Table(
    "return_curve", "one day beyond the silence from which customers count as lost, and how many had returned by then", ("day",),
    (
        Column("day", "int", Words("Days beyond", "之后天数"), "Days beyond that silence.", "days", low=0),
        Column("at_risk", "int", Words("Still silent", "仍沉默"), "Silences that lasted until then.", low=0),
        share("share", "Returned", "已回归", "Share that had returned."),
        share("lo", "Returned, low", "下限", _ENDS),
        share("hi", "Returned, high", "上限", _ENDS),
    ),
)  # fmt: skip

RETURN_CHANCES = Table(
    "return_chances", "one rhythm and one length of silence, and how likely a return then is", ("gap_group", "silent_days"),
    (
        _GAP_GROUP, _GAP_TO,
        Column("silent_days", "int", Words("Silent for", "已沉默"), "Days of silence so far.", "days", low=1),
        Column("silences", "int", Words("Silences", "沉默次数"), "Silences that lasted for longer.", low=0),
        share("chance", "Returns", "回归概率", "Chance of an order within the days ahead."),
        share("lo", "Chance, low", "下限", _ENDS),
        share("hi", "Chance, high", "上限", _ENDS),
    ),
)  # fmt: skip

RETURN_REASONS = Table(
    "return_reasons", "one noted reason for leaving, and how many ordered again since", ("reason",),
    (
        Column("reason", "text", Words("Reason", "流失原因"), "As noted.", values=REASONS),
        Column("noted", "int", Words("Noted", "登记客户"), "Customers with it.", low=0),
        share("share", "Ordered since", "此后下单", "Share that ordered after the note."),
        share("lo", "Share, low", "下限", _ENDS),
        share("hi", "Share, high", "上限", _ENDS),
    ),
)  # fmt: skip

SECOND_VALUES = Table(
    "second_values", "one class of the value before a silence, and what returners of it then brought", ("value_group",),
    (
        Column("value_group", "int", Words("Class", "组"), "By the value before the silence, 1 the lowest; 0: all.", low=0),
        money("value_to", "Value before, up to", "此前价值至多", "Of the last days before the silence, as many as params.yaml says."),
        Column("returns", "int", Words("Returns", "回归次数"), "Returns that could be followed for as long.", low=0),
        money("before", "Before", "此前", "Mean value of as many days before the silence."),
        money("after", "After", "回归后", "Mean value of the days from the return on."),
        Column("ratio", "float", Words("After / before", "回归后/此前"), "How much of it comes back."),
        Column("lo", "float", Words("Ratio, low", "下限"), _ENDS),
        Column("hi", "float", Words("Ratio, high", "上限"), _ENDS),
    ),
)  # fmt: skip

WIN_BACK_CUSTOMERS = Table(
    "win_back_customers", "one customer that is silent for longer than usual, and what its return would be worth", ("customer_id",),
    (
        CUSTOMER_ID, CUSTOMER_NAME, _REP,
        _GAP_GROUP,
        Column("last_order_date", "date", Words("Last order", "末单日期"), "Day of the last purchase that stayed."),
        Column("silence_days", "int", Words("Days silent", "沉默天数"), "Days since.", "days", low=0),
        Column("reason", "text", Words("Reason", "流失原因"), "As noted.", values=REASONS, nullable=True),
        money("value_before", "Value before", "此前价值", "Of the last days before the silence, as many as params.yaml says."),
        money("exit_profit", "Exit profit", "离开时利润", "Profit of the last year where it ordered in it, else the value before; missing without costs."),
        share("chance", "Returns", "回归概率", "Chance of an order within the days ahead."),
        share("chance_lo", "Chance, low", "概率下限", _ENDS),
        share("chance_hi", "Chance, high", "概率上限", _ENDS),
        money("second_value", "Second value", "二次价值", "Expected value of as many days from the return on."),
        money("return_value", "Value of return", "回归价值", "Chance times second value: what winning it back may cost at most."),
        money("lo", "Value, low", "价值下限", _ENDS),
        money("hi", "Value, high", "价值上限", _ENDS),
        Column("is_dropped", "bool", Words("Dropped", "不赢回"), "It cost more than it brought, or cannot come back."),
    ),
)  # fmt: skip

LOSSES = Table(
    "losses_of_customers", "one of the largest customers, and what losing it would cost if so many of whom it referred followed",
    ("customer_id", "following_share"),
    (
        CUSTOMER_ID, CUSTOMER_NAME, _REP, _TIER,
        share("following_share", "Follow it", "随之离开", "Share of those referred that leaves with it: a scenario."),
        Column("referred", "int", Words("Referred", "推荐来的客户"), "Customers that it brought, and whom these brought.", low=0, nullable=True),
        money("own", "Own value", "自身价值", "Its lifetime value over the shortest horizon."),
        money("following", "Of those referred", "推荐客户价值", "Lifetime value that leaves with it."),
        money("loss", "Loss", "损失", "Both together."),
        money("lo", "Loss, low", "损失下限", _ENDS),
        money("hi", "Loss, high", "损失上限", _ENDS),
    ),
)  # fmt: skip

TOP_SHARES = Table(
    "top_shares", "the share of the value of the past window that the largest customers bring", ("customers",),
    (
        Column("customers", "int", Words("Largest customers", "最大客户数"), "How many.", low=1),
        money("value", "Value", "价值", "What they brought, measured."),
        share("share", "Share", "占比", "Of what all with a value above 0 brought."),
    ),
)  # fmt: skip
