"""Customers leave for the reasons the world was given, as much as it was given, and for no other."""

import math
from dataclasses import replace

import numpy as np
import pytest

from analysis.simulate.world.events import EXIT_CAUSES
from analysis.simulate.world.laws import DRIVERS, Segment
from analysis.simulate.world.orders import incident_effect
from analysis.simulate.world.presets import DISTRIBUTOR, PRESETS
from analysis.simulate.world.world import let_live, make_cast, make_world

ONE_KIND = Segment("any", 1.0, 20.0, 50.0, (1, 1), 0.15, 60.0, 0.35, (0.0, 0.1), 0.02, 2.0, 1.0, 4.0)


def only(driver, beta, **leaving):
    """A world in which one driver drives, and nothing else differs between customers."""
    law = replace(
        DISTRIBUTOR.leaving, betas=dict.fromkeys(DRIVERS, 0.0) | {driver: beta}, uncontrollable=0.0,
        young_extra=0.0, frailty_shape=0.0, partial=0.0,
    )  # fmt: skip
    return replace(
        DISTRIBUTOR, segments=(ONE_KIND,), leaving=replace(law, **leaving),
        service=replace(DISTRIBUTOR.service, hurt=0.0, late_spread=30.0, late_season=0.0),
    )  # fmt: skip


def weeks_at_risk(cast, history):
    """Which customers could leave in which weeks, and who did."""
    first = np.array([week.first for week in cast.weeks])[:, None]
    after = np.array([week.after for week in cast.weeks])[:, None]
    left = history.at_end.left_on
    at_risk = (cast.nature.entry < first) & (left >= first - 1) & ~cast.nature.once
    leaves = at_risk & (left >= first - 1) & (left < after - 1)
    return at_risk, leaves


def rate(at_risk, leaves, where):
    events = int((leaves & where).sum())
    return events / int((at_risk & where).sum()), events


@pytest.mark.parametrize("beta", [1.2, -0.8])
def test_weeks_after_late_deliveries_see_exp_beta_times_as_many_leave(beta):
    cast = make_cast(preset=only("late_delivery", beta), random_seed=31, customers=4000, months=24)
    history = let_live(cast)
    at_risk, leaves = weeks_at_risk(cast, history)
    late = history.drivers[:, :, DRIVERS.index("late_delivery")]
    often, many = rate(at_risk, leaves, late == 1)
    never, few = rate(at_risk, leaves, late == 0)
    assert many > 150
    error = math.sqrt(1 / many + 1 / few)
    assert math.log(often / never) == pytest.approx(beta, abs=3 * error)
    assert error < 0.1


def test_without_drivers_the_hazard_is_the_one_of_the_segment():
    cast = make_cast(preset=only("defects", 0.0), random_seed=5, customers=4000, months=24)
    at_risk, leaves = weeks_at_risk(cast, let_live(cast))
    weekly, events = rate(at_risk, leaves, np.ones_like(at_risk))
    assert weekly * 365.25 / 7 == pytest.approx(0.15, rel=3 / math.sqrt(events))  # three errors of a count


def test_a_change_of_the_rep_drives_for_half_a_year_and_then_no_more():
    cast = make_cast(preset=only("rep_change", 1.5), random_seed=8, customers=4000, months=24)
    history = let_live(cast)
    at_risk, leaves = weeks_at_risk(cast, history)
    new = history.drivers[:, :, DRIVERS.index("rep_change")] == 1
    ratio, many = rate(at_risk, leaves, new)
    usual, few = rate(at_risk, leaves, ~new)
    assert math.log(ratio / usual) == pytest.approx(1.5, abs=3 * math.sqrt(1 / many + 1 / few))
    changed = cast.reps.changed
    for week in (10, 40, 60):
        seen = changed[week - 26 : week] if week >= 26 else changed[:week]
        there = cast.nature.entry < cast.weeks[max(week - 26, 0)].first
        assert (new[week][there] <= seen.any(axis=0)[there]).all()


def test_switching_a_driver_off_changes_no_other_draw():
    cast = make_cast(preset=DISTRIBUTOR, random_seed=12, customers=800, months=24)
    as_is, without = let_live(cast), let_live(cast, frozenset({"contact_shortfall"}))
    same = as_is.at_end.left_on == without.at_end.left_on
    assert 0.7 < same.mean() < 1
    for name in ("who", "day", "stock", "late", "severity"):
        kept = [getattr(one.bought, name)[same[one.bought.who]] for one in (as_is, without)]
        np.testing.assert_array_equal(*kept)
    for name in ("visits", "calls", "offer", "cut_bp", "lost", "share", "satisfaction"):
        np.testing.assert_array_equal(getattr(as_is, name)[:, same], getattr(without, name)[:, same])
    later = without.at_end.left_on[~same] > as_is.at_end.left_on[~same]
    assert later.mean() > 0.95  # a few meet an end that they had been spared


