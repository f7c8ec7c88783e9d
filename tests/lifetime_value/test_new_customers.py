"""V4, V6: new customers by cohort, by hand, and what winning one may cost."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.core import params
from analysis.lifetime_value.cohorts import (
    age_days,
    change_of_value,
    expected_by_age,
    expected_value,
    expects_new,
    level_of_new,
    measure_cohorts,
    new_since,
    pooled,
    value_new_customers,
)
from analysis.lifetime_value.paired_draws import Base, PairedDraws
from analysis.models.bgnbd import BgNbd
from analysis.models.forecast import expected_events_new
from analysis.models.periods import DAYS_PER_MONTH
from analysis.models.rates import CommonRate, TrailingRate

SETTINGS = params.load(Path(__file__).parents[2] / "params.yaml").lifetime_value
BEGINS, AS_OF = pd.Timestamp("2024-01-05"), pd.Timestamp("2025-12-31")
NOTHING: dict[str, Any] = {"log_likelihood": 0.0, "n": 1, "status": "identified", "covariance": ()}
Z = 1.6448536  # standard errors of a 90 % interval


def settings(**changes: Any) -> params.LifetimeValue:
    asked = {"cohort_months": (3, 6), "new_after_months": 6, "min_cohort_customers": 2, **changes}
    return dataclasses.replace(SETTINGS, acquisition=dataclasses.replace(SETTINGS.acquisition, **asked))


def by_day(rows: list[tuple[str, list[float], list[float]]]) -> pd.DataFrame:
    """First day, and each customer's value in currency at 3 and at 6 months."""
    return pd.DataFrame([
        {
            "first_day": pd.Timestamp(day), "entities": len(three), "events_91": len(three), "events_183": 2 * len(six),
            "value_91": sum(three) * 1e4, "value_183": sum(six) * 1e4,
            "square_91": sum(one**2 for one in three), "square_183": sum(one**2 for one in six),
        }
        for day, three, six in rows
    ])  # fmt: skip


DAYS = by_day([
    ("2024-02-01", [500, 700], [900, 900]),
    ("2025-01-10", [100, 200], [300, 500]),
    ("2025-02-10", [300], [400]),
    ("2025-05-20", [40, 60], [90, 110]),
    ("2025-07-01", [10, 30], [20, 40]),
])  # fmt: skip


def cohorts(expected: pd.Series | None = None, **changes: Any) -> pd.DataFrame:
    expected = pd.Series(dtype="float64") if expected is None else expected
    return measure_cohorts(DAYS, BEGINS, AS_OF, settings(**changes), expected)


def cell(table: pd.DataFrame, cohort: str, months: int) -> pd.Series:
    return table.set_index(["cohort", "age_months"]).loc[(cohort, months)]


def test_an_age_in_months_is_in_whole_days() -> None:
    assert [age_days(months) for months in (3, 6, 12)] == [91, 183, 365]


def test_a_cohort_is_worth_the_mean_of_its_customers_with_the_error_of_the_mean() -> None:
    row = cell(cohorts(), "2025Q1", 6)
    assert (row["customers"], row["value"], row["orders"]) == (3, 400, 2)
    assert row["hi"] - row["value"] == pytest.approx(Z * np.std([300, 500, 400], ddof=1) / np.sqrt(3))


def test_a_cohort_has_no_value_before_all_of_it_has_come_to_the_age() -> None:
    table = cohorts()  # the last day of the third quarter is 92 days before the end, and 183 would be next year
    assert cell(table, "2025Q3", 3)["value"] == 20
    assert np.isnan(cell(table, "2025Q3", 6)["value"])
    assert cell(cohorts(cohort="year"), "2025", 3)["value":"hi"].isna().all()


def test_cohorts_near_the_start_of_the_data_are_not_new() -> None:
    assert new_since(BEGINS, 6) == pd.Timestamp("2024-07-01")
    new = cohorts().groupby("cohort")["is_new"].first()
    assert list(new) == [False, True, True, True]


def test_pooled_cohorts_count_by_customers() -> None:
    found = pooled(cohorts().query("age_months == 6 and is_new"), 0.9)
    assert (found.customers, found.value) == (5, pytest.approx((3 * 400 + 2 * 100) / 5))
    errors = [np.std([300, 500, 400], ddof=1) / np.sqrt(3), np.std([90, 110], ddof=1) / np.sqrt(2)]
    assert found.error == pytest.approx(np.hypot(0.6 * errors[0], 0.4 * errors[1]))


def test_the_newest_are_compared_at_the_oldest_age_that_two_cohorts_share() -> None:
    change = change_of_value(cohorts(), settings())
    assert change is not None
    assert (change.age_months, change.cohort, change.before, change.last) == (6, "2025Q2", 400, 100)
    assert change.direction == "less"
    assert dataclasses.replace(change, half=301).direction == "alike"
    assert dataclasses.replace(change, before=50, half=10).direction == "more"
    assert change_of_value(cohorts(), settings(min_cohort_customers=3)) is None


@pytest.fixture(scope="module")
def draws() -> PairedDraws:
    fit = BgNbd(r=0.6, alpha=20.0, a=0.8, b=4.0, **NOTHING)
    one = Base(fit, np.zeros(2), np.zeros(2), np.full(2, 50.0), np.array([80.0, 120.0]))
    others = [dataclasses.replace(one, worth=one.worth * (1 + 0.1 * side)) for side in (-1, 1)]
    return PairedDraws(one, one, others)


def test_a_new_customer_is_worth_its_first_order_and_the_repeats_that_the_model_expects(draws: PairedDraws) -> None:
    repeats = expected_events_new(draws.base.fit, np.arange(13) * DAYS_PER_MONTH)
    plain, discounted = (expected_value(draws.base, 12, rate_yearly=rate) for rate in (0.0, 0.1))
    np.testing.assert_allclose(plain, 100 * (1 + repeats))
    assert discounted[0] == 100
    assert discounted[2] == pytest.approx(100 * (1 + repeats[1] / 1.1 ** (1 / 12) + (repeats[2] - repeats[1]) / 1.1 ** (2 / 12)))
    assert (discounted[1:] < plain[1:]).all()


def test_the_ceiling_is_the_expectation_at_the_level_of_the_new_customers(draws: PairedDraws) -> None:
    asked = settings()
    expected = expected_by_age(draws, asked.acquisition)
    table = cohorts(expected)
    level, error = level_of_new(table, asked)
    assert level == pytest.approx(280 / expected[6])  # 1,400 of five new customers
    found = value_new_customers(draws, table, asked).iloc[0]
    usual = expected_value(draws.base, 12, rate_yearly=SETTINGS.discount_rate_yearly)[12]
    assert found["value"] == pytest.approx(level * usual)
    off = Z * np.hypot(np.std([0.9, 1.1], ddof=1), error)
    assert found["hi"] - found["value"] == pytest.approx(found["value"] * off)


def test_without_new_customers_of_an_age_the_expectation_stays_as_it_is(draws: PairedDraws) -> None:
    table = cohorts(expected_by_age(draws, settings().acquisition), new_after_months=24)
    assert level_of_new(table, settings()) == (1.0, 0.0)


def test_a_rate_of_each_customer_s_own_expects_nothing_of_a_new_one(draws: PairedDraws) -> None:
    assert expects_new(CommonRate(0.01))
    rate = dataclasses.replace(draws, base=dataclasses.replace(draws.base, fit=TrailingRate()))
    found = value_new_customers(rate, cohorts(), settings())
    assert list(found["status"].unique()) == ["not_available"]
    assert found["value"].isna().all()
    assert expected_by_age(None, settings().acquisition).empty
