"""The tables a user may bring beside sales; each unlocks capabilities (SPEC.md §3.3).

They are recognised by name or by their headers and listed as present; the capability that uses one reads it.
"""

from __future__ import annotations

from analysis.core.contracts.inputs import CUSTOMER_ID, ORDER_ID, REGION, column
from analysis.core.contracts.schema import Table

_DATE = column("date", "date", "date", "日期", "The day it happened", "日期", "date")
_REP = column("rep", "text", "sales rep", "业务员", "Who did it", "业务员", "rep", "sales rep", "employee")
_COST = column("cost", "money", "cost", "费用", "What it cost", "费用", "花费", "cost")

ACTIVITY_COSTS = Table(
    "activity_costs", "the price of one kind of work for customers", ("activity", "valid_from"),
    (
        column("activity", "text", "activity", "作业", "Kind of work: order, line, delivery, return, visit", "作业", "作业名称", "activity"),
        column("unit_cost", "money", "unit cost", "单位成本", "What one of it costs", "单位成本", "unit cost"),
        column("minutes", "float", "minutes", "分钟", "Minutes that one of it takes", "分钟", "时长", "minutes"),
        column("capacity_rate", "money", "rate", "每分钟费用", "Cost of a minute", "每分钟费用", "capacity rate"),
        column("pool_total", "money", "total", "费用合计", "Cost of all of it", "费用合计", "pool total"),
        column("valid_from", "date", "valid from", "生效日期", "The first day it holds", "生效日期", "valid from"),
    ),
)  # fmt: skip

TICKETS = Table(
    "tickets", "one complaint or request for service", ("ticket_id",),
    (
        column("ticket_id", "text", "ticket", "工单号", "Number of the ticket", "工单号", "工单编号", "服务单号", "ticket no", "case id", "case number"),
        CUSTOMER_ID,
        column("opened_at", "datetime", "opened", "报修时间", "When it was opened", "报修时间", "投诉时间", "受理时间", "opened", "ticket created"),
        column("first_response_at", "datetime", "first response", "首次响应时间", "When it was first answered", "首次响应时间", "响应时间", "first response"),
        column("on_site_at", "datetime", "on site", "上门时间", "When somebody came", "上门时间", "on site"),
        column("resolved_at", "datetime", "resolved", "解决时间", "When it was settled", "解决时间", "完结时间", "resolved", "closed at"),
        column("type", "text", "type", "问题类型", "Logistics, quality, size, after-sales or other", "问题类型", "投诉类型", "issue type", "ticket type"),
        column("severity", "int", "severity", "严重程度", "From 1, light, to 5", "严重程度", "优先级", "severity", "priority"),
        ORDER_ID,
        column("outcome", "text", "outcome", "处理结果", "How it ended", "处理结果", "resolution", "outcome"),
        column("minutes", "float", "minutes", "用时", "Minutes of work", "用时", "处理时长", "handle minutes"),
    ),
)  # fmt: skip

CONTACTS = Table(
    "contacts", "one visit, call or message", ("customer_id", "date", "kind", "rep"),
    (
        CUSTOMER_ID,
        column("date", "date", "date", "拜访日期", "The day of the contact", "拜访日期", "跟进日期", "跟进时间", "visit date", "contact date", "call date"),
        column("kind", "text", "kind", "跟进方式", "Visit, call, message, event", "跟进方式", "拜访方式", "contact type", "activity type"),
        column("minutes", "float", "minutes", "时长", "Minutes it took", "时长", "拜访时长", "minutes", "duration"),
        column("rep", "text", "sales rep", "拜访人", "Who made it", "拜访人", "跟进人", "visited by", "rep"),
        column("initiated_by", "text", "initiated by", "发起方", "We or the customer", "发起方", "initiated by"),
        column("contact_level", "text", "level", "对方级别", "Rank of the person met", "对方级别", "contact level"),
        column("outcome", "text", "outcome", "结果", "Met, declined, no answer", "结果", "跟进结果", "outcome"),
        _COST,
        column("note", "text", "note", "跟进记录", "What was said", "跟进记录", "拜访记录", "跟进内容", "note"),
    ),
)  # fmt: skip

