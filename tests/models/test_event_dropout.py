"""The likelihood of entities that may stop after an event: its value, its derivatives, its limits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import betaln, gamma, gammaln, roots_genlaguerre, roots_jacobi
from statsmodels.base.model import GenericLikelihoodModel

from analysis.core.errors import FitError
from analysis.models.bgnbd import fit_bgnbd
from analysis.models.dropout import BetaDropout, Dropout, EqualDropout, NoDropout
from analysis.models.event_dropout import EventDropoutLikelihood
from analysis.models.forecast import (
    expected_events,
    expected_events_new,
    pmf,
    probability_alive,
    probability_no_event,
)
from analysis.models.repeat import RepeatRows, compress
from analysis.models.result import FitStatus
from tests.models.worlds import bgnbd_world, histories, table


def likelihood(world: pd.DataFrame, chance_at_first_event: int = 0) -> EventDropoutLikelihood:
    return EventDropoutLikelihood(compress(world), chance_at_first_event)


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("law", [BetaDropout, EqualDropout, NoDropout])
def test_gradient_and_hessian_agree_with_differences(law: type[Dropout], first: int) -> None:
    objective = likelihood(bgnbd_world(400, 0.6, 8, 0.8, 2.5, longest=150, seed=1), first)
    for point in (np.log([0.6, 8, 0.8, 2.5]), np.log([40, 300, 0.02, 0.01]), np.log([0.02, 0.5, 7, 90])):
        free, step = point[: 2 + len(law.names)], 1e-5
        _, gradient, hessian = objective(free, law)
        shifted = [(objective(free + h, law), objective(free - h, law)) for h in step * np.eye(free.size)]
        slope = np.array([up[0] - down[0] for up, down in shifted]) / (2 * step)
        bend = np.array([up[1] - down[1] for up, down in shifted]) / (2 * step)
        scale = np.abs(gradient).max()
        np.testing.assert_allclose(gradient, slope, atol=1e-6 * scale)
        np.testing.assert_allclose(hessian, bend, atol=1e-6 * np.abs(hessian).max())
        np.testing.assert_array_equal(hessian, hessian.T)


@pytest.mark.parametrize(("x", "span", "age"), [(0, 0, 10), (1, 3, 10), (4, 9.5, 10)])
@pytest.mark.parametrize("first", [0, 1])
def test_likelihood_of_a_history_is_its_integral_over_rates_and_probabilities(
    x: int, span: float, age: float, first: int
) -> None:
    """Given rate and p: x exponential gaps, then either silence or a stop at the latest event."""
    r, alpha, a, b = 1.7, 5.0, 1.6, 2.8
    m = x + first

    node, weight = roots_genlaguerre(80, r - 1)
    rate, rate_weight = node[:, None] / alpha, weight[:, None] / gamma(r)
    node, weight = roots_jacobi(20, b - 1, a - 1)
    p, p_weight = (1 + node) / 2, weight / weight.sum()
    active = rate**x * (1 - p) ** m * np.exp(-rate * age)
    stopped = rate**x * p * (1 - p) ** (m - 1) * np.exp(-rate * span) if m > 0 else 0
    slow = ((active + stopped) * rate_weight * p_weight).sum()
    row = RepeatRows(np.array([x]), np.array([float(span)]), np.array([float(age)]), np.ones(1))
    value, _, _ = EventDropoutLikelihood(row, first)(np.log([r, alpha, a, b]), BetaDropout)
    assert value == pytest.approx(np.log(slow), rel=1e-9)


def test_statsmodels_reaches_the_same_maximum_from_a_likelihood_written_apart() -> None:
    """``GenericLikelihoodModel`` with Fader, Hardie & Lee (2005), equation 6, in gamma functions."""
    world = bgnbd_world(800, 0.6, 8, 0.8, 2.5, longest=150, seed=2)

    class Reference(GenericLikelihoodModel):
        def loglikeobs(self, params: np.ndarray) -> np.ndarray:
            r, alpha, a, b = np.exp(params)
            x, span, age = self.exog.T
            common = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
            active = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + age)
            seen = np.maximum(x, 1)
            stopped = betaln(a + 1, b + seen - 1) - betaln(a, b) - (r + x) * np.log(alpha + span)
            return common + np.where(x > 0, np.logaddexp(active, stopped), active)

    model = Reference(world["repeats"], world)
    model.df_model, model.df_resid = 4, len(world) - 4
    reference = model.fit(start_params=np.zeros(4), method="bfgs", disp=0, gtol=1e-6)
    fit = fit_bgnbd(world)
    assert fit.llf == pytest.approx(reference.llf, abs=1e-6)
    np.testing.assert_allclose(fit.params, np.exp(reference.params), rtol=1e-4)
    np.testing.assert_allclose(np.sqrt(np.diag(fit.covariance)), reference.bse, rtol=1e-3)


def _world(rate: float | None, stop: float | None, n: int = 3000) -> pd.DataFrame:
    rng = np.random.default_rng(11)
    rates = rng.gamma(1, 0.1, n) if rate is None else np.full(n, rate)
    stops = rng.beta(0.8, 2.4, n) if stop is None else np.full(n, stop)
    return histories(rates, stops, rng.uniform(100, 300, n), rng)


def test_one_probability_for_all_is_recognised_and_recovered() -> None:
    fit = fit_bgnbd(_world(None, 0.2))
    assert fit.status == FitStatus.EQUAL_DROPOUT
    assert (fit.a, fit.b) == (None, None)
    assert list(fit.params.index) == ["r", "alpha", "p"]
    lower, upper = fit.conf_int(0.99).loc["p"]
    assert lower < 0.2 < upper
    assert upper - lower < 0.05


def test_nobody_stopping_is_recognised_and_the_rest_is_the_nbd_model() -> None:
    """For the NBD model E[X(t)] = r t / alpha and E[X | history] = (r + x) h / (alpha + T)."""
    world = _world(None, 0)
    fit = fit_bgnbd(world)
    assert fit.status == FitStatus.NO_DROPOUT
    assert list(fit.params.index) == ["r", "alpha"]
    assert (probability_alive(fit, world) == 1).all()
    assert expected_events_new(fit, 30.0) == pytest.approx(fit.r * 30 / fit.alpha)
    plain = (fit.r + world["repeats"]) * 30 / (fit.alpha + world["age_days"])
    pd.testing.assert_series_equal(expected_events(fit, world, horizon_days=30), plain, check_names=False)


def test_one_rate_for_all_is_recognised() -> None:
    """An event every ten days is more regular than any chance, so no spread of rates can be seen."""
    age = np.arange(100, 300)
    x = age // 10
    fit = fit_bgnbd(pd.DataFrame({"repeats": x, "span_days": 10 * x, "age_days": age}))
    assert fit.status == FitStatus.EQUAL_RATES
    assert fit.r / fit.alpha == pytest.approx(x.sum() / age.sum(), rel=1e-4)


def test_stopping_at_once_or_never_is_recognised() -> None:
    rng = np.random.default_rng(12)
    world = histories(
        rng.gamma(1, 0.1, 3000), (rng.random(3000) < 0.4).astype(float), np.full(3000, 300.0), rng
    )
    fit = fit_bgnbd(world)
    assert fit.status == FitStatus.EXTREME_DROPOUT
    assert fit.a is not None
    assert fit.b is not None
    assert fit.a / (fit.a + fit.b) == pytest.approx(0.4, abs=0.05)


@pytest.mark.parametrize("summary", [
    "repeats span_days age_days \n 1 10 50",
    "repeats span_days age_days \n 1 50 50",
    "repeats span_days age_days \n 0 0 0 \n 1 10 50",
    "repeats span_days age_days \n 3 40 50 \n 3 40 50",
    "repeats span_days age_days \n 0 0 30 \n 0 0 20 \n 1000 900 1000",
    "repeats span_days age_days \n 0 0 30 \n 1 2 30 \n 2 25 30 \n 5 29 30",
])  # fmt: skip
def test_hardly_any_data_still_give_finite_answers_and_a_status(summary: str) -> None:
    world = table(summary)
    fit = fit_bgnbd(world)
    assert fit.status != FitStatus.IDENTIFIED
    assert np.isfinite([fit.llf, *fit.params, *np.ravel(fit.covariance)]).all()
    answers = pd.concat([
        probability_alive(fit, world), probability_no_event(fit, world, horizon_days=30),
        pmf(fit, world, 2, horizon_days=30),
    ])  # fmt: skip
    assert answers.between(0, 1).all()
    assert expected_events(fit, world, horizon_days=30).between(0, 1e4).all()


def test_no_repeat_event_at_all_is_refused() -> None:
    message = (r"^repeat summary: needs repeat events, got '2 entities with 0 repeats'\. "
               r"Use a longer observation or a wider group\.$")  # fmt: skip
    with pytest.raises(FitError, match=message):
        fit_bgnbd(table("repeats span_days age_days \n 0 0 10 \n 0 0 20"))


def test_sample_start_leads_many_rows_to_the_same_maximum() -> None:
    """Above 20,000 distinct rows the climb begins on a sample; the answer must not know."""
    world = bgnbd_world(30_000, 0.6, 8, 0.8, 2.5, longest=150, seed=7)
    rows = compress(world)
    assert rows.x.size > 20_000
    centre = np.log([1, world["age_days"].sum() / world["repeats"].sum(), 1, 1])
    direct = EventDropoutLikelihood(rows, 0)._climb(BetaDropout, centre, centre)
    np.testing.assert_allclose(fit_bgnbd(world).params, np.exp(direct.point), rtol=1e-9)
