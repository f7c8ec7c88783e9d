"""Entities whose events come at regular gaps and that may stop after an event.

Every k-th of an entity's hidden pulses is an event, so its gaps follow an Erlang-k law: for k = 1 any gap
is as likely to end now, for larger k an event is due, and overdue. Pulses come at a rate of the entity's
own, from Gamma(r, alpha). With s = r + k x and the laws of ``dropout``:

    L = Gamma(s) / Gamma(r) alpha^r (alpha + t_x)^-s [stay(m) P(N < k) + 1{m > 0} leave(m)] x g

where N, the number of pulses in the silence T - t_x, is negative binomial with shape s and ratio
w = (T - t_x) / (alpha + t_x): the last gap is cut off by the end. g, the product over gaps of
gap^(k - 1) / Gamma(k), has no parameter but k.

The phase j < k, pulses since the last event, is hidden. All that is asked of the future is a mean over it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from scipy.special import gammaln

from analysis.models.distinct import once_each
from analysis.models.dropout import Dropout
from analysis.models.event_dropout import EventDropoutLikelihood, EventDropoutModel
from analysis.models.gamma_rates import RateLikelihood, climb_down
from analysis.models.negative_binomial import log_first, log_probability, survival
from analysis.models.newton import Array
from analysis.models.repeat import RepeatRows

RARE = 1e-6  # a chance of stopping below which 1 - (1 - p)^N loses digits, and N falls in proportion to it
SUREST = 1 - 1e-9
CELLS = 64_000


@dataclass(frozen=True, kw_only=True)
class RegularGapsModel(EventDropoutModel):
    """Parameters and formulas that the relatives share; k is chosen before the others are estimated."""

    k: int

    looks_at_silence: ClassVar[bool] = True

    @classmethod
    def fit_rows(cls, rows: RepeatRows, k: int = 1, log_gaps: float = 0.0) -> Self:
        """Estimate from distinct weighted rows; ``log_gaps`` is the sum of ln gap over all gaps."""
        likelihood = RegularGapsLikelihood(rows, cls.chance_at_first_event, k)
        gaps = float((rows.x * rows.weight).sum())
        constant = (k - 1) * log_gaps - gaps * float(gammaln(k))
        plain = EventDropoutModel.result(*climb_down(cls.laws, likelihood))
        return cls(**{**vars(plain), "log_likelihood": plain.llf + constant, "k": k})

    def refit(self, rows: RepeatRows) -> Self:
        """Estimate the same model from other rows, with the same k."""
        return type(self).fit_rows(rows, self.k)

    def log_odds_stopped(self, x: Array, span: Array, age: Array) -> Array:
        """ln of P(stopped) / P(still active), from the history alone."""
        m = self.chances(x)
        odds, _, _ = self.dropout.odds(np.maximum(m, 1))
        return np.where(m > 0, odds - _log_sum(self._log_phases(x, span, age)), -np.inf)

    def _log_phases(self, x: Array, span: Array, age: Array) -> Array:
        """ln P(j pulses in the silence so far), j = 0, ..., k - 1 along the first axis."""
        shape, ratio = np.broadcast_arrays(self.r + self.k * x, (age - span) / (self.alpha + span))
        return log_first(self.k, shape, ratio)

    def _over_phases(self, x: Array, span: Array, age: Array, values: Iterable[Array]) -> Array:
        """Mean of a value over the phases that an active entity may be in."""
        log_phase = self._log_phases(x, span, age)
        share = np.exp(log_phase - _log_sum(log_phase))
        return np.asarray(sum(share[j] * value for j, value in enumerate(values)))

    def expected_if_active(self, x: Array, span: Array, age: Array, horizon: Array) -> Array:
        """Expected events in the horizon, E[(1 - (1 - p)^N) / p] over the N that would come if nobody stopped."""
        return self._over_events(0, x, span, age, horizon)

    def still_active(self, x: Array, span: Array, age: Array, horizon: Array) -> Array:
        """P(still active after the horizon) of an entity that is active now, E[(1 - p)^N]."""
        return self._over_events(1, x, span, age, horizon)

    def _over_events(self, place: int, x: Array, span: Array, age: Array, horizon: Array) -> Array:
        """One of what ``_events_and_stay`` gives, averaged over the phases that an active entity may be in."""
        values = once_each(lambda *columns: self._events_and_stay(*columns)[place], x, age, horizon)
        return self._over_phases(x, span, age, values)

    def _events_and_stay(self, x: Array, age: Array, horizon: Array) -> Array:
        """Expected events, and P(still active), of entities in each phase, (2, phases, entities).

        In phase j, N = (j + i) // k for i pulses, which are negative binomial with shape s + j and ratio w, so that E[z^i] =
        (1 + w (1 - z))^-(s + j). (1 - p)^(n // k) is a sum over the k-th roots of unity: with q = (1 - p)^(1 / k),
        q^n q^-(n mod k) = sum over l of c_l (q e^(2 pi i l / k))^n, the c_l a discrete Fourier transform.
        """
        shape, ratio = self.r + self.k * x + np.arange(self.k)[:, None], horizon / (self.alpha + age)
        distinct, place = np.unique(self.chances(x), return_inverse=True)
        p, weight = self.ahead.points(distinct)
        rare = np.where(p > RARE, 0.0, weight)
        by_chance = (weight - rare) / np.maximum(p, RARE)
        most, parts = self._unstopped(shape, ratio), self._parts(p)
        fewer = most - (1 - self._passes(self._parts(np.full((1, 1), RARE)), slice(None), shape, ratio)[..., 0]) / RARE
        few = rare.sum(axis=1)[place] * most - (rare * p).sum(axis=1)[place] / RARE * fewer
        found = np.stack([few, np.ones(few.shape)])
        step = max(CELLS // p.shape[1], 1)
        for rows in (slice(i, i + step) for i in range(0, x.size, step)):
            own = place[rows]
            passes = self._passes(parts, own, shape[:, rows], ratio[rows])
            found[0, :, rows] += np.vecdot(by_chance[own], 1 - passes)
            found[1, :, rows] = np.vecdot(weight[own], passes)
        return np.where(horizon > 0, found, np.array([0.0, 1.0])[:, None, None])

    def _parts(self, p: Array) -> list[tuple[Array, Array]]:
        """What the points p alone decide, for each root of unity: c_l z^j of every phase, and 1 - z; z is q times the root."""
        log_q = np.log1p(-np.minimum(p, SUREST)) / self.k
        phase = np.arange(self.k)[:, None, None]
        found = []
        for part, turn in enumerate(self._turns):
            share = sum(np.exp(-log_q * n) * self._turns[-part * n % self.k] for n in range(self.k)) / self.k
            z = np.exp(log_q) * turn
            found.append((share * z**phase, -np.expm1(log_q) if part == 0 else 1 - z))
        return found

    @staticmethod
    def _passes(parts: list[tuple[Array, Array]], rows: Array | slice, shape: Array, ratio: Array) -> Array:
        """E[(1 - p)^N] over the number of pulses, (phases, entities, points); ``rows`` of the points of each entity."""
        found: Array = np.zeros(1)
        for share, fall in parts:
            longer = np.log1p(ratio[:, None] * fall[rows])
            found = found + (share[:, rows] * np.exp(-shape[..., None] * longer)).real
        return found

    def _unstopped(self, shape: Array, ratio: Array) -> Array:
        """E[N] by phase: pulses so far, less those that are no event yet, over k."""
        phase = np.arange(self.k)[:, None]
        left = np.zeros(shape.shape)
        for part, turn in enumerate(self._turns):
            share = sum(n * self._turns[-part * n % self.k] for n in range(self.k)) / self.k
            left += (share * turn**phase * np.exp(-shape * np.log(1 + ratio * (1 - turn)))).real
        return np.asarray((shape * ratio + phase - left) / self.k)

    @property
    def _turns(self) -> Array:
        """The k-th roots of unity; real ones where they are, which is faster."""
        turns = np.exp(2j * np.pi * np.arange(self.k) / self.k)
        return np.asarray(np.round(turns.real) if self.k <= 2 else turns)  # 2: plus and minus 1

    def no_event_if_active(self, x: Array, span: Array, age: Array, horizon: Array) -> Array:
        """P(no event in the horizon): fewer than k pulses since the latest event still."""
        later = _log_sum(self._log_phases(x, span, age + horizon))
        return np.asarray(np.exp(later - _log_sum(self._log_phases(x, span, age))))

    def pmf_if_active(self, x: Array, span: Array, age: Array, horizon: Array, k: Array) -> Array:
        """P(exactly k events in the horizon) of an entity that is still active."""
        values = [
            once_each(lambda *columns, j=j: self._pmf_in_phase(j, *columns), x, age, horizon, k)
            for j in range(self.k)
        ]
        return self._over_phases(x, span, age, values)

    def _pmf_in_phase(self, j: int, x: Array, age: Array, horizon: Array, k: Array) -> Array:
        """stay(k) P(N // k = count) + 1{count > 0} leave(count) P(N // k >= count), N pulses and the phase."""
        shape, ratio, m = self.r + self.k * x + j, horizon / (self.alpha + age), self.chances(x)
        first = self.k * k - j
        within = [log_probability(first + i, shape, ratio) for i in range(self.k)]
        exactly = np.exp(within).sum(axis=0)
        some = np.maximum(k, 1)
        beyond = np.where(k > 0, survival(self.k * some - j, shape, ratio), 0)
        last = self.ahead.leave_share(m, some) * beyond
        return np.asarray(np.exp(self.ahead.log_stay(m, k)) * (exactly + last))

    def sample_if_active(
        self, rng: np.random.Generator, x: Array, span: Array, age: Array, horizon: float
    ) -> Array:
        """Draw numbers of events in the horizon for entities that are still active."""
        log_phase = self._log_phases(x, span, age)
        passed = np.exp(log_phase - _log_sum(log_phase)).cumsum(axis=0)
        phase = np.minimum((rng.random(np.size(x)) > passed).sum(axis=0), self.k - 1)
        shape = self.r + self.k * x + phase
        count = (phase + rng.negative_binomial(shape, 1 / (1 + horizon / (self.alpha + age)))) // self.k
        some = np.flatnonzero(count)
        count[some] = np.minimum(count[some], self.ahead.sample_last(rng, self.chances(x[some])))
        return np.asarray(count)


class RegularGapsLikelihood(EventDropoutLikelihood):
    """Log-likelihood of regular gaps but for g, the part without parameters."""

    def __init__(self, rows: RepeatRows, chance_at_first_event: int, k: int) -> None:
        super().__init__(rows, chance_at_first_event)
        RateLikelihood.__init__(self, rows, k)

    def on(self, rows: RepeatRows) -> Self:
        """The same likelihood of other rows."""
        return type(self)(rows, self.chance_at_first_event, self.pulses)

    def __call__(self, free: Array, law: type[Dropout]) -> tuple[float, Array, Array]:
        """Value, gradient and Hessian."""
        r, alpha = np.exp(free[:2])
        own = law.from_free(free[2:])
        gradient, hessian = np.zeros(free.size), np.zeros((free.size, free.size))
        value, gradient[2:], hessian[2:, 2:] = own.stay_sum(self.chances)
        value += self.add_counts(r, alpha, gradient, hessian)
        odds, slopes, bends = own.odds(self.steps)
        for block in self.rows.blocks(0):
            value += self.add_time(block, block.span, r, alpha, gradient, hessian)
            m = block.x + self.chance_at_first_event
            here = np.maximum(m - 1, 0)
            log_leave = np.where(m > 0, odds[here], -np.inf)
            value += self._add_silence(
                block, r, alpha, log_leave, [one[here] for one in slopes], [one[here] for one in bends],
                gradient, hessian,
            )  # fmt: skip
        return float(value), gradient, hessian

    def _add_silence(
        self, rows: RepeatRows, r: float, alpha: float, log_leave: Array, slopes: list[Array],
        bends: list[Array], gradient: Array, hessian: Array,
    ) -> float:  # fmt: skip
        """Add ln [P(N < k) + odds], and its derivatives in place.

        A sum over what may have happened: a phase each, and having stopped. The slope is the mean slope of the
        terms' logarithms, and the bend their mean bend plus the spread of their slopes.
        """
        phase, shape = np.arange(self.pulses)[:, None], r + self.pulses * rows.x
        near, far = alpha / (alpha + rows.span), alpha / (alpha + rows.age)
        silence = rows.age - rows.span
        longer = -np.log1p(silence / (alpha + rows.span))
        log_phase = log_first(self.pulses, shape, silence / (alpha + rows.span))
        total = np.logaddexp(_log_sum(log_phase), log_leave)
        phases, gone = rows.weight * np.exp(log_phase - total), rows.weight * np.exp(log_leave - total)
        alone = 1 / (shape + phase)
        rising = np.cumsum(alone, axis=0) - alone
        later = near * silence / (alpha + rows.age)  # near - far without cancellation
        slope_r = r * (rising + longer)
        slope_alpha = shape * later - phase * far
        bend_r = slope_r - r * r * (np.cumsum(alone**2, axis=0) - alone**2)
        bend_alpha = shape * later * (1 - near - far) - phase * far * (1 - far)
        first = [phases * slope_r, phases * slope_alpha]
        means = [*(one.sum(axis=0) for one in first), *(gone * slope for slope in slopes)]
        for i, mean in enumerate(means):
            gradient[i] += mean.sum()
            for j in range(i + 1):
                spread = -(mean * means[j] / rows.weight).sum()
                if i < 2:
                    spread += (first[i] * (slope_r, slope_alpha)[j]).sum()
                elif j >= 2:
                    spread += (gone * slopes[i - 2] * slopes[j - 2]).sum()
                hessian[i, j] += spread
                hessian[j, i] = hessian[i, j]
        hessian[0, 0] += (phases * bend_r).sum()
        hessian[0, 1] += (phases * r * later).sum()
        hessian[1, 0] = hessian[0, 1]
        hessian[1, 1] += (phases * bend_alpha).sum()
        for i, bend in enumerate(bends, start=2):
            hessian[i, i] += (gone * bend).sum()
        return float((rows.weight * total).sum())


def _log_sum(log_terms: Array) -> Array:
    """ln of a sum along the first axis."""
    return np.asarray(np.logaddexp.reduce(log_terms, axis=0))
