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
    events : ``entity_id``, ``day`` (datetime64). Several rows of an entity on one day are one event.
    end : last day of observation. Later events are left out, so they cannot leak into the summary.

    Returns
    -------
    One row per entity seen by ``end``, sorted by ``entity_id``: ``repeats`` (count), ``span_days``,
    ``age_days`` (days), ``log_gaps`` (sum of ln of the gaps in days; only models of regular gaps need it).

    Raises
    ------
    FitError : a column or a value is missing, or there is no event by ``end``.
    """
    entities, entity, day, age = ordered_events(events, end)
    first = np.flatnonzero(np.concatenate([[True], entity[1:] != entity[:-1]]))
    final = np.append(first[1:], entity.size) - 1
    gap = np.where(np.isin(np.arange(entity.size), first), 1, np.diff(day, prepend=0))
    return pd.DataFrame({
        "entity_id": entities[entity[first]],
        "repeats": final - first,
        "span_days": day[final] - day[first],
        "age_days": age - day[first],
        "log_gaps": np.add.reduceat(np.log(gap), first),
    })  # fmt: skip


def ordered_events(events: pd.DataFrame, end: pd.Timestamp) -> tuple[Any, Array, Array, int]:
    """Entities; then by event the entity's number and the day, in order, each day once; then the last day.

    Days count from the first event of all. ``events`` and ``end`` as in ``summarise_events``.
    """
    _need_columns(events, EVENT_COLUMNS, "events")
    if events["day"].dtype.kind != "M":
        raise FitError("events", "day must be datetime64", str(events["day"].dtype), "Use pandas.to_datetime")
    if events["entity_id"].isna().any() or events["day"].isna().any():
        missing = int(events[list(EVENT_COLUMNS)].isna().any(axis=1).sum())
        raise FitError("events", "every row needs entity_id and day", f"{missing} rows without",
                       "Leave them out and count them")  # fmt: skip
    last = int(np.datetime64(end, "D").astype(np.int64))
    day = events["day"].to_numpy().astype("datetime64[D]").astype(np.int64)
    seen = day <= last
    if not seen.any():
        raise FitError("events", f"no event on or before {end:%Y-%m-%d}", f"{len(events)} events",
                       "Choose a later end")  # fmt: skip
    code, entities = pd.factorize(events["entity_id"], sort=True)
    start = int(day[seen].min())
    bits = (last - start).bit_length()
    key = np.sort((code[seen].astype(np.int64) << bits) | (day[seen] - start))
    if key.size > 1:
        key = key[np.concatenate([[True], key[1:] != key[:-1]])]
    return entities, key >> bits, key & ((1 << bits) - 1), last - start


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
    shape = together[0].shape
    code, flat = np.zeros(together[0].size, np.int64), [one.ravel() for one in together]
    for column in flat:
        if column.size and (column != column[0]).any():
            own, values = pd.factorize(column)
            code = pd.factorize(code * len(values) + own)[0]
    first = np.flatnonzero(np.diff(np.maximum.accumulate(code), prepend=-1))
    return np.asarray(function(*(one[first] for one in flat))[code].reshape(shape))


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
