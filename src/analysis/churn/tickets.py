"""Tickets of named customers as they were known on a day, with the hours that everything took."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.core import tables
from analysis.core.contracts.churn_failures import TYPES
from analysis.core.contracts.optional import TICKETS
from analysis.core.params import Failures
from analysis.models.newton import Array

KEY = "customer_id"
READ = ("file_no", "row_no", KEY, "opened_at", "first_response_at", "on_site_at", "resolved_at", "type", "severity")
DONE = {"response": "first_response_at", "on_site": "on_site_at", "resolved": "resolved_at"}
HOUR = np.timedelta64(1, "h")


def read_tickets(worth: pd.DataFrame, as_of: pd.Timestamp, settings: Failures) -> pd.DataFrame | None:
    """Tickets up to ``as_of`` of the customers of ``worth``, in order of customer and time; None without such a table.

    Returns
    -------
    ``file_no, row_no, customer_id, opened_at, type, severity``; ``waited`` hours from the opening to the end of
    ``as_of``, and ``response, on_site, resolved`` hours from the opening until it was done: missing where it was not yet.
    """
    if not tables.path(TICKETS).is_file():
        return None
    found = tables.read(TICKETS, columns=READ)
    end = as_of.normalize() + pd.Timedelta(days=1)
    found = found[(found["opened_at"] < end) & found[KEY].isin(worth[KEY])]
    found = found.sort_values([KEY, "opened_at", "file_no", "row_no"], ignore_index=True)
    opened = found["opened_at"]
    hours = {name: _hours(opened, found[column].where(found[column].between(opened, end)), settings) for name, column in DONE.items()}
    waited = _hours(opened, pd.Series(end, found.index), settings)
    kind = found["type"].where(found["type"].isin(TYPES), TYPES[-1])
    return found[["file_no", "row_no", KEY, "opened_at"]].assign(type=kind, severity=found["severity"], waited=waited, **hours)


def _hours(start: pd.Series, end: pd.Series, settings: Failures) -> Array:
    """Hours from one moment to another; only those in which one works, where these are told."""
    if settings.opens_hour is None or settings.closes_hour is None:
        return ((end - start) / HOUR).to_numpy(float)
    known = end.notna().to_numpy()
    first, last = start[known], end[known]
    opens, closes = settings.opens_hour, settings.closes_hour
    days = np.busday_count(_days(first), _days(last)) * (closes - opens)
    found = np.full(len(start), np.nan)
    found[known] = days + _worked(last, opens, closes) - _worked(first, opens, closes)
    return found


def _days(moment: pd.Series) -> Array:
    return moment.to_numpy().astype("datetime64[D]")


def _worked(moment: pd.Series, opens: float, closes: float) -> Array:
    """Working hours of its day that are over at each moment."""
    hour = ((moment - moment.dt.normalize()) / HOUR).to_numpy(float)
    return np.where(np.is_busday(_days(moment)), np.clip(hour, opens, closes) - opens, 0.0)


def are_timed(tickets: pd.DataFrame) -> bool:
    """Whether the tickets tell the hour; days alone say nothing of promises in hours."""
    return bool((tickets["opened_at"] != tickets["opened_at"].dt.normalize()).any())


def covered_from(tickets: pd.DataFrame, first_order: pd.Timestamp) -> pd.Timestamp:
    """First day of the first month that the tickets tell of: the next one after they begin, unless orders begin there too."""
    opened = tickets["opened_at"].min()
    month = opened.to_period("M").start_time
    return month if first_order >= month else (opened.to_period("M") + 1).start_time
