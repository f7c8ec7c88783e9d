"""Plain rates of repeat events, without any law of stopping: what a fitted model has to beat, and what to
fall back on.

Both offer the formulas that ``forecast`` asks of a model, so they are used in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import pandas as pd
from scipy.special import gammaln, xlogy

from analysis.core.errors import FitError
from analysis.models.newton import Array
from analysis.models.repeat import checked_columns


@dataclass(frozen=True)
class TrailingRate:
    """Every entity goes on at its own rate so far, x / T: the baseline.

    An entity without a repeat event is expected to have none. The simulated rate is Gamma(x, T), whose
    mean is x / T: the posterior of a Poisson rate under the prior 1 / rate.
    """

    looks_at_silence: ClassVar[bool] = False

    def log_odds_stopped(self, x: Array, span: Array, age: Array) -> Array:  # noqa: ARG002  nobody stops
        """Nobody stops: ln 0."""
        return np.full(np.shape(x), -np.inf)

    def expected_if_active(self, x: Array, span: Array, age: Array, horizon: Array) -> Array:  # noqa: ARG002
        """x / T times the horizon."""
        return np.asarray(x * _per_day(age) * horizon)

    def no_event_if_active(self, x: Array, span: Array, age: Array, horizon: Array) -> Array:
        """Poisson: e^(-rate times horizon)."""
        return np.exp(-self.expected_if_active(x, span, age, horizon))

    def pmf_if_active(self, x: Array, span: Array, age: Array, horizon: Array, k: Array) -> Array:
        """Poisson probability of k events."""
        return _poisson(self.expected_if_active(x, span, age, horizon), k)

    def sample_if_active(
        self,
        rng: np.random.Generator,
        x: Array,
        span: Array,  # noqa: ARG002  silence tells nothing
        age: Array,
        horizon: float,
    ) -> Array:
        """Draw numbers of events."""
        return rng.poisson(rng.standard_gamma(x) * _per_day(age) * horizon)

    def still_active(self, x: Array, span: Array, age: Array, horizon: Array) -> Array:  # noqa: ARG002
        """Nobody stops: 1."""
        return np.ones(np.broadcast_shapes(np.shape(x), np.shape(age), np.shape(horizon)))

    def with_dropout_scaled(self, factor: float) -> Self:  # noqa: ARG002  nobody stops
        """The same: there is no stopping to change."""
        return self


@dataclass(frozen=True)
class Hiatus(TrailingRate):
    """The manager's rule: whoever is silent for longer than so many days has left, everybody else goes on as so far.

    * longest: silence in days after which nothing is expected any more.

    References
    ----------
    Wuebben & von Wangenheim (2008), Instant customer base analysis: managerial heuristics often "get it right",
    Journal of Marketing 72(3), 82-93.
    """

    longest: float

    def log_odds_stopped(self, x: Array, span: Array, age: Array) -> Array:  # noqa: ARG002  silence alone tells
        """Either certainly or certainly not."""
        return np.where(age - span > self.longest, np.inf, -np.inf)


def fit_hiatus(summary: pd.DataFrame, *, gaps: float) -> Hiatus:
    """The rule with a silence of ``gaps`` times the median of the entities' mean gaps.

    Parameters
    ----------
    summary : ``repeats``, ``span_days``, ``age_days``; somebody has a repeat event.
    """
    x, span, _ = checked_columns(summary)
    return Hiatus(float(gaps * np.median(span[x > 0] / x[x > 0])))


@dataclass(frozen=True)
class CommonRate:
    """All entities share one mean rate; their own rates vary around it as an exponential law.

    For histories that are too short or too few to tell entities apart. The exponential is the widest law
    for a positive quantity of which only the mean is known (Jaynes 1957), so the intervals are wide on
    purpose.

    * rate: mean number of repeat events per day of observation.
    * events: how many it was counted from; its logarithm is off by about one over their root. By default it is known.
    """

    rate: float
    events: float = np.inf

    looks_at_silence: ClassVar[bool] = False

    def log_odds_stopped(self, x: Array, span: Array, age: Array) -> Array:  # noqa: ARG002  nobody stops
        """Nobody stops: ln 0."""
        return np.full(np.shape(x), -np.inf)

    def expected_if_active(self, x: Array, span: Array, age: Array, horizon: Array) -> Array:  # noqa: ARG002
        """The common rate times the horizon."""
        return np.broadcast_to(self.rate * horizon, np.broadcast_shapes(np.shape(x), np.shape(age))) + 0.0

    def no_event_if_active(self, x: Array, span: Array, age: Array, horizon: Array) -> Array:
        """Geometric: 1 / (1 + rate times horizon)."""
        return 1 / (1 + self.expected_if_active(x, span, age, horizon))

    def pmf_if_active(self, x: Array, span: Array, age: Array, horizon: Array, k: Array) -> Array:
        """Geometric probability of k events."""
        none = self.no_event_if_active(x, span, age, horizon)
        return np.asarray(none * (1 - none) ** k)

    def sample_if_active(
        self, rng: np.random.Generator, x: Array, span: Array, age: Array, horizon: float
    ) -> Array:
        """Draw numbers of events."""
        return rng.geometric(self.no_event_if_active(x, span, age, np.asarray(horizon))) - 1

    def still_active(self, x: Array, span: Array, age: Array, horizon: Array) -> Array:  # noqa: ARG002
        """Nobody stops: 1."""
        return np.ones(np.broadcast_shapes(np.shape(x), np.shape(age), np.shape(horizon)))

    def with_dropout_scaled(self, factor: float) -> Self:  # noqa: ARG002  nobody stops
        """The same: there is no stopping to change."""
        return self


def fit_common_rate(summary: pd.DataFrame) -> CommonRate:
    """One rate for all: repeat events over days of observation.

    Parameters
    ----------
    summary : ``repeats``, ``span_days``, ``age_days``.

    Raises
    ------
    FitError : nobody has a repeat event.
    """
    x, _, age = checked_columns(summary)
    if x.sum() == 0:
        raise FitError("repeat summary", "needs repeat events", f"{x.size} entities with 0 repeats",
                       "Use a longer observation or a wider group")  # fmt: skip
    return CommonRate(float(x.sum() / age.sum()), float(x.sum()))


def draw_common_rates(summary: pd.DataFrame, *, draws: int, seed: int) -> list[CommonRate]:
    """Draw common rates from Gamma(events, days): how far the rate of so few events may be off."""
    x, _, age = checked_columns(summary)
    rates = np.random.default_rng(seed).standard_gamma(x.sum(), draws) / age.sum()
    return [CommonRate(float(rate), float(x.sum())) for rate in rates]


def _per_day(age: Array) -> Array:
    """1 / T; an entity seen for the first time on the last day has no rate yet."""
    return np.asarray(np.where(age > 0, 1 / np.maximum(age, 1), 0))


def _poisson(mean: Array, k: Array) -> Array:
    return np.asarray(np.exp(xlogy(k, mean) - mean - gammaln(k + 1.0)))
