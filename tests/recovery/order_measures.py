"""What is measured of the models of orders and of value; the rows say on which worlds, and within which bands."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis.lifetime_value.figures import yearly_trend
from analysis.lifetime_value.forecasting import Outcome
from analysis.lifetime_value.histories import Histories
from analysis.lifetime_value.value_per_order import expected_value_per_order
from analysis.models.forecast import expected_events
from analysis.models.periods import DAYS_PER_MONTH
from analysis.models.ranking import rank_correlation
from analysis.models.rates import TrailingRate
from tests.recovery.harness import Estimate
from tests.recovery.parts import forecasts

MONTHS = 12
TENTHS = 10
YEARLY = 0.1  # lifetime_value.discount_rate_yearly
Measure = Callable[..., list[Estimate]]


def parameter(model: str, name: str, truth: float, parts: int, days: float = 1.0) -> Measure:
    """A parameter as the table ``clv_models`` has it, with its interval.

    Parameters
    ----------
    days : unit of the table in units of the truth, for a parameter that is a time.
    """

    def measure(ground) -> list[Estimate]:
        return [_parameter(outcome, model, name, truth, days) for _, outcome in forecasts(ground, parts)]

    return measure


def _parameter(outcome: Outcome, model: str, name: str, truth: float, days: float) -> Estimate:
    table = outcome.models
    chosen = (table["fit"] == "final") & (table["model"] == model) & (table["clock"] == "calendar") & (table["parameter"] == name)
    row = table[chosen]
    if len(row) != 1:
        return Estimate(math.nan, truth)
    found = row.iloc[0]
    return Estimate(found["estimate"] * days, truth, found["lo"] * days, found["hi"] * days)


def clv_total(parts: int) -> Measure:
    """Predicted value of the base over a year, against what then came in."""

    def measure(ground) -> list[Estimate]:
        found = []
        for histories, outcome in forecasts(ground, parts):
            row = outcome.prediction.totals.set_index("horizon_months").loc[MONTHS]
            came = _came(ground, histories)["value"].sum()
            found.append(Estimate(row["clv"], came, row["lo"], row["hi"]))
        return found

    return measure


def orders_total(parts: int) -> Measure:
    """Expected orders of a year against those that came."""

    def measure(ground) -> list[Estimate]:
        return [
            Estimate(_year(outcome)["exp_orders"].sum(), _came(ground, histories)["orders"].sum())
            for histories, outcome in forecasts(ground, parts)
        ]

    return measure


def holdout_orders(parts: int) -> Measure:
    """Orders that the published way predicted from the latest origin, against those that came."""

    def measure(ground) -> list[Estimate]:
        found = []
        for _, outcome in forecasts(ground, parts):
            origins = outcome.proof.origins
            row = origins[origins["is_published"]].sort_values("origin").iloc[-1]
            found.append(Estimate(row["predicted_orders"], row["actual_orders"]))
        return found

    return measure


def clv_of_tenths(first: int, last: int) -> Measure:
    """Predicted value of the customers in some tenths of the base by predicted value, 1 the highest."""

    def measure(ground) -> list[Estimate]:
        [(histories, outcome)] = forecasts(ground, 1)
        predicted, came = _year(outcome)["clv"], _came(ground, histories)["value"]
        tenth = np.floor(predicted.rank(method="first", ascending=False).sub(1) * TENTHS / len(predicted)) + 1
        inside = tenth.between(first, last).to_numpy()
        return [Estimate(predicted[inside].sum(), came[inside].sum())]

    return measure


def clv_part_of_tenths(first: int, last: int) -> Measure:
    """The same as a part of what all customers then brought: for tenths whose own value may be about nothing."""

    def measure(ground) -> list[Estimate]:
        [(histories, _)] = forecasts(ground, 1)
        whole = _came(ground, histories)["value"].sum()
        [tenths] = clv_of_tenths(first, last)(ground)
        return [Estimate(tenths.estimate / whole, tenths.truth / whole)]

    return measure


def value_trend(ground) -> list[Estimate]:
    """By how much orders of the same customers are said to become worth more a year, where they do not."""
    [(_, outcome)] = forecasts(ground, 1)
    slope, lo, hi = yearly_trend(outcome.value.trend, ground.valuation.settings.interval_level)
    return [Estimate(slope, 0.0, lo, hi)]


def clv_customers_covered(ground) -> list[Estimate]:
    """Share of the customers whose interval holds what then came in, against the level of the interval."""
    [(histories, outcome)] = forecasts(ground, 1)
    rows, came = _year(outcome), _came(ground, histories)["value"].to_numpy()
    inside = (came >= rows["lo"].to_numpy()) & (came <= rows["hi"].to_numpy())
    return [Estimate(float(inside.mean()), ground.valuation.settings.interval_level)]


def clv_rank_gain(ground) -> list[Estimate]:
    """Spearman's correlation of predicted value with what came in, against that of the trailing rate."""
    [(histories, outcome)] = forecasts(ground, 1)
    rows, came = _year(outcome), _came(ground, histories)["value"].to_numpy()
    plain = expected_events(TrailingRate(), histories.now, horizon_days=MONTHS * DAYS_PER_MONTH)
    plain = plain.to_numpy() * expected_value_per_order(outcome.value).to_numpy()
    ranks = [rank_correlation(one, came) for one in (rows["clv"].to_numpy(), plain)]
    return [Estimate(float(ranks[0] or 0), float(ranks[1] or 0))]


def _year(outcome: Outcome) -> pd.DataFrame:
    """The table ``clv`` for the horizon of a year."""
    clv = outcome.prediction.clv
    return clv[clv["horizon_months"] == MONTHS].reset_index(drop=True)


def _came(ground, histories: Histories) -> pd.DataFrame:
    return ground.ahead(histories.now["customer_id"], MONTHS * DAYS_PER_MONTH, yearly=YEARLY)
