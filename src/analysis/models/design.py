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
    parts = [np.ones((len(frame), 1))]
    for column in columns:
        parts += _numbers(frame[column]) or _levels(frame[column], level_from)
    return np.concatenate(parts, axis=1)


def _numbers(values: pd.Series) -> list[Array]:
    known = values.dropna()
    numbers = pd.to_numeric(known, errors="coerce")
    if known.empty or numbers.isna().any() or (numbers <= 0).any():
        return []
    logs = np.log(numbers.astype("float64"))
    missing = values.isna().to_numpy(dtype=float)[:, None]
    centred = (logs - logs.mean()).reindex(values.index).fillna(0.0).to_numpy()[:, None]
    return [part for part in (centred, missing) if np.ptp(part) > 0]


def _levels(values: pd.Series, level_from: int) -> list[Array]:
    texts = values.astype("object").fillna("").astype(str)
    counts = texts.value_counts()
    kept = sorted(counts[counts >= level_from].index, key=lambda level: (-counts[level], level))
    rare = (~texts.isin(kept)).to_numpy(dtype=float)[:, None]
    shown = kept[1:] if kept else []
    columns = [(texts == level).to_numpy(dtype=float)[:, None] for level in shown]
    return columns + ([rare] if kept and rare.any() else [])
