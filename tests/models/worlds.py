"""Worlds with known parameters, in continuous time, and small tables drawn as text."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd


def table(text: str) -> pd.DataFrame:
    """Read a small table that is drawn with spaces."""
    return pd.read_csv(io.StringIO(text), sep=r"\s+")


def histories(rate: np.ndarray, stop: np.ndarray, age: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Summary of histories with given rates and probabilities of stopping after a repeat event.

    Given their number N, the events of a Poisson process are uniform on the age, so the latest of the first
    X among them is age x Beta(X, N - X + 1).
    """
    events = rng.poisson(rate * age)
    last = np.where(stop > 0, rng.geometric(np.clip(stop, 1e-15, 1)), np.iinfo(np.int64).max)
    x = np.minimum(events, last)
    share = rng.beta(np.maximum(x, 1), np.maximum(events - x + 1, 1))
    return pd.DataFrame({"repeats": x, "span_days": np.where(x > 0, age * share, 0.0), "age_days": age})


def bgnbd_world(
    n: int, r: float, alpha: float, a: float, b: float, longest: float, seed: int
) -> pd.DataFrame:
    """Summary of n entities that follow BG/NBD exactly, aged from a third of ``longest`` to ``longest``."""
    rng = np.random.default_rng(seed)
    return histories(rng.gamma(r, 1 / alpha, n), rng.beta(a, b, n), rng.uniform(longest / 3, longest, n), rng)


def gamma_gamma_world(n: int, p: float, q: float, gamma: float, seed: int) -> pd.DataFrame:
    """Counts and mean values of n entities that follow Gamma-Gamma exactly."""
    rng = np.random.default_rng(seed)
    x = 1 + rng.poisson(3, n)
    return pd.DataFrame({"repeats": x, "mean_value": rng.gamma(p * x) / x / rng.gamma(q, 1 / gamma, n)})
