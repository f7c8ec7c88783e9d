"""MBG/NBD and (M)BG/CNBD-k against printed numbers. Times are in weeks.

Sources: the R package BTYDplus 1.2, its demonstrations and tests (numbers only); stored: computed once from the
same files by another program.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.models.bgcnbd import fit_bgcnbd, fit_mbgcnbd, regularity_of_gaps
from analysis.models.bgnbd import BgNbd
from analysis.models.forecast import expected_events
from analysis.models.mbgnbd import MbgNbd, fit_mbgnbd
from tests.published.cdnow import CALIBRATION_END


@pytest.fixture(scope="module")
def fit(cdnow: pd.DataFrame) -> MbgNbd:
    return fit_mbgnbd(cdnow)


def test_relative_that_may_stop_at_the_first_event_gives_its_published_numbers(fit: MbgNbd) -> None:
    """MBG/NBD: .525, 6.183, .891, 1.614 (BTYDplus); LL -9582.1357 stored."""
    np.testing.assert_allclose(fit.params, [0.525, 6.183, 0.891, 1.614], atol=1e-3)
    np.testing.assert_allclose(fit.params, [0.524841, 6.183066, 0.891364, 1.614019], rtol=1e-4)
    assert fit.llf == pytest.approx(-9582.1357, abs=6e-5)


def test_holdout_of_single_customers(cdnow: pd.DataFrame, fit: MbgNbd) -> None:
    """Stored: sum 1576.7, MAE .7648, RMSE 1.6072, correlation .6273."""
    said, actual = expected_events(fit, cdnow, horizon_days=39), cdnow["future"]
    assert said.sum() == pytest.approx(1576.7, abs=0.05)
    assert (said - actual).abs().mean() == pytest.approx(0.7648, abs=6e-5)
    assert np.sqrt(((said - actual) ** 2).mean()) == pytest.approx(1.6072, abs=6e-5)
    assert said.corr(actual) == pytest.approx(0.6273, abs=6e-5)


def test_buyers_of_music_have_no_rhythm(
    cdnow: pd.DataFrame, cdnow_events: pd.DataFrame, cdnow_fit: BgNbd, fit: MbgNbd
) -> None:
    """BTYDplus, demonstration on CDNOW: no regularity is detected, k = 1, and the models are (M)BG/NBD."""
    for regular, plain in ((fit_bgcnbd(cdnow), cdnow_fit), (fit_mbgcnbd(cdnow), fit)):
        assert regular.k == 1
        np.testing.assert_allclose(regular.params, plain.params, rtol=1e-6)
        assert regular.llf == pytest.approx(plain.llf, abs=1e-6)
    assert regularity_of_gaps(cdnow_events, CALIBRATION_END) == pytest.approx(1, abs=0.1)
