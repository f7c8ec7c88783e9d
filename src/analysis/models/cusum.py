"""Whether an entity's observations have moved away from a level of its own: one-sided cumulative sums.

Each observation adds the log of how much better it fits a stated change than no change; the sum never falls below
0, so what was before a change is forgotten. An alarm rings where the sum reaches a threshold, and the sum then begins
again at 0. A gap that is still open counts for what it is by now, else only a return could ring the alarm.

The level of its own (``base``) comes from observations before those that are watched. Thresholds: ``run_length``.

References
----------
Page (1954), Biometrika 41:100-115; Hawkins & Olwell (1998), Cumulative Sum Charts and Charting for Quality
Improvement, chapter 6 (gamma, Poisson and normal observations).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from analysis.models.newton import Array

RAREST = 1e-6  # a chance of 0 or 1 rules nothing out


class Law(Protocol):
    """How observations vary around a level of the entity's own, and which change is looked for."""

    def __hash__(self) -> int:
        """Equal laws share a simulation."""

    def step(self, x: Array, base: Array | float) -> Array:
        """ln of how much likelier a finished observation is after the change than before it."""

    def height(self, x: Array, base: Array | float) -> Array:
        """How high the sum rose while the observation came about; the step itself where it comes all at once."""

    def levels(self, rng: np.random.Generator, base: float, past: float, n: int) -> Array:
        """Draw true levels of entities whose estimate from ``past`` observations is ``base``."""

    def draw(self, rng: np.random.Generator, level: Array, n: int) -> Array:
        """Draw n observations without change at each level, (levels, n)."""

    def time(self, x: Array, base: float) -> Array:
        """How long each observation takes, in mean gaps."""


@dataclass(frozen=True)
class LogNormalValues:
    """ln values are normal around a mean of the entity's own; the change looked for is a fall to 1 / ``times``.

    ``step = (t / s^2) (m - ln v - t / 2)`` with ``t = ln times``. Observations are ln v, the base is their mean.

    Parameters
    ----------
    sd : s, of ln values around their entity's mean.
    times : above 1.
    freedom : degrees of freedom behind s: true ones are simulated around it, ``s^2 freedom / chi^2``; infinite where it is known.
    """

    sd: float
    times: float
    freedom: float = np.inf

    def step(self, x: Array, base: Array | float) -> Array:
        """See ``Law``."""
        fall = np.log(self.times)
        return np.asarray(fall / self.sd**2 * (base - x - fall / 2))  # 2: halfway between the two levels

    height = step

    def levels(self, rng: np.random.Generator, base: float, past: float, n: int) -> Array:
        """A mean of m values differs from the true one by s / sqrt(m)."""
        return np.asarray(base + self.sd / np.sqrt(past) * rng.standard_normal(n))

    def draw(self, rng: np.random.Generator, level: Array, n: int) -> Array:
        """See ``Law``."""
        known = np.isinf(self.freedom)
        sd = self.sd if known else self.sd * np.sqrt(self.freedom / rng.chisquare(self.freedom, (level.size, 1)))
        return np.asarray(level[:, None] + sd * rng.standard_normal((level.size, n)))

    def time(self, x: Array, base: float) -> Array:  # noqa: ARG002
        """One mean gap each."""
        return np.ones_like(x)


@dataclass(frozen=True)
class PoissonCounts:
    """Counts are Poisson around a mean of the entity's own; the change looked for is a mean 1 / ``times`` as large.

    ``step = m (1 - 1 / times) - x ln times``. A rise is looked for with ``times`` below 1: 1/2 for a doubling. Counts that vary less than Poisson, as numbers of distinct kinds do, ring
    less often than is promised.
    """

    times: float

    def step(self, x: Array, base: Array | float) -> Array:
        """See ``Law``."""
        return np.asarray(base * (1 - 1 / self.times) - x * np.log(self.times))

    height = step

    def levels(self, rng: np.random.Generator, base: float, past: float, n: int) -> Array:
        """Given m counts of mean ``base``, those of the prior among them, the true mean is Gamma(m base, m)."""
        if np.isinf(past):
            return np.full(n, base)
        return np.asarray(rng.gamma(past * base, 1 / past, n))

    def draw(self, rng: np.random.Generator, level: Array, n: int) -> Array:
        """See ``Law``."""
        return np.asarray(rng.poisson(level[:, None], (level.size, n)).astype(float))

    def time(self, x: Array, base: float) -> Array:  # noqa: ARG002
        """One mean gap each."""
        return np.ones_like(x)


