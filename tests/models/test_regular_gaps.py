"""Entities whose gaps are regular: the likelihood, the choice of k, and what follows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.stats import gamma as gamma_law

from analysis.core.errors import FitError
from analysis.models.bgcnbd import BgCnbd, MbgCnbd, fit_bgcnbd, fit_mbgcnbd, regularity_of_gaps
from analysis.models.bgnbd import BgNbd, fit_bgnbd
from analysis.models.dropout import BetaDropout, Dropout, EqualDropout, NoDropout
from analysis.models.forecast import expected_events, pmf, probability_alive, probability_no_event
from analysis.models.mbgnbd import fit_mbgnbd
from analysis.models.negative_binomial import log_first, log_probability
from analysis.models.regular_gaps import RegularGapsLikelihood, RegularGapsModel
from analysis.models.repeat import RepeatRows, compress, summarise_events
from tests.models.futures import assert_futures
from tests.models.worlds import bgnbd_world, regular_world, table

NOTHING = {"log_likelihood": 0.0, "n": 1, "status": "identified", "covariance": ()}


def test_the_first_numbers_of_pulses_are_as_likely_as_any() -> None:
    shape, ratio = np.array([0.03, 1, 7.5, 4000]), np.array([0.0, 1e-6, 2.5, 0.3])
    expected = log_probability(np.arange(4)[:, None], shape, ratio)
    np.testing.assert_allclose(log_first(4, shape, ratio), expected, rtol=1e-11)


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("k", [1, 2, 5])
@pytest.mark.parametrize("law", [BetaDropout, EqualDropout, NoDropout])
def test_gradient_and_hessian_agree_with_differences(law: type[Dropout], k: int, first: int) -> None:
    objective = RegularGapsLikelihood(
        compress(regular_world(300, 3, 1.2, 6, 0.8, 2.5, 150, seed=1)), first, k
    )
    for point in (np.log([0.6, 8, 0.8, 2.5]), np.log([40, 300, 0.02, 0.01]), np.log([0.02, 0.5, 7, 90])):
        free, step = point[: 2 + len(law.names)], 1e-5
        _, gradient, hessian = objective(free, law)
        shifted = [(objective(free + h, law), objective(free - h, law)) for h in step * np.eye(free.size)]
        slope = np.array([up[0] - down[0] for up, down in shifted]) / (2 * step)
        bend = np.array([up[1] - down[1] for up, down in shifted]) / (2 * step)
        np.testing.assert_allclose(gradient, slope, atol=1e-6 * np.abs(gradient).max())
        np.testing.assert_allclose(hessian, bend, atol=1e-6 * np.abs(hessian).max())
        np.testing.assert_array_equal(hessian, hessian.T)


@pytest.mark.parametrize(
    ("gaps", "age"), [([], 10.0), ([3.0], 10.0), ([3.0, 2.5, 4.0], 10.0), ([5.0, 5.0], 10.0)]
)
@pytest.mark.parametrize("k", [1, 2, 4])
def test_likelihood_of_a_history_is_its_integral_over_rates(gaps: list[float], age: float, k: int) -> None:
    """Erlang densities of the gaps, and of the last one only that it was not over by the end."""
    r, alpha, p = 1.7, 2.0, 0.3
    x, span = len(gaps), sum(gaps)

    def given(rate: float) -> float:
        seen = np.prod(gamma_law.pdf(gaps, k, scale=1 / rate)) if gaps else 1.0
        active = seen * (1 - p) ** x * gamma_law.sf(age - span, k, scale=1 / rate)
        stopped = seen * p * (1 - p) ** (x - 1) if gaps else 0.0
        return (active + stopped) * gamma_law.pdf(rate, r, scale=1 / alpha)

    slow = quad(given, 0, np.inf, epsrel=1e-10)[0]
    row = RepeatRows(np.array([x]), np.array([span]), np.array([age]), np.ones(1))
    value, _, _ = RegularGapsLikelihood(row, 0, k)(np.log([r, alpha, p / (1 - p)]), EqualDropout)
    factor = np.prod([gap ** (k - 1) for gap in gaps]) / np.prod(np.arange(1, k)) ** x
    assert value + np.log(factor) == pytest.approx(np.log(slow), rel=1e-7)


def test_k_of_one_is_the_model_without_regularity() -> None:
    world = bgnbd_world(1500, 0.6, 8, 0.8, 2.5, longest=150, seed=1)
    for regular, plain in (
        (fit_bgcnbd(world, k=1), fit_bgnbd(world)),
        (fit_mbgcnbd(world, k=1), fit_mbgnbd(world)),
    ):
        np.testing.assert_allclose(regular.params, plain.params, rtol=1e-7)
        assert regular.llf == pytest.approx(plain.llf, abs=1e-8)
    answers = (
        BgCnbd(r=0.6, alpha=8, a=0.8, b=2.5, k=1, **NOTHING),
        BgNbd(r=0.6, alpha=8, a=0.8, b=2.5, **NOTHING),
    )
    for ask in (expected_events, probability_no_event):
        one, other = (ask(model, world, horizon_days=50) for model in answers)
        np.testing.assert_allclose(one, other, rtol=1e-9)
    one, other = (probability_alive(model, world) for model in answers)
    np.testing.assert_allclose(one, other, rtol=1e-11)


@pytest.mark.parametrize("k", [1, 2, 4])
def test_true_regularity_is_chosen_and_the_rest_recovered(k: int) -> None:
    truth = {"r": 1.2, "alpha": 6.0, "a": 0.8, "b": 2.5}
    fit = fit_bgcnbd(regular_world(3000, k, **truth, longest=150, seed=k))
    assert fit.k == k
    z = (fit.params - pd.Series(truth)) / fit.bse
    assert (z.abs() < 3.5).all(), z


def test_choice_needs_the_gaps_and_says_so() -> None:
    world = bgnbd_world(50, 0.6, 8, 0.8, 2.5, longest=150, seed=1)
    with pytest.raises(FitError, match=r"^repeat summary: needs the column log_gaps to choose k, got 'none'\. "
                                       r"Add it with summarise_events, or give k\.$"):  # fmt: skip
        fit_bgcnbd(world)


def test_gaps_of_one_and_four_days_have_the_logarithm_of_four() -> None:
    events = pd.DataFrame({
        "entity_id": ["a", "a", "a", "b", "c", "c"],
        "day": pd.to_datetime(["2024-01-01", "2024-01-02", "2024-01-06", "2024-01-01", "2024-01-03", "2024-01-13"]),
    })  # fmt: skip
    summary = summarise_events(events, pd.Timestamp("2024-02-01"))
    np.testing.assert_allclose(summary["log_gaps"], [np.log(4), 0, np.log(10)])


@pytest.mark.parametrize("k", [1, 3])
def test_two_gaps_of_each_entity_tell_how_regular_they_are(k: int) -> None:
    """Wheat & Morrison (1990); thousandths of a gap are days here, so that rounding to days does not show."""
    rng = np.random.default_rng(2)
    gaps = 1000 * rng.gamma(k, 1 / rng.gamma(3, 1 / 3, (4000, 1)), (4000, 3))
    day = np.concatenate([np.zeros((4000, 1)), gaps], axis=1).cumsum(axis=1).round()
    day = day[(day < 50_000).all(axis=1)]
    events = pd.DataFrame({
        "entity_id": np.repeat(np.arange(len(day)), 4),
        "day": pd.Timestamp("1900-01-01") + pd.to_timedelta(day.ravel(), unit="D"),
    })  # fmt: skip
    assert regularity_of_gaps(events, events["day"].max()) == pytest.approx(k, rel=0.1)


@pytest.mark.parametrize("model", [
    BgCnbd(r=0.9, alpha=3, a=0.8, b=2.5, k=3, **NOTHING), MbgCnbd(r=0.9, alpha=4, a=0.8, b=2.5, k=2, **NOTHING),
], ids=["k=3", "first, k=2"])  # fmt: skip
def test_simulated_histories_have_the_predicted_futures(model: RegularGapsModel) -> None:
    """A hundred thousand entities over 90 days, event by event, followed for 40 more."""
    n, rng = 100_000, np.random.default_rng(8)
    rate, stop = rng.gamma(model.r, 1 / model.alpha, n), rng.beta(model.a, model.b, n)
    last = rng.geometric(np.clip(stop, 1e-15, 1)) - model.chance_at_first_event
    day, x, span, future = np.zeros(n), np.zeros(n, np.int64), np.zeros(n), np.zeros(n, np.int64)
    going = last > 0
    while going.any():
        day = np.where(going, day + rng.gamma(model.k, 1 / rate), day)
        x += going & (day <= 90)
        span = np.where(going & (day <= 90), day, span)
        future += going & (day > 90) & (day <= 130)
        going &= (day <= 130) & (x + future < last)
    summary = pd.DataFrame({"repeats": x, "span_days": span, "age_days": 90.0})
    assert_futures(model, summary, x < last, future)


def test_a_regular_that_is_overdue_is_given_up_sooner() -> None:
    """Ten events nine days apart, then forty days of silence."""
    overdue = table("repeats span_days age_days \n 10 90 130")
    alive = [
        probability_alive(BgCnbd(r=1.2, alpha=12 / k, a=0.8, b=2.5, k=k, **NOTHING), overdue)[0]
        for k in (1, 2, 4)
    ]
    assert alive[0] > 3 * alive[1] > 9 * alive[2]


def test_a_thousand_events_in_any_unit_give_finite_answers() -> None:
    heavy = pd.DataFrame(
        {"repeats": [1000, 1000, 999, 0], "span_days": [999.0, 1, 500, 0], "age_days": [1000.0] * 4}
    )
    answers = []
    for unit in (1.0, 1e-6, 1e6):
        model = BgCnbd(r=0.6, alpha=8 * unit, a=0.8, b=2.5, k=3, **NOTHING)
        scaled = heavy.assign(span_days=heavy["span_days"] * unit, age_days=heavy["age_days"] * unit)
        answers.append(pd.concat([
            probability_alive(model, scaled), expected_events(model, scaled, horizon_days=500 * unit),
            probability_no_event(model, scaled, horizon_days=5 * unit),
            pmf(model, scaled, 400, horizon_days=500 * unit),
        ]).to_numpy())  # fmt: skip
    assert np.isfinite(answers).all()
    np.testing.assert_allclose(answers[1:], [answers[0]] * 2, rtol=1e-6, atol=1e-300)
