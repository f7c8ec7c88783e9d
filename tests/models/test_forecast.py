"""What the models say about the future agrees with itself and with simulated futures."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from scipy.stats import nbinom

from analysis.models.averaged import AveragedModel
from analysis.models.bgcnbd import BgCnbd, MbgCnbd
from analysis.models.bgnbd import BgNbd
from analysis.models.forecast import (
    expected_events,
    expected_events_new,
    expected_path,
    pmf,
    pmf_new,
    probability_alive,
    probability_no_event,
)
from analysis.models.gamma_rates import GammaRateModel
from analysis.models.ggompertz_nbd import GGompertzNbd
from analysis.models.mbgnbd import MbgNbd
from analysis.models.pareto_nbd import ParetoNbd
from tests.models.futures import assert_futures
from tests.models.worlds import table

NOTHING = {"log_likelihood": 0.0, "n": 1, "status": "identified", "covariance": ()}


MODELS = [
    BgNbd(r=0.6, alpha=8, a=0.8, b=2.5, **NOTHING),
    BgNbd(r=0.6, alpha=8, p=0.2, **NOTHING),
    BgNbd(r=0.6, alpha=8, **NOTHING),
    MbgNbd(r=0.6, alpha=8, a=0.8, b=2.5, **NOTHING),
]
TIMED = [
    ParetoNbd(r=0.6, alpha=8, s=0.7, beta=50, **NOTHING),
    ParetoNbd(r=0.6, alpha=80, s=1, beta=5, **NOTHING),
    ParetoNbd(r=0.6, alpha=8, mu=0.02, **NOTHING),
    ParetoNbd(r=0.6, alpha=8, **NOTHING),
    GGompertzNbd(r=0.6, alpha=8, s=0.7, beta=200, b=0.04, **NOTHING),
]
REGULAR = [
    BgCnbd(r=0.6, alpha=3, a=0.8, b=2.5, k=3, **NOTHING),
    MbgCnbd(r=0.6, alpha=4, a=0.8, b=2.5, k=2, **NOTHING),
    BgCnbd(r=0.6, alpha=3, p=0.2, k=2, **NOTHING),
    BgCnbd(r=0.6, alpha=3, k=4, **NOTHING),
]
MIXED = [AveragedModel((MODELS[0], MODELS[3], TIMED[0], REGULAR[0]))]
NAMES = ["beta", "equal", "none", "first", "gamma", "slow", "rate", "endless", "ageing", "regular", "first regular",
         "equal regular", "endless regular", "average"]  # fmt: skip
HISTORIES = table("""
    repeats  span_days  age_days
    0        0          0
    0        0          90
    1        80         90
    1        2          90
    12       88         90
    12       40         90
