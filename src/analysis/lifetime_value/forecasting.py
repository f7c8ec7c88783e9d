"""V4 from end to end: read, prove on the hold-out, publish the winner, list its parameters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.core.contracts.lifetime_value import CLV_MODELS
from analysis.core.params import LifetimeValue
from analysis.lifetime_value.histories import Histories
from analysis.lifetime_value.orders import OrderModel, Proof, order_model, prove
from analysis.lifetime_value.predictive import Prediction, no_prediction, predict_value
from analysis.lifetime_value.value_per_order import ValueFit, fit_value
from analysis.models.bgnbd import BgNbd, fit_bgnbd
from analysis.models.periods import DAYS_PER_WEEK
from analysis.models.result import MaximumLikelihood
from analysis.models.value_paths import is_vague

ALL_CUSTOMERS = "1+"


@dataclass(frozen=True)
class Outcome:
    """Everything that V4 found.

    Attributes
    ----------
    proof : how the ways to predict did on the hold-out.
    prediction : values by customer and for the base.
    value : fit of the value per order on all data; None where no order has a value above 0.
    models : the table ``clv_models``.
    orders : the published way to predict orders, fitted to all data; None where there is none.
    """

    proof: Proof
    prediction: Prediction
    value: ValueFit | None
    models: pd.DataFrame
    orders: OrderModel | None = None


def forecast_value(histories: Histories, settings: LifetimeValue) -> Outcome:
    """Prove, choose, fit to all data, predict."""
    now = histories.now
    value_before = fit_value(histories.before, settings) if len(histories.before) else None
    proof = prove(histories, value_before, settings)
    value = fit_value(now, settings) if len(now) else None
    if proof.winner == "not_available" or value is None:
        reason = proof.reason if proof.winner == "not_available" else "no_values"
        empty = no_prediction(now, settings, value_name=histories.value_name, reason=reason)
        return Outcome(proof, empty, value, pd.DataFrame(columns=list(CLV_MODELS.by_name)))
    orders = order_model(now, proof.winner, settings)
    prediction = predict_value(
        now,
        orders,
        value,
        settings,
        value_name=histories.value_name,
        reason=proof.reason,
        widening=proof.widening,
    )
    fits = []
    if proof.model is not None:
        final = orders.fit if isinstance(orders.fit, BgNbd) else fit_bgnbd(now)
        fits += [("holdout", "bgnbd", ALL_CUSTOMERS, proof.model), ("final", "bgnbd", ALL_CUSTOMERS, final)]
        fits += _value_fits("holdout", value_before)
    fits += _value_fits("final", value)
    events = {"holdout": histories.before["repeats"].sum(), "final": now["repeats"].sum()}
    models = pd.concat(
        [_rows(*one, events[one[0]], settings.interval_level) for one in fits], ignore_index=True
    )
    return Outcome(proof, prediction, value, models, orders)


def _value_fits(name: str, value: ValueFit | None) -> list[tuple[str, str, str, MaximumLikelihood]]:
    if value is None:
        return []
    return [(name, "gamma_gamma", label, fit) for label, fit in zip(value.labels, value.models, strict=True)]


def conf_int_or_none(fit: MaximumLikelihood, level: float) -> pd.DataFrame:
    """Intervals of the parameters; missing where the data leave them vague."""
    if is_vague(fit):
        return pd.DataFrame(np.nan, fit.names, ["lower", "upper"])
    return fit.conf_int(level)


def _rows(
    name: str, model: str, group: str, fit: MaximumLikelihood, events: float, level: float
) -> pd.DataFrame:
    """One fit's rows of ``clv_models``; times are stated in weeks, as the literature does.

    A density per week is the density per day times 7, once for each repeat event.
    """
    summary = fit.params.rename_axis("parameter").reset_index()
    ends = conf_int_or_none(fit, level)
    weekly = np.where(summary["parameter"] == "alpha", DAYS_PER_WEEK, 1)
    shift = events * np.log(DAYS_PER_WEEK) if model == "bgnbd" else 0.0
    return pd.DataFrame({
        "fit": name, "model": model, "value_group": group, "parameter": summary["parameter"],
        "estimate": summary["estimate"] / weekly, "lo": ends["lower"].to_numpy() / weekly,
        "hi": ends["upper"].to_numpy() / weekly, "log_likelihood": fit.log_likelihood + shift,
        "customers": fit.n, "status": str(fit.status),
    })  # fmt: skip
