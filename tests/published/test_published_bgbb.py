"""BG/BB against printed numbers: 11,104 donors, six yearly occasions.

Source: Fader, Hardie & Shang (2010), Marketing Science 29(6); the Excel sheet of its authors, whose numbers are in the
tests of the Python package lifetimes; the R package BTYD (numbers only).
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.models.bgbb import BgBb, bgbb_alive, bgbb_expected, bgbb_pmf_new, fit_bgbb
from analysis.models.result import FitStatus


@pytest.fixture(scope="module")
def donations() -> pd.DataFrame:
    named = os.environ.get("ANALYSIS_DATASETS")
    if not named:
        pytest.skip("ANALYSIS_DATASETS names no folder with the public data sets")
    raw = pd.read_csv(Path(named) / "donations_btyd" / "donations.csv")
    return raw.set_axis(["repeats", "last_occasion", "occasions", "entities"], axis=1)


@pytest.fixture(scope="module")
def fit(donations: pd.DataFrame) -> BgBb:
    return fit_bgbb(donations)


def test_estimates_are_the_published_ones(fit: BgBb) -> None:
    """Table 2: 1.204, .750, .657, 2.783, LL -33,225.6; further digits stored."""
    assert (fit.n, fit.status) == (11_104, FitStatus.IDENTIFIED)
    np.testing.assert_allclose(fit.params, [1.204, 0.750, 0.657, 2.783], atol=1e-3)
    np.testing.assert_allclose(fit.params, [1.203522, 0.749716, 0.656718, 2.783443], rtol=2e-6)
    assert fit.llf == pytest.approx(-33_225.5813, abs=6e-5)


def test_expected_donations_of_five_years(fit: BgBb, donations: pd.DataFrame) -> None:
    """Authors' sheet: 12,884.2 donations in the years 7 to 11."""
    each = bgbb_expected(fit, donations, occasions_ahead=5) * donations["entities"]
    assert each.sum() == pytest.approx(12_884.2, abs=0.06)


def test_expected_donors_by_number_of_donations(fit: BgBb) -> None:
    """Authors' sheet: of 11,104 donors, 3,454.9 should have given in none of six years and 1,253.1 in all of them."""
    none, all_six = 11_104 * bgbb_pmf_new(fit, np.array([0, 6]), occasions=6)
    assert none == pytest.approx(3454.9, abs=0.06)
    assert all_six == pytest.approx(1253.1, abs=0.06)


def test_probability_of_still_being_a_donor(fit: BgBb, donations: pd.DataFrame) -> None:
    """Authors' sheet: .11 without a later gift, .59 with two gifts, the last in the fourth year, .93 with six."""
    alive = bgbb_alive(fit, donations).set_axis(
        pd.MultiIndex.from_frame(donations[["repeats", "last_occasion"]])
    )
    found = [alive.loc[0, 0], alive.loc[2, 4], alive.loc[6, 6]]
    np.testing.assert_allclose(found, [0.11, 0.59, 0.93], atol=6e-3)
