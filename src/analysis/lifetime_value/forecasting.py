"""V4 from end to end: read, prove at the origins, publish the winner, list the parameters of all models."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.core.contracts.lifetime_value import CLV_MODELS
from analysis.core.params import LifetimeValue
from analysis.lifetime_value.histories import Histories
from analysis.lifetime_value.orders import OrderModel, Way, fit_ways, order_model
from analysis.lifetime_value.predictive import Prediction, no_prediction, predict_value
from analysis.lifetime_value.proof import Proof, prove
from analysis.lifetime_value.value_per_order import ValueFit, fit_value
from analysis.models.forecast import RepeatModel
from analysis.models.gamma_rates import GammaRateModel
from analysis.models.periods import DAYS_PER_WEEK
from analysis.models.regular_gaps import RegularGapsModel
from analysis.models.result import MaximumLikelihood
from analysis.models.time_dropout import TimeDropoutModel

ALL_CUSTOMERS = "1+"
POWERS = {"alpha": 1, "beta": 1, "b": -1, "mu": -1}  # of the unit of time, in models that stop at any moment


@dataclass(frozen=True)
class Outcome:
    """Everything that V4 found.

    Attributes
    ----------
    proof : how the ways to predict did at the origins.
    prediction : values by customer, by segment and for the base.
    value : fit of the value per order on all data; None where no order has a value above 0.
    models : the table ``clv_models``.
    orders : the published way to predict orders, fitted to all data; None where there is none.
    """

    proof: Proof
    prediction: Prediction
    value: ValueFit | None
    models: pd.DataFrame
    orders: OrderModel | None = None


def forecast_value(histories: Histories, settings: LifetimeValue, segment: pd.Series) -> Outcome:
    """Prove, choose, fit to all data, predict.

    Parameters
    ----------
    segment : of customers, by their id; what it lacks is ``unknown``.
    """
    now = histories.now
    proof = prove(histories, settings)
    value = fit_value(now, settings) if len(now) else None
    if proof.winner.method == "not_available" or value is None:
        reason = proof.reason if proof.winner.method == "not_available" else "no_values"
        empty = no_prediction(now, settings, value_name=histories.value_name, reason=reason)
        return Outcome(proof, empty, value, pd.DataFrame(columns=list(CLV_MODELS.by_name)))
    fits = fit_ways(proof.trials[-1].fits if proof.trials else [proof.winner], histories.known, settings)
    orders = order_model(proof.winner, histories.known, settings, fits[proof.winner])
    prediction = predict_value(
        orders, value, settings, value_name=histories.value_name, reason=proof.reason, widening=proof.widening,
        segment=segment.reindex(now["customer_id"]).fillna("unknown"),
    )  # fmt: skip
    return Outcome(proof, prediction, value, _models(proof, fits, value, histories, settings), orders)


def _models(
    proof: Proof, fits: dict[Way, RepeatModel], value: ValueFit, histories: Histories, settings: LifetimeValue
) -> pd.DataFrame:
    """Rows of ``clv_models``: the fits at the latest origin and those to all data."""
    level = settings.interval_level
    final = _value_rows("final", value, level)
    if not proof.trials:
        return pd.concat(final, ignore_index=True)
    latest = proof.trials[-1]
    before = [_rows("holdout", way.method, way.clock_name, ALL_CUSTOMERS, fit, latest.origin.before.rows, level)
              for way, fit in latest.fits.items() if isinstance(fit, GammaRateModel)]  # fmt: skip
    now = [_rows("final", way.method, way.clock_name, ALL_CUSTOMERS, fit, histories.now, level)
           for way, fit in fits.items() if isinstance(fit, GammaRateModel)]  # fmt: skip
    return pd.concat([*before, *now, *_value_rows("holdout", latest.value, level), *final], ignore_index=True)


def _value_rows(name: str, value: ValueFit, level: float) -> list[pd.DataFrame]:
    nothing = pd.DataFrame({"repeats": [0]})  # values have no unit of time
    return [_rows(name, "gamma_gamma", "calendar", label, fit, nothing, level)
            for label, fit in zip(value.labels, value.models, strict=True)]  # fmt: skip


def _rows(
    name: str, model: str, clock: str, group: str, fit: MaximumLikelihood, history: pd.DataFrame, level: float
) -> pd.DataFrame:
    """One fit's rows of ``clv_models``; times are stated in weeks, as the literature does.

    A density per week is the density per day times 7, once for each repeat event.
    """
    summary = fit.known_intervals(level).assign(estimate=fit.params)
    if isinstance(fit, RegularGapsModel):
        summary.loc["k", "estimate"] = fit.k  # chosen, so without an interval
    summary = summary.rename_axis("parameter").reset_index()
    is_order_model = isinstance(fit, GammaRateModel)
    powers = POWERS if isinstance(fit, TimeDropoutModel) else {"alpha": 1} if is_order_model else {}
    weekly = DAYS_PER_WEEK ** summary["parameter"].map(powers).fillna(0).astype(float)
    shift = history["repeats"].sum() * np.log(DAYS_PER_WEEK) if is_order_model else 0.0
    return pd.DataFrame({
        "fit": name, "model": model, "clock": clock, "value_group": group, "parameter": summary["parameter"],
        "estimate": summary["estimate"] / weekly, "lo": summary["lower"] / weekly,
        "hi": summary["upper"] / weekly, "log_likelihood": fit.log_likelihood + shift,
        "customers": fit.n, "status": str(fit.status),
    })  # fmt: skip
