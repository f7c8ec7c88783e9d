"""Cumulative sums: by hand, the thresholds of the reference run, and alarms as many as the budget says."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import gamma, norm, poisson

from analysis.models.cusum import LogNormalValues, PartialTrials, PoissonCounts, Trials, watch
from analysis.models.erlang_gaps import FAR, ErlangGaps, open_gaps
from analysis.models.run_length import (
    delay_after_change,
    delay_after_stop,
    silence_rule_run_length,
    simulate_run_lengths,
    threshold_for,
)

REFERENCE = [(1, 1.80, 79, 191), (2, 2.17, 60, 124), (4, 2.51, 47, 102)]  # k, height, days after a stop, a doubling


@pytest.mark.parametrize("k", [0.5, 1, 2, 2.8, 5])
def test_steps_of_gaps_are_log_ratios_of_densities_and_of_longer_gaps(k):
    law, gap, mean = ErlangGaps(k, 3.0), np.array([0.5, 20.0, 70.0]), 30.0
    before, after = gamma(k, scale=mean / k), gamma(k, scale=3 * mean / k)
    np.testing.assert_allclose(law.step(gap, mean), after.logpdf(gap) - before.logpdf(gap))
    np.testing.assert_allclose(law.height(gap, mean), after.logsf(gap) - before.logsf(gap))
    np.testing.assert_allclose(law.silence(law.height(gap, mean), mean), gap)
    assert law.silence(np.inf, mean) == np.inf


def test_what_is_left_of_a_long_silence_goes_on_smoothly():
    """The height of a law that is no Erlang law, on both sides of where its tail is taken from a series."""
    law, far = ErlangGaps(2.5, 2.0), FAR / 2.5
    before, after = law.height(np.array([far * (1 - 1e-9), far * (1 + 1e-9)]), 1.0)
    assert after == pytest.approx(before, rel=1e-4)


def test_an_open_gap_without_regularity_adds_half_its_mean_gaps_for_a_doubling():
    assert ErlangGaps(1, 2.0).height(np.array([90.0]), 30.0) == pytest.approx(1.5)


def test_steps_of_values_and_counts_are_log_ratios_of_densities():
    x = np.array([3.0, 4.0, 7.0])
    fallen = norm(5 - np.log(2), 0.6).logpdf(x) - norm(5, 0.6).logpdf(x)
    np.testing.assert_allclose(LogNormalValues(0.6, 2.0).step(x, 5.0), fallen)
    np.testing.assert_allclose(PoissonCounts(2.0).step(x, 5.0), poisson(2.5).logpmf(x) - poisson(5).logpmf(x))


def test_steps_of_trials_are_log_ratios_of_chances():
    """A chance of 0.2 that may have become 0.6; a base of 0 or 1 rules nothing out."""
    law = Trials(3.0)
    np.testing.assert_allclose(law.step(np.array([1.0, 0.0]), 0.2), np.log([0.6 / 0.2, 0.4 / 0.8]))
    assert np.isfinite(law.step(np.array([1.0, 0, 1, 0]), np.array([0.0, 0, 1, 1]))).all()


def test_a_part_of_a_success_steps_a_part_of_the_way():
    """From ln 0.5 to ln 3: a fifth of the way is 0.8 ln 0.5 + 0.2 ln 3. Where parts are whole, they are trials."""
    law = PartialTrials(3.0, (0.2, 1.0))
    np.testing.assert_allclose(law.step(np.array([0.0, 0.2, 1.0]), 0.2), [np.log(0.5), 0.8 * np.log(0.5) + 0.2 * np.log(3), np.log(3)])
    np.testing.assert_array_equal(law.height(np.array([0.2]), 0.2), law.step(np.array([0.2]), 0.2))


def test_parts_vary_as_they_were_seen_and_levels_as_their_means_do():
    """Parts 0.2 and 1 of a chance of 0.5: mean 0.3, variance 0.5 x 0.52 - 0.09; of the mean a hundred of them leave a hundredth of it."""
    law, rng = PartialTrials(3.0, (0.2, 1.0)), np.random.default_rng(1)
    drawn = law.draw(rng, np.full(2_000, 0.3), 100)
    assert set(np.unique(drawn)) == {0.0, 0.2, 1.0}
    assert (drawn.mean(), drawn.var()) == pytest.approx((0.3, 0.17), rel=0.01)
    level = law.levels(rng, 0.3, 100, 100_000)
    assert (level.mean(), level.var()) == pytest.approx((0.3, 0.0017), rel=0.03)


def test_sums_by_hand():
    """Gaps of 10, 100, 20, 200 days around 30: steps -0.526, 0.974, -0.360, 2.640; the alarm hangs at 1.8."""
    path = watch(ErlangGaps(1, 2.0), np.array([10.0, 100, 20, 200, 10, 100]), np.array([0, 4]), np.array([30.0, 30]),
                 np.array([1.8, np.inf]))  # fmt: skip
    np.testing.assert_allclose(path.before, [0, 0, 0.9735, 0.6137, 0, 0], atol=1e-4)
    assert path.rings.tolist() == [False, False, False, True, False, False]
    np.testing.assert_allclose(path.level, [0, 0.9735], atol=1e-4)


def test_an_alarm_rings_in_an_open_gap_before_the_entity_comes_back():
    """The sum stands at 0.9735, the alarm hangs at 1.8: 60 x 0.8265 = 49.6 days of silence ring it."""
    law, level, limit = ErlangGaps(1, 2.0), np.array([0.9735, 0.9735]), np.array([1.8, 1.8])
    now = open_gaps(law, level, np.array([40.0, 60.0]), np.array([30.0, 30.0]), limit)
    np.testing.assert_allclose(now.height, [0.9735 + 40 / 60, 0.9735 + 1])
    np.testing.assert_allclose(now.rings_after, [np.inf, 49.59], atol=0.01)
    assert now.rings.tolist() == [False, True]


def test_an_alarm_rings_at_the_same_moment_whether_the_gap_is_over_or_open():
    """What has rung in an open gap is not taken back by its end."""
    law, gap = ErlangGaps(3, 2.0), np.array([95.0])
    ended = watch(law, gap, np.array([0]), np.array([30.0]), np.array([2.3]))
    still = open_gaps(law, np.zeros(1), gap, np.array([30.0]), np.array([2.3]))
    assert ended.rings.tolist() == still.rings.tolist() == [True]
    assert still.rings_after < gap


def test_the_order_of_entities_plays_no_part():
    rng = np.random.default_rng(1)
    parts = [rng.exponential(30, n) for n in (3, 50, 1, 17)]
    base, height = np.array([20.0, 30, 40, 25]), np.array([1.0, 2, 3, 1.5])
    turned = [2, 0, 3, 1]

    def levels(chosen):
        size = [parts[i].size for i in chosen]
        return watch(ErlangGaps(2, 2.0), np.concatenate([parts[i] for i in chosen]), np.cumsum([0, *size[:-1]]),
                     base[chosen], height[chosen]).level  # fmt: skip

    np.testing.assert_array_equal(levels([0, 1, 2, 3])[turned], levels(turned))


@pytest.mark.parametrize(("k", "height", "stop", "doubling"), REFERENCE)
def test_thresholds_and_delays_of_the_reference_run(k, height, stop, doubling):
    found = threshold_for(730, k, mean_gap_days=30, times=2.0, past=np.inf, entities=2000, seed=1)
    assert found == pytest.approx(height, abs=0.05)
    law = ErlangGaps(k, 2.0)
    assert 30 * delay_after_stop(law, height, entities=20_000, seed=1) == pytest.approx(stop, rel=0.05)
    assert 30 * delay_after_change(law, height, times=2.0, entities=20_000, seed=1) == pytest.approx(doubling, rel=0.05)


@pytest.mark.parametrize(("multiple", "days"), [(2, (222, 328, 708)), (3, (603, 1729, 13090))])
def test_one_rule_of_silence_for_all_rings_as_often_as_their_gaps_are_irregular(multiple, days):
    found = [30 * silence_rule_run_length(multiple, k) for k in (1, 2, 4)]
    assert found == pytest.approx(days, rel=0.002)


def test_an_alarm_on_few_past_gaps_hangs_higher():
    def height(past):
        return threshold_for(730, 2, mean_gap_days=30, times=2.0, past=past, entities=500, seed=1)

    assert height(2) > height(10) + 0.3 > height(np.inf) + 0.3


def test_a_run_length_beyond_all_that_is_simulated_has_no_threshold():
    lengths = simulate_run_lengths(ErlangGaps(1, 2.0), base=1.0, past=np.inf, entities=200, seed=1)
    assert lengths.threshold(1e9) == np.inf
    assert lengths.at(lengths.threshold(20.0)) == pytest.approx(20)


@pytest.mark.parametrize(("past", "base"), [(24, 0.05), (24, 2.0), (5, 1.0)])
def test_true_levels_of_counts_lie_around_what_was_seen(past, base):
    """The mean of the true levels is the estimate, which holds its prior already, and their variance that of Gamma and Beta."""
    rng = np.random.default_rng(1)
    counts = PoissonCounts(2.0).levels(rng, base, past, 100_000)
    assert counts.mean() == pytest.approx(base, rel=0.02)
    assert counts.var() == pytest.approx(base / past, rel=0.05)
    if base < 1:
        shares = Trials(3.0).levels(rng, base, past, 100_000)
        assert shares.mean() == pytest.approx(base, rel=0.02)
        assert shares.var() == pytest.approx(base * (1 - base) / (past + 1), rel=0.05)
