"""Tables of the value tiers (G1)."""

from __future__ import annotations

from analysis.core.contracts.clean import CUSTOMER_ID, CUSTOMER_NAME
from analysis.core.contracts.schema import Column, Table, Words
from analysis.core.contracts.segment import STEADY

CHANGES = ("stayed", "up", "down", "new", "back", "silent")

_TIER = Column("tier", "text", Words("Tier", "层级"), "Named by params.yaml, from the largest; `silent` did not order in the year.")
_CUSTOMERS = Column("customers", "int", Words("Customers", "客户数"), "Customers that are counted.", low=0)
_PAYMENT = Column("payment", "money", Words("Yearly payment", "年付费"), "Revenue of the twelve months to the month's end, returns deducted.")


def _rate(name: str, en: str, zh: str, meaning: str) -> Column:
    return Column(name, "ratio", Words(en, zh), meaning, nullable=True)


def _with_ends(name: str, en: str, zh: str, meaning: str) -> tuple[Column, ...]:
    return (
        _rate(name, en, zh, meaning),
        _rate(f"{name}_lo", f"{en}, low", f"{zh}下限", f"Lower end of its interval: {meaning[0].lower()}{meaning[1:]}"),
        _rate(f"{name}_hi", f"{en}, high", f"{zh}上限", f"Upper end of its interval: {meaning[0].lower()}{meaning[1:]}"),
    )


CUSTOMER_TIERS = Table(
    "customer_tiers",
    "one customer that has ever ordered, with its tier now, a month before and a year before",
    ("customer_id",),
    (
        CUSTOMER_ID,
        CUSTOMER_NAME,
        Column(
            "payment", "money", Words("Yearly payment", "年付费"),
            "Revenue of the last twelve months, returns deducted; of a younger customer taken to a year.",
        ),
        Column("is_annualised", "bool", Words("Taken to a year", "已年化"), "The customer is younger than a year."),
        _TIER,
        Column("tier_before", "text", Words("Tier a month before", "上月层级"), "`new` had not ordered yet.", nullable=True),
        Column(
            "tier_year_before", "text", Words("Tier a year before", "去年层级"),
            "The same a year before; missing where the data does not reach back two years.", nullable=True,
        ),
        Column("change", "text", Words("Change", "变化"), "Since a year before.", values=CHANGES, nullable=True),
        Column("payment_before", "money", Words("Payment a year before", "去年付费"), "In the twelve months before.", nullable=True),
        Column("payment_change", "money", Words("Change of payment", "付费变化"), "Payment now less that of a year before.", nullable=True),
    ),
)  # fmt: skip

TIERS = Table(
    "tiers",
    "one tier with its limit, its size and what became of its customers of a year before",
    ("tier",),
    (
        _TIER,
        Column("position", "int", Words("Order", "次序"), "From the largest payers.", low=1),
        Column("from_yearly", "money", Words("From", "起点"), "Yearly payment from which it holds.", nullable=True),
        _CUSTOMERS,
        _rate("customer_share", "Share of customers", "客户占比", "Share of the customers of all tiers; of the silent, none."),
        _PAYMENT,
        _rate("payment_share", "Share of payments", "付费占比", "Share of the payments of all."),
        Column("value", "money", Words("Value", "价值"), "Profit of its customers, else their contribution or revenue.", nullable=True),
        _rate("value_share", "Share of value", "价值占比", "Share of the value of all; missing where that is not above zero."),
        Column("customers_before", "int", Words("A year before", "去年客户数"), "Customers it had a year before.", low=0, nullable=True),
        *_with_ends("kept_share", "Still ordering", "仍在下单", "Share of those of a year before that ordered in the year since."),
        *_with_ends("up_share", "Moved up", "升级", "Share of those of a year before that are in a higher tier now."),
        *_with_ends("down_share", "Moved down", "降级", "Share of those of a year before that are in a lower tier now."),
        *STEADY,
    ),
)  # fmt: skip

TIER_MONTHS = Table(
    "tier_months",
    "one tier at one month end",
    ("month", "tier"),
    (
        Column("month", "date", Words("Month", "月份"), "Last month of the year that counts, by its first day."),
        _TIER,
        _CUSTOMERS,
        _PAYMENT,
    ),
)
