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
from scipy.special import betainc, betaln

from analysis.core.errors import FitError
from analysis.models.dropout import BetaDropout, Dropout, EqualDropout, NoDropout, Odds
from analysis.models.newton import Array, Maximum, maximise
from analysis.models.repeat import RepeatRows, compress
from analysis.models.result import FitStatus, MaximumLikelihood
from analysis.models.slower_stopping import SlowerStopping

SAMPLE = 10_000  # rows that bring the start near enough for two or three steps on all rows
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
        longer = np.log1p((age - span) / (self.alpha + span))
        return np.where(m > 0, odds + (self.r + x) * longer, -np.inf)

    def expected_if_active(self, x: Array, age: Array, horizon: Array) -> Array:
        """Expected events in the horizon of an entity that is still active."""
        return self.dropout.expected(self.r + x, self.chances(x), horizon / (self.alpha + age))

    def no_event_if_active(self, x: Array, age: Array, horizon: Array) -> Array:
        """P(no event in the horizon) of an entity that is still active: nobody stops between events."""
        return np.asarray(np.exp(-(self.r + x) * np.log1p(horizon / (self.alpha + age))))

    def pmf_if_active(self, x: Array, age: Array, horizon: Array, k: Array) -> Array:
        """P(exactly k events in the horizon) of an entity that is still active.

        stay(k) P(N = k) + 1{k > 0} leave(k) P(N >= k), with N the negative binomial count without stopping.
        """
        s, w, m = self.r + x, horizon / (self.alpha + age), self.chances(x)
        some = np.maximum(k, 1)
        with np.errstate(divide="ignore"):  # ln 0 for a horizon of 0 is meant: e^-inf = 0
            log_share = np.log(w) - np.log1p(w)
        log_count = np.where(k > 0, some * log_share - betaln(s, some + 1.0) - np.log(s + some), 0)
        log_count = log_count - s * np.log1p(w)
        stay = np.exp(self.dropout.log_stay(m, k))
        beyond = betainc(some, s, w / (1 + w))
        last = np.where(k > 0, self.dropout.leave_share(m, some) * beyond, 0)
        return np.asarray(stay * (np.exp(log_count) + last))

    def sample_if_active(self, rng: np.random.Generator, x: Array, age: Array, horizon: float) -> Array:
        """Draw numbers of events in the horizon for entities that are still active."""
        count = rng.negative_binomial(self.r + x, 1 / (1 + horizon / (self.alpha + age)))
        some = np.flatnonzero(count)
        count[some] = np.minimum(count[some], self.dropout.sample_last(rng, self.chances(x[some])))
        return count

    def still_active(self, x: Array, age: Array, horizon: Array) -> Array:
        """P(still active after the horizon) of an entity that is active now: E[(1 + p w)^-s]."""
        return self.dropout.remain(self.r + x, self.chances(x), horizon / (self.alpha + age))

    def with_dropout_scaled(self, factor: float) -> SlowerStopping:
        """The same entities, each with its probability of stopping times ``factor`` from now on."""
        return SlowerStopping(self, factor)

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
        equal, none = likelihood.maximum(EqualDropout), likelihood.maximum(NoDropout)
        if none.value >= max(equal.value, found.value) - NEGLIGIBLE:
            return cls._result(none, NoDropout, FitStatus.NO_DROPOUT)
        if equal.value >= found.value - NEGLIGIBLE:
            return cls._result(equal, EqualDropout, FitStatus.EQUAL_DROPOUT)
        return cls._result(found, BetaDropout, FitStatus.EXTREME_DROPOUT)

    @classmethod
    def _result(cls, found: Maximum, law: type[Dropout], status: FitStatus) -> Self:
        r, alpha = np.exp(found.point[:2])
        own = law.from_free(found.point[2:])
        if found.loose[:2].any():
            status = FitStatus.EQUAL_RATES
        return cls(r=float(r), alpha=float(alpha), **vars(own), log_likelihood=found.value, n=round(found.n),
                   status=status, covariance=found.covariance().tolist())  # fmt: skip


