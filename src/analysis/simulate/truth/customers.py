"""The customers as they are."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from analysis.simulate.exports.book import Book
from analysis.simulate.exports.cells import E4_PER_CENT
from analysis.simulate.exports.manifest import good_lines
from analysis.simulate.world.names import INDUSTRIES, REGIONS
from analysis.simulate.world.world import SALE

DIGITS = 10


def true_customer(book: Book) -> pa.Table:
    """Everything about each customer that no export tells, and what a perfect cleaning would find of it."""
    world, people = book.world, book.world.customers
    n, clock = len(people.ids), world.clock
    lines = book.records[good_lines(book) & (book.records["customer"] < world.counter)]
    who, sold = lines["customer"], lines["kind"] == SALE
    cost = lines["qty"] * world.products.cost[lines["product"]]
    days = np.unique(who[sold].astype(np.int64) * clock.days + lines["day"][sold])
    first = np.full(n, clock.days)
    np.minimum.at(first, who[sold], lines["day"][sold])
    last = np.full(n, -1)
    np.maximum.at(last, who[sold], lines["day"][sold])

    def total(money: np.ndarray) -> np.ndarray:
        sums = np.zeros(n, np.int64)
        np.add.at(sums, who, money)
        return sums * E4_PER_CENT

    gone = world.left_on < clock.days
    return pa.table({
        "customer_id": people.ids,
        "customer_name": people.names,
        "segment": [world.preset.segments[place].name for place in people.segment],
        "region": [list(REGIONS)[place] for place in people.region],
        "industry": [list(INDUSTRIES)[place] for place in people.industry],
        "employees": people.employees.astype(np.int64),
        "wallet_yearly": _short(people.wallet_yearly),
        "wallet_share": _short(people.wallet_share),
        "orders_yearly": _short(people.orders_yearly),
        "regularity": people.regularity,
        "order_value": _short(people.order_value),
        "discount": _short(people.discount_bp / 10_000),  # basis points
        "returned": people.returned,
        "orders_once": people.once,
        "framework": people.framework,
        "known_before": people.known_before,
        "registered_on": [clock.date(day) for day in people.registered],
        "left_on": [clock.date(day) if out else None for day, out in zip(world.left_on, gone, strict=True)],
        "purchase_days": np.bincount(days // clock.days, minlength=n),
        "sale_lines": np.bincount(who[sold], minlength=n),
        "first_purchase": [clock.date(day) if day < clock.days else None for day in first],
        "last_purchase": [clock.date(day) if day >= 0 else None for day in last],
        "revenue_e4": total(lines["counts"]),
        "contribution_e4": total(lines["counts"] - cost),
    })  # fmt: skip


def _short(values: np.ndarray) -> list[float]:
    """To ten significant digits: the last bits are the processor's."""
    return [float(f"{value:.{DIGITS}g}") for value in values.tolist()]
