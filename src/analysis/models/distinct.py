"""Columns in which few values come back again and again: numbers in their place, and each kind looked at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from analysis.models.newton import Array

LARGEST_PLACE = 2**31 - 1
SPARSEST = 4  # places that a table may have for each value in it


def once_each(function: Callable[..., Array], *columns: Array) -> Array:
    """Call a costly function once with the distinct rows of its columns, of which there are few.

    Parameters
    ----------
    function : of as many arrays as there are columns, to an array of their size, or to several along axes before it.
    columns : arrays or numbers that broadcast.
    """
    together = np.broadcast_arrays(*columns)
    chosen, kind = distinct_rows(*(one.ravel() for one in together))
    found = function(*(one.ravel()[chosen] for one in together))[..., kind]
    return np.asarray(found.reshape((*found.shape[:-1], *together[0].shape)))


def distinct_rows(*columns: Array) -> tuple[Array, Array]:
    """A row of each kind, kinds in order of the columns; and the kind of every row."""
    kind, count = np.zeros(columns[0].size, np.int64), 1
    for column in columns:
        if column.size and (column != column[0]).any():
            own, values = number_values(column)
            kind, both = number_values(kind.astype(np.int64) * len(values) + own)
            count = len(both)
    chosen = np.zeros(min(count, kind.size), np.int64)
    chosen[kind] = np.arange(kind.size)
    return chosen, kind


def number_values(values: Any) -> tuple[Array, Any]:
    """The place of each value among the sorted distinct ones, and those; near whole numbers need no hashing."""
    if _are_near(values):
        found, low = np.asarray(values), values.min()
        is_whole = found.dtype.kind == "i"
        place = np.subtract(found, low, dtype=np.int32, casting="unsafe") if is_whole else (found - low).astype(np.int32)
        if is_whole or (place + low == found).all():
            seen = np.zeros(int(place.max()) + 1, bool)
            seen[place] = True
            if not seen.all():
                place = (seen.cumsum(dtype=np.int32) - 1)[place]
            return place, (np.flatnonzero(seen) + low).astype(found.dtype)
    place, distinct = pd.factorize(values, sort=True)
    return np.asarray(place), distinct


def _are_near(values: Any) -> bool:
    """Whether a table of the whole numbers from the smallest to the largest would not be much larger than the column."""
    if values.dtype not in (np.dtype(np.int64), np.dtype(np.int32), np.dtype(float)) or values.size == 0:
        return False
    low, high = float(values.min()), float(values.max())
    return bool(high - low < min(SPARSEST * values.size, LARGEST_PLACE))
