"""Shifted beta-geometric law against printed numbers.

Source: Fader & Hardie (2007), How to project customer retention: two segments of 1,000 customers, seven renewals to
fit, five to test; the authors' note on the beta-geometric law; Fader & Hardie (2010) for the residual value.
"""

from __future__ import annotations

import numpy as np
import pytest

from analysis.models.renewal import RenewalLikelihood, cohort_table, fit_sbg
from analysis.models.result import FitStatus

# Per cent retained in years 0 to 12, as printed.
REGULAR = [100, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1, 22.3, 20.7, 19.4, 18.3, 17.3]
HIGH_END = [100, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1, 46.8, 44.5, 42.7, 40.9, 39.4]


def survivors(percent: list[float], renewals: int) -> list[int]:
    return [round(10 * share) for share in percent[: renewals + 1]]


@pytest.mark.parametrize(
    ("percent", "printed", "exact", "value", "twelve"),
    [
        (REGULAR, (0.704, 1.182), (0.704077, 1.182043), -1680.2652, 0.1700),
        (HIGH_END, (0.668, 3.806), (0.668087, 3.806088), -1611.1581, 0.3780),
    ],
    ids=["regular", "high end"],
)
def test_estimates_and_survival_are_the_published_ones(
    percent: list[float],
    printed: tuple[float, float],
    exact: tuple[float, float],
    value: float,
    twelve: float,
) -> None:
    """Page 82: to the printed digit; further digits and the share after twelve renewals stored."""
    fit = fit_sbg(cohort_table(survivors(percent, 7)))
    assert (fit.n, fit.status) == (1000, FitStatus.IDENTIFIED)
    np.testing.assert_allclose(fit.params, printed, atol=6e-4)
    np.testing.assert_allclose(fit.params, exact, rtol=1e-5)
    assert fit.llf == pytest.approx(value, abs=6e-5)
    assert fit.survival(np.array(12)) == pytest.approx(twelve, abs=6e-5)


def test_four_renewals_predict_the_next_three_and_the_residual_value() -> None:
    """Alpha .7637, beta 1.2958, LL -1401.56; survivors 284.5, 253.7, 229.6; before the fifth renewal at 10 % a year
    5.68 margins, 3.81 where the last share that renewed is taken to stay."""
    fit = fit_sbg(cohort_table([1000, 631, 468, 382, 326]))
    np.testing.assert_allclose(fit.params, [0.7637, 1.2958], atol=6e-5)
    assert fit.llf == pytest.approx(-1401.56, abs=6e-3)
    np.testing.assert_allclose(1000 * fit.survival(np.array([5, 6, 7])), [284.5, 253.7, 229.6], atol=0.06)
    assert fit.residual(4, rate_per_period=0.1) == pytest.approx(5.68, abs=6e-3)
    constant = 326 / 382
    assert constant * 1.1 / (1.1 - constant) == pytest.approx(3.81, abs=6e-3)


def test_the_sum_by_renewals_is_the_published_likelihood_by_lifetimes() -> None:
    """Equation 7: n_t ln P(T = t) and the survivors ln S; here from its recursion, P(1) = alpha / (alpha + beta)."""
    alpha, beta, left = 0.9, 1.7, survivors(REGULAR, 7)
    leaves = [alpha / (alpha + beta)]
    for t in range(2, 8):
        leaves.append(leaves[-1] * (beta + t - 2) / (alpha + beta + t - 1))
    lost = -np.diff(left)
    value = (lost * np.log(leaves)).sum() + left[-1] * np.log(1 - sum(leaves))
    assert RenewalLikelihood(cohort_table(left))(np.log([alpha, beta]))[0] == pytest.approx(value, rel=1e-12)
