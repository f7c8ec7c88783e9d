"""Laws of stopping at any moment: how long an entity stays active, whatever its events.

Laws with the same methods, from general to bare. In ``GammaLifetime`` every entity has a constant rate of
stopping of its own; ``EqualLifetime`` has one rate for all, and in ``EndlessLifetime`` nobody stops. In
``ageing.AgeingLifetime`` the rate grows with age. Each law has a clock v(u) on which the rate of an entity is
constant: the age u itself, or one that runs faster and faster. beta may be an array, one for each entity.

``stay`` is the probability of being active at an age, S(u); ``leave`` is the density of stopping on the
clock, relative to still being active at ``end``: ln [f(u) / S(end) du / dv].
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Protocol, Self

import numpy as np

from analysis.models.newton import Array

TAIL = 36.0  # e^-36 of a peak is less than rounding

# a value, its slopes by parameter, and its bends by pair of parameters (larger number first)
Terms = tuple[Array, list[Array], dict[tuple[int, int], Array]]


class Lifetime(Protocol):
    """What the models ask of a law of lifetimes."""

    names: ClassVar[tuple[str, ...]]

    @classmethod
    def from_free(cls, free: Array) -> Self: ...
    @classmethod
    def centre(cls, age: float) -> list[float]: ...
    @property
    def unit(self) -> Array: ...
    def clock(self, u: Array) -> Array: ...
    def unclock(self, v: Array) -> Array: ...
    def pace(self, v: Array) -> Array: ...
    def points(self, age: float) -> int: ...
    def steepness(self, c: Array, v: Array) -> Array: ...
    def log_stay(self, age: Array) -> Array: ...
    def stay(self, age: Array) -> Terms: ...
    def leave(self, u: Array, end: Array) -> Terms: ...
    def after(self, age: Array) -> Self: ...
    def slowed(self, factor: float) -> Self: ...
    def rows(self, chosen: Any) -> Self: ...
    def sample(self, rng: np.random.Generator, size: int) -> Array: ...


class PlainClock:
    """The clock shows the age."""

    def points(self, age: float) -> int:  # noqa: ARG002  enough for every age
        """Points that an integral up to this age takes."""
        return 16

    def clock(self, u: Array) -> Array:
        """Time of the clock at an age."""
        return u

    def unclock(self, v: Array) -> Array:
        """Age at a time of the clock."""
        return v

    def pace(self, v: Array) -> Array:
        """du / dv."""
        return np.ones(np.shape(v))


@dataclass(frozen=True)
class GammaLifetime(PlainClock):
    """Each entity has its own rate of stopping, drawn from Gamma(s, beta); s / beta is the mean rate.

    S(u) = (beta / (beta + u))^s, a Pareto law.
    """

    s: float
    beta: Any
    names: ClassVar[tuple[str, ...]] = ("s", "beta")

    @classmethod
    def from_free(cls, free: Array) -> Self:
        """Make the law from ln s, ln beta."""
        return cls(*(float(value) for value in np.exp(free)))

    @classmethod
    def centre(cls, age: float) -> list[float]:
        """A plain guess on the free scale, given the mean age."""
        return [0.0, float(np.log(age))]

    @property
    def unit(self) -> Array:
        """Time on the clock over which the law bends."""
        return np.asarray(self.beta)

    def steepness(self, c: Array, v: Array) -> Array:
        """How fast ``leave`` falls per unit of ln(c + v)."""
        return np.asarray((self.s + 1) * (c + v) / (self.beta + v))

    def log_stay(self, age: Array) -> Array:
        """ln S(age) = -s ln(1 + v / beta)."""
        return np.asarray(-self.s * np.log1p(self.clock(age) / self.beta))

    def stay(self, age: Array) -> Terms:
        """ln S(age), with slopes and bends in ln s, ln beta."""
        value, v = self.log_stay(age), self.clock(age)
        slope = self.s * v / (self.beta + v)
        bend = -slope * self.beta / (self.beta + v)
        return value, [value, slope], {(0, 0): value, (1, 0): slope, (1, 1): bend}

    def leave(self, u: Array, end: Array) -> Terms:
        """s ln((beta + v(end)) / (beta + v)) + ln s - ln(beta + v)."""
        share, last = self.beta / (self.beta + self.clock(u)), self.beta / (self.beta + self.clock(end))
        log_share = np.log(share)
        ratio, slope = log_share - np.log(last), last - share
        ratio *= self.s
        slope *= self.s
        bend = share * share  # s last (1 - last) - (s + 1) share (1 - share)
        bend -= share
        bend *= self.s + 1
        bend += self.s * last * (1 - last)
        log_share += ratio
        log_share += np.log(self.s / self.beta)
        return log_share, [1 + ratio, slope - share], {(0, 0): ratio, (1, 0): slope, (1, 1): bend}

    def after(self, age: Array) -> Self:
        """The law of an entity that is still active at ``age``."""
        return replace(self, beta=self.beta + age)

    def slowed(self, factor: float) -> Self:
        """The law where every entity's rate of stopping is times ``factor``."""
        return replace(self, beta=self.beta / factor)

    def rows(self, chosen: Any) -> Self:
        """The law of some entities."""
        beta = np.asarray(self.beta)
        return replace(self, beta=beta.ravel()[chosen]) if beta.ndim else self

    def sample(self, rng: np.random.Generator, size: int) -> Array:
        """Draw lifetimes."""
        with np.errstate(over="ignore"):  # endless is meant
            drawn = self.beta * np.expm1(rng.standard_exponential(size) / self.s)
        return np.asarray(self.unclock(drawn))


