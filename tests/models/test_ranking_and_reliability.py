"""Ranking and calibration of scores against numbers worked out another way."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.stats import mannwhitneyu, rankdata, spearmanr

from analysis.core.errors import FitError
from analysis.models import ranking
from analysis.models.ranking import auc, auc_parts, interval_of_parts, lift, rank_correlation
from analysis.models.reliability import brier, fit_reliability, reliability_table, separates, wilson


@pytest.fixture(scope="module")
def sample():
    rng = np.random.default_rng(8)
    chance = rng.beta(2, 3, 800).round(2)
    return chance, rng.random(800) < chance


@pytest.mark.parametrize("method", ["average", "min", "max"])
@pytest.mark.parametrize("shape", [(0,), (1,), (40,), (5, 30)])
def test_ranks_are_those_of_scipy(shape, method):
    values = np.random.default_rng(5).integers(0, 9, shape).astype(float)
    np.testing.assert_array_equal(ranking.rankdata(values, method), rankdata(values, method=method, axis=-1))


def test_auc_is_the_mann_whitney_share_with_ties_counted_half(sample):
    chance, outcome = sample
    expected = mannwhitneyu(chance[outcome], chance[~outcome]).statistic / outcome.sum() / (~outcome).sum()
    assert auc(chance, outcome)[0] == pytest.approx(expected, rel=1e-12)


def test_auc_of_a_score_that_says_nothing_is_a_half():
    assert auc(np.zeros(10), np.arange(10) < 3)[0] == 0.5


def test_the_interval_of_auc_agrees_with_the_bootstrap(sample):
    chance, outcome = sample
    rng = np.random.default_rng(9)
    drawn = [auc(chance[rows], outcome[rows])[0] for rows in rng.integers(0, 800, (400, 800))]
    value, parts = auc_parts(chance, outcome)
    low, high = interval_of_parts(value[0], parts[0], np.arange(800), level=0.9)
    assert high - low == pytest.approx(np.ptp(np.quantile(drawn, (0.05, 0.95))), rel=0.1)


def test_a_score_has_no_lead_over_itself_and_a_sure_one_over_noise(sample):
    chance, outcome = sample
    noise = np.random.default_rng(10).random(800)
    value, parts = auc_parts(np.stack([chance, noise]), outcome)
    assert interval_of_parts(0.0, parts[0] - parts[0], np.arange(800), level=0.9) == (0, 0)
    assert interval_of_parts(value[0] - value[1], parts[0] - parts[1], np.arange(800), level=0.99)[0] > 0


def test_an_entity_that_is_there_twice_tells_nothing_more(sample):
    chance, outcome = sample
    value, parts = auc_parts(chance, outcome)
    twice_value, twice = auc_parts(np.tile(chance, 2), np.tile(outcome, 2))
    assert twice_value[0] == pytest.approx(value[0])
    once = interval_of_parts(value[0], parts[0], np.arange(800), level=0.9)
    assert interval_of_parts(value[0], twice[0], np.tile(np.arange(800), 2), level=0.9) == pytest.approx(once)


def test_lift_compares_the_top_group_with_all():
    outcome = np.array([1, 1, 0, 0, 0, 0, 0, 0, 1, 0])
    assert lift(-np.arange(10.0), outcome, groups=5) == pytest.approx(1 / 0.3)
    assert lift(np.zeros(10), outcome, groups=5) == pytest.approx(1)


def test_rank_correlation_is_spearman_s_and_none_without_variation(sample):
    chance, outcome = sample
    assert rank_correlation(chance, outcome) == pytest.approx(spearmanr(chance, outcome).statistic)
    assert rank_correlation(np.ones(5), np.arange(5)) is None


def test_true_chances_have_slope_one_and_squeezed_ones_more(sample):
    chance, outcome = sample
    honest = fit_reliability(chance, outcome, level=0.9)
    assert honest.slope_low < 1 < honest.slope_high
    assert honest.intercept_low < 0 < honest.intercept_high
    odds = np.log(chance.clip(0.01, 0.99) / (1 - chance.clip(0.01, 0.99)))
    timid = fit_reliability(1 / (1 + np.exp(-odds / 2)), outcome, level=0.9)
    assert timid.slope == pytest.approx(
        2 * fit_reliability(chance.clip(0.01, 0.99), outcome, level=0.9).slope
    )


def test_the_calibration_fit_is_the_binomial_model_of_statsmodels(sample):
    chance, outcome = sample
    odds = np.log(chance.clip(1 / 1600, 1 - 1 / 1600) / (1 - chance.clip(1 / 1600, 1 - 1 / 1600)))
    glm = sm.GLM(outcome.astype(float), sm.add_constant(odds), family=sm.families.Binomial()).fit()
    found = fit_reliability(chance, outcome, level=0.9)
    assert [found.slope, found.slope_low, found.slope_high] == pytest.approx(
        [glm.params[1], *glm.conf_int(0.1)[1]], rel=1e-6
    )


def test_clustered_calibration_is_that_of_statsmodels(sample):
    chance, outcome = sample
    entity = np.arange(800) // 2
    odds = np.log(chance.clip(1 / 1600, 1 - 1 / 1600) / (1 - chance.clip(1 / 1600, 1 - 1 / 1600)))
    glm = sm.GLM(outcome.astype(float), sm.add_constant(odds), family=sm.families.Binomial())
    ends = glm.fit(cov_type="cluster", cov_kwds={"groups": entity}).conf_int(0.1)[1]
    found = fit_reliability(chance, outcome, level=0.9, entity=entity)
    assert [found.slope_low, found.slope_high] == pytest.approx(list(ends), rel=1e-6)


def test_rows_that_repeat_an_entity_count_once_in_the_interval_of_a_group():
    predicted, outcome = np.array([0.2] * 10 + [0.7] * 10), np.arange(20) % 3 == 0
    once = reliability_table(predicted, outcome, groups=2, level=0.9)
    twice = reliability_table(np.tile(predicted, 2), np.tile(outcome, 2), groups=2, level=0.9, entity=np.tile(np.arange(20), 2))
    assert twice["entities"].tolist() == [20, 20]
    assert twice[["observed", "lo", "hi"]].to_numpy() == pytest.approx(once[["observed", "lo", "hi"]].to_numpy())


def test_separated_outcomes_are_refused_and_named():
    chance, outcome = np.array([0.1, 0.2, 0.8, 0.9]), np.array([False, False, True, True])
    assert separates(chance, outcome)
    assert not separates(chance, np.array([False, True, False, True]))
    with pytest.raises(
        FitError, match="predictions must vary and overlap between outcomes, got '2 of 4 with the outcome'"
    ):
        fit_reliability(chance, outcome, level=0.9)


def test_brier_is_the_mean_squared_distance():
    assert brier(np.array([0.5, 1.0]), np.array([1, 1])) == 0.125


def test_groups_are_of_equal_size_and_never_split_equal_predictions():
    found = reliability_table(
        np.array([0.1] * 6 + [0.5] * 2 + [0.9] * 2), np.arange(10) > 4, groups=5, level=0.9
    )
    assert found["entities"].tolist() == [6, 2, 2]
    assert found["group"].tolist() == [1, 2, 3]
    assert found["observed"].tolist() == pytest.approx([1 / 6, 1, 1])


def test_wilson_s_interval_is_the_published_one():
    low, high = wilson(np.array([81.0, 0.0]), np.array([263.0, 20.0]), level=0.95)  # Newcombe 1998, table I
    assert low.tolist() == pytest.approx([0.2553, 0.0], abs=5e-5)
    assert high.tolist() == pytest.approx([0.3662, 0.1611], abs=5e-5)
