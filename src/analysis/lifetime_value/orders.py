"""V4: which model predicts the orders, proved on months that it had not seen.

The published way is the one whose predictions for the hold-out months have the smaller squared error: the
BG/NBD model or the plain trailing rate. The squared error is what the mean minimises, and a mean is what
a value is computed from; a smaller absolute error can be had by predicting too little. Where a hold-out
is not possible, no model is published, only the rate of the whole base with a wide band.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from analysis.core.params import LifetimeValue
from analysis.lifetime_value.histories import Histories
from analysis.lifetime_value.value_per_order import ValueFit, expected_value_per_order
from analysis.models.bgnbd import BgNbd, fit_bgnbd
from analysis.models.forecast import RepeatModel, expected_events, expected_path
from analysis.models.newton import Array
from analysis.models.periods import DAYS_PER_WEEK
from analysis.models.ranking import rank_correlation
from analysis.models.rates import TrailingRate, draw_common_rates, fit_common_rate
from analysis.models.uncertainty import simulate_future
from analysis.models.value_paths import draw_known_parameters

Reason = Literal["", "no_customers", "no_repeats", "few_repeats", "short_history"]


@dataclass(frozen=True)
class OrderModel:
    """The model or rate that predicts orders, with draws of its parameters."""

    method: str
    fit: RepeatModel
    draws: Sequence[RepeatModel]


@dataclass(frozen=True)
class Proof:
    """How the ways to predict did in the hold-out months.

    Attributes
    ----------
    reason : why there is no proof; empty where there is one.
    winner : method to publish.
    model : BG/NBD as fitted before the hold-out.
    scores, calibration, tracking : the tables ``clv_scores``, ``clv_calibration``, ``clv_tracking``.
    """

    reason: Reason
    winner: str
    model: BgNbd | None
    scores: pd.DataFrame
    calibration: pd.DataFrame
    tracking: pd.DataFrame

    @property
    def widening(self) -> float:
        """By how much the published way's own interval was too narrow for the hold-out's orders; 1 if it held."""
        return widening_of(self.scores[self.scores["is_published"]].iloc[0]) if len(self.scores) else 1.0


def reason_against(history: pd.DataFrame, settings: LifetimeValue) -> Reason:
    """Why a history cannot carry a model; empty where it can."""
    repeaters = history[history["repeats"] > 0]
    if history.empty:
        return "no_customers"
    if repeaters.empty:
        return "no_repeats"
    if len(repeaters) < settings.min_repeat_customers:
        return "few_repeats"
    usual_gap = (repeaters["span_days"] / repeaters["repeats"]).median()
    return "short_history" if history["age_days"].max() < settings.min_gaps_of_history * usual_gap else ""


def prove(histories: Histories, value: ValueFit | None, settings: LifetimeValue) -> Proof:
    """Fit before the hold-out months, predict them, and compare with what came."""
    before, after = histories.before, histories.after
    reason = reason_against(histories.now, settings)
    if reason or reason_against(before, settings) or value is None:
        rate = "not_available" if reason in ("no_customers", "no_repeats") else "common_rate"
        return Proof(reason or "short_history", rate, None, pd.DataFrame(), pd.DataFrame(), pd.DataFrame())
    days = (histories.as_of - histories.cut).days
    model = fit_bgnbd(before)
    models: dict[str, RepeatModel] = {"bgnbd": model, "trailing_rate": TrailingRate()}
    predicted = {name: expected_events(fit, before, horizon_days=days) for name, fit in models.items()}
    worth = expected_value_per_order(value)
    drawn: dict[str, Sequence[RepeatModel]] = {
        "bgnbd": draw_known_parameters(model, draws=settings.draws, seed=settings.random_seed),
        "trailing_rate": [TrailingRate()] * settings.draws,
    }
    rows = []
    for name, orders in predicted.items():
        totals = simulate_future(drawn[name], before, horizon_days=days, seed=settings.random_seed)
        rows.append(_score(name, orders, orders * worth, after, totals, settings.interval_level))
    scores = pd.DataFrame(rows)
    scores["is_published"] = scores["rmse"] == scores["rmse"].min()
    winner = scores.loc[scores["is_published"], "method"].iloc[0]
    calibration = calibrate(before["repeats"], predicted, after["orders"], settings)
    tracking = track(model, histories)
    return Proof(
        "", winner, model, scores.assign(is_published=scores["method"] == winner), calibration, tracking
    )


def order_model(history: pd.DataFrame, method: str, settings: LifetimeValue) -> OrderModel:
    """Fit the published way to all that is known now."""
    draws, seed = settings.draws, settings.random_seed
    if method == "bgnbd":
        fit = fit_bgnbd(history)
        return OrderModel(method, fit, draw_known_parameters(fit, draws=draws, seed=seed))
    if method == "trailing_rate":
        return OrderModel(method, TrailingRate(), [TrailingRate()] * draws)
    return OrderModel(method, fit_common_rate(history), draw_common_rates(history, draws=draws, seed=seed))


def widening_of(score: pd.Series) -> float:
    """How often the half-width goes into the miss of the hold-out's orders; 1 where they lay inside."""
    miss = score["actual_orders"] - score["predicted_orders"]
    half = score["hi"] - score["predicted_orders"] if miss > 0 else score["predicted_orders"] - score["lo"]
    return float(max(abs(miss) / half, 1)) if half > 0 else 1.0


