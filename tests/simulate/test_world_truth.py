"""The truth about the future is what happens when the world goes on; the truth tables say what was done."""

import datetime
import json
import math
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from analysis.simulate.__main__ import main
from analysis.simulate.truth.continuation import continue_world, order_worth
from analysis.simulate.truth.gaps import _rest_of_erlang, _rest_of_log_normal
from analysis.simulate.truth.profit import activities
from analysis.simulate.truth.tables import true_changes, true_drivers, true_response, true_share
from analysis.simulate.world.presets import DISTRIBUTOR, PRESETS
from analysis.simulate.world.world import let_live, make_cast, make_world

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def year_known():
    """A world of which a whole year after the last complete month happened, without actions in it."""
    preset = replace(DISTRIBUTOR, name="null_treatment", tail_days=365, last_complete=datetime.date(2025, 9, 30))
    return make_world(preset=preset, random_seed=14, customers=1500, months=24)


@pytest.fixture(scope="module")
def future(year_known):
    return continue_world(year_known, paths=12)


def ahead(world):
    known = world.clock.days - world.preset.tail_days
    return world.history.bought.day >= known, known


def test_what_customers_will_bring_is_what_they_bring_in_the_year_that_follows(year_known, future):
    later, known = ahead(year_known)
    orders = later.sum()
    assert future.orders[12].sum() == pytest.approx(orders, rel=0.05)
    lines = year_known.lines
    own = (lines["customer"] < 1500) & (lines["day"] >= known) & (lines["kind"] == 0)
    sold = lines["amount"][own].sum() / 100
    assert future.revenue[12].sum() == pytest.approx(sold * 0.98, rel=0.06)  # about two percent come back
    cost = (lines["qty"] * year_known.products.cost[lines["product"]])[own].sum() / 100
    assert future.contribution[12].sum() == pytest.approx((sold - cost) * 0.98, rel=0.08)


def test_the_chance_of_silence_is_how_many_stay_silent(year_known, future):
    later, known = ahead(year_known)
    bought = year_known.history.bought
    first = np.full(1500, 10**6)
    np.minimum.at(first, bought.who[later], bought.day[later])
    customers = year_known.cast.nature.entry < known
    for days in (30, 90, 180):
        told = future.silent[days][customers]
        silent = (first >= known + days)[customers]
        error = math.sqrt((told * (1 - told)).sum()) / len(told)
        assert told.mean() == pytest.approx(silent.mean(), abs=3 * error + 0.005)
        likely = told > 0.5
        assert silent[likely].mean() > 0.8 > 0.3 > silent[~likely].mean()
    assert (np.diff([future.silent[days] for days in (30, 90, 180)], axis=0) <= 0).all()


def test_a_longer_horizon_brings_more_and_money_that_comes_later_counts_less(future):
    for one in (future.revenue, future.orders):
        assert (one[12] <= one[24]).all()
        assert (one[24] <= one[36]).all()
    profitable = future.contribution[36] > 0
    assert (future.discounted[36][profitable] <= future.contribution[36][profitable] + 1e-9).all()
    total, discounted = future.contribution[12].sum(), future.discounted[12].sum()
    assert pytest.approx(discounted / total, abs=0.01) == 1.10**-0.5  # a year's money comes on average at its middle


def test_customers_who_left_bring_nothing(year_known, future):
    gone = year_known.left_on < year_known.clock.days - 365
    assert gone.sum() > 100
    assert not future.revenue[36][gone].any()
    assert (future.silent[180][gone] == 1).all()


