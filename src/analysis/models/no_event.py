"""The probability of no event, how far its parameters leave it open, and how many entities have none.

A fit with parameters theta, known with covariance V, leaves a probability p(theta) open. With v_j the principal axes of V,
each as long as one standard deviation, and L the log-odds, the variance of the log-odds is, to first order,

    sum over j of [(L(theta + v_j) - L(theta - v_j)) / 2]^2,

so the interval is made where it cannot leave 0 to 1. A weighted sum S = sum of w p over entities moves along the same
axes; entities differ by chance, with variance sum of w^2 p (1 - p). An error of the level that all share, t on the scale of
the log-odds, adds t^2 to the variance of each, and t^2 (sum of w p (1 - p))^2 to that of the sum.

References
----------
Casella & Berger (2002), Statistical Inference, section 5.5.4, for the first order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pandas as pd
from scipy.special import expit, logit, ndtri

from analysis.models.distinct import distinct_rows
from analysis.models.forecast import RepeatModel
from analysis.models.newton import Array
from analysis.models.no_event_logit import NoEventLogit
from analysis.models.rates import CommonRate
from analysis.models.repeat import checked_columns
from analysis.models.result import MaximumLikelihood
from analysis.models.value_paths import is_vague

Fit = RepeatModel | NoEventLogit
Axes = Sequence[tuple[Fit, Fit]]
EDGE = 1e-12  # log-odds of certainty end there


@dataclass(frozen=True)
class NoEvent:
    """P(no event within a time) of each kind of entity, and what is open of it.

    Attributes
    ----------
    chance : by kind. moved : the same a standard deviation along each axis, there and back. kind : of each entity.
    """

    chance: Array
    moved: list[tuple[Array, Array]]
    kind: Array

    @property
    def values(self) -> Array:
        """P(no event) of each entity."""
        return self.chance[self.kind]

    def ends(self, *, level: float, shared: float = 0.0) -> tuple[Array, Array]:
        """Interval of each entity's probability; ``shared`` is the standard deviation of the level that all share."""
        centre, variance = _log_odds(self.chance), np.full(self.chance.size, shared**2)
        for there, back in self.moved:
            variance += ((_log_odds(there) - _log_odds(back)) / 2) ** 2
        half = ndtri((1 + level) / 2) * np.sqrt(variance)
        low, high = np.minimum(expit(centre - half), self.chance), np.maximum(expit(centre + half), self.chance)
        return low[self.kind], high[self.kind]

    def corrected(self, a: float, b: float) -> Self:
        """The same with log-odds ``a + b`` times as they are."""

        def moved(chance: Array) -> Array:
            return np.asarray(expit(a + b * _log_odds(chance)))

        return replace(self, chance=moved(self.chance), moved=[(moved(there), moved(back)) for there, back in self.moved])

    def at_most(self, other: Self) -> Self:
        """The same where ``other``, of the same entities in a shorter time, is not below it: a longer time has no fewer events."""
        return replace(self, chance=np.minimum(self.chance, other.chance))

    def total(self, weight: Array, *, level: float, shared: float = 0.0) -> tuple[float, float, float]:
        """Weight of the entities that will have no event, with the ends of its interval.

        Parameters
        ----------
        weight : of each entity, none below 0.
        """
        size = self.chance.size
        once, twice = np.bincount(self.kind, weight, size), np.bincount(self.kind, weight**2, size)
        value, scatter = float((once * self.chance).sum()), self.chance * (1 - self.chance)
        variance = (twice * scatter).sum() + (shared * (once * scatter).sum()) ** 2
        variance += sum(((once * there).sum() - (once * back).sum()) ** 2 / 4 for there, back in self.moved)
        half = float(ndtri((1 + level) / 2) * np.sqrt(variance))
        return value, max(value - half, 0.0), min(value + half, max(float(weight.sum()), value))


def no_event(fit: Fit, axes: Axes, summary: pd.DataFrame, horizon: float) -> NoEvent:
    """Compute it once for each kind of history.

    Parameters
    ----------
    axes : by ``axes_of``; none where only the probability is asked for.
    summary : ``repeats, span_days, age_days``.
    horizon : time ahead, in the unit of the summary's times.
    """
    columns = checked_columns(summary)
    chosen, kind = distinct_rows(*columns)
    rows = [column[chosen] for column in columns]
    moved = [(_chance(there, rows, horizon), _chance(back, rows, horizon)) for there, back in axes]
    return NoEvent(_chance(fit, rows, horizon), moved, kind)


def axes_of(fit: Fit) -> Axes:
    """The fit moved by a standard deviation along each axis, there and back; nothing of rules, and of vague fits."""
    if isinstance(fit, MaximumLikelihood):
        return [] if is_vague(fit) else [(fit.at(fit.free + step), fit.at(fit.free - step)) for step in _steps(fit.covariance)]
    if isinstance(fit, CommonRate):
        step = float(np.exp(1 / np.sqrt(fit.events)))
        return [(replace(fit, rate=fit.rate * step), replace(fit, rate=fit.rate / step))]
    if isinstance(fit, NoEventLogit):
        return [(fit.at(fit.free + step), fit.at(fit.free - step)) for step in _steps(fit.covariance)]
    return []


def _steps(covariance: Array | Sequence[Sequence[float]]) -> Array:
    values, vectors = np.linalg.eigh(np.array(covariance, float))
    return np.asarray((vectors * np.sqrt(np.maximum(values, 0))).T)


def _chance(fit: Fit, rows: list[Array], horizon: float) -> Array:
    x, span, age = rows
    if isinstance(fit, NoEventLogit):
        return fit.chance(x, span, age)
    active = expit(-fit.log_odds_stopped(x, span, age))
    return np.asarray(1 - active * (1 - fit.no_event_if_active(x, span, age, np.asarray(horizon, float))))


def _log_odds(chance: Array) -> Array:
    return np.asarray(logit(np.clip(chance, EDGE, 1 - EDGE)))
