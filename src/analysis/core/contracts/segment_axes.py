"""The one table of customers: what is known of each on every axis, and its name in every grading."""

from __future__ import annotations

from analysis.core.contracts.clean import CUSTOMER_ID, CUSTOMER_NAME
from analysis.core.contracts.schema import Column, Table, Words


def _ratio(name: str, en: str, zh: str, meaning: str) -> Column:
    return Column(name, "ratio", Words(en, zh), meaning, nullable=True)


def _name(name: str, en: str, zh: str, meaning: str) -> Column:
    return Column(name, "text", Words(en, zh), meaning, nullable=True)


CUSTOMER_AXES = Table(
    "customer_axes",
    "one customer that has ever ordered: profit, potential, relationship, growth and cost, and its name in each grading. "
    "Value to come and risk stand in the tables clv and risk, under the same key",
    ("customer_id",),
    (
        CUSTOMER_ID,
        CUSTOMER_NAME,
        Column("payment", "money", Words("Yearly payment", "年付费"), "As in customer_tiers."),
        Column(
            "profit", "money", Words("Profit", "利润"),
            "What customers are ranked by, of the year: profit, else contribution or revenue; see `compared.ranked`.", nullable=True,
        ),
        Column("wallet", "money", Words("Wallet", "钱包"), "As in wallets: what it buys a year from all suppliers.", nullable=True),
        _name("wallet_status", "Wallet is", "钱包状态", "Measured, estimated or not available."),
        _ratio("sow", "Share of wallet", "钱包份额", "As in wallets: our share of it."),
        _ratio("relative_growth", "Growth against peers", "相对同行增长", "As in growth_tests, a year."),
        _ratio("serving_share", "Cost to serve / revenue", "服务成本占收入", "As in customer_profit."),
        _name("tier", "Tier", "层级", "By yearly payment (G1)."),
        _name("segment", "Segment", "分群", "By recency, frequency and money (G2)."),
        _name("quadrant", "Quadrant", "象限", "By wallet and share of wallet (G5)."),
        _name("growth", "Growth is", "增长", "Faster or slower than peers beyond chance (G6)."),
        _name("price_tag", "Buys on", "偏好", "Price or quality, where that is sure (G11)."),
        Column("is_problem", "bool", Words("Low efficiency", "低效"), "Surely loses money through serving (G7)."),
    ),
)  # fmt: skip
