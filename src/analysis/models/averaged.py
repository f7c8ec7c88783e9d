"""Several models of repeat events taken as one, each of them as likely as the others to be right.

For an entity with a history H, and models m = 1 .. M with P_m = P(active | H) by model m,

    P(active | H)           = sum_m P_m / M
    E[f(future) | active, H] = sum_m w_m E_m[f(future) | active, H],    w_m = P_m / sum_k P_k

so that what is expected, P(active) times it, is the mean of what the models expect. A draw of the future is one of a
model that was drawn first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
from scipy.special import expit, log_expit, softmax

from analysis.models.newton import Array

if TYPE_CHECKING:
    from analysis.models.forecast import RepeatModel


@dataclass(frozen=True)
class AveragedModel:
    """The average of several models, with the formulas that ``forecast`` asks of one."""

    models: tuple[RepeatModel, ...]
    looks_at_silence: ClassVar[bool] = True  # the models' weights do

    def log_odds_stopped(self, x: Array, span: Array, age: Array) -> Array:
        """ln of the mean P(stopped) over the mean P(active)."""
        odds = self._odds(x, span, age)
        with np.errstate(divide="ignore"):  # ln 0 where no model lets the entity stop
            return np.asarray(np.log(expit(odds).mean(axis=0)) - np.log(expit(-odds).mean(axis=0)))

    def expected_if_active(self, x: Array, span: Array, age: Array, horizon: Array) -> Array:
        """Expected events in the horizon."""
        return self._mean(lambda model: model.expected_if_active(x, span, age, horizon), x, span, age)

    def no_event_if_active(self, x: Array, span: Array, age: Array, horizon: Array) -> Array:
        """P(no event in the horizon)."""
        return self._mean(lambda model: model.no_event_if_active(x, span, age, horizon), x, span, age)

    def pmf_if_active(self, x: Array, span: Array, age: Array, horizon: Array, k: Array) -> Array:
        """P(exactly k events in the horizon)."""
        return self._mean(lambda model: model.pmf_if_active(x, span, age, horizon, k), x, span, age)

    def still_active(self, x: Array, span: Array, age: Array, horizon: Array) -> Array:
        """P(still active after the horizon)."""
        return self._mean(lambda model: model.still_active(x, span, age, horizon), x, span, age)

    def sample_if_active(self, rng: np.random.Generator, x: Array, span: Array, age: Array, horizon: float) -> Array:
        """Draw numbers of events, each from a model drawn by its weight."""
        upto = np.cumsum(self._weights(x, span, age), axis=0)[:-1]
        chosen = (rng.random(np.size(x)) > upto).sum(axis=0)
        found = np.zeros(np.size(x), np.int64)
        for place, model in enumerate(self.models):
            rows = np.flatnonzero(chosen == place)
            found[rows] = model.sample_if_active(rng, x[rows], span[rows], age[rows], horizon)
        return found

    def with_dropout_scaled(self, factor: float) -> Self:
        """Every model with its chances of stopping times ``factor`` from now on."""
        return type(self)(tuple(model.with_dropout_scaled(factor) for model in self.models))

    def _mean(self, of: Callable[[RepeatModel], Array], x: Array, span: Array, age: Array) -> Array:
        weights = self._weights(x, span, age)
        return np.asarray(sum(weight * of(model) for weight, model in zip(weights, self.models, strict=True)))

    def _weights(self, x: Array, span: Array, age: Array) -> Array:
        return np.asarray(softmax(log_expit(-self._odds(x, span, age)), axis=0))

    def _odds(self, x: Array, span: Array, age: Array) -> Array:
        return np.stack([np.broadcast_to(model.log_odds_stopped(x, span, age), np.shape(x)) for model in self.models])
