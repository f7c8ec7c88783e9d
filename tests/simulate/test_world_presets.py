"""Every preset is the world that its name promises."""

from dataclasses import asdict, replace

import numpy as np
import pytest

from analysis.simulate.truth.profit import costs_to_serve
from analysis.simulate.world.presets import PRESETS
from analysis.simulate.world.world import let_live, make_cast, make_world

NAMES = ["distributor", "building_materials", "saas", "telecom_key_accounts", "office_supplies", "b2c_retail", "it_services", "null_drivers", "null_pairs", "null_changes", "null_treatment", "null_equal", "null_independent", "tiny", "dirty", "huge"]


def last_year(world):
    """Revenue, contribution and cost to serve in the twelve months up to the last complete one."""
    n, after = len(world.customers.ids), world.clock.days - world.preset.tail_days
    lines = world.lines
    lines = lines[(lines["customer"] < n) & (lines["day"] < after) & (lines["day"] >= after - 365)]
    revenue = np.bincount(lines["customer"], lines["amount"], n) / 100
    cost = np.bincount(lines["customer"], lines["qty"] * world.products.cost[lines["product"]], n) / 100
    return revenue, revenue - cost, sum(costs_to_serve(world, after - 365, after).values())


def test_all_worlds_of_the_specification_are_there():
    assert sorted(PRESETS) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_makes_the_same_world_twice_and_another_from_another_seed(name):
    one, again, other = (make_world(preset=PRESETS[name], random_seed=seed, customers=40, months=12) for seed in (5, 5, 6))
    for events in ("lines", "orders", "incidents", "contacts", "rep_changes", "offers", "share", "wallet"):
        assert getattr(one, events).tobytes() == getattr(again, events).tobytes()
    assert one.lines.tobytes() != other.lines.tobytes()
    assert (one.lines["amount"] != 0).all()
    assert (one.orders["delivered_day"] >= one.orders["day"]).all()
    assert (np.diff(one.orders["day"]) >= 0).all()
    sold = one.lines[one.lines["kind"] == 0]
    np.testing.assert_array_equal(one.orders["customer"][sold["order"]], sold["customer"])
    np.testing.assert_array_equal(np.unique(sold["order"]), one.orders["order"])


