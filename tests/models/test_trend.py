"""Trends of many series: by hand, against other software, and as often right as they claim."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from analysis.models.trend import BLOCK, fit_cycle, fit_trends, group_medians

LEVEL = 0.9


def whole(amounts):
    """First and last period of series that count from end to end."""
    periods, series = amounts.shape
    return np.zeros(series, int), np.full(series, periods - 1)


def trends(amounts, cycle=None):
    return fit_trends(amounts, *whole(amounts), np.ones(len(amounts)) if cycle is None else cycle)


def lumpy_orders(rng, series, *, periods, growth, rate, regularity, spread):
    """Orders whose gaps are Erlang on a clock that runs faster by ``growth`` a year, of log-normal value."""
    pace = np.log1p(growth)
    end = np.expm1(pace * periods / 12) / pace if pace else periods / 12
    gaps = rng.gamma(regularity, 1 / (regularity * rate), (series, int(rate * end * 2) + 60))
    time = np.cumsum(gaps, axis=1) - (6 + 3 * rng.random((series, 1))) / rate  # under way for a while
    value = np.exp(spread * rng.standard_normal(time.shape))
    inside = (time >= 0) & (time < end)
    years = np.log1p(pace * time[inside]) / pace if pace else time[inside]
    amounts = np.zeros((periods, series))
    np.add.at(
        amounts, (np.minimum((years * 12).astype(int), periods - 1), np.nonzero(inside)[0]), value[inside]
    )
    return amounts


def test_a_series_that_doubles_every_year_has_that_slope_and_no_error():
    found = trends(100 * 2.0 ** (np.arange(36)[:, None] / 12))
    assert np.exp(12 * found.slope[0]) == pytest.approx(2.0)
    assert found.std_error[0] == pytest.approx(0, abs=1e-7)
    assert found.freedom[0] == 34


def test_the_trend_of_two_amounts_by_hand():
    """1, 0, 2: the mean period is 4/3, and (x + 2 x^2) / (1 + x + x^2) is that at x = (1 + sqrt 33) / 4."""
    assert np.exp(trends(np.array([[1.0], [0.0], [2.0]])).slope[0]) == pytest.approx((1 + 33**0.5) / 4)


def test_trends_and_errors_are_those_of_statsmodels():
    """``GLM(family=Poisson())`` with the cycle as exposure and ``scale="X2"``."""
    rng = np.random.default_rng(1)
    cycle = np.tile([0.5, 1.5, 1.0], 8)
    amounts = rng.poisson(
        3 * cycle[:, None] * np.exp(0.03 * np.arange(24))[:, None], (24, 5)
    ) * rng.lognormal(0, 0.5, (24, 5))
    first, last = np.array([0, 0, 3, 5, 1]), np.array([23, 20, 23, 19, 22])
    found = fit_trends(amounts, first, last, cycle)
    for one in range(5):
        rows = slice(first[one], last[one] + 1)
        design = sm.add_constant(np.arange(24.0)[rows])
        fit = sm.GLM(amounts[rows, one], design, family=sm.families.Poisson(), exposure=cycle[rows]).fit(
            scale="X2", tol=1e-12
        )
        assert found.slope[one] == pytest.approx(fit.params[1], rel=1e-6)
        assert found.std_error[one] == pytest.approx(fit.bse[1], rel=1e-6)


def test_a_series_of_nothing_but_season_has_no_trend():
    season = np.tile([2.0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0.5, 0.5], 2)
    amounts = np.outer(season, [1.0, 10.0, 100.0])
    cycle = fit_cycle(amounts, *whole(amounts), length=12)
    assert cycle == pytest.approx(season / season.mean(), rel=1e-3)
    assert trends(amounts, cycle).slope == pytest.approx(0, abs=1e-4)


def test_growth_is_not_taken_for_season():
    """Two years are the hardest case: within each, season and trend are one."""
    season = np.tile(np.linspace(0.6, 1.4, 12), 2)
    amounts = (season * 1.5 ** (np.arange(24) / 12))[:, None] * np.ones(3)
    cycle = fit_cycle(amounts, *whole(amounts), length=12)
    assert np.exp(12 * trends(amounts, cycle).slope) == pytest.approx(1.5, rel=1e-3)


def test_one_large_series_does_not_decide_the_season():
    amounts = np.ones((24, 9))
    amounts[:, 0] = np.tile([1e6, *[0.0] * 11], 2) + 1
    cycle = fit_cycle(amounts, *whole(amounts), length=12)
    assert cycle[0] < 3


def test_many_series_are_fitted_as_each_alone():
    amounts = np.random.default_rng(2).poisson(2.0, (24, BLOCK + 3)) + np.ones((24, 1))
    last = trends(amounts).slope[-3:]
    assert last == pytest.approx(trends(amounts[:, -3:]).slope, abs=1e-10)


def test_no_series_give_no_trends():
    assert trends(np.zeros((24, 0))).slope.shape == (0,)


@pytest.mark.parametrize(
    ("rate", "regularity", "spread"), [(6, 1, 0.5), (8.5, 2, 0.5), (16, 3, 0.5), (8.5, 1, 1.0)]
)
@pytest.mark.parametrize("growth", [0.0, 0.3])
def test_intervals_of_lumpy_orders_hold_the_growth_as_often_as_they_claim(rate, regularity, spread, growth):
    """Theil and Sen's interval on the logarithms of three-month sums holds it in 65 to 80 of 100, since the sums overlap."""
    rng = np.random.default_rng(3)
    amounts = lumpy_orders(
        rng, 1200, periods=36, growth=growth, rate=rate, regularity=regularity, spread=spread
    )
    amounts = amounts[:, (amounts > 0).sum(axis=0) >= 6]
    found = trends(amounts)
    reach = stats.t.ppf((1 + LEVEL) / 2, found.freedom) * found.std_error
    off = found.slope - np.log1p(growth) / 12
    assert 0.87 <= (np.abs(off) <= reach).mean() <= 0.95
    assert 12 * abs(np.median(off)) < 0.03