def calibrate(
    repeats: pd.Series, predicted: dict[str, pd.Series], actual: pd.Series, settings: LifetimeValue
) -> pd.DataFrame:
    """Rows of ``clv_calibration``: mean orders by the number of repeat orders before, the last group
    open-ended.

    References
    ----------
    Fader, Hardie & Lee (2005), figure 3; the interval of a mean is that of its standard error.
    """
    from scipy.special import ndtri

    top = settings.calibration_repeats
    frame = pd.DataFrame({
        "repeats": repeats.clip(upper=top).to_numpy(), "predicted": predicted["bgnbd"].to_numpy(),
        "baseline": predicted["trailing_rate"].to_numpy(), "actual": actual.to_numpy(float),
    })  # fmt: skip
    grouped = frame.groupby("repeats")
    found = grouped.mean().assign(customers=grouped.size(), spread=grouped["actual"].std(ddof=0))
    half = ndtri((1 + settings.interval_level) / 2) * found["spread"] / np.sqrt(found["customers"])
    found = (
        found.assign(lo=found["actual"] - half, hi=found["actual"] + half)
        .drop(columns="spread")
        .reset_index()
    )
    return found.assign(or_more=found["repeats"] == top)


def track(model: BgNbd, histories: Histories) -> pd.DataFrame:
    """Rows of ``clv_tracking``: cumulated repeat orders at each week's end, expected and actual."""
    first = histories.before["first_day"].min()
    last = (histories.as_of - first).days
    days: Array = np.arange(DAYS_PER_WEEK, last + 1, DAYS_PER_WEEK)
    since = (histories.by_day["day"] - first).dt.days.to_numpy()
    total = np.concatenate([[0], np.cumsum(histories.by_day["events"].to_numpy())])
    ends = first + pd.to_timedelta(days, unit="D")
    return pd.DataFrame({
        "day": ends,
        "is_holdout": ends > histories.cut,
        "actual": total[np.searchsorted(since, days, side="right")],
        "predicted": expected_path(model, histories.before["age_days"], days).to_numpy(),
    })  # fmt: skip


def _score(
    method: str, orders: pd.Series, worth: pd.Series, after: pd.DataFrame, totals: Array, level: float
) -> dict[str, object]:
    actual = after["orders"].to_numpy(float)
    miss = orders.to_numpy() - actual
    tail = (1 - level) / 2
    low, high = np.quantile(totals, (tail, 1 - tail))
    return {
        "method": method, "customers": len(orders), "actual_orders": int(actual.sum()),
        "predicted_orders": orders.sum(), "lo": low, "hi": high,
        "total_error": _ratio(orders.sum(), actual.sum()),
        "mae": np.abs(miss).mean(), "rmse": np.sqrt((miss**2).mean()),
        "rank_correlation": rank_correlation(orders.to_numpy(), actual),
        "actual_value": after["value"].sum(), "predicted_value": worth.sum(),
        "value_error": _ratio(worth.sum(), after["value"].sum()),
    }  # fmt: skip


def _ratio(predicted: float, actual: float) -> float | None:
    return float(predicted / actual - 1) if actual > 0 else None