@pytest.mark.parametrize("seed", [1, 2])
def test_the_building_materials_firm_has_the_figures_of_its_article(seed):
    world = make_world(preset=PRESETS["building_materials"], random_seed=seed)
    revenue, contribution, served = last_year(world)
    large = revenue > 1_000_000
    assert len(revenue) == 500
    assert large.sum() == pytest.approx(100, abs=8)
    assert revenue[~large].mean() < 100_000
    profit = contribution - served
    best = np.sort(profit)[::-1]
    active = ((revenue != 0) | (served > 0)).sum()
    assert active > 460, "the article tells of 500 customers of one year"
    assert best[: active // 5].sum() / best.sum() == pytest.approx(0.87, abs=0.03)
    losing = profit < 0
    assert 60 <= losing.sum() <= 110
    assert profit[~losing].sum() / profit.sum() > 1.02, "they give enough back to bend the curve"
    assert (contribution[losing] > 0).mean() > 0.8  # it is the service that costs more than they bring
    problem = [kind.name for kind in world.preset.segments].index("problem")
    assert (world.customers.segment[losing] == problem).mean() > 0.7


def test_fewer_than_a_tenth_of_the_telecom_customers_make_more_than_sixty_percent_of_profit():
    revenue, contribution, served = last_year(make_world(preset=PRESETS["telecom_key_accounts"], random_seed=3))
    profit = np.sort(contribution - served)[::-1]
    assert profit[: int(0.1 * len(revenue)) - 1].sum() / profit.sum() > 0.6


def test_the_demo_has_a_whale_curve_with_customers_who_eat_profit():
    revenue, contribution, served = last_year(make_world(random_seed=20260930))
    profit = contribution - served
    assert 60 <= (profit < 0).sum() <= 160
    assert 1.02 < profit[profit > 0].sum() / profit.sum() < 1.2
    assert len(revenue) == 1200


def test_taking_pairs_away_leaves_everything_but_the_lines_as_it_was():
    usual = PRESETS["distributor"]
    with_pairs, without = (make_world(preset=preset, random_seed=4, customers=200, months=12)
                           for preset in (usual, replace(usual, goods=PRESETS["null_pairs"].goods)))  # fmt: skip
    for events in ("orders", "incidents", "contacts", "offers", "share", "wallet", "left_on"):
        assert getattr(with_pairs, events).tobytes() == getattr(without, events).tobytes()
    assert with_pairs.lines.tobytes() != without.lines.tobytes()
    assert not any(pair.lift for pair in without.pairs)


def test_nothing_changes_in_the_world_without_changes():
    cast = make_cast(preset=PRESETS["null_changes"], random_seed=7, customers=300, months=24)
    history = let_live(cast)
    assert history.at_end.left_on.min() > 10 * cast.clock.days
    assert history.at_end.decline_from.max() == -1
    there = cast.nature.entry < cast.clock.days
    assert np.ptp(history.share[:, there], axis=0).max() == 0
    assert not history.offer.any()
    assert not history.cut_bp.any()
    assert (history.lost == -1).all()


@pytest.mark.parametrize("name", ["b2c_retail", "null_changes", "null_equal", "null_treatment"])
def test_no_action_disturbs_the_orders_of_a_world_of_pure_laws(name):
    world = make_world(preset=PRESETS[name], random_seed=7, customers=300, months=24)
    assert len(world.history.bought.who) == len(let_live(world.cast).bought.who)


def test_equal_customers_differ_in_nothing_but_chance():
    cast = make_cast(preset=PRESETS["null_equal"], random_seed=8, customers=300, months=24)
    people, nature = cast.customers, cast.nature
    for values in (people.wallet_yearly, people.wallet_share, people.orders_yearly, people.order_value,
                   people.discount_bp, nature.exits, nature.frailty, nature.visits, nature.late, nature.defects):  # fmt: skip
        assert np.ptp(values) <= 1e-3 * abs(values[0])
    assert np.ptp(people.taste) < 1e-3
    orders = np.bincount(let_live(cast).bought.who, minlength=300)
    assert orders.std() > 2


def test_wallet_and_share_have_nothing_to_do_with_what_can_be_seen():
    cast = make_cast(preset=PRESETS["null_independent"], random_seed=9, customers=4000, months=12)
    people, nature = cast.customers, cast.nature
    spend = people.wallet_yearly * people.wallet_share
    seen = {"spend": np.log(spend), "size": np.log(people.employees), "visits": np.log(nature.visits),
            "orders": people.orders_yearly, "discount": people.discount_bp, "since": people.registered}  # fmt: skip
    for name, values in seen.items():
        assert abs(np.corrcoef(np.log(people.wallet_yearly), values)[0, 1]) < 3.5 / np.sqrt(4000), name
    for industry in range(7):
        own = np.log(people.wallet_yearly)[people.industry == industry]
        assert own.mean() == pytest.approx(np.log(people.wallet_yearly).mean(), abs=4 * 0.5 / np.sqrt(len(own)))
    usual = make_cast(preset=PRESETS["distributor"], random_seed=9, customers=4000, months=12).customers
    assert np.corrcoef(np.log(usual.wallet_yearly), np.log(usual.employees))[0, 1] > 0.6


@pytest.mark.parametrize(("name", "gains"), [("distributor", True), ("null_treatment", False)])
def test_visits_raise_the_share_and_keep_customers_only_where_they_do_something(name, gains):
    found = []
    for visits in (0.0, 24.0):
        preset = replace(PRESETS[name], contacts=replace(PRESETS[name].contacts, always=visits))
        history = let_live(make_cast(preset=preset, random_seed=10, customers=400, months=24))
        found.append(len(history.bought.who))
    assert (found[1] > 1.1 * found[0]) == gains
    assert gains or found[0] == found[1]


def test_the_wallet_of_a_customer_is_its_spend_here_and_elsewhere():
    cast = make_cast(preset=PRESETS["distributor"], random_seed=11, customers=200, months=24)
    world = make_world(preset=PRESETS["distributor"], random_seed=11, customers=200, months=24)
    people = cast.customers
    np.testing.assert_allclose(world.wallet[0].sum(axis=1), people.wallet_yearly)
    own = (people.wallet_yearly * people.wallet_share)[:, None] * people.taste
    assert (own <= world.wallet[0] * (1 + 1e-9)).all()


def test_the_huge_world_is_the_demo_many_times_over():
    huge, demo = asdict(PRESETS["huge"]), asdict(PRESETS["distributor"])
    assert {key for key in huge if huge[key] != demo[key]} == {"name", "customers", "segments", "wallet_base"}
    assert PRESETS["huge"].customers == 40_000


def test_a_macro_shock_halves_the_orders_of_its_weeks():
    calm = replace(PRESETS["null_changes"], season=False)
    shocked = replace(calm, shock=(6, 8, 0.5))
    day = []
    for preset in (calm, shocked):
        cast = make_cast(preset=preset, random_seed=12, customers=400, months=24)
        bought = let_live(cast).bought
        day.append(bought.day[cast.customers.known_before[bought.who]])
    start = (24 - 7) * 365.25 / 12  # the sixth month before the last one of 24
    inside = [((one > start + 3) & (one < start + 50)).sum() for one in day]
    before = [(one < start - 3).sum() for one in day]
    assert inside[1] / inside[0] == pytest.approx(0.5, abs=0.06)
    assert before[0] == before[1]
