"""Entities that may stop at any moment: the likelihood, its derivatives, its limits, and what follows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.special import gammaln, hyperu
from statsmodels.base.model import GenericLikelihoodModel

from analysis.models.ageing import AgeingLifetime
from analysis.models.forecast import expected_events, expected_events_new, pmf, probability_alive
from analysis.models.ggompertz_nbd import GGompertzNbd, fit_ggompertz_nbd
from analysis.models.lifetime import EndlessLifetime, EqualLifetime, GammaLifetime, Lifetime
from analysis.models.pareto_nbd import ParetoNbd, discounted_events, fit_pareto_nbd
from analysis.models.repeat import RepeatRows, compress
from analysis.models.result import FitStatus
from analysis.models.time_dropout import TimeDropoutLikelihood, TimeDropoutModel
from tests.models.futures import assert_futures
from tests.models.worlds import ageing_world, lifetime_world, pareto_world, table

NOTHING = {"log_likelihood": 0.0, "n": 1, "status": "identified", "covariance": ()}
WORLD = pareto_world(400, 0.8, 8, 0.7, 60, longest=150, seed=1)
GAMMA = [(0.6, 8, 0.8, 60), (0.6, 60, 0.8, 5), (40, 300, 0.02, 0.5), (0.02, 0.5, 7, 900)]
LAWS = {
    GammaLifetime: GAMMA,
    EqualLifetime: [(0.6, 8, 0.02), (5, 60, 0.3)],
    EndlessLifetime: [(0.6, 8), (5, 60)],
    AgeingLifetime: [(*point, b) for point in GAMMA for b in (1e-6, 0.02, 0.3)],
}


@pytest.mark.parametrize(("law", "point"), [(law, point) for law, points in LAWS.items() for point in points])
def test_gradient_and_hessian_agree_with_differences(law: type[Lifetime], point: tuple[float, ...]) -> None:
    objective, free, step = TimeDropoutLikelihood(compress(WORLD)), np.log(point), 1e-5
    _, gradient, hessian = objective(free, law)
    shifted = [(objective(free + h, law), objective(free - h, law)) for h in step * np.eye(free.size)]
    slope = np.array([up[0] - down[0] for up, down in shifted]) / (2 * step)
    bend = np.array([up[1] - down[1] for up, down in shifted]) / (2 * step)
    np.testing.assert_allclose(gradient, slope, atol=1e-6 * np.abs(gradient).max())
    np.testing.assert_allclose(hessian, bend, atol=1e-6 * np.abs(hessian).max())
    np.testing.assert_array_equal(hessian, hessian.T)


def slow_likelihood(r: float, alpha: float, law: Lifetime, x: int, span: float, age: float) -> float:
    """The same history by adaptive quadrature over the moment of stopping, on a scale of its own."""

    def log_density(u: float) -> float:
        leave = law.leave(np.array([u]), np.array([age]))[0][0] + law.log_stay(np.array([age]))[0]
        return leave - np.log(law.pace(law.clock(np.array([u])))[0]) - (r + x) * np.log((alpha + u) / alpha)

    active = law.log_stay(np.array([age]))[0] - (r + x) * np.log((alpha + age) / alpha)
    grid = span + (age - span) * np.geomspace(1e-9, 1, 400)
    peak = max([active, *(log_density(u) + np.log(u - span) for u in grid)])
    stops = sum(quad(lambda u: np.exp(log_density(u) - peak), low, high, epsabs=0, epsrel=1e-10)[0]
                for low, high in zip([span, *grid[:-1:7]], [*grid[:-1:7], age], strict=True))  # fmt: skip
    rate = gammaln(r + x) - gammaln(r) - x * np.log(alpha)
    return float(rate + peak + np.log(np.exp(active - peak) + stops))


@pytest.mark.parametrize(
    ("x", "span", "age"), [(0, 0, 200), (1, 3, 200), (5, 190, 200), (1000, 150, 200), (1000, 1, 800)]
)
@pytest.mark.parametrize(
    ("alpha", "beta"), [(10.0, 12.0), (10.0, 5e5), (500.0, 0.015), (5000.0, 3.0), (0.01, 300.0)]
)
def test_likelihood_of_a_history_is_its_integral_over_the_moment_of_stopping(
    x: int, span: float, age: float, alpha: float, beta: float
) -> None:
    """beta / alpha from 3e-5 to 5e4, up to a thousand events, either of them the larger."""
    row = RepeatRows(np.array([x]), np.array([float(span)]), np.array([float(age)]), np.ones(1))
    for r, s in ((0.5, 0.6), (4.0, 0.05), (0.1, 6.0)):
        fast, _, _ = TimeDropoutLikelihood(row)(np.log([r, alpha, s, beta]), GammaLifetime)
        slow = slow_likelihood(r, alpha, GammaLifetime(s, beta), x, span, age)
        assert fast == pytest.approx(slow, abs=1e-8), (r, s)


@pytest.mark.parametrize("b", [1e-4, 0.01, 0.1])
@pytest.mark.parametrize(("x", "span", "age"), [(0, 0, 200), (1, 3, 200), (30, 100, 200)])
def test_likelihood_with_ageing_is_its_integral_too(x: int, span: float, age: float, b: float) -> None:
    row = RepeatRows(np.array([x]), np.array([float(span)]), np.array([float(age)]), np.ones(1))
    for alpha, s, beta in ((10, 0.6, 50), (2, 0.2, 1000), (200, 3, 5)):
        fast, _, _ = TimeDropoutLikelihood(row)(np.log([0.6, alpha, s, beta, b]), AgeingLifetime)
        slow = slow_likelihood(0.6, alpha, AgeingLifetime(s, beta, b), x, span, age)
        assert fast == pytest.approx(slow, abs=1e-7), (alpha, s, beta)


def test_statsmodels_reaches_the_same_maximum_from_a_likelihood_written_apart() -> None:
    """``GenericLikelihoodModel`` with the integral by 300 plain points in the age."""
    world = pareto_world(600, 0.8, 8, 1.2, 60, longest=150, seed=2)
    place, weight = np.polynomial.legendre.leggauss(300)

    class Reference(GenericLikelihoodModel):
        def loglikeobs(self, params: np.ndarray) -> np.ndarray:
            r, alpha, s, beta = np.exp(params)
            x, span, age = (column[:, None] for column in self.exog.T)
            u = span + (age - span) * (1 + place) / 2
            density = s * beta**s * (beta + u) ** -(s + 1) * (alpha / (alpha + u)) ** (r + x)
            stops = (density * weight / 2).sum(axis=1) * (age - span)[:, 0]
            active = ((beta / (beta + age)) ** s * (alpha / (alpha + age)) ** (r + x))[:, 0]
            x = x[:, 0]
            return gammaln(r + x) - gammaln(r) - x * np.log(alpha) + np.log(active + stops)

    model = Reference(world["repeats"], world)
    model.df_model, model.df_resid = 4, len(world) - 4
    reference = model.fit(start_params=np.array([0, 2, 0, 4]), method="bfgs", disp=0, gtol=1e-5)
    fit = fit_pareto_nbd(world)
    assert fit.llf == pytest.approx(reference.llf, abs=1e-5)
    np.testing.assert_allclose(fit.params, np.exp(reference.params), rtol=1e-3)
    np.testing.assert_allclose(np.sqrt(np.diag(fit.covariance)), reference.bse, rtol=1e-2)


def test_no_ageing_is_pareto_nbd() -> None:
    row, free = compress(WORLD), np.log([0.6, 8, 0.8, 60])
    plain, slope, _ = TimeDropoutLikelihood(row)(free, GammaLifetime)
    aged, aged_slope, _ = TimeDropoutLikelihood(row)(np.append(free, np.log(1e-12)), AgeingLifetime)
    assert aged == pytest.approx(plain, rel=1e-10)
    np.testing.assert_allclose(aged_slope, [*slope, 0], atol=1e-5)


def _world(life: np.ndarray, seed: int = 11) -> pd.DataFrame:
    return lifetime_world(life.size, 1, 10, life, 300, np.random.default_rng(seed))


def test_one_rate_of_stopping_for_all_is_recognised_and_recovered() -> None:
    """In half of such worlds chance makes the entities look alike, in the other half a little different."""
    fit = fit_pareto_nbd(_world(np.random.default_rng(6).exponential(50, 3000)))
    assert fit.status == FitStatus.EQUAL_DROPOUT
    assert list(fit.params.index) == ["r", "alpha", "mu"]
    lower, upper = fit.conf_int(0.99).loc["mu"]
    assert lower < 1 / 50 < upper
    assert upper / lower < 1.5


def test_nobody_stopping_is_recognised_and_the_rest_is_the_nbd_model() -> None:
    world = _world(np.full(3000, np.inf))
    for fit in (fit_pareto_nbd(world), fit_ggompertz_nbd(world)):
        assert fit.status == FitStatus.NO_DROPOUT
        assert list(fit.params.index) == ["r", "alpha"]
        assert (probability_alive(fit, world) == 1).all()
        plain = (fit.r + world["repeats"]) * 30 / (fit.alpha + world["age_days"])
        pd.testing.assert_series_equal(expected_events(fit, world, horizon_days=30), plain, check_names=False)


def test_no_ageing_is_recognised() -> None:
    world = pareto_world(3000, 0.8, 8, 0.5, 20, longest=300, seed=5)
    fit, plain = fit_ggompertz_nbd(world), fit_pareto_nbd(world)
    assert fit.status == FitStatus.NO_AGEING
    assert fit.b is None
    pd.testing.assert_series_equal(fit.params, plain.params)
    assert fit.llf == plain.llf


@pytest.mark.parametrize("unit", [1, 7, 365.25 / 12])
@pytest.mark.parametrize("kind", ["heavy", "sparse", "few", "alike", "endless"])
def test_hard_worlds_end_at_the_maximum_or_say_that_there_is_none(kind: str, unit: float) -> None:
    """Buyers of nearly every day, of hardly any event, few of them, alike, endless; days, weeks and months."""
    rng = np.random.default_rng(5)
    worlds = {
        "heavy": lambda: pareto_world(500, 5, 5, 0.6, 200, longest=1000, seed=4).round(),
        "sparse": lambda: pareto_world(5000, 0.05, 60, 0.4, 30, longest=400, seed=4),
        "few": lambda: pareto_world(300, 0.6, 10, 0.6, 12, longest=40, seed=4),
        "alike": lambda: _world(rng.exponential(60, 2000)),
        "endless": lambda: _world(np.full(2000, np.inf)),
    }
    world = worlds[kind]()
    world["span_days"] = np.where(world["repeats"] > 0, world["span_days"].clip(lower=0.01), 0)
    scaled = world.assign(span_days=world["span_days"] / unit, age_days=world["age_days"] / unit)
    fit, plain = fit_pareto_nbd(scaled), fit_pareto_nbd(world)
    assert fit.status == plain.status
    assert np.isfinite([fit.llf, *fit.params, *np.ravel(fit.covariance)]).all()
    assert fit.llf - world["repeats"].sum() * np.log(unit) == pytest.approx(plain.llf, abs=1e-5)
    _, gradient, _ = TimeDropoutLikelihood(compress(scaled))(fit.free, type(fit.lifetime))
    assert np.abs(gradient).max() / len(world) < 1e-7
    if kind in ("alike", "endless"):
        assert fit.status in (FitStatus.EQUAL_DROPOUT, FitStatus.NO_DROPOUT)


@pytest.mark.parametrize("summary", [
    "repeats span_days age_days \n 1 10 50",
    "repeats span_days age_days \n 1 50 50",
    "repeats span_days age_days \n 0 0 0 \n 1 10 50",
    "repeats span_days age_days \n 0 0 30 \n 0 0 20 \n 1000 900 1000",
    "repeats span_days age_days \n 0 0 30 \n 1 2 30 \n 2 25 30 \n 5 29 30",
])  # fmt: skip
@pytest.mark.parametrize("fitting", [fit_pareto_nbd, fit_ggompertz_nbd])
def test_hardly_any_data_still_give_finite_answers_and_a_status(fitting: object, summary: str) -> None:
    world = table(summary)
    fit = fitting(world)
    assert fit.status != FitStatus.IDENTIFIED
    assert np.isfinite([fit.llf, *fit.params, *np.ravel(fit.covariance)]).all()
    assert pmf(fit, world, 2, horizon_days=30).between(0, 1).all()
    assert expected_events(fit, world, horizon_days=30).between(0, 1e4).all()


def _future(
    life: np.ndarray, rate: np.ndarray, rng: np.random.Generator
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    seen, until = np.minimum(life, 90), np.clip(life - 90, 0, 40)
    x = rng.poisson(rate * seen)
    summary = pd.DataFrame({
        "repeats": x, "span_days": np.where(x > 0, seen * rng.beta(np.maximum(x, 1), 1), 0), "age_days": 90.0,
    })  # fmt: skip
    return summary, life > 90, rng.poisson(rate * until)


@pytest.mark.parametrize("model", [
    ParetoNbd(r=0.6, alpha=8, s=0.7, beta=50, **NOTHING),
    ParetoNbd(r=1.5, alpha=80, s=1, beta=5, **NOTHING),
    GGompertzNbd(r=0.6, alpha=8, s=0.7, beta=200, b=0.04, **NOTHING),
], ids=["pareto", "slow", "ageing"])  # fmt: skip
def test_simulated_histories_have_the_predicted_futures(model: TimeDropoutModel) -> None:
    """Three hundred thousand entities over 90 days, followed for 40 more, grouped by what was seen of them."""
    n, rng = 300_000, np.random.default_rng(8)
    clock = rng.exponential(1, n) / rng.gamma(model.s, 1 / model.beta, n)
    life = clock if model.b is None else np.log1p(model.b * clock) / model.b
    assert_futures(model, *_future(life, rng.gamma(model.r, 1 / model.alpha, n), rng))


def test_expected_events_of_a_new_entity_are_the_closed_form() -> None:
    """Schmittlein, Morrison & Colombo (1987), equation 17: r beta / (alpha (s - 1)) [1 - (beta / (beta + t))^(s - 1)]."""
    for r, alpha, s, beta in ((0.55, 10.6, 0.61, 11.7), (0.55, 10.6, 2.5, 0.2), (3, 10, 40, 1e4)):
        fit = ParetoNbd(r=r, alpha=alpha, s=s, beta=beta, **NOTHING)
        time = np.array([0.0, 0.1, 5, 52, 5000])
        closed = r * beta / (alpha * (s - 1)) * (1 - (beta / (beta + time)) ** (s - 1))
        np.testing.assert_allclose(expected_events_new(fit, time), closed, rtol=1e-10)


def test_discounted_events_are_the_closed_form_and_the_sum_of_short_times() -> None:
    """Fader, Hardie & Lee (2005), with Tricomi's U from scipy; and e^(-rate t) times what each day brings."""
    fit = ParetoNbd(r=0.55, alpha=10.6, s=0.6, beta=11.7, **NOTHING)
    history = table("repeats span_days age_days \n 0 0 30 \n 2 20 30 \n 12 29 30 \n 12 5 30")
    for rate in (0.0027, 0.05, 1.0):
        got = discounted_events(fit, history, discount_rate=rate)
        beta = 11.7 + 30
        closed = probability_alive(fit, history) * (0.55 + history["repeats"]) / (10.6 + 30)
        closed *= beta * hyperu(1, 2 - 0.6, rate * beta)
        np.testing.assert_allclose(got, closed, rtol=1e-8)
    ends = np.arange(0, 401.0)
    path = np.array([expected_events(fit, history, horizon_days=end) for end in ends])
    summed = (np.diff(path, axis=0) * np.exp(-0.05 * (ends[:-1] + 0.5))[:, None]).sum(axis=0)
    np.testing.assert_allclose(discounted_events(fit, history, discount_rate=0.05), summed, rtol=1e-3)


def test_ageing_is_recovered_from_a_world_that_ages() -> None:
    truth = {"r": 2.0, "alpha": 8.0, "s": 1.5, "beta": 300.0, "b": 0.05}
    fit = fit_ggompertz_nbd(ageing_world(8000, **truth, longest=150, seed=9))
    z = (fit.params - pd.Series(truth)) / fit.bse
    assert (z.abs() < 3.5).all(), z
