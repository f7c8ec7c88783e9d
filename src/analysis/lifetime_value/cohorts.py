"""V4, V6: what a new customer is worth, measured cohort by cohort and expected by the model.

A cohort is the customers whose first order lies in the same quarter or year. Its value at an age is that of all orders
up to this age, the first one included, over its customers; it is only given where the whole cohort has come to the age.
The model expects of a new customer one order and its repeat orders, each worth the mean expected value of an order:

    V(t) = (1 + E[N(t)]) x mean value per order

Customers whose first order lies near the start of the data may be old ones, so their cohorts are no new customers; yet
the model was fitted to them too. What winning a customer may cost is therefore V brought to the level of the new
customers: times what they brought by the oldest age that enough of them have come to, over what V says of that age.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from analysis.core.contracts.clean import CUSTOMER_DAYS, CUSTOMER_RETURNS
from analysis.core.contracts.schema import E4
from analysis.core.engine import open_engine
from analysis.core.params import Acquisition, LifetimeValue
from analysis.core.stage import Stage
from analysis.lifetime_value.paired_draws import Base, PairedDraws, spread
from analysis.models.forecast import RepeatModel, expected_events_new
from analysis.models.history import History
from analysis.models.newton import Array
from analysis.models.periods import DAYS_PER_MONTH, DAYS_PER_YEAR, discount_factors

PERIODS = {"quarter": "Q", "year": "Y"}  # as pandas calls them


@dataclass(frozen=True)
class Pooled:
    """Mean value of some cohorts' customers at one age, with its standard error."""

    value: float
    error: float
    customers: int


@dataclass(frozen=True)
class Change:
    """Value of the newest cohort and of the new customers before it, at one age; ``half`` is the half-width of the
    interval of the difference."""

    age_months: int
    cohort: str
    before: float
    last: float
    half: float

    @property
    def direction(self) -> Literal["less", "more", "alike"]:
        """Whether the newest are worth less or more beyond chance."""
        if abs(self.last - self.before) <= self.half:
            return "alike"
        return "less" if self.last < self.before else "more"


def read_by_age(stage: Stage, value_name: str) -> pd.DataFrame:
    """Customers' orders and value by first day, up to each age of the cohorts."""
    ages = [age_days(months) for months in sorted(set(stage.settings.acquisition.cohort_months))]
    with open_engine(stage.params.engine) as engine:
        return History(engine, CUSTOMER_DAYS, CUSTOMER_RETURNS, value_name).by_age(stage.as_of, ages)


def new_since(begins: pd.Timestamp, months: int) -> pd.Timestamp:
    """First day from which a first order is that of a new customer, by the first day of the data."""
    return begins.to_period("M").start_time + pd.DateOffset(months=months)


def age_days(months: int) -> int:
    """Whole days of an age in months."""
    return round(months * DAYS_PER_MONTH)


def measure_cohorts(
    by_day: pd.DataFrame, begins: pd.Timestamp, as_of: pd.Timestamp, settings: LifetimeValue, expected: pd.Series
) -> pd.DataFrame:
    """Rows of the table ``new_customer_cohorts``; the interval is that of a mean by its standard error.

    Parameters
    ----------
    by_day : as ``models.history.History.by_age`` gives it, with the ages ``age_days`` of ``cohort_months``.
    begins : first day of the data.
    expected : of a new customer, value by age in months; missing where nothing expects it.
    """
    asked = settings.acquisition
    cohort = by_day["first_day"].dt.to_period(PERIODS[asked.cohort])
    grouped = by_day.drop(columns="first_day").groupby(cohort).sum()
    starts, ends = grouped.index.start_time, grouped.index.end_time.normalize()
    count = grouped["entities"].to_numpy()
    parts = []
    for months in sorted(set(asked.cohort_months)):
        days = age_days(months)
        reached = ends + pd.Timedelta(days=days) <= as_of
        mean = np.where(reached, grouped[f"value_{days}"] / E4 / count, np.nan)
        half = _reach(settings.interval_level) * _error(mean, grouped[f"square_{days}"].to_numpy(), count)
        parts.append(pd.DataFrame({
            "cohort": grouped.index.astype("str"), "starts_on": starts, "age_months": months, "customers": count,
            "is_new": starts >= new_since(begins, asked.new_after_months),
            "orders": np.where(reached, grouped[f"events_{days}"] / count, np.nan),
            "value": mean, "lo": mean - half, "hi": mean + half, "expected": expected.get(months, np.nan),
        }))  # fmt: skip
    return pd.concat(parts, ignore_index=True).sort_values(["cohort", "age_months"], ignore_index=True)


def _error(mean: Array, squares: Array, count: Array) -> Array:
    """Standard error of a mean; missing for one customer."""
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.maximum(squares / count - mean**2, 0) * count / (count - 1)
        return np.asarray(np.sqrt(np.where(count > 1, variance, np.nan) / count))


