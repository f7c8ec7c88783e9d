"""C1: how likely each customer places no order within the horizon, and how unusual its present silence is.

The risk is P(no order in the horizon), stopped or not:

    1 - P(active) + P(active) ((alpha + T) / (alpha + T + h))^(r + x)

It is never BG/NBD's P(active) itself. That model gives every one-time buyer P(active) = 1, because a
customer may stop only after a repeat order; as a score it puts those who never came back among the safest
(on the CDNOW sample, AUC .316).

The state compares a customer with itself: the share of its own usual gaps that its present silence
exceeds. A customer who buys once a year and bought in spring is active, though its risk for the next
quarter is high. Only who is silent for unusually long and is also unlikely to order counts as probably
lost. One-time buyers have no gap, so they are a group of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.core.params import Churn
from analysis.models.bgnbd import fit_bgnbd
from analysis.models.forecast import RepeatModel, probability_no_event
from analysis.models.gaps import expected_gap, fit_gaps, share_of_shorter_gaps
from analysis.models.rates import draw_common_rates, fit_common_rate
from analysis.models.value_paths import (
    draw_known_parameters,
    probability_intervals,
    simulate_weighted_misses,
)

Estimate = tuple[float, float, float]  # value, and the ends of its interval


@dataclass(frozen=True)
class RiskModel:
    """What the risk is computed by: the fitted model, or one rate for all where there are too few repeat
    buyers."""

    method: str
    fit: RepeatModel
    draws: Sequence[RepeatModel]


@dataclass(frozen=True)
class Risk:
    """Risk of every customer, and of the base.

    Attributes
    ----------
    customers : the table ``risk``.
    value_at_risk : risk times value of the past window over the base; its value and the ends of its interval.
    no_order : customers that are likely to place no order, in the same form. Both are None where there is no
        risk to tell.
    reason : why there is no model; empty where there is one.
    """

    customers: pd.DataFrame
    value_at_risk: Estimate | None
    no_order: Estimate | None
    reason: str


def reason_against(history: pd.DataFrame, settings: Churn) -> str:
    """Why a history cannot carry a model; empty where it can."""
    repeaters = int((history["repeats"] > 0).sum())
    if history.empty:
        return "no_customers"
    if repeaters == 0:
        return "no_repeats"
    return "few_repeats" if repeaters < settings.min_repeat_customers else ""


def fit_risk(history: pd.DataFrame, settings: Churn) -> RiskModel | None:
    """Fit the model of orders; one common rate where repeat buyers are too few, None where there are none."""
    reason = reason_against(history, settings)
    draws, seed = settings.draws, settings.random_seed
    if reason in ("no_customers", "no_repeats"):
        return None
    if reason:
        return RiskModel(
            "common_rate", fit_common_rate(history), draw_common_rates(history, draws=draws, seed=seed)
        )
    fit = fit_bgnbd(history)
    return RiskModel("bgnbd", fit, draw_known_parameters(fit, draws=draws, seed=seed))


def assess_risk(history: pd.DataFrame, settings: Churn, *, value_name: str) -> Risk:
    """Risk, silence and state of every customer, and the value that stands behind them.

    Parameters
    ----------
    history : one row a customer at as_of, see ``models.history.History.summary``.
    """
    model = fit_risk(history, settings)
    silence = silence_of(history)
    found = pd.DataFrame({
        "customer_id": history["customer_id"], "horizon_days": settings.horizon_days,
        **dict.fromkeys(("risk", "lo", "hi"), np.nan), **silence, "orders": history["repeats"] + 1,
        "last_order_date": history["last_day"], "silence_days": history["age_days"] - history["span_days"],
        "recent_value": history["recent_value"], "value_at_risk": np.nan, "value_name": value_name,
        "method": model.method if model else "not_available",
    })  # fmt: skip
    reason = reason_against(history, settings)
    if model is None:
        states = state_of(found["silence_percentile"], found["risk"], settings)
        return Risk(found.assign(state=states), None, None, reason)
    horizon, level = settings.horizon_days, settings.interval_level
    risk = probability_no_event(model.fit, history, horizon_days=horizon)
    low, high = probability_intervals(model.draws, history, horizon_days=horizon, level=level)
    at_stake = history["recent_value"].clip(lower=0)
    found = found.assign(
        risk=risk, lo=np.minimum(low, risk), hi=np.maximum(high, risk), value_at_risk=risk * at_stake,
        state=state_of(found["silence_percentile"], risk, settings),
    )  # fmt: skip
    everybody = pd.Series(1.0, history.index)
    value_at_risk = _base(model, history, risk, at_stake, settings)
    return Risk(found, value_at_risk, _base(model, history, risk, everybody, settings), reason)


def _base(
    model: RiskModel, history: pd.DataFrame, risk: pd.Series, weight: pd.Series, settings: Churn
) -> Estimate:
    """Sum of risk times weight, with the interval of the simulated sums: parameters and chance together."""
    drawn = simulate_weighted_misses(
        model.draws, history, weight, horizon_days=settings.horizon_days, seed=settings.random_seed
    )
    level, value = settings.interval_level, float((risk * weight).sum())
    low, high = np.quantile(drawn, ((1 - level) / 2, (1 + level) / 2))
    return value, min(float(low), value), max(float(high), value)


def silence_of(history: pd.DataFrame) -> dict[str, pd.Series]:
    """Usual gap, and place of the present silence among the own gaps; missing for one-time buyers.

    Customers with few gaps are drawn towards the population by the model of gaps itself. Gaps that are still
    open do not count as gaps, so in a young history the usual gaps come out short and silences long.
    """
    one_time = history["repeats"] == 0
    if one_time.all():
        missing = pd.Series(np.nan, history.index)
        return {"expected_gap_days": missing, "silence_percentile": missing}
    fit = fit_gaps(history)
    own = history["span_days"] / history["repeats"].where(~one_time)
    usual = expected_gap(fit, history) if fit.q > 1 else own  # no finite mean, nothing to be drawn towards
    return {"expected_gap_days": usual, "silence_percentile": share_of_shorter_gaps(fit, history)}


def state_of(silence_percentile: pd.Series, risk: pd.Series, settings: Churn) -> pd.Series:
    """State by the limits of ``params.yaml``; a missing percentile is a one-time buyer."""
    at_risk = silence_percentile >= settings.at_risk_from
    states = pd.Series("active", silence_percentile.index)
    states = states.mask(silence_percentile >= settings.cooling_from, "cooling").mask(at_risk, "at_risk")
    states = states.mask(at_risk & (risk >= settings.probably_lost_from), "probably_lost")
    return states.mask(silence_percentile.isna(), "one_time")
