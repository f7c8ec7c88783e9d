"""BG/NBD against printed numbers. Times are in weeks.

Sources:
* FHL 2005: Fader, Hardie & Lee (2005), "Counting your customers" the easy way, Marketing Science 24(2).
* Sheet: the spreadsheet that goes with it, Hardie (2004), note 004, www.brucehardie.com/notes/004.
* BTYD: the R package BTYD 2.4 (Dziurzynski, Wadsworth, McCarthy), manual and walkthrough (numbers only).
* CLVTools: the tests of the R package CLVTools 0.12 (numbers only).
* Stored: computed once from the same files by two programs of ours written apart.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.models.bgnbd import BgNbd, fit_bgnbd
from analysis.models.dropout import BetaDropout
from analysis.models.event_dropout import EventDropoutLikelihood
from analysis.models.forecast import (
    expected_events,
    expected_events_new,
    expected_path,
    pmf_new,
    probability_alive,
)
from analysis.models.repeat import RepeatRows, compress, summarise_events
from analysis.models.result import FitStatus
from analysis.models.uncertainty import bootstrap_parameters, draw_parameters, simulate_future
from tests.published.cdnow import DATA_END, in_weeks

PRINTED = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426, log_likelihood=-9582.4, n=2357, status="identified",
                covariance=())  # fmt: skip


def history(x: float, span: float, age: float) -> pd.DataFrame:
    return pd.DataFrame({"repeats": [x], "span_days": [span], "age_days": [age]})


def test_sample_has_the_published_size(cdnow: pd.DataFrame) -> None:
    """FHL 2005, section 4: 2,357 customers, 2,457 repeat transactions, then 1,882 in 39 weeks."""
    assert (len(cdnow), cdnow["repeats"].sum(), cdnow["future"].sum()) == (2357, 2457, 1882)
    assert compress(cdnow).x.size == 1016  # stored


def test_estimates_are_the_published_ones(cdnow_fit: BgNbd) -> None:
    """FHL 2005, table 2: .243, 4.414, .793, 2.426, LL -9582.4; further digits from CLVTools and stored."""
    assert cdnow_fit.status == FitStatus.IDENTIFIED
    np.testing.assert_allclose(cdnow_fit.params, [0.243, 4.414, 0.793, 2.426], atol=1e-3)
    np.testing.assert_allclose(cdnow_fit.params, [0.2425945, 4.4136019, 0.7929199, 2.4258881], rtol=1e-4)
    np.testing.assert_allclose(cdnow_fit.params, [0.24259452, 4.41360202, 0.79292202, 2.42590678], rtol=1e-7)
    assert cdnow_fit.llf == pytest.approx(-9582.429, abs=5e-4)
    assert cdnow_fit.llf == pytest.approx(-9582.429207, abs=1e-6)


def test_criteria_count_customers_not_compressed_rows(cdnow_fit: BgNbd) -> None:
    """Stored: BIC 19195.92 with 2,357 customers; 19192.55 would be that of 1,016 rows."""
    assert cdnow_fit.bic == pytest.approx(19195.92, abs=0.005)
    assert cdnow_fit.aic == pytest.approx(2 * 4 + 2 * 9582.429207, abs=1e-5)


def test_file_of_summaries_gives_the_published_digits(cdnow_folder: Path) -> None:
    """The file that circulates with the paper has its weeks rounded to two digits, so only these agree."""
    names = {"frequency": "repeats", "recency": "span_days", "T": "age_days"}
    fit = fit_bgnbd(pd.read_csv(cdnow_folder / "cdnow_customers_summary.csv").rename(columns=names))
    np.testing.assert_allclose(fit.params, [0.243, 4.414, 0.793, 2.426], atol=1e-3)
    assert fit.llf == pytest.approx(-9582.4, abs=0.05)


def test_standard_errors_are_those_of_the_hessian(cdnow_fit: BgNbd) -> None:
    """Stored."""
    np.testing.assert_allclose(cdnow_fit.bse, [0.01256, 0.37822, 0.18573, 0.70541], atol=6e-6)


def test_refitted_samples_spread_wider_than_the_hessian_says(cdnow: pd.DataFrame, cdnow_fit: BgNbd) -> None:
    """Stored, 1,000 refits: .0144, .467, .207, .812. With 300 an error of 4 % is usual."""
    draws = bootstrap_parameters(cdnow_fit, cdnow, draws=300, seed=1)
    spread = pd.DataFrame([draw.params for draw in draws]).std()
    np.testing.assert_allclose(spread, [0.0144, 0.467, 0.207, 0.812], rtol=0.1)
    assert (spread > cdnow_fit.bse).all()


def test_likelihood_of_two_rows() -> None:
    """pymc-marketing 1.3, tests of the distribution, at a = .8, b = 2.5, r = .25, alpha = 4, T = 40."""
    point = np.log([0.25, 4, 0.8, 2.5])
    for x, span, printed in ((0, 0, -0.59947382), (200, 38, 100.7957)):
        row = RepeatRows(np.array([x]), np.array([float(span)]), np.array([40.0]), np.ones(1))
        value, _, _ = EventDropoutLikelihood(row, 0)(point, BetaDropout)
        assert value == pytest.approx(printed, rel=1e-6)


def test_expected_transactions_of_a_new_customer(cdnow_fit: BgNbd) -> None:
    """Sheet, column E[X(t)], four digits."""
    weeks = np.array([0.1429, 1, 3, 31.8571, 32])
    printed = [0.0078, 0.0532, 0.1506, 1.0405, 1.0437]
    np.testing.assert_allclose(expected_events_new(cdnow_fit, weeks), printed, atol=6e-5)


def test_expected_transactions_in_78_weeks_need_the_whole_series(cdnow_fit: BgNbd) -> None:
    """Sheet: 1.8576, which is its series for 2F1 cut after 150 terms; the whole series gives 1.85796."""
    r, alpha, a, b = cdnow_fit.params
    j = np.arange(150)
    terms = np.cumprod((r + j) * (b + j) / ((a + b - 1 + j) * (j + 1)) * 78 / (alpha + 78))
    cut = (a + b - 1) / (a - 1) * (1 - (alpha / (alpha + 78)) ** r * (1 + terms.sum()))
    assert cut == pytest.approx(1.8576, abs=5e-5)
    assert expected_events_new(cdnow_fit, 78) == pytest.approx(1.857958, abs=1e-6)


def test_expected_transactions_of_a_year(cdnow_fit: BgNbd) -> None:
    """BTYD walkthrough: 1.444004 at its estimates; stored 1.444012 at ours."""
    assert expected_events_new(cdnow_fit, 52) == pytest.approx(1.444004, abs=2e-5)
    assert expected_events_new(cdnow_fit, 52) == pytest.approx(1.444012, abs=2e-6)


def test_forecast_of_customer_1516(cdnow_fit: BgNbd) -> None:
    """BTYD walkthrough, x = 26, t_x = 30.857, T = 31, next 52 weeks: 25.75659, alive .9688523."""
    someone = history(26, 30 + 6 / 7, 31)
    assert expected_events(cdnow_fit, someone, horizon_days=52)[0] == pytest.approx(25.75659, rel=1e-4)
    assert probability_alive(cdnow_fit, someone)[0] == pytest.approx(0.9688523, abs=1e-5)


def test_forecast_of_the_first_customer(cdnow_fit: BgNbd) -> None:
    """Sheet: x = 2, t_x = 30.43, T = 38.86, next 39 weeks: 1.226."""
    assert expected_events(cdnow_fit, history(2, 30.43, 38.86), horizon_days=39)[0] == pytest.approx(
        1.226, abs=1e-3
    )


def test_more_purchases_before_the_same_silence_mean_fewer_to_come(cdnow_fit: BgNbd) -> None:
    """BTYD walkthrough, t_x = 20, T = 39, next 52 weeks."""
    for x, printed in ((10, 0.34746), (15, 0.04283), (20, 0.00416), (25, 0.000358)):
        got = expected_events(cdnow_fit, history(x, 20, 39), horizon_days=52)[0]
        assert got == pytest.approx(printed, rel=5e-3), x


def test_probabilities_of_counts() -> None:
    """BTYD manual, ``bgnbd.pmf`` at (.243, 4.414, .793, 2.426)."""
    assert pmf_new(PRINTED, 0, 39) == pytest.approx(0.5737864, abs=5e-8)
    assert pmf_new(PRINTED, 10, 2) == pytest.approx(1.07869e-07, rel=1e-5)


def test_holdout_by_number_of_purchases(cdnow: pd.DataFrame, cdnow_fit: BgNbd) -> None:
    """BTYD walkthrough, conditional expectations by calibration frequency 0 to 7+."""
    said = expected_events(cdnow_fit, cdnow, horizon_days=39)
    bins = cdnow["repeats"].clip(upper=7)
    assert bins.value_counts().sort_index().tolist() == [1411, 439, 214, 100, 62, 38, 29, 64]
    actual = [0.2367, 0.6970, 1.3925, 1.5600, 2.5323, 2.9474, 3.8621, 6.3594]
    model = [0.2251, 0.5231, 1.0441, 1.5203, 2.1638, 2.6538, 3.5040, 6.1570]
    np.testing.assert_allclose(cdnow["future"].groupby(bins).mean(), actual, atol=6e-5)
    np.testing.assert_allclose(said.groupby(bins).mean(), model, rtol=2e-4)


def test_holdout_of_single_customers(cdnow: pd.DataFrame, cdnow_fit: BgNbd) -> None:
    """Stored: sum 1653.4, MAE .7855, RMSE 1.6080, correlation .6256."""
    said, actual = expected_events(cdnow_fit, cdnow, horizon_days=39), cdnow["future"]
    assert said.sum() == pytest.approx(1653.4, abs=0.05)
    assert (said - actual).abs().mean() == pytest.approx(0.7855, abs=5e-5)
    assert np.sqrt(((said - actual) ** 2).mean()) == pytest.approx(1.6080, abs=5e-5)
    assert said.corr(actual) == pytest.approx(0.6256, abs=5e-5)


def test_cumulated_transactions_at_week_78(cdnow: pd.DataFrame, cdnow_fit: BgNbd) -> None:
    """Stored: 4165.7 expected, where 2,457 + 1,882 = 4,339 happened."""
    path = expected_path(cdnow_fit, cdnow["age_days"], np.array([0, 39, 78]))
    assert path[0] == 0
    assert path[78] == pytest.approx(4165.7, abs=0.05)


def test_interval_of_the_model_alone_misses_the_holdout_total(cdnow: pd.DataFrame, cdnow_fit: BgNbd) -> None:
    """Stored: mean 1663, 95 % from 1466 to 1834, actual 1,882: the model is not the world."""
    draws = draw_parameters(cdnow_fit, draws=1000, seed=1)
    totals = simulate_future(draws, cdnow, horizon_days=39, seed=2)
    assert totals.mean() == pytest.approx(1663, abs=12)  # four standard errors of 1,000 draws
    np.testing.assert_allclose(np.quantile(totals, [0.025, 0.975]), [1466, 1834], atol=30)
    assert np.quantile(totals, 0.975) < cdnow["future"].sum()


def test_estimates_from_all_78_weeks(cdnow_events: pd.DataFrame) -> None:
    """Stored: .253561, 5.447257, .607365, 2.647234; LL -17138.2340."""
    fit = fit_bgnbd(in_weeks(summarise_events(cdnow_events, DATA_END)))
    np.testing.assert_allclose(fit.params, [0.253561, 5.447257, 0.607365, 2.647234], rtol=5e-6)
    assert fit.llf == pytest.approx(-17138.2340, abs=6e-5)


def test_estimates_from_all_customers(cdnow_master: pd.DataFrame) -> None:
    """Stored: 23,570 customers, 39 weeks: .251624, 4.788943, .723434, 2.161088; LL -95368.4439."""
    fit = fit_bgnbd(cdnow_master)
    assert fit.n == 23570
    assert compress(cdnow_master).x.size == 8685
    np.testing.assert_allclose(fit.params, [0.251624, 4.788943, 0.723434, 2.161088], rtol=5e-6)
    assert fit.llf == pytest.approx(-95368.4439, abs=6e-5)
