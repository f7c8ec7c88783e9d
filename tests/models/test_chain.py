"""Where counted moves lead, against the algebra of two states and against moving on and on."""

import numpy as np
import pytest

from analysis.models.chain import steady_state

SURE = 10_000_000


def steady(counts, **changes):
    options = {"prior": 0.5, "draws": 500, "level": 0.9, "random_seed": 1} | changes
    return steady_state(np.array(counts), **options)


def test_of_two_states_each_holds_the_share_of_the_moves_towards_it():
    """Moving out with 0.1 and back with 0.3: the share is 0.3 / (0.1 + 0.3)."""
    shares, low, high = steady([[9 * SURE, SURE], [3 * SURE, 7 * SURE]])
    assert shares == pytest.approx([0.75, 0.25], abs=1e-6)
    assert high - low == pytest.approx([0, 0], abs=1e-3)


def test_moving_on_and_on_ends_there():
    counts = np.array([[50, 30, 20], [5, 80, 15], [1, 9, 90]])
    moves = (counts + 0.5) / (counts + 0.5).sum(axis=1, keepdims=True)
    members = np.array([1.0, 0.0, 0.0])
    for _ in range(2_000):
        members = members @ moves
    shares, low, high = steady(counts)
    assert shares == pytest.approx(members, abs=1e-9)
    assert (low < shares).all()
    assert (shares < high).all()


def test_the_interval_holds_the_true_law_as_often_as_it_says():
    """Of 300 tables with 200 moves from each of three states; 90 % nominal, Jeffreys prior."""
    moves = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.05, 0.15, 0.8]])
    truth = np.linalg.matrix_power(moves, 500)[0]
    rng, held = np.random.default_rng(4), []
    for _ in range(300):
        counts = np.array([rng.multinomial(200, row) for row in moves])
        _, low, high = steady(counts, draws=400)
        held.append((low <= truth) & (truth <= high))
    assert np.mean(held, axis=0) == pytest.approx([0.9] * 3, abs=0.05)


def test_the_same_seed_gives_the_same_interval():
    assert np.array_equal(steady([[5, 1], [2, 7]]), steady([[5, 1], [2, 7]]))
