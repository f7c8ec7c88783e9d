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

import numpy as np
import pandas as pd

from analysis.clean.cleaning import Cleaning
from analysis.clean.read import read_source
from analysis.core import params, tables
from analysis.core.contracts.clean import CUSTOMER_DAYS, CUSTOMER_RETURNS, RUN_FACTS
from analysis.core.engine import open_engine
from analysis.core.stage import Stage
from analysis.lifetime_value.histories import Histories, read_histories
from analysis.models.history import History
from analysis.models.periods import months_before

ROOT = Path(__file__).parents[1]
HOLDOUT_MONTHS = 6
MONTHS_BETWEEN, MOST_CUTS = 2, 9


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
    known : what the stage reads at the cut, with its own origins before it.
    orders : of each customer in the ``days`` after the cut.
    """

    known: Histories
    orders: np.ndarray
    days: int


def splits(source: Source, datasets: Path) -> Iterator[Split]:
    """Clean a set and cut it: first where the literature does, with all that came after; then every two months, from some months
    before the end backwards for as long as as many lie before the cut."""
    end = pd.Timestamp(source.end)
    latest = months_before(end, HOLDOUT_MONTHS)
    with _project(), _cleaned(source, datasets) as settings:
        first = tables.read(RUN_FACTS)["first_date"].iloc[0] - pd.Timedelta(days=1)
        yield _split(settings, pd.Timestamp(source.cut) if source.cut else latest, end)
        for back in range(0, MOST_CUTS * MONTHS_BETWEEN, MONTHS_BETWEEN):
            cut = months_before(latest, back)
            if months_before(cut, HOLDOUT_MONTHS) >= first:
                yield _split(settings, cut, min(months_before(end, back), end))


def _split(settings: params.Params, cut: pd.Timestamp, end: pd.Timestamp) -> Split:
    known = read_histories(Stage("lifetime_value", settings, cut))
    with open_engine(settings.engine) as engine:
        history = History(engine, CUSTOMER_DAYS, CUSTOMER_RETURNS, known.value_name)
        came = history.following(cut, end).set_index("customer_id")["events"]
    orders = came.reindex(known.now["customer_id"]).fillna(0).to_numpy(float)
    return Split(known, orders, (end - cut).days)


@contextlib.contextmanager
def _project() -> Iterator[None]:
    """A project of its own that vanishes."""
    (ROOT / "build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder, contextlib.chdir(folder):
        Path("dvc.yaml").touch()
        yield


@contextlib.contextmanager
def _cleaned(source: Source, datasets: Path) -> Iterator[params.Params]:
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
    yield settings