def _reach(level: float) -> float:
    """Standard errors to either side of an interval."""
    from scipy.special import ndtri

    return float(ndtri((1 + level) / 2))


def pooled(cohorts: pd.DataFrame, level: float) -> Pooled:
    """Cohorts at one age taken together; without customers where there is none.

    Parameters
    ----------
    cohorts : rows of ``new_customer_cohorts`` of one age.
    """
    known = cohorts[cohorts["value"].notna()]
    customers = int(known["customers"].sum())
    if customers == 0:
        return Pooled(np.nan, np.nan, 0)
    share = known["customers"] / customers
    error = (known["hi"] - known["value"]).fillna(0) / _reach(level)
    return Pooled(float(share @ known["value"]), float(np.sqrt(share**2 @ error**2)), customers)


def new_at(cohorts: pd.DataFrame, months: int) -> pd.DataFrame:
    """Rows of the new customers' cohorts at one age."""
    return cohorts[cohorts["is_new"] & (cohorts["age_months"] == months)]


def change_of_value(cohorts: pd.DataFrame, settings: LifetimeValue) -> Change | None:
    """How much less or more than earlier new customers the newest are worth, at the oldest age that both have come to.

    The newest are the last cohort that has come to the age; None where no two cohorts of enough customers have.
    """
    asked = settings.acquisition
    for months in sorted(set(asked.cohort_months), reverse=True):
        rows = new_at(cohorts, months)
        rows = rows[rows["value"].notna() & (rows["customers"] >= asked.min_cohort_customers)]
        if len(rows) > 1:
            before, last = (pooled(part, settings.interval_level) for part in (rows.iloc[:-1], rows.iloc[-1:]))
            half = _reach(settings.interval_level) * float(np.hypot(before.error, last.error))
            return Change(months, str(rows["cohort"].iloc[-1]), before.value, last.value, half)
    return None


def expects_new(fit: RepeatModel) -> bool:
    """Whether the model expects anything of a customer that it has not seen: a rate of each customer's own does not."""
    return bool(expected_events_new(fit, DAYS_PER_YEAR) > 0)


def expected_value(base: Base, months: int, *, rate_yearly: float) -> Array:
    """Value expected of a new customer up to the ends of 0, 1, ..., ``months`` months; its first order is today."""
    ends = expected_events_new(base.fit, np.arange(months + 1) * DAYS_PER_MONTH)
    repeats = np.cumsum(np.diff(ends) * discount_factors(months, rate_yearly=rate_yearly))
    return np.append(1, 1 + repeats) * base.worth.mean()


def expected_by_age(draws: PairedDraws | None, asked: Acquisition) -> pd.Series:
    """Value expected of a new customer at each age, not discounted; empty where nothing expects it."""
    if draws is None or not expects_new(draws.base.fit):
        return pd.Series(dtype="float64")
    path = expected_value(draws.base, max(asked.cohort_months), rate_yearly=0.0)
    return pd.Series({months: path[months] for months in asked.cohort_months})


def level_of_new(cohorts: pd.DataFrame, settings: LifetimeValue) -> tuple[float, float]:
    """What new customers bring over what the model expects of them, with its relative error; 1 where none is old enough."""
    asked = settings.acquisition
    for months in sorted(set(asked.cohort_months), reverse=True):
        rows = new_at(cohorts, months)
        found = pooled(rows, settings.interval_level)
        expected = rows["expected"].max()
        if found.customers >= asked.min_cohort_customers and expected > 0 and found.value > 0:
            return found.value / float(expected), found.error / found.value
    return 1.0, 0.0


def value_new_customers(draws: PairedDraws | None, cohorts: pd.DataFrame, settings: LifetimeValue) -> pd.DataFrame:
    """Rows of the table ``new_customer_values``: today's value of a new customer over each time ahead.

    The interval holds what the parameters leave open, and the error of the level of the new customers.
    """
    horizons = sorted(set(settings.horizon_months))
    known = draws is not None and expects_new(draws.base.fit)
    value = half = np.full(len(horizons), np.nan)
    level, error = level_of_new(cohorts, settings)
    if draws is not None and known:
        rate = settings.discount_rate_yearly
        middle, *drawn = (
            expected_value(one, horizons[-1], rate_yearly=rate)[horizons] for one in (draws.sample, *draws.draws)
        )
        value = level * expected_value(draws.base, horizons[-1], rate_yearly=rate)[horizons]
        open_ = spread(middle, drawn, settings.interval_level)
        half = np.abs(value) * np.hypot(open_, _reach(settings.interval_level) * error)
    measured = [pooled(new_at(cohorts, months), settings.interval_level) for months in horizons]
    return pd.DataFrame({
        "horizon_months": horizons, "value": value, "lo": value - half, "hi": value + half,
        "level": level if known else np.nan, "measured": [one.value for one in measured],
        "measured_customers": [one.customers for one in measured],
        "status": "estimated" if known else "not_available",
    })  # fmt: skip
