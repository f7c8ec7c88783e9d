"""What the stage reads: histories now, one horizon ago with what then happened, and one horizon before
that."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.core import tables
from analysis.core.contracts.clean import CUSTOMER_DAYS, CUSTOMER_RETURNS, RUN_FACTS
from analysis.core.engine import open_engine
from analysis.core.stage import Stage
from analysis.models.history import open_history
from analysis.models.periods import months_before


@dataclass(frozen=True)
class Histories:
    """Histories on three days, one horizon apart.

    Attributes
    ----------
    now, before, earlier : one row a customer, as ``models.history.History.summary`` gives it, at
        ``as_of``, one horizon before it and two before it. ``recent_value`` is that of the value window.
    stayed_away, stayed_away_earlier : whether each customer of ``before`` (``earlier``) then placed no
        order within the horizon.
    value_name : what value means: contribution where its sum is above 0, else revenue.
    """

    now: pd.DataFrame
    before: pd.DataFrame
    earlier: pd.DataFrame
    stayed_away: pd.Series
    stayed_away_earlier: pd.Series
    value_name: str


def read_histories(stage: Stage) -> Histories:
    """Read what was known on each day; orders and returns after a day are not known on it."""
    value_name = tables.read(RUN_FACTS)["value_name"].iloc[0]
    horizon = pd.Timedelta(days=stage.settings.horizon_days)
    window = stage.settings.value_window_months
    days = [stage.as_of, stage.as_of - horizon, stage.as_of - horizon - horizon]
    with open_engine(stage.params.engine) as engine:
        history, now = open_history(
            engine, CUSTOMER_DAYS, CUSTOMER_RETURNS, value_name, days[0], since=months_before(days[0], window)
        )
        before, earlier = (history.summary(day, since=months_before(day, window)) for day in days[1:])
        later = history.following(days[1], days[0])
        in_between = history.following(days[2], days[1])
    return Histories(
        now,
        before,
        earlier,
        _missing_from(before, later),
        _missing_from(earlier, in_between),
        history.value_name,
    )


def _missing_from(known: pd.DataFrame, later: pd.DataFrame) -> pd.Series:
    return ~known["customer_id"].isin(later["customer_id"])