REFERRALS = Table(
    "referrals", "one customer won or sought through another", ("referrer_id", "referred_id", "lead_id"),
    (
        column("referrer_id", "text", "referrer", "推荐人", "Who recommended", "推荐人", "介绍人", "referrer", "referred by"),
        column("referred_id", "text", "referred", "被推荐人", "Who was recommended", "被推荐人", "新客户", "referred", "referee"),
        column("lead_id", "text", "lead", "线索", "The lead, before it is a customer", "线索", "线索编号", "lead id"),
        column("date", "date", "date", "推荐日期", "The day of the recommendation", "推荐日期", "referral date"),
        column("status", "text", "status", "推荐状态", "Lead, won, lost", "推荐状态", "referral status"),
        column("reward_paid", "money", "reward", "奖励", "Reward that was paid", "奖励", "奖励金额", "reward", "reward paid"),
        column("first_order_amount", "money", "first order", "首单金额", "Amount of the first order", "首单金额", "first order amount"),
        column("would_have_come", "bool", "would have come", "原本会来", "Would have come anyway", "原本会来", "would have come"),
    ),
)  # fmt: skip

SURVEYS = Table(
    "surveys", "one answer to a survey", ("customer_id", "date", "instrument"),
    (
        CUSTOMER_ID,
        column("date", "date", "date", "调查日期", "The day of the answer", "调查日期", "survey date", "response date"),
        column("instrument", "text", "instrument", "问卷", "NPS, CSAT, CES, need, rank", "问卷", "instrument", "survey"),
        column("score", "float", "score", "评分", "The score given", "评分", "满意度", "推荐意愿", "score", "nps", "csat", "rating", "satisfaction score"),
        column("scale_max", "float", "scale", "满分", "The best possible score", "满分", "scale max"),
        column("n_suppliers", "float", "suppliers", "供应商数量", "How many suppliers the customer has", "供应商数量", "number of suppliers"),
        column("our_rank", "float", "our rank", "我方排名", "Our rank among them", "我方排名", "our rank"),
        column("text", "text", "text", "意见", "What the customer wrote", "意见", "评价内容", "comment", "feedback"),
    ),
)  # fmt: skip

WALLET = Table(
    "wallet", "what a customer spends on a category with all suppliers", ("customer_id", "category", "period"),
    (
        CUSTOMER_ID,
        column("category", "text", "category", "品类", "Category", "品类", "category"),
        column("period", "text", "year", "年度", "The year", "年度", "年份", "year", "period"),
        column("annual_spend", "money", "yearly spend", "年采购总额", "Spend with all suppliers", "年采购总额", "品类年采购额", "年采购额", "annual spend", "total wallet"),
        column("our_share", "ratio", "our share", "我司占比", "Our part of it", "我司占比", "share of wallet"),
        column("source", "text", "source", "信息来源", "Declared, tender, estimate of the rep, external", "信息来源", "information source"),
        column("confidence", "ratio", "confidence", "可信度", "From 0 to 1", "可信度", "confidence"),
    ),
)  # fmt: skip

SUBSCRIPTIONS = Table(
    "subscriptions", "one contract", ("contract_id",),
    (
        column("contract_id", "text", "contract", "合同号", "Number of the contract", "合同号", "合同编号", "contract no", "subscription id"),
        CUSTOMER_ID,
        column("plan", "text", "plan", "套餐", "What was agreed", "套餐", "版本", "plan", "plan name"),
        column("starts_on", "date", "start", "起始日", "The first day", "起始日", "开始日期", "start", "start date", "contract start"),
        column("ends_on", "date", "end", "到期日", "The last day", "到期日", "结束日期", "end", "end date", "contract end"),
        column("renewed_on", "date", "renewed", "续费日", "The day of the renewal", "续费日", "续约日期", "renewal date"),
        column("cancelled_on", "date", "cancelled", "取消日", "The day of the end", "取消日", "退订日期", "cancel date", "cancellation date"),
        column("cancel_reason", "text", "reason", "取消原因", "Why it ended", "取消原因", "cancel reason"),
        column("annual_value", "money", "yearly value", "年费", "Money a year", "年费", "annual value", "arr"),
        column("billing", "text", "billing", "付费周期", "Monthly or yearly", "付费周期", "billing", "billing period"),
    ),
)  # fmt: skip

