"""The laws that estimators fit are in the worlds with the parameters that the presets say."""

import math
from dataclasses import replace

import numpy as np
import pytest

from analysis.simulate.world.chance import Chance, Luck
from analysis.simulate.world.presets import DISTRIBUTOR, PRESETS
from analysis.simulate.world.world import let_live, make_cast, make_world


def three_errors(share, count):
    return 3 * math.sqrt(share * (1 - share) / count)


@pytest.fixture(scope="module")
def retail():
    cast = make_cast(preset=PRESETS["b2c_retail"], random_seed=17, customers=6000, months=24)
    return cast, let_live(cast)


def days_of(history, n):
    found = [[] for _ in range(n)]
    order = np.lexsort((history.bought.day, history.bought.who))
    for who, day in zip(history.bought.who[order].tolist(), history.bought.day[order].tolist(), strict=True):
        found[who].append(day)
    return found


def test_retail_rates_follow_the_gamma_law(retail):
    daily = retail[0].customers.orders_yearly / 365.25
    assert daily.mean() == pytest.approx(0.6 / 30, rel=0.05)
    assert daily.var() == pytest.approx(0.6 / 30**2, rel=0.15)  # the spread of a skewed law


def test_the_next_order_after_the_first_comes_as_late_as_the_gamma_exponential_law_says(retail):
    cast, history = retail
    days = days_of(history, 6000)
    for wait in (30, 90):
        known = [one for one in days if one and one[0] < cast.clock.days - wait - 1]
        silent = sum(len(one) == 1 or one[1] - one[0] > wait for one in known) / len(known)
        assert silent == pytest.approx((30 / (30 + wait)) ** 0.6, abs=0.012 + three_errors(0.5, len(known)))


def test_buyers_stop_at_a_repeat_order_as_often_as_the_beta_geometric_law_says(retail):
    _, history = retail
    days = days_of(history, 6000)
    left = history.at_end.left_on
    assert all(left[who] > one[0] for who, one in enumerate(days) if len(one) == 1)
    for repeats, expected in ((1, 0.8 / 3.3), (2, 0.8 / 4.3), (3, 0.8 / 5.3)):
        there = [(who, one) for who, one in enumerate(days) if len(one) > repeats]
        stopped = sum(left[who] == one[-1] and len(one) == repeats + 1 for who, one in there) / len(there)
        assert stopped == pytest.approx(expected, abs=three_errors(expected, len(there)))


def test_what_a_retail_order_is_worth_says_nothing_about_how_often_one_is_made(retail):
    people = retail[0].customers
    found = np.corrcoef(np.log(people.order_value), np.log(people.orders_yearly))[0, 1]
    assert abs(found) < 3 / math.sqrt(6000)


def test_contracts_are_renewed_as_the_shifted_beta_geometric_law_says():
    cast = make_cast(preset=PRESETS["saas"], random_seed=2, customers=6000, months=60)
    left, days = let_live(cast).at_end.left_on, cast.clock.days
    new = ~cast.customers.known_before
    entry = cast.nature.entry
    for years, expected in ((1, 1.2958 / (0.7637 + 1.2958)), (2, 2.2958 / (0.7637 + 2.2958))):
        due = new & (entry + 365 * years < days) & (left >= entry + 365 * years - 1)
        renewed = (left[due] > (entry + 365 * years - 1)[due]).mean()
        assert renewed == pytest.approx(expected, abs=three_errors(expected, due.sum()))
    lasted = (left - entry + 1)[new & (left < days)]
    assert set((lasted % 365).tolist()) == {0}


def test_gaps_are_as_regular_as_their_erlang_number():
    kind = replace(DISTRIBUTOR.segments[0], share=1.0, orders_yearly=60.0, rate_shape=1e6, exits_yearly=0.0)
    calm = PRESETS["null_changes"]
    for number in (1, 4):
        preset = replace(calm, season=False, segments=(replace(kind, regularity=(number, number)),),
                         goods=replace(calm.goods, stockers=0.0))  # fmt: skip
        days = days_of(let_live(make_cast(preset=preset, random_seed=3, customers=300, months=36)), 300)
        gaps = np.concatenate([np.diff(one) for one in days])
        assert gaps.mean() == pytest.approx(365.25 / 60, rel=0.02)
        assert gaps.var() / gaps.mean() ** 2 == pytest.approx(1 / number, rel=0.06)  # days are whole


