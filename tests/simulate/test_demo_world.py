"""The made-up firm behaves as the firms it stands for."""

import datetime
import itertools
from collections import Counter

import pytest

from analysis.simulate.world.season import busyness
from analysis.simulate.world.world import make_world


def test_a_fifth_of_the_customers_holds_about_four_fifths_of_revenue(demo):
    revenue = demo.customers["revenue_e4"].sort_values(ascending=False)
    assert 0.75 <= revenue.head(len(revenue) // 5).sum() / revenue.sum() <= 0.85


def test_some_customers_cost_more_than_they_bring_and_most_of_them_are_problems(demo):
    losing = demo.customers[demo.customers["contribution_e4"] < 0]
    assert 20 <= len(losing) <= 120
    assert (losing["segment"] == "problem").mean() > 0.7


def test_one_in_seven_customers_orders_once_by_nature(demo):
    once = demo.customers[demo.customers["orders_once"]]
    assert len(once) / len(demo.customers) == pytest.approx(0.15, abs=0.03)
    assert once["purchase_days"].max() == 1


def test_the_counter_makes_about_eight_percent_of_revenue(demo):
    own = demo.totals["good_lines"]
    assert own["walk_in_e4"] / (own["walk_in_e4"] + own["customers_e4"]) == pytest.approx(0.08, abs=0.01)


def test_business_stops_at_spring_festival_after_a_rush(good):
    days = Counter(line.day for line in good)
    for festival in (datetime.date(2024, 2, 10), datetime.date(2025, 1, 29), datetime.date(2026, 2, 17)):
        week = [days[festival + datetime.timedelta(n)] for n in range(7)]
        rush = [days[festival - datetime.timedelta(n)] for n in range(10, 24)]
        year = [days[festival + datetime.timedelta(n)] for n in range(60, 144)]
        assert sum(week) / 7 < 0.15 * sum(year) / 84
        assert sum(rush) / 14 > 1.2 * sum(year) / 84


def test_weekends_and_the_october_holiday_are_quiet_and_the_eleventh_of_november_is_not(good):
    days = Counter(line.day for line in good)
    weekdays = Counter(line.day.weekday() for line in good)
    assert weekdays[6] < weekdays[5] < 0.5 * min(weekdays[n] for n in range(5))
    for year in (2023, 2024, 2025):
        holiday = sum(days[datetime.date(year, 10, n)] for n in range(1, 8))
        singles = sum(days[datetime.date(year, 11, n)] for n in range(10, 13))
        assert holiday < singles


def test_customers_come_and_go_over_the_whole_history(demo):
    new = demo.customers[~demo.customers["known_before"]]
    years = Counter(day.year for day in new["registered_on"])
    assert min(years[year] for year in (2024, 2025, 2026)) > 100
    gone = [day for day in demo.customers["left_on"] if day is not None]
    assert 0.2 < len(gone) / len(demo.customers) < 0.6


def test_nobody_buys_after_leaving(demo):
    left = demo.customers.dropna(subset=["left_on", "last_purchase"])
    assert len(left) > 300
    assert (left["last_purchase"] <= left["left_on"]).all()


def test_regular_customers_keep_steadier_gaps_than_random_ones(demo, good):
    visits = {}
    for line in good:
        if line.net_e4 > 0:
            visits.setdefault(line.cells["customer"], set()).add(line.day)
    spread = {1: [], 6: []}
    for customer, regularity in zip(demo.customers["customer_id"], demo.customers["regularity"], strict=True):
        days = sorted(visits.get(customer, ()))
        if regularity in spread and len(days) >= 20:
            gaps = [(later - day).days for day, later in itertools.pairwise(days)]
            mean = sum(gaps) / len(gaps)
            spread[regularity].append((sum((gap - mean) ** 2 for gap in gaps) / len(gaps)) ** 0.5 / mean)
    steady, random = (sum(spread[k]) / len(spread[k]) for k in (6, 1))
    assert min(len(found) for found in spread.values()) >= 10
    assert steady < 0.8 * random


def test_the_customer_list_holds_every_customer_of_the_orders(demo, good):
    header, *rows = (demo.files / "customers.csv").read_text("utf-8-sig").splitlines()
    assert header == "客户编号,客户名称,行业,省份,业务员,建档日期"
    assert len(rows) == 1202
    listed = {row.split(",")[0] for row in rows}
    assert {line.cells["customer"] for line in good} <= listed


@pytest.mark.parametrize(("customers", "months"), [(30, 6), (60, 120)])
def test_a_world_of_any_allowed_length_can_be_made(customers, months):
    world = make_world(random_seed=3, customers=customers, months=months)
    assert (world.clock.last, len(world.customers.ids)) == (datetime.date(2026, 10, 15), customers)
    assert world.lines["day"].max() < world.clock.days
    assert (world.lines["amount"] != 0).all()


def test_another_random_seed_makes_another_world_of_the_same_kind():
    one, other = (make_world(random_seed=n, customers=300, months=24) for n in (1, 2))
    assert one.lines["amount"].sum() != other.lines["amount"].sum()
    assert len(one.lines) == pytest.approx(len(other.lines), rel=0.25)  # 300 customers, few of them large


def test_a_day_outside_the_known_calendars_is_refused():
    with pytest.raises(
        Exception, match=r"must lie in the years 2012 to 2030, got '2031-05-01'. Lower months.$"
    ):
        busyness(datetime.date(2031, 5, 1))
