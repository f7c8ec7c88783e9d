"""The 51 capabilities of the workbook: what each needs and what it gives. The gate (F2) is computed from this list."""

from __future__ import annotations

from typing import NamedTuple

from analysis.core.contracts.schema import Words


class Capability(NamedTuple):
    """One capability.

    Attributes
    ----------
    id : fixed name, as docstrings and tests use it.
    stage : the stage that gives it.
    title : what it is, for the page.
    gives : what it adds for the reader.
    needs : ``table`` or ``table.column`` without which it cannot run; alternatives are joined by ``|``.
    """

    id: str
    stage: str
    title: Words
    gives: Words
    needs: tuple[str, ...] = ()


CAPABILITIES = (
    Capability("F1", "clean", Words("Clean and reconcile", "清洗与对账"), Words("usable order lines, reconciled to the cent", "可用订单行，金额对账到分")),
    Capability("F2", "clean", Words("Capability gate", "能力清单"), Words("what this data supports", "数据能支持哪些分析")),
    Capability("V1", "profit", Words("Contribution and cost to serve", "毛利与服务成本"), Words("profit by customer after service cost", "扣除服务成本后的客户利润"), ("orders.unit_cost|orders.cost_amount|orders.contribution|products.unit_cost", "activity_costs")),
    Capability("V2", "profit", Words("Whale curve and concentration", "鲸鱼曲线与集中度"), Words("who makes the profit and who eats it", "谁创造利润，谁侵蚀利润")),
    Capability("V3", "lifetime_value", Words("Historic lifetime value", "历史终身价值"), Words("what each customer has brought so far", "客户迄今贡献")),
    Capability("V4", "lifetime_value", Words("Predictive lifetime value", "预测终身价值"), Words("what each customer will bring, with interval", "客户未来贡献及区间")),
    Capability("V5", "lifetime_value", Words("Retention what-if", "留存测算"), Words("what better retention is worth", "提高留存的价值")),
    Capability("V6", "lifetime_value", Words("Acquisition versus retention cost", "获客与维护成本"), Words("the cost ratio and its ceilings", "成本比与上限"), ("spend",)),
    Capability("V7", "plan", Words("Total value vector", "客户总价值"), Words("purchases, referrals and influence side by side", "购买、转介绍与影响力并列"), ("referrals",)),
    Capability("V8", "profit", Words("Growth bridge", "增长桥"), Words("new, returned, grown, shrunk and lost customers", "新增、回流、增长、下滑与流失")),
    Capability("G1", "segment", Words("Value tiers with entitlements", "价值分层与权益"), Words("tiers by yearly payment", "按年付费分层")),
    Capability("G2", "segment", Words("RFM and the eight segments", "RFM八类客户"), Words("segments by recency, frequency and money", "按最近、频率、金额分群")),
    Capability("G3", "segment", Words("Segments by habit", "习惯分群"), Words("stable groups by region and buying habits", "按地区与购买习惯的稳定分群")),
    Capability("G4", "segment", Words("Wallet and share of wallet", "钱包与钱包份额"), Words("how much more they could buy from us", "客户还能向我们多买多少"), ("wallet|customers.industry|customers.size",)),
    Capability("G5", "segment", Words("Potential and relationship quadrant", "潜力与关系四象限"), Words("key, potential, ordinary and marginal customers", "关键、潜力、普通与边缘客户"), ("wallet",)),
    Capability("G6", "segment", Words("Growth test", "增长检验"), Words("who grows faster than their peers", "谁比同业增长更快")),
    Capability("G7", "profit", Words("Low-efficiency customers", "低效客户"), Words("a ladder of measures with money for each rung", "逐级措施及其金额"), ("activity_costs",)),
    Capability("G8", "plan", Words("A/B/C relationship grade", "A/B/C关系分级"), Words("value grade and risk flag", "价值等级与风险标记")),
    Capability("G9", "plan", Words("Core customers", "核心客户"), Words("experts, bridges and advocates", "专家、桥梁与推荐者"), ("referrals",)),
    Capability("G10", "segment", Words("Migration", "分群迁移"), Words("who moved between segments, and money moved", "客户分群变化与金额")),
    Capability("G11", "segment", Words("Price versus quality", "价格与品质偏好"), Words("who buys on price", "谁看重价格"), ("orders.discount|orders.unit_price|orders.qty",)),
    Capability("C1", "churn", Words("Risk of not ordering", "不再下单的风险"), Words("probability of no order, with calibration", "未来不下单的概率及校准")),
    Capability("C2", "churn", Words("Churn drivers", "流失原因"), Words("what goes with leaving, in money", "与流失相关的因素及金额"), ("orders.product_id",)),
    Capability("C3", "churn", Words("Early warning", "流失预警"), Words("changes in behaviour, with expected false alarms", "行为变化与预期误报")),
    Capability("C4", "churn", Words("Failures and response times", "服务失误与响应"), Words("failure rates and service levels", "失误率与服务水平"), ("tickets",)),
    Capability("C5", "churn", Words("Tolerance", "容忍度"), Words("who stays after a failure", "失误后谁会留下"), ("tickets",)),
    Capability("C6", "churn", Words("Win-back", "赢回"), Words("whom to win back, and when", "赢回谁，何时赢回")),
    Capability("C7", "plan", Words("Concession ceiling", "让步上限"), Words("how much a key account is worth conceding", "为关键客户让步的上限")),
    Capability("C8", "churn", Words("Dependence", "客户依赖"), Words("what losing one customer would cost", "失去一个客户的损失")),
    Capability("N1", "growth", Words("Next order and replenishment", "下次订单与补货"), Words("when they run out", "何时需要补货"), ("orders.product_id", "orders.qty")),
    Capability("N2", "churn", Words("Repurchase probability", "复购概率"), Words("who will order again soon", "谁将很快复购")),
    Capability("N3", "growth", Words("Cross-sell", "交叉销售"), Words("what they could buy next", "接下来可能买什么"), ("orders.product_id",)),
    Capability("N4", "growth", Words("Share growth plan", "份额提升计划"), Words("winnable gaps by category", "可争取的品类缺口"), ("wallet",)),
    Capability("N5", "growth", Words("Value per order", "客单价提升"), Words("whether actions raised order value", "行动是否提高客单价"), ("actions",)),
    Capability("N6", "growth", Words("Referral rate and value", "转介绍率与价值"), Words("who brings new customers", "谁带来新客户"), ("referrals",)),
    Capability("N7", "growth", Words("Referral reward", "转介绍奖励"), Words("what a referral may cost", "转介绍奖励的上限"), ("referrals",)),
    Capability("N8", "growth", Words("Annual package", "年度套餐"), Words("when a yearly discount pays", "年度折扣何时划算"), ("orders.unit_cost|orders.contribution",)),
    Capability("N9", "profit", Words("Minimum order", "最低采购额"), Words("what a minimum order would change", "设置起订额的影响")),
    Capability("N10", "growth", Words("Added service", "增值服务效果"), Words("what extra service brings", "增值服务带来什么"), ("contacts",)),
    Capability("R1", "plan", Words("Cadence plan", "拜访节奏"), Words("visits by grade and rep", "按等级与业务员的拜访计划"), ("contacts",)),
    Capability("R2", "plan", Words("Effort and value", "精力与价值"), Words("where effort misses value", "精力与价值的错配"), ("contacts",)),
    Capability("R3", "plan", Words("Key-account capacity", "大客户产能"), Words("people needed for key accounts", "大客户所需人力"), ("capacity",)),
    Capability("R4", "plan", Words("Response and allocation", "响应与配置"), Words("where more visits pay", "在哪里增加拜访划算"), ("contacts",)),
    Capability("R5", "plan", Words("Relationship score", "客情评估"), Words("a score that predicts", "有预测力的评分"), ("surveys|contacts",)),
    Capability("R6", "plan", Words("Needs match", "需求匹配"), Words("products that are bought once", "只买一次的产品"), ("orders.product_id",)),
    Capability("R7", "plan", Words("Reminder calendar", "提醒日历"), Words("dates of the next 30 days", "未来30天的日期")),
    Capability("R8", "executive", Words("CRM exchange", "CRM交换"), Words("a file for the CRM and back", "与CRM的数据交换")),
    Capability("X1", "plan", Words("Action ledger and holdout", "行动台账与对照"), Words("what last month's actions did", "上月行动的效果"), ("actions",)),
    Capability("X2", "executive", Words("Claims check", "说法检验"), Words("well-known claims beside your own numbers", "常见说法与自身数据对照")),
    Capability("X3", "plan", Words("Loyalty scorecard", "忠诚度记分卡"), Words("purchases, voice, defence and new business", "购买、口碑、维护与新业务"), ("surveys",)),
    Capability("X4", "executive", Words("Director's page", "总监页"), Words("the month on one page", "一页看懂本月")),
)  # fmt: skip
BUILT = ("F1", "F2", "V1", "V2", "V3", "V4", "V5", "V6", "V8", "G1", "G2", "G3", "G4", "G5", "G6", "G7", "G10", "G11", "C1", "C2", "C3", "C4", "C5", "C6", "C8", "N2", "N9", "R8", "X2", "X4")
