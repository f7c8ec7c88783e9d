"""The few numbers that a history of repeat events comes down to.

For entity i with events on days d_0 < d_1 < ... < d_x, observed until day e:
``repeats`` x = events after the first, ``span_days`` t_x = d_x - d_0, ``age_days`` T = e - d_0.
The models need nothing else. The literature calls t_x "recency"; elsewhere recency is T - t_x, so neither
is called that here. Another unit of time is as good, when it is the same everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.core.errors import FitError
from analysis.models.distinct import number_values
from analysis.models.newton import Array

SUMMARY_COLUMNS = ("repeats", "span_days", "age_days")
EVENT_COLUMNS = ("entity_id", "day")
KEY_BITS = 63  # of a positive int64
BLOCK = 8192  # rows of a column in 64 KiB
LOG_BLOCK = 1 << 18  # rows of a log at once, columns of 2 MiB


@dataclass(frozen=True)
class RepeatRows:
    """Distinct rows of a summary with the number of entities in each, sorted by x, t_x, T."""

    x: Array
    span: Array
    age: Array
    weight: Array

    @property
    def n(self) -> float:
        """Number of entities."""
        return float(self.weight.sum())

    def rows(self, chosen: slice) -> RepeatRows:
        """Some of the rows."""
        return RepeatRows(self.x[chosen], self.span[chosen], self.age[chosen], self.weight[chosen])

    def thinned(self, count: int) -> RepeatRows:
        """About ``count`` rows, evenly spread over the sorted rows."""
        return self.rows(slice(None, None, max(self.x.size // count, 1)))

    def blocks(self, fewest: int, size: int = BLOCK) -> Iterator[RepeatRows]:
        """Rows with at least ``fewest`` repeats, in blocks that stay in the processor's cache."""
        for i in range(int(np.searchsorted(self.x, fewest)), self.x.size, size):
            yield self.rows(slice(i, i + size))


def summarise_events(events: pd.DataFrame, end: pd.Timestamp) -> pd.DataFrame:
    """Count each entity's repeat events up to a last day.

    Parameters
    ----------
    events : ``entity_id``, ``day`` (datetime64) and, if wanted, ``value``. Several rows of an entity on one day are one
        event with the sum of their values.
    end : last day of observation. Later events are left out, so they cannot leak into the summary.

    Returns
    -------
    One row per entity seen by ``end``, sorted by ``entity_id``: ``repeats`` (count), ``span_days``,
    ``age_days`` (days), ``log_gaps`` (sum of ln of the gaps in days; only models of regular gaps need it), and where
    events have a value ``repeat_value``, the sum over the repeat events.

    Raises
    ------
    FitError : a column or a value is missing, or there is no event by ``end``.
    """
    entities, days, last = _days_of(events, end)
    begin, end_ = days.indptr[:-1], days.indptr[1:]
    first = days.indices[begin]
    summary = pd.DataFrame({
        "entity_id": entities,
        "repeats": (end_ - begin).astype(np.int64) - 1,
        "span_days": (days.indices[end_ - 1] - first).astype(np.int64),
        "age_days": last - first.astype(np.int64),
        "log_gaps": _log_gaps(days, last),
    })  # fmt: skip
    if "value" in events.columns:
        days.data[begin] = 0
        summary["repeat_value"] = np.add.reduceat(days.data, begin)
    return summary


def ordered_events(events: pd.DataFrame, end: pd.Timestamp) -> tuple[Any, Array, Array, int]:
    """Entities; then by event the entity's number and the day, in order, each day once; then the last day.

    Days count from the first event of all. ``events`` and ``end`` as in ``summarise_events``.
    """
    entities, days, last = _days_of(events, end)
    return entities, np.repeat(np.arange(len(entities)), np.diff(days.indptr)), days.indices, last


def _days_of(events: pd.DataFrame, end: pd.Timestamp) -> tuple[Any, Any, int]:
    """Entities; a sparse matrix of their values by day since the first event of all, ones without values; the last day."""
    from scipy.sparse import coo_array

    _need_columns(events, EVENT_COLUMNS, "events")
    if events["day"].dtype.kind != "M":
        raise FitError("events", "day must be datetime64", str(events["day"].dtype), "Use pandas.to_datetime")
    needed = [name for name in (*EVENT_COLUMNS, "value") if name in events.columns]
    if any(events[name].isna().any() for name in needed if events[name].dtype != np.int64):
        missing = int(events[needed].isna().any(axis=1).sum())
        raise FitError("events", f"every row needs {' and '.join(needed)}", f"{missing} rows without",
                       "Leave them out and count them")  # fmt: skip
    ids, day = events["entity_id"], _whole_days(events["day"])
    value = events["value"].to_numpy(float) if "value" in events.columns else np.ones(len(events), np.int8)
    last = int(np.datetime64(end, "D").astype(np.int64))
    if day.size == 0 or (start := int(day.min())) > last:
        raise FitError("events", f"no event on or before {end:%Y-%m-%d}", f"{len(events)} events",
                       "Choose a later end")  # fmt: skip
    if day.max() > last:
        seen = day <= last
        ids, day, value = ids[seen], day[seen], value[seen]
    day -= np.int32(start)
    entity, entities = number_values(ids)
    return entities, coo_array((value, (entity, day)), shape=(len(entities), last - start + 1)).tocsr(), last - start


