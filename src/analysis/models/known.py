"""What was known of entities on one day, on the calendar and on the clock of the season that they share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from analysis.models.season import Clock, Season, fit_season

if TYPE_CHECKING:  # models without a database do without its import
    from analysis.models.history import History


@dataclass(frozen=True)
class Known:
    """Histories as known on one day.

    Attributes
    ----------
    day : last day that counts.
    rows : one row a customer, as ``models.history.History.summary`` gives it, with ``log_gaps``; times in days.
    season : of the repeat orders until that day; None where they do not reach over two years.
    seasonal : the same rows with times on the clock of the season; None where the orders show none beyond chance.
    """

    day: pd.Timestamp
    rows: pd.DataFrame
    season: Season | None = None
    seasonal: pd.DataFrame | None = None

    def on(self, clock_name: str) -> tuple[pd.DataFrame, Clock]:
        """The rows on a clock, and the clock: the calendar where there is no season."""
        if clock_name == "season" and self.season is not None and self.seasonal is not None:
            return self.seasonal, Clock(self.season.index)
        return self.rows, Clock()

    def thinned(self, most: int) -> Known:
        """The same day with about ``most`` of the rows, evenly taken."""
        step = step_to(len(self.rows), most)
        return Known(self.day, thin(self.rows, step), self.season, None if self.seasonal is None else thin(self.seasonal, step))


def step_to(rows: int, most: int) -> int:
    """Every how many rows to take for at most about ``most`` of them."""
    return max(-(-rows // most), 1)


def thin(frame: pd.DataFrame, step: int) -> pd.DataFrame:
    """Every ``step``-th row."""
    return frame if step == 1 else frame.iloc[::step].reset_index(drop=True)


def know(history: History, rows: pd.DataFrame, day: pd.Timestamp, *, season_below: float) -> Known:
    """The rows with their gaps, and on the clock of the season where the orders until then show one.

    Parameters
    ----------
    rows : by ``history.summary`` of that day.
    season_below : a season counts where months without one would differ as much so seldom.
    """
    if rows.empty:
        return Known(day, rows.assign(log_gaps=0.0))
    plain = _with_gaps(history, rows, day, Clock())
    season = fit_season(*_monthly(history, rows, day))
    if season is None or season.p_value >= season_below:
        return Known(day, plain, season)
    clock = Clock(season.index)
    return Known(day, plain, season, _with_gaps(history, clock.summary(rows, day), day, clock))


def _monthly(history: History, rows: pd.DataFrame, day: pd.Timestamp) -> tuple[pd.DataFrame, pd.Series]:
    """Repeat orders by whole month, and customers by the month of their first order."""
    ended = (day + pd.Timedelta(days=1)).replace(day=1)  # months that begin before it have ended
    monthly = history.repeats_by_month(day)
    starters = rows["first_day"].dt.to_period("M").dt.to_timestamp().value_counts().sort_index()
    return monthly[monthly["month"] < ended], starters


def _with_gaps(history: History, rows: pd.DataFrame, day: pd.Timestamp, clock: Clock) -> pd.DataFrame:
    gaps = history.log_gaps(day, clock).set_index("customer_id")["log_gaps"]
    return rows.assign(log_gaps=gaps.reindex(rows["customer_id"]).fillna(0.0).to_numpy())
