"""The words that optional tables are kept in, and how exports write them (SPEC.md §3.3).

A word that is none of these is kept as it is written, and remarked on. Case and spaces at the ends do not matter.
"""

from __future__ import annotations

_MET = {
    "met": ("met", "见面", "已见面", "成功", "接通", "已接通", "reached", "connected", "completed"),
    "declined": ("declined", "拒绝", "婉拒", "refused"),
    "no_answer": ("no answer", "no_answer", "未接通", "无人接听", "未见到", "未接", "not reached"),
}  # fmt: skip
_CAUSES = {
    "service": ("service", "服务", "服务差", "服务不满意"),
    "product": ("product", "quality", "产品", "质量", "产品不合适"),
    "price": ("price", "价格", "价格高", "太贵", "too expensive"),
    "competitor": ("competitor", "竞争对手", "竞品", "转向竞争对手", "switched"),
    "no_need": ("no need", "no_need", "无需求", "不再需要", "need ended"),
    "closed": ("closed", "倒闭", "停业", "注销", "closed down", "bankrupt", "out of business"),
    "unknown": ("unknown", "未知", "不详", "other", "其他"),
}  # fmt: skip

# Table, column, and for each word how it is written elsewhere.
WORDS: dict[str, dict[str, dict[str, tuple[str, ...]]]] = {
    "activity_costs": {"activity": {
        "order": ("order", "orders", "订单", "下单", "订单处理"),
        "line": ("line", "order line", "order lines", "订单行", "行"),
        "small_order": ("small order", "small_order", "小单", "小额订单"),
        "delivery": ("delivery", "deliveries", "配送", "送货", "发货", "物流"),
        "return": ("return", "returns", "退货", "退换货"),
        "visit": ("visit", "visits", "拜访", "上门拜访", "客户拜访"),
        "ticket_minute": ("ticket minute", "ticket_minute", "support minute", "工单分钟", "客服分钟", "服务分钟"),
        "overdue_day": ("overdue day", "overdue_day", "逾期天数", "逾期"),
    }},
    "tickets": {"type": {
        "logistics": ("logistics", "delivery", "shipping", "物流", "配送", "运输"),
        "quality": ("quality", "质量", "品质", "defect"),
        "size": ("size", "尺寸", "规格", "尺码"),
        "after_sales": ("after-sales", "after_sales", "after sales", "售后", "维修", "repair"),
        "other": ("other", "其他", "其它"),
    }},
    "contacts": {
        "kind": {
            "visit": ("visit", "拜访", "上门", "上门拜访", "面访", "meeting", "onsite"),
            "call": ("call", "电话", "phone", "phone call", "电访"),
            "message": ("message", "微信", "短信", "邮件", "email", "e-mail", "mail", "wechat", "sms"),
            "event": ("event", "活动", "会议", "展会", "沙龙"),
            "content": ("content", "资料", "资讯", "newsletter"),
            "executive": ("executive", "高层拜访", "高管拜访", "executive visit"),
        },
        "outcome": _MET,
        "initiated_by": {
            "us": ("us", "we", "我方", "我们", "主动", "outbound"),
            "customer": ("customer", "客户", "客户主动", "inbound"),
        },
    },
    "referrals": {"status": {
        "lead": ("lead", "open", "跟进中", "线索", "待跟进"),
        "won": ("won", "成交", "已成交", "成功"),
        "lost": ("lost", "未成交", "失败", "流失"),
    }},
    "surveys": {"instrument": {
        "nps": ("nps", "净推荐值", "推荐意愿"),
        "csat": ("csat", "满意度", "satisfaction"),
        "ces": ("ces", "费力度", "effort"),
        "need": ("need", "needs", "需求"),
        "rank": ("rank", "ranking", "排名"),
    }},
    "wallet": {"source": {
        "declared": ("declared", "客户自述", "客户申报", "客户告知", "自报"),
        "tender": ("tender", "招标", "招标文件", "投标", "标书"),
        "rep_estimate": ("rep estimate", "rep_estimate", "业务员估计", "业务员估算", "销售估计", "estimate"),
        "external": ("external", "外部", "外部数据", "第三方", "third party"),
    }},
    "subscriptions": {
        "cancel_reason": _CAUSES,
        "billing": {
            "yearly": ("yearly", "annual", "annually", "year", "年付", "按年"),
            "quarterly": ("quarterly", "quarter", "季付", "按季"),
            "monthly": ("monthly", "month", "月付", "按月"),
        },
    },
    "spend": {"purpose": {
        "acquisition": ("acquisition", "winning", "拓客", "获客", "拓新"),
        "retention": ("retention", "keeping", "维护", "留存", "客户维护"),
        "brand": ("brand", "品牌", "品牌推广", "branding"),
    }},
    "exit_reasons": {"reason": _CAUSES},
    "actions": {"arm": {
        "treat": ("treat", "treated", "treatment", "处理组", "实验组", "执行"),
        "holdout": ("holdout", "hold-out", "held out", "control", "对照组", "对照"),
    }},
    "social": {"kind": {
        "share": ("share", "分享", "转发", "repost"),
        "review": ("review", "评价", "点评", "rating"),
        "post": ("post", "发帖", "动态"),
        "event_host": ("event host", "event_host", "活动主办", "主办活动"),
    }},
}  # fmt: skip