""")


@pytest.fixture(params=[*MODELS, *TIMED, *REGULAR, *MIXED], ids=NAMES)
def model(request: pytest.FixtureRequest) -> GammaRateModel:
    return request.param


def test_probabilities_of_counts_add_to_one_and_their_mean_is_the_expectation(
    model: GammaRateModel,
) -> None:
    parts = pd.concat([pmf(model, HISTORIES, k, horizon_days=40) for k in range(400)], axis=1)
    np.testing.assert_allclose(parts.sum(axis=1), 1, rtol=1e-9)
    mean = (parts * np.arange(400)).sum(axis=1)
    np.testing.assert_allclose(expected_events(model, HISTORIES, horizon_days=40), mean, rtol=1e-9)


def test_probability_of_no_event_is_the_probability_of_count_zero(model: GammaRateModel) -> None:
    none, zero = (
        probability_no_event(model, HISTORIES, horizon_days=40),
        pmf(model, HISTORIES, 0, horizon_days=40),
    )
    np.testing.assert_allclose(none, zero, rtol=1e-11, atol=1e-15)


def test_a_new_entity_is_one_of_age_zero(model: GammaRateModel) -> None:
    born = HISTORIES.head(1)
    assert expected_events_new(model, 40.0) == pytest.approx(expected_events(model, born, horizon_days=40)[0])
    for k in (0, 1, 7):
        assert pmf_new(model, k, 40.0) == pytest.approx(pmf(model, born, k, horizon_days=40)[0])


def test_nothing_happens_in_no_time(model: GammaRateModel) -> None:
    assert (expected_events(model, HISTORIES, horizon_days=0) == 0).all()
    assert (probability_no_event(model, HISTORIES, horizon_days=0) == 1).all()
    assert pmf_new(model, [0, 1], 0.0).tolist() == [1, 0]


def test_expectation_grows_with_the_horizon(model: GammaRateModel) -> None:
    path = expected_events_new(model, np.linspace(0, 2000, 200))
    assert (np.diff(path) > -1e-12).all()
    if (
        model not in [*REGULAR, *MIXED]
    ):  # entities only ever stop, so the slope cannot rise; a regular one begins with a gap
        assert (np.diff(path, 2) < 1e-12).all()


@pytest.mark.parametrize("model", MODELS, ids=NAMES[: len(MODELS)])
def test_what_is_expected_of_every_history_adds_up_to_what_is_expected(model: GammaRateModel) -> None:
    """E[X(90)] - E[X(60)] = sum over x of P(x events by 60 and still active) E[next 30 days | x, active]."""
    x = np.arange(400.0)
    still = np.exp(model.dropout.log_stay(np.zeros(x.size), model.chances(x)))
    weight = still * nbinom.pmf(x, model.r, model.alpha / (model.alpha + 60))
    later = (weight * model.expected_if_active(x, x, np.full(x.size, 60.0), np.full(x.size, 30.0))).sum()
    assert later == pytest.approx(np.diff(expected_events_new(model, [60, 90]))[0], rel=1e-8)


def test_simulated_histories_have_the_predicted_futures() -> None:
    """Half a million entities over 90 days, followed for 40 more, grouped by what was seen of them."""
    n, model, rng = 500_000, MODELS[0], np.random.default_rng(8)
    rate, stop = rng.gamma(model.r, 1 / model.alpha, n), rng.beta(model.a, model.b, n)
    last = rng.geometric(np.clip(stop, 1e-15, 1))
    first, second = rng.poisson(rate * 90), rng.poisson(rate * 40)
    x = np.minimum(first, last)
    share = rng.beta(np.maximum(x, 1), np.maximum(first - x + 1, 1))
    summary = pd.DataFrame({"repeats": x, "span_days": np.where(x > 0, 90 * share, 0), "age_days": 90.0})
    active = last > first
    future = np.where(active, np.minimum(second, last - first), 0)
    assert_futures(model, summary, active, future)


def test_equal_histories_are_answered_once_and_alike() -> None:
    """The costly function runs on distinct (x, T) only; the answers are those of one row at a time."""
    many = pd.concat([HISTORIES] * 5).sample(frac=1, random_state=1)
    together = expected_events(MODELS[0], many, horizon_days=40)
    for i in range(len(many)):
        alone = expected_events(MODELS[0], many.iloc[[i]], horizon_days=40)
        assert together.iloc[i] == alone.iloc[0]
    assert together.index.equals(many.index)


def test_summary_is_not_changed_by_asking(model: GammaRateModel) -> None:
    kept = HISTORIES.copy(deep=True)
    for ask in (expected_events, probability_no_event):
        ask(model, HISTORIES, horizon_days=40)
    probability_alive(model, HISTORIES)
    pmf(model, HISTORIES, 1, horizon_days=40)
    pd.testing.assert_frame_equal(HISTORIES, kept)


def test_a_thousand_events_in_any_unit_give_finite_answers() -> None:
    heavy = pd.DataFrame(
        {"repeats": [1000, 1000, 999], "span_days": [999.0, 1, 500], "age_days": [1000.0] * 3}
    )
    answers = []
    for unit in (1.0, 1e-6, 1e6):
        model = BgNbd(r=0.6, alpha=8 * unit, a=0.8, b=2.5, **NOTHING)
        scaled = heavy.assign(span_days=heavy["span_days"] * unit, age_days=heavy["age_days"] * unit)
        answers.append(pd.concat([
            probability_alive(model, scaled), expected_events(model, scaled, horizon_days=500 * unit),
            probability_no_event(model, scaled, horizon_days=5 * unit),
            pmf(model, scaled, 400, horizon_days=500 * unit),
        ]).to_numpy())  # fmt: skip
    assert np.isfinite(answers).all()
    np.testing.assert_allclose(answers[1:], [answers[0]] * 2, rtol=1e-6, atol=1e-300)


def test_a_silent_regular_is_given_up_and_a_recent_one_is_not() -> None:
    alive = probability_alive(MODELS[0], HISTORIES)
    assert alive[1] == 1  # without a repeat event there was no chance to stop
    assert alive[4] > 0.9
    assert alive[5] < 0.01
    assert probability_alive(MODELS[3], HISTORIES)[1] == pytest.approx(
        expit(-np.log(0.8 / 2.5) - 0.6 * np.log(98 / 8))
    )


def test_path_of_a_cohort_adds_up_its_entities() -> None:
    ages, days = np.array([90.0, 60, 60, 0]), np.array([0.0, 30, 90, 120])
    since = np.maximum(days[:, None] - np.array([0.0, 30, 30, 90]), 0)
    got = expected_path(MODELS[0], ages, days)
    assert got.index.tolist() == days.tolist()
    np.testing.assert_allclose(got, expected_events_new(MODELS[0], since).sum(axis=1))
