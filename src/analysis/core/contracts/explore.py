"""What the story of a customer shows and no stage stores."""

from __future__ import annotations

from dataclasses import replace

from analysis.core.contracts.clean import CUSTOMER_DAYS
from analysis.core.contracts.schema import Column, Table, Words

_DAY = CUSTOMER_DAYS.by_name

ORDERS_OF_CUSTOMER = Table(
    "orders_of_customer",
    "one day on which the customer bought",
    ("customer_id", "order_date"),
    (
        _DAY["customer_id"],
        replace(_DAY["order_date"], label=Words("Day", "日期")),
        Column("gap_days", "int", Words("Days since", "距上次天数"), "Days since the purchase before.", "days", low=1, nullable=True),
        _DAY["orders"],
        _DAY["lines"],
        Column("value", "money", Words("Bought", "采购额"), "Sales of the day, less what came back."),
        Column("returned", "money", Words("Came back", "退回"), "Part of the day's sales that came back.", low=0),
        Column("contribution", "money", Words("Contribution", "毛利"), "Of what stayed, where all costs are known.", nullable=True),
    ),
    folder="",
)
