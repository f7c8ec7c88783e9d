"""Gaps between the events of an entity as observations of a cumulative sum: gamma laws, neighbours alike or unlike.

    step   = -k ln d + k (y / m) (1 - 1 / d)                     for a gap y and mean m
    height = ln [Q(k, k c / (d m)) / Q(k, k c / m)]              while it is open and has lasted c

with Q the share of longer gaps; for k = 1 the height is ``(c / m) (1 - 1 / d)``. The height at the end of a gap is always
above its step. A gap that is still open counts for what it is by now, else only a return could ring the alarm.

Neighbouring gaps need not be independent. Where the orders of an entity are several rhythms one over the other, or are counted in
whole days, a short gap follows a long one: their sums vary less than those of independent gaps, and alarms ring less often.
With normal scores z of the gaps and independent e:

    z = (e + t e_before) / sqrt(1 + t^2),   corr(z, z_before) = r = t / (1 + t^2),   t = (1 - sqrt(1 - 4 r^2)) / (2 r)

so that a mean of m gaps varies as one of independent gaps with shape ``K = k / (1 + 2 r (1 - 1 / m))``.

References
----------
Hawkins & Olwell (1998), Cumulative Sum Charts and Charting for Quality Improvement, chapter 6.
Cox & Lewis (1966), The Statistical Analysis of Series of Events, chapters 4 and 8: sums of neighbouring gaps; superposition.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import gammaincc, gammainccinv, gammaincinv, gammaln, ndtr

from analysis.models.newton import Array

FAR = 200.0  # pulses, beyond which two terms give seven digits
HALVINGS = 60  # of an interval of a few mean gaps: to the last digit
ROUND = 1e-9  # of a step of a grid: the last place still has a right neighbour
SCORES = np.linspace(-6, 6, 6001)  # normal scores: nothing further out is ever drawn


@dataclass(frozen=True)
class ErlangGaps:
    """Gaps are Erlang-k around a mean of the entity's own; the change looked for is a mean that is ``times`` as long.

    Parameters
    ----------
    k : 1 for gaps at random; larger where they are alike, smaller where they come in clumps; any number (a gamma law).
    times : d, above 1.
    serial : r, correlation of neighbouring gaps, between -1/2 and 1/2; 0 where they are independent. It plays no part in the step.
    """

    k: float
    times: float
    serial: float = 0.0

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
        """A mean of m gaps over the true one is Gamma(m K, m K), whatever the true one is."""
        if np.isinf(past):
            return np.full(n, base)
        sure = past * self.k / (1 + 2 * self.serial * (1 - 1 / past))
        return np.asarray(base / rng.gamma(sure, 1 / sure, n))

    def draw(self, rng: np.random.Generator, level: Array, n: int) -> Array:
        """See ``Law``."""
        noise = rng.standard_normal((level.size, n + 1))
        return level[:, None] * self.gap(noise[:, 1:], noise[:, :-1])

    def gap(self, noise: Array, before: Array) -> Array:
        """Gaps of mean 1, given standard normal noise of their own and that of the gap before."""
        weight = (1 - np.sqrt(1 - 4 * self.serial**2)) / (2 * self.serial) if self.serial else 0.0
        scores = (noise + weight * before) / np.sqrt(1 + weight**2) if weight else noise
        return look_up(scores, SCORES, _gaps(self.k))

    def time(self, x: Array, base: float) -> Array:
        """See ``Law``; the mean gap is the estimated one."""
        return np.asarray(x / base)


@lru_cache
def _gaps(k: float) -> Array:
    """The gap of mean 1 at each of the ``SCORES``."""
    low = gammaincinv(k, ndtr(np.minimum(SCORES, 0)))
    return np.asarray(np.where(SCORES < 0, low, gammainccinv(k, ndtr(-np.maximum(SCORES, 0)))) / k)


def look_up(x: Array, grid: Array, table: Array) -> Array:
    """Straight lines between the values of a table on an even grid; beyond its ends their values."""
    place = x - grid[0]
    place *= (grid.size - 1) / (grid[-1] - grid[0])
    np.minimum(np.maximum(place, 0, out=place), grid.size - 1 - ROUND, out=place)
    left = place.astype(np.intp)
    place -= left
    low = table.take(left)
    left += 1
    place *= table.take(left) - low
    place += low
    return np.asarray(place)


@dataclass(frozen=True)
class OpenGaps:
    """Where the sums stand with the gap that is open, (entities,).

    ``height``: the sum; ``rings``: whether its alarm rings; ``rings_after``: the silence at which it began to, infinite where it has not.
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
    rings = height >= threshold
    rings_after = np.full(height.size, np.inf)
    rings_after[rings] = law.silence((threshold - level)[rings], base[rings])
    return OpenGaps(height, rings, rings_after)
