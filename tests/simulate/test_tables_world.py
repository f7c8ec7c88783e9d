"""What lies beside the orders follows from the world: who recommends, answers, leaves, acts, and what that changes."""

from functools import cache

import numpy as np
import pytest

from analysis.simulate.world.agreements import NEVER
from analysis.simulate.world.events import REFERRAL_STATES
from analysis.simulate.world.presets import PRESETS
from analysis.simulate.world.side import make_side
from analysis.simulate.world.spending_elsewhere import own_sales, true_wallets
from analysis.simulate.world.surveys import CSAT, NPS, RANK
from analysis.simulate.world.world import SALE, make_world

WON = REFERRAL_STATES.index("won")


@cache
def side(name, customers=None, random_seed=11):
    return make_side(make_world(random_seed=random_seed, preset=PRESETS[name], customers=customers))


def first_days(world):
    lines = world.lines[(world.lines["kind"] == SALE) & (world.lines["customer"] < world.counter)]
    days = np.full(len(world.customers.ids), 10**9)
    np.minimum.at(days, lines["customer"], lines["day"])
    return days


def test_a_referred_customer_is_a_real_one_who_came_after_the_word():
    found = side("it_services")
    won = found.referrals.events[found.referrals.events["state"] == WON]
    first = first_days(found.world)
    assert len(won) > 20
    assert len(set(won["referred"].tolist())) == len(won)
    assert (first[won["referred"]] >= won["day"]).all()
    assert not found.world.customers.known_before[won["referred"]].any()


def test_who_recommends_is_there_and_is_no_one_time_buyer():
    found = side("it_services")
    won = found.referrals.events[found.referrals.events["state"] == WON]
    arrives = first_days(found.world)[won["referred"]]
    assert (found.world.cast.nature.entry[won["referrer"]] < arrives).all()
    assert (found.world.left_on[won["referrer"]] >= arrives - 7).all()  # in the week of the first order
    assert not found.world.customers.once[won["referrer"]].any()


def test_content_customers_with_many_contacts_recommend_more():
    found = side("distributor")
    events, regular = found.referrals.events, ~found.world.customers.once
    mood = found.world.satisfaction.mean(axis=0, dtype=float)
    assert found.referrals.capital[events["referrer"]].mean() > 1.5 * found.referrals.capital[regular].mean()
    assert mood[events["referrer"]].mean() > mood[regular].mean() + 0.01


def test_most_recommendations_stay_in_the_region_and_the_chance_of_type_one_is_kept():
    found = side("b2c_retail", customers=6000)
    won = found.referrals.events[found.referrals.events["state"] == WON]
    region = found.world.customers.region
    assert len(won) > 200
    assert 0.7 < (region[won["referrer"]] == region[won["referred"]]).mean() < 0.95  # 0.75 and chance meetings
    assert won["would_not_have_come"].mean() == pytest.approx(5 / 9, abs=0.1)  # mean of the beta law of 5 and 4


def test_silence_is_not_chance_the_unhappy_answer_less():
    asked = side("distributor").surveys
    answered = asked["answered"]
    assert asked["mood"][answered].mean() > asked["mood"][~answered].mean() + 0.02
    groups = np.digitize(asked["chance"], [0.2, 0.3, 0.4])
    for group in range(4):
        here = groups == group
        assert answered[here].mean() == pytest.approx(asked["chance"][here].mean(), abs=0.04)


def test_answers_tell_of_the_satisfaction_behind_them():
    asked = side("distributor").surveys
    for instrument, best in ((NPS, 10), (CSAT, 5)):
        rows = asked[asked["instrument"] == instrument]
        assert rows["score"].min() >= 0
        assert rows["score"].max() <= best
        assert np.corrcoef(rows["score"], rows["mood"])[0, 1] > 0.3
    ranks = asked[asked["instrument"] == RANK]
    assert (ranks["our_rank"] <= ranks["suppliers"]).all()
    assert ranks["our_rank"].min() == 1


def test_wallets_are_known_of_a_part_and_told_with_the_error_of_their_source():
    found = side("distributor")
    rows, law = found.wallets, found.laws.knowing
    covered = len(set(rows["customer"].tolist())) / len(found.world.customers.ids)
    assert 0.1 < covered < 0.45
    for place, (_, error, bias, confidence) in enumerate(law.sources.values()):
        shift = np.log(rows["told"] / rows["true"])[(rows["source"] == place) & (rows["true"] > 2_000_000)]  # rounding is small
        assert shift.mean() == pytest.approx(bias, abs=0.04)
        assert shift.std() == pytest.approx(error, abs=0.04)
        assert set(rows["confidence"][rows["source"] == place]) == {confidence}


