"""Laws of stopping: with what probability an event turns out to be the last.

Three laws with the same methods, from general to bare. ``BetaDropout`` gives every entity a probability p
of its own; the other two are its limits, for data that cannot tell the entities apart. In all of them

* ``m`` is the number of chances to stop that the entity had, counting the one after its latest event;
* ``stay`` is the probability of passing k chances, E[(1 - p)^k];
* ``leave`` is the probability of stopping at exactly the k-th, E[p (1 - p)^(k - 1)].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol, Self

import numpy as np
from scipy.special import betaln, expit, hyp2f1

from analysis.models.newton import Array
from analysis.models.slower_stopping import FutureDropout, SlowedDropout

NEAR_POLE = 1e-4  # closer than this to a = 1 the closed form loses more than four of its digits
MESH = 0.1  # step of the trapezoid rule; halving it moves no digit above 1e-9
TAIL = 45.0  # e^-45 of the peak is less than rounding
FAINT = 1e-13  # weight of a point that moves no digit of a mean worth having
BLOCK = 4096  # rows of the quadrature at once, to bound memory

Odds = tuple[Array, list[Array], list[Array]]  # a value, its slopes and its bends, for several m


class Dropout(FutureDropout, Protocol):
    """What the models ask of a law of stopping."""

    names: ClassVar[tuple[str, ...]]

    @classmethod
    def from_free(cls, free: Array) -> Self: ...
    @classmethod
    def centre(cls, age: float) -> list[float]: ...
    def odds(self, m: Array) -> Odds: ...
    def stay_sum(self, chances: Array) -> tuple[float, Array, Array]: ...
    def slowed(self, factor: float) -> FutureDropout: ...


@dataclass(frozen=True)
class BetaDropout:
    """Each entity has its own p, drawn from Beta(a, b); a / (a + b) is the mean.

    a + b says how alike the entities are: 2 with a = b means any p is as likely, 100 means nearly one p.
    """

    a: float
    b: float
    names: ClassVar[tuple[str, ...]] = ("a", "b")

    @classmethod
    def from_free(cls, free: Array) -> Self:
        """Make the law from ln a, ln b."""
        return cls(float(np.exp(free[0])), float(np.exp(free[1])))

    @classmethod
    def centre(cls, age: float) -> list[float]:  # noqa: ARG003  a probability has no unit of time
        """A plain guess on the free scale."""
        return [0.0, 0.0]

    def odds(self, m: Array) -> Odds:
        """ln of leave / stay = ln a - ln(b + m - 1), with its slopes and bends in ln a, ln b."""
        share = self.b / (self.b + m - 1)
        value = np.log(self.a) - np.log(self.b + m - 1)
        flat = np.zeros_like(share)
        return value, [flat + 1, -share], [flat, -share * (1 - share)]

    def stay_sum(self, chances: Array) -> tuple[float, Array, Array]:
        """Sum of ln stay over entities, with gradient and Hessian in ln a, ln b.

        ``chances[j]`` is how many entities had more than j chances; ln stay = -sum_j ln(1 + a / (b + j)).
        """
        a, b = self.a, self.b
        j = np.arange(chances.size)
        alone, both = 1 / (b + j), 1 / (a + b + j)
        value = -(chances * np.log1p(a * alone)).sum()
        slope = np.array([-a * (chances * both).sum(), a * b * (chances * alone * both).sum()])
        aa = -a * (chances * both * (b + j) * both).sum()
        ab = a * b * (chances * both * both).sum()
        bb = a * b * (chances * alone * both * (1 - b * (alone + both))).sum()
        return float(value), slope, np.array([[aa, ab], [ab, bb]])

    def log_stay(self, m: Array, k: Array) -> Array:
        """ln of the probability of passing k more chances after m."""
        return np.asarray(betaln(self.a, self.b + m + k) - betaln(self.a, self.b + m))

    def leave_share(self, m: Array, k: Array) -> Array:
        """Leave / stay at the k-th chance after m; use k of 1 or more."""
        return self.a / (self.b + m + k - 1)

    def expected(self, shape: Array, m: Array, ratio: Array) -> Array:
        """Expected events of an entity that has passed m chances.

        c / (a - 1) [1 - (1 + w)^(1 - a) 2F1(c - s, a - 1; c; w / (1 + w))], c = a + b + m - 1: equation 10
        of Fader, Hardie & Lee (2005) after Euler's transformation, which takes the large powers out, so that
        a thousand events do not overflow. Near its poles and where shapes overflow, the integral over p.

        Parameters
        ----------
        shape : s of the gamma rate now, r + x.
        m : chances passed.
        ratio : w = horizon / (alpha + age).
        """
        shape, m, ratio = np.broadcast_arrays(shape, m, ratio)
        a, c = self.a, self.a + self.b + m - 1
        with np.errstate(all="ignore"):  # overflow and poles show as values that are not finite, mended below
            tail = np.exp((1 - a) * np.log1p(ratio)) * hyp2f1(c - shape, a - 1, c, ratio / (1 + ratio))
            value = np.asarray(c / np.float64(a - 1) * (1 - tail))
        where = np.flatnonzero(~np.isfinite(value) | (abs(a - 1) < NEAR_POLE))
        for i in range(0, where.size, BLOCK):
            rows = where[i : i + BLOCK]
            value.flat[rows] = self._expected_by_quadrature(shape.flat[rows], m.flat[rows], ratio.flat[rows])
        return value

    def remain(self, shape: Array, m: Array, ratio: Array) -> Array:
        """P(has not stopped), E[(1 + p w)^-s] over p ~ Beta(a, b + m).

        Events until the horizon are negative binomial, so E[(1 - p)^N] = (1 + p w)^-s. The mean over p is
        (1 + w)^-a 2F1(a, c + 1 - s; c + 1; w / (1 + w)) with c = a + b + m - 1, by Pfaff's transformation.
        """
        shape, m, ratio = np.broadcast_arrays(shape, m, ratio)
        c = self.a + self.b + m - 1
        with np.errstate(all="ignore"):  # overflow shows as a value that is no probability, mended below
            value = np.asarray(
                np.exp(-self.a * np.log1p(ratio)) * hyp2f1(self.a, c + 1 - shape, c + 1, ratio / (1 + ratio))
            )
        where = np.flatnonzero(~(value >= 0) | (value > 1))
        for i in range(0, where.size, BLOCK):
            rows = where[i : i + BLOCK]
            p, weight = self.points(m.flat[rows])
            inner = np.exp(-shape.flat[rows][:, None] * np.log1p(p * ratio.flat[rows][:, None]))
            value.flat[rows] = (weight * inner).sum(axis=1)
        return value

    def _expected_by_quadrature(self, shape: Array, m: Array, ratio: Array) -> Array:
        """E[(1 - (1 + p w)^-s) / p] over p ~ Beta(a, b + m)."""
        p, weight = self.points(m)
        inner = -np.expm1(-shape[:, None] * np.log1p(p * ratio[:, None])) / p
        return np.asarray((weight * inner).sum(axis=1))

    def points(self, m: Array) -> tuple[Array, Array]:
        """Points p and weights for means over Beta(a, b + m), a row for each m.

        Trapezoid rule in v, where logit p = ln(a / (b + m)) + width sinh v.
        """
        passed = self.b + m[:, None]
        width = np.minimum(2, np.sqrt(1 / self.a + 1 / passed))  # pi bounds the strip without poles
        reach = np.arcsinh((1 + TAIL / min(self.a, passed.min())) / width.min())
        v = np.arange(-reach, reach, MESH)
        y = np.log(self.a / passed) + width * np.sinh(v)
        log_p = -np.logaddexp(0, -y)
        weight = self.a * log_p - passed * np.logaddexp(0, y) + np.log(np.cosh(v))
        weight = np.exp(weight - weight.max(axis=1, keepdims=True))
        p = np.exp(np.maximum(log_p, np.log(np.finfo(float).tiny)))
        weight /= weight.sum(axis=1, keepdims=True)
        counts = (weight > FAINT).any(axis=0)
        return p[:, counts], weight[:, counts]

    def sample_last(self, rng: np.random.Generator, m: Array) -> Array:
        """Draw at which future event each entity stops."""
        p = rng.beta(self.a, self.b + m)
        return rng.geometric(np.clip(p, np.finfo(float).tiny, 1))

    def slowed(self, factor: float) -> FutureDropout:
        """The law where every p is times ``factor``."""
        return self if factor == 1 else SlowedDropout(self, factor)


@dataclass(frozen=True)
class EqualDropout:
    """Every entity has the same p: the limit of ``BetaDropout`` for a + b without bound."""

    p: float
    names: ClassVar[tuple[str, ...]] = ("p",)

    @classmethod
    def from_free(cls, free: Array) -> Self:
        """Make the law from the log-odds of p."""
        return cls(float(expit(free[0])))

    @classmethod
    def centre(cls, age: float) -> list[float]:  # noqa: ARG003  a probability has no unit of time
        """A plain guess on the free scale."""
        return [0.0]

    def odds(self, m: Array) -> Odds:
        """ln of leave / stay = ln p - ln(1 - p), with its slope and bend in the log-odds."""
        flat = np.zeros(np.shape(m))
        return flat + np.log(self.p) - np.log1p(-self.p), [flat + 1], [flat]

    def stay_sum(self, chances: Array) -> tuple[float, Array, Array]:
        """Sum of ln stay over entities, with gradient and Hessian in the log-odds."""
        total = chances.sum()
        bend = -total * self.p * (1 - self.p)
        return float(total * np.log1p(-self.p)), np.array([-total * self.p]), np.array([[bend]])

    def log_stay(self, m: Array, k: Array) -> Array:
        """ln of the probability of passing k more chances."""
        return np.asarray((k + 0 * m) * np.log1p(-self.p))

    def leave_share(self, m: Array, k: Array) -> Array:
        """Leave / stay at any chance."""
        return np.full(np.broadcast(m, k).shape, self.p / (1 - self.p))

    def expected(self, shape: Array, m: Array, ratio: Array) -> Array:
        """Expected events, [1 - (1 + p w)^-s] / p."""
        return np.asarray(-np.expm1(-shape * np.log1p(self.p * ratio)) / self.p + 0 * m)

    def remain(self, shape: Array, m: Array, ratio: Array) -> Array:
        """P(has not stopped), (1 + p w)^-s."""
        return np.asarray(np.exp(-shape * np.log1p(self.p * ratio)) + 0 * m)

    def points(self, m: Array) -> tuple[Array, Array]:
        """The one p, with all of the weight, a row for each m."""
        return np.full((m.size, 1), self.p), np.ones((m.size, 1))

    def sample_last(self, rng: np.random.Generator, m: Array) -> Array:
        """Draw at which future event each entity stops."""
        return rng.geometric(self.p, np.shape(m))

    def slowed(self, factor: float) -> EqualDropout:
        """The law where p is times ``factor``."""
        return EqualDropout(self.p * factor)


@dataclass(frozen=True)
class NoDropout:
    """Nobody stops: the limit of ``EqualDropout`` for p towards 0."""

    names: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def from_free(cls, free: Array) -> Self:  # noqa: ARG003  the law has no parameter
        """Make the law; it has no parameter."""
        return cls()

    @classmethod
    def centre(cls, age: float) -> list[float]:  # noqa: ARG003  a probability has no unit of time
        """A plain guess on the free scale."""
        return []

    def odds(self, m: Array) -> Odds:
        """ln of leave / stay, which is ln 0."""
        return np.full(np.shape(m), -np.inf), [], []

    def stay_sum(self, chances: Array) -> tuple[float, Array, Array]:  # noqa: ARG002  nobody stops
        """Sum of ln stay, which is ln 1."""
        return 0.0, np.zeros(0), np.zeros((0, 0))

    def log_stay(self, m: Array, k: Array) -> Array:
        """ln 1."""
        return np.zeros(np.broadcast(m, k).shape)

    def leave_share(self, m: Array, k: Array) -> Array:
        """Leave / stay is 0."""
        return np.zeros(np.broadcast(m, k).shape)

    def expected(self, shape: Array, m: Array, ratio: Array) -> Array:
        """Expected events, s w."""
        return np.asarray(shape * ratio + 0.0 * m)

    def remain(self, shape: Array, m: Array, ratio: Array) -> Array:
        """Nobody stops: 1."""
        return np.ones(np.broadcast(shape, m, ratio).shape)

    def points(self, m: Array) -> tuple[Array, Array]:
        """p of 0, a row for each m."""
        return np.zeros((m.size, 1)), np.ones((m.size, 1))

    def sample_last(self, rng: np.random.Generator, m: Array) -> Array:  # noqa: ARG002  nobody stops
        """Draw at which future event each entity stops: later than any."""
        return np.full(np.shape(m), np.iinfo(np.int64).max)

    def slowed(self, factor: float) -> NoDropout:  # noqa: ARG002  nobody stops
        """The same: there is no stopping to change."""
        return self