def _whole_days(moments: pd.Series) -> Array:
    """Days since 1970 (int32), block by block, since a column costs more to lay out than to compute."""
    found = np.empty(len(moments), np.int32)
    for i in range(0, found.size, LOG_BLOCK):
        found[i : i + LOG_BLOCK] = moments.iloc[i : i + LOG_BLOCK].to_numpy("datetime64[D]").view(np.int64)
    return found


def _log_gaps(days: Any, longest: int) -> Array:
    """Sum of ln of the gaps between the days of each entity."""
    log_of = np.append(0, np.log(np.arange(1, longest + 1)))  # 0 where there is no gap
    found = np.zeros(days.shape[0])
    for i in range(0, found.size, BLOCK):
        begins = days.indptr[i : i + BLOCK + 1]
        day, own = days.indices[begins[0] : begins[-1]], begins[:-1] - begins[0]
        gap = np.diff(day, prepend=day[0])
        gap[own] = 0
        found[i : i + BLOCK] = np.add.reduceat(log_of[gap], own)
    return found


def compress(summary: pd.DataFrame) -> RepeatRows:
    """Put equal rows of a summary together; the likelihood stays exactly the same.

    Parameters
    ----------
    summary : ``repeats`` (count), ``span_days``, ``age_days`` (one unit of time). Other columns are ignored.

    Raises
    ------
    FitError : a column is missing, or a value is impossible.
    """
    x, span, age = checked_columns(summary)
    columns = [x, span, age]
    bits = [int(column.max()).bit_length() for column in columns]
    if sum(bits) < KEY_BITS and all((column == np.floor(column)).all() for column in columns):
        key = np.sort((x.astype(np.int64) << (bits[1] + bits[2])) | (span.astype(np.int64) << bits[2])
                      | age.astype(np.int64))  # fmt: skip
        first = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
        weight = np.diff(np.append(first, key.size))
        key = key[first]
        x = key >> (bits[1] + bits[2])
        span, age = (key >> bits[2]) & ((1 << bits[1]) - 1), key & ((1 << bits[2]) - 1)
    else:
        order = np.lexsort((age, span, x))
        x, span, age = x[order], span[order], age[order]
        new = (np.diff(x) != 0) | (np.diff(span) != 0) | (np.diff(age) != 0)
        first = np.flatnonzero(np.concatenate([[True], new]))
        weight = np.diff(np.append(first, x.size))
        x, span, age = x[first], span[first], age[first]
    return RepeatRows(x.astype(np.int64), span.astype(float), age.astype(float), weight.astype(float))


def checked_columns(summary: pd.DataFrame) -> tuple[Array, Array, Array]:
    """Give x, t_x, T as arrays after refusing what no history can be."""
    where = "repeat summary"
    _need_columns(summary, SUMMARY_COLUMNS, where)
    if len(summary) == 0:
        raise FitError(where, "needs at least one entity", "no rows", "Check the filter before it")
    x, span, age = (summary[name].to_numpy(dtype=float, na_value=np.nan) for name in SUMMARY_COLUMNS)
    rules = (
        ("repeats must be a whole number, 0 or more", (x >= 0) & (x == np.floor(x)) & (x < np.inf)),
        ("age_days must be 0 or more", (age >= 0) & (age < np.inf)),
        ("span_days must lie between 0 and age_days", (span >= 0) & (span <= age)),
        ("span_days must be 0 exactly where repeats is 0", (span == 0) == (x == 0)),
    )
    for rule, holds in rules:
        if not holds.all():
            bad = int((~holds).sum())
            raise FitError(where, rule, f"{bad} of {len(summary)} rows that break it",
                           "Build the summary with summarise_events")  # fmt: skip
    return x, span, age


def _need_columns(frame: pd.DataFrame, columns: tuple[str, ...], where: str) -> None:
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise FitError(where, f"needs the columns {', '.join(columns)}", f"none named {', '.join(missing)}",
                       "Rename or add them")  # fmt: skip
