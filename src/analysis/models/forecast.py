"""What a fitted model of repeat events says about the past and the future; the same for every such model.

A model brings its formulas for an entity that is still active, and the odds that it is not. All of them take
the history x, t_x, T: where gaps are regular, the silence so far tells when the next event is due. The rest is the
law of total probability: P = P(active) x P(if active). All times are in the unit of the fitted summary.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Protocol, Self

import numpy as np
import pandas as pd
from scipy.special import expit

from analysis.models.averaged import AveragedModel
from analysis.models.distinct import distinct_rows
from analysis.models.newton import Array
from analysis.models.repeat import checked_columns


class RepeatModel(Protocol):
    """The formulas that a model of repeat events brings (arrays in, arrays out).

    ``looks_at_silence`` says whether t_x matters for the future of an entity that is still active.
    """

    looks_at_silence: ClassVar[bool]

    def log_odds_stopped(self, x: Array, span: Array, age: Array) -> Array: ...
    def expected_if_active(self, x: Array, span: Array, age: Array, horizon: Array) -> Array: ...
    def no_event_if_active(self, x: Array, span: Array, age: Array, horizon: Array) -> Array: ...
    def pmf_if_active(self, x: Array, span: Array, age: Array, horizon: Array, k: Array) -> Array: ...
    def sample_if_active(
        self, rng: np.random.Generator, x: Array, span: Array, age: Array, horizon: float
    ) -> Array: ...
    def still_active(self, x: Array, span: Array, age: Array, horizon: Array) -> Array: ...
    def with_dropout_scaled(self, factor: float) -> Self: ...


def probability_alive(fit: RepeatModel, summary: pd.DataFrame) -> pd.Series:
    """How likely each entity is still active at the end of observation.

    Parameters
    ----------
    summary : ``repeats``, ``span_days``, ``age_days``; its index is kept.

    References
    ----------
    Fader, Hardie & Lee (2008), Computing P(alive) using the BG/NBD model, note 021, equation 1.
    """
    x, span, age = checked_columns(summary)
    return pd.Series(expit(-fit.log_odds_stopped(x, span, age)), summary.index, name="probability_alive")


def expected_events(fit: RepeatModel, summary: pd.DataFrame, *, horizon_days: float) -> pd.Series:
    """How many events to expect from each entity in the next ``horizon_days``.

    References
    ----------
    Fader, Hardie & Lee (2005), equation 10, for BG/NBD.
    """
    return weighed_events(fit, summary, [horizon_days], [[1.0]])[0]


def weighed_events(fit: RepeatModel, summary: pd.DataFrame, days: Sequence[float] | Array, weights: Sequence[Sequence[float]] | Array) -> list[pd.Series]:
    """Sums of the events to expect within each of several ``days``, times weights: one series a row of ``weights``.

    A discounted number of events is such a sum, as the events of a month are those within its end less those within its start.
    """
    if isinstance(fit, AveragedModel):
        each = zip(*(weighed_events(model, summary, days, weights) for model in fit.models), strict=True)
        return [sum(parts) / len(parts) for parts in each]
    x, span, age = checked_columns(summary)
    chosen, kind = distinct_rows(x, span, age) if fit.looks_at_silence else distinct_rows(x, age)
    history = x[chosen], span[chosen], age[chosen]
    sums = np.zeros((len(weights), chosen.size))
    for day, weight in zip(days, np.transpose(weights), strict=True):
        sums += weight[:, None] * fit.expected_if_active(*history, np.asarray(day, float))
    active = expit(-fit.log_odds_stopped(x, span, age))
    return [pd.Series(one[kind] * active, summary.index, name="expected_events") for one in sums]


def probability_no_event(fit: RepeatModel, summary: pd.DataFrame, *, horizon_days: float) -> pd.Series:
    """How likely each entity has no event in the next ``horizon_days``, stopped or not.

    1 - P(active) + P(active) P(no event if active); for BG/NBD the latter is
    ((alpha + T) / (alpha + T + h))^(r + x).
    """
    x, span, age = checked_columns(summary)
    active = expit(-fit.log_odds_stopped(x, span, age))
    none = fit.no_event_if_active(x, span, age, np.asarray(horizon_days, float))
    return pd.Series(1 - active * (1 - none), summary.index, name="probability_no_event")


def pmf(fit: RepeatModel, summary: pd.DataFrame, count: int, *, horizon_days: float) -> pd.Series:
    """How likely each entity has exactly ``count`` events in the next ``horizon_days``."""
    x, span, age = checked_columns(summary)
    active = expit(-fit.log_odds_stopped(x, span, age))
    value = fit.pmf_if_active(x, span, age, np.asarray(horizon_days, float), np.asarray(count, np.int64))
    return pd.Series(active * value + (1 - active) * (count == 0), summary.index, name="probability")


def expected_events_new(fit: RepeatModel, horizon_days: Array | float) -> Array:
    """How many repeat events to expect from an entity in its first ``horizon_days`` (any shape).

    References
    ----------
    Fader, Hardie & Lee (2005), equation 9, for BG/NBD.
    """
    horizon = np.asarray(horizon_days, float)
    zero = np.zeros(horizon.shape)
    return np.asarray(_active_at_birth(fit) * fit.expected_if_active(zero, zero, zero, horizon))


def pmf_new(fit: RepeatModel, counts: Array | int, horizon_days: Array | float) -> Array:
    """How likely an entity has exactly ``counts`` repeat events in its first ``horizon_days`` (broadcast).

    References
    ----------
    Fader, Hardie & Lee (2005), equation 8, for BG/NBD.
    """
    k, horizon = np.broadcast_arrays(np.asarray(counts, np.int64), np.asarray(horizon_days, float))
    zero, active = np.zeros(k.shape), _active_at_birth(fit)
    return np.asarray(active * fit.pmf_if_active(zero, zero, zero, horizon, k) + (1 - active) * (k == 0))


def expected_path(fit: RepeatModel, ages: Array | pd.Series, days: Array) -> pd.Series:
    """How many repeat events a whole cohort should have had, cumulated, at each of several days.

    Parameters
    ----------
    ages : each entity's age at the end of observation.
    days : days since the first entity began, so ``max(ages)`` is the end of observation and more is future.

    Returns
    -------
    Cumulated expected repeat events, by ``days``.
    """
    age, weight = np.unique(np.asarray(ages, float), return_counts=True)
    since = np.maximum(np.asarray(days, float)[:, None] - (age.max() - age), 0)
    distinct, inverse = np.unique(since, return_inverse=True)
    value = expected_events_new(fit, distinct)[inverse.reshape(since.shape)]
    return pd.Series((value * weight).sum(axis=1), pd.Index(days, name="days"), name="expected_events")


def _active_at_birth(fit: RepeatModel) -> float:
    zero = np.zeros(1)
    return float(expit(-fit.log_odds_stopped(zero, zero, zero))[0])
