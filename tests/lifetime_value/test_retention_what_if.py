"""V5: against customers simulated one by one, against sums month by month, and at its limits."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.core import params
from analysis.lifetime_value.paired_draws import Base, PairedDraws, spread
from analysis.lifetime_value.what_if import (
    Reasons,
    ask_what_if,
    count_reasons,
    foresee,
    reference_table,
    targets,
    times_ahead,
    why_unknown,
)
from analysis.models.bgnbd import BgNbd
from analysis.models.forecast import expected_events
from analysis.models.month_sums import month_sums
from analysis.models.pareto_nbd import ParetoNbd
from analysis.models.periods import DAYS_PER_MONTH, DAYS_PER_YEAR, discount_factors
from analysis.models.rates import TrailingRate

SETTINGS = params.load(Path(__file__).parents[2] / "params.yaml").lifetime_value
NOTHING: dict[str, Any] = {"log_likelihood": 0.0, "n": 1, "status": "identified", "covariance": ()}
MODELS = {
    "BG/NBD": BgNbd(r=0.8, alpha=30.0, a=0.9, b=4.0, **NOTHING),
    "Pareto/NBD": ParetoNbd(r=0.8, alpha=30.0, s=0.9, beta=400.0, **NOTHING),
}
X, SPAN, AGE = np.array([1.0, 4.0, 9.0]), np.array([40.0, 300.0, 390.0]), np.array([100.0, 330.0, 400.0])
WORTH = np.array([10.0, 80.0, 30.0])
N = 200_000


def settings(**changes: Any) -> params.LifetimeValue:
    """The stored parameters, some of those of the what-if changed."""
    return dataclasses.replace(SETTINGS, what_if=dataclasses.replace(SETTINGS.what_if, **changes))


def base(model: Any, worth: np.ndarray = WORTH) -> Base:
    return Base(model, X, SPAN, AGE, worth)


def lives(model: Any, x: float, age: float) -> Callable[[float], tuple[np.ndarray, np.ndarray]]:
    """Active customers: by factor, their orders in a year, and who of them stays it out.

    Both sides of a change are drawn with the same luck.
    """
    rng = np.random.default_rng(int(x))
    rate, luck = rng.gamma(model.r + x, 1 / (model.alpha + age), N), rng.random(N)
    if isinstance(model, ParetoNbd):
        own, wait = rng.gamma(model.s, 1 / (model.beta + age), N), -np.log(luck)
        return lambda f: (rate * np.minimum(wait / (f * own), DAYS_PER_YEAR), wait / (f * own) > DAYS_PER_YEAR)
    stop, events = rng.beta(model.a, model.b + x, N), rng.poisson(rate * DAYS_PER_YEAR)

    def year(f: float) -> tuple[np.ndarray, np.ndarray]:
        last = np.ceil(np.log(luck) / np.log1p(-f * stop))  # the order after which the customer stops
        return np.minimum(events, last), events < last

    return year


@pytest.mark.parametrize("name", MODELS)
def test_a_year_with_less_stopping_is_that_of_customers_simulated_one_by_one(name: str) -> None:
    model = MODELS[name]
    asked = settings(points=(0.05,), times=())
    found = foresee(base(model), month_sums([(12, 0.0)]), 0.0, asked)
    active = base(model).active
    stay, better, value, gain = 0.0, 0.0, 0.0, 0.0
    for place in range(3):
        year = lives(model, X[place], AGE[place])
        (now, there), (then, there_then) = year(1.0), year(found.factor[0])
        stay, better = stay + active[place] * there.mean(), better + active[place] * there_then.mean()
        value += active[place] * WORTH[place] * now.mean()
        gain += active[place] * WORTH[place] * (then - now).mean()
    assert found.retention == pytest.approx(stay / active.sum(), abs=0.003)
    assert better / active.sum() == pytest.approx(found.retention + 0.05, abs=0.003)
    assert found.value[0] == pytest.approx(value, rel=0.01)
    assert found.gain[0, 0] == pytest.approx(gain, rel=0.03)


@pytest.mark.parametrize("name", MODELS)
def test_values_and_gains_are_the_sums_month_by_month(name: str) -> None:
    model, asked = MODELS[name], [(12, 0.1), (36, 0.0), (36, 0.1)]
    found = foresee(base(model), month_sums(asked), 0.0, settings(points=(0.03,), times=()))
    summary = pd.DataFrame({"repeats": X, "span_days": SPAN, "age_days": AGE})

    def by_month(fit: Any, months: int, rate: float) -> float:
        ends = [expected_events(fit, summary, horizon_days=m * DAYS_PER_MONTH) @ WORTH for m in range(months + 1)]
        return float(np.diff(ends) @ discount_factors(months, rate_yearly=rate))

    slower = model.with_dropout_scaled(found.factor[0])
    for place, (months, rate) in enumerate(asked):
        assert found.value[place] == pytest.approx(by_month(model, months, rate), rel=1e-6)
        more = by_month(slower, months, rate) - by_month(model, months, rate)
        assert found.gain[0, place] == pytest.approx(more, rel=1e-4)


@pytest.mark.parametrize("name", MODELS)
def test_no_change_gains_nothing_and_a_larger_one_gains_more(name: str) -> None:
    asked = settings(points=(0.0, 0.01, 0.03, 0.06), times=(1.0,))
    found = foresee(base(MODELS[name]), month_sums(times_ahead(asked)), 0.0, asked)
    np.testing.assert_allclose(found.gain[[0, 4]], 0)
    assert (np.diff(found.gain[:4], axis=0) > 0).all()
    discounted, plain = found.gain[1:4, 1::2], found.gain[1:4, ::2]
    assert [rate for _, rate in times_ahead(asked)][:2] == [0.0, SETTINGS.discount_rate_yearly]
    assert (discounted < plain).all()


def test_customers_who_lose_money_are_not_worth_keeping() -> None:
    asked = settings(points=(0.05,), times=())
    found = foresee(base(MODELS["BG/NBD"], -WORTH), month_sums([(12, 0.0)]), 0.0, asked)
    assert found.gain[0, 0] < 0


def test_a_change_is_capped_where_too_few_exits_can_be_avoided() -> None:
    model, asked = MODELS["Pareto/NBD"], settings(points=(0.01, 0.3), times=())
    draws = PairedDraws(base(model), base(model), [base(model)] * 10)
    rows = ask_what_if(draws, Reasons(known=10, controllable=4), asked).scenarios.groupby("change").first()
    assert list(rows["is_capped"]) == [False, True]
    assert rows.loc[30, "avoided"] == pytest.approx(1)
    least = model.with_dropout_scaled(0.6).still_active(X, SPAN, AGE, np.array(DAYS_PER_YEAR))  # 6 of 10 exits stay
    active = base(model).active
    assert rows.loc[30, "reached"] == pytest.approx(active @ least / active.sum())
    assert rows.loc[1, "reached"] == pytest.approx(rows.loc[1, "retention"] + 0.01)


def test_break_even_is_the_gain_for_each_customer_active_now_and_for_each_one_kept() -> None:
    model = MODELS["BG/NBD"]
    answers = ask_what_if(PairedDraws(base(model), base(model), [base(model)] * 10), None, SETTINGS)
    row = answers.scenarios[answers.scenarios["change"] == 3].iloc[0]
    assert row["per_active"] * base(model).active.sum() == pytest.approx(row["gain"])
    assert row["retained"] == pytest.approx(0.03 * base(model).active.sum())
    assert row["per_retained"] * row["retained"] == pytest.approx(row["gain"])
    assert row["lo"] == row["gain"] == row["hi"]  # the draws were all the same


@pytest.mark.parametrize(("low", "high", "verdict"), [(0.9, 1.0, "below"), (0.0, 1.0, "inside"), (0.0, 1e-6, "above")])
def test_only_the_claimed_change_is_set_beside_the_claim(low: float, high: float, verdict: str) -> None:
    asked = settings(claim=dataclasses.replace(SETTINGS.what_if.claim, low=low, high=high))
    one = base(MODELS["BG/NBD"])
    rows = ask_what_if(PairedDraws(one, one, [one] * 10), None, asked).scenarios
    assert set(rows.loc[rows["change"] == 5, "verdict"]) == {verdict}
    assert rows.loc[rows["change"] != 5, "verdict"].isna().all()


def test_a_rate_without_stopping_leaves_only_the_arithmetic() -> None:
    rate = base(TrailingRate())
    answers = ask_what_if(PairedDraws(rate, rate, [rate] * 10), None, SETTINGS)
    assert (answers.unknown, len(answers.scenarios)) == ("no_stopping", 0)
    assert not answers.reference["is_own"].any()
    assert why_unknown(None) == "no_model"


def test_exits_of_unknown_reason_do_not_count() -> None:
    exits = pd.DataFrame({"reason": ["price", "closed", "unknown", None, "no_need", "service"]})
    found = count_reasons(exits, ("closed", "no_need"))
    assert found == Reasons(known=4, controllable=2)
    assert count_reasons(exits[2:4], ("closed",)) is None


def test_the_own_base_stands_among_the_known_ones_of_the_printed_table() -> None:
    table = reference_table(0.9, settings(compared=(0.5,)))
    cells = table.set_index(["retention", "is_own", "kind", "change", "discount_rate"])["gain_share"]
    assert cells[0.5, False, "points", 5, 0.1] == pytest.approx(0.05 / 0.55)
    assert cells[0.9, True, "points", 5, 0.0] == pytest.approx(1.0)  # from ten years to twenty
    assert cells[0.9, True, "relative", 5, 0.1] == pytest.approx(0.045 / 0.155)
    assert table.loc[table["is_own"] & (table["discount_rate"] == 0.1), "elasticity"].iloc[0] == pytest.approx(5.5)


def test_beyond_everybody_nothing_is_said() -> None:
    table = reference_table(None, settings(compared=(0.97,)))
    assert table.loc[table["change"] == 5, "gain_share"].isna().all()


@pytest.mark.parametrize(("when", "worth"), [(0, 41.7), (0.5, 39.8), (1, 37.9)])
def test_five_years_of_100_000_are_worth_less_today_than_500_000(when: float, worth: float) -> None:
    ends = discount_factors(60, rate_yearly=0.1)[11::12]  # the ends of five years, in ten-thousands
    assert 10 * ends.sum() * 1.1 ** (1 - when) == pytest.approx(worth, abs=0.05)


def test_the_interval_is_that_of_ratios_between_draws_of_the_same_luck() -> None:
    half = spread(np.array([10.0, 0.0]), [np.array([9.0, 0.0]), np.array([11.0, 0.0])], 0.9)
    assert half[0] == pytest.approx(1.6448536 * np.std([0.9, 1.1], ddof=1))
    assert half[1] == 0


def test_changes_are_points_and_per_cent_of_the_base() -> None:
    assert list(targets(0.8, settings(points=(0.05,), times=(1.05,)))) == [
        ("points", 5.0, pytest.approx(0.85)), ("relative", 5.0, pytest.approx(0.84)),
    ]  # fmt: skip
