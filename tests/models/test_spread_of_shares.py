"""How entities differ beyond chance: recovered from draws of a known law, and nothing where they are one."""

import numpy as np
import pytest

from analysis.models.shares import fit_beta, normal_spread


def counted(a, b, entities=5000, seed=1):
    rng = np.random.default_rng(seed)
    trials = rng.integers(1, 30, entities)
    return rng.binomial(trials, rng.beta(a, b, entities)), trials


@pytest.mark.parametrize(("a", "b"), [(2.0, 3.0), (0.1, 0.4), (8.0, 40.0)])
def test_the_law_of_the_shares_is_recovered(a, b):
    found = fit_beta(*counted(a, b), prior=0.5)
    assert found == pytest.approx((a, b), rel=0.1)


def test_entities_that_are_one_have_one_share():
    rng = np.random.default_rng(2)
    trials = rng.integers(1, 30, 3000)
    a, b = fit_beta(rng.binomial(trials, 0.3, 3000), trials, prior=0.5)
    assert a / (a + b) == pytest.approx(0.3, abs=0.01)
    assert a + b > 500  # a share of its own for each would stand out by far less


@pytest.mark.parametrize("hits", [0, 1])
def test_where_nobody_or_everybody_hits_the_law_is_no_nonsense(hits):
    trials = np.array([3, 5, 2])
    a, b = fit_beta(hits * trials, trials, prior=0.5)
    assert a > 0
    assert b > 0


def test_entities_without_trials_do_not_count():
    hits, trials = np.array([1, 2, 0, 3]), np.array([2, 3, 0, 9])
    assert fit_beta(hits, trials, prior=0.5) == fit_beta(hits[trials > 0], trials[trials > 0], prior=0.5)


@pytest.mark.parametrize("spread", [0.0, 0.15])
def test_the_variance_between_means_is_recovered(spread):
    rng = np.random.default_rng(3)
    size = rng.integers(1, 20, 4000)
    means = rng.normal(0.5, spread, 4000) + rng.normal(0, 0.2 / np.sqrt(size))
    mean, variance = normal_spread(means, size, 0.2**2)
    assert mean == pytest.approx(0.5, abs=0.01)
    assert variance == pytest.approx(spread**2, abs=0.001)
