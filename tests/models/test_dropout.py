"""Closed forms of the laws of stopping against sums, integrals and their limits."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import hyp2f1
from scipy.stats import nbinom

from analysis.models.dropout import BetaDropout, Dropout, EqualDropout, NoDropout

# a = 1 and a + b = 1 are poles of the closed form; the large shapes leave its range
LAWS = [BetaDropout(0.8, 2.4), BetaDropout(1.0, 1.0), BetaDropout(1 + 1e-9, 2.0), BetaDropout(0.3, 0.7),
        BetaDropout(0.3, 0.7 + 1e-10), BetaDropout(30.0, 250.0),
        BetaDropout(2000.0, 9000.0), EqualDropout(0.2), NoDropout()]  # fmt: skip


def one(value: float) -> np.ndarray:
    return np.array([float(value)])


@pytest.mark.parametrize("law", LAWS, ids=repr)
@pytest.mark.parametrize(
    ("shape", "m", "ratio"), [(0.25, 0, 2.0), (0.5, 1, 0.01), (3.5, 3, 0.7), (40.0, 39, 0.3)]
)
def test_expected_events_are_the_sum_over_events_that_are_reached(
    law: Dropout, shape: float, m: int, ratio: float
) -> None:
    """E[X] = sum over k of P(k chances passed) P(more than k events without stopping)."""
    k = np.arange(4000)
    reached = np.exp(law.log_stay(one(m), k)) * nbinom.sf(k, shape, 1 / (1 + ratio))
    assert law.expected(one(shape), one(m), one(ratio))[0] == pytest.approx(reached.sum(), rel=1e-9)


def test_closed_form_is_the_published_one_before_its_transformation() -> None:
    """Fader, Hardie & Lee (2005), equation 10, as printed: (1 + w)^-s 2F1(s, b; a + b - 1; w / (1 + w))."""
    a, b, s, w = 0.793, 2.426, 2.243, 0.9
    printed = (a + b + 1) / (a - 1) * (1 - (1 + w) ** -s * hyp2f1(s, b + 2, a + b + 1, w / (1 + w)))
    assert BetaDropout(a, b).expected(one(s), one(2), one(w))[0] == pytest.approx(printed, rel=1e-12)


def test_quadrature_agrees_with_the_closed_form_over_six_orders_of_magnitude() -> None:
    rng = np.random.default_rng(0)
    for _ in range(300):
        a, b, r, w = 10 ** rng.uniform([-2, -2, -2, -3], [1.3, 2.5, 1.5, 2])
        law, m = BetaDropout(a, b), rng.choice([0.0, 1, 2, 5, 20, 100, 1000], 1)
        closed, slow = law.expected(r + m, m, one(w)), law._expected_by_quadrature(r + m, m, one(w))
        np.testing.assert_allclose(closed, slow, rtol=1e-7, err_msg=f"{law} {m} {r} {w}")


def test_a_thousand_events_neither_overflow_nor_vanish() -> None:
    x = np.array([0.0, 1, 10, 100, 500, 1000])
    for w in (1e-6, 1e-3, 1, 1e3, 1e6):
        got = BetaDropout(0.8, 2.4).expected(0.25 + x, x, np.full(x.size, w))
        assert (got > 0).all()
        assert (got <= (0.25 + x) * w).all()
        assert (np.diff(got) > 0).all()


def test_alike_entities_make_one_probability_and_a_small_one_makes_none() -> None:
    s, m, w = np.array([0.5, 3.5]), np.array([0.0, 3]), np.array([2.0, 0.4])
    alike = BetaDropout(0.2e6, 0.8e6).expected(s, m, w)
    np.testing.assert_allclose(alike, EqualDropout(0.2).expected(s, m, w), rtol=1e-4)
    np.testing.assert_allclose(EqualDropout(1e-9).expected(s, m, w), NoDropout().expected(s, m, w), rtol=1e-7)


@pytest.mark.parametrize("law", LAWS, ids=repr)
def test_leaving_at_some_chance_and_passing_all_add_to_one(law: Dropout) -> None:
    k = np.arange(1, 40)
    leave = np.exp(law.log_stay(one(2), k)) * law.leave_share(one(2), k)
    assert leave.sum() + np.exp(law.log_stay(one(2), one(39)))[0] == pytest.approx(1, rel=1e-10)


@pytest.mark.parametrize("law", LAWS, ids=repr)
def test_odds_and_sums_are_stay_and_leave_again(law: Dropout) -> None:
    """Entities with 1, 2 and 5 chances: ln stay adds up, and odds are leave over stay at the last chance."""
    m = np.array([1, 2, 5])
    chances = np.array([3.0, 2, 1, 1, 1])
    total, _, _ = law.stay_sum(chances)
    assert total == pytest.approx(law.log_stay(one(0), m).sum())
    with np.errstate(divide="ignore"):  # ln 0 is the odds of a law that never stops
        np.testing.assert_allclose(law.odds(m)[0], np.log(law.leave_share(one(0), m)))


@pytest.mark.parametrize("law", LAWS[:-1], ids=repr)
def test_drawn_last_events_follow_the_law(law: Dropout) -> None:
    drawn = law.sample_last(np.random.default_rng(1), np.full(200_000, 2.0))
    for k in (1, 2, 5):
        assert (drawn > k).mean() == pytest.approx(np.exp(law.log_stay(one(2), one(k)))[0], abs=0.004)
