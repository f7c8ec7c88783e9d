"""V4: which way predicts the orders best, on months that it had not seen, from several origins in the past.

Every way is fitted at every origin to what was known then, and predicts the months after it. The models and their average are
compared by deviance (``averaging``). A plain rule is published where its squared error is smaller than theirs: it expects nothing
of some customers, of whom any order is an error without limit by deviance. Both losses ask for the mean, from which a value is
computed; a smaller absolute error can be had by predicting too little. Large bases are compared on a part of the customers,
evenly taken by id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.core.params import LifetimeValue
from analysis.lifetime_value.averaging import proven_model
from analysis.lifetime_value.histories import Histories, Origin
from analysis.lifetime_value.intervals import Widening, error_of_total, widen
from analysis.lifetime_value.orders import (
    OrderModel,
    Reason,
    Way,
    expected_orders,
    fit_ways,
    order_model,
    reason_against,
    ways_of,
)
from analysis.lifetime_value.value_per_order import ValueFit, expected_value_per_order, fit_value
from analysis.models.deviance import poisson_deviance
from analysis.models.forecast import RepeatModel, expected_events, expected_path
from analysis.models.known import step_to, thin
from analysis.models.newton import Array
from analysis.models.periods import DAYS_PER_WEEK
from analysis.models.ranking import rank_correlation

NODES = 7  # points at which a forecast is computed


@dataclass(frozen=True)
class Trial:
    """One origin: what each way predicted, and what came.

    Attributes
    ----------
    origin : with the customers that were compared.
    fits, orders : by way: the fit, and the expected orders of each customer.
    value : fit of the value per order.
    """

    origin: Origin
    fits: dict[Way, RepeatModel]
    orders: dict[Way, Array]
    value: ValueFit


@dataclass(frozen=True)
class Proof:
    """How the ways to predict did.

    Attributes
    ----------
    reason : why there is no proof; empty where there is one.
    winner : way to publish.
    model : the winner, or the best of those with a law of stopping where a rule won; None without a proof.
    trials : from the earliest origin to the latest.
    origins, scores, calibration, tracking : the tables ``clv_origins``, ``clv_scores``, ``clv_calibration``,
        ``clv_tracking``.
    widening : what the trials say of the published way's intervals.
    """

    reason: Reason
    winner: Way
    model: Way | None = None
    trials: tuple[Trial, ...] = ()
    origins: pd.DataFrame = field(default_factory=pd.DataFrame)
    scores: pd.DataFrame = field(default_factory=pd.DataFrame)
    calibration: pd.DataFrame = field(default_factory=pd.DataFrame)
    tracking: pd.DataFrame = field(default_factory=pd.DataFrame)
    widening: Widening = field(default_factory=Widening)


def prove(histories: Histories, settings: LifetimeValue) -> Proof:
    """Fit at every origin, predict the months after it, compare with what came, and choose."""
    reason = reason_against(histories.now, settings)
    if reason:
        return Proof(reason, Way("not_available" if reason in ("no_customers", "no_repeats") else "common_rate"))
    ways = ways_of(settings, seasonal=histories.is_seasonal)
    tried = [_try(_thinned(origin, settings.sampled_customers), ways, settings) for origin in histories.origins]
    trials = tuple(trial for trial in tried if trial is not None)
    if not trials:
        return Proof("short_history", Way("common_rate"))
    origins = pd.DataFrame([_score(trial, way) for trial in trials for way in ways])
    scores = _pooled(origins)
    model = _proven_model(trials)
    winner = _least_squares(scores, [model, *(way for way in ways if not way.is_model)])
    published = _is(scores, winner)
    latest = trials[-1]
    return Proof(
        "", winner, model, trials,
        origins.assign(is_published=_is(origins, winner)), scores.assign(is_published=published),
        calibrate(latest, model, settings), track(latest, model, histories),
        widen([_drawn(trial, winner, settings) for trial in trials], settings),
    )  # fmt: skip


def calibrate(trial: Trial, model: Way, settings: LifetimeValue) -> pd.DataFrame:
    """Rows of ``clv_calibration``: mean orders by the number of repeat orders before, the last group
    open-ended.

    References
    ----------
    Fader, Hardie & Lee (2005), figure 3; the interval of a mean is that of its standard error.
    """
    from scipy.special import ndtri

    top = settings.calibration_repeats
    frame = pd.DataFrame({
        "repeats": trial.origin.before.rows["repeats"].clip(upper=top).to_numpy(), "predicted": trial.orders[model],
        "baseline": trial.orders[Way("trailing_rate")], "actual": trial.origin.after["orders"].to_numpy(float),
    })  # fmt: skip
    grouped = frame.groupby("repeats")
    found = grouped.mean().assign(customers=grouped.size(), spread=grouped["actual"].std(ddof=0))
    half = ndtri((1 + settings.interval_level) / 2) * found["spread"] / np.sqrt(found["customers"])
    found = found.assign(lo=found["actual"] - half, hi=found["actual"] + half).drop(columns="spread").reset_index()
    return found.assign(or_more=found["repeats"] == top)


def track(trial: Trial, model: Way, histories: Histories) -> pd.DataFrame:
    """Rows of ``clv_tracking``: cumulated repeat orders at each week's end, actual, as the model expects of such a base from
    its first orders on, and as it forecasts from the origin on by what each customer had done."""
    before = histories.origins[-1].before
    whole, clock = before.on(model.clock_name)
    first = whole["first_day"].min()
    days: Array = np.arange(DAYS_PER_WEEK, (histories.as_of - first).days + 1, DAYS_PER_WEEK)
    since = (histories.by_day["day"] - first).dt.days.to_numpy()
    total = np.concatenate([[0], np.cumsum(histories.by_day["events"].to_numpy())])
    ends = first + pd.to_timedelta(days, unit="D")
    ahead = (ends - before.day).days.to_numpy(float)
    rows, _ = trial.origin.before.on(model.clock_name)
    nodes = np.linspace(0, trial.origin.days, NODES)  # between them the forecast is close to straight
    come = [expected_events(trial.fits[model], rows, horizon_days=float(node)).sum() for node in clock.ahead(before.day, nodes)]
    known = float(total[np.searchsorted(since, (before.day - first).days, side="right")])
    return pd.DataFrame({
        "day": ends,
        "is_holdout": ahead > 0,
        "actual": total[np.searchsorted(since, days, side="right")],
        "predicted": expected_path(trial.fits[model], whole["age_days"], clock.at(ends) - clock.at(first)).to_numpy(),
        "forecast": np.where(ahead > 0, known + np.interp(ahead, nodes, come) * len(whole) / len(rows), np.nan),
    })  # fmt: skip


def _thinned(origin: Origin, most: int) -> Origin:
    """The same origin with about ``most`` of its customers."""
    after = thin(origin.after, step_to(len(origin.before.rows), most))
    return Origin(origin.before.thinned(most), after, origin.days)


def _try(origin: Origin, ways: list[Way], settings: LifetimeValue) -> Trial | None:
    """Fit every way at an origin; None where what was known then cannot carry a model."""
    value = fit_value(origin.before.rows, settings)
    if reason_against(origin.before.rows, settings) or value is None:
        return None
    fits = fit_ways(ways, origin.before, settings)
    return Trial(origin, fits, expected_orders(fits, origin.before, origin.days), value)


def _score(trial: Trial, way: Way) -> dict[str, object]:
    """Row of ``clv_origins``, with the sums that are pooled over origins."""
    orders, actual = trial.orders[way], trial.origin.after["orders"].to_numpy(float)
    worth, came = (orders * expected_value_per_order(trial.value)).sum(), trial.origin.after["value"].sum()
    miss, deviance = orders - actual, poisson_deviance(actual, orders).mean()
    return {
        "origin": trial.origin.before.day, "method": way.method, "clock": way.clock_name, "customers": len(orders),
        "actual_orders": int(actual.sum()), "predicted_orders": orders.sum(),
        "std_error": error_of_total(orders, actual), "total_error": _ratio(orders.sum(), actual.sum()),
        "mae": np.abs(miss).mean(), "rmse": np.sqrt((miss**2).mean()), "deviance": deviance if np.isfinite(deviance) else np.nan,
        "rank_correlation": rank_correlation(orders, actual),
        "actual_value": came, "predicted_value": worth, "value_error": _ratio(worth, came),
    }  # fmt: skip


def _pooled(origins: pd.DataFrame) -> pd.DataFrame:
    """Rows of ``clv_scores``: every way over all origins, each customer at each origin counted once."""
    weighed = origins.assign(
        mae=origins["mae"] * origins["customers"], rmse=origins["rmse"] ** 2 * origins["customers"],
        deviance=origins["deviance"] * origins["customers"],
        rank_correlation=origins["rank_correlation"].astype("float64"),
    )  # fmt: skip
    groups = weighed.groupby(["method", "clock"], sort=False)
    sums = groups[["customers", "actual_orders", "predicted_orders", "actual_value", "predicted_value", "mae", "rmse"]].sum()
    return sums.assign(
        origins=groups.size(), mae=sums["mae"] / sums["customers"], rmse=np.sqrt(sums["rmse"] / sums["customers"]),
        deviance=groups["deviance"].sum(min_count=origins["origin"].nunique()) / sums["customers"],
        rank_correlation=groups["rank_correlation"].mean(),
        total_error=_ratios(sums["predicted_orders"], sums["actual_orders"]),
        value_error=_ratios(sums["predicted_value"], sums["actual_value"]),
        worst_total_error=origins["total_error"].astype("float64").abs().groupby([origins["method"], origins["clock"]]).max(),
    ).reset_index()  # fmt: skip


def _least_squares(scores: pd.DataFrame, ways: list[Way]) -> Way:
    """The way with the least squared error; of equal ones the first."""
    errors = scores.set_index(["method", "clock"])["rmse"]
    return min(ways, key=lambda way: errors[way.method, way.clock_name])


def _proven_model(trials: Sequence[Trial]) -> Way:
    """The model, or the average of all, that did best over all origins."""
    customers = [trial.origin.before.rows["customer_id"].to_numpy() for trial in trials]
    orders = {way: np.concatenate([trial.orders[way] for trial in trials]) for way in trials[0].orders}
    return proven_model(customers, orders, np.concatenate([trial.origin.after["orders"].to_numpy(float) for trial in trials]))


def _is(table: pd.DataFrame, way: Way) -> pd.Series:
    return (table["method"] == way.method) & (table["clock"] == way.clock_name)


def _drawn(trial: Trial, way: Way, settings: LifetimeValue) -> tuple[ValueFit, OrderModel, Origin, Array]:
    model = order_model(way, trial.origin.before, settings, trial.fits[way])
    return trial.value, model, trial.origin, trial.orders[way]


def _ratio(predicted: float, actual: float) -> float | None:
    return float(predicted / actual - 1) if actual > 0 else None


def _ratios(predicted: pd.Series, actual: pd.Series) -> pd.Series:
    return predicted / actual.where(actual > 0) - 1
