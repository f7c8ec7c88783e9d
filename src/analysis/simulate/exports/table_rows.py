"""What stands in the tables of what customers do and say: tickets, contacts, referrals, surveys, use, exits, words."""

from __future__ import annotations

import numpy as np

from analysis.simulate.exports.cells import CENTS
from analysis.simulate.exports.tables import Row, TableFile
from analysis.simulate.world.events import REFERRAL_STATES
from analysis.simulate.world.hearsay import WORDS
from analysis.simulate.world.season import month_start
from analysis.simulate.world.side import Side
from analysis.simulate.world.surveys import CSAT, CSAT_MAX, INSTRUMENTS, NEEDS, NONE, NPS, NPS_MAX
from analysis.simulate.world.world import World

INCIDENTS_ZH = ("物流", "质量", "尺寸", "售后", "其他")
OUTCOMES_ZH = ("按时解决", "超时解决")
CONTACTS_ZH = ("拜访", "电话", "微信", "活动", "资料", "高层拜访")
MET_ZH, LEVELS_ZH, SIDES_ZH = ("见面", "拒绝", "未接通"), ("采购", "经理", "老板"), ("我方", "客户")
CAUSES_ZH = ("服务", "产品", "价格", "竞争对手", "无需求", "倒闭", "未知")
OPENS_MINUTE, OPEN_MINUTES, STRIDE = 540, 480, 37  # tickets are opened from nine to five
DAY_MINUTES = 1440


def _day(world: World, day: int) -> str:
    return world.clock.date(day).isoformat()


def _moment(world: World, minutes: float) -> str:
    """Minutes since the first day as date and time."""
    day, minute = divmod(int(minutes), DAY_MINUTES)
    return f"{_day(world, day)} {minute // 60:02d}:{minute % 60:02d}"  # 60 minutes


def tickets(side: Side, numbers: list[str]) -> TableFile:
    """Every incident; ``numbers`` are the order numbers by the place of the order."""
    world = side.world
    rows = []
    for at, one in enumerate(world.incidents):
        opened = int(one["day"]) * DAY_MINUTES + OPENS_MINUTE + at * STRIDE % OPEN_MINUTES

        def after(hours: float, opened: int = opened) -> str:
            return "" if np.isnan(hours) else _moment(world, opened + hours * 60)  # 60 minutes

        rows.append(Row([
            f"GD{at + 1:06d}", world.customers.ids[one["customer"]], _moment(world, opened), after(one["first_response_hours"]),
            after(one["on_site_hours"]), after(one["resolved_hours"]), INCIDENTS_ZH[one["kind"]], int(one["severity"]),
            numbers[one["order"]] if one["order"] >= 0 else "", OUTCOMES_ZH[0 if one["within_sla"] else 1], int(one["minutes"]),
        ], int(one["day"])))  # fmt: skip
    headers = {
        "ticket_id": "工单号", "customer_id": "客户编号", "opened_at": "报修时间", "first_response_at": "首次响应时间",
        "on_site_at": "上门时间", "resolved_at": "解决时间", "type": "问题类型", "severity": "严重程度", "order_id": "订单号",
        "outcome": "处理结果", "minutes": "用时",
    }  # fmt: skip
    return TableFile("tickets", "售后工单.csv", headers, ("ticket_id",), rows, numbers=("severity", "minutes"), encoding="gb18030")


def contacts(side: Side) -> TableFile:
    """Every contact."""
    world = side.world
    rows = [
        Row([
            world.customers.ids[one["customer"]], _day(world, one["day"]).replace("-", "/"), CONTACTS_ZH[one["kind"]], int(one["minutes"]),
            world.reps.names[one["rep"]] if one["rep"] >= 0 else "", SIDES_ZH[int(one["by_customer"])], LEVELS_ZH[one["level"]],
            MET_ZH[one["outcome"]], f"{one['cost'] / CENTS:.2f}", "",
        ], int(one["day"]))
        for one in world.contacts
    ]  # fmt: skip
    headers = {
        "customer_id": "客户编号", "date": "拜访日期", "kind": "跟进方式", "minutes": "时长", "rep": "拜访人", "initiated_by": "发起方",
        "contact_level": "对方级别", "outcome": "结果", "cost": "费用", "note": "跟进记录",
    }  # fmt: skip
    return TableFile("contacts", "contacts.csv", headers, ("customer_id", "date", "kind", "rep"), rows, numbers=("minutes", "cost"),
                     encoding="utf-8-sig")  # fmt: skip


