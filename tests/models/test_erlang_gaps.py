"""Gaps whose neighbours are alike or unlike: their marginal law, their correlation, and how much a mean of them varies."""

import numpy as np
import pytest
from scipy.stats import gamma, kstest

from analysis.models.erlang_gaps import ErlangGaps, look_up


@pytest.mark.parametrize("serial", [-0.45, -0.15, 0.0, 0.3])
def test_gaps_follow_a_gamma_law_whatever_their_neighbours(serial):
    drawn = ErlangGaps(2.5, 2.0, serial).draw(np.random.default_rng(1), np.full(20_000, 30.0), 3)
    assert kstest(drawn[:, 1], gamma(2.5, scale=30 / 2.5).cdf).pvalue > 0.01
    roots = np.cbrt(drawn)
    assert np.corrcoef(roots[:, 0], roots[:, 1])[0, 1] == pytest.approx(serial, abs=0.025)
    assert np.corrcoef(roots[:, 0], roots[:, 2])[0, 1] == pytest.approx(0, abs=0.025)


@pytest.mark.parametrize("serial", [-0.3, 0.0, 0.3])
def test_levels_vary_as_much_as_means_of_so_many_gaps(serial):
    """The estimate over the truth has the same spread as the mean of ten gaps over the true mean."""
    law, rng = ErlangGaps(2.0, 2.0, serial), np.random.default_rng(2)
    means = law.draw(rng, np.ones(40_000), 10).mean(axis=1)
    levels = law.levels(rng, 1.0, 10, 40_000)
    assert (1 / levels).std() == pytest.approx(means.std(), rel=0.1)  # the correlation is that of normal scores


def test_tables_are_read_between_their_values_and_end_where_they_end():
    grid = np.linspace(0, 10, 11)
    np.testing.assert_allclose(look_up(np.array([-5.0, 0, 2.5, 10, 12]), grid, grid**2), [0, 0, 6.5, 100, 100], atol=1e-6)
