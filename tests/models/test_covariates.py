"""Covariates: what goes with acting more often is told from what goes with stopping."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from analysis.core.errors import FitError
from analysis.models.bgnbd import fit_bgnbd
from analysis.models.covariates import BgNbdCovariates, _compressed, _likelihood, fit_bgnbd_covariates
from analysis.models.forecast import expected_events_new
from analysis.models.result import FitStatus
from analysis.models.uncertainty import draw_parameters
from tests.models.worlds import bgnbd_world, histories

TRUTH = {
    "r": 0.8, "alpha": 10.0, "p": expit(-1.2), "concentration": 3.0,
    "rate:one": 0.6, "rate:two": 0.0, "dropout:one": 0.0, "dropout:two": 0.7,
}  # fmt: skip


def world(n: int, seed: int) -> pd.DataFrame:
    """``one`` raises the rate only, ``two`` the odds of stopping only."""
    rng = np.random.default_rng(seed)
    one, two = rng.integers(0, 2, n), rng.standard_normal(n).round(1)
    rate, p = rng.gamma(TRUTH["r"], 1 / TRUTH["alpha"], n) * np.exp(0.6 * one), expit(-1.2 + 0.7 * two)
    stop = rng.beta(3 * p, 3 * (1 - p))
    return histories(rate, stop, rng.uniform(50, 150, n), rng).assign(one=one, two=two)


@pytest.fixture(scope="module")
def fit() -> BgNbdCovariates:
    return fit_bgnbd_covariates(world(30_000, 5), ["one", "two"])


def test_each_effect_is_found_where_it_is_and_not_where_it_is_not(fit: BgNbdCovariates) -> None:
    assert fit.status == FitStatus.IDENTIFIED
    truth = pd.Series(TRUTH)
    assert list(fit.params.index) == list(truth.index)
    assert ((fit.params - truth) / fit.bse).abs().max() < 3
    assert (fit.bse[["rate:one", "rate:two", "dropout:one", "dropout:two"]] < 0.03).all()


def test_intervals_hold_the_truth_as_often_as_promised() -> None:
    fits = [fit_bgnbd_covariates(world(1500, seed), ["one", "two"]).conf_int(0.8) for seed in range(40)]
    inside = pd.DataFrame(
        [fit["lower"].le(pd.Series(TRUTH)) & fit["upper"].ge(pd.Series(TRUTH)) for fit in fits]
    )
    assert inside.sum().between(32 - 9, 40).all(), (
        inside.sum()
    )  # 32 of 40 with sd 2.5, three and a half of them


def test_gradient_and_hessian_agree_with_differences() -> None:
    rows, z = _compressed(small := world(500, 1), small[["one", "two"]].to_numpy(float))
    for point in ([-0.5, 2, -1, 1, 0.5, 0.1, -0.3, 0.8], [1, 4, 1.5, -2, -0.5, 0.1, 0.3, 0.8]):
        free, step = np.array(point), 1e-5
        _, gradient, hessian = _likelihood(free, rows, z)
        shifted = [(_likelihood(free + h, rows, z), _likelihood(free - h, rows, z)) for h in step * np.eye(8)]
        slope = np.array([up[0] - down[0] for up, down in shifted]) / (2 * step)
        bend = np.array([up[1] - down[1] for up, down in shifted]) / (2 * step)
        np.testing.assert_allclose(gradient, slope, atol=1e-6 * np.abs(gradient).max())
        np.testing.assert_allclose(hessian, bend, atol=1e-6 * np.abs(hessian).max())


def test_a_covariate_that_tells_nothing_leaves_the_plain_model() -> None:
    """Every entity once with each value: effects are exactly 0, the rest is BG/NBD of the doubled world."""
    plain = bgnbd_world(1000, 0.6, 8, 0.8, 2.5, longest=150, seed=3)
    both = pd.concat([plain.assign(side=-1), plain.assign(side=1)])
    fit, alone = fit_bgnbd_covariates(both, ["side"]), fit_bgnbd(pd.concat([plain, plain]))
    np.testing.assert_allclose([fit.rate_effects[0], fit.dropout_effects[0]], 0, atol=1e-9)
    assert fit.llf == pytest.approx(alone.llf, abs=1e-6)
    model = fit.model([1.0])
    np.testing.assert_allclose([model.r, model.alpha, model.a, model.b], alone.params, rtol=1e-6)


def test_another_scale_of_a_covariate_changes_its_effect_and_nothing_else() -> None:
    small = world(3000, 2)
    before, after = (
        fit_bgnbd_covariates(one, ["one", "two"]) for one in (small, small.assign(two=small["two"] * 10))
    )
    factor = np.where(before.params.index.str.endswith("two"), 0.1, 1)
    np.testing.assert_allclose(after.params, before.params * factor, rtol=1e-6, atol=1e-9)
    assert after.llf == pytest.approx(before.llf, abs=1e-7)


def test_an_entity_that_acts_more_often_is_expected_to(fit: BgNbdCovariates) -> None:
    plain, often, leaving = (expected_events_new(fit.model(z), 52.0) for z in ([0, 0], [1, 0], [0, 1]))
    assert often > 1.2 * plain
    assert leaving < 0.9 * plain


def test_draws_and_json_keep_their_effects(fit: BgNbdCovariates) -> None:
    assert BgNbdCovariates(**json.loads(json.dumps(asdict(fit)))) == fit
    draws = pd.DataFrame([draw.params for draw in draw_parameters(fit, draws=500, seed=1)])
    np.testing.assert_allclose(draws.std(), fit.bse, rtol=0.15)  # four times 1 / sqrt(2 x 500)


@pytest.mark.parametrize(("change", "message"), [
    ({"two": np.nan}, r"^covariates: must be numbers, got '50 of 50 rows without'\. "),
    ({"two": 1.0}, r"^covariates: must vary, each in its own way, got 'one, two'\. Leave out those that follow"),
])  # fmt: skip
def test_covariates_that_cannot_tell_are_refused(change: dict[str, float], message: str) -> None:
    with pytest.raises(FitError, match=message):
        fit_bgnbd_covariates(world(50, 1).assign(**change), ["one", "two"])


def test_a_missing_covariate_is_named() -> None:
    with pytest.raises(
        FitError, match=r"^covariates: need a column each, got 'none named three'\. Add them\.$"
    ):
        fit_bgnbd_covariates(world(50, 1), ["one", "three"])
