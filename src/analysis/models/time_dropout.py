"""Entities with a gamma-distributed rate of events that may stop at any moment, also between events.

The ground of Pareto/NBD and of its relatives, which differ in the law of lifetimes. With s = r + x:

    L = Gamma(s) / Gamma(r) alpha^r [S(T) (alpha + T)^-s + integral from t_x to T of f(u) (alpha + u)^-s du]

which is, in logarithms, ln L = ln L(still active) + ln(1 + odds of having stopped).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
from scipy.special import expit

from analysis.models.ageing import AgeingLifetime
from analysis.models.distinct import once_each
from analysis.models.gamma_rates import GammaRateModel, RateLikelihood
from analysis.models.lifetime import EndlessLifetime, EqualLifetime, GammaLifetime, Lifetime
from analysis.models.negative_binomial import log_probability
from analysis.models.newton import Array
from analysis.models.quadrature import (
    BLOCK,
    FINE_POINTS,
    active_time,
    log_odds,
    points_between,
    points_of_silence,
)
from analysis.models.repeat import RepeatRows
from analysis.models.result import FitStatus

ROWS = 2048  # at once: fewer cost more in calls, more cost more in memory; OpenBLAS takes more threads from 10,000 on


@dataclass(frozen=True, kw_only=True)
class TimeDropoutModel(GammaRateModel):
    """Parameters and formulas that the relatives share; a relative sets its laws.

    ``slower`` is a what-if: every rate of stopping times this factor from now on; the past is as it was.
    """

    s: float | None = None
    beta: float | None = None
    b: float | None = None
    mu: float | None = None
    slower: float = 1.0

    parameter_names: ClassVar[tuple[str, ...]] = ("r", "alpha", "s", "beta", "b", "mu")
    laws: ClassVar[dict[type[Any], FitStatus]] = {
        GammaLifetime: FitStatus.EXTREME_DROPOUT,
        EqualLifetime: FitStatus.EQUAL_DROPOUT,
        EndlessLifetime: FitStatus.NO_DROPOUT,
    }

    @classmethod
    def likelihood(cls, rows: RepeatRows) -> TimeDropoutLikelihood:
        """The log-likelihood of the rows."""
        return TimeDropoutLikelihood(rows)

    @property
    def lifetime(self) -> Lifetime:
        """The law of lifetimes that was fitted."""
        if self.s is not None and self.beta is not None:
            gamma = self.s, self.beta
            return GammaLifetime(*gamma) if self.b is None else AgeingLifetime(*gamma, self.b)
        return EndlessLifetime() if self.mu is None else EqualLifetime(self.mu)

    def ahead(self, age: Array) -> Lifetime:
        """The law of an entity that is active at ``age``, from now on."""
        return self.lifetime.after(age).slowed(self.slower)

    def log_odds_stopped(self, x: Array, span: Array, age: Array) -> Array:
        """ln of P(stopped) / P(still active), from the history alone."""
        return log_odds(self.lifetime, self.r + x, np.asarray(self.alpha), span, age)

    def expected_if_active(self, x: Array, span: Array, age: Array, horizon: Array) -> Array:  # noqa: ARG002
        """Expected events in the horizon: mean rate times expected time until the entity stops."""
        active = once_each(lambda age, h: active_time(self.ahead(age), 0.0, h), age, horizon)
        return np.asarray((self.r + x) / (self.alpha + age) * active)

    def no_event_if_active(self, x: Array, span: Array, age: Array, horizon: Array) -> Array:  # noqa: ARG002
        """P(no event in the horizon): it stays active and silent, or is silent until it stops."""
        x, age, horizon = np.broadcast_arrays(x, age, horizon)
        law, shape, alpha = self.ahead(age), self.r + x, self.alpha + age
        odds = log_odds(law, shape, alpha, np.zeros(horizon.shape), horizon)
        silent = law.log_stay(horizon) - shape * np.log1p(horizon / alpha)
        return np.asarray(np.exp(silent + np.logaddexp(0, odds)))

    def pmf_if_active(self, x: Array, span: Array, age: Array, horizon: Array, k: Array) -> Array:  # noqa: ARG002
        """P(exactly k events in the horizon) of an entity that is still active.

        S(h) P(N(h) = k) + integral of f(u) P(N(u) = k) du, with N the negative binomial count.
        """
        return once_each(self._pmf, x, age, horizon, k)

    def _pmf(self, x: Array, age: Array, horizon: Array, k: Array) -> Array:
        if not horizon.any():
            return np.asarray((k == 0) + 0.0)
        law, shape, alpha = self.ahead(age), self.r + x, self.alpha + age
        value = np.exp(law.log_stay(horizon) + log_probability(k, shape, horizon / alpha))
        for i in range(0, value.size, BLOCK):
            rows = slice(i, i + BLOCK)
            some = law.rows(rows)
            c = np.minimum(alpha[rows], some.unit)
            end = horizon[rows]
            v, log_weight = points_between(
                some, c, 0.0 * end, end, some.steepness(c, 0.0 * end) - 1, FINE_POINTS
            )
            u = some.unclock(v)
            counts = log_probability(k[rows], shape[rows], u / alpha[rows])
            stops = some.leave(u, end)[0] + some.log_stay(end)
            value[rows] += np.exp(stops + counts + log_weight).sum(axis=0)
        return np.asarray(value)

    def sample_if_active(
        self,
        rng: np.random.Generator,
        x: Array,
        span: Array,  # noqa: ARG002  silence tells nothing
        age: Array,
        horizon: float,
    ) -> Array:
        """Draw numbers of events in the horizon for entities that are still active."""
        rate = rng.standard_gamma(self.r + x) / (self.alpha + age)
        return rng.poisson(rate * np.minimum(self.ahead(age).sample(rng, np.size(x)), horizon))

    def still_active(self, x: Array, span: Array, age: Array, horizon: Array) -> Array:  # noqa: ARG002
        """P(still active after the horizon) of an entity that is active now."""
        return np.asarray(np.exp(self.ahead(age).log_stay(horizon)) + 0 * x)

    def with_dropout_scaled(self, factor: float) -> Self:
        """The same entities, each with its rate of stopping times ``factor`` from now on."""
        return replace(self, slower=self.slower * factor)


class TimeDropoutLikelihood(RateLikelihood):
    """Log-likelihood where entities may stop at any moment."""

    def on(self, rows: RepeatRows) -> Self:
        """The same likelihood of other rows."""
        return type(self)(rows)

    def __call__(self, free: Array, law: type[Lifetime]) -> tuple[float, Array, Array]:
        """Value, gradient and Hessian."""
        r, alpha = np.exp(free[:2])
        own = law.from_free(free[2:])
        gradient, hessian = np.zeros(free.size), np.zeros((free.size, free.size))
        value = self.add_counts(r, alpha, gradient, hessian)
        for block in self.rows.blocks(0):
            value += self.add_time(block, block.age, r, alpha, gradient, hessian)
            stay, slopes, bends = own.stay(block.age)
            value += (block.weight * stay).sum()
            for i, slope in enumerate(slopes, start=2):
                gradient[i] += (block.weight * slope).sum()
            for (i, j), bend in bends.items():
                _add(hessian, i + 2, j + 2, (block.weight * bend).sum())
        if own.names:
            for block in self.rows.blocks(0, ROWS):
                value += _add_stopped(block, r, alpha, own, gradient, hessian)
        return float(value), gradient, hessian


def _add_stopped(
    rows: RepeatRows, r: float, alpha: float, law: Lifetime, gradient: Array, hessian: Array
) -> float:
    """Add ln(1 + odds of having stopped), and its derivatives in place.

    The slope is the mean slope of the integrand, and the bend its mean bend plus the spread of its slopes.
    """
    silent = np.flatnonzero(rows.age > rows.span)
    rows = RepeatRows(rows.x[silent], rows.span[silent], rows.age[silent], rows.weight[silent])
    shape, end, weight = r + rows.x, rows.age, rows.weight
    u, log_weight, log_near = points_of_silence(law, shape, np.asarray(alpha), rows.span, end)
    leave, slopes, bends = law.leave(u, end)
    far = alpha / (alpha + end)
    later = far - alpha / (alpha + u)
    node = shape * log_near
    node += leave
    node += log_weight
    peak = node.max(axis=0)
    node -= peak
    np.exp(node, out=node)
    total = node.sum(axis=0)
    odds = peak + np.log(total) - shape * np.log(far)
    node *= weight * expit(odds) / total
    log_near -= np.log(far)
    log_near *= r
    later *= shape
    first = [log_near, later, *slopes]
    means = np.empty((len(first), shape.size))
    for i, one in enumerate(first):
        carried = node * one
        carried.sum(axis=0, out=means[i])
        for j in range(i + 1):
            _add(hessian, i, j, _inner(carried, first[j]))
        if i == 1:  # the bend in ln alpha is shape later (1 - 2 far + later)
            own = means[1] * (1 - 2 * far) + np.einsum("kn,kn->n", carried, later) / shape
            _add(hessian, 1, 1, float(own.sum()))
    gradient += means.sum(axis=1)
    hessian -= np.einsum("in,jn->ij", means / weight, means)
    _add(hessian, 0, 0, means[0].sum())
    _add(hessian, 1, 0, (means[1] * r / shape).sum())
    for (i, j), bend in bends.items():
        _add(hessian, i + 2, j + 2, _inner(node, bend))
    return float((weight * np.logaddexp(0, odds)).sum())


def _inner(a: Array, b: Array) -> float:
    """Sum of products, point by point: rows so short are left by BLAS to one thread."""
    return float(np.vecdot(a, b).sum())


def _add(matrix: Array, i: int, j: int, value: float) -> None:
    """Add to a symmetric matrix."""
    matrix[i, j] += value
    if i != j:
        matrix[j, i] += value
