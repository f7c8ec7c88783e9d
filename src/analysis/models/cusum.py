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
from scipy.special import gammaincc, gammaln

from analysis.models.newton import Array

RAREST = 1e-6  # a chance of 0 or 1 rules nothing out
FAR = 200.0  # pulses, beyond which two terms give seven digits
HALVINGS = 60  # of an interval of a few mean gaps: to the last digit


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
class ErlangGaps:
    """Gaps are Erlang-k around a mean of the entity's own; the change looked for is a mean that is ``times`` as long.

    ``step = -k ln d + k (y / m) (1 - 1 / d)`` for a gap y and mean m, and while it is open
    ``height = ln [Q(k, k c / (d m)) / Q(k, k c / m)]`` with Q the share of longer gaps, which is ``(c / m) (1 - 1 / d)``
    for k = 1. The height at the end of a gap is always above its step.

    Parameters
    ----------
    k : 1 for gaps at random; larger where they are alike, smaller where they come in clumps; any number (a gamma law).
    times : d, above 1.
    """

    k: float
    times: float

    def step(self, x: Array, base: Array | float) -> Array:
        """See ``Law``; ``x`` and ``base`` in the same unit of time."""
        return np.asarray(self.k * (x / base * (1 - 1 / self.times) - np.log(self.times)))

    def height(self, x: Array, base: Array | float) -> Array:
        """What a gap adds that has lasted x and is not over."""
        pulses = self.k * np.asarray(x / base)
        return np.asarray(pulses * (1 - 1 / self.times) + self._log_longer(pulses / self.times) - self._log_longer(pulses))

    def _log_longer(self, pulses: Array) -> Array:
        """``ln Q(k, p) + p``; for a whole k ln of the sum of ``p^j / j!`` over j below k."""
        if self.k == int(self.k):
            total = np.ones_like(pulses)
            for j in range(int(self.k) - 1, 0, -1):  # Horner: 1 + p (1 + p / 2 (1 + p / 3 ...))
                total = 1 + total * pulses / j
            return np.asarray(np.log(total))
        near = np.minimum(pulses, FAR)
        far = np.maximum(pulses, FAR)  # there Q(k, p) = p^(k - 1) e^-p / Gamma(k) (1 + (k - 1) / p + ...)
        tail = (self.k - 1) * np.log(far) - gammaln(self.k) + np.log1p((self.k - 1) / far)
        return np.asarray(np.where(pulses < FAR, np.log(gammaincc(self.k, near)) + near, tail))

    def silence(self, height: Array | float, base: Array | float) -> Array:
        """How long a gap is open when it has added ``height``, the inverse of ``height``; infinite for an infinite one."""
        reached = np.isfinite(height)
        height = np.where(reached, height, 0.0)
        rise = height / (self.k * (1 - 1 / self.times))
        most = np.log(self.times) / (1 - 1 / self.times)
        low, high = np.broadcast_arrays(np.maximum(rise - max(1 / self.k - 1, 0.0) * most, 0.0), rise + most)
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            short = self.height(middle, 1.0) < height
            low, high = np.where(short, middle, low), np.where(short, high, middle)
        return np.where(reached, high * base, np.inf)

    def levels(self, rng: np.random.Generator, base: float, past: float, n: int) -> Array:
        """A mean of m gaps over the true one is Gamma(m k, m k), whatever the true one is."""
        if np.isinf(past):
            return np.full(n, base)
        return np.asarray(base / rng.gamma(past * self.k, 1 / (past * self.k), n))

    def draw(self, rng: np.random.Generator, level: Array, n: int) -> Array:
        """See ``Law``."""
        return np.asarray(rng.gamma(self.k, level[:, None] / self.k, (level.size, n)))

    def time(self, x: Array, base: float) -> Array:
        """See ``Law``; the mean gap is the estimated one."""
        return np.asarray(x / base)


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
        return np.asarray(rng.normal(level[:, None], sd, (level.size, n)))

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
        """Given m counts of mean ``base``, the true mean is Gamma(m base + 1/2, m): Jeffreys' prior."""
        if np.isinf(past):
            return np.full(n, base)
        return np.asarray(rng.gamma(past * base + 1 / 2, 1 / past, n))

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
        """Given m trials with a share ``base``, the true chance is Beta(m base + 1/2, m (1 - base) + 1/2): Jeffreys' prior."""
        share = min(base, 1.0)
        if np.isinf(past):
            return np.full(n, share)
        return np.asarray(rng.beta(past * share + 1 / 2, past * (1 - share) + 1 / 2, n))

    def draw(self, rng: np.random.Generator, level: Array, n: int) -> Array:
        """See ``Law``."""
        return np.asarray((rng.random((level.size, n)) < level[:, None]).astype(float))

    def time(self, x: Array, base: float) -> Array:  # noqa: ARG002
        """One mean gap each."""
        return np.ones_like(x)


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


@dataclass(frozen=True)
class OpenGaps:
    """Where the sums stand with the gap that is open, (entities,).

    ``height``: the sum; ``rings``: whether its alarm rings; ``rings_after``: the silence at which it began to, or will.
    """

    height: Array
    rings: Array
    rings_after: Array


def open_gaps(law: ErlangGaps, level: Array, silence: Array, base: Array, threshold: Array) -> OpenGaps:
    """Count the open gap of each entity for what it is by now.

    Parameters
    ----------
    level : sum after the last finished gap, (entities,): ``Path.level``; 0 for one without a finished gap.
    silence : time since its last event, in the unit of ``base``, its mean gap.
    threshold : height at which its alarm rings.
    """
    height = level + law.height(silence, base)
    return OpenGaps(height, height >= threshold, law.silence(threshold - level, base))
