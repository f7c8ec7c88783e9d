"""Entities with a gamma-distributed rate of events that may stop after an event.

The ground of BG/NBD and of its relatives: they differ in whether the very first event can be the last one.
With s = r + x, w = t / (alpha + T), m = number of chances to stop so far, and the laws of ``dropout``:

    L = Gamma(s) / Gamma(r) alpha^r [ stay(m) (alpha + T)^-s + 1{m > 0} leave(m) (alpha + t_x)^-s ]

which is, in logarithms, ln L = ln L(still active) + ln(1 + odds of having stopped).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np

from analysis.models.distinct import once_each
from analysis.models.dropout import BetaDropout, Dropout, EqualDropout, NoDropout, Odds
from analysis.models.gamma_rates import GammaRateModel, RateLikelihood, counts_beyond
from analysis.models.negative_binomial import log_probability, survival
from analysis.models.newton import Array
from analysis.models.repeat import RepeatRows
from analysis.models.result import FitStatus
from analysis.models.slower_stopping import FutureDropout


@dataclass(frozen=True, kw_only=True)
class EventDropoutModel(GammaRateModel):
    """Parameters and formulas that the relatives share; a relative sets ``chance_at_first_event``.

    ``slower`` is a what-if: every probability of stopping times this factor from now on; the past is as it was.
    """

    a: float | None = None
    b: float | None = None
    p: float | None = None
    slower: float = 1.0

    parameter_names: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b", "p")
    probability_names: ClassVar[tuple[str, ...]] = ("p",)
    laws: ClassVar[dict[type[Any], FitStatus]] = {
        BetaDropout: FitStatus.EXTREME_DROPOUT,
        EqualDropout: FitStatus.EQUAL_DROPOUT,
        NoDropout: FitStatus.NO_DROPOUT,
    }
    chance_at_first_event: ClassVar[int] = 0

    @property
    def dropout(self) -> Dropout:
        """The law of stopping that was fitted."""
        if self.a is not None and self.b is not None:
            return BetaDropout(self.a, self.b)
        return NoDropout() if self.p is None else EqualDropout(self.p)

    @property
    def ahead(self) -> FutureDropout:
        """The law of stopping from now on."""
        return self.dropout.slowed(self.slower)

    def chances(self, x: Array) -> Array:
        """Chances to stop that x repeat events brought."""
        return np.asarray(x) + self.chance_at_first_event

    def log_odds_stopped(self, x: Array, span: Array, age: Array) -> Array:
        """ln of P(stopped) / P(still active), from the history alone."""
        m = self.chances(x)
        odds, _, _ = self.dropout.odds(np.maximum(m, 1))
        longer = np.log1p((age - span) / (self.alpha + span))
        return np.where(m > 0, odds + (self.r + x) * longer, -np.inf)

    def expected_if_active(self, x: Array, span: Array, age: Array, horizon: Array) -> Array:  # noqa: ARG002
        """Expected events in the horizon of an entity that is still active."""
        return once_each(
            lambda x, age, h: self.ahead.expected(self.r + x, self.chances(x), h / (self.alpha + age)),
            x, age, horizon,
        )  # fmt: skip

    def no_event_if_active(self, x: Array, span: Array, age: Array, horizon: Array) -> Array:  # noqa: ARG002
        """P(no event in the horizon) of an entity that is still active: nobody stops between events."""
        return np.asarray(np.exp(-(self.r + x) * np.log1p(horizon / (self.alpha + age))))

    def pmf_if_active(self, x: Array, span: Array, age: Array, horizon: Array, k: Array) -> Array:  # noqa: ARG002
        """P(exactly k events in the horizon) of an entity that is still active.

        stay(k) P(N = k) + 1{k > 0} leave(k) P(N >= k), with N the negative binomial count without stopping.
        """
        return once_each(self._pmf, x, age, horizon, k)

    def _pmf(self, x: Array, age: Array, horizon: Array, k: Array) -> Array:
        shape, ratio, m = self.r + x, horizon / (self.alpha + age), self.chances(x)
        some = np.maximum(k, 1)
        stay = np.exp(self.ahead.log_stay(m, k))
        last = np.where(k > 0, self.ahead.leave_share(m, some) * survival(some, shape, ratio), 0)
        return np.asarray(stay * (np.exp(log_probability(k, shape, ratio)) + last))

    def sample_if_active(
        self,
        rng: np.random.Generator,
        x: Array,
        span: Array,  # noqa: ARG002  silence tells nothing
        age: Array,
        horizon: float,
    ) -> Array:
        """Draw numbers of events in the horizon for entities that are still active."""
        count = rng.negative_binomial(self.r + x, 1 / (1 + horizon / (self.alpha + age)))
        some = np.flatnonzero(count)
        count[some] = np.minimum(count[some], self.ahead.sample_last(rng, self.chances(x[some])))
        return count

    def still_active(self, x: Array, span: Array, age: Array, horizon: Array) -> Array:  # noqa: ARG002
        """P(still active after the horizon) of an entity that is active now."""
        return once_each(
            lambda x, age, h: self.ahead.remain(self.r + x, self.chances(x), h / (self.alpha + age)),
            x, age, horizon,
        )  # fmt: skip

    def with_dropout_scaled(self, factor: float) -> Self:
        """The same entities, each with its probability of stopping times ``factor`` from now on."""
        return replace(self, slower=self.slower * factor)

    @classmethod
    def likelihood(cls, rows: RepeatRows) -> EventDropoutLikelihood:
        """The log-likelihood of the rows."""
        return EventDropoutLikelihood(rows, cls.chance_at_first_event)


class EventDropoutLikelihood(RateLikelihood):
    """Log-likelihood where entities may stop after an event. A row costs two logarithms and one exponential."""

    def __init__(self, rows: RepeatRows, chance_at_first_event: int) -> None:
        super().__init__(rows)
        self.chance_at_first_event = chance_at_first_event
        self.chances = counts_beyond(rows.x + chance_at_first_event, rows.weight)
        self.steps = np.arange(1, max(self.chances.size, 1) + 1)

    def on(self, rows: RepeatRows) -> Self:
        """The same likelihood of other rows."""
        return type(self)(rows, self.chance_at_first_event)

    def __call__(self, free: Array, law: type[Dropout]) -> tuple[float, Array, Array]:
        """Value, gradient and Hessian."""
        r, alpha = np.exp(free[:2])
        own = law.from_free(free[2:])
        gradient, hessian = np.zeros(free.size), np.zeros((free.size, free.size))
        value, gradient[2:], hessian[2:, 2:] = own.stay_sum(self.chances)
        value += self.add_counts(r, alpha, gradient, hessian)
        for block in self.rows.blocks(0):
            value += self.add_time(block, block.age, r, alpha, gradient, hessian)
        odds = own.odds(self.steps)
        if np.isfinite(odds[0]).all():
            for block in self.rows.blocks(1 - self.chance_at_first_event):
                here = block.x + self.chance_at_first_event - 1
                value += _add_stopped(block, here, r, alpha, odds, gradient, hessian)
        return float(value), gradient, hessian


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