def test_the_rest_of_a_gap_knows_how_long_it_has_lasted():
    rng = np.random.default_rng(2)
    shape = np.full(40_000, 4)
    assert _rest_of_erlang(rng, shape, np.zeros(40_000)).mean() == pytest.approx(1, abs=0.01)
    assert _rest_of_erlang(rng, shape, np.full(40_000, 50.0)).mean() == pytest.approx(1 / 4, abs=0.02)
    assert _rest_of_erlang(rng, shape // 4, np.full(40_000, 3.0)).mean() == pytest.approx(1, abs=0.02)
    whole = rng.standard_gamma(4, 400_000) / 4
    left = whole[whole > 1.2] - 1.2
    assert _rest_of_erlang(rng, shape, np.full(40_000, 1.2)).mean() == pytest.approx(left.mean(), rel=0.02)
    pack = np.exp(0.3 * rng.standard_normal(400_000) - 0.045)
    left = pack[pack > 1.1] - 1.1
    assert _rest_of_log_normal(rng, 0.3, np.full(40_000, 1.1)).mean() == pytest.approx(left.mean(), rel=0.03)


def test_an_order_is_worth_what_orders_bring(year_known):
    worth = order_worth(year_known)
    lines, bought = year_known.lines, year_known.history.bought
    baskets = np.bincount(bought.who[bought.stock == 0], minlength=1500)
    told = (worth.revenue[:, 0] * baskets).sum()
    refills = np.array([(bought.stock == 1 + slot) for slot in range(2)])
    told += sum((worth.revenue[:, 1 + slot] * np.bincount(bought.who[refills[slot]], minlength=1500)).sum() for slot in range(2))
    sold = lines["amount"][(lines["customer"] < 1500) & (lines["kind"] == 0)].sum() / 100
    assert told == pytest.approx(sold, rel=0.04)


def test_attributable_churn_is_the_difference_that_a_driver_makes():
    world = make_world(preset=DISTRIBUTOR, random_seed=15, customers=400, months=15)
    table = {row["driver"]: row for row in true_drivers(world).to_pylist()}
    assert list(table) == [*DISTRIBUTOR.leaving.betas, "all"]
    after = world.clock.days - world.preset.tail_days
    assert {row["leavers"] for row in table.values()} == {int((world.left_on < after).sum())}
    assert table["contact_shortfall"]["beta"] == 0.7
    assert table["all"]["attributable"] > table["contact_shortfall"]["attributable"] > 0
    null = make_world(preset=PRESETS["null_drivers"], random_seed=15, customers=100, months=12)
    assert [row["attributable"] for row in true_drivers(null).to_pylist()] == [0] * 8


def test_changes_are_dated_and_lead_to_the_last_order():
    world = make_world(preset=PRESETS["telecom_key_accounts"], random_seed=16, customers=300)
    rows = true_changes(world).to_pylist()
    declines = [row for row in rows if row["kind"] == "decline" and row["lead_days"] is not None]
    exits = [row for row in rows if row["kind"] == "exit"]
    assert len(declines) > len(exits)
    fallen = [row["share_after"] < 0.35 * row["share_before"] for row in declines]
    assert np.mean(fallen) > 0.85  # some close down before they are through
    lead = sorted(row["lead_days"] for row in declines)
    assert 60 < lead[len(lead) // 2] < 210
    assert any(row["categories_given_up"] for row in declines)
    assert any(row["contacts_declined"] for row in declines)
    assert {row["kind"] for row in rows} == {"decline", "exit", "discount_cut", "category_given_up", "rep_change"}


def test_the_truth_of_visits_rises_and_flattens():
    world = make_world(preset=DISTRIBUTOR, random_seed=17, customers=500, months=24)
    rows = [row for row in true_response(world).to_pylist() if row["segment"] == "ordinary"]
    revenue = [row["basket_revenue"] for row in rows]
    visits = [row["visits_yearly"] for row in rows]
    assert visits == [0, 3, 6, 12, 24, 48]
    slopes = np.diff(revenue) / np.diff(visits)
    assert revenue[-1] > 1.15 * revenue[0]
    assert slopes[-1] < 0.5 * slopes[0]


def test_activities_are_counted_from_the_events():
    world = make_world(preset=DISTRIBUTOR, random_seed=18, customers=200, months=12)
    counts = activities(world, 0, world.clock.days)
    assert counts["order"].sum() == (world.orders["customer"] < 200).sum()
    assert counts["ticket_minute"].sum() == world.incidents["minutes"][world.incidents["day"] < world.clock.days].sum()
    assert counts["visit"].sum() == world.history.visits.sum()


def test_shares_are_told_by_month():
    world = make_world(preset=PRESETS["tiny"], random_seed=19)
    table = true_share(world).to_pandas()
    assert len(table) == 30 * table["month"].nunique()
    assert table["share"].between(0, 1).all()
    last = table[table["month"] == table["month"].max()]
    assert last["share"].to_numpy() == pytest.approx(world.share[-2:].mean(axis=0), abs=0.05)


def test_switched_off_worlds_begin_alike():
    cast = make_cast(preset=DISTRIBUTOR, random_seed=20, customers=100, months=12)
    one, other = let_live(cast), let_live(cast, frozenset({"late_delivery"}))
    first = [(history.bought.who[history.bought.day < 7]).tolist() for history in (one, other)]
    assert first[0] == first[1]


@pytest.fixture
def command(tmp_path, monkeypatch):
    """Runs the command in a project of its own."""
    (tmp_path / "dvc.yaml").touch()
    (tmp_path / "params.yaml").write_text((PROJECT / "params.yaml").read_text("utf-8"), "utf-8")
    monkeypatch.chdir(tmp_path)

    def run(*options):
        monkeypatch.setattr(sys, "argv", ["simulate", *options])
        main()

    return run


def test_the_command_makes_any_world_with_its_truth(tmp_path, command):
    command("--preset", "tiny", "--random-seed", "3", "--customers", "25", "--to", "made", "--truth", "truth", "--paths", "4")
    truth = pq.read_table(tmp_path / "truth" / "true_customer.parquet").to_pandas()
    assert len(truth) == 25
    assert {"clv_36m", "clv_discounted_12m", "silent_90d", "profit", "frailty", "exit_cause"} <= set(truth.columns)
    laws = json.loads((tmp_path / "truth" / "true_laws.json").read_text("utf-8"))
    assert laws["leaving"]["betas"]["price_rise"] == 6.0
    assert (tmp_path / "truth" / "true_drivers.parquet").exists()
    assert not (tmp_path / "data").exists()


def test_the_command_never_takes_the_place_of_other_files(tmp_path, command):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "to whom.txt").write_text("mine", "utf-8")
    with pytest.raises(SystemExit, match=r"must be new, empty or one of ours, got 'letters'. Name another folder"):
        command("--preset", "tiny", "--to", "letters")
    assert (tmp_path / "letters" / "to whom.txt").read_text("utf-8") == "mine"


def test_the_command_refuses_numbers_that_no_world_can_have(command):
    with pytest.raises(SystemExit, match=r"--customers must be at least 1, got 0. Give --customers a larger number.$"):
        command("--preset", "tiny", "--customers", "0")
