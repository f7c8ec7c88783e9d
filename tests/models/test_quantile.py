"""High quantiles against other software and by hand; the proof on entities left out finds what is there and nothing else."""

import numpy as np
import pandas as pd
import pytest

from analysis.models.design import design_of
from analysis.models.quantile import bootstrap_quantile, drawn_rows, fit_quantile, hold_out, pinball


def noisy(n, slope, seed):
    """``n`` values that grow with x by ``slope``, with noise of standard deviation 1."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(n)
    return np.stack([np.ones(n), x], axis=1), 2 + slope * x + rng.standard_normal(n)


@pytest.mark.parametrize("tau", [0.5, 0.8, 0.9, 0.95])
def test_the_coefficients_are_those_of_statsmodels(tau):
    from statsmodels.regression.quantile_regression import QuantReg

    design, values = noisy(400, 0.7, seed=1)
    theirs = QuantReg(values, design).fit(q=tau, max_iter=5_000, p_tol=1e-9).params
    np.testing.assert_allclose(fit_quantile(design, values, tau=tau), theirs, atol=1e-4)


def test_without_covariates_the_fit_is_a_quantile_of_the_values():
    [height] = fit_quantile(np.ones((9, 1)), np.arange(1.0, 10.0), tau=0.9)
    assert height == 9.0, "0.9 x 9 = 8.1, so that eight values lie below"


def test_the_loss_of_what_lies_too_low_is_tau_and_of_what_lies_too_high_one_less_tau():
    np.testing.assert_allclose(pinball(np.array([3.0, 1.0]), np.array([1.0, 3.0]), tau=0.9), [1.8, 0.2])


def test_covariates_that_tell_something_help_and_cover_what_they_should():
    design, values = noisy(1_000, 1.0, seed=2)
    found = hold_out(design, values, tau=0.9, folds=10, level=0.9, seed=1)
    assert found.helps
    assert found.loss < found.constant_loss
    assert abs(found.coverage - 0.9) < 0.02


def test_covariates_that_tell_nothing_help_no_more_often_than_the_level_says():
    helped = sum(
        hold_out(*noisy(200, 0.0, seed=seed), tau=0.9, folds=10, level=0.9, seed=seed).helps
        for seed in range(40)
    )
    assert helped <= 6, "5 % of 40 are 2; more than 6 would happen once in 300 times"


def test_a_bootstrap_spreads_as_the_normal_theory_of_a_median_says():
    values = np.random.default_rng(3).standard_normal(400)
    drawn = bootstrap_quantile(np.ones((400, 1)), values, tau=0.5, draws=300, seed=1)
    expected = np.sqrt(np.pi / 2 / 400)  # standard error of the median of a normal sample
    assert abs(drawn.std() / expected - 1) < 0.3


def test_few_entities_are_all_taken_and_many_are_drawn_in_their_order():
    assert drawn_rows(5, 10, seed=1).tolist() == [0, 1, 2, 3, 4]
    drawn = drawn_rows(100, 10, seed=1)
    assert len(set(drawn.tolist())) == 10
    assert (np.diff(drawn) > 0).all()


def test_numbers_become_logarithms_and_words_become_levels():
    frame = pd.DataFrame({"size": ["10", None, "1000"], "trade": ["a", "a", "b"]})
    half = np.log(1000 / 10) / 2
    np.testing.assert_allclose(
        design_of(frame, ["size", "trade"], level_from=1), [[1, -half, 0, 0], [1, 0, 1, 0], [1, half, 0, 1]]
    )


def test_rare_words_stand_together_and_a_column_of_one_word_is_left_out():
    frame = pd.DataFrame({"trade": ["a", "a", "b", "c"], "land": ["x"] * 4, "band": [None] * 4})
    assert design_of(frame, ["trade", "land", "band"], level_from=2).tolist() == [
        [1, 0],
        [1, 0],
        [1, 1],
        [1, 1],
    ]
