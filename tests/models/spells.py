"""Worlds of spells with known hazard ratios, and their rows one by one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.models.person_periods import rows_of_spells

SLOW = 0.6  # hazard ratio of ``late`` in the worlds
FAST = 1.3  # of one unit of ``range``
COVARIATES = ["late", "range"]


def world(entities: int, seed: int, *, periods: int = 6, spread: float = 0.0, spells: int = 3) -> pd.DataFrame:
    """Spells of entities that differ by a log-normal ``spread``; ``late`` stays with the entity."""
    rng = np.random.default_rng(seed)
    entity = np.repeat(np.arange(entities), spells)
    late = (rng.random(entities) < 0.5)[entity]
    reach = rng.integers(-1, 2, entity.size)
    own = spread * rng.standard_normal(entities)[entity]
    score = np.log(SLOW) * late + np.log(FAST) * reach + own
    base = np.log(0.25) - 0.1 * np.arange(periods)
    happened = rng.random((entity.size, periods)) < -np.expm1(-np.exp(base + score[:, None]))
    ended = happened.any(axis=1)
    length = np.where(ended, happened.argmax(axis=1) + 1, periods)
    return pd.DataFrame({"entity": entity, "periods": length, "ended": ended, "late": late.astype(float),
                         "range": reach.astype(float), "begins": 0})  # fmt: skip


def rows_one_by_one(spells: pd.DataFrame, covariates: Sequence[str]) -> tuple[pd.DataFrame, np.ndarray]:
    """Every period at risk as a row, and its design with one level a period."""
    rows = rows_of_spells(spells, most_periods=int(spells["periods"].max()))
    levels = pd.get_dummies(rows["period"]).to_numpy(float)
    return rows, np.column_stack([levels, rows[list(covariates)]])
