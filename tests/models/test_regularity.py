"""How regular gaps are: whatever their mean, and drawn towards the group where gaps are few."""

import numpy as np
from scipy.stats import dirichlet

from analysis.models.regularity import SHAPES, regularities


def sums(k, gaps, seed):
    rng = np.random.default_rng(seed)
    mean = rng.lognormal(3, 1, len(k))
    logs = []
    for one, n, own in zip(k, gaps, mean, strict=True):
        gap = rng.gamma(one, own / one, n)
        logs.append(np.log(gap / gap.sum()).sum())
    return np.array(logs)


def test_with_many_gaps_everybody_gets_its_own():
    k = np.repeat([0.5, 2, 4], 100)
    found = regularities(np.full(300, 200), sums(k, np.full(300, 200), 1), np.zeros(300, int), most=6)
    assert (found == k).mean() > 0.95


def test_with_few_gaps_it_is_that_of_the_group():
    gaps = np.full(2000, 4)
    group = np.repeat([0, 1], 1000)
    found = regularities(gaps, sums(np.repeat([1, 4], 1000), gaps, 2), group, most=6)
    assert np.median(found[group == 0]) == 1
    assert np.median(found[group == 1]) in (SHAPES[5], SHAPES[6])  # 2.8, 4


def test_the_likelihood_is_that_of_shares_of_their_sum():
    """One entity, weights of its own: all of them end where the density of its shares is highest."""
    share = np.array([0.2, 0.5, 0.3])
    density = [dirichlet([k, k, k]).pdf(share) for k in SHAPES[SHAPES <= 4]]
    found = regularities(np.array([3]), np.array([np.log(share).sum()]), np.zeros(1, int), most=4)
    assert found.tolist() == [SHAPES[int(np.argmax(density))]]


def test_nobody_is_no_problem():
    assert regularities(np.zeros(0, int), np.zeros(0), np.zeros(0, int), most=4).size == 0
