"""What stands in the tables that the office keeps: wallets, contracts, actions, spend, costs of work, working time."""

from __future__ import annotations

from analysis.simulate.exports.cells import CENTS, CENTS_OF_TEN_THOUSAND
from analysis.simulate.exports.tables import Row, TableFile
from analysis.simulate.world.actions import NOT_DONE
from analysis.simulate.world.agreements import BILLINGS, NEVER, PLANS
from analysis.simulate.world.events import EXIT_CAUSES
from analysis.simulate.world.names import REGIONS
from analysis.simulate.world.side import Side
from analysis.simulate.world.world import World

SOURCES_ZH = {"declared": "客户自述", "rep estimate": "业务员估计", "tender": "招标文件"}
PURPOSES_ZH = {"acquisition": "拓客", "retention": "维护", "brand": "品牌"}
ACTIVITIES_ZH = {
    "order": "订单", "line": "订单行", "delivery": "配送", "return": "退货", "visit": "拜访", "ticket_minute": "工单分钟",
}  # fmt: skip
RESULTS = ("no order", "ordered")


def _day(world: World, day: int) -> str:
    return world.clock.date(day).isoformat() if day not in (NEVER, NOT_DONE) else ""


def wallet(side: Side) -> TableFile:
    """Yearly spend by category in 万元, with its source; our share where it was told."""
    world = side.world
    sources = list(side.laws.knowing.sources)
    rows = [
        Row([
            world.customers.ids[one["customer"]], world.products.categories[one["category"]], f"{one['year']}年",
            float(one["told"]) / CENTS_OF_TEN_THOUSAND,
            f"{100 * min(one['own'] / one['told'], 1):.1f}%" if one["share_told"] else "",  # 100 percent
            SOURCES_ZH[sources[one["source"]]], float(one["confidence"]),
        ])
        for one in side.wallets
    ]  # fmt: skip
    headers = {
        "customer_id": "客户编号", "category": "品类", "period": "年度", "annual_spend": "年采购总额(万元)", "our_share": "我司占比",
        "source": "信息来源", "confidence": "可信度",
    }  # fmt: skip
    return TableFile("wallet", "客户采购总额调查.xlsx", headers, ("customer_id", "category", "period"), rows, numbers=("annual_spend",),
                     titles=("客户采购总额调查",))  # fmt: skip


def subscriptions(side: Side) -> TableFile:
    """Contract years."""
    world, rows = side.world, []
    for one in side.contracts:
        cancelled = one["cancelled_day"] != NEVER
        start = world.clock.date(one["start_day"]).isoformat()
        rows.append(Row([
            f"HT-{one['customer'] + 1:05d}-{one['number'] + 1:02d}", world.customers.ids[one["customer"]], PLANS[one["plan"]], start,
            world.clock.date(one["end_day"]).isoformat(), _day(world, one["renewed_day"]), _day(world, one["cancelled_day"]),
            EXIT_CAUSES[world.exit_cause[one["customer"]]] if cancelled else "", f"{one['value'] / CENTS:,.2f}", BILLINGS[one["billing"]],
        ], int(one["start_day"])))  # fmt: skip
    headers = {
        "contract_id": "contract no", "customer_id": "customer id", "plan": "plan", "starts_on": "start date", "ends_on": "end date",
        "renewed_on": "renewal date", "cancelled_on": "cancellation date", "cancel_reason": "cancel reason",
        "annual_value": "annual value", "billing": "billing",
    }  # fmt: skip
    return TableFile("subscriptions", "subscriptions.csv", headers, ("contract_id",), rows, numbers=("annual_value",), encoding="utf-8-sig")


def actions(side: Side) -> TableFile:
    """Actions with their arm; the result is what the books say of the weeks after, as far as they go."""
    world, law, rows = side.world, side.laws.acting, []
    types, end = list(law.uplift), world.clock.days
    for at, one in enumerate(world.actions):
        kind = types[one["type"]]
        orders = one["with_it"] if one["treated"] else one["without_it"]
        over = one["day"] + law.window_days < end
        done = one["done_day"] != NOT_DONE
        rows.append(Row([
            f"A{at + 1:05d}", world.customers.ids[one["customer"]], _day(world, one["day"]), kind, "treat" if one["treated"] else "holdout",
            _day(world, one["due_day"]), _day(world, one["done_day"]) if one["treated"] else "",
            f"{law.cost[kind]:.2f}" if done else "", RESULTS[int(orders > 0)] if over and done else "",
        ], int(one["day"])))  # fmt: skip
    headers = {
        "action_id": "action id", "customer_id": "customer id", "issued_on": "issued on", "type": "action type", "arm": "arm", "due": "due",
        "done_on": "done on", "cost": "cost", "result": "result",
    }  # fmt: skip
    return TableFile("actions", "actions.csv", headers, ("action_id",), rows, numbers=("cost",), encoding="utf-8")


def spend(side: Side) -> TableFile:
    """Money by month, purpose and channel."""
    rows = [
        Row([f"{one.month:%Y-%m}", PURPOSES_ZH[one.purpose], one.channel, one.amount, one.new_customers], (one.month - side.world.clock.first).days)
        for one in side.expenses
    ]
    headers = {"period": "期间", "purpose": "费用类型", "channel": "渠道", "amount": "推广费(元)", "new_customers": "新增客户"}
    return TableFile("spend", "营销费用.xlsx", headers, ("period", "purpose", "channel"), rows, (), ("new_customers",), titles=("营销费用台账", "单位:元"))


def activity_costs(side: Side) -> TableFile:
    """What one of each kind of work costs, and the pool of the last twelve months."""
    valid = side.world.clock.first
    rows = [
        Row([
            ACTIVITIES_ZH.get(one.activity, one.activity), one.unit_cost, one.minutes,
            round(one.unit_cost / one.minutes, 4) if one.minutes else None, round(one.pool, 2), valid.isoformat(),
        ])
        for one in side.work
    ]  # fmt: skip
    headers = {
        "activity": "作业", "unit_cost": "单位成本", "minutes": "分钟", "capacity_rate": "每分钟费用", "pool_total": "费用合计",
        "valid_from": "生效日期",
    }  # fmt: skip
    return TableFile("activity_costs", "作业成本.xlsx", headers, ("activity", "valid_from"), rows, ())


def capacity(side: Side) -> TableFile:
    """Working time of the reps."""
    regions = list(REGIONS)
    rows = [Row([one.rep, one.hours, one.minutes_per_visit, one.travel_minutes, regions[one.region]]) for one in side.hours]
    headers = {
        "rep": "业务员", "hours_per_month": "每月工时", "minutes_per_visit": "每次拜访分钟", "travel_minutes": "路程分钟", "region": "区域",
    }  # fmt: skip
    return TableFile("capacity", "capacity.xlsx", headers, ("rep",), rows, ())
