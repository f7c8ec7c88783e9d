"""The errors are those of fits that really leave one out, and new entities err as often as they say."""

import numpy as np
import pytest

from analysis.models.leave_one_out import fit_left_out


def drawn(n, seed, slope=0.8):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(n)
    return np.stack([np.ones(n), x], axis=1), slope * x + rng.standard_t(4, n)


def test_an_error_is_that_of_the_fit_without_the_entity():
    design, values = drawn(25, seed=1)
    found = fit_left_out(design, values)
    for place in range(25):
        others = np.arange(25) != place
        by_hand = np.linalg.lstsq(design[others], values[others], rcond=None)[0]
        assert found.errors[place] == pytest.approx(values[place] - design[place] @ by_hand)
        assert found.constant_errors[place] == pytest.approx(values[place] - values[others].mean())


def test_quantiles_and_shares_are_one_another_turned_round():
    found = fit_left_out(*drawn(60, seed=2))
    for share in (0.05, 0.5, 0.95):
        assert found.share_below(np.array([found.quantile(share)]))[0] == pytest.approx(share)
    assert found.share_below(np.array([-1e9, 1e9])) == pytest.approx([1 / 61, 60 / 61])


def test_new_entities_lie_inside_the_interval_as_often_as_it_says():
    inside = []
    for seed in range(200):
        design, values = drawn(41, seed)
        found = fit_left_out(design[:40], values[:40])
        error = values[40] - design[40] @ found.coefficients
        inside.append(found.quantile(0.05) <= error <= found.quantile(0.95))
    assert 0.84 <= np.mean(inside) <= 0.95


def test_a_fit_of_nothing_gains_nothing_surely():
    sure = [fit_left_out(*drawn(40, seed, slope=0.0)).gain(level=0.9)[1] > 0 for seed in range(60)]
    assert sum(sure) <= 7, "5 % of 60 are 3; more than 7 would happen once in 100 times"
    assert fit_left_out(*drawn(40, 1, slope=2.0)).gain(level=0.9)[1] > 0
