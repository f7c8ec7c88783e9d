"""The made-up worlds of ``analysis.simulate`` as sources of known truth."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from pathlib import Path
from zlib import crc32

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.simulate.exports.office_rows import activity_costs, wallet
from analysis.simulate.exports.table_rows import contacts, tickets
from analysis.simulate.exports.tables import Row, TableFile, without_repeats, write_tables
from analysis.simulate.world.names import INDUSTRIES, REGIONS
from analysis.simulate.world.presets import PRESETS
from analysis.simulate.world.season import month_start
from analysis.simulate.world.side import make_side
from analysis.simulate.world.world import RETURN_SEPARATE, World, make_world
from tests.recovery.ground import Ground, Variant
from tests.recovery.truth import CENTS, purchases, sums_ahead

WALK_IN = ("SK0001", "散客")
ONE_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Scene:
    """Which world is made, and how much of it is known.

    Parameters
    ----------
    preset : name of the world's preset.
    customers : how many there are.
    known_months : months up to ``as_of``.
    ahead_months : months after it.
    costed : whether every product has its cost, or only those whose cost somebody entered.
    rate : r and alpha, in days, of the law "bgnbd" in place of the preset's.
    served : whether the source also tells of visits, of tickets and of what work costs.
    told : whether it tells wallets, and industry and size of every customer.
    discounted : whether the lines tell their discount.
    hurt : what a step of severity does to the logarithm of the hazard, in place of the preset's.
    """

    preset: str
    customers: int
    known_months: int
    ahead_months: int = 0
    costed: bool = True
    rate: tuple[float, float] | None = None
    served: bool = False
    told: bool = False
    discounted: bool = False
    hurt: float | None = None

    def play(self, seed: int, home: Path) -> Trial:
        """Make the world of ``seed``; its files lie in a folder of their own under ``home``."""
        preset = PRESETS[self.preset]
        if self.rate:
            preset = replace(preset, leaving=replace(preset.leaving, rate=self.rate))
        if self.hurt is not None:
            preset = replace(preset, service=replace(preset.service, hurt=self.hurt))
        world = make_world(
            preset=preset, random_seed=seed, customers=self.customers,
            months=self.known_months + self.ahead_months,
        )  # fmt: skip
        as_of = month_start(world.preset.last_complete, self.ahead_months - 1) - ONE_DAY
        last = (as_of - world.clock.first).days
        folder = home / f"{self.preset}-{crc32(repr(self).encode())}-{seed}"
        beside = (self.served, self.told)
        return Trial(folder, as_of, lambda variant: export(self, world, seed, last, variant), world, last, *beside)


@dataclass(frozen=True, eq=False)
class Trial(Ground):
    """One world; ``last_known`` is the number of the day ``as_of``, counted from the first day of the world."""

    world: World
    last_known: int
    served: bool = False
    told: bool = False

    def write_beside(self, source: Path) -> None:
        """Visits, tickets and the cost of work, or wallets and who the customers are, as a careful seller would keep them."""
        made: list[TableFile] = []
        if self.served:
            side = make_side(self.world)
            made = [tickets(side, [f"SO{number:07d}" for number in range(len(self.world.orders))]), contacts(side), activity_costs(side)]
        if self.told:
            made += [wallet(make_side(self.world)), customer_list(self.world)]
        for table in made:
            without_repeats(table)
        if made:
            write_tables(made, source)

    def ahead(self, customers: pd.Series, days: float, *, yearly: float = 0.0) -> pd.DataFrame:
        """``orders`` and ``value`` (contribution in currency) of ``customers`` in the ``days`` after as_of."""
        made = purchases(self.world, known_on=self.world.clock.days).assign(value=lambda day: day["contribution"])
        sums = sums_ahead(made, self.last_known, days, yearly=yearly)
        return sums.reindex(self.places(customers)).fillna(0.0).reset_index(drop=True)

    def places(self, customers: pd.Series) -> np.ndarray:
        """Places in the world of customers named by their ids."""
        known = {name: place for place, name in enumerate(self.world.customers.ids)}
        return customers.map(known).to_numpy(np.int64)

    def day(self, day: pd.Timestamp) -> int:
        """Days from the first day of the world."""
        return (day - pd.Timestamp(self.world.clock.first)).days


def export(scene: Scene, world: World, seed: int, last_known: int, variant: Variant) -> pa.Table:
    """The lines of the world as a careful seller would export them: one row a line, returns below zero."""
    lines, people, products = world.lines, world.customers, world.products
    order = np.argsort(lines["day"], kind="stable")
    if variant.cut:
        order = order[lines["day"][order] <= last_known]
    if variant.shuffled:
        order = np.random.default_rng(seed).permutation(order)
    lines = lines[order]
    product = lines["product"]
    known = np.ones(len(lines), bool) if scene.costed else products.cost_is_entered[product]
    prefix = np.where(lines["kind"] == RETURN_SEPARATE, "TH", "SO").astype(object)
    table = {
        "order_id": prefix + np.char.mod("%07d", lines["order"]).astype(object),
        "order_date": dates(world.clock.first, lines["day"]),
        "customer_id": np.array([*people.ids, WALK_IN[0]], object)[lines["customer"]],
        "customer_name": np.array([*people.names, WALK_IN[1]], object)[lines["customer"]],
        "region": np.array([*(list(REGIONS)[place] for place in people.region), ""], object)[lines["customer"]],
        "product_id": np.array(products.ids, object)[product],
        "product_name": np.array(products.names, object)[product],
        "category": np.array(products.categories, object)[products.category[product]],
        "qty": lines["qty"], "unit_price": money(lines["price"]), "amount": money(lines["amount"]),
        "unit_cost": np.where(known, money(products.cost[product]), None),
    }  # fmt: skip
    if scene.discounted:
        table["discount"] = np.char.mod("%.4f", lines["discount_bp"] / 10_000).astype(object)  # basis points
    return pa.table({name: values for name, values in table.items() if name not in variant.without})


def customer_list(world: World) -> TableFile:
    """Industry and number of employees of every customer."""
    people, industries = world.customers, list(INDUSTRIES)
    rows = [
        Row([number, name, industries[industry], str(int(employees))])
        for number, name, industry, employees in zip(people.ids, people.names, people.industry, people.employees, strict=True)
    ]
    headers = {"customer_id": "客户编号", "customer_name": "客户名称", "industry": "行业", "size": "员工人数"}
    return TableFile("customers", "customers.csv", headers, ("customer_id",), rows, encoding="utf-8")


def dates(first: datetime.date, day: np.ndarray) -> np.ndarray:
    """Days as text: 2026-09-30."""
    return np.datetime_as_string(np.datetime64(first.isoformat(), "D") + day.astype(int)).astype(object)


def money(cents: np.ndarray) -> np.ndarray:
    """Cents as text: 12.30."""
    return np.char.mod("%.2f", cents / CENTS).astype(object)
