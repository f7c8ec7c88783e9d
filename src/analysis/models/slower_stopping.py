"""What if entities stopped less often from now on: each probability of stopping at an event times one factor f.

Events come at a steady rate q while an entity is active, so with a probability p of stopping at each

    P(active after t) = e^(-p q t),    E[N(t)] = (1 - e^(-p q t)) / p

and f p in place of p gives P(active after f t) and E[N(f t)] / f. That holds for every entity, and so for the
mixture of them that a history leaves. What already happened is the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import hyp2f1

from analysis.models.newton import Array


class FutureDropout(Protocol):
    """What the models ask of a law of stopping for the future."""

    def log_stay(self, m: Array, k: Array) -> Array: ...
    def leave_share(self, m: Array, k: Array) -> Array: ...
    def expected(self, shape: Array, m: Array, ratio: Array) -> Array: ...
    def remain(self, shape: Array, m: Array, ratio: Array) -> Array: ...
    def points(self, m: Array) -> tuple[Array, Array]: ...
    def sample_last(self, rng: np.random.Generator, m: Array) -> Array: ...


class BetaLaw(Protocol):
    """A law in which p varies as Beta(a, b + m) after m chances."""

    @property
    def a(self) -> float: ...
    @property
    def b(self) -> float: ...
    def expected(self, shape: Array, m: Array, ratio: Array) -> Array: ...
    def remain(self, shape: Array, m: Array, ratio: Array) -> Array: ...
    def points(self, m: Array) -> tuple[Array, Array]: ...


@dataclass(frozen=True)
class SlowedDropout:
    """The law of entities whose probability of stopping is times ``factor``, above 0, after m chances without it."""

    law: BetaLaw
    factor: float

    def log_stay(self, m: Array, k: Array) -> Array:
        """ln E[(1 - f p)^k] = ln 2F1(-k, a; a + b + m; f), a polynomial."""
        a, b = self.law.a, self.law.b
        return np.asarray(np.log(hyp2f1(-np.asarray(k, float), a, a + b + m, self.factor)))

    def points(self, m: Array) -> tuple[Array, Array]:
        """Points p and weights for means over the law, a row for each m."""
        p, weight = self.law.points(m)
        return self.factor * p, weight

    def leave_share(self, m: Array, k: Array) -> Array:
        """Leave / stay at the k-th chance after m; use k of 1 or more."""
        return np.asarray(np.expm1(self.log_stay(m, k - 1) - self.log_stay(m, k)))

    def expected(self, shape: Array, m: Array, ratio: Array) -> Array:
        """Expected events: time runs slower for stopping, and the events until then are more."""
        return self.law.expected(shape, m, self.factor * ratio) / self.factor

    def remain(self, shape: Array, m: Array, ratio: Array) -> Array:
        """P(has not stopped)."""
        return self.law.remain(shape, m, self.factor * ratio)

    def sample_last(self, rng: np.random.Generator, m: Array) -> Array:
        """Draw at which future event each entity stops."""
        p = self.factor * rng.beta(self.law.a, self.law.b + m)
        return rng.geometric(np.clip(p, np.finfo(float).tiny, 1))