@dataclass(frozen=True)
class Trials:
    """Each trial succeeds or not, by a chance of the entity's own; the change looked for is a chance ``times`` as large.

    ``step = ln (q / p)`` after a success and ``ln [(1 - q) / (1 - p)]`` after none, with ``q = times p``.
    """

    times: float

    def step(self, x: Array, base: Array | float) -> Array:
        """See ``Law``; observations are 1 and 0."""
        before = np.clip(base, RAREST, 1 - RAREST)
        after = np.minimum(self.times * before, 1 - RAREST)
        return np.asarray(np.where(x > 0, np.log(after / before), np.log((1 - after) / (1 - before))))

    height = step

    def levels(self, rng: np.random.Generator, base: float, past: float, n: int) -> Array:
        """Given m trials with a share ``base``, those of the prior among them, the true chance is Beta(m base, m (1 - base))."""
        share = min(base, 1 - RAREST)
        if np.isinf(past):
            return np.full(n, share)
        return np.asarray(rng.beta(past * share, past * (1 - share), n))

    def draw(self, rng: np.random.Generator, level: Array, n: int) -> Array:
        """See ``Law``."""
        return np.asarray((rng.random((level.size, n)) < level[:, None]).astype(float))

    def time(self, x: Array, base: float) -> Array:  # noqa: ARG002
        """One mean gap each."""
        return np.ones_like(x)


@dataclass(frozen=True)
class PartialTrials(Trials):
    """A trial may succeed in part, from 0 to 1; the change looked for is a mean part ``times`` as large.

    The step of a part lies on the straight line between those of none and of a whole success. Without change a trial succeeds at
    all by a chance of the entity's own, and then by one of ``parts``, whoever it is.

    Parameters
    ----------
    parts : above 0, as they were before: equally likely.
    """

    parts: tuple[float, ...]

    def step(self, x: Array, base: Array | float) -> Array:
        """See ``Law``; observations are from 0 to 1."""
        lost, won = (super(PartialTrials, self).step(np.full_like(x, end), base) for end in (0.0, 1.0))
        return np.asarray(lost + x * (won - lost))

    height = step

    def levels(self, rng: np.random.Generator, base: float, past: float, n: int) -> Array:
        """A mean of m parts varies as that of ``m (1 - p) a^2 / (b - p a^2)`` trials that succeed wholly or not, with chance p of any
        success and a, b the means of parts and of their squares."""
        parts = np.array(self.parts)
        mean, square = parts.mean(), (parts**2).mean()
        chance = min(base / mean, 1 - RAREST)
        worth = past * (1 - chance) * mean**2 / (square - chance * mean**2)
        return np.asarray(mean * super().levels(rng, chance, worth, n))

    def draw(self, rng: np.random.Generator, level: Array, n: int) -> Array:
        """See ``Law``."""
        parts = np.array(self.parts)
        return np.asarray(super().draw(rng, level / parts.mean(), n) * rng.choice(parts, (level.size, n)))


@dataclass(frozen=True)
class Path:
    """What the sums went through: ``before`` and ``rings`` a row, ``level`` an entity, after its last row."""

    before: Array
    rings: Array
    level: Array


def advance(level: Array, step: Array, height: Array, threshold: Array) -> tuple[Array, Array]:
    """The sums after one more observation of each, and where the alarm rang meanwhile, which begins a new sum."""
    rings = level + height >= threshold
    return np.where(rings, 0.0, np.maximum(level + step, 0.0)), rings


def watch(law: Law, x: Array, starts: Array, base: Array, threshold: Array) -> Path:
    """Follow the sums of all entities through their finished observations.

    Parameters
    ----------
    x : observations, (rows,): those of an entity together, in the order of time.
    starts : first row of each entity, (entities,), rising; each has at least one row.
    base : own level of each entity, (entities,).
    threshold : height at which its alarm rings, (entities,); infinite for one that is not watched.
    """
    length = np.diff(starts, append=x.size)
    long_first = np.argsort(-length, kind="stable")
    still = np.searchsorted(-length[long_first], -np.arange(length.max(initial=0)), side="left")
    own = np.repeat(base, length)
    step, height = law.step(x, own), law.height(x, own)
    before, rings = np.zeros(x.size), np.zeros(x.size, bool)
    level, first, limit = np.zeros(length.size), starts[long_first], threshold[long_first]
    for place, n in enumerate(still):
        rows = first[:n] + place
        before[rows] = level[:n]
        level[:n], rings[rows] = advance(level[:n], step[rows], height[rows], limit[:n])
    after = np.empty(length.size)
    after[long_first] = level
    return Path(before, rings, after)