class EventDropoutLikelihood:
    """Log-likelihood of weighted rows with gradient and Hessian in ln r, ln alpha and the law's own scale.

    Terms in x alone are sums over how many entities have more than j events, so no gamma function is needed
    and no digit is lost when a shape is large. A row costs two logarithms and one exponential.
    """

    def __init__(self, rows: RepeatRows, chance_at_first_event: int) -> None:
        self.rows = rows
        self.chance_at_first_event = chance_at_first_event
        self.beyond = counts_beyond(rows.x, rows.weight)
        self.chances = counts_beyond(rows.x + chance_at_first_event, rows.weight)
        self.steps = np.arange(1, self.chances.size + 1)

    def maximum(self, law: type[Dropout]) -> Maximum:
        """Maximise for one law of stopping; the centre makes the climb the same in every unit of time."""
        centre = np.zeros(2 + len(law.names))
        centre[1] = np.log((self.rows.weight * self.rows.age).sum() / self.beyond.sum())
        start = centre
        if self.rows.x.size > 2 * SAMPLE:
            sample = EventDropoutLikelihood(self.rows.thinned(SAMPLE), self.chance_at_first_event)
            start = sample._climb(law, centre, centre).point if sample.beyond.size else centre
        return self._climb(law, start, centre)

    def _climb(self, law: type[Dropout], start: Array, centre: Array) -> Maximum:
        return maximise(lambda free: self(free, law), start, centre=centre, n=self.rows.n)

    def __call__(self, free: Array, law: type[Dropout]) -> tuple[float, Array, Array]:
        """Value, gradient and Hessian."""
        r, alpha = np.exp(free[:2])
        own = law.from_free(free[2:])
        gradient, hessian = np.zeros(free.size), np.zeros((free.size, free.size))
        stay, gradient[2:], hessian[2:, 2:] = own.stay_sum(self.chances)
        rate = r + np.arange(self.beyond.size)
        value = stay + (self.beyond * np.log(rate)).sum() - np.log(alpha) * self.beyond.sum()
        gradient[0] = r * (self.beyond / rate).sum()
        hessian[0, 0] = gradient[0] - r * r * (self.beyond / rate**2).sum()
        for block in self.rows.blocks(0):
            value += _add_active(block, r, alpha, gradient, hessian)
        odds = own.odds(self.steps)
        if np.isfinite(odds[0]).all():
            for block in self.rows.blocks(1 - self.chance_at_first_event):
                here = block.x + self.chance_at_first_event - 1
                value += _add_stopped(block, here, r, alpha, odds, gradient, hessian)
        return float(value), gradient, hessian


def _add_active(rows: RepeatRows, r: float, alpha: float, gradient: Array, hessian: Array) -> float:
    """Add -(r + x) ln(1 + T / alpha), the time passed while active, and its derivatives in place."""
    x, age, weight = rows.x, rows.age, rows.weight
    log_gap, later = np.log1p(age / alpha), age / (alpha + age)
    passed = r * (weight * log_gap).sum()
    gradient[0] -= passed
    gradient[1] += (weight * ((r + x) * later - x)).sum()
    hessian[0, 0] -= passed
    hessian[0, 1] += r * (weight * later).sum()
    hessian[1, 0] = hessian[0, 1]
    hessian[1, 1] -= (weight * (r + x) * later * (1 - later)).sum()
    return float(-passed - (weight * x * log_gap).sum())


def _add_stopped(
    rows: RepeatRows, here: Array, r: float, alpha: float, odds: Odds, gradient: Array, hessian: Array
) -> float:
    """Add ln(1 + odds of having stopped), and its derivatives in place; ``here`` is the row of ``odds``."""
    shape, weight = r + rows.x, rows.weight
    table, slopes, bends = odds
    silence = rows.age - rows.span
    longer = np.log1p(silence / (alpha + rows.span))
    u, v = alpha / (alpha + rows.age), alpha / (alpha + rows.span)
    gap = -v * silence / (alpha + rows.age)  # u - v without cancellation
    log_odds = table[here] + shape * longer
    small = np.exp(-np.abs(log_odds))
    stopped = np.where(log_odds > 0, 1, small) / (1 + small)
    gone = weight * stopped
    spread = gone * (1 - stopped)
    first = [r * longer, shape * gap, *(slope[here] for slope in slopes)]
    for i, one in enumerate(first):
        gradient[i] += (gone * one).sum()
        carried = spread * one
        for j in range(i + 1):
            hessian[i, j] += (carried * first[j]).sum()
            hessian[j, i] = hessian[i, j]
    hessian[0, 0] += (gone * first[0]).sum()
    hessian[0, 1] += r * (gone * gap).sum()
    hessian[1, 0] = hessian[0, 1]
    hessian[1, 1] += (gone * first[1] * (1 - u - v)).sum()
    for i, bent in enumerate(bends, start=2):
        hessian[i, i] += (gone * bent[here]).sum()
    return float((weight * (np.maximum(log_odds, 0) + np.log1p(small))).sum())


def counts_beyond(x: Array, weight: Array) -> Array:
    """How many entities have more than j events, for j = 0, 1, ..., max - 1."""
    per_count = np.bincount(x, weights=weight)
    return np.asarray(per_count[::-1].cumsum()[::-1][1:])
