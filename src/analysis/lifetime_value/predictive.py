"""V4: what each customer, and the base, will bring over each time ahead, in today's money.

    CLV(H) = sum over months m = 1 .. H of E[orders in month m] x value per order x (1 + d)^(-m / 12)

with months of 365.25 / 12 days and d the yearly discount rate. Intervals hold what the parameters leave open and what
chance does, and what the past origins showed beyond (``intervals``). The interval of the base, or of a segment, is that
of the simulated sums, never the sum of the customers' ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from analysis.lifetime_value.intervals import Widening
from analysis.lifetime_value.orders import OrderModel, Reason
from analysis.lifetime_value.value_per_order import ValueFit, draw_values, expected_value_per_order
from analysis.models.catalogue import NO_STOP_AT_FIRST
from analysis.models.forecast import probability_alive, weighed_events
from analysis.models.newton import Array
from analysis.models.periods import DAYS_PER_MONTH, discount_factors
from analysis.models.value_paths import ValuePaths

if TYPE_CHECKING:  # the models need no reader of params.yaml
    from analysis.core.params import LifetimeValue


@dataclass(frozen=True)
class Prediction:
    """Predicted values.

    Attributes
    ----------
    clv : the table ``clv``.
    totals : the base by ``horizon_months``: ``exp_orders``, ``clv`` with its interval ``lo``, ``hi``.
    segments : the table ``clv_segments``.
    reason : why there is no prediction, or only the average of the base; empty for a proven one.
    """

    clv: pd.DataFrame
    totals: pd.DataFrame
    segments: pd.DataFrame
    reason: Reason | str


def predict_value(
    orders: OrderModel, value: ValueFit, settings: LifetimeValue, *, value_name: str, reason: str, widening: Widening,
    segment: pd.Series,
) -> Prediction:  # fmt: skip
    """Predict each customer's value for every horizon.

    Parameters
    ----------
    reason : handed on to the page.
    widening : what the origins say of the intervals.
    segment : of each row of ``orders.rows``.
    """
    history, level = orders.rows, settings.interval_level
    months = sorted(set(settings.horizon_months))
    expected = expected_values(orders, value, settings, widening, months)
    alive = _alive(orders)
    drawn = draw_values(value, draws=settings.draws, seed=settings.random_seed)
    group, names = pd.factorize(segment, sort=True)
    rows, totals, segments = [], [], []
    for place, horizon in enumerate(months):
        days = horizon * DAYS_PER_MONTH
        plain, discounted, worth, clv, factors = expected[horizon]
        factor = factors * np.where(plain > 0, discounted / plain.where(plain > 0, 1), 1)
        paths = ValuePaths(
            orders.draws, drawn, history.join(value.rows).assign(factor=factor),
            horizon_days=float(orders.ahead(days)), seed=settings.random_seed + place,
        )  # fmt: skip
        spread = paths.spread(tail=widening.tail_of(level), group=group)
        rows.append(pd.DataFrame({
            "customer_id": history["customer_id"], "horizon_months": horizon, "repeats": history["repeats"],
            "alive": alive, "exp_orders": plain, "value_per_order": worth, "clv": clv,
            "lo": np.minimum(spread.low, clv), "hi": np.maximum(spread.high, clv),
            "value_name": value_name, "method": orders.way.method,
        }))  # fmt: skip
        low, high = widening.ends(np.asarray(clv.sum()), spread.totals.sum(axis=1), level, days)
        totals.append({
            "horizon_months": horizon, "exp_orders": plain.sum(), "clv": clv.sum(), "lo": float(low), "hi": float(high)
        })  # fmt: skip
        sums = np.bincount(group, clv, len(names))
        low, high = widening.ends(sums, spread.totals, level, days)
        segments.append(pd.DataFrame({
            "segment": names, "horizon_months": horizon, "customers": np.bincount(group, minlength=len(names)),
            "exp_orders": np.bincount(group, plain, len(names)), "clv": sums, "lo": low, "hi": high,
        }))  # fmt: skip
    return Prediction(
        pd.concat(rows, ignore_index=True), pd.DataFrame(totals), pd.concat(segments, ignore_index=True), reason
    )


class Expected(NamedTuple):
    """What customers are expected to bring: ``orders``, the same ``discounted``, value per order, and their product; and the
    ``factors`` that correct the values of simulated orders, whose number is not corrected."""

    orders: pd.Series
    discounted: pd.Series
    value_per_order: pd.Series
    clv: pd.Series
    factors: Array


def expected_values(
    orders: OrderModel, value: ValueFit, settings: LifetimeValue, widening: Widening, months: list[int]
) -> dict[int, Expected]:
    """Expected orders and value of each customer by horizon, at the level that the past origins showed."""
    found = {}
    monthly = monthly_orders(orders, months, rate_yearly=settings.discount_rate_yearly)
    factors = value_factors(monthly[min(months)][0], value, widening)
    per_order = expected_value_per_order(value) * factors / widening.orders_level
    for horizon, both in monthly.items():
        plain, discounted = (sums * widening.orders_level for sums in both)
        found[horizon] = Expected(plain, discounted, per_order, discounted * per_order, factors)
    return found


def value_factors(orders: pd.Series, value: ValueFit, widening: Widening) -> Array:
    """What the expected value of each customer is multiplied by.

    Parameters
    ----------
    orders : expected over the nearest horizon, at any level.
    """
    return widening.factors((orders * expected_value_per_order(value)).to_numpy(float))


def no_prediction(
    history: pd.DataFrame, settings: LifetimeValue, *, value_name: str, reason: str
) -> Prediction:
    """Rows that say that the data cannot carry a prediction."""
    months = sorted(set(settings.horizon_months))
    missing = dict.fromkeys(("alive", "exp_orders", "value_per_order", "clv", "lo", "hi"), np.nan)
    rows = [
        history[["customer_id", "repeats"]].assign(
            horizon_months=horizon, **missing, value_name=value_name, method="not_available"
        )
        for horizon in months
    ]
    totals = pd.DataFrame({"horizon_months": months}).assign(
        **dict.fromkeys(("exp_orders", "clv", "lo", "hi"), np.nan)
    )
    return Prediction(pd.concat(rows, ignore_index=True), totals, pd.DataFrame(), reason)


def monthly_orders(
    orders: OrderModel, horizons: list[int], *, rate_yearly: float
) -> dict[int, tuple[pd.Series, pd.Series]]:
    """Expected orders up to each horizon, plain and discounted month by month.

    Returns
    -------
    By horizon in months: orders, and orders times what 1 at their month's end is worth today. With E_m expected by the end
    of month m and f_m that worth, the latter are sum_m (E_m - E_{m-1}) f_m = sum_m E_m (f_m - f_{m+1}), f being 0 past the horizon.
    """
    factors = discount_factors(max(horizons), rate_yearly=rate_yearly)
    ends: Array = orders.ahead(np.arange(1, len(factors) + 1) * DAYS_PER_MONTH)
    plain, discounted = (np.zeros((len(horizons), len(factors))) for _ in range(2))
    for row, horizon in enumerate(horizons):
        plain[row, horizon - 1] = 1
        discounted[row, :horizon] = factors[:horizon] - np.append(factors[1:horizon], 0)
    found = weighed_events(orders.fit, orders.rows, ends, np.concatenate([plain, discounted]))
    return dict(zip(horizons, zip(found[: len(horizons)], found[len(horizons) :], strict=True), strict=True))


def _alive(orders: OrderModel) -> pd.Series:
    """P(alive) by the published model, where it has a law of stopping and the customer had a chance to stop."""
    missing = pd.Series(np.nan, orders.rows.index)
    if not orders.way.is_model:
        return missing
    alive = probability_alive(orders.fit, orders.rows)
    return alive if set(orders.way.methods).isdisjoint(NO_STOP_AT_FIRST) else alive.where(orders.rows["repeats"] > 0)
