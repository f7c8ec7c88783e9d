"""The customers as they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from analysis.simulate.exports.book import Book
from analysis.simulate.exports.cells import E4_PER_CENT
from analysis.simulate.exports.manifest import good_lines
from analysis.simulate.truth.continuation import Future
from analysis.simulate.truth.digits import short
from analysis.simulate.truth.profit import costs_to_serve
from analysis.simulate.world.events import EXIT_CAUSES
from analysis.simulate.world.leave import exit_hazard, seen_drivers
from analysis.simulate.world.names import INDUSTRIES, REGIONS
from analysis.simulate.world.nature import drivers_at_work
from analysis.simulate.world.world import SALE, World

E4 = 10_000  # ten-thousandths of the currency


def true_customer(book: Book, future: Future | None = None) -> pa.Table:
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
    lasting = _lasting(world)
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
        **lasting,
        "profit": [
            short(contribution / E4 - served)
            for contribution, served in zip(total(lines["counts"] - cost).tolist(), lasting["cost_to_serve"], strict=True)
        ],
        **({} if future is None else _ahead(future)),
    })  # fmt: skip


def _short(values: np.ndarray) -> list[float]:
    return [short(value) for value in values.tolist()]


def _lasting(world: World) -> dict[str, list]:
    """How each customer behaves, and how it stands at the end of the last complete month."""
    nature, end, n = world.cast.nature, world.history.at_last_complete, len(world.customers.ids)
    after = world.clock.days - world.preset.tail_days
    week = next(week for week in world.weeks if week.after == after)
    betas = drivers_at_work(world.preset, frozenset())
    at_work = betas @ seen_drivers(world.preset, nature, end, replace(week, number=week.number + 1))
    hazard = exit_hazard(world.preset, nature, end, week, at_work)
    going = (world.preset.leaving.law != "hazard") | (end.left_on < world.clock.days) | nature.once | (end.decline_from >= 0)
    law = world.preset.service
    softened = np.exp(-law.kappa_past * np.log1p(end.past) - law.kappa_relation * end.relation)
    cost = costs_to_serve(world, 0, world.clock.days)
    shift = {name: [world.clock.date(day) if 0 <= day < world.clock.days else None for day in values]
             for name, values in {"decline_from": world.decline_from}.items()}  # fmt: skip
    return {
        "frailty": _short(nature.frailty),
        "stop_chance": _short(nature.stop),
        "price_sensitivity": _short(nature.sensitivity),
        "wallet_growth": _short(nature.wallet_growth),
        "visits_yearly": _short(nature.visits),
        "visits_due": _short(nature.visits_due),
        "incident_effect": _short(law.hurt * softened),
        "relation": _short(end.relation),
        "satisfaction": _short(end.satisfaction),
        "exit_hazard_yearly": [None if out else short(one) for one, out in zip(hazard, going, strict=True)],
        "exit_cause": [EXIT_CAUSES[one] if one >= 0 else None for one in world.exit_cause],
        **shift,
        **{f"cost_{name}": _short(values) for name, values in cost.items()},
        "cost_to_serve": _short(np.sum([cost[name] for name in cost], axis=0).reshape(n)),
    }  # fmt: skip


def _ahead(future: Future) -> dict[str, list[float]]:
    """What each customer will bring, over the futures that were tried."""
    columns: dict[str, list[float]] = {}
    for name, by_horizon in (
        ("revenue", future.revenue), ("clv", future.contribution), ("clv_discounted", future.discounted),
        ("orders", future.orders),
    ):  # fmt: skip
        columns |= {f"{name}_{months}m": _short(values) for months, values in by_horizon.items()}
    columns |= {f"silent_{days}d": _short(values) for days, values in future.silent.items()}
    return columns | {"clv_error": _short(future.error)}
