"""Stopping times a factor: against simulated entities, against integrals, and at its limits."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import beta

from analysis.models.bgnbd import BgNbd
from analysis.models.dropout import BetaDropout, EqualDropout, NoDropout
from analysis.models.rates import CommonRate, TrailingRate
from analysis.models.result import FitStatus

ONE = np.array([3.0]), np.array([40.0])  # three repeat events, aged 40


def fitted(**shapes: float) -> BgNbd:
    return BgNbd(
        r=0.8, alpha=12.0, **shapes, log_likelihood=0.0, n=1, status=FitStatus.IDENTIFIED, covariance=()
    )


LAWS = {"own": {"a": 0.9, "b": 3.0}, "one for all": {"p": 0.15}, "nobody": {}}


@pytest.mark.parametrize("factor", [1.0, 0.5, 0.1])
@pytest.mark.parametrize("law", LAWS)
def test_entities_drawn_with_a_smaller_chance_of_stopping_do_what_the_formula_says(
    law: str, factor: float
) -> None:
    """Rates and chances as they are after three events in 40 days, then 60 days event by event."""
    rng, n, horizon = np.random.default_rng(7), 400_000, 60.0
    rate = rng.gamma(0.8 + 3, 1 / (12 + 40), n)
    stop = {"own": rng.beta(0.9, 3.0 + 3, n), "one for all": np.full(n, 0.15), "nobody": np.zeros(n)}[
        law
    ] * factor
    events = rng.poisson(rate * horizon)
    last = np.where(stop > 0, rng.geometric(np.clip(stop, 1e-15, 1)), np.iinfo(np.int64).max)
    slower = fitted(**LAWS[law]).with_dropout_scaled(factor)
    mean = slower.expected_if_active(*ONE, np.array(horizon))[0]
    assert mean == pytest.approx(np.minimum(events, last).mean(), rel=0.01)
    assert slower.still_active(*ONE, np.array(horizon))[0] == pytest.approx((events < last).mean(), abs=4e-3)


def test_a_factor_of_one_changes_nothing_and_the_past_stays_as_it_was() -> None:
    fit = fitted(**LAWS["own"])
    same, less = fit.with_dropout_scaled(1.0), fit.with_dropout_scaled(0.3)
    x, span, age = np.arange(5.0), np.arange(5.0) * 7, np.full(5, 40.0)
    np.testing.assert_array_equal(
        same.expected_if_active(x, age, np.array(90.0)), fit.expected_if_active(x, age, np.array(90.0))
    )
    np.testing.assert_array_equal(less.log_odds_stopped(x, span, age), fit.log_odds_stopped(x, span, age))


def test_stopping_that_nearly_never_happens_comes_near_to_no_stopping_at_all() -> None:
    forever = fitted().expected_if_active(*ONE, np.array(365.0))
    nearly = fitted(**LAWS["own"]).with_dropout_scaled(1e-6).expected_if_active(*ONE, np.array(365.0))
    np.testing.assert_allclose(nearly, forever, rtol=1e-4)


@pytest.mark.parametrize(
    ("s", "m", "w"), [(1.2, 1, 0.5), (30.2, 30, 3.0), (2000.0, 2000, 5.0), (5e4, 50_000, 2.0)]
)
def test_chance_of_remaining_is_its_integral_over_the_probabilities(s: float, m: int, w: float) -> None:
    density = beta(0.79, 2.43 + m).pdf
    whole = quad(
        lambda p: (1 + p * w) ** -s * density(p), 0, 1, points=[1e-6, 1e-5, 1e-4, 1e-3, 1e-2], limit=800
    )[0]
    found = BetaDropout(0.79, 2.43).remain(np.array([s]), np.array([m]), np.array([w]))[0]
    assert found == pytest.approx(whole, rel=1e-8)


def test_the_law_of_own_chances_comes_near_to_the_law_of_one_for_all() -> None:
    args = np.array([3.8, 1.0]), np.array([3, 0]), np.array([1.1, 0.2])
    near = BetaDropout(0.15 * 1e7, 0.85 * 1e7).remain(*args)
    np.testing.assert_allclose(near, EqualDropout(0.15).remain(*args), rtol=1e-5)
    np.testing.assert_array_equal(NoDropout().remain(*args), [1, 1])


@pytest.mark.parametrize("rate", [TrailingRate(), CommonRate(0.02)])
def test_plain_rates_know_no_stopping(rate: TrailingRate | CommonRate) -> None:
    assert rate.with_dropout_scaled(0.2) is rate
    np.testing.assert_array_equal(rate.still_active(np.zeros(2), np.ones(2), np.array(365.0)), [1, 1])
