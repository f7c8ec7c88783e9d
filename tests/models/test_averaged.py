"""An average of models expects the mean of what they expect, and draws from each of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.models.averaged import AveragedModel
from analysis.models.bgnbd import BgNbd
from analysis.models.forecast import (
    expected_events,
    pmf,
    probability_alive,
    probability_no_event,
    weighed_events,
)
from analysis.models.mbgnbd import MbgNbd
from analysis.models.pareto_nbd import ParetoNbd
from tests.models.worlds import table

NOTHING = {"log_likelihood": 0.0, "n": 1, "status": "identified", "covariance": ()}
PARTS = (
    BgNbd(r=0.6, alpha=8, a=0.8, b=2.5, **NOTHING),
    MbgNbd(r=0.5, alpha=6, a=0.9, b=1.6, **NOTHING),
    ParetoNbd(r=0.6, alpha=10, s=0.6, beta=12, **NOTHING),
)
AVERAGE = AveragedModel(PARTS)
HISTORIES = table("""
    repeats  span_days  age_days
    0        0          90
    1        80         90
    12       88         90
    12       40         90
    300      10         900
""")


@pytest.mark.parametrize(
    "of",
    [
        probability_alive,
        lambda model, rows: expected_events(model, rows, horizon_days=40),
        lambda model, rows: probability_no_event(model, rows, horizon_days=40),
        lambda model, rows: pmf(model, rows, 2, horizon_days=40),
    ],
    ids=["alive", "events", "none", "two"],
)
def test_every_prediction_is_the_mean_of_those_of_the_models(of):
    mean = np.mean([of(model, HISTORIES) for model in PARTS], axis=0)
    np.testing.assert_allclose(of(AVERAGE, HISTORIES), mean, rtol=1e-12, atol=1e-300)


def test_one_formula_for_all_and_the_sum_over_models_agree():
    x, span, age = (HISTORIES[name].to_numpy(float) for name in ("repeats", "span_days", "age_days"))
    alive = probability_alive(AVERAGE, HISTORIES).to_numpy()
    for horizon, path in zip((10.0, 700.0), weighed_events(AVERAGE, HISTORIES, [10.0, 700.0], np.eye(2)), strict=True):
        np.testing.assert_allclose(path, alive * AVERAGE.expected_if_active(x, span, age, np.asarray(horizon)), rtol=1e-10)


def test_a_model_under_which_an_entity_is_hardly_active_hardly_counts_while_it_is():
    sure, gone = BgNbd(r=0.6, alpha=8, **NOTHING), BgNbd(r=0.6, alpha=8, p=0.9, **NOTHING)
    x, span, age = np.array([12.0]), np.array([40.0]), np.array([900.0])
    alone, both = (model.still_active(x, span, age, np.asarray(40.0)) for model in (sure, AveragedModel((sure, gone))))
    assert alone == 1
    assert both == pytest.approx(1, abs=1e-6)


def test_drawn_futures_have_the_expected_mean_and_share_without_events():
    n, rng = 400_000, np.random.default_rng(5)
    x, span, age = np.full(n, 3.0), np.full(n, 50.0), np.full(n, 90.0)
    drawn = AVERAGE.sample_if_active(rng, x, span, age, 40.0)
    one = (x[:1], span[:1], age[:1], np.asarray(40.0))
    assert drawn.mean() == pytest.approx(AVERAGE.expected_if_active(*one)[0], abs=4 * drawn.std() / np.sqrt(n))
    none = AVERAGE.no_event_if_active(*one)[0]
    assert (drawn == 0).mean() == pytest.approx(none, abs=4 * np.sqrt(none * (1 - none) / n))


def test_slower_stopping_reaches_every_model():
    rows = pd.concat([HISTORIES] * 2, ignore_index=True)
    slow = AVERAGE.with_dropout_scaled(0.5)
    expected = np.mean([expected_events(model.with_dropout_scaled(0.5), rows, horizon_days=90) for model in PARTS], axis=0)
    np.testing.assert_allclose(expected_events(slow, rows, horizon_days=90), expected, rtol=1e-12)
