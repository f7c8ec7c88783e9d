"""The truth about drivers, changes, pairs, stocks, visits, wallets and shares, each as a table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from analysis.simulate.truth.digits import short
from analysis.simulate.world.laws import DRIVERS
from analysis.simulate.world.nature import NO_PRODUCT
from analysis.simulate.world.records import DECLINED
from analysis.simulate.world.season import month_start
from analysis.simulate.world.world import World, let_live, make_cast

VISITS_YEARLY = (0.0, 3.0, 6.0, 12.0, 24.0, 48.0)


def true_drivers(world: World) -> pa.Table:
    """Coefficient of each driver, and how many more leave than if it drove nobody away, with the same luck."""
    after = world.clock.days - world.preset.tail_days
    leavers = int((world.left_on < after).sum())
    rows = []
    for name, off in [*((name, frozenset({name})) for name in DRIVERS), ("all", frozenset(DRIVERS))]:
        without = int((let_live(world.cast, off).at_end.left_on < after).sum())
        beta = world.preset.leaving.betas.get(name)
        rows.append({
            "driver": name, "beta": beta, "leavers": leavers, "leavers_without": without,
            "attributable": leavers - without,
            "mean": None if beta is None else _mean_driver(world, DRIVERS.index(name)),
        })  # fmt: skip
    return pa.Table.from_pylist(rows)


def _mean_driver(world: World, place: int) -> float:
    """Mean over the weeks in which each customer was one."""
    first = np.array([week.first for week in world.weeks])[:, None]
    there = (world.cast.nature.entry < first) & (world.left_on >= first)
    return short(world.history.drivers[:, :, place][there].mean(dtype=float))


def true_changes(world: World) -> pa.Table:
    """Every change for good: when it began, and for those who drift away how long before the last order."""
    rows = [*_departures(world), *_events(world)]
    rows.sort(key=lambda row: (row["customer_id"], row["began_on"], row["kind"]))
    return pa.Table.from_pylist(rows, schema=CHANGES)


CHANGES = pa.schema([
    ("customer_id", pa.string()), ("kind", pa.string()), ("began_on", pa.date32()), ("last_order", pa.date32()),
    ("lead_days", pa.int64()), ("share_before", pa.float64()), ("share_after", pa.float64()),
    ("categories_given_up", pa.int64()), ("contacts_declined", pa.int64()),
])  # fmt: skip


def _departures(world: World) -> list[dict]:
    days, clock = world.clock.days, world.clock
    n = len(world.customers.ids)
    last = np.full(n, -1)
    sold = world.history.bought
    np.maximum.at(last, sold.who, sold.day)
    first = np.array([week.first for week in world.weeks])
    declined = world.contacts[world.contacts["outcome"] == DECLINED]
    rows = []
    for who in range(n):
        slowly = 0 <= world.decline_from[who] < days
        began = int(world.decline_from[who] if slowly else world.left_on[who])
        if began >= days or world.customers.once[who]:
            continue
        week = int(np.searchsorted(first, began, side="right")) - 1
        end = int(np.searchsorted(first, min(world.left_on[who], days - 1), side="right")) - 1
        since = world.history.lost[week:, who] >= 0
        refused = (declined["customer"] == who) & (declined["day"] >= began) & (declined["day"] <= world.left_on[who])
        rows.append({
            "customer_id": world.customers.ids[who],
            "kind": "decline" if slowly else "exit",
            "began_on": clock.date(began),
            "last_order": clock.date(last[who]) if last[who] >= 0 else None,
            "lead_days": int(last[who] - began) if slowly and world.left_on[who] < days else None,
            "share_before": short(world.share[max(week - 1, 0), who]),
            "share_after": short(world.share[end, who]) if slowly else 0.0,
            "categories_given_up": int(since.sum()),
            "contacts_declined": int(refused.sum()),
        })  # fmt: skip
    return rows


def _events(world: World) -> list[dict]:
    """Discounts that were cut, categories given up and reps who left: each moves a signal of its own."""
    first = [week.first for week in world.weeks]
    cuts, losses = np.argwhere(world.history.cut_bp > 0), np.argwhere(world.history.lost >= 0)
    found = [("discount_cut", first[week], who) for week, who in cuts.tolist()]
    found += [("category_given_up", first[week], who) for week, who in losses.tolist()]
    changes = world.rep_changes
    found += [("rep_change", day, who) for day, who in zip(changes["day"].tolist(), changes["customer"].tolist(), strict=True)]
    empty = dict.fromkeys(CHANGES.names)
    return [
        empty | {"customer_id": world.customers.ids[who], "kind": kind, "began_on": world.clock.date(day)}
        for kind, day, who in found
    ]


def true_pairs(world: World) -> pa.Table:
    """Pairs of products: those of which one follows the other, and those that only look likely."""
    ids = world.products.ids
    return pa.Table.from_pylist([
        {"first_id": ids[pair.first], "then_id": ids[pair.then], "lift": pair.lift, "lag_days": pair.lag_days,
         "is_true": pair.lift > 0}
        for pair in world.pairs
    ])  # fmt: skip


def true_stocks(world: World) -> pa.Table:
    """How much of each consumable a customer buys at a time, and for how many usual days it lasts."""
    nature = world.cast.nature
    who, slot = np.nonzero(nature.stocked != NO_PRODUCT)
    return pa.table({
        "customer_id": [world.customers.ids[one] for one in who],
        "product_id": [world.products.ids[one] for one in nature.stocked[who, slot]],
        "pack_qty": world.pack[who, slot],
        "lasts_days": [short(days) for days in nature.gap[who, slot + 1]],
        "spread": np.full(len(who), world.preset.goods.stock_spread),
    })  # fmt: skip


def true_response(world: World) -> pa.Table:
    """What everybody would have bought with so many visits a year, by segment, with the same luck."""
    rows = []
    for visits in VISITS_YEARLY:
        preset = replace(world.preset, contacts=replace(world.preset.contacts, always=visits))
        cast = make_cast(
            preset=preset, random_seed=world.random_seed, customers=len(world.customers.ids),
            months=_months(world),
        )  # fmt: skip
        history = let_live(cast)
        value = world.customers.order_value[history.bought.who] * (history.bought.stock == 0)
        for place, kind in enumerate(preset.segments):
            own = world.customers.segment == place
            buyers = own[history.bought.who]
            rows.append({
                "segment": kind.name, "visits_yearly": visits, "customers": int(own.sum()),
                "orders": int(buyers.sum()), "basket_revenue": short(value[buyers].sum()),
                "leavers": int((history.at_end.left_on[own] < world.clock.days).sum()),
            })  # fmt: skip
    return pa.Table.from_pylist(rows)


def _months(world: World) -> int:
    first, last = world.clock.first, world.preset.last_complete
    return (last.year - first.year) * 12 + last.month - first.month + 1  # 12 months are a year


def true_wallet(world: World) -> pa.Table:
    """Yearly wallet of each customer by category; years run from the first day of the history."""
    years, n, count = world.wallet.shape
    year, who, category = np.indices((years, n, count)).reshape(3, -1)
    return pa.table({
        "customer_id": pa.array(world.customers.ids).take(pa.array(who)),
        "year_from": [month_start(world.clock.first, -12 * int(one)) for one in year],  # 12 months are a year
        "category": pa.array(world.products.categories).take(pa.array(category)),
        "wallet": [short(value) for value in world.wallet.reshape(-1)],
    })  # fmt: skip


def true_share(world: World) -> pa.Table:
    """Share of wallet, relation and satisfaction of each customer, mean over the weeks that begin in a month."""
    months = [world.clock.date(week.first).replace(day=1) for week in world.weeks]
    names = sorted(set(months))
    n = len(world.customers.ids)
    columns: dict[str, list] = {"customer_id": world.customers.ids * len(names), "month": []}
    kept = {"share": world.share, "relation": world.history.relation, "satisfaction": world.satisfaction}
    for name in kept:
        columns[name] = []
    for month in names:
        inside = [place for place, one in enumerate(months) if one == month]
        columns["month"] += [month] * n
        for name, values in kept.items():
            columns[name] += [short(one) for one in values[inside].mean(axis=0, dtype=float)]
    return pa.table(columns)