def test_a_stock_is_filled_up_when_it_runs_out_and_lasts_as_long_as_the_truth_says():
    calm = PRESETS["null_changes"]
    preset = replace(PRESETS["office_supplies"], season=False, growth_yearly=0.0,
                     drift=calm.drift, leaving=calm.leaving, service=calm.service)  # fmt: skip
    preset = replace(preset, segments=tuple(replace(one, exits_yearly=0.0) for one in preset.segments))
    world = make_world(preset=preset, random_seed=5, customers=150, months=24)
    bought, nature = world.history.bought, world.cast.nature
    errors = []
    for who in range(150):
        for slot in (1, 2, 3):
            days = np.sort(bought.day[(bought.who == who) & (bought.stock == slot)])
            if len(days) > 8:
                errors.append(np.diff(days).mean() / nature.gap[who, slot] - 1)
    assert len(errors) > 200
    assert np.mean(errors) == pytest.approx(0.0, abs=0.006)
    assert np.std(errors) < 0.06  # twelve percent over four gaps and more
    place = np.flatnonzero(bought.stock == 1)[:200]
    for one in place.tolist():
        who, product = bought.who[one], nature.stocked[bought.who[one], 0]
        lines = world.lines[(world.lines["customer"] == who) & (world.lines["day"] == bought.day[one])]
        packs = lines["qty"][(lines["product"] == product) & (lines["kind"] == 0)]
        assert world.pack[who, 0] in packs.tolist()


def test_true_pairs_follow_each_other_and_null_pairs_do_not():
    world = make_world(preset=PRESETS["office_supplies"], random_seed=6, customers=500)
    assert sorted(pair.lift > 0 for pair in world.pairs) == [False] * 6 + [True] * 6
    sales = world.lines[(world.lines["kind"] == 0) & (world.lines["customer"] < 500)]

    def within(pair, after, before):
        """How often a customer who bought the first buys the other in these days, for each time."""
        one, other = (sales[sales["product"] == product] for product in (pair.first, pair.then))
        keys = np.sort(other["customer"].astype(np.int64) * 10_000 + other["day"])
        start = one["customer"].astype(np.int64) * 10_000 + one["day"]
        found = np.searchsorted(keys, start + before, "right") - np.searchsorted(keys, start + after, "left")
        return (found > 0).mean()

    ahead, behind = {True: [], False: []}, {True: [], False: []}
    for pair in world.pairs:
        window = round(2 * pair.lag_days) + 60
        ahead[pair.lift > 0].append(within(pair, 1, window))
        behind[pair.lift > 0].append(within(pair, -window, -1))
    assert np.mean(ahead[True]) > np.mean(behind[True]) + 0.03
    assert np.mean(ahead[False]) == pytest.approx(np.mean(behind[False]), abs=0.02)


def test_visits_follow_size_and_grade_but_in_one_region_they_are_drawn_by_lot():
    cast = make_cast(preset=DISTRIBUTOR, random_seed=13, customers=4000)
    people, nature = cast.customers, cast.nature
    lot = (people.region == 2) & (nature.visits_due > 0)
    assert set(nature.visits[lot].tolist()) == {1.0, 6.0, 18.0}
    others = (people.region != 2) & (nature.visits_due > 0)
    size = np.log(people.wallet_yearly)
    assert np.corrcoef(size[others], np.log(nature.visits[others]))[0, 1] > 0.5
    assert abs(np.corrcoef(size[lot], nature.visits[lot])[0, 1]) < 3 / math.sqrt(lot.sum())


def test_chance_is_even_and_of_one_mind():
    chance, who = Chance(4), np.arange(200_000)
    part = chance.part("a topic", who, 7)
    assert np.histogram(part, 20, (0, 1))[0] == pytest.approx(10_000, abs=5 * math.sqrt(10_000))
    np.testing.assert_array_equal(part[::-1], chance.part("a topic", who[::-1], 7))
    np.testing.assert_array_equal(part[:9], Chance(4).part("a topic", who[:9], np.full(9, 7)))
    for other in (chance.part("a topic", who, 8), chance.part("another", who, 7), Chance(5).part("a topic", who, 7)):
        assert abs(np.corrcoef(part, other)[0, 1]) < 4 / math.sqrt(200_000)
    assert abs(np.corrcoef(part[1:], part[:-1])[0, 1]) < 4 / math.sqrt(200_000)


@pytest.mark.parametrize("draws", [Chance(1), Luck(np.random.default_rng(1))], ids=["chance", "luck"])
def test_both_kinds_of_chance_draw_the_same_laws(draws):
    who = np.arange(100_000)
    normal, erlang = draws.normal("n", who), draws.erlang("e", np.full(100_000, 4), who)
    assert (normal.mean(), normal.std()) == pytest.approx((0, 1), abs=0.015)
    assert (normal**4).mean() == pytest.approx(3, abs=0.1)
    assert (erlang.mean(), erlang.var()) == pytest.approx((1, 0.25), abs=0.01)
    assert ((erlang - erlang.mean()) ** 3).mean() / erlang.std() ** 3 == pytest.approx(1.0, abs=0.06)
