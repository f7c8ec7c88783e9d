"""Pareto/NBD and gamma-Gompertz/NBD against printed numbers. Times are in weeks.

Sources:
* FHL 2005: Fader, Hardie & Lee (2005), "Counting your customers" the easy way, Marketing Science 24(2), table 2.
* RFM: Fader, Hardie & Lee (2005), RFM and CLV, Journal of Marketing Research 42(4), all 78 weeks.
* BG 2012: Bemmaor & Glady (2012), Management Science 58(5), as printed with the R package CLVTools.
* BTYD: the R package BTYD 2.4 (Dziurzynski, Wadsworth, McCarthy), manual and walkthrough (numbers only).
* CLVTools: the tests of the R package CLVTools 0.12 (numbers only).
* Stored: computed once from the same files by another program, with hypergeometric functions.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.models.ageing import AgeingLifetime
from analysis.models.forecast import expected_events, expected_events_new, expected_path, probability_alive
from analysis.models.ggompertz_nbd import fit_ggompertz_nbd
from analysis.models.pareto_nbd import ParetoNbd, fit_pareto_nbd
from analysis.models.repeat import compress, summarise_events
from analysis.models.result import FitStatus
from analysis.models.time_dropout import TimeDropoutLikelihood
from tests.published.cdnow import DATA_END, in_weeks


@pytest.fixture(scope="module")
def fit(cdnow: pd.DataFrame) -> ParetoNbd:
    return fit_pareto_nbd(cdnow)


@pytest.fixture(scope="module")
def cdnow_whole(cdnow_events: pd.DataFrame) -> pd.DataFrame:
    """The sample over all 78 weeks."""
    return in_weeks(summarise_events(cdnow_events, DATA_END))


def history(x: float, span: float, age: float) -> pd.DataFrame:
    return pd.DataFrame({"repeats": [x], "span_days": [span], "age_days": [age]})


def test_estimates_are_the_published_ones(fit: ParetoNbd) -> None:
    """FHL 2005: .553, 10.578, .606, 11.669, LL -9595.0; LL -9594.976 in BTYD and CLVTools; more digits stored."""
    assert fit.status == FitStatus.IDENTIFIED
    np.testing.assert_allclose(fit.params, [0.553, 10.578, 0.606, 11.669], atol=1e-3)
    np.testing.assert_allclose(fit.params, [0.55327705, 10.57768346, 0.60623999, 11.66873529], rtol=1e-6)
    assert fit.llf == pytest.approx(-9594.976, abs=5e-4)
    assert fit.llf == pytest.approx(-9594.976179, abs=1e-6)


def test_standard_errors_are_the_published_ones(fit: ParetoNbd) -> None:
    """CLVTools: .0476264, .8427222, .1872594, 6.2105448, from a numerical Hessian; stored from an exact one."""
    np.testing.assert_allclose(fit.bse, [0.0476264, 0.8427222, 0.1872594, 6.2105448], rtol=2e-4)
    np.testing.assert_allclose(fit.bse, [0.0476279, 0.8427225, 0.1872813, 6.2111136], rtol=2e-6)


def test_expected_transactions_of_a_year(fit: ParetoNbd) -> None:
    """BTYD walkthrough: 1.473434."""
    assert expected_events_new(fit, 52) == pytest.approx(1.473434, abs=2e-6)


def test_forecast_of_customer_1516(fit: ParetoNbd) -> None:
    """BTYD walkthrough, x = 26, t_x = 30.857, T = 31, next 52 weeks: 25.45647, alive .997874."""
    someone = history(26, 30 + 6 / 7, 31)
    assert expected_events(fit, someone, horizon_days=52)[0] == pytest.approx(25.45647, rel=1e-4)
    assert expected_events(fit, someone, horizon_days=52)[0] == pytest.approx(25.45518, abs=1e-5)
    assert probability_alive(fit, someone)[0] == pytest.approx(0.997874, abs=2e-6)


def test_more_purchases_before_the_same_silence_mean_fewer_to_come(fit: ParetoNbd) -> None:
    """BTYD walkthrough, t_x = 20, T = 39, next 52 weeks."""
    for x, printed in ((10, 0.70623), (15, 0.14423), (20, 0.02251), (25, 0.00309)):
        got = expected_events(fit, history(x, 20, 39), horizon_days=52)[0]
        assert got == pytest.approx(printed, rel=2e-3), x


def test_holdout_by_number_of_purchases(cdnow: pd.DataFrame, fit: ParetoNbd) -> None:
    """BTYD walkthrough, conditional expectations by calibration frequency 0 to 7+."""
    said = expected_events(fit, cdnow, horizon_days=39).groupby(cdnow["repeats"].clip(upper=7)).mean()
    np.testing.assert_allclose(said, [0.138, 0.600, 1.196, 1.714, 2.399, 2.907, 3.819, 6.403], atol=1e-3)


def test_holdout_of_single_customers(cdnow: pd.DataFrame, fit: ParetoNbd) -> None:
    """Stored: sum 1665.5, MAE .7545, RMSE 1.6028, correlation .6302."""
    said, actual = expected_events(fit, cdnow, horizon_days=39), cdnow["future"]
    assert said.sum() == pytest.approx(1665.5, abs=0.05)
    assert (said - actual).abs().mean() == pytest.approx(0.7545, abs=5e-5)
    assert np.sqrt(((said - actual) ** 2).mean()) == pytest.approx(1.6028, abs=5e-5)
    assert said.corr(actual) == pytest.approx(0.6302, abs=5e-5)


def test_cumulated_transactions_at_week_78(cdnow: pd.DataFrame, fit: ParetoNbd) -> None:
    """Stored: 4275.4 expected, where 4,339 happened."""
    assert expected_path(fit, cdnow["age_days"], np.array([78]))[78] == pytest.approx(4275.4, abs=0.05)


def test_estimates_from_all_78_weeks(cdnow_whole: pd.DataFrame) -> None:
    """RFM, with digits from BTYD: .5629966, 12.5590370, .4081095, 10.5148048; stored LL -17135.8359."""
    fit = fit_pareto_nbd(cdnow_whole)
    np.testing.assert_allclose(fit.params, [0.5629966, 12.5590370, 0.4081095, 10.5148048], rtol=1e-4)
    np.testing.assert_allclose(fit.params, [0.563004, 12.559169, 0.408107, 10.514545], rtol=2e-6)
    assert fit.llf == pytest.approx(-17135.8359, abs=6e-5)


def test_estimates_from_all_customers(cdnow_master: pd.DataFrame) -> None:
    """Stored: 23,570 customers, 39 weeks: .597420, 11.585658, .522186, 8.827759; LL -95415.1186."""
    fit = fit_pareto_nbd(cdnow_master)
    np.testing.assert_allclose(fit.params, [0.597420, 11.585658, 0.522186, 8.827759], rtol=2e-6)
    assert fit.llf == pytest.approx(-95415.1186, abs=6e-5)


def test_no_ageing_shows_in_39_weeks_and_the_published_maximum_is_its_limit(
    cdnow: pd.DataFrame, fit: ParetoNbd
) -> None:
    """BG 2012: r = .553, alpha = 10.578, b = .0002, s = .603, beta = .0026 (b times ours), LL -9594.98.

    The likelihood is as good without ageing, which is Pareto/NBD: b = .0002 is where a search stopped.
    """
    aged = fit_ggompertz_nbd(cdnow)
    assert aged.status == FitStatus.NO_AGEING
    pd.testing.assert_series_equal(aged.params, fit.params)
    assert aged.llf == pytest.approx(-9594.98, abs=5e-3)
    printed = np.log([0.553, 10.578, 0.603, 0.0026 / 0.0002, 0.0002])
    value, _, _ = TimeDropoutLikelihood(compress(cdnow))(printed, AgeingLifetime)
    assert aged.llf - 1 < value < aged.llf  # b is printed to one digit, so beta / b is known to a quarter


def test_ageing_shows_in_78_weeks(cdnow_whole: pd.DataFrame) -> None:
    """Five parameters against four: a gain of 2.7 in log-likelihood."""
    aged, plain = fit_ggompertz_nbd(cdnow_whole), fit_pareto_nbd(cdnow_whole)
    assert aged.status == FitStatus.IDENTIFIED
    assert 2 < aged.llf - plain.llf < 4
    assert aged.aic < plain.aic
