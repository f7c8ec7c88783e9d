"""Worlds with known parameters, in continuous time, and small tables drawn as text."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd


def table(text: str) -> pd.DataFrame:
    """Read a small table that is drawn with spaces."""
    return pd.read_csv(io.StringIO(text), sep=r"\s+")


def histories(
    rate: np.ndarray,
    stop: np.ndarray,
    age: np.ndarray,
    rng: np.random.Generator,
    *,
    chance_at_first_event: bool = False,
) -> pd.DataFrame:
    """Summary of histories with given rates and probabilities of stopping after an event.

    Given their number N, the events of a Poisson process are uniform on the age, so the latest of the first
    X among them is age x Beta(X, N - X + 1).
    """
    events = rng.poisson(rate * age)
    last = (
        np.where(stop > 0, rng.geometric(np.clip(stop, 1e-15, 1)), np.iinfo(np.int64).max)
        - chance_at_first_event
    )
    x = np.minimum(events, last)
    share = rng.beta(np.maximum(x, 1), np.maximum(events - x + 1, 1))
    return pd.DataFrame({"repeats": x, "span_days": np.where(x > 0, age * share, 0.0), "age_days": age})


def bgnbd_world(
    n: int, r: float, alpha: float, a: float, b: float, longest: float, seed: int, **kind: bool
) -> pd.DataFrame:
    """Summary of n entities that follow (M)BG/NBD exactly, aged from a third of ``longest`` to ``longest``."""
    rng = np.random.default_rng(seed)
    rate, stop = rng.gamma(r, 1 / alpha, n), rng.beta(a, b, n)
    return histories(rate, stop, rng.uniform(longest / 3, longest, n), rng, **kind)


def lifetime_world(
    n: int, r: float, alpha: float, life: np.ndarray, longest: float, rng: np.random.Generator
) -> pd.DataFrame:
    """Summary of n entities that act at random until the end of their lifetime, unseen."""
    age = rng.uniform(longest / 3, longest, n)
    active = np.minimum(life, age)
    x = rng.poisson(rng.gamma(r, 1 / alpha, n) * active)
    return pd.DataFrame({
        "repeats": x, "span_days": np.where(x > 0, active * rng.beta(np.maximum(x, 1), 1), 0), "age_days": age,
    })  # fmt: skip


def pareto_world(
    n: int, r: float, alpha: float, s: float, beta: float, longest: float, seed: int
) -> pd.DataFrame:
    """Summary of n entities that follow Pareto/NBD exactly."""
    rng = np.random.default_rng(seed)
    life = rng.exponential(1, n) / rng.gamma(s, 1 / beta, n)
    return lifetime_world(n, r, alpha, life, longest, rng)


def ageing_world(
    n: int, r: float, alpha: float, s: float, beta: float, b: float, longest: float, seed: int
) -> pd.DataFrame:
    """Summary of n entities that follow gamma-Gompertz/NBD exactly."""
    rng = np.random.default_rng(seed)
    life = np.log1p(b * rng.exponential(1, n) / rng.gamma(s, 1 / beta, n)) / b
    return lifetime_world(n, r, alpha, life, longest, rng)


def regular_world(
    n: int,
    k: int,
    r: float,
    alpha: float,
    a: float,
    b: float,
    longest: float,
    seed: int,
    *,
    chance_at_first_event: bool = False,
) -> pd.DataFrame:
    """Summary of n entities that follow (M)BG/CNBD-k exactly, event by event, with the sum of ln gap."""
    rng = np.random.default_rng(seed)
    age, stop = rng.uniform(longest / 3, longest, n), rng.geometric(np.clip(rng.beta(a, b, n), 1e-15, 1))
    stop = stop - chance_at_first_event
    gaps = rng.gamma(k, 1 / rng.gamma(r, 1 / alpha, n), (int(20 * longest / alpha), n))
    day = gaps.cumsum(axis=0)
    seen = (day <= age) & (np.arange(1, len(gaps) + 1)[:, None] <= stop)
    x = seen.sum(axis=0)
    return pd.DataFrame({
        "repeats": x, "span_days": np.where(seen, day, 0).max(axis=0), "age_days": age,
        "log_gaps": np.where(seen, np.log(gaps), 0).sum(axis=0),
    })  # fmt: skip


def gamma_gamma_world(n: int, p: float, q: float, gamma: float, seed: int) -> pd.DataFrame:
    """Counts and mean values of n entities that follow Gamma-Gamma exactly."""
    rng = np.random.default_rng(seed)
    x = 1 + rng.poisson(3, n)
    return pd.DataFrame({"repeats": x, "mean_value": rng.gamma(p * x) / x / rng.gamma(q, 1 / gamma, n)})
