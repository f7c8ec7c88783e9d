"""What the stage reads: histories now, and as they were known at origins in the past, a horizon apart, with what then happened.

What is learnt from the data themselves is learnt at each day from a day before it, so far back that the time ahead had passed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd

from analysis.core import tables
from analysis.core.contracts.clean import CUSTOMER_DAYS, CUSTOMER_RETURNS, CUSTOMERS, RUN_FACTS
from analysis.core.engine import open_engine
from analysis.core.frames import places_of
from analysis.core.params import Churn
from analysis.core.stage import Stage
from analysis.models.history import History, open_history
from analysis.models.known import Known, know
from analysis.models.newton import Array
from analysis.models.periods import months_before


@dataclass(frozen=True)
class Lesson:
    """Earlier days that can be learnt from.

    Attributes
    ----------
    rows : one row a customer and day, as known then.
    stayed_away : whether each then placed no order in the days that followed.
    is_whole : whether these days are as many as are asked about; where the data is too short for it, what is learnt ranks
        customers and says nothing of how likely each outcome is.
    """

    rows: pd.DataFrame
    stayed_away: Array
    is_whole: bool


@dataclass(frozen=True)
class Moment:
    """A day from which is looked ahead.

    Attributes
    ----------
    known : what was known on it.
    sample : of a large base a part of the customers, with ``log_gaps``; else all of them.
    lessons : by time ahead; none where nobody was known earlier.
    stayed_away : by time ahead, of those that have passed by now: whether each customer placed no order in it.
    """

    known: Known
    sample: Known
    lessons: Mapping[int, Lesson]
    stayed_away: Mapping[int, Array]


@dataclass(frozen=True)
class Histories:
    """Histories now and at the origins.

    Attributes
    ----------
    today : at ``as_of``.
    origins : from the earliest to the latest; at those left out, nobody was known. Of large bases a part of the customers.
    value_name : what value means: contribution where its sum is above 0, else revenue.
    """

    today: Moment
    origins: tuple[Moment, ...]
    value_name: str

    @property
    def now(self) -> pd.DataFrame:
        """One row a customer at ``as_of``; ``recent_value`` is that of the value window."""
        return self.today.known.rows


def horizons_of(settings: Churn) -> tuple[int, ...]:
    """Every time ahead in days, the headline's among them, the shortest first."""
    return tuple(sorted({settings.horizon_days, *settings.horizons_days}))


def read_histories(stage: Stage) -> Histories:
    """Read what was known on each day; orders and returns after a day are not known on it."""
    settings: Churn = stage.settings
    value_name = tables.read(RUN_FACTS)["value_name"].iloc[0]
    days = [stage.as_of - pd.Timedelta(days=settings.horizon_days * back) for back in range(settings.origins, 0, -1)]
    with open_engine(stage.params.engine) as engine:
        history, now = open_history(
            engine, CUSTOMER_DAYS, CUSTOMER_RETURNS, value_name, stage.as_of,
            since=months_before(stage.as_of, settings.value_window_months),
        )  # fmt: skip
        past = _Past(_part(history, len(now), settings.sampled_customers), settings, stage.as_of)
        origins = tuple(past.moment(known) for known in map(past.known, days) if len(known.rows))
        today = past.moment(past.known(stage.as_of))
    return Histories(replace(today, known=_everybody(now, today.sample)), origins, history.value_name)


def _part(history: History, customers: int, most: int) -> History:
    """Of a large base every so many customers, by their numbers."""
    if customers <= most:
        return history
    everybody = tables.read(CUSTOMERS, columns=("customer_id",))["customer_id"].sort_values(ignore_index=True)
    return history.part(everybody.iloc[:: -(-len(everybody) // most)])


def _everybody(now: pd.DataFrame, sample: Known) -> Known:
    """All customers, with the gaps where the sample is all of them, on the clock of the sample."""
    gaps = {"log_gaps": sample.rows["log_gaps"]} if len(sample.rows) == len(now) else {}
    rows = now.assign(**gaps)
    seasonal = None
    if sample.seasonal is not None:
        clock = sample.on("season")[1]
        seasonal = sample.seasonal.assign(recent_value=now["recent_value"]) if gaps else clock.summary(rows, sample.day)
    return Known(sample.day, rows, sample.season, seasonal)


class _Past:
    """Asks the stored events, each question once."""

    def __init__(self, history: History, settings: Churn, as_of: pd.Timestamp) -> None:
        self.history, self.settings, self.as_of = history, settings, as_of
        self.rows = cache(self._rows)
        self.ordered = cache(self._ordered)

    def known(self, day: pd.Timestamp) -> Known:
        """What was known on a day."""
        return know(self.history, self.rows(day), day, season_below=self.settings.season_below)

    def moment(self, known: Known) -> Moment:
        """A day with what it can learn from, and with what came after it where that is seen."""
        taught = {days: self._lesson(known, days) for days in horizons_of(self.settings)}
        seen = [days for days in horizons_of(self.settings) if known.day + pd.Timedelta(days=days) <= self.as_of]
        return Moment(
            known, known, {days: lesson for days, lesson in taught.items() if lesson is not None},
            {days: self._stayed_away(known.rows, known.day, days) for days in seen},
        )  # fmt: skip

    def _lesson(self, known: Known, days: int) -> Lesson | None:
        """Days a whole number of horizons before this one, after which so many days have passed; in data that do not reach
        back so far, the middle of what there is."""
        if known.rows.empty:
            return None
        reach, step = (known.day - known.rows["first_day"].min()).days, self.settings.horizon_days
        first = -(-days // step)
        backs = [back for back in range(first * step, (first + self.settings.origins) * step, step) if back < reach]
        ahead = days if backs else min(reach // 2, days)
        taught = [(self.rows(day), day) for day in (known.day - pd.Timedelta(days=back) for back in backs or [ahead])]
        taught = [(rows, day) for rows, day in taught if len(rows)]
        if not taught or ahead == 0:
            return None
        away = np.concatenate([self._stayed_away(rows, day, ahead) for rows, day in taught])
        return Lesson(pd.concat([rows for rows, _ in taught], ignore_index=True), away, is_whole=bool(backs))

    def _stayed_away(self, rows: pd.DataFrame, day: pd.Timestamp, days: int) -> Array:
        return places_of(rows["customer_id"], self.ordered(day, days)) < 0

    def _rows(self, day: pd.Timestamp) -> pd.DataFrame:
        return self.history.summary(day, since=day)

    def _ordered(self, day: pd.Timestamp, days: int) -> pd.Series:
        return self.history.following(day, day + pd.Timedelta(days=days))["customer_id"]
