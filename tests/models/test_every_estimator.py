"""Facts that hold for every estimator; a new one adds an entry to ``ESTIMATORS`` and inherits them all."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

import numpy as np
import pandas as pd
import pytest

from analysis.core.errors import FitError
from analysis.models.bgcnbd import fit_bgcnbd, fit_mbgcnbd
from analysis.models.bgnbd import fit_bgnbd
from analysis.models.catalogue import REGULAR_MODELS, REPEAT_MODELS
from analysis.models.gamma_gamma import fit_gamma_gamma
from analysis.models.ggompertz_nbd import fit_ggompertz_nbd
from analysis.models.mbgnbd import fit_mbgnbd
from analysis.models.pareto_nbd import fit_pareto_nbd
from analysis.models.result import FitStatus, MaximumLikelihood
from tests.models.worlds import ageing_world, bgnbd_world, gamma_gamma_world, pareto_world, regular_world


@dataclass(frozen=True)
class Estimator:
    """How to make a world for an estimator, fit it, and change its unit."""

    world: Callable[[int, int], pd.DataFrame]
    fit: Callable[[pd.DataFrame], MaximumLikelihood]
    truth: dict[str, float]
    unit_columns: list[str]
    unit_parameters: list[str]
    densities: Callable[[pd.DataFrame], float]
    impossible: Callable[[pd.DataFrame], pd.DataFrame]
    message: str
    per_unit: list[str] = field(default_factory=list)


def _with_log_gaps(world: pd.DataFrame) -> pd.DataFrame:
    """``log_gaps`` is no multiple of its unit, so the world carries the typical gap instead."""
    return world.assign(log_gaps=world["repeats"] * np.log(world["typical_gap"]))


def _regular_world(n: int, seed: int, **kind: bool) -> pd.DataFrame:
    world = regular_world(n, 3, **REGULAR, longest=150, seed=seed, **kind)
    return world.assign(typical_gap=np.exp(world.pop("log_gaps") / np.maximum(world["repeats"], 1)))


def _span_beyond_age(world: pd.DataFrame) -> pd.DataFrame:
    return world.assign(span_days=world["age_days"] + 1)


def _events(world: pd.DataFrame) -> float:
    return float(world["repeats"].sum())


def _fit_values(world: pd.DataFrame) -> MaximumLikelihood:
    return fit_gamma_gamma(world["repeats"], world["mean_value"])


BG, GG = {"r": 0.6, "alpha": 8.0, "a": 0.8, "b": 2.5}, {"p": 6.0, "q": 4.0, "gamma": 15.0}
PARETO = {"r": 0.8, "alpha": 8.0, "s": 1.2, "beta": 60.0}
AGEING = {"r": 2.0, "alpha": 8.0, "s": 1.5, "beta": 300.0, "b": 0.05}
REGULAR = {"r": 1.2, "alpha": 6.0, "a": 0.8, "b": 2.5}
HISTORY = {
    "unit_columns": ["span_days", "age_days"], "densities": _events, "impossible": _span_beyond_age,
    "message": r"^repeat summary: span_days must lie between 0 and age_days, got '\d+ of \d+ rows that "
               r"break it'. Build the summary with summarise_events.$",
}  # fmt: skip
GAPS = {**HISTORY, "unit_columns": ["span_days", "age_days", "typical_gap"]}
ESTIMATORS = {
    "bgnbd": Estimator(
        world=lambda n, seed: bgnbd_world(n, **BG, longest=150, seed=seed),
        fit=fit_bgnbd, truth=BG, unit_parameters=["alpha"], **HISTORY,
    ),
    "mbgnbd": Estimator(
        world=lambda n, seed: bgnbd_world(n, **BG, longest=150, seed=seed, chance_at_first_event=True),
        fit=fit_mbgnbd, truth=BG, unit_parameters=["alpha"], **HISTORY,
    ),
    "pareto_nbd": Estimator(
        world=lambda n, seed: pareto_world(n, **PARETO, longest=150, seed=seed),
        fit=fit_pareto_nbd, truth=PARETO, unit_parameters=["alpha", "beta"], **HISTORY,
    ),
    "ggompertz_nbd": Estimator(
        world=lambda n, seed: ageing_world(n, **AGEING, longest=150, seed=seed),
        fit=fit_ggompertz_nbd, truth=AGEING, unit_parameters=["alpha", "beta"], per_unit=["b"], **HISTORY,
    ),
    "bgcnbd": Estimator(
        world=_regular_world, fit=lambda world: fit_bgcnbd(_with_log_gaps(world)),
        truth=REGULAR, unit_parameters=["alpha"], **GAPS,
    ),
    "mbgcnbd": Estimator(
        world=lambda n, seed: _regular_world(n, seed, chance_at_first_event=True),
        fit=lambda world: fit_mbgcnbd(_with_log_gaps(world)),
        truth=REGULAR, unit_parameters=["alpha"], **GAPS,
    ),
    "gamma_gamma": Estimator(
        world=lambda n, seed: gamma_gamma_world(n, **GG, seed=seed),
        fit=_fit_values, truth=GG,
        unit_columns=["mean_value"], unit_parameters=["gamma"],
        densities=lambda world: float(len(world)),
        impossible=lambda world: world.assign(mean_value=-world["mean_value"]),
        message=r"^event values: mean_value must be above 0, got '(\d+) of \1 that are not'. "
                r"Leave out returns, gifts and zero values, and count them.$",
    ),
}  # fmt: skip


@pytest.fixture(params=ESTIMATORS)
def estimator(request: pytest.FixtureRequest) -> Estimator:
    return ESTIMATORS[request.param]


def test_every_model_of_the_catalogue_is_held_to_these_facts() -> None:
    assert {*REPEAT_MODELS, *REGULAR_MODELS} < set(ESTIMATORS)


def test_truth_is_inside_the_interval_as_often_as_promised(estimator: Estimator) -> None:
    worlds = 100
    fits = [estimator.fit(estimator.world(1500, seed)) for seed in range(worlds)]
    for name, truth in estimator.truth.items():
        intervals = [fit.conf_int(0.8).loc[name] for fit in fits]
        inside = sum(interval["lower"] <= truth <= interval["upper"] for interval in intervals)
        # 80 % of 100 worlds with binomial sd 4: three and a half sd on either side
        assert abs(inside - 0.8 * worlds) <= 14, (name, inside)


def test_row_order_does_not_matter(estimator: Estimator) -> None:
    world = estimator.world(3000, 1)
    shuffled = world.sample(frac=1, random_state=2)
    assert estimator.fit(shuffled) == estimator.fit(world)


def test_same_data_give_the_same_bytes_twice(estimator: Estimator) -> None:
    first, second = (json.dumps(asdict(estimator.fit(estimator.world(3000, 1)))) for _ in range(2))
    assert first == second


def test_input_frame_is_not_changed(estimator: Estimator) -> None:
    world = estimator.world(500, 1)
    kept = world.copy(deep=True)
    estimator.fit(world)
    pd.testing.assert_frame_equal(world, kept)


@pytest.mark.parametrize("factor", [7, 1 / 30, 1e6])
def test_change_of_unit_scales_what_has_the_unit_and_nothing_else(
    estimator: Estimator, factor: float
) -> None:
    world = estimator.world(3000, 1)
    changed = world.copy()
    changed[estimator.unit_columns] *= factor
    before, after = estimator.fit(world), estimator.fit(changed)
    names = before.params.index
    power = 1.0 * names.isin(estimator.unit_parameters) - names.isin(estimator.per_unit)
    expected = before.params * factor**power
    np.testing.assert_allclose(after.params, expected, rtol=1e-7)
    np.testing.assert_allclose(after.covariance, before.covariance, rtol=1e-5)
    change = estimator.densities(world) * np.log(factor)
    assert after.llf == pytest.approx(before.llf - change, abs=1e-6)


def test_more_data_narrow_the_interval_by_the_square_root(estimator: Estimator) -> None:
    few, many = (estimator.fit(estimator.world(n, 3)) for n in (2000, 32_000))
    ratio = few.bse / many.bse
    assert ratio.between(2.5, 6.5).all(), ratio  # 4 when the estimates were equal


def test_every_row_twice_gives_the_same_estimates_and_half_the_variance(estimator: Estimator) -> None:
    world = estimator.world(2000, 4)
    once, twice = estimator.fit(world), estimator.fit(pd.concat([world, world]))
    np.testing.assert_allclose(twice.params, once.params, rtol=1e-7)
    np.testing.assert_allclose(twice.covariance, np.array(once.covariance) / 2, rtol=1e-5)
    assert twice.llf == pytest.approx(2 * once.llf, rel=1e-12)


def test_usual_world_is_identified(estimator: Estimator) -> None:
    fit = estimator.fit(estimator.world(3000, 5))
    assert fit.status == FitStatus.IDENTIFIED
    assert (np.linalg.eigvalsh(fit.covariance) > 0).all()


def test_impossible_values_are_refused_with_a_remedy(estimator: Estimator) -> None:
    with pytest.raises(FitError, match=estimator.message):
        estimator.fit(estimator.impossible(estimator.world(50, 1)))


def test_no_rows_are_refused(estimator: Estimator) -> None:
    with pytest.raises(FitError, match=r"needs at least one entity.*\.$"):
        estimator.fit(estimator.world(50, 1).head(0))


def test_fit_read_back_from_json_is_the_same_fit(estimator: Estimator) -> None:
    fit = estimator.fit(estimator.world(500, 1))
    assert type(fit)(**json.loads(json.dumps(asdict(fit)))) == fit


def test_summary_holds_estimates_errors_and_intervals(estimator: Estimator) -> None:
    fit = estimator.fit(estimator.world(1500, 1))
    summary = fit.summary(0.9)
    assert list(summary.columns) == ["estimate", "std_error", "lower", "upper"]
    assert list(summary.index) == list(estimator.truth)
    pd.testing.assert_series_equal(summary["estimate"], fit.params, check_names=False)
    pd.testing.assert_frame_equal(summary[["lower", "upper"]], fit.conf_int(0.9), check_names=False)
    assert (summary["lower"] > 0).all()
    # on the log scale the estimate is the middle: its 95 % point is 1.644853627 standard errors away
    half = np.log(summary["upper"] / summary["estimate"])
    np.testing.assert_allclose(half, 1.644853626951 * summary["std_error"] / summary["estimate"], rtol=1e-9)


def test_criteria_follow_from_likelihood_and_counts(estimator: Estimator) -> None:
    world = estimator.world(1500, 1)
    fit = estimator.fit(world)
    assert fit.nobs == len(world)
    assert fit.aic == pytest.approx(2 * len(estimator.truth) - 2 * fit.llf)
    assert fit.bic == pytest.approx(np.log(len(world)) * len(estimator.truth) - 2 * fit.llf)
