"""Silences of customers, and how likely each ends with an order, by rhythm and by length.

Only silences that are unusual by the customer's own gaps are learnt from, and only customers in such a silence are asked about:
who orders twice a year comes back after five months because it is time. A single order soon after the data begins may be the
last of many, so that it is left out.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from analysis.core import tables
from analysis.core.contracts.churn_win_back import RETURN_CHANCES
from analysis.core.contracts.clean import CUSTOMER_DAYS, CUSTOMER_RETURNS, CUSTOMERS, RUN_FACTS
from analysis.core.contracts.schema import E4
from analysis.core.dialect import render
from analysis.core.engine import open_engine
from analysis.core.params import WinBack as Settings
from analysis.core.stage import Stage
from analysis.models.failures import share_interval
from analysis.models.history import open_history
from analysis.models.newton import Array
from analysis.models.win_back import return_chances

SQL = Path(__file__).with_name("silences.sql")
EPOCH = pd.Timestamp("1970-01-01")
KEY = "customer_id"
ALL_GROUPS = 0
ENDS = ["value", "lo", "hi"]


def read_silences(stage: Stage, value_name: str, settings: Settings) -> pd.DataFrame:
    """Every long silence as known on the stage's day, in order of customer and beginning.

    Returns
    -------
    What silences.sql gives, money in currency as ``before, after``; ``is_whole``: all before it is known; ``usual_days``: for so
    long is a silence usual, some of the customer's own gaps, and 0 for a single order.
    """
    as_of = stage.as_of
    with open_engine(stage.params.engine) as engine:
        history, _ = open_history(engine, CUSTOMER_DAYS, CUSTOMER_RETURNS, value_name, as_of, since=as_of)
        engine.view(CUSTOMERS.name, [tables.path(CUSTOMERS)])
        sql = render(
            SQL.read_text("utf-8"), engine.dialect, known=history.events_known(as_of), value_days=settings.value_days,
            last=(as_of - EPOCH).days, shortest=min(*settings.silent_days, settings.lost_days),
        )  # fmt: skip
        rows = engine.frame(sql).sort_values([KEY, "begun"], ignore_index=True)
    first = (tables.read(RUN_FACTS, columns=["first_date"])["first_date"].iloc[0] - EPOCH).days
    is_whole = rows["begun"] - first + 1 >= settings.value_days
    found = rows.assign(
        before=rows["before_e4"] / E4, after=rows["after_e4"].astype(float) / E4, is_whole=is_whole,
        usual_days=settings.unusual_gaps * rows["gap"].fillna(0),
    ).drop(columns=["before_e4", "after_e4"])  # fmt: skip
    return found[found["gap"].notna() | is_whole].reset_index(drop=True)


def group_ends(silences: pd.DataFrame, settings: Settings) -> tuple[float, ...]:
    """Longest usual gap of each group but the last, so that each has about equally many of the silences of lost customers."""
    known = silences.loc[silences["days"] > settings.lost_days, "gap"].dropna()
    if known.empty:
        return ()
    parts = np.arange(1, settings.gap_groups) / settings.gap_groups
    return tuple(np.unique(known.quantile(parts, interpolation="lower")).tolist())


def group_of(gap: pd.Series, ends: tuple[float, ...]) -> Array:
    """1 for the shortest usual gaps; the last group holds those without a gap."""
    return np.where(gap.isna(), single_group(ends), np.searchsorted(np.array(ends), gap.fillna(0), side="left") + 1)


def single_group(ends: tuple[float, ...]) -> int:
    """Number of the group with a single order: after that of the longest gaps."""
    return len(ends) + 2  # 2: there is one group more than there are ends


def noted_group(ends: tuple[float, ...]) -> int:
    """Number of the group of whom it is noted that they left."""
    return single_group(ends) + 1


def was_noted(silences: pd.DataFrame, reasons: pd.DataFrame | None) -> Array:
    """Whether it was noted during each silence that the customer had left."""
    if reasons is None:
        return np.zeros(len(silences), bool)
    noted = (silences[KEY].map(reasons.set_index(KEY)["date"]) - EPOCH) / pd.Timedelta(days=1)
    return ((noted > silences["begun"]) & (noted <= silences["begun"] + silences["days"])).to_numpy()


def unusual_at(silences: pd.DataFrame, silent: int) -> pd.DataFrame:
    """Those for whom a silence of ``silent`` days is unusual: others come back because it is their time."""
    return silences[silences["usual_days"] <= silent]


def chance_table(silences: pd.DataFrame, ends: tuple[float, ...], settings: Settings, level: float) -> pd.DataFrame:
    """The table ``return_chances``."""
    groups = [(ALL_GROUPS, silences), *((int(number), own) for number, own in silences.groupby("gap_group"))]
    parts = []
    for number, own in groups:
        by_length = [
            return_chances(long["days"], long["ended"], silent=[silent], within=settings.within_days, level=level)
            for silent, long in ((silent, unusual_at(own, silent)) for silent in settings.silent_days)
        ]
        found = _with_ends(pd.concat(by_length), level)
        longest = ends[number - 1] if 0 < number <= len(ends) else np.nan
        parts.append(found.reset_index().assign(gap_group=number, gap_days_to=longest))
    rows = pd.concat(parts, ignore_index=True).rename(columns={"silent": "silent_days", "n": "silences", "value": "chance"})
    return rows[list(RETURN_CHANCES.by_name)].astype({"silences": "int64"})


def _with_ends(found: pd.DataFrame, level: float) -> pd.DataFrame:
    """Where nobody returned, or everybody, the curve has no interval: that of a share of all silences stands in."""
    n = found["n"].to_numpy(float)
    low, high = share_interval(found["value"].fillna(0).to_numpy() * n, n, level=level)
    bare = found["value"].notna() & found["lo"].isna()
    return found.assign(lo=found["lo"].mask(bare, pd.Series(low, found.index)), hi=found["hi"].mask(bare, pd.Series(high, found.index)))


def chance_of(rows: pd.DataFrame, chances: pd.DataFrame) -> pd.DataFrame:
    """Chance of a return of each, between the lengths of silence that were asked about; none beyond the last one known."""
    found = pd.DataFrame(np.nan, rows.index, ENDS)
    for number, own in chances.dropna(subset=["chance"]).groupby("gap_group"):
        member = rows["gap_group"] == number
        at, days = own["silent_days"].to_numpy(float), rows.loc[member, "silence_days"]
        known = own.rename(columns={"chance": "value"})
        for name in ENDS:
            found.loc[member, name] = np.interp(days, at, known[name], right=np.nan)
    return found