SPEND = Table(
    "spend", "what was spent on winning and keeping customers", ("period", "purpose", "channel"),
    (
        column("period", "text", "period", "期间", "Month or year", "期间", "period", "month"),
        column("purpose", "text", "purpose", "费用类型", "Winning, keeping, brand", "费用类型", "purpose", "spend type"),
        column("channel", "text", "channel", "渠道", "Where it was spent", "渠道", "channel"),
        column("amount", "money", "amount", "拓客费用", "Money spent", "拓客费用", "维护费用", "推广费", "amount", "spend"),
        column("new_customers", "float", "new customers", "新增客户", "Customers won", "新增客户", "new customers"),
    ),
)  # fmt: skip

USAGE = Table(
    "usage", "use of the service by a customer", ("customer_id", "date", "metric"),
    (
        CUSTOMER_ID, _DATE,
        column("metric", "text", "metric", "指标", "What is counted", "指标", "metric"),
        column("value", "float", "value", "使用次数", "How much", "使用次数", "登录", "登录次数", "通话时长", "value", "logins"),
    ),
)  # fmt: skip

EXIT_REASONS = Table(
    "exit_reasons", "why a customer left", ("customer_id", "date"),
    (
        CUSTOMER_ID, _DATE,
        column("reason", "text", "reason", "流失原因", "Service, product, price, competitor, closed", "流失原因", "churn reason", "exit reason"),
        column("note", "text", "note", "说明", "What was said", "说明", "note"),
    ),
)  # fmt: skip

ACTIONS = Table(
    "actions", "one action of last month's list and its result", ("action_id",),
    (
        column("action_id", "text", "action", "行动编号", "Number of the action", "行动编号", "action id"),
        CUSTOMER_ID,
        column("issued_on", "date", "issued", "下达日期", "The day it was given out", "下达日期", "issued on"),
        column("type", "text", "type", "行动", "Visit, fix, win back", "行动", "action type"),
        column("arm", "text", "arm", "分组", "Treated or held out", "分组", "arm", "holdout group"),
        column("due", "date", "due", "截止日期", "The day it is due", "截止日期", "due"),
        column("done_on", "date", "done", "完成日期", "The day it was done", "完成日期", "done on"),
        _COST,
        column("result", "text", "result", "行动结果", "What came of it", "行动结果", "result"),
    ),
)  # fmt: skip

SOCIAL = Table(
    "social", "one public word of a customer", ("customer_id", "date", "kind"),
    (
        CUSTOMER_ID, _DATE,
        column("kind", "text", "kind", "互动类型", "Share, review, post", "互动类型", "分享", "评价", "转发", "social kind"),
        column("reach", "float", "reach", "触达人数", "How many saw it", "触达人数", "reach", "impressions"),
        column("sentiment", "float", "sentiment", "情感", "Good or bad", "情感", "sentiment"),
    ),
)  # fmt: skip

CAPACITY = Table(
    "capacity", "working time of a sales rep", ("rep",),
    (
        _REP,
        column("hours_per_month", "float", "hours", "每月工时", "Hours for customers a month", "每月工时", "hours per month"),
        column("minutes_per_visit", "float", "minutes a visit", "每次拜访分钟", "Minutes of a visit", "每次拜访分钟", "minutes per visit"),
        column("travel_minutes", "float", "travel", "路程分钟", "Minutes of travel", "路程分钟", "travel minutes"),
        REGION,
    ),
)  # fmt: skip

# ``customers`` and ``products`` of SPEC.md §3.3 are read, and so stand in ``inputs``.
OPTIONAL: dict[str, Table] = {
    table.name: table
    for table in (ACTIVITY_COSTS, TICKETS, CONTACTS, REFERRALS, SURVEYS, WALLET, SUBSCRIPTIONS, SPEND, USAGE, EXIT_REASONS,
                  ACTIONS, SOCIAL, CAPACITY)
}  # fmt: skip
