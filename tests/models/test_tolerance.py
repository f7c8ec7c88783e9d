"""Staying after an incident over staying without: by hand, the truth inside its interval, and a test that can refuse."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.integrate import quad

from analysis.core.errors import FitError
from analysis.models.tolerance import compare_with_retention, log_ratio, pool, tolerances
from tests.models.worlds import table


def world(rng, true, stay, seen_after, seen):
    n = true.size
    return pd.DataFrame({
        "stayed_after": rng.binomial(seen_after, stay * true, n), "seen_after": seen_after,
        "stayed": rng.binomial(seen, stay, n), "seen": seen,
    })  # fmt: skip


def test_the_log_of_a_share_has_the_mean_and_variance_of_its_posterior() -> None:
    counts = table("""
        stayed_after seen_after stayed seen
        7            10         90     100
        0            0          90     100
    """)
    y, v = log_ratio(counts)
    one, other = stats.beta(7.5, 3.5), stats.beta(90.5, 10.5)
    means = [quad(lambda p, law=law: np.log(p) * law.pdf(p), 0, 1)[0] for law in (one, other)]
    squares = [quad(lambda p, law=law: np.log(p) ** 2 * law.pdf(p), 0, 1)[0] for law in (one, other)]
    assert y[0] == pytest.approx(means[0] - means[1], rel=1e-6)
    assert v[0] == pytest.approx(sum(s - m**2 for s, m in zip(squares, means, strict=True)), rel=1e-6)
    assert np.isinf(v[1])


def test_with_many_incidents_a_group_keeps_its_own_ratio() -> None:
    counts = table("""
        stayed_after seen_after stayed seen
        60000        100000     80000  100000
        40000        100000     80000  100000
    """)
    groups, _ = tolerances(counts, level=0.9)
    np.testing.assert_allclose(groups["value"], [0.75, 0.5], rtol=0.001)
    # 1.6449 standard errors of ln T: .4 / 60,000 + .2 / 80,000 = .00303 squared
    np.testing.assert_allclose(np.log(groups["hi"] / groups["value"])[0], 1.6449 * np.sqrt(0.4 / 6e4 + 0.2 / 8e4), rtol=0.002)


def test_a_group_without_incidents_is_as_all_are_and_less_sure() -> None:
    rng = np.random.default_rng(1)
    counts = pd.concat([world(rng, np.full(6, 0.8), 0.9, 60, 500), world(rng, np.array([0.8]), 0.9, 0, 500)])
    groups, together = tolerances(counts, level=0.9)
    last = groups.iloc[-1]
    assert last["value"] == pytest.approx(together["value"], rel=0.001)
    assert last["lo"] < together["lo"] < together["hi"] < last["hi"]


def test_the_mean_of_alike_groups_is_the_weighted_mean_by_hand() -> None:
    """Equal estimates: whatever the spread, the mean is theirs; a lone precise group is not drawn away."""
    found = pool(np.array([-0.2, -0.2, -0.2]), np.array([0.01, 0.04, 0.09]))
    assert found.mean == pytest.approx(-0.2)
    np.testing.assert_allclose(found.value, -0.2)


@pytest.mark.parametrize("spread", [0.0, 0.3])
def test_the_truth_lies_inside_nine_of_ten_intervals(spread: float) -> None:
    rng = np.random.default_rng(4)
    inside, together = [], []
    for _ in range(150):
        true = np.minimum(0.75 * np.exp(rng.normal(0, spread, 8)), 1 / 0.85)
        counts = world(rng, true, 0.85, rng.integers(10, 80, 8), 400)
        groups, common = tolerances(counts, level=0.9)
        inside.extend(groups["lo"].le(true) & groups["hi"].ge(true))
        together.append(common["lo"] <= 0.75 <= common["hi"])
    assert 0.86 < np.mean(inside) < 0.99  # groups that are one are drawn together by more than is certain
    assert np.mean(together) > 0.85


def test_groups_that_lean_on_one_another_miss_the_truth_by_less() -> None:
    rng = np.random.default_rng(5)
    true = 0.75 * np.exp(rng.normal(0, 0.05, 200))
    counts = world(rng, true, 0.85, 30, 400)
    own = np.exp(log_ratio(counts)[0])
    groups, _ = tolerances(counts, level=0.9)
    assert np.mean((groups["value"] - true) ** 2) < np.mean((own - true) ** 2) / 2


def test_order_of_groups_plays_no_part() -> None:
    counts = world(np.random.default_rng(6), np.full(5, 0.8), 0.9, 40, 300)
    groups, together = tolerances(counts, level=0.9)
    turned, same = tolerances(counts.iloc[::-1], level=0.9)
    pd.testing.assert_frame_equal(turned.iloc[::-1], groups)
    pd.testing.assert_series_equal(same, together)


def test_tolerance_is_retention_only_where_incidents_change_nothing() -> None:
    """One in twenty worlds is refused by chance; where T is 0.8 everywhere it is a constant, and where it differs it adds."""
    rng = np.random.default_rng(7)
    refused = {}
    for name, true in (("nothing", np.ones(6)), ("constant", np.full(6, 0.8)), ("differs", np.linspace(0.5, 1, 6))):
        tests = [compare_with_retention(world(rng, true, 0.8, 150, 1000)) for _ in range(200)]
        refused[name] = [np.mean([test[i].p_value < 0.05 for test in tests]) for i in (0, 1)]
    assert max(refused["nothing"]) < 0.1
    assert refused["constant"][0] > 0.95
    assert refused["constant"][1] < 0.1
    assert min(refused["differs"]) > 0.95


def test_without_any_incident_there_is_no_tolerance() -> None:
    with pytest.raises(FitError, match="seen after an incident"):
        tolerances(world(np.random.default_rng(8), np.ones(2), 0.8, 0, 10), level=0.9)
