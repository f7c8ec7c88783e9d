"""Entities with a gamma-distributed rate of events that may stop after an event.

The ground of BG/NBD and of its relatives: they differ in whether the very first event can be the last one.
With s = r + x, w = t / (alpha + T), m = number of chances to stop so far, and the laws of ``dropout``:

    L = Gamma(s) / Gamma(r) alpha^r [ stay(m) (alpha + T)^-s + 1{m > 0} leave(m) (alpha + t_x)^-s ]

which is, in logarithms, ln L = ln L(still active) + ln(1 + odds of having stopped).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import pandas as pd
from scipy.special import betainc, betaln, expit, log1p

from analysis.core.errors import FitError
from analysis.models.dropout import BetaDropout, Dropout, EqualDropout, NoDropout
from analysis.models.newton import Array, Maximum, maximise
from analysis.models.repeat import RepeatRows, compress
from analysis.models.result import FitStatus, MaximumLikelihood

NEGLIGIBLE = 0.01  # a gain in log-likelihood that is no evidence for one more parameter


@dataclass(frozen=True, kw_only=True)
class EventDropoutModel(MaximumLikelihood):
    """Parameters and formulas that the relatives share; a relative sets ``chance_at_first_event``."""

    r: float
    alpha: float
    a: float | None = None
    b: float | None = None
    p: float | None = None

    parameter_names: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b", "p")
    probability_names: ClassVar[tuple[str, ...]] = ("p",)
    chance_at_first_event: ClassVar[int] = 0

    @property
    def dropout(self) -> Dropout:
        """The law of stopping that was fitted."""
        if self.a is not None and self.b is not None:
            return BetaDropout(self.a, self.b)
        return NoDropout() if self.p is None else EqualDropout(self.p)

    def chances(self, x: Array) -> Array:
        """Chances to stop that x repeat events brought."""
        return np.asarray(x) + self.chance_at_first_event

    def log_odds_stopped(self, x: Array, span: Array, age: Array) -> Array:
        """ln of P(stopped) / P(still active), from the history alone."""
        m = self.chances(x)
        odds, _, _ = self.dropout.odds(np.maximum(m, 1))
        longer = log1p((age - span) / (self.alpha + span))
        return np.where(m > 0, odds + (self.r + x) * longer, -np.inf)

    def expected_if_active(self, x: Array, age: Array, horizon: Array) -> Array:
        """Expected events in the horizon of an entity that is still active."""
        return self.dropout.expected(self.r + x, self.chances(x), horizon / (self.alpha + age))

    def no_event_if_active(self, x: Array, age: Array, horizon: Array) -> Array:
        """P(no event in the horizon) of an entity that is still active: nobody stops between events."""
        return np.exp(-(self.r + x) * log1p(horizon / (self.alpha + age)))

    def pmf_if_active(self, x: Array, age: Array, horizon: Array, k: Array) -> Array:
        """P(exactly k events in the horizon) of an entity that is still active.

        stay(k) P(N = k) + 1{k > 0} leave(k) P(N >= k), with N the negative binomial count without stopping.
        """
        s, w, m = self.r + x, horizon / (self.alpha + age), self.chances(x)
        some = np.maximum(k, 1)
        with np.errstate(divide="ignore"):  # ln 0 for a horizon of 0 is meant: e^-inf = 0
            log_share = np.log(w) - log1p(w)
        log_count = np.where(k > 0, some * log_share - betaln(s, some + 1.0) - np.log(s + some), 0)
        log_count = log_count - s * log1p(w)
        stay = np.exp(self.dropout.log_stay(m, k))
        beyond = betainc(some, s, w / (1 + w))
        return stay * (np.exp(log_count) + np.where(k > 0, self.dropout.leave_share(m, some) * beyond, 0))

    def sample_if_active(self, rng: np.random.Generator, x: Array, age: Array, horizon: float) -> Array:
        """Draw numbers of events in the horizon for entities that are still active."""
        count = rng.negative_binomial(self.r + x, 1 / (1 + horizon / (self.alpha + age)))
        some = np.flatnonzero(count)
        count[some] = np.minimum(count[some], self.dropout.sample_last(rng, self.chances(x[some])))
        return count

    @classmethod
    def fit(cls, summary: pd.DataFrame) -> Self:
        """Estimate by maximum likelihood; where the data cannot tell, estimate the limit model and say so."""
        rows = compress(summary)
        if (rows.x * rows.weight).sum() == 0:
            raise FitError("repeat summary", "needs repeat events", f"{rows.n:.0f} entities with 0 repeats",
                           "Use a longer observation or a wider group")  # fmt: skip
        return cls.fit_rows(rows)

    @classmethod
    def fit_rows(cls, rows: RepeatRows) -> Self:
        """Estimate from distinct weighted rows, from the general law of stopping to the bare one."""
        likelihood = EventDropoutLikelihood(rows, cls.chance_at_first_event)
        found = likelihood.maximum(BetaDropout)
        if found.identified:
            return cls._result(found, BetaDropout, FitStatus.IDENTIFIED)
        equal = likelihood.maximum(EqualDropout)
        none = likelihood.maximum(NoDropout)
        if none.value >= max(equal.value, found.value) - NEGLIGIBLE:
            return cls._result(none, NoDropout, FitStatus.NO_DROPOUT)
        if equal.value >= found.value - NEGLIGIBLE:
            return cls._result(equal, EqualDropout, FitStatus.EQUAL_DROPOUT)
        status = FitStatus.EXTREME_DROPOUT if found.runaway[2:].any() else FitStatus.EQUAL_RATES
        return cls._result(found, BetaDropout, status)

    @classmethod
    def _result(cls, found: Maximum, law: type[Dropout], status: FitStatus) -> Self:
        r, alpha = np.exp(found.point[:2])
        own = law.from_free(found.point[2:])
        return cls(r=float(r), alpha=float(alpha), **vars(own), log_likelihood=found.value, n=round(found.n),
                   status=status, covariance=found.covariance().tolist())  # fmt: skip


class EventDropoutLikelihood:
    """Log-likelihood of weighted rows with gradient and Hessian in ln r, ln alpha and the law's own scale.

    Terms in x alone are sums over how many entities have more than j events, so no gamma function is needed
    and no digit is lost when a shape is large. A row costs two logarithms and one exponential.
    """

    def __init__(self, rows: RepeatRows, chance_at_first_event: int) -> None:
        self.rows = rows
        self.beyond = counts_beyond(rows.x, rows.weight)
        m = rows.x + chance_at_first_event
        self.chances = counts_beyond(m, rows.weight)
        self.may_stop = slice(int(np.searchsorted(m, 1)), None)
        self.m = m[self.may_stop]
        self.steps = np.arange(1, self.chances.size + 1)

    def maximum(self, law: type[Dropout]) -> Maximum:
        """Maximise for one law of stopping; the start makes the climb the same in every unit of time."""
        rows = self.rows
        scale = (rows.weight * rows.age).sum() / (rows.weight * rows.x).sum()
        start = np.zeros(2 + len(law.names))
        start[1] = np.log(scale)
        return maximise(lambda free: self(free, law), start, n=rows.n)

    def __call__(self, free: Array, law: type[Dropout]) -> tuple[float, Array, Array]:
        """Value, gradient and Hessian."""
        r, alpha = np.exp(free[:2])
        own = law.from_free(free[2:])
        value, slope, bend = self._active(r, alpha)
        stay, stay_slope, stay_bend = own.stay_sum(self.chances)
        gradient, hessian = np.zeros(free.size), np.zeros((free.size, free.size))
        gradient[:2], gradient[2:] = slope, stay_slope
        hessian[:2, :2], hessian[2:, 2:] = bend, stay_bend
        value += stay + self._stopped(r, alpha, own, gradient, hessian)
        return float(value), gradient, hessian

    def _active(self, r: float, alpha: float) -> tuple[float, Array, Array]:
        """The part of an entity that is still active, without the law of stopping."""
        x, age, weight = self.rows.x, self.rows.age, self.rows.weight
        rate = r + np.arange(self.beyond.size)
        log_gap = log1p(age / alpha)
        later = age / (alpha + age)
        total = (self.beyond * np.log(rate)).sum() - (weight * ((r + x) * log_gap)).sum()
        value = total - np.log(alpha) * (weight * x).sum()
        d_r = r * ((self.beyond / rate).sum() - (weight * log_gap).sum())
        d_alpha = (weight * (r * later - x * (1 - later))).sum()
        rr = d_r - r * r * (self.beyond / rate**2).sum()
        ra = r * (weight * later).sum()
        aa = -(weight * (r + x) * later * (1 - later)).sum()
        return float(value), np.array([d_r, d_alpha]), np.array([[rr, ra], [ra, aa]])

    def _stopped(self, r: float, alpha: float, own: Dropout, gradient: Array, hessian: Array) -> float:
        """Add ln(1 + odds of having stopped), and its derivatives in place."""
        rows, cut = self.rows, self.may_stop
        x, span, age, weight = rows.x[cut], rows.span[cut], rows.age[cut], rows.weight[cut]
        table, slopes, bends = own.odds(self.steps)
        if x.size == 0 or not np.isfinite(table).all():
            return 0.0
        here = self.m - 1
        longer = log1p((age - span) / (alpha + span))
        u, v = alpha / (alpha + age), alpha / (alpha + span)
        gap = -v * (age - span) / (alpha + age)  # u - v without cancellation
        log_odds = table[here] + (r + x) * longer
        gone = weight * expit(log_odds)
        spread = gone * expit(-log_odds)
        first = [r * longer, (r + x) * gap, *(slope[here] for slope in slopes)]
        for i, one in enumerate(first):
            gradient[i] += (gone * one).sum()
            carried = spread * one
            for j, other in enumerate(first[: i + 1]):
                added = (carried * other).sum()
                hessian[i, j] += added
                hessian[j, i] += added * (i != j)
        mixed = (gone * r * gap).sum()
        hessian[0, 0] += (gone * r * longer).sum()
        hessian[0, 1] += mixed
        hessian[1, 0] += mixed
        hessian[1, 1] += (gone * (r + x) * gap * (1 - u - v)).sum()
        for i, bent in enumerate(bends, start=2):
            hessian[i, i] += (gone * bent[here]).sum()
        return float((weight * np.logaddexp(0, log_odds)).sum())


def counts_beyond(x: Array, weight: Array) -> Array:
    """How many entities have more than j events, for j = 0, 1, ..., max - 1."""
    per_count = np.bincount(x, weights=weight)
    return np.asarray(per_count[::-1].cumsum()[::-1][1:])
