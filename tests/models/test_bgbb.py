"""BG/BB: its likelihood against an enumeration of all histories, its derivatives, its estimates of a known truth."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy.special import beta as beta_function

from analysis.core.errors import FitError
from analysis.models.bgbb import BgBb, BgBbLikelihood, bgbb_alive, bgbb_expected, bgbb_pmf_new, fit_bgbb
from analysis.models.result import FitStatus

SHAPES = {"alpha": 1.2, "beta": 0.75, "gamma": 0.66, "delta": 2.8}


def model(**shapes: float) -> BgBb:
    return BgBb(**{**SHAPES, **shapes}, log_likelihood=0.0, n=1, status=FitStatus.IDENTIFIED, covariance=())


def rows(*given: tuple[int, int, int]) -> pd.DataFrame:
    return pd.DataFrame(given, columns=["repeats", "last_occasion", "occasions"]).assign(entities=1)


def all_histories(n: int) -> pd.DataFrame:
    found = [(sum(acts), max((place for place, act in enumerate(acts, 1) if act), default=0), n)
             for acts in itertools.product((0, 1), repeat=n)]  # fmt: skip
    return rows(*found)


def people(count: int, n: int, seed: int) -> pd.DataFrame:
    """Donors drawn one occasion after another: first whether each goes on, then whether it acts."""
    rng = np.random.default_rng(seed)
    acts, stops = (
        rng.beta(SHAPES["alpha"], SHAPES["beta"], count),
        rng.beta(SHAPES["gamma"], SHAPES["delta"], count),
    )
    alive, x, last = np.ones(count, bool), np.zeros(count, int), np.zeros(count, int)
    for occasion in range(1, n + 1):
        alive &= rng.random(count) >= stops
        acted = alive & (rng.random(count) < acts)
        x += acted
        last = np.where(acted, occasion, last)
    frame = pd.DataFrame({"repeats": x, "last_occasion": last, "occasions": n})
    return (
        frame.value_counts()
        .rename("entities")
        .reset_index()
        .sort_values(["repeats", "last_occasion"], ignore_index=True)
    )


def test_probabilities_of_all_histories_add_up_to_one() -> None:
    assert np.exp(model().log_likelihoods(all_histories(6))).sum() == pytest.approx(1, rel=1e-12)


def test_probability_of_a_short_history_is_its_integral() -> None:
    """Acted at the first of two occasions: E[p] E[(1 - q)] (E[q] + E[(1 - q)] E[1 - p] ...), by draws of p and q."""
    p = np.random.default_rng(1).beta(1.2, 0.75, 400_000)
    q = np.random.default_rng(2).beta(0.66, 2.8, 400_000)
    mean = (p * (1 - q) * (q + (1 - q) * (1 - p))).mean()
    assert np.exp(model().log_likelihoods(rows((1, 1, 2))))[0] == pytest.approx(mean, rel=5e-3)


def test_gradient_and_hessian_agree_with_differences() -> None:
    objective = BgBbLikelihood(pd.concat([people(400, 6, 1), people(300, 4, 2)]))
    for point in (np.log(list(SHAPES.values())), np.log([9.0, 0.1, 0.02, 40.0])):
        step = 1e-5 * np.eye(4)
        _, gradient, hessian = objective(point)
        around = [(objective(point + h), objective(point - h)) for h in step]
        np.testing.assert_allclose(
            gradient, [(up[0] - down[0]) / 2e-5 for up, down in around], rtol=1e-6, atol=1e-5
        )
        np.testing.assert_allclose(
            hessian, [(up[1] - down[1]) / 2e-5 for up, down in around], rtol=1e-5, atol=1e-4
        )


def test_truth_is_inside_the_interval_as_often_as_promised() -> None:
    fits = [fit_bgbb(people(2500, 6, seed)) for seed in range(40)]
    for name, truth in SHAPES.items():
        ends = [fit.conf_int(0.8).loc[name] for fit in fits]
        inside = sum(one["lower"] <= truth <= one["upper"] for one in ends)
        assert 23 <= inside <= 40, name  # 32 expected, binomial sd 2.5


def test_expected_occasions_are_what_later_histories_bring() -> None:
    """People who acted at 2 of 4 occasions, the last time at the third: their mean over the next 3, by draws."""
    rng, n = np.random.default_rng(5), 1_500_000
    p, q = rng.beta(1.2, 0.75, n), rng.beta(0.66, 2.8, n)
    alive = rng.random((7, n)) >= q
    acts = np.cumprod(alive, axis=0).astype(bool) & (rng.random((7, n)) < p)
    chosen = (acts[:4].sum(axis=0) == 2) & acts[2] & ~acts[3]
    found = bgbb_expected(model(), rows((2, 3, 4)), occasions_ahead=3)[0]
    assert found == pytest.approx(acts[4:, chosen].sum(axis=0).mean(), rel=0.01)
    there = np.cumprod(alive[:5], axis=0)[4].astype(bool)
    assert bgbb_alive(model(), rows((2, 3, 4)))[0] == pytest.approx(there[chosen].mean(), rel=0.01)


def test_counts_of_new_entities_add_up_over_their_histories() -> None:
    histories = all_histories(5)
    summed = pd.Series(np.exp(model().log_likelihoods(histories))).groupby(histories["repeats"]).sum()
    np.testing.assert_allclose(bgbb_pmf_new(model(), np.arange(6), occasions=5), summed, rtol=1e-12)


def test_people_who_never_stop_leave_the_law_of_stopping_open() -> None:
    """All histories of five occasions, each as often as beta-binomial people without any stopping have it."""
    histories = all_histories(5)
    x = histories["repeats"].to_numpy(float)
    share = beta_function(1.2 + x, 0.75 + 5 - x) / beta_function(1.2, 0.75)
    fit = fit_bgbb(histories.assign(entities=10_000 * share))
    assert fit.status == FitStatus.EQUAL_DROPOUT
    assert fit.params[["alpha", "beta"]].to_list() == pytest.approx([1.2, 0.75], rel=1e-3)


def test_an_impossible_history_is_refused_with_a_remedy() -> None:
    with pytest.raises(FitError, match=r"got '1 of 1 rows that break it'. Count the occasions again.$"):
        fit_bgbb(rows((3, 2, 6)))