def test_without_a_driver_fewer_leave_and_in_the_null_world_none_is_to_blame():
    cast = make_cast(preset=DISTRIBUTOR, random_seed=12, customers=800, months=24)
    leavers = {name: (let_live(cast, frozenset(off)).at_end.left_on < cast.clock.days).sum()
               for name, off in {"as is": [], "visits": ["contact_shortfall"], "all": DRIVERS}.items()}  # fmt: skip
    assert leavers["all"] < leavers["visits"] < leavers["as is"]
    null = make_cast(preset=PRESETS["null_drivers"], random_seed=12, customers=300, months=24)
    np.testing.assert_array_equal(
        let_live(null).at_end.left_on, let_live(null, frozenset(DRIVERS)).at_end.left_on
    )


def test_the_cause_of_an_exit_is_that_of_its_driver():
    world = make_world(preset=only("late_delivery", 4.0), random_seed=3, customers=1500, months=24)
    gone = world.left_on < world.clock.days
    first = np.array([week.first for week in world.weeks])
    week = np.searchsorted(first, world.left_on.clip(0, world.clock.days - 1) + 1, side="right") - 1
    late = world.history.drivers[week, np.arange(1500), DRIVERS.index("late_delivery")]
    service = world.exit_cause == EXIT_CAUSES.index("service")
    assert service[gone & (late == 1)].mean() == pytest.approx(4 / 5, abs=0.06)
    assert not service[gone & (late == 0)].any()
    assert (gone & (late == 0)).sum() > 100
    assert (world.exit_cause[~gone] == -1).all()


def test_uncontrollable_ends_happen_at_their_own_rate():
    preset = only("late_delivery", 0.0, uncontrollable=0.2, closed=0.25)
    preset = replace(preset, segments=(replace(ONE_KIND, exits_yearly=0.0),))
    cast = make_cast(preset=preset, random_seed=4, customers=3000, months=24)
    history = let_live(cast)
    years = cast.clock.days / 365.25
    gone = history.at_end.left_on < cast.clock.days
    assert gone.mean() == pytest.approx(1 - math.exp(-0.2 * years), abs=0.03)
    closed = history.at_end.cause[gone] == EXIT_CAUSES.index("closed")
    assert closed.mean() == pytest.approx(0.25, abs=3 * math.sqrt(0.25 * 0.75 / gone.sum()))


def test_frail_customers_leave_first():
    cast = make_cast(preset=only("late_delivery", 0.0, frailty_shape=2.0), random_seed=6, customers=3000, months=24)
    gone = let_live(cast).at_end.left_on < cast.clock.days
    frailty = cast.nature.frailty
    assert frailty.mean() == pytest.approx(1, abs=0.04)
    assert frailty[gone].mean() > 1.25
    assert frailty[~gone].mean() < 0.95


def test_those_who_drift_away_lose_share_from_the_start_of_it_to_the_last_order():
    preset = only("late_delivery", 0.5, partial=0.6, decline_weeks=(16, 20), decline_to=0.15)
    preset = replace(preset, drift=PRESETS["null_changes"].drift)
    world = make_world(preset=preset, random_seed=9, customers=2000, months=24)
    days = world.clock.days
    gone = (world.left_on < days) & (world.exit_cause >= 0)
    slowly = gone & (world.decline_from >= 0)
    early = world.history.at_end.decline_from < days - 160
    decided = gone & ((world.decline_from >= 0) & early | (world.decline_from < 0) & (world.left_on < days - 160))
    assert (slowly & decided).sum() / decided.sum() == pytest.approx(0.6, abs=3 * math.sqrt(0.24 / decided.sum()))
    length = (world.left_on - world.decline_from)[slowly]
    assert set((length / 7).tolist()) == {16.0, 17.0, 18.0, 19.0, 20.0}
    first = np.array([week.first for week in world.weeks])
    for who in np.flatnonzero(slowly)[:50]:
        before = int(np.searchsorted(first, world.decline_from[who], side="right")) - 1
        last = int(np.searchsorted(first, world.left_on[who], side="right")) - 1
        ratio = world.share[last, who] / world.share[before, who]
        assert 0.14 < ratio < 0.20
        assert (np.diff(world.share[before : last + 1, who]) <= 0).all()


def test_loyal_and_long_standing_customers_forgive_more_and_a_kept_promise_helps():
    preset = PRESETS["it_services"]

    def effect(past, relation, recent, slow):
        given = (np.array([float(value)]) for value in (past, relation, recent))
        return float(incident_effect(preset, *given, np.array([2]), np.array([slow]))[0])

    assert effect(0, 0, 0, True) == pytest.approx(2 * 0.9)
    assert effect(99, 0, 0, True) == pytest.approx(2 * 0.9 * 100**-0.35)
    assert effect(0, 1, 0, True) == pytest.approx(2 * 0.9 * math.exp(-1.0))
    assert effect(0, 0, 2, True) == pytest.approx(2 * 0.9 * math.exp(0.5))
    assert effect(0, 0, 0, False) == pytest.approx(2 * 0.9 * 0.4)
