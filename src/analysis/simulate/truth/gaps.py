"""The rest of a gap between two orders, seen from its middle."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

from analysis.simulate.world.life import Life
from analysis.simulate.world.nature import Nature


def draw_rest(rng: np.random.Generator, nature: Nature, life: Life, stock_spread: float) -> np.ndarray:
    """The time of each next order, drawn anew given how long each gap has lasted; nobody knows it before.

    Where there was no order yet, and where there will be none, it stays as it is.
    """
    due = life.due.copy()
    waits = np.isfinite(life.due) & np.isfinite(life.last)
    row, stock = np.nonzero(waits)
    passed = (life.age[row] - life.last[row, stock]) / nature.gap[row, stock]
    rest = np.empty(len(row))
    basket = stock == 0
    rest[basket] = _rest_of_erlang(rng, nature.regularity[row[basket]], passed[basket])
    rest[~basket] = _rest_of_log_normal(rng, stock_spread, passed[~basket])
    due[row, stock] = life.age[row] + rest * nature.gap[row, stock]
    return due


def _rest_of_erlang(rng: np.random.Generator, shape: np.ndarray, passed: np.ndarray) -> np.ndarray:
    """A gap of mean one is ``shape`` exponential steps; those done so far are Poisson, fewer than all."""
    steps = np.arange(int(shape.max(initial=1)))
    rate = np.maximum(shape * passed, np.finfo(float).tiny)[:, None]
    log_weight = steps * np.log(rate) - np.cumsum(np.log(np.maximum(steps, 1)))
    log_weight = np.where(steps < shape[:, None], log_weight, -np.inf)
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    edges = np.cumsum(weight, axis=1)
    done = (rng.random(len(shape))[:, None] * edges[:, -1:] > edges).sum(axis=1)
    return rng.standard_gamma(shape - done) / shape


def _rest_of_log_normal(rng: np.random.Generator, spread: float, passed: np.ndarray) -> np.ndarray:
    """A gap of mean one that is longer than what has passed; a customer who is long overdue orders at once."""
    start = np.log(np.maximum(passed, np.finfo(float).tiny)) / spread + spread / 2  # 2: for a mean of one
    beyond = ndtr(-start) * rng.random(len(passed))
    gap = np.exp(spread * -ndtri(np.maximum(beyond, np.finfo(float).tiny)) - spread**2 / 2)
    return np.maximum(gap - passed, 0.0)