def test_own_purchases_are_part_of_the_wallet_and_sum_to_the_lines_of_the_year():
    world = side("distributor").world
    lines = world.lines[(world.lines["kind"] == SALE) & (world.lines["customer"] < world.counter)]
    year = np.array([world.clock.date(day).year for day in range(world.clock.days)])[lines["day"]]
    own = own_sales(world, 2025)
    assert own.sum() == lines["amount"][year == 2025].sum()
    assert own.sum() < 0.7 * true_wallets(world, 2025).sum()


def test_contract_years_follow_one_another_until_the_customer_leaves():
    found = side("saas")
    world, rows = found.world, found.contracts
    assert set(rows["customer"].tolist()) == set(np.flatnonzero(~world.customers.once & (world.cast.nature.entry < world.clock.days)).tolist())
    for who in np.unique(rows["customer"])[:100].tolist():
        own = rows[rows["customer"] == who]
        assert (own["start_day"][1:] == own["end_day"][:-1] + 1).all()
        assert (own["renewed_day"][:-1] != NEVER).all()
        assert (own["start_day"] <= world.left_on[who]).all()
    ended = rows[(rows["end_day"] < world.clock.days) & (rows["start_day"] >= 0)]
    gone = ended["end_day"] == world.left_on[ended["customer"]]
    assert gone.sum() > 50
    assert ((ended["cancelled_day"] != NEVER) == (world.left_on[ended["customer"]] <= ended["end_day"])).all()


def test_use_falls_before_the_purchases_end():
    found = side("telecom_key_accounts")
    world, use = found.world, found.usage
    left = world.left_on[use["customer"]]
    level = np.zeros(len(world.customers.ids))
    np.maximum.at(level, use["customer"], use["value"])
    part = use["value"] / np.maximum(level, 1)[use["customer"]]
    leaving = left < world.clock.days
    months = (left - use["day"]) // 30
    last, year_before = part[leaving & (months <= 1)], part[leaving & (months >= 9) & (months < 13)]
    assert last.mean() < 0.5 * year_before.mean()
    assert (use["day"] <= left).all()


def test_arms_are_drawn_by_lot_and_actions_change_the_orders_as_their_truth_says():
    actions = np.concatenate([side("distributor", random_seed=seed).world.actions for seed in (11, 12, 13)])
    law = side("distributor").laws.acting
    assert actions["treated"].mean() == pytest.approx(1 - law.held_out, abs=0.04)
    change = actions["with_it"] - actions["without_it"]
    for place, (name, uplift) in enumerate(law.uplift.items()):
        own = actions["type"] == place
        error = change[own].std() / np.sqrt(own.sum())
        assert abs(change[own].mean() - uplift) < 4 * error + 0.1 * abs(uplift), name  # some are gone before it works
    assert min(law.uplift.values()) < 0
    assert abs(actions["uplift"][actions["treated"]].mean() - actions["uplift"][~actions["treated"]].mean()) < 0.03


def test_the_orders_of_the_world_are_those_of_the_future_that_happened():
    found = side("distributor").world
    orders = found.orders[found.orders["customer"] < found.counter]
    for one in found.actions[::7]:
        own = orders["day"][orders["customer"] == one["customer"]]
        seen = ((own > one["day"]) & (own <= one["day"] + 60)).sum()
        assert seen == (one["with_it"] if one["treated"] else one["without_it"])


def test_in_the_null_world_no_action_changes_anything():
    actions = side("null_treatment").world.actions
    assert len(actions) > 100
    assert (actions["uplift"] == 0).all()
    assert (actions["with_it"] == actions["without_it"]).all()


def test_noted_exit_reasons_are_partly_wrong_and_partly_unknown():
    notes = side("distributor").exit_notes
    right, unknown = (notes["noted"] == notes["true"]), notes["noted"] == 6
    assert right.mean() == pytest.approx(0.7, abs=0.1)
    assert unknown.mean() == pytest.approx(0.15, abs=0.08)
    assert (notes["day"] > side("distributor").world.left_on[notes["customer"]]).all()


def test_the_pool_of_an_activity_is_its_count_at_unit_cost_and_the_idle_part():
    found = side("distributor")
    assert {one.activity for one in found.work} == set(found.world.preset.activity_costs)
    for one in found.work:
        assert one.count > 0
        assert one.pool * (1 - 0.18) == pytest.approx(one.count * found.world.preset.activity_costs[one.activity])


def test_new_customers_of_the_spend_table_are_those_who_came():
    found = side("distributor")
    world, first = found.world, first_days(found.world)
    last = world.clock.days - world.preset.tail_days
    came = (~world.customers.known_before & (first < last)).sum()
    assert sum(one.new_customers or 0 for one in found.expenses) == came
