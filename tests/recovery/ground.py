"""A project folder with one source of known truth, and what each stage makes of it.

The lines are written as one plain CSV file and go through the real cleaning, so that an estimator gets what a
notebook gets. The file also holds what happens after ``as_of``: no estimator may know it, and the truth is read
from it.
"""

from __future__ import annotations

import contextlib
import datetime
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from pyarrow import csv

from analysis.churn.assessment import Assessment, assess_customers
from analysis.churn.failures import Failures, find_failures
from analysis.churn.risk import Ahead
from analysis.churn.tolerance import Tolerance, find_tolerance
from analysis.churn.win_back import WinBack, find_win_back
from analysis.clean.cleaning import open_cleaning
from analysis.core import tables
from analysis.core.contracts.lifetime_value import CLV
from analysis.core.contracts.profit import COMPARED, CUSTOMER_PROFIT
from analysis.core.contracts.schema import Table
from analysis.core.contracts.segment import RFM
from analysis.core.contracts.segment_tiers import CUSTOMER_TIERS, TIERS
from analysis.core.stage import Stage, open_stage
from analysis.lifetime_value.histories import Histories, read_histories
from analysis.lifetime_value.valuation import Valuation, value_customers
from analysis.profit.books import Books, open_books
from analysis.profit.concentration import Concentration
from analysis.segment.habits import HabitRecords, open_habits
from analysis.segment.potential import Potential, open_wallets
from analysis.segment.records import Records, open_records
from analysis.segment.tiers import Tiering, open_tiers

ROOT = Path(__file__).resolve().parents[2]
# As many worlds at once as there are cores, so that each has one.
SETTINGS = {"path: data/demo": "path: data/source", "threads: 2": "threads: 1"}
OWN: dict[str, dict[str, Any]] = {}  # parameters of a stage that a test sets for every ground


@dataclass(frozen=True)
class Variant:
    """What is done to the file before it is cleaned.

    Parameters
    ----------
    shuffled : the rows stand in a random order.
    cut : the rows after ``as_of`` are not there yet.
    without : columns that the export does not have.
    """

    shuffled: bool = False
    cut: bool = False
    without: tuple[str, ...] = ()


AS_IT_IS = Variant()


@dataclass(frozen=True, eq=False)
class Ground:
    """One source in a project folder of its own. Each stage is computed once, when first asked for.

    Parameters
    ----------
    as_of : the last known day.
    export : the lines of the source, given what is done to them.
    """

    folder: Path
    as_of: datetime.date
    export: Callable[[Variant], pa.Table]
    kept: dict[str, Any] = field(default_factory=dict, init=False, repr=False)

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """What ``make`` gives, made when ``name`` is first asked for."""
        if name not in self.kept:
            self.kept[name] = make()
        return self.kept[name]

    def again(self, name: str, variant: Variant = AS_IT_IS) -> Ground:
        """The same source in another folder."""
        return Ground(self.folder.with_name(f"{self.folder.name}-{name}"), self.as_of, lambda _: self.export(variant))

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """Work in the folder, which is made and cleaned when first entered."""
        if not self.folder.is_dir():
            with contextlib.ExitStack() as on_failure:
                on_failure.callback(self.forget)  # half a folder would be taken for a whole one
                self._clean()
                on_failure.pop_all()
        with contextlib.chdir(self.folder):
            yield

    def stage(self, name: str, **settings: Any) -> Stage:
        """Open a stage as its notebook does, with some of its parameters set; only ``inside``."""
        stage = open_stage(name)
        own = replace(stage.settings, **OWN.get(name, {}), **settings)
        return replace(stage, params=replace(stage.params, **{name: own}))

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
    def cuts(self) -> pd.DataFrame:
        """The table ``rfm_cuts``."""
        return self.records.fit_cuts()

    @cached_property
    def rfm(self) -> pd.DataFrame:
        """The table ``rfm``."""
        return self.records.score(self.cuts)

    @cached_property
    def tiering(self) -> Tiering:
        """The tiers that the segment stage finds, from what the profit stage ranks customers by."""
        with self.inside():
            tables.write(CUSTOMER_PROFIT, self.books.rank_customers())
            tables.write(COMPARED, self.books.compared())
            return open_tiers(self.stage("segment"))

    @cached_property
    def potential(self) -> Potential:
        """What the segment stage knows of wallets."""
        with self.inside():
            return open_wallets(self.stage("segment"))

    @cached_property
    def habits(self) -> HabitRecords:
        """What the segment stage reads of habits and prices."""
        with self.inside():
            return open_habits(self.stage("segment"))

    @cached_property
    def histories(self) -> Histories:
        """What the lifetime value stage reads."""
        with self.inside():
            return read_histories(self.stage("lifetime_value"))

    @cached_property
    def valuation(self) -> Valuation:
        """What the lifetime value stage finds."""
        with self.inside():
            tables.write(RFM, self.rfm)
            return value_customers(self.stage("lifetime_value"))

    @cached_property
    def assessment(self) -> Assessment:
        """What the churn stage finds."""
        with self.inside():
            return assess_customers(self.stage("churn"))

    @cached_property
    def failures(self) -> Failures:
        """What the churn stage finds of failures."""
        with self.inside():
            self._stand_in(CUSTOMER_TIERS, TIERS, CLV)
            return find_failures(self.stage("churn"))

    @cached_property
    def tolerance(self) -> Tolerance:
        """What the churn stage finds of tolerance."""
        with self.inside():
            return find_tolerance(self.stage("churn"), self.failures, self.assessment.histories.now)

    @cached_property
    def win_back(self) -> WinBack:
        """What the churn stage finds of returns."""
        with self.inside():
            self._stand_in(CUSTOMER_TIERS, CLV, CUSTOMER_PROFIT)
            return find_win_back(self.stage("churn"), self.assessment)

    def _stand_in(self, *needed: Table) -> None:
        """Tables of other stages without rows, where those stages were not asked."""
        for table in needed:
            if not tables.path(table).is_file():
                tables.write(table, tables.without_rows(table))

    def risk(self, horizon_days: int) -> Ahead:
        """What the churn stage finds of the risk in so many days."""
        return self.assessment.risk.ahead[horizon_days]

    def table(self, table: Table) -> pd.DataFrame:
        """A table that the clean stage wrote."""
        with self.inside():
            return tables.read(table)

    def write_beside(self, source: Path) -> None:
        """Write what lies beside the orders into the folder ``source``: here nothing."""

    def forget(self) -> None:
        """Delete the files."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _clean(self) -> None:
        source = self.folder / "data" / "source"
        source.mkdir(parents=True)
        (self.folder / "dvc.yaml").touch()
        params = (ROOT / "params.yaml").read_text("utf-8")
        for old, new in SETTINGS.items():
            if old not in params:
                raise LookupError(f"params.yaml no longer says {old!r}")
            params = params.replace(old, new)
        (self.folder / "params.yaml").write_text(params, "utf-8")
        csv.write_csv(self.export(AS_IT_IS), source / "orders.csv")
        self.write_beside(source)
        with contextlib.chdir(self.folder):
            cleaning = open_cleaning(as_of=self.as_of.isoformat())
            cleaning.judge()
            cleaning.store()
