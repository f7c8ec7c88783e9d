"""V4: what each customer, and the base, will bring over each time ahead, in today's money.

    CLV(H) = sum over months m = 1 .. H of E[orders in month m] x value per order x (1 + d)^(-m / 12)

with months of 365.25 / 12 days and d the yearly discount rate. An interval holds what the parameters
leave open and what chance does. The interval of the base is that of the simulated sums, never the sum of
the customers' ends; where the hold-out fell outside the model's own interval, it is widened by as much.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.core.params import LifetimeValue
from analysis.lifetime_value.orders import OrderModel, Reason
from analysis.lifetime_value.value_per_order import ValueFit, draw_values, expected_value_per_order
from analysis.models.bgnbd import BgNbd
from analysis.models.forecast import RepeatModel, expected_events, probability_alive
from analysis.models.newton import Array
from analysis.models.periods import DAYS_PER_MONTH, discount_factors
from analysis.models.value_paths import simulate_values


@dataclass(frozen=True)
class Prediction:
    """Predicted values.

    Attributes
    ----------
    clv : the table ``clv``.
    totals : the base by ``horizon_months``: ``exp_orders``, ``clv`` with its interval ``lo``, ``hi``.
    reason : why there is no prediction, or only the average of the base; empty for a proven one.
    """

    clv: pd.DataFrame
    totals: pd.DataFrame
    reason: Reason | str


def predict_value(
    history: pd.DataFrame,
    orders: OrderModel,
    value: ValueFit,
    settings: LifetimeValue,
    *,
    value_name: str,
    reason: str,
    widening: float,
) -> Prediction:
    """Predict each customer's value for every horizon.

    Parameters
    ----------
    history : one row a customer, as both fits have seen it.
    reason : handed on to the page.
    widening : what the half-widths of the base's interval are multiplied by, from the hold-out.
    """
    months = sorted(set(settings.horizon_months))
    expected = monthly_orders(orders.fit, history, months, rate_yearly=settings.discount_rate_yearly)
    worth = expected_value_per_order(value)
    alive = _alive(orders, history)
    drawn = draw_values(value, draws=settings.draws, seed=settings.random_seed)
    rows, totals = [], []
    for place, horizon in enumerate(months):
        plain, discounted = expected[horizon]
        clv = discounted * worth
        factor = np.where(plain > 0, discounted / plain.where(plain > 0, 1), 1)
        summary = history.join(value.rows).assign(factor=factor)
        spread = simulate_values(
            orders.draws, drawn, summary, horizon_days=horizon * DAYS_PER_MONTH,
            level=settings.interval_level, seed=settings.random_seed + place,
        )  # fmt: skip
        rows.append(pd.DataFrame({
            "customer_id": history["customer_id"], "horizon_months": horizon, "repeats": history["repeats"],
            "alive": alive, "exp_orders": plain, "value_per_order": worth, "clv": clv,
            "lo": np.minimum(spread.low, clv), "hi": np.maximum(spread.high, clv),
            "value_name": value_name, "method": orders.method,
        }))  # fmt: skip
        totals.append({
            "horizon_months": horizon, "exp_orders": plain.sum(),
            **_total(clv.sum(), spread.totals, settings.interval_level, widening),
        })  # fmt: skip
    return Prediction(pd.concat(rows, ignore_index=True), pd.DataFrame(totals), reason)


def _total(value: float, drawn: Array, level: float, widening: float) -> dict[str, float]:
    """The base's value with the interval of the simulated sums, widened."""
    low, high = np.quantile(drawn, ((1 - level) / 2, (1 + level) / 2))
    below, above = max(value - low, 0), max(high - value, 0)
    return {"clv": value, "lo": value - widening * below, "hi": value + widening * above}


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
    return Prediction(pd.concat(rows, ignore_index=True), totals, reason)


def monthly_orders(
    fit: RepeatModel, history: pd.DataFrame, horizons: list[int], *, rate_yearly: float
) -> dict[int, tuple[pd.Series, pd.Series]]:
    """Expected orders up to each horizon, plain and discounted month by month.

    Returns
    -------
    By horizon in months: orders, and orders times what 1 at their month's end is worth today.
    """
    factors = discount_factors(max(horizons), rate_yearly=rate_yearly)
    before = pd.Series(0.0, history.index)
    discounted = pd.Series(0.0, history.index)
    found = {}
    for month, factor in enumerate(factors, start=1):
        so_far = expected_events(fit, history, horizon_days=month * DAYS_PER_MONTH)
        discounted = discounted + (so_far - before) * factor
        before = so_far
        if month in horizons:
            found[month] = (so_far, discounted)
    return found


def _alive(orders: OrderModel, history: pd.DataFrame) -> pd.Series:
    """P(alive) by BG/NBD where it means something: a customer without a repeat order had no chance to
    stop."""
    if not isinstance(orders.fit, BgNbd):
        return pd.Series(np.nan, history.index)
    return probability_alive(orders.fit, history).where(history["repeats"] > 0)
