"""Alarms in the last part of the time that is watched: against exact chances, and as many as were asked for."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm, poisson

from analysis.models.cusum import LogNormalValues, PartialTrials, PoissonCounts
from analysis.models.erlang_gaps import ErlangGaps
from analysis.models.first_alarm import Asked, Kinds, simulate_first_alarms, simulate_kinds
from analysis.models.run_length import RunLengths
from analysis.models.watching import Gaps, Growing, Watchable, kinds_of, watch_all

ASKED = Asked(last_part=0.25, entities=20_000, seed=1)


def test_one_observation_rings_as_often_as_its_own_law_says():
    """Of one value with ln 2 / 0.5 standard deviations of fall: the step is (t / s^2)(m - x - t / 2)."""
    law, fall = LogNormalValues(0.5, 2.0), np.log(2)
    lengths = simulate_first_alarms(law, 1.0, np.inf, 1.0, ASKED)
    height = np.array([0.5, 1.0, 2.0])
    exact = 1 / norm.sf((height * 0.25 / fall + fall / 2) / 0.5)
    np.testing.assert_allclose(lengths.at(height), exact, rtol=0.15)  # 320 alarms or more: 3 standard errors


def test_the_last_of_four_counts_rings_as_often_as_all_ways_to_get_there_say():
    """Counts 0, 1, 2, ... at level 1, a doubling: steps x ln 2 - 1; the first alarm in the last of four, summed up exactly."""
    law, height = PoissonCounts(1 / 2), 1.5
    chance, states = 0.0, {0.0: 1.0}
    for place in range(4):
        after: dict[float, float] = {}
        for level, weight in states.items():
            for x in range(12):
                reached = max(level + x * np.log(2) - 1, 0.0)
                share = weight * poisson.pmf(x, 1.0)
                if reached >= height:
                    chance += share if place == 3 else 0.0
                else:
                    after[round(reached, 9)] = after.get(round(reached, 9), 0.0) + share
        states = after
    lengths = simulate_first_alarms(law, 4.0, np.inf, 1.0, ASKED)
    assert lengths.at(height) == pytest.approx(1 / chance, rel=0.1)


def test_a_level_from_a_few_observations_hangs_the_alarm_higher():
    law = ErlangGaps(2, 2.0)
    heights = [simulate_kinds(law, np.array([12.0]), np.array([past]), None, ASKED).threshold(np.array([100.0]))[0] for past in (4, 20, 1_000)]
    assert heights == sorted(heights, reverse=True)
    assert heights[0] > heights[2] + 0.5


def test_who_has_no_past_or_no_level_or_would_have_to_ring_too_rarely_is_not_watched():
    kinds = simulate_kinds(PoissonCounts(2.0), np.full(3, 12.0), np.array([0, 24, 24]), np.array([4.0, 0.0, 4.0]), ASKED)
    assert np.isinf(kinds.threshold(np.full(3, 50.0))).tolist() == [True, True, False]
    assert np.isinf(kinds.threshold(np.full(3, 1e7))).all()


def test_the_threshold_has_at_least_the_run_length_that_is_asked_for():
    kinds = simulate_kinds(PoissonCounts(0.5), np.full(40, 12.0), np.full(40, 24), np.full(40, 0.2), ASKED)
    wanted = np.geomspace(30, 900, 40)
    reached = kinds.reached(wanted)
    assert (reached >= wanted).all()
    np.testing.assert_allclose(kinds.at(kinds.threshold(wanted), np.arange(40)), reached)


def gaps_of(n, k, years, seed, serial=0.0):
    """Unchanged customers with mean gaps of about 25 days: base of two years, one that is watched."""
    rng = np.random.default_rng(seed)
    mean = rng.lognormal(np.log(25), 0.5, n)
    time = np.cumsum(ErlangGaps(k, 2.0, serial).draw(rng, mean, 400), axis=1) - 300
    start, end = years * 365.25, (years + 1) * 365.25
    rows = []
    for customer in range(n):
        day = time[customer][(time[customer] > 0) & (time[customer] <= end)]
        gap, ended = np.diff(day), day[1:]
        base = gap[ended <= start]
        if base.size >= 4:
            rows.append((base.mean(), base.size, gap[ended > start], day[:-1][ended > start], ended[ended > start], day[-1]))
    base, past = (np.array([row[i] for row in rows]) for i in (0, 1))
    row = np.repeat(np.arange(len(rows)), [row[2].size for row in rows])
    x, begun, ended = (np.concatenate([row[i] for row in rows]) for i in (2, 3, 4))
    days = np.arange(0.0, end + 1)
    gaps = Gaps(begun, np.array([row[5] for row in rows]), end, days, days)
    return Watchable(ErlangGaps(k, 2.0, serial), np.arange(len(rows)), base, past, base, row, x, ended, gaps)


@pytest.mark.parametrize(("k", "serial"), [(1, 0.0), (3, 0.0), (1.5, -0.3), (1.5, 0.3)])
def test_customers_who_do_not_change_ring_as_often_as_the_budget_allows(k, serial):
    """1,500 customers with a run length of 30 months: 150 alarms in the last three months."""
    of = gaps_of(1500, k, 2, seed=3, serial=serial)
    watched = watch_all(of, kinds_of(of, 365.25, ASKED), np.full(of.who.size, 30 * 30.4375))
    rang = (watched.alarms["day"] > 2.75 * 365.25).sum()
    assert watched.is_watched.all()
    assert rang == pytest.approx(watched.expected(0.25 * 365.25), rel=0.2)  # 0.08 is one standard error


@pytest.mark.parametrize("signal", ["value", "count"])
def test_orders_that_do_not_change_ring_as_often_as_the_budget_allows(signal):
    """4,000 entities over 24 months, a run length of 30 months, levels from 4 or 10 observations: some 300 first alarms in the last six."""
    rng, n, months = np.random.default_rng(5), 4000, 24
    past = rng.choice([4, 10], n)
    if signal == "value":
        law, level = LogNormalValues(0.6, 2.0), rng.normal(8, 1, n)
        base = level + 0.6 / np.sqrt(past) * rng.standard_normal(n)
        x = rng.normal(level[:, None], 0.6, (n, months))
    else:
        law, level = PoissonCounts(2.0), rng.gamma(40, 5 / 40, n)  # a mean of 5 that counts for 8 observations
        base = (rng.poisson(past * level) + 8 * 5) / (past + 8)
        past, x = past + 8, rng.poisson(level[:, None], (n, months)).astype(float)
    ended = np.tile(np.arange(1, months + 1), n) * 30.4375
    of = Watchable(law, np.arange(n), base, past, np.full(n, 30.4375), np.repeat(np.arange(n), months), x.ravel(), ended)
    watched = watch_all(of, kinds_of(of, months * 30.4375, ASKED), np.full(n, 30 * 30.4375))
    rang = (watched.alarms["day"] > 18.5 * 30.4375).sum()
    assert rang == pytest.approx(watched.expected(6 * 30.4375), rel=0.2)  # 0.06 is one standard error


def test_an_alarm_rings_in_the_gap_before_it_is_over_and_tells_the_mean_since_the_change():
    """Base 30 days. Gaps of 20, 60, 150 days: steps -0.36, 0.31, 1.81 at k = 1; the sum stands at 0 before the second gap."""
    days = np.arange(0.0, 401)
    gaps = Gaps(np.array([0.0, 20, 80]), np.array([230.0]), 260.0, days, days)
    of = Watchable(ErlangGaps(1, 2.0), np.array([7]), np.array([30.0]), np.array([1000]), np.array([30.0]), np.zeros(3, int),
                   np.array([20.0, 60, 150]), np.array([20.0, 80, 230]), gaps)  # fmt: skip
    wanted = 30 * 60.0
    height = simulate_kinds(of.law, np.array([365.25 / 30]), of.past, None, ASKED).threshold(np.array([wanted / 30]))[0]
    second = 60 / 60 - np.log(2)
    assert second < height < second + 150 / 60  # it rings in the third gap
    alarm = watch_all(of, kinds_of(of, 365.25, ASKED), np.array([wanted])).alarms.iloc[0]
    assert alarm["day"] == np.ceil(80 + 60 * (height - second))
    assert alarm["now"] == pytest.approx((60 + 150) / 2)


def test_what_grows_rings_on_the_day_on_which_all_that_grew_until_then_is_enough():
    """Chance 0.2, three times as large: steps from ln 0.5 to ln 3, the alarm at 1.5. Two that grow for 30 days from day 100 and 110:
    on day 129 they are 29 and 19 days old, 1.0389 + 0.4418; on day 130 it is 1.0986 + 0.5014. A third one cannot ring sooner."""
    begun, x = np.array([100.0, 110, 125, 100]), np.array([1.0, 1.0, 1.0, 0.4])
    part = Watchable(PartialTrials(3.0, (1.0,)), np.arange(2), np.full(2, 0.2), np.full(2, 50.0), np.ones(2), np.array([0, 0, 0, 1]), x, begun + 1,
                     growing=Growing(begun, 30.0))  # fmt: skip
    kinds = Kinds(np.zeros(2, int), (RunLengths(np.array([1.5]), np.array([100.0])),))
    alarms = watch_all(part, kinds, np.full(2, 100.0)).alarms
    assert alarms[["place", "day"]].to_numpy().tolist() == [[0, 130]]
    assert part.growing.last(x).tolist() == [130, 140, 155, 112]
