"""Worlds with known truth, and the tables that the clean stage makes of their lines.

The lines are written as one plain CSV file and go through the real cleaning, so that an estimator gets what a
notebook gets. The file also holds what happens after ``as_of``: no estimator may know it, and the truth is read
from it.
"""

from __future__ import annotations

import contextlib
import datetime
import gc
import shutil
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import csv

from analysis.churn.assessment import Assessment, assess_customers
from analysis.clean.cleaning import open_cleaning
from analysis.core.stage import Stage, open_stage
from analysis.lifetime_value.valuation import Valuation, value_customers
from analysis.profit.books import Books, open_books
from analysis.profit.concentration import Concentration
from analysis.segment.records import Records, open_records
from analysis.simulate.world import presets
from analysis.simulate.world.season import month_start
from analysis.simulate.world.world import RETURN_SEPARATE, World, make_world

ROOT = Path(__file__).resolve().parents[2]
CENTS = 100
WALK_IN = ("SK0001", "散客")
ONE_DAY = datetime.timedelta(days=1)
ONE_THREAD = {"threads: 2": "threads: 1"}  # as many worlds at once as there are cores


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
    """

    preset: str
    customers: int
    known_months: int
    ahead_months: int = 0
    costed: bool = True

    def play(self, seed: int, home: Path) -> Trial:
        """Make the world of ``seed``; its files lie in a folder of their own under ``home``."""
        world = make_world(
            preset=preset_named(self.preset), random_seed=seed, customers=self.customers,
            months=self.known_months + self.ahead_months,
        )  # fmt: skip
        folder = home / f"{self.preset}-{self.customers}-{self.known_months}-{self.costed}-{seed}"
        return Trial(self, seed, world, folder)


@dataclass(frozen=True)
class Variant:
    """What is done to the file before it is cleaned; nothing of it may change a table.

    Parameters
    ----------
    shuffled : the rows stand in a random order.
    cut : the rows after ``as_of`` are not there yet.
    without : columns that the export does not have.
    """

    shuffled: bool = False
    cut: bool = False
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class Trial:
    """One world, what is known of it at ``as_of``, and what each stage makes of that.

    ``truth`` is only read by the checks. Stages are computed once, when first asked for.
    """

    scene: Scene
    seed: int
    world: World
    folder: Path
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def as_of(self) -> datetime.date:
        """The last known day."""
        return month_start(self.world.preset.last_complete, self.scene.ahead_months - 1) - ONE_DAY

    @property
    def last_known(self) -> int:
        """Its number, counted from the first day of the world."""
        return (self.as_of - self.world.clock.first).days

    def stage(self, name: str) -> Stage:
        """Open a stage on the cleaned tables, as its notebook does; the working folder must be ``folder``."""
        return open_stage(name)

    @contextlib.contextmanager
    def inside(self) -> Any:
        """Work in the project folder of this trial, which is made and cleaned when first entered."""
        if not self.folder.is_dir():
            clean(self, self.folder, Variant())
        with contextlib.chdir(self.folder):
            yield

    @cached_property
    def books(self) -> Books:
        """What the profit stage reads."""
        with self.inside():
            return open_books(self.stage("profit"))

    @cached_property
    def concentration(self) -> Concentration:
        """What the profit stage finds."""
        return self.books.measure_concentration()

    @cached_property
    def records(self) -> Records:
        """What the segment stage reads."""
        with self.inside():
            return open_records(self.stage("segment"))

    @cached_property
    def valuation(self) -> Valuation:
        """What the lifetime value stage finds."""
        with self.inside():
            return value_customers(self.stage("lifetime_value"))

    @cached_property
    def assessment(self) -> Assessment:
        """What the churn stage finds."""
        return self.assess()

    def assess(self, **settings: Any) -> Assessment:
        """What the churn stage finds with some of its parameters set."""
        with self.inside():
            stage = self.stage("churn")
            own = replace(stage.settings, **settings)
            return assess_customers(replace(stage, params=replace(stage.params, churn=own)))

    def forget(self) -> None:
        """Delete the files."""
        shutil.rmtree(self.folder, ignore_errors=True)
        gc.collect()


def preset_named(name: str) -> presets.Preset:
    """The preset called ``name``."""
    known = getattr(presets, "PRESETS", {"distributor": presets.DISTRIBUTOR})
    return known[name]


def clean(trial: Trial, folder: Path, variant: Variant) -> None:
    """Make ``folder`` a project with the trial's lines as its only source, and clean it."""
    source = folder / "data" / "source"
    source.mkdir(parents=True)
    (folder / "dvc.yaml").touch()
    params = (ROOT / "params.yaml").read_text("utf-8")
    for old, new in {"path: data/demo": "path: data/source", **ONE_THREAD}.items():
        if old not in params:
            raise LookupError(f"params.yaml no longer says {old!r}")
        params = params.replace(old, new)
    (folder / "params.yaml").write_text(params, "utf-8")
    csv.write_csv(export(trial, variant), source / "orders.csv")
    with contextlib.chdir(folder):
        cleaning = open_cleaning(as_of=trial.as_of.isoformat())
        cleaning.judge()
        cleaning.store()


def export(trial: Trial, variant: Variant) -> pa.Table:
    """The lines of the world as a careful seller would export them: one row a line, returns below zero."""
    world, scene = trial.world, trial.scene
    lines, people, products = world.lines, world.customers, world.products
    order = np.argsort(lines["day"], kind="stable")
    if variant.cut:
        order = order[lines["day"][order] <= trial.last_known]
    if variant.shuffled:
        order = np.random.default_rng(trial.seed).permutation(order)
    lines = lines[order]
    product = lines["product"]
    known = np.ones(len(lines), bool) if scene.costed else products.cost_is_entered[product]
    names = np.array([*people.names, WALK_IN[1]], object)
    ids = np.array([*people.ids, WALK_IN[0]], object)
    prefix = np.where(lines["kind"] == RETURN_SEPARATE, "TH", "SO").astype(object)
    number = np.char.mod("%07d", lines["order"]).astype(object)
    day = np.datetime64(world.clock.first.isoformat(), "D") + lines["day"].astype(int)
    cost = np.char.mod("%.2f", products.cost[product] / CENTS).astype(object)
    table = {
        "order_id": prefix + number, "order_date": np.datetime_as_string(day).astype(object),
        "customer_id": ids[lines["customer"]], "customer_name": names[lines["customer"]],
        "product_id": np.array(products.ids, object)[product],
        "product_name": np.array(products.names, object)[product],
        "category": np.array(products.categories, object)[products.category[product]],
        "qty": lines["qty"], "unit_price": np.char.mod("%.2f", lines["price"] / CENTS).astype(object),
        "amount": np.char.mod("%.2f", lines["amount"] / CENTS).astype(object),
        "unit_cost": np.where(known, cost, None),
    }  # fmt: skip
    return pa.table({name: values for name, values in table.items() if name not in variant.without})
