"""Pareto/NBD: entities act at random while active and may stop at any moment, unseen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit

from analysis.models.lifetime import TAIL
from analysis.models.quadrature import active_time
from analysis.models.repeat import checked_columns
from analysis.models.time_dropout import TimeDropoutModel


@dataclass(frozen=True, kw_only=True)
class ParetoNbd(TimeDropoutModel):
    """Fitted Pareto/NBD model (Schmittlein, Morrison & Colombo 1987).

    While active, an entity has events at a Poisson rate of its own; rates vary as Gamma(r, alpha). It stops
    for good after a lifetime of its own, at a constant rate of its own; those rates vary as Gamma(s, beta).

    * r: how alike the rates of events are. Near 0 a few entities have nearly all events; above 10 all are alike.
    * alpha: unit of time; alpha / r is the mean time between events at the average rate.
    * s: how alike the rates of stopping are, as r. Where s is 1 or less, the mean lifetime has no bound.
    * beta: unit of time; beta / s is the mean lifetime at the average rate of stopping, and half of all
      entities have stopped at the age beta (2^(1 / s) - 1).
    * mu: one rate of stopping for all, where the data could not tell them apart (then s and beta are None);
      all three are None where nobody seems to stop.

    An entity may stop between events, so a single event long ago makes it doubtful too.

    References
    ----------
    Schmittlein, Morrison & Colombo (1987), Counting your customers, Management Science 33(1), 1-24.
    Fader & Hardie (2005), A note on deriving the Pareto/NBD model, www.brucehardie.com/notes/009.
    """


def fit_pareto_nbd(summary: pd.DataFrame) -> ParetoNbd:
    """Fit how often events repeat and how long entities stay active.

    L = Gamma(r + x) / Gamma(r) alpha^r [(beta / (beta + T))^s (alpha + T)^-(r + x)
    + integral from t_x to T of s beta^s (beta + u)^-(s + 1) (alpha + u)^-(r + x) du]

    Parameters
    ----------
    summary : one row per entity: ``repeats`` (count), ``span_days``, ``age_days`` (one unit of time, in which
        alpha and beta are then given). Row order and other columns do not matter; the frame is not changed.

    Returns
    -------
    The fit. Its ``status`` says whether the data could tell the rates of stopping apart; where they could
    not, a limit model is fitted and the same functions of ``forecast`` apply.

    Raises
    ------
    FitError : a column is missing, a value is impossible, or nobody has a repeat event.

    References
    ----------
    Fader & Hardie (2005), note 009, equations 13 to 15.
    """
    return ParetoNbd.fit(summary)


def discounted_events(fit: TimeDropoutModel, summary: pd.DataFrame, *, discount_rate: float) -> pd.Series:
    """How many events to expect from each entity in all its future, later ones counting less.

    P(active) (r + x) / (alpha + T) times the integral of e^(-rate u) S(T + u) / S(T), which for Pareto/NBD is
    (beta + T) U(1, 2 - s, rate (beta + T)) with Tricomi's U.

    Parameters
    ----------
    discount_rate : continuous, per unit of time of the summary; ln(1 + yearly rate) / 365 for days.

    References
    ----------
    Fader, Hardie & Lee (2005), RFM and CLV, Journal of Marketing Research 42(4), 415-430, equation 4.
    """
    x, span, age = checked_columns(summary)
    active = expit(-fit.log_odds_stopped(x, span, age))
    horizon = np.full(age.shape, TAIL / discount_rate)
    time = active_time(fit.lifetime.after(age), discount_rate, horizon)
    value = active * (fit.r + x) / (fit.alpha + age) * time
    return pd.Series(value, summary.index, name="discounted_events")
