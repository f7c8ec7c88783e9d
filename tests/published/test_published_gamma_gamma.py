"""Gamma-Gamma against printed numbers.

Source: Fader & Hardie (2013), The gamma-gamma model of monetary value, www.brucehardie.com/notes/025, and the
tests of the R package CLVTools 0.12 (numbers only). The file holds 946 customers with repeat transactions.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.models.gamma_gamma import GammaGammaLikelihood, expected_mean_value, fit_gamma_gamma
from analysis.models.result import FitStatus


@pytest.fixture(scope="module")
def spending(cdnow_folder: Path) -> pd.DataFrame:
    return pd.read_csv(cdnow_folder / "cdnow_customers_summary_with_transactions.csv")


@pytest.fixture(scope="module")
def repeaters(spending: pd.DataFrame) -> pd.DataFrame:
    return spending[spending["x"] > 0]


def test_estimates_are_the_published_ones(repeaters: pd.DataFrame) -> None:
    """Note 025, page 4: p = 6.25, q = 3.74, gamma = 15.44; further digits and LL -4055.9232 stored."""
    fit = fit_gamma_gamma(repeaters["x"], repeaters["zbar"])
    assert (fit.n, fit.status) == (946, FitStatus.IDENTIFIED)
    np.testing.assert_allclose(fit.params, [6.25, 3.74, 15.44], atol=0.009)  # the last printed digit
    np.testing.assert_allclose(fit.params, [6.24880, 3.74459, 15.44775], rtol=1e-6)
    assert fit.llf == pytest.approx(-4055.9232, abs=6e-5)


def test_the_lower_optimum_of_ever_larger_p_is_not_taken(repeaters: pd.DataFrame) -> None:
    """Stored: a ridge at LL -4076.79, where general-purpose optimisers from p = q = gamma = 1 end up."""
    objective = GammaGammaLikelihood(repeaters["x"].to_numpy(float), repeaters["zbar"].to_numpy())
    ridge = [objective._climb(np.log([1e5, q, q / 1e5])).value - objective.log_unit for q in (1.5, 2, 4)]
    assert max(ridge) <= -4055.9232
    fit = fit_gamma_gamma(repeaters["x"], repeaters["zbar"])
    assert fit.llf >= max(ridge) - 1e-6


def test_expected_spending_of_the_first_ten_customers(
    spending: pd.DataFrame, repeaters: pd.DataFrame
) -> None:
    """Note 025, figure 1: to .05, as the note uses estimates with two digits."""
    fit = fit_gamma_gamma(repeaters["x"], repeaters["zbar"])
    first = spending.head(10)
    printed = [24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17]
    np.testing.assert_allclose(expected_mean_value(fit, first["x"], first["zbar"]), printed, atol=0.05)
    assert fit.population_mean == pytest.approx(35.17, abs=0.02)
