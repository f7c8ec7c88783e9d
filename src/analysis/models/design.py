"""What is known of entities as columns of numbers that a regression takes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.models.newton import Array


def design_of(frame: pd.DataFrame, columns: Sequence[str], *, level_from: int) -> Array:
    """A column of ones, and beside it what ``columns`` say.

    A column whose every value is a number above zero is one column of logarithms about their mean, and one that says
    where it is missing. Any other column is one column of zeros and ones for each value, less the commonest.

    Parameters
    ----------
    frame : one row an entity; texts, missing where unknown.
    columns : which of its columns count.
    level_from : values of fewer entities stand together.

    Returns
    -------
    entities x columns; a column that does not vary is left out.
    """
    parts = [np.ones(len(frame))]
    for column in columns:
        place, levels = pd.factorize(frame[column].astype("str").fillna(""))
        parts += _numbers(place, levels) or _levels(place, levels, level_from)
    return np.stack(parts, axis=1, dtype=np.float64)


def _numbers(place: Array, levels: pd.Index) -> list[Array]:
    """The numbers that ``levels`` are, by ``place`` of each entity; nothing where one is none."""
    is_blank = np.asarray(levels == "")
    numbers = pd.to_numeric(pd.Series(levels[~is_blank]), errors="coerce").to_numpy(dtype=float)
    if not len(numbers) or not (numbers > 0).all():
        return []
    missing = is_blank[place]
    logs = np.zeros(len(levels))
    logs[~is_blank] = np.log(numbers)
    centred = logs[place] - logs[place][~missing].mean()
    centred[missing] = 0.0
    return [part for part in (centred, missing) if np.ptp(part.astype(float)) > 0]


def _levels(place: Array, levels: pd.Index, level_from: int) -> list[Array]:
    counts = np.bincount(place, minlength=len(levels))
    kept = sorted(np.flatnonzero(counts >= level_from), key=lambda level: (-counts[level], levels[level]))
    rare = ~np.isin(place, kept)
    return [place == level for level in kept[1:]] + ([rare] if kept and rare.any() else [])
