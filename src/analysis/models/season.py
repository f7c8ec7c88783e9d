"""The season that all entities share, and a clock that runs with it: fast in busy months, slow in quiet ones.

On such a clock events that come and go with the season come at a steady pace, so the models of repeat events need to
know nothing of it: rows and horizons are counted on the clock. For events at a rate of the entity's own times the
season that is no approximation (the time change of a Poisson process).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.core.windows import MONTHS_PER_YEAR
from analysis.models.deviance import poisson_deviance
from analysis.models.newton import Array

LEAST_MONTHS = 2 * MONTHS_PER_YEAR  # a season must have come back once
AGE_BOUNDS = (1, 2, 3, 4, 6, 9, 12, 18, 24, 36, 60)  # months since the first event, in classes that grow
MOST_ROUNDS = 50
CLOSE = 1e-10
EXACT = float(np.finfo(float).eps)  # a deviance this small, as a part of that without a season, is none
QUIETEST = 0.05  # the clock never stands still


@dataclass(frozen=True)
class Season:
    """How much more or less than usual happens in each month of the year.

    * index: from January to December; its mean is 1.
    * p_value: how often months without a season would differ as much.
    """

    index: tuple[float, ...]
    p_value: float


def fit_season(monthly: pd.DataFrame, starters: pd.Series) -> Season | None:
    """Estimate the season from repeat events, apart from how entities slow down with age.

    ``events = starters x days x e^(effect of age + effect of the month of the year)`` for each month of first events and
    each later whole month, by quasi-Poisson regression: the F-test compares it with the same without the month.

    Parameters
    ----------
    monthly : ``first_month, month`` (days, the first of a month) and repeat ``events``; whole months only.
    starters : number of entities by the month of their first event.

    Returns
    -------
    None where the events lie in fewer than two years.

    References
    ----------
    McCullagh & Nelder (1989), Generalized Linear Models, sections 6.2 and 9.2.
    """
    from scipy.special import fdtrc

    cells = _cells(monthly, starters)
    if cells["month"].nunique() < LEAST_MONTHS:
        return None
    events, exposure = cells["events"].to_numpy(float), cells["exposure"].to_numpy(float)
    age = _dummies(np.searchsorted(AGE_BOUNDS, cells["age"].to_numpy(), side="right"))
    month = _dummies(cells["month"].dt.month.to_numpy())
    plain, seasonal = np.column_stack([age]), np.column_stack([age, month[:, 1:]])
    before, (after, effects) = _deviance(events, exposure, plain)[0], _deviance(events, exposure, seasonal)
    spare, freedom = seasonal.shape[1] - plain.shape[1], len(events) - seasonal.shape[1]
    if freedom <= 0 or spare != MONTHS_PER_YEAR - 1:
        return None
    scatter = max(after, before * EXACT, EXACT) / freedom
    index = np.exp(np.append(0.0, effects[plain.shape[1] :]))
    index = np.maximum(index / index.mean(), QUIETEST)
    return Season(tuple(index / index.mean()), float(fdtrc(spare, freedom, max(before - after, 0.0) / spare / scatter)))


@dataclass(frozen=True)
class Clock:
    """Time that runs ``index`` times as fast in each month of the year; by default as fast as the calendar.

    One unit is a day of the mean month.
    """

    index: tuple[float, ...] = field(default=(1.0,) * MONTHS_PER_YEAR)

    @property
    def name(self) -> str:
        """``season`` or ``calendar``."""
        return "season" if len(set(self.index)) > 1 else "calendar"

    def at(self, day: pd.Series | pd.DatetimeIndex | pd.Timestamp, plus_days: Array | float = 0.0) -> Array:
        """What the clock shows at the end of each day, and ``plus_days`` later."""
        days = np.asarray(day, "datetime64[D]").astype(np.int64) + np.asarray(plus_days, float)
        whole = np.floor(days).astype(np.int64)
        month = whole.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        first, last = int(month.min(initial=0)), int(month.max(initial=0))
        starts = np.arange(first, last + 2).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
        pace = np.asarray(self.index)[np.arange(first, last + 1) % MONTHS_PER_YEAR]
        shown = np.concatenate([[0.0], np.cumsum(np.diff(starts) * pace)])
        place = month - first
        return np.asarray(starts[0] + shown[place] + (days - starts[place]) * pace[place])

    def months(self, first: pd.Timestamp, last: pd.Timestamp) -> Iterator[tuple[str, float, float]]:
        """First day of each month from ``first`` to ``last``, what the clock shows on it, and its pace in the month."""
        for month in pd.date_range(first.replace(day=1), last, freq="MS"):
            yield f"{month:%Y-%m-%d}", float(self.at(month) - self.at(first.replace(day=1))), self.index[month.month - 1]

    def summary(self, frame: pd.DataFrame, cut: pd.Timestamp) -> pd.DataFrame:
        """``frame`` with ``span_days`` and ``age_days`` on the clock.

        Parameters
        ----------
        frame : ``first_day, last_day``, both on or before ``cut``.
        """
        if self.name == "calendar":
            return frame
        first, last = self.at(frame["first_day"]), self.at(frame["last_day"])
        return frame.assign(span_days=last - first, age_days=self.at(cut) - first)

    def ahead(self, cut: pd.Timestamp, days: Array | float) -> Array:
        """Time on the clock from ``cut`` until ``days`` later."""
        return np.asarray(self.at(cut, days) - self.at(cut))


def _cells(monthly: pd.DataFrame, starters: pd.Series) -> pd.DataFrame:
    """Every month of first events by every later month, those without an event as well."""
    months = pd.DatetimeIndex(np.unique(monthly["month"].to_numpy()))
    if months.empty:
        return monthly.assign(age=0, exposure=0.0)
    grid = pd.MultiIndex.from_product([starters.index, pd.date_range(months[0], months[-1], freq="MS")], names=["first_month", "month"])
    cells = monthly.set_index(["first_month", "month"])["events"].reindex(grid, fill_value=0).reset_index()
    age = (cells["month"].dt.year - cells["first_month"].dt.year) * MONTHS_PER_YEAR + cells["month"].dt.month - cells["first_month"].dt.month
    cells = cells.assign(age=age, exposure=cells["first_month"].map(starters) * cells["month"].dt.days_in_month)
    return cells[cells["age"] > 0].reset_index(drop=True)


def _dummies(classes: Array) -> Array:
    """One column a class that occurs."""
    return np.asarray(classes[:, None] == np.unique(classes)[None, :], float)


def _deviance(events: Array, exposure: Array, design: Array) -> tuple[float, Array]:
    """Poisson deviance and effects, by iteratively reweighted least squares."""
    mean = np.maximum(events, 0.5)  # McCullagh & Nelder, section 2.5: start at the data, away from 0
    last = np.inf
    effects = np.zeros(design.shape[1])
    for _ in range(MOST_ROUNDS):
        working = np.log(mean / exposure) + events / mean - 1
        root = np.sqrt(mean)
        effects = np.linalg.lstsq(design * root[:, None], working * root, rcond=None)[0]
        mean = np.maximum(exposure * np.exp(design @ effects), np.finfo(float).tiny)
        deviance = float(poisson_deviance(events, mean).sum())
        if abs(last - deviance) < CLOSE * (abs(deviance) + 1):
            break
        last = deviance
    return deviance, effects
