"""Public data sets, cleaned by the project, as they were known at a cut and with what came after it."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.clean.cleaning import Cleaning
from analysis.clean.read import read_source
from analysis.core import params
from analysis.core.contracts.clean import CUSTOMER_DAYS, CUSTOMER_RETURNS
from analysis.core.engine import open_engine
from analysis.lifetime_value.histories import Histories
from analysis.models.history import History, open_history
from analysis.models.periods import months_before

ROOT = Path(__file__).parents[1]
HOLDOUT_MONTHS = 6


@dataclass(frozen=True)
class Source:
    """A set below ANALYSIS_DATASETS; ``clean`` and ``columns`` are what its user would have written in ``params.yaml``."""

    path: str
    end: str
    cut: str | None = None  # HOLDOUT_MONTHS before the end where nothing is said
    clean: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)


WHOLE = {"keep_free_lines": True, "keep_duplicates": True}
SOURCES = {
    "CDNOW sample": Source("cdnow/cdnowElog.csv", "1998-06-30", "1997-09-30", WHOLE, {"sampleid": "customer_id"}),
    "CDNOW master": Source("cdnow/CDNOW_master.txt", "1998-06-30", "1997-09-30", WHOLE),
    "Online Retail II": Source("online_retail_II/online_retail_II.csv.gz", "2011-12-09"),
    "示例超市": Source("tableau_superstore_cn", "2023-12-30"),
    "Northwind": Source("northwind", "1998-05-06"),
}


@dataclass(frozen=True)
class Split:
    """One set at its cut.

    Attributes
    ----------
    outer : known at the cut, what came after, and all that is known at the end.
    inner : the same one hold-out earlier, so that a choice can be made without the hold-out.
    log_gaps : of the customers at the cut.
    """

    outer: Histories
    inner: Histories
    log_gaps: pd.Series

    @property
    def days(self) -> int:
        """Length of the hold-out."""
        return (self.outer.as_of - self.outer.cut).days


def split(source: Source, datasets: Path) -> Split:
    """Clean a set and cut it."""
    end = pd.Timestamp(source.end)
    cut = pd.Timestamp(source.cut) if source.cut else months_before(end, HOLDOUT_MONTHS)
    earlier = months_before(cut, HOLDOUT_MONTHS)
    with _project(), _cleaned(source, datasets) as (settings, value_name), open_engine(settings.engine) as engine:
        history, _ = open_history(engine, CUSTOMER_DAYS, CUSTOMER_RETURNS, value_name, end, since=cut)
        outer, inner = _histories(history, cut, end), _histories(history, earlier, cut)
        gaps = history.log_gaps(cut).set_index("customer_id")["log_gaps"]
    return Split(outer, inner, gaps.reindex(outer.before["customer_id"]).fillna(0).reset_index(drop=True))


def _histories(history: History, cut: pd.Timestamp, end: pd.Timestamp) -> Histories:
    now, before = history.summary(end, since=cut), history.summary(cut, since=cut)
    after = history.following(cut, end).set_index("customer_id").reindex(before["customer_id"]).fillna(0)
    after = after.rename(columns={"events": "orders"}).reset_index(drop=True)
    return Histories(now, before, after, history.repeats_by_day(cut, end), cut, end, history.value_name)


@contextlib.contextmanager
def _project() -> Iterator[None]:
    """A project of its own that vanishes."""
    (ROOT / "build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder, contextlib.chdir(folder):
        Path("dvc.yaml").touch()
        yield


@contextlib.contextmanager
def _cleaned(source: Source, datasets: Path) -> Iterator[tuple[params.Params, str]]:
    loaded = params.load(ROOT / "params.yaml")
    settings = dataclasses.replace(
        loaded,
        source=dataclasses.replace(loaded.source, path=str(datasets / source.path), columns=source.columns),
        clean=dataclasses.replace(loaded.clean, **source.clean),
    )
    with open_engine(settings.engine) as engine:
        read = read_source(settings.source, settings.engine, engine.scratch)
        cleaning = Cleaning(settings, datetime.date.fromisoformat(source.end), engine, read)
        cleaning.judge()
        cleaning.store()
    yield settings, cleaning.facts.loc[0, "value_name"]