@dataclass(frozen=True)
class EqualLifetime(PlainClock):
    """Every entity stops at the same rate mu: the limit of ``GammaLifetime`` for s without bound.

    S(u) = e^(-mu u); 1 / mu is the mean lifetime.
    """

    mu: float
    names: ClassVar[tuple[str, ...]] = ("mu",)

    @classmethod
    def from_free(cls, free: Array) -> Self:
        """Make the law from ln mu."""
        return cls(float(np.exp(free[0])))

    @classmethod
    def centre(cls, age: float) -> list[float]:
        """A plain guess on the free scale, given the mean age."""
        return [-float(np.log(age))]

    @property
    def unit(self) -> Array:
        """Time over which the law bends."""
        return np.asarray(1 / self.mu)

    def steepness(self, c: Array, v: Array) -> Array:
        """How fast ``leave`` falls per unit of ln(c + v)."""
        return np.asarray(self.mu * (c + v))

    def log_stay(self, age: Array) -> Array:
        """ln S(age) = -mu age."""
        return np.asarray(-self.mu * age)

    def stay(self, age: Array) -> Terms:
        """ln S(age), with its slope and bend in ln mu."""
        value = self.log_stay(age)
        return value, [value], {(0, 0): value}

    def leave(self, u: Array, end: Array) -> Terms:
        """mu (end - u) + ln mu."""
        passed = self.mu * (end - u)
        return passed + np.log(self.mu), [1 + passed], {(0, 0): passed}

    def after(self, age: Array) -> Self:  # noqa: ARG002  the rate does not change
        """The law of an entity that is still active."""
        return self

    def slowed(self, factor: float) -> Self:
        """The law where the rate of stopping is times ``factor``."""
        return replace(self, mu=self.mu * factor)

    def rows(self, chosen: Any) -> Self:  # noqa: ARG002  one law for all
        """The law of some entities."""
        return self

    def sample(self, rng: np.random.Generator, size: int) -> Array:
        """Draw lifetimes."""
        return rng.standard_exponential(size) / self.mu


@dataclass(frozen=True)
class EndlessLifetime(PlainClock):
    """Nobody stops: the limit of ``EqualLifetime`` for mu towards 0."""

    names: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def from_free(cls, free: Array) -> Self:  # noqa: ARG003  the law has no parameter
        """Make the law; it has no parameter."""
        return cls()

    @classmethod
    def centre(cls, age: float) -> list[float]:  # noqa: ARG003  the law has no parameter
        """A plain guess; the law has no parameter."""
        return []

    @property
    def unit(self) -> Array:
        """The law never bends."""
        return np.asarray(np.inf)

    def steepness(self, c: Array, v: Array) -> Array:
        """``leave`` is nothing everywhere."""
        return np.zeros(np.broadcast(c, v).shape)

    def log_stay(self, age: Array) -> Array:
        """ln 1."""
        return np.zeros(np.shape(age))

    def stay(self, age: Array) -> Terms:
        """ln 1."""
        return self.log_stay(age), [], {}

    def leave(self, u: Array, end: Array) -> Terms:
        """ln 0."""
        return np.full(np.broadcast(u, end).shape, -np.inf), [], {}

    def after(self, age: Array) -> Self:  # noqa: ARG002  nothing changes
        """The law of an entity that is still active."""
        return self

    def slowed(self, factor: float) -> Self:  # noqa: ARG002  nobody stops
        """The same: there is no stopping to change."""
        return self

    def rows(self, chosen: Any) -> Self:  # noqa: ARG002  one law for all
        """The law of some entities."""
        return self

    def sample(self, rng: np.random.Generator, size: int) -> Array:  # noqa: ARG002  nobody stops
        """Draw lifetimes: endless."""
        return np.full(size, np.inf)
