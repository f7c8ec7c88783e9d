"""Draws of parameters and futures have the spread that they should, and no more memory than they need."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pandas as pd
import pytest

from analysis.models.bgnbd import BgNbd, fit_bgnbd
from analysis.models.catalogue import REGULAR_MODELS, REPEAT_MODELS
from analysis.models.forecast import expected_events, pmf
from analysis.models.repeat import compress
from analysis.models.uncertainty import (
    _simulate_total,
    bootstrap_parameters,
    draw_parameters,
    simulate_future,
)
from tests.models.worlds import bgnbd_world, regular_world

WORLD = bgnbd_world(1500, 0.6, 8, 0.8, 2.5, longest=150, seed=1)


@pytest.fixture(scope="module")
def fit() -> BgNbd:
    return fit_bgnbd(WORLD)


def test_drawn_parameters_have_the_covariance_of_the_fit(fit: BgNbd) -> None:
    points = np.array([draw.free for draw in draw_parameters(fit, draws=20_000, seed=1)])
    scale = np.sqrt(np.diag(fit.covariance))
    z = (points - fit.free) / scale
    np.testing.assert_allclose(z.mean(axis=0), 0, atol=0.03)
    np.testing.assert_allclose(np.cov(z.T), fit.covariance / np.outer(scale, scale), atol=0.04)


def test_parameters_drawn_by_refitting_spread_like_the_hessian_says(fit: BgNbd) -> None:
    """In a world that follows the model both are right; 100 draws know a deviation to 7 %."""
    draws = bootstrap_parameters(fit, WORLD, draws=100, seed=1)
    spread = np.std([draw.free for draw in draws], axis=0) / np.sqrt(np.diag(fit.covariance))
    np.testing.assert_allclose(spread, 1, atol=0.3)  # four of those 7 %
    assert all(draw.n == fit.n for draw in draws)


def test_same_seed_gives_the_same_draws_and_another_seed_does_not(fit: BgNbd) -> None:
    for make in (
        lambda seed: draw_parameters(fit, draws=3, seed=seed),
        lambda seed: bootstrap_parameters(fit, WORLD, draws=3, seed=seed),
        lambda seed: simulate_future([fit] * 3, WORLD, horizon_days=30, seed=seed).tolist(),
    ):
        assert make(1) == make(1)
        assert make(1) != make(2)


def test_row_order_does_not_matter_for_draws(fit: BgNbd) -> None:
    shuffled = WORLD.sample(frac=1, random_state=3)
    assert bootstrap_parameters(fit, shuffled, draws=2, seed=1) == bootstrap_parameters(
        fit, WORLD, draws=2, seed=1
    )
    one, other = (simulate_future([fit] * 5, w, horizon_days=30, seed=1) for w in (WORLD, shuffled))
    np.testing.assert_array_equal(one, other)


def test_simulated_totals_have_the_mean_and_the_spread_of_the_formulas(fit: BgNbd) -> None:
    totals = simulate_future([fit] * 600, WORLD, horizon_days=60, seed=2)
    mean = expected_events(fit, WORLD, horizon_days=60)
    square = sum(k * k * pmf(fit, WORLD, k, horizon_days=60) for k in range(120))
    sd = np.sqrt((square - mean**2).sum())
    assert abs(totals.mean() - mean.sum()) < 4 * sd / np.sqrt(600)
    assert totals.std() == pytest.approx(sd, rel=0.12)  # four times 1 / sqrt(2 x 600)


def test_unknown_parameters_widen_the_future(fit: BgNbd) -> None:
    chance = simulate_future([fit] * 400, WORLD, horizon_days=150, seed=3)
    both = simulate_future(draw_parameters(fit, draws=400, seed=4), WORLD, horizon_days=150, seed=3)
    assert both.std() > 1.15 * chance.std()


def test_memory_of_a_simulation_does_not_grow_with_the_entities(fit: BgNbd) -> None:
    peaks = []
    for entities in (250_000, 1_000_000):
        crowd = pd.DataFrame({"repeats": [2, 0], "span_days": [50, 0], "age_days": [60, 60]})
        rows = compress(crowd.loc[np.repeat([0, 1], entities)])
        tracemalloc.start()
        _simulate_total(fit, rows, 30.0, np.random.default_rng(1))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.1 * peaks[0]


@pytest.mark.parametrize("name", {**REPEAT_MODELS, **REGULAR_MODELS})
def test_every_model_can_be_refitted_drawn_and_simulated(name: str) -> None:
    """Totals drawn by chance alone have the expected mean, for simple and regular models alike."""
    world = regular_world(600, 1 if name in REPEAT_MODELS else 2, 1.2, 6, 0.8, 2.5, longest=150, seed=1)
    fit = {**REPEAT_MODELS, **REGULAR_MODELS}[name](world)
    again, other = bootstrap_parameters(fit, world, draws=2, seed=1)
    assert type(again) is type(fit)
    assert again != other
    assert (again.nobs, getattr(again, "k", None)) == (600, getattr(fit, "k", None))
    totals = simulate_future([fit] * 200, world, horizon_days=50, seed=1)
    mean = expected_events(fit, world, horizon_days=50).sum()
    assert totals.mean() == pytest.approx(mean, abs=4 * totals.std() / np.sqrt(200))


@pytest.mark.parametrize("stop", [{"p": 0.2}, {}])
def test_limit_models_can_be_drawn_and_simulated(stop: dict[str, float]) -> None:
    size = 2 + len(stop)
    limit = BgNbd(r=0.6, alpha=8, **stop, log_likelihood=0.0, n=10, status="no dropout",
                  covariance=(0.01 * np.eye(size)).tolist())  # fmt: skip
    draws = draw_parameters(limit, draws=50, seed=1)
    assert all(draw.names == limit.names for draw in draws)
    assert all(0 < draw.p < 1 for draw in draws if draw.p is not None)
    totals = simulate_future([limit] * 200, WORLD, horizon_days=30, seed=1)
    mean = expected_events(limit, WORLD, horizon_days=30).sum()
    assert totals.mean() == pytest.approx(mean, abs=4 * totals.std() / np.sqrt(200))
