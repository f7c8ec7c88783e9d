"""V6: average costs of winning and keeping, by hand."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.core import params
from analysis.lifetime_value.acquisition import cost_ratios, spend_windows

SETTINGS = params.load(Path(__file__).parents[2] / "params.yaml").lifetime_value
BEGINS, AS_OF = pd.Timestamp("2024-01-05"), pd.Timestamp("2026-03-31")


def monthly(first: str, last: str, acquisition: float = 30.0, retention: float = 10.0) -> pd.DataFrame:
    rows = [
        (f"{month}", purpose, int(amount * 1e4))
        for month in pd.period_range(first, last, freq="M")
        for purpose, amount in (("acquisition", acquisition), ("retention", retention))
    ]
    return pd.DataFrame(rows, columns=["period", "purpose", "amount_e4"])


def test_every_month_ends_a_year_of_spend_from_a_year_after_the_data_begins() -> None:
    found = spend_windows(monthly("2024-01", "2026-06"), BEGINS, AS_OF, 6)  # a year before is needed to stay from
    assert list(found["ends_on"]) == list(pd.date_range("2025-12-31", AS_OF, freq="ME"))
    assert found["starts_on"].iloc[0] == pd.Timestamp("2025-01-01")
    assert found[["acquisition", "retention"]].to_numpy().tolist() == [[360, 120]] * 4


def test_a_year_with_a_month_missing_is_left_out() -> None:
    spend = monthly("2024-01", "2026-03")
    found = spend_windows(spend[spend["period"] != "2025-02"], BEGINS, AS_OF, 12)
    assert list(found["ends_on"]) == [pd.Timestamp("2026-02-28"), AS_OF]


@pytest.mark.parametrize("periods", [["2025"], ["2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4"]])
def test_years_and_quarters_make_years_too(periods: list[str]) -> None:
    spend = pd.DataFrame({"period": periods, "purpose": "acquisition", "amount_e4": 500_000})
    found = spend_windows(spend, BEGINS, AS_OF, 12)
    assert found.to_numpy().tolist() == [
        [pd.Timestamp("2025-01-01"), pd.Timestamp("2025-12-31"), 50.0 * len(periods), 0.0]
    ]


def table_of(won: list[int], kept: list[int], before: int, path: np.ndarray | None = None) -> pd.DataFrame:
    """Rows of years in each of which 1,000 was spent on winning and 400 on keeping."""
    ends = pd.date_range(AS_OF, periods=len(won))
    windows = pd.DataFrame({"starts_on": BEGINS, "ends_on": ends, "acquisition": 1000.0, "retention": 400.0})
    counts = pd.DataFrame({"ends_on": ends, "begun": won, "earlier": before, "stayed": kept})
    return cost_ratios(windows, counts, path, dataclasses.replace(SETTINGS, horizon_months=(12,), interval_level=0.9))


def ratios(won: int, kept: int, before: int, path: np.ndarray | None = None) -> pd.Series:
    return table_of([won], [kept], before, path).iloc[0]


def test_the_ratio_of_average_costs_and_its_interval_are_those_by_hand() -> None:
    row = ratios(20, 80, 100)
    assert (row["cost_per_won"], row["cost_per_kept"], row["ratio"]) == (50, 5, 10)
    off = 1.6448536 * np.sqrt(1 / 20 + 0.2 / 80)
    assert (row["lo"], row["hi"]) == (pytest.approx(10 * np.exp(-off)), pytest.approx(10 * np.exp(off)))
    assert np.isnan(row["value_to_cost"])


def test_the_interval_holds_the_ratio_of_the_true_rates_as_often_as_it_says() -> None:
    rng = np.random.default_rng(3)
    truth = (1000 / 50) / (400 / (0.7 * 200))
    found = table_of(rng.poisson(50, 800).tolist(), rng.binomial(200, 0.7, 800).tolist(), 200)
    assert ((found["lo"] <= truth) & (truth <= found["hi"])).mean() == pytest.approx(0.9, abs=0.03)


def test_without_anybody_won_or_kept_there_is_no_ratio() -> None:
    assert np.isnan(ratios(0, 80, 100)["ratio"])
    assert np.isnan(ratios(20, 0, 100)["ratio"])


@pytest.mark.parametrize(("first", "months"), [(60.0, 0), (30.0, 2), (1.0, None)])
def test_the_cost_is_paid_back_when_the_value_of_a_new_customer_has_come_to_it(first: float, months: int | None) -> None:
    path = first + 10.0 * np.minimum(np.arange(13), 3)  # the cost of winning one is 50
    row = ratios(20, 80, 100, path)
    assert row["value_to_cost"] == pytest.approx((first + 30) / 50)
    assert row["equity_added"] == pytest.approx(20 * (first + 30 - 50))
    assert row["payback_months"] == months if months is not None else np.isnan(row["payback_months"])
