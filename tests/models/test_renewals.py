"""Laws of renewal: derivatives, limits, a known truth, and the residual value by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import beta as beta_function
from scipy.special import hyp2f1

from analysis.core.errors import FitError
from analysis.models.renewal import RenewalLikelihood, Renewals, cohort_table, fit_bdw, fit_sbg
from analysis.models.result import FitStatus


def contracts(count: int, alpha: float, beta: float, c: float, longest: int, seed: int) -> pd.DataFrame:
    """Contracts begun in each of ``longest`` years and seen until the last: each leaves when 1 - (1 - p)^(t^c) is
    reached, with p ~ Beta(alpha, beta)."""
    rng = np.random.default_rng(seed)
    power = np.log(rng.random(count)) / np.log1p(-rng.beta(alpha, beta, count))
    leaves_at = np.ceil(power ** (1 / c)).astype(np.int64)  # the first t with t^c at or beyond
    seen = rng.integers(1, longest + 1, count)
    t = np.arange(1, longest + 1)
    at_risk = ((leaves_at[:, None] >= t) & (seen[:, None] >= t)).sum(axis=0)
    renewed = ((leaves_at[:, None] > t) & (seen[:, None] >= t)).sum(axis=0)
    return pd.DataFrame({"renewal": t, "at_risk": at_risk, "renewed": renewed})


@pytest.mark.parametrize("size", [2, 3])
def test_gradient_and_hessian_agree_with_differences(size: int) -> None:
    objective = RenewalLikelihood(cohort_table([1000, 631, 468, 382, 326]))
    for whole in (np.log([0.7, 1.3, 1.4]), np.log([6.0, 20.0, 0.5])):
        point = whole[:size]
        _, gradient, hessian = objective(point)
        around = [(objective(point + h), objective(point - h)) for h in 1e-5 * np.eye(size)]
        np.testing.assert_allclose(
            gradient, [(up[0] - down[0]) / 2e-5 for up, down in around], rtol=1e-6, atol=1e-5
        )
        np.testing.assert_allclose(
            hessian, [(up[1] - down[1]) / 2e-5 for up, down in around], rtol=1e-5, atol=1e-4
        )


def test_the_weibull_law_is_the_plain_one_where_c_is_one() -> None:
    objective = RenewalLikelihood(cohort_table([1000, 631, 468, 382, 326]))
    plain, weibull = objective(np.log([0.8, 1.5])), objective(np.log([0.8, 1.5, 1.0]))
    assert weibull[0] == pytest.approx(plain[0], rel=1e-12)
    np.testing.assert_allclose(weibull[1][:2], plain[1], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(weibull[2][:2, :2], plain[2], rtol=1e-9)


@pytest.mark.parametrize("c", [None, 1.5])
def test_truth_is_inside_the_interval_as_often_as_promised(c: float | None) -> None:
    fit = fit_sbg if c is None else fit_bdw
    truth = {"alpha": 1.2, "beta": 3.5} | ({} if c is None else {"c": c})
    fits = [fit(contracts(4000, 1.2, 3.5, c or 1.0, 8, seed)) for seed in range(40)]
    for name, value in truth.items():
        ends = [one.conf_int(0.8).loc[name] for one in fits]
        inside = sum(end["lower"] <= value <= end["upper"] for end in ends)
        assert 23 <= inside <= 40, (name, inside)  # 32 expected, binomial sd 2.5


def test_contracts_that_still_run_bias_nothing() -> None:
    """Half of the contracts are seen for less than half of the time; the share that passes t is still the true one."""
    fit = fit_sbg(contracts(200_000, 1.2, 3.5, 1.0, 8, seed=3))
    true = beta_function(1.2, 3.5 + np.arange(9)) / beta_function(1.2, 3.5)
    np.testing.assert_allclose(fit.survival(np.arange(9)), true, atol=5e-3)


def test_contracts_that_are_alike_are_called_so() -> None:
    fit = fit_sbg(cohort_table([10_000, 8000, 6400, 5120, 4096]))
    assert fit.status == FitStatus.EQUAL_RENEWALS
    assert fit.p == pytest.approx(0.2)
    assert fit.bse["p"] == pytest.approx(np.sqrt(0.2 * 0.8 / 29_520))
    np.testing.assert_allclose(fit.survival(np.array([0, 1, 2])), [1, 0.8, 0.64])


def test_two_renewals_cannot_tell_three_parameters_and_the_simpler_law_is_given() -> None:
    fit = fit_bdw(cohort_table([1000, 631, 468]))
    assert fit.c is None
    assert fit.params.to_dict() == pytest.approx(fit_sbg(cohort_table([1000, 631, 468])).params.to_dict())


def test_residual_is_the_closed_form_and_a_finite_sum_by_hand() -> None:
    law = Renewals(alpha=0.8, beta=1.3, log_likelihood=0.0, n=1, status=FitStatus.IDENTIFIED, covariance=())
    passed, d = 3, 0.12
    closed = (1.3 + passed) / (2.1 + passed) * hyp2f1(1, 1.3 + passed + 1, 2.1 + passed + 1, 1 / (1 + d))
    assert law.residual(passed, rate_per_period=d) == pytest.approx(closed, rel=1e-10)
    first, second = 4.3 / 5.1, 5.3 / 6.1
    by_hand = first + first * second / 1.12
    assert law.residual(passed, rate_per_period=d, periods=2) == pytest.approx(by_hand, rel=1e-12)


def test_residual_of_all_time_without_discount_is_refused() -> None:
    law = Renewals(p=0.2, log_likelihood=0.0, n=1, status=FitStatus.EQUAL_RENEWALS, covariance=())
    with pytest.raises(
        FitError, match=r"need a discount rate above 0, got 0.0. Give the number of periods.$"
    ):
        law.residual(0, rate_per_period=0.0)


def test_nobody_lost_says_nothing_about_losses() -> None:
    with pytest.raises(FitError, match=r"got '30 renewed and 0 lost'. Wait for more renewals.$"):
        fit_sbg(cohort_table([10, 10, 10, 10]))
