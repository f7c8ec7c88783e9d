"""Histories as they were known at the ends of the last months, one at a time, so that many entities fit into memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from analysis.core import params
from analysis.core.contracts.schema import Table
from analysis.core.engine import open_engine
from analysis.core.windows import is_covered, window_to
from analysis.models.history import History
from analysis.models.periods import months_before


def month_ends(as_of: pd.Timestamp, first_date: pd.Timestamp, settings: params.Profit) -> list[pd.Timestamp]:
    """``as_of`` and the same day of the months before it, the oldest first, as far back as the data cover the window up to it.

    Parameters
    ----------
    settings : how many months, how long the window is, and what the data may lack of it.
    """
    days = [months_before(as_of, back) for back in reversed(range(settings.history_months))]
    return [
        day for day in days
        if day == as_of or (day > first_date and is_covered(window_to(day, settings.window_months, first_date), first_date, settings.slack_days))
    ]  # fmt: skip


def known_on(
    days: Sequence[pd.Timestamp], events: tuple[Table, Table], value_name: str, window_months: int, settings: params.Engine
) -> Iterator[tuple[pd.Timestamp, pd.DataFrame]]:
    """Each day with the rows of ``History.summary`` of it; ``recent_value`` is that of the window up to it.

    Parameters
    ----------
    events : tables of events and of their reversals.
    """
    with open_engine(settings) as engine:
        history = History(engine, *events, value_name)
        for day in days:
            yield day, history.summary(day, since=months_before(day, window_months))
