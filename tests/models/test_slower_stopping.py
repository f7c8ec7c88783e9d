"""Stopping times a factor: against simulated entities, against integrals, and at its limits, for every model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import beta

from analysis.models.bgcnbd import MbgCnbd
from analysis.models.bgnbd import BgNbd
from analysis.models.dropout import BetaDropout, EqualDropout, NoDropout
from analysis.models.gamma_rates import GammaRateModel
from analysis.models.ggompertz_nbd import GGompertzNbd
from analysis.models.mbgnbd import MbgNbd
from analysis.models.pareto_nbd import ParetoNbd
from analysis.models.rates import CommonRate, TrailingRate
from analysis.models.slower_stopping import SlowedDropout

NOTHING: dict[str, Any] = {"log_likelihood": 0.0, "n": 1, "status": "identified", "covariance": ()}
X, SPAN, AGE, HORIZON = 3.0, 30.0, 40.0, 60.0
R, ALPHA, A, B = 0.8, 12.0, 0.9, 3.0
N = 300_000

Drawn = tuple[np.ndarray, np.ndarray]  # events in the horizon, and whether still active after it


def stops_at_events(
    shape: float, chances: float, k: int = 1
) -> Callable[[np.random.Generator, float], Drawn]:
    """Entities after three events in 40 days: every k-th pulse is an event, each may be the last."""

    def draw(rng: np.random.Generator, factor: float) -> Drawn:
        if k == 1:
            rate, phase = rng.gamma(shape, 1 / (ALPHA + AGE), N), 0
        else:  # what the silence leaves: rates as at the last event, kept where fewer than k pulses came since
            rate = rng.gamma(R + k * X, 1 / (ALPHA + SPAN), 4 * N)
            phase = rng.poisson(rate * (AGE - SPAN))
            kept = np.flatnonzero(phase < k)[:N]
            rate, phase = rate[kept], phase[kept]
        events = (phase + rng.poisson(rate * HORIZON)) // k
        last = rng.geometric(np.clip(factor * rng.beta(A, B + chances, events.size), 1e-15, 1))
        return np.minimum(events, last), events < last

    return draw


def stops_at_any_moment(ageing: float) -> Callable[[np.random.Generator, float], Drawn]:
    """Rates of stopping are Gamma(0.7, 60) at birth, and grow by e^(b u)."""

    def draw(rng: np.random.Generator, factor: float) -> Drawn:
        passed = np.expm1(ageing * AGE) / ageing if ageing else AGE
        own = factor * rng.gamma(0.7, 1 / (60 + passed), N) * np.exp(ageing * AGE)
        left = rng.standard_exponential(N) / own  # on the clock
        left = np.log1p(ageing * left) / ageing if ageing else left
        rate = rng.gamma(R + X, 1 / (ALPHA + AGE), N)
        return rng.poisson(rate * np.minimum(left, HORIZON)), left > HORIZON

    return draw


MODELS: dict[str, tuple[GammaRateModel, Callable[[np.random.Generator, float], Drawn]]] = {
    "BG/NBD": (BgNbd(r=R, alpha=ALPHA, a=A, b=B, **NOTHING), stops_at_events(R + X, X)),
    "MBG/NBD": (MbgNbd(r=R, alpha=ALPHA, a=A, b=B, **NOTHING), stops_at_events(R + X, X + 1)),
    "MBG/CNBD-2": (MbgCnbd(r=R, alpha=ALPHA, a=A, b=B, k=2, **NOTHING), stops_at_events(R + X, X + 1, 2)),
    "Pareto/NBD": (ParetoNbd(r=R, alpha=ALPHA, s=0.7, beta=60.0, **NOTHING), stops_at_any_moment(0.0)),
    "GG/NBD": (GGompertzNbd(r=R, alpha=ALPHA, s=0.7, beta=60.0, b=0.02, **NOTHING), stops_at_any_moment(0.02)),
}  # fmt: skip


def one(*values: float) -> list[np.ndarray]:
    return [np.array([value]) for value in values]


@pytest.mark.parametrize("factor", [1.0, 0.5, 0.1])
@pytest.mark.parametrize("name", MODELS)
def test_entities_that_stop_less_often_do_what_the_formulas_say(name: str, factor: float) -> None:
    model, draw = MODELS[name]
    events, active = draw(np.random.default_rng(7), factor)
    slower, horizon = model.with_dropout_scaled(factor), np.array(HORIZON)
    error = events.std() / np.sqrt(N)
    assert slower.expected_if_active(*one(X, SPAN, AGE), horizon)[0] == pytest.approx(
        events.mean(), abs=4.5 * error
    )
    assert slower.still_active(*one(X, SPAN, AGE), horizon)[0] == pytest.approx(
        active.mean(), abs=4.5 * 0.5 / np.sqrt(N)
    )
    for count in (0, 2):
        share = slower.pmf_if_active(*one(X, SPAN, AGE), horizon, np.array(count))[0]
        assert share == pytest.approx((events == count).mean(), abs=4.5 * 0.5 / np.sqrt(N))
    again = slower.sample_if_active(
        np.random.default_rng(8), *(np.full(N, value) for value in (X, SPAN, AGE)), HORIZON
    )
    assert again.mean() == pytest.approx(events.mean(), abs=6.4 * error)


@pytest.mark.parametrize("name", MODELS)
def test_a_factor_of_one_changes_nothing_and_the_past_stays_as_it_was(name: str) -> None:
    model, _ = MODELS[name]
    x, span, age = np.arange(5.0), np.arange(5.0) * 7, np.full(5, 40.0)
    same, less = model.with_dropout_scaled(1.0), model.with_dropout_scaled(0.3)
    assert same == model
    assert less.with_dropout_scaled(0.5) == model.with_dropout_scaled(0.15)
    np.testing.assert_array_equal(less.log_odds_stopped(x, span, age), model.log_odds_stopped(x, span, age))
    assert (
        less.still_active(x, span, age, np.array(365.0)) > model.still_active(x, span, age, np.array(365.0))
    ).all()


@pytest.mark.parametrize("name", MODELS)
def test_stopping_that_nearly_never_happens_comes_near_to_no_stopping_at_all(name: str) -> None:
    model, _ = MODELS[name]
    forever = type(model)(r=R, alpha=ALPHA, **({"k": 2} if name == "MBG/CNBD-2" else {}), **NOTHING)
    nearly = model.with_dropout_scaled(1e-8)
    ahead = [fit.expected_if_active(*one(X, SPAN, AGE), np.array(365.0))[0] for fit in (nearly, forever)]
    assert ahead[0] == pytest.approx(ahead[1], rel=1e-4)
    assert forever.still_active(*one(X, SPAN, AGE), np.array(365.0))[0] == pytest.approx(1)


@pytest.mark.parametrize(
    ("s", "m", "w"), [(1.2, 1, 0.5), (30.2, 30, 3.0), (2000.0, 2000, 5.0), (5e4, 50_000, 2.0)]
)
def test_chance_of_remaining_is_its_integral_over_the_probabilities(s: float, m: int, w: float) -> None:
    density = beta(0.79, 2.43 + m).pdf
    whole = quad(
        lambda p: (1 + p * w) ** -s * density(p), 0, 1, points=[1e-6, 1e-5, 1e-4, 1e-3, 1e-2], limit=800
    )[0]
    assert BetaDropout(0.79, 2.43).remain(*one(s, m, w))[0] == pytest.approx(whole, rel=1e-8)


@pytest.mark.parametrize("k", [0, 1, 7, 300])
def test_chance_of_passing_slowed_chances_is_its_integral(k: int) -> None:
    density = beta(0.79, 2.43 + 4).pdf
    whole = quad(lambda p: (1 - 0.4 * p) ** k * density(p), 0, 1, points=[1e-4, 1e-3, 1e-2], limit=400)[0]
    law = SlowedDropout(BetaDropout(0.79, 2.43), 0.4)
    assert np.exp(law.log_stay(*one(4, k)))[0] == pytest.approx(whole, rel=1e-9)


def test_the_law_of_own_chances_comes_near_to_the_law_of_one_for_all() -> None:
    args = np.array([3.8, 1.0]), np.array([3, 0]), np.array([1.1, 0.2])
    near = BetaDropout(0.15 * 1e7, 0.85 * 1e7).remain(*args)
    np.testing.assert_allclose(near, EqualDropout(0.15).remain(*args), rtol=1e-5)
    np.testing.assert_array_equal(NoDropout().remain(*args), [1, 1])


@pytest.mark.parametrize("rate", [TrailingRate(), CommonRate(0.02)])
def test_plain_rates_know_no_stopping(rate: TrailingRate | CommonRate) -> None:
    assert rate.with_dropout_scaled(0.2) is rate
    np.testing.assert_array_equal(
        rate.still_active(np.zeros(2), np.zeros(2), np.ones(2), np.array(365.0)), [1, 1]
    )
