"""How regular gaps are: whatever their mean, drawn towards the group where gaps are few; and how alike neighbours are."""

import numpy as np
from scipy.stats import dirichlet

from analysis.models.erlang_gaps import ErlangGaps
from analysis.models.regularity import SHAPES, regularities, serial_correlations


def gaps_of(k, gaps, seed):
    """Entities with gaps of a shape of their own, one after the other, with mean gaps that differ."""
    rng = np.random.default_rng(seed)
    mean = rng.lognormal(3, 1, len(k))
    drawn = [rng.gamma(one, own / one, n) for one, n, own in zip(k, gaps, mean, strict=True)]
    return np.repeat(np.arange(len(k)), gaps), np.concatenate(drawn)


def test_with_many_gaps_everybody_gets_its_own():
    k = np.repeat([0.5, 2, 4], 100)
    found = regularities(*gaps_of(k, np.full(300, 300), 1), np.zeros(300, int), most=6)
    assert (found == k).mean() > 0.9


def test_with_few_gaps_it_is_that_of_the_group():
    group = np.repeat([0, 1], 1000)
    found = regularities(*gaps_of(np.repeat([1, 4], 1000), np.full(2000, 6), 2), group, most=6)
    assert np.median(found[group == 0]) == 1
    assert np.median(found[group == 1]) in (SHAPES[5], SHAPES[6])  # 2.8, 4


def test_the_likelihood_is_that_of_shares_of_their_sum():
    """One entity, weights of its own: all of them end where the density of the shares of two gaps each is highest, both ways to take them."""
    gap = np.array([2.0, 8, 3, 1, 9, 6])
    ways = [np.array([10.0, 4, 15]), np.array([11.0, 10])]
    density = [sum(dirichlet([2 * k] * way.size).logpdf(way / way.sum()) for way in ways) for k in SHAPES[SHAPES <= 4]]
    found = regularities(np.zeros(6, int), gap, np.zeros(1, int), most=4)
    assert found.tolist() == [SHAPES[int(np.argmax(density))]]


def test_a_second_order_on_the_next_day_does_not_make_a_rhythm_random():
    """Gaps of about 30 days, every second order followed by another a day later; single gaps of 1 and 29 look like clumps (k below 1)."""
    rng, n = np.random.default_rng(3), 200
    gap = np.stack([rng.gamma(9, 29 / 9, (n, 20)), np.ones((n, 20))], axis=2).reshape(n, 40)
    found = regularities(np.repeat(np.arange(n), 40), gap.ravel(), np.zeros(n, int), most=8)
    assert np.median(found) >= 4  # sums of two have shape 9.6


def test_nobody_and_one_gap_are_no_problem():
    none = np.zeros(0, int)
    assert regularities(none, np.zeros(0), none, most=4).size == serial_correlations(none, np.zeros(0), none).size == 0
    one = (np.zeros(1, int), np.array([5.0]), np.zeros(1, int))
    assert np.isfinite(regularities(*one, most=4)).all()
    assert np.isfinite(serial_correlations(*one)).all()


def test_correlations_of_neighbours_are_found_and_none_where_there_are_none():
    n, long = 400, 60
    for true in (-0.3, 0.0, 0.3):
        drawn = ErlangGaps(2.0, 2.0, true).draw(np.random.default_rng(5), np.full(n, 20.0), long)
        found = serial_correlations(np.repeat(np.arange(n), long), drawn.ravel(), np.zeros(n, int))
        assert abs(found.mean() - true) < 0.05
