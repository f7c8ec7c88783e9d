"""Own variances and rates, drawn towards those of all as far as the data says that entities are alike."""

import numpy as np
import pytest
from scipy.special import psi

from analysis.models.own_spread import own_spreads, prior_observations


def test_where_all_vary_alike_everybody_gets_nearly_the_same():
    squares = 0.25 * np.random.default_rng(1).chisquare(5, 3000)
    spread, freedom = own_spreads(squares, np.full(3000, 5.0))
    assert np.sqrt(squares / 5).std() > 0.1
    np.testing.assert_allclose(spread, 0.5, rtol=0.1)
    assert (freedom > 100).all()


def test_the_prior_of_true_variances_is_recovered():
    """True variances are scaled inverse chi-square with 8 degrees of freedom around 0.04."""
    rng = np.random.default_rng(2)
    true = 8 * 0.04 / rng.chisquare(8, 20_000)
    spread, freedom = own_spreads(true * rng.chisquare(6, 20_000), np.full(20_000, 6.0))
    assert freedom.mean() == pytest.approx(8 + 6, rel=0.05)
    assert np.mean(np.log(spread**2 / true)) == pytest.approx(psi(7) - np.log(7), abs=0.02)  # true ones have 14 degrees left


def test_without_any_variation_there_is_nothing_to_learn():
    spread, _ = own_spreads(np.zeros(3), np.array([0.0, 4, 4]))
    assert spread.tolist() == [1, 1, 1]


@pytest.mark.parametrize("shape", [0.5, 2.0])
def test_how_different_rates_are_is_recovered(shape):
    """Rates are Gamma of mean 0.3; a shape of r is worth r / 0.3 observations."""
    rng = np.random.default_rng(3)
    past = rng.integers(10, 40, 40_000)
    total = rng.poisson(past * rng.gamma(shape, 0.3 / shape, past.size))
    rate, prior = prior_observations(total, past)
    assert rate == pytest.approx(0.3, rel=0.02)
    assert prior == pytest.approx(shape / 0.3, rel=0.1)


def test_equal_rates_are_worth_more_observations_than_anybody_has():
    past = np.full(20_000, 30)
    assert prior_observations(np.random.default_rng(4).poisson(past * 0.3), past)[1] > 1_000
