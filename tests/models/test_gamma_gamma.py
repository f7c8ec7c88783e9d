"""Values of events: derivatives, the mean drawn towards the population, and what has no mean."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import gamma as gamma_function
from scipy.special import gammaln, roots_genlaguerre

from analysis.core.errors import FitError
from analysis.models.gamma_gamma import (
    GammaGamma,
    GammaGammaLikelihood,
    expected_mean_value,
    fit_gamma_gamma,
)
from analysis.models.newton import maximise
from analysis.models.result import FitStatus
from tests.models.worlds import gamma_gamma_world

NOTHING = {"log_likelihood": 0.0, "n": 1, "status": "identified", "covariance": ()}


def test_gradient_and_hessian_agree_with_differences() -> None:
    world = gamma_gamma_world(300, 6, 4, 15, seed=1)
    objective = GammaGammaLikelihood(world["repeats"].to_numpy(float), world["mean_value"].to_numpy())
    for free in np.log([(6, 4, 0.5), (0.3, 40, 90), (80, 0.5, 0.01)]):
        _, gradient, hessian = objective(free)
        shifted = [(objective(free + h), objective(free - h)) for h in 1e-5 * np.eye(3)]
        slope = np.array([up[0] - down[0] for up, down in shifted]) / 2e-5
        bend = np.array([up[1] - down[1] for up, down in shifted]) / 2e-5
        np.testing.assert_allclose(gradient, slope, atol=1e-6 * np.abs(gradient).max())
        np.testing.assert_allclose(hessian, bend, atol=1e-6 * np.abs(hessian).max())


def test_likelihood_of_a_mean_is_its_integral_over_the_entities() -> None:
    """m given nu is Gamma(p x, nu x), nu is Gamma(q, gamma): integrated by 150 nodes over nu."""
    p, q, gamma = 2.5, 3.5, 6.0
    x, mean = np.array([1.0, 2, 4]), np.array([3.0, 5, 2.5])
    node, weight = roots_genlaguerre(150, q - 1)
    nu, weight = node / gamma, weight / gamma_function(q)
    slow = 0.0
    for one, value in zip(x, mean, strict=True):
        shape = p * one
        log_density = (
            shape * np.log(nu * one) + (shape - 1) * np.log(value) - nu * one * value - gammaln(shape)
        )
        slow += np.log((weight * np.exp(log_density)).sum())
    objective = GammaGammaLikelihood(x, mean)
    value, _, _ = objective(np.log([p, q, gamma / objective.unit]))
    assert value - objective.log_unit == pytest.approx(slow, rel=1e-9)


def test_expected_value_lies_between_the_own_mean_and_that_of_the_population() -> None:
    fit = GammaGamma(p=6, q=4, gamma=15, **NOTHING)
    x, mean = (
        pd.Series([0, 1, 4, 10**6], index=list("abcd")),
        pd.Series([np.nan, 60, 60, 60], index=list("abcd")),
    )
    got = expected_mean_value(fit, x, mean)
    assert fit.population_mean == pytest.approx(6 * 15 / 3)
    share = 6 * x / (6 * x + 3)
    pd.testing.assert_series_equal(got, share * mean.fillna(0) + (1 - share) * 30, check_names=False)


def test_expected_value_is_the_mean_of_simulated_entities_with_that_history() -> None:
    rng = np.random.default_rng(2)
    nu = rng.gamma(4, 1 / 15, 2_000_000)
    mean = rng.gamma(6 * 2, size=nu.size) / 2 / nu
    near = (mean > 39) & (mean < 41)
    fit = GammaGamma(p=6, q=4, gamma=15, **NOTHING)
    said = expected_mean_value(fit, pd.Series([2]), pd.Series([40.0]))[0]
    assert (6 / nu[near]).mean() == pytest.approx(said, rel=0.01)


def test_heavy_tail_is_reported_and_has_no_population_mean() -> None:
    world = gamma_gamma_world(4000, 6, 0.7, 15, seed=3)
    fit = fit_gamma_gamma(world["repeats"], world["mean_value"])
    assert fit.status == FitStatus.NO_FINITE_MEAN
    assert fit.population_mean is None
    assert (expected_mean_value(fit, world["repeats"], world["mean_value"]) > 0).all()
    message = (r"^event values: no finite mean exists where p x \+ q is 1 or less, "
               r"got 'q = 0\.\d+ and 1 such entities'\. "
               r"Leave out entities without a repeat event, or cap extreme values\.$")  # fmt: skip
    with pytest.raises(FitError, match=message):
        expected_mean_value(fit, pd.Series([0]), pd.Series([0.0]))


@pytest.mark.parametrize(
    "values", ["equal between entities", "equal within an entity", "all equal", "one entity"]
)
def test_values_that_cannot_be_told_apart_give_a_status_and_finite_answers(values: str) -> None:
    rng = np.random.default_rng(4)
    x = pd.Series(1 + rng.poisson(3, 500))
    mean = pd.Series({
        "equal between entities": rng.gamma(6 * x) / x * 5,
        "equal within an entity": 1 / rng.gamma(4, 1 / 90, 500),
        "all equal": np.full(500, 30.0),
        "one entity": np.full(500, 30.0),
    }[values])  # fmt: skip
    if values == "one entity":
        x, mean = x.head(1), mean.head(1)
    fit = fit_gamma_gamma(x, mean)
    assert fit.status == FitStatus.EQUAL_VALUES
    got = expected_mean_value(fit, x, mean)
    assert got.between(mean.min() * 0.5, mean.max() * 2).all()
    if values == "equal between entities":
        np.testing.assert_allclose(got, (x * mean).sum() / x.sum(), rtol=0.02)
    if values == "equal within an entity":
        np.testing.assert_allclose(got, mean, rtol=0.02)


def test_every_start_reaches_the_highest_top() -> None:
    world = gamma_gamma_world(1000, 6, 4, 15, seed=5)
    objective = GammaGammaLikelihood(world["repeats"].to_numpy(float), world["mean_value"].to_numpy())
    best = objective.maximum()
    rng = np.random.default_rng(1)
    for start in rng.uniform(-3, 3, (20, 3)):
        assert maximise(objective, start, centre=np.zeros(3), n=1000).value <= best.value + 1e-6


def test_sample_start_leads_many_rows_to_the_same_maximum() -> None:
    world = gamma_gamma_world(30_000, 6, 4, 15, seed=6)
    objective = GammaGammaLikelihood(world["repeats"].to_numpy(float), world["mean_value"].to_numpy())
    direct = objective._climb(np.zeros(3))
    fit = fit_gamma_gamma(world["repeats"], world["mean_value"])
    np.testing.assert_allclose(fit.params, np.exp(direct.point) * [1, 1, objective.unit], rtol=1e-6)


def test_count_below_one_is_refused() -> None:
    message = (r"^event values: repeats must be 1 or more, got '1 of 2 that are not'\. "
               r"Leave out entities without a repeat event\.$")  # fmt: skip
    with pytest.raises(FitError, match=message):
        fit_gamma_gamma(pd.Series([0, 2]), pd.Series([10.0, 12.0]))


def test_an_open_parameter_has_no_interval_and_the_others_keep_theirs():
    """By hand: 1.96 standard errors of 3.6 on the log scale are a factor of a million from end to end; one held has none."""
    fit = GammaGamma(p=2.0, q=1.5, gamma=5e6, log_likelihood=-1.0, n=9, status=FitStatus.EQUAL_VALUES,
                     covariance=((0.01, 0, 0), (0, 0, 0), (0, 0, 3.6**2)))  # fmt: skip
    found = fit.known_intervals(0.95)
    assert found.isna().all(axis=1).to_dict() == {"p": False, "q": True, "gamma": True}
    np.testing.assert_allclose(found.loc["p"], [2 * np.exp(-0.1959964), 2 * np.exp(0.1959964)], rtol=1e-6)
    nearer = replace(fit, covariance=((0.01, 0, 0), (0, 0.01, 0), (0, 0, 3.4**2)))
    assert nearer.known_intervals(0.95).notna().all(axis=None)
    endless = replace(fit, covariance=((0.01, 0, 0), (0, 0.01, 0), (0, 0, 1e6)))
    assert endless.known_intervals(0.95).isna().sum().to_list() == [1, 1]
