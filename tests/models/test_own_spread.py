"""Own variances and rates, drawn towards those of all as far as the data says that entities are alike."""

import numpy as np
import pytest
from scipy.special import psi

from analysis.models.own_spread import own_spreads, prior_observations, prior_trials


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


@pytest.mark.parametrize(("won", "lost"), [(1.0, 5.0), (4.0, 2.0)])
def test_how_different_chances_are_is_recovered(won, lost):
    """Chances are Beta: worth as many trials as its parameters add up to, also where a success brings 0.2 or 1 of it."""
    rng = np.random.default_rng(5)
    past = rng.integers(10, 40, 40_000)
    wins = rng.binomial(past, rng.beta(won, lost, past.size))
    rate, prior = prior_trials(wins, past)
    assert (rate, prior) == pytest.approx((won / (won + lost), won + lost), rel=0.05)
    whole = rng.binomial(wins, 0.5)
    rate, prior = prior_trials(whole + 0.2 * (wins - whole), past, 0.52 / 0.6)
    chance = won / (won + lost)
    between = 0.36 * chance * (1 - chance) / (won + lost + 1)
    assert (rate, prior) == pytest.approx((0.6 * chance, (0.52 * chance - 0.36 * chance**2 - between) / between), rel=0.1)


def test_equal_rates_are_worth_more_observations_than_anybody_has():
    past = np.full(20_000, 30)
    assert prior_observations(np.random.default_rng(4).poisson(past * 0.3), past)[1] > 1_000
