"""Groups around medoids: by hand on a line, on clouds of known groups, and on clouds without any."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from analysis.models.medoids import (
    best_grouping,
    bootstrap_jaccard,
    chance_of_width,
    distances_between,
    k_medoids,
    one_cloud,
    one_peak,
    silhouette_width,
)

MOST = 4


def line(*places):
    points = np.array(places, dtype=float)[:, None]
    return distances_between(points, points)


def clouds(*sizes, apart=12.0, seed=1):
    """Round clouds of these sizes, ``apart`` standard deviations from one another."""
    rng = np.random.default_rng(seed)
    return np.vstack([rng.normal(size=(size, 2)) + np.array([apart * place, 0]) for place, size in enumerate(sizes)])


def one(law, n=300, seed=1):
    rng = np.random.default_rng(seed)
    laws = {"normal": rng.normal, "exponential": rng.exponential, "uniform": rng.random}
    return laws[law](size=(n, 3))


def found_in(points):
    distance = distances_between(points, points)
    return distance, best_grouping(distance, MOST)


def test_distances_are_squared():
    assert distances_between(np.array([[0.0, 0.0]]), np.array([[3.0, 4.0], [0.0, 1.0]])).tolist() == [[25.0, 1.0]]


def test_the_medoids_of_a_line_are_the_middles_of_its_groups():
    assert sorted(k_medoids(line(0, 1, 2, 10, 11, 12), 2, np.ones(6))) == [1, 4]


def test_a_member_that_counts_often_draws_the_medoid():
    assert k_medoids(line(0, 1, 2), 1, np.array([1.0, 1, 9])).tolist() == [2]


def test_the_silhouette_is_that_of_the_formula_by_hand():
    # Places 0, 1 and 4: of the first a = 1, b = 16; of the second a = 1, b = 9; the third is alone and counts 0.
    expected = ((16 - 1) / 16 + (9 - 1) / 9 + 0) / 3
    assert silhouette_width(line(0, 1, 4), np.array([0, 0, 1])) == pytest.approx(expected)


@pytest.mark.parametrize("sizes", [(100, 100), (60, 80, 100), (180, 20)])
def test_known_groups_are_found_are_no_chance_and_come_again(sizes):
    points = clouds(*sizes)
    distance, found = found_in(points)
    assert sorted(np.bincount(found.group)) == sorted(sizes)
    rng = np.random.default_rng(2)
    assert chance_of_width(points, found.width, MOST, draws=19, up_to=0.05, rng=rng) == 1 / 20
    assert bootstrap_jaccard(distance, found, draws=20, rng=rng).min() > 0.98


@pytest.mark.parametrize("law", ["normal", "exponential", "uniform"])
def test_one_cloud_is_as_grouped_as_other_clouds_whatever_its_tails(law):
    points = one(law)
    _, found = found_in(points)
    assert chance_of_width(points, found.width, MOST, draws=19, up_to=1.0, rng=np.random.default_rng(2)) > 0.1


def test_no_more_clouds_are_drawn_than_the_answer_needs():
    chance = chance_of_width(one("normal"), -1.0, MOST, draws=10_000, up_to=0.0001, rng=np.random.default_rng(2))
    assert chance == 1.0, "the first cloud reaches any width above -1"


def test_a_cut_through_one_cloud_does_not_come_again():
    distance, found = found_in(one("normal"))
    assert bootstrap_jaccard(distance, found, draws=20, rng=np.random.default_rng(2)).max() < 0.75


def test_a_cloud_without_groups_keeps_mean_spread_and_how_columns_hang_together():
    rng = np.random.default_rng(3)
    first = rng.exponential(size=2000)
    points = np.column_stack([first, first + rng.exponential(size=2000)])
    [drawn] = one_cloud(points, 1, rng)
    np.testing.assert_allclose(drawn.mean(axis=0), points.mean(axis=0), rtol=0.05)
    np.testing.assert_allclose(drawn.std(axis=0), points.std(axis=0), rtol=0.1)
    assert spearmanr(drawn).statistic == pytest.approx(spearmanr(points).statistic, abs=0.06)


def test_two_peaks_become_one():
    rng = np.random.default_rng(4)
    _, reached = one_peak(np.concatenate([rng.normal(0, 1, 500), rng.normal(10, 1, 300)]))
    heights = np.diff(reached)
    peak = heights.argmax()
    assert (np.diff(heights[: peak + 1]) >= -1e-12).all()
    assert (np.diff(heights[peak:]) <= 1e-12).all()


def test_the_same_members_in_another_order_make_the_same_groups():
    points = clouds(40, 60)
    mixed = np.random.default_rng(5).permutation(100)
    _, found = found_in(points)
    _, other = found_in(points[mixed])
    same = found.group[mixed][:, None] == found.group[mixed]
    assert (same == (other.group[:, None] == other.group)).all()
    assert other.width == pytest.approx(found.width)
