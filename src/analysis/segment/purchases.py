"""G2: what was known of every customer's purchases on each of the two days."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from analysis.core.contracts.clean import CUSTOMER_DAYS, CUSTOMER_RETURNS
from analysis.core.engine import Engine
from analysis.models.history import History
from analysis.models.periods import months_before

NAMES = {"silent_days": "recency_days", "events": "purchase_days", "value_e4": "money_e4"}


class Measures(NamedTuple):
    """Recency over all purchases, frequency and money over the window that ends at the day.

    ``recency_days, purchase_days, money_e4`` by ``customer_id``, of customers that had bought; a silent customer has no
    purchase days.
    """

    now: pd.DataFrame
    before: pd.DataFrame


def month_end_before(as_of: pd.Timestamp) -> pd.Timestamp:
    """The last day of the month before that of ``as_of``."""
    return as_of.normalize().replace(day=1) - pd.Timedelta(days=1)


def measure_both_months(
    engine: Engine, as_of: pd.Timestamp, *, value_name: str, window_months: int
) -> tuple[Measures, str]:
    """The measures at ``as_of`` and at the month end before, each with what was known then, and what money means.

    Money is ``contribution`` if that is the run's value and every purchase day of both windows has one, else
    ``revenue``. The models fill a gap by the share of revenue that others bring, and their intervals bear it; a score
    names a customer and has no interval, so that here nothing is filled, and one gap decides for all.
    """
    history, found = History(engine, CUSTOMER_DAYS, CUSTOMER_RETURNS, value_name), []
    for day in (as_of, month_end_before(as_of)):
        recent = history.recent(day, since=months_before(day, window_months))
        if recent["filled_events"].any():
            return measure_both_months(engine, as_of, value_name="revenue", window_months=window_months)
        found.append(recent.set_index("customer_id").rename(columns=NAMES)[[*NAMES.values()]])
    return Measures(*found), value_name