def test_theil_and_sens_interval_on_overlapping_sums_is_far_too_narrow():
    rng = np.random.default_rng(4)
    amounts = lumpy_orders(rng, 150, periods=36, growth=0.0, rate=16, regularity=3, spread=0.5)
    sums = amounts[2:] + amounts[1:-1] + amounts[:-2]
    ends = [
        stats.theilslopes(np.log(one[one > 0]), np.flatnonzero(one > 0), alpha=LEVEL)[2:] for one in sums.T
    ]
    assert np.mean([low <= 0 <= high for low, high in ends]) < 0.8


def test_findings_far_out_are_as_rare_as_they_claim():
    """The list of names rests on probabilities of one in a thousand."""
    rng = np.random.default_rng(5)
    found = trends(
        1e-9 + lumpy_orders(rng, 20_000, periods=24, growth=0.0, rate=8.5, regularity=1, spread=0.5)
    )
    chance = 2 * stats.t.sf(np.abs(found.slope / found.std_error), found.freedom)
    assert (chance < 0.001).mean() <= 0.0016  # three standard errors over one in a thousand


def test_the_median_of_a_group_by_hand():
    values = np.array([1.0, 2.0, 3.0, 10.0, 20.0, 5.0])
    groups = np.array([0, 0, 0, 1, 1, 3])
    median, error = group_medians(values, np.ones(6), groups, count=4)
    assert median == pytest.approx([2.0, 15.0, np.nan, 5.0], nan_ok=True)
    assert np.isnan(error[2])


def test_an_unsure_value_counts_less_and_a_very_sure_one_no_more_than_others():
    values, groups = np.array([0.0, 1.0, 2.0]), np.zeros(3, int)
    assert group_medians(values, np.array([1.0, 1.0, 100.0]), groups, count=1)[0][0] < 1
    assert group_medians(values, np.array([1.0, 1.0, 0.001]), groups, count=1)[0][0] == 1


def test_the_error_of_a_median_is_that_of_normal_values():
    """The median of 400 standard normal values has the standard error sqrt(pi / 2 / 400)."""
    values = np.random.default_rng(6).standard_normal((200, 400))
    _, error = group_medians(values.ravel(), np.ones(values.size), np.repeat(np.arange(200), 400), count=200)
    assert error.mean() == pytest.approx((np.pi / 2 / 400) ** 0.5, rel=0.05)