def referrals(side: Side) -> TableFile:
    """Every recommendation; whether the new customer would have come is known to nobody."""
    world, found = side.world, side.referrals
    ids = world.customers.ids
    rows = []
    for at, one in enumerate(found.events):
        won = one["referred"] >= 0
        rows.append(Row([
            ids[one["referrer"]], ids[one["referred"]] if won else "", f"L{at + 1:05d}", _day(world, one["day"]),
            REFERRAL_STATES[one["state"]], f"{one['reward'] / CENTS:.2f}" if one["reward"] else "",
            f"{found.first_order[at] / CENTS:.2f}" if won else "", "unknown",
        ], int(one["day"])))  # fmt: skip
    headers = {
        "referrer_id": "referrer id", "referred_id": "referred id", "lead_id": "lead id", "date": "referral date",
        "status": "referral status", "reward_paid": "reward paid", "first_order_amount": "first order amount",
        "would_have_come": "would have come",
    }  # fmt: skip
    return TableFile("referrals", "referrals.csv", headers, ("referrer_id", "referred_id", "lead_id"), rows, ("referrer_id",),
                     ("first_order_amount",), "utf-8")  # fmt: skip


def surveys(side: Side) -> TableFile:
    """Every answer; who stayed silent is not in it."""
    world, rows = side.world, []
    for one in side.surveys[side.surveys["answered"]]:
        score = int(one["score"]) if one["score"] != NONE else ""
        best = {NPS: NPS_MAX, CSAT: CSAT_MAX}.get(int(one["instrument"]), "")
        ranked = one["suppliers"] != NONE
        rows.append(Row([
            world.customers.ids[one["customer"]], _day(world, one["day"]), INSTRUMENTS[one["instrument"]], score, best,
            int(one["suppliers"]) if ranked else "", int(one["our_rank"]) if ranked else "",
            NEEDS[one["need"]] if one["need"] != NONE else "",
        ], int(one["day"])))  # fmt: skip
    headers = {
        "customer_id": "customer id", "date": "survey date", "instrument": "instrument", "score": "score", "scale_max": "scale max",
        "n_suppliers": "number of suppliers", "our_rank": "our rank", "text": "comment",
    }  # fmt: skip
    return TableFile("surveys", "survey_answers.csv", headers, ("customer_id", "date", "instrument"), rows, numbers=("score",),
                     encoding="utf-8-sig")  # fmt: skip


def usage(side: Side) -> TableFile:
    """Use by month, the month as people write it."""
    world, metric = side.world, side.laws.using.metric
    months = [month_start(world.clock.first, -month) for month in range(int(side.usage["month"].max(initial=0)) + 1)]
    rows = [
        Row([world.customers.ids[one["customer"]], f"{months[one['month']]:%Y-%m}", metric, int(one["value"])], int(one["day"]))
        for one in side.usage
    ]
    headers = {"customer_id": "customer_id", "date": "date", "metric": "metric", "value": "value"}
    return TableFile("usage", "usage.csv", headers, ("customer_id", "date", "metric"), rows, encoding="utf-8")


def exit_reasons(side: Side) -> TableFile:
    """Why customers left, as it is noted."""
    world = side.world
    rows = [
        Row([world.customers.ids[one["customer"]], world.clock.short(one["day"]).join(("20", "")), CAUSES_ZH[one["noted"]], ""], int(one["day"]))
        for one in side.exit_notes
    ]
    headers = {"customer_id": "客户编号", "date": "日期", "reason": "流失原因", "note": "说明"}
    return TableFile("exit_reasons", "流失客户登记.csv", headers, ("customer_id", "date"), rows, encoding="gb18030")


def social(side: Side) -> TableFile:
    """Public words."""
    world = side.world
    rows = [
        Row([world.customers.ids[one["customer"]], _day(world, one["day"]), WORDS[one["kind"]], int(one["reach"]), f"{one['sentiment']:.2f}"],
            int(one["day"]))
        for one in side.words
    ]  # fmt: skip
    headers = {"customer_id": "customer id", "date": "date", "kind": "social kind", "reach": "reach", "sentiment": "sentiment"}
    return TableFile("social", "social.csv", headers, ("customer_id", "date", "kind"), rows, numbers=("reach", "sentiment"),
                     encoding="utf-8")  # fmt: skip
