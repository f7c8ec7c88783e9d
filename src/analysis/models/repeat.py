"""The few numbers that a history of repeat events comes down to.

For entity i with events on days d_0 < d_1 < ... < d_x, observed until day e:
``repeats`` x = events after the first, ``span_days`` t_x = d_x - d_0, ``age_days`` T = e - d_0.
The models need nothing else. The literature calls t_x "recency"; elsewhere recency is T - t_x, so neither
is called that here. Another unit of time is as good, when it is the same everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.core.errors import FitError
from analysis.models.newton import Array

SUMMARY_COLUMNS = ("repeats", "span_days", "age_days")
EVENT_COLUMNS = ("entity_id", "day")
KEY_BITS = 63  # of a positive int64
BLOCK = 8192  # rows of a column in 64 KiB
LARGEST_WHOLE = 2.0**53  # up to which a float can tell neighbours apart
SPARSEST = 4  # places that a table may have for each value in it


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
    log = _read_log(events, end)
    entity, day = log.in_order()
    first = np.flatnonzero(_begins(entity))
    final = np.append(first[1:], entity.size) - 1
    gap = np.diff(day, prepend=day[:1])
    gap[first] = 0
    log_of = np.append(0, np.log(np.arange(1, log.last + 1)))  # of every gap there can be, 0 where there is none
    summary = pd.DataFrame({
        "entity_id": log.entities,
        "repeats": final - first,
        "span_days": (day[final] - day[first]).astype(np.int64),
        "age_days": log.last - day[first].astype(np.int64),
        "log_gaps": np.add.reduceat(log_of[gap], first),
    })  # fmt: skip
    if log.value is not None:
        summary["repeat_value"] = np.bincount(log.entity, log.value * (log.day > day[first][log.entity]))
    return summary


def ordered_events(events: pd.DataFrame, end: pd.Timestamp) -> tuple[Any, Array, Array, int]:
    """Entities; then by event the entity's number and the day, in order, each day once; then the last day.

    Days count from the first event of all. ``events`` and ``end`` as in ``summarise_events``.
    """
    log = _read_log(events, end)
    return log.entities, *log.in_order(), log.last


@dataclass(frozen=True)
class _Log:
    """Rows of events as numbers: places in ``entities``, days since the first of all, values; ``last`` is the end."""

    entities: Any
    entity: Array
    day: Array
    value: Array | None
    last: int

    def in_order(self) -> tuple[Array, Array]:
        """Entity and day of each event, in order, each day once: one sort of whole numbers."""
        bits = self.last.bit_length()
        narrow = len(self.entities) << bits < np.iinfo(np.int32).max
        key = np.left_shift(self.entity, bits, dtype=np.int32 if narrow else np.int64, casting="unsafe")
        key |= self.day
        key.sort()
        key = key[_begins(key)]
        return key >> bits, key & ((1 << bits) - 1)


def _read_log(events: pd.DataFrame, end: pd.Timestamp) -> _Log:
    _need_columns(events, EVENT_COLUMNS, "events")
    if events["day"].dtype.kind != "M":
        raise FitError("events", "day must be datetime64", str(events["day"].dtype), "Use pandas.to_datetime")
    needed = [name for name in (*EVENT_COLUMNS, "value") if name in events.columns]
    if any(events[name].isna().any() for name in needed):
        missing = int(events[needed].isna().any(axis=1).sum())
        raise FitError("events", f"every row needs {' and '.join(needed)}", f"{missing} rows without",
                       "Leave them out and count them")  # fmt: skip
    last = int(np.datetime64(end, "D").astype(np.int64))
    day = events["day"].to_numpy().astype("datetime64[D]").view(np.int64)
    if day.size == 0 or day.min() > last:
        raise FitError("events", f"no event on or before {end:%Y-%m-%d}", f"{len(events)} events",
                       "Choose a later end")  # fmt: skip
    ids, start = events["entity_id"], int(day.min())
    value = events["value"].to_numpy(float) if "value" in events.columns else None
    if day.max() > last:
        seen = day <= last
        ids, day, value = ids[seen], day[seen], None if value is None else value[seen]
    entity, entities = _numbered(ids)
    day -= start
    return _Log(entities, entity, day.astype(np.int32), value, last - start)


def _begins(ordered: Array) -> Array:
    """Where a value differs from the one before it."""
    new = np.ones(ordered.size, bool)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    return new


def _numbered(values: Any) -> tuple[Array, Any]:
    """The place of each value among the sorted distinct ones, and those; near whole numbers need no hashing."""
    if not _are_near(values):
        return pd.factorize(values, sort=True)
    low = values.min()
    whole = np.asarray(values - low).astype(np.int64, copy=False)
    if values.dtype.kind == "f" and (whole + low != values).any():
        return pd.factorize(values, sort=True)
    seen = np.zeros(int(whole.max()) + 1, bool)
    seen[whole] = True
    place = whole if seen.all() else (seen.cumsum() - 1)[whole]
    return place, (np.flatnonzero(seen) + low).astype(values.dtype)


def _are_near(values: Any) -> bool:
    """Whether a table of the whole numbers from the smallest to the largest would not be much larger than the column."""
    if values.dtype not in (np.dtype(np.int64), np.dtype(np.int32), np.dtype(float)) or values.size == 0:
        return False
    low, high = float(values.min()), float(values.max())
    return high - low < SPARSEST * values.size and max(-low, high) < LARGEST_WHOLE


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


def once_each(function: Callable[..., Array], *columns: Array) -> Array:
    """Call a costly function once with the distinct rows of its columns, of which there are few.

    Parameters
    ----------
    function : of as many arrays as there are columns, to an array of their size.
    columns : arrays or numbers that broadcast.
    """
    together = np.broadcast_arrays(*columns)
    chosen, kind = distinct_rows(*(one.ravel() for one in together))
    return np.asarray(function(*(one.ravel()[chosen] for one in together))[kind].reshape(together[0].shape))


def distinct_rows(*columns: Array) -> tuple[Array, Array]:
    """A row of each kind, kinds in order of the columns; and the kind of every row."""
    kind, count = np.zeros(columns[0].size, np.int64), 1
    for column in columns:
        if column.size and (column != column[0]).any():
            own, values = _numbered(column)
            kind, both = _numbered(kind * len(values) + own)
            count = len(both)
    chosen = np.zeros(min(count, kind.size), np.int64)
    chosen[kind] = np.arange(kind.size)
    return chosen, kind


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
