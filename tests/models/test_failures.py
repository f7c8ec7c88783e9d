"""Rates, promises kept and failures that come again, by hand and against published intervals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from analysis.models.failures import (
    fails_again,
    kept_in_time,
    poisson_quantile,
    rate_interval,
    share_interval,
)


def test_interval_of_a_rate_is_the_tabled_one() -> None:
    """Gamma(x + 1/2) is chi-square with 2 x + 1 degrees of freedom, halved; 1, 5 and 21 from any table, 95 %."""
    low, high = rate_interval(np.array([0, 2, 10]), 1.0, level=0.95)
    np.testing.assert_allclose(low, [0, 0.831 / 2, 10.283 / 2], rtol=0.001)
    np.testing.assert_allclose(high, [5.024 / 2, 12.833 / 2, 35.479 / 2], rtol=0.001)


@pytest.mark.parametrize("side", [0.00135, 0.025, 0.5, 0.99865])
def test_a_count_s_quantile_is_that_of_scipy(side: float) -> None:
    mean = np.array([0.0, 0.2, 3, 17.5, 400])
    np.testing.assert_array_equal(poisson_quantile(side, mean), stats.poisson.ppf(side, mean))


def test_a_rate_over_ten_times_the_orders_is_a_tenth() -> None:
    np.testing.assert_allclose(np.array(rate_interval(3, 50, level=0.9)), 10 * np.array(rate_interval(3, 500, level=0.9)))


def test_the_truth_lies_inside_as_often_as_promised() -> None:
    rng = np.random.default_rng(1)
    events, hits = rng.poisson(6.0, 4000), rng.binomial(40, 0.3, 4000)
    for (low, high), true in ((rate_interval(events, 100, level=0.9), 0.06), (share_interval(hits, 40, level=0.9), 0.3)):
        assert np.mean((low <= true) & (true <= high)) == pytest.approx(0.9, abs=0.03)


def test_share_of_none_begins_at_zero_and_of_all_ends_at_one() -> None:
    low, high = share_interval(np.array([0, 10]), np.array([10, 10]), level=0.9)
    assert low[0] == 0
    assert high[1] == 1
    assert high[0] == pytest.approx(1 - low[1])


def test_an_open_promise_is_broken_once_its_time_has_passed() -> None:
    taken = np.array([1.0, 24.0, 24.5, np.nan, np.nan])
    waited = np.array([99.0, 99.0, 99.0, 25.0, 24.0])
    np.testing.assert_array_equal(kept_in_time(taken, waited, target=24.0), [1, 1, 0, 0, np.nan])


def test_failures_that_come_again_by_hand() -> None:
    """a fails on days 1, 20, 80; b on 70 and 95; c on 75, 75. All is known to day 100, soon is 30 days."""
    entity = np.array(["a", "b", "c", "a", "a", "b", "c"])
    day = np.array([80, 70, 75, 1, 20, 95, 75])
    #            too late, in 25 d: day 100 just known, too late, in 19 d, 60 d, too late, too late
    expected = [np.nan, 1, np.nan, 1, 0, np.nan, np.nan]
    np.testing.assert_array_equal(fails_again(entity, day, last_day=100, within=30), expected)
    turned = np.random.default_rng(2).permutation(7)
    np.testing.assert_array_equal(
        fails_again(entity[turned], day[turned], last_day=100, within=30), np.array(expected)[turned]
    )


def test_two_failures_on_one_day_are_two() -> None:
    np.testing.assert_array_equal(fails_again(np.array([1, 1]), np.array([5, 5]), last_day=50, within=30), [1, 0])


def test_no_failures_come_again_never() -> None:
    assert fails_again(np.array([]), np.array([]), last_day=50, within=30).size == 0
