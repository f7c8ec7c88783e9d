"""What each signal watches: by hand for a few customers, and the same on both sides of the day on which watching begins."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.churn.signal_records import Records, peer_groups
from analysis.churn.signals import Builder, Spans, day_number
from analysis.churn.watching import Cell, run_lengths
from analysis.core import params, tables
from analysis.core.contracts.clean import ORDER_LINES
from analysis.core.engine import open_engine
from analysis.core.params_churn_warnings import BudgetShares
from analysis.models.cusum import Trials
from analysis.models.first_alarm import Kinds
from analysis.models.run_length import MONTH_DAYS, RunLengths
from analysis.models.season import Clock
from analysis.models.watching import Watchable
from tests.event_tables import store_events

LOADED = params.load(Path(__file__).parents[2] / "params.yaml")
SETTINGS = dataclasses.replace(LOADED.churn.warnings, base_months=12, watched_months=6, least_past=3)
UNTIL = pd.Timestamp("2024-06-30")


def builder(customers=2, **changes):
    asked = dataclasses.replace(SETTINGS, **changes)
    return Builder(asked, Spans.to(UNTIL, asked), np.ones(customers, bool), np.zeros(customers, int))


def numbers(*days):
    return np.array([day_number(pd.Timestamp(day)) for day in days])


def test_the_months_before_say_what_is_usual():
    spans = Spans.to(UNTIL, SETTINGS)
    assert (spans.base_from, spans.watched_from) == (pd.Timestamp("2022-12-31"), pd.Timestamp("2023-12-31"))
    day = numbers("2022-12-31", "2023-01-01", "2023-12-31", "2024-01-01", "2024-06-30", "2024-07-01")
    assert spans.in_base(day).tolist() == [False, True, True, False, False, False]
    assert spans.in_watch(day).tolist() == [False, False, False, True, True, False]


def test_gaps_by_hand():
    """Gaps of 10, 20 and 30 days in the base: mean 20. Then one of 60 days across its end, one of 50, and 51 days of silence."""
    day = numbers("2023-10-02", "2023-10-12", "2023-11-01", "2023-12-01", "2024-01-30", "2024-03-20")
    day = np.append(day, day[-1] + 51)
    part, = builder().gaps(np.zeros(7, int), day, Clock())
    assert (part.base.tolist(), part.past.tolist()) == ([20.0], [3])
    assert part.x.tolist() == [60.0, 50.0, 51.0]
    assert part.ended.tolist() == day[-3:].tolist()
    assert part.gaps.now - part.gaps.last[0] == day_number(UNTIL) - day[-1]
    assert part.gaps.day(part.gaps.begun[:1] + 25).tolist() == [day[3] + 25]


def test_who_has_too_few_gaps_before_is_not_watched():
    day = numbers("2023-10-02", "2023-10-12", "2023-11-01", "2024-01-30", "2024-03-20")
    assert builder().gaps(np.zeros(5, int), day, Clock()) == []


def test_on_the_clock_of_the_season_gaps_in_quiet_months_are_short():
    """Half as much happens in January and February, and more in the other months."""
    day = numbers("2023-10-01", "2023-10-11", "2023-10-21", "2023-10-31", "2024-01-10", "2024-02-10")
    quiet = Clock((0.5, 0.5, *[1.1] * 10))
    part, = builder().gaps(np.zeros(6, int), day, quiet)
    assert part.base[0] == pytest.approx(11)
    assert part.x[-1] == pytest.approx(31 / 2)


def test_values_by_hand():
    """Logarithms 4, 5 and 6 in the base: mean 5; each of the two customers has its own."""
    day = numbers("2023-10-02", "2023-10-12", "2023-11-01", "2024-01-30")
    place, x = np.repeat([0, 1], 4), np.array([4.0, 5, 6, 3, 7, 7.5, 8, 7])
    parts = builder().values(place, np.tile(day, 2), x, np.full(2, 15.0), 2.0)
    found = {int(who): (base, past) for part in parts for who, base, past in zip(part.who, part.base, part.past, strict=True)}
    assert found == {0: (5.0, 3), 1: (7.5, 3)}
    assert sorted(np.concatenate([part.x for part in parts])) == [3.0, 7.0]


def test_rates_of_refusals_are_drawn_towards_that_of_all():
    """Nobody differs from 3 in 60, so that everybody gets 0.05."""
    day = np.tile(np.linspace(*numbers("2023-01-02", "2023-12-20"), 20).astype(int), 3)
    place, x = np.repeat([0, 1, 2], 20), np.zeros(60)
    x[[3, 25, 44]] = 1
    part, = builder(3).counts(Trials(3.0), place, day, x, np.full(3, 18.0))
    np.testing.assert_allclose(part.base, 0.05, rtol=1e-4)


def test_months_without_a_record_count_as_none_from_the_first_order_on():
    made = builder()
    month = (2024 - 1970) * 12 + 1  # February
    place, day, x = made.monthly(np.array([0]), np.array([month]), np.array([2.0]), numbers("2023-12-15", "2024-05-15").astype(float))
    assert pd.to_datetime(day[place == 0], unit="D").strftime("%m-%d").tolist() == ["01-31", "02-29", "03-31", "04-30", "05-31", "06-30"]
    assert x[place == 0].tolist() == [0, 2, 0, 0, 0, 0]
    assert pd.to_datetime(day[place == 1], unit="D").strftime("%m-%d").tolist() == ["06-30"]


def test_peers_are_those_of_the_industry_where_they_are_enough_else_of_the_region_else_all():
    people = pd.DataFrame({"industry": ["a", "a", "b", None, "c"], "region": ["n", "n", "s", "s", None]})
    group = peer_groups(people, 2)
    assert group[0] == group[1]
    assert group[2] == group[3] != group[0]
    assert len({group[0], group[2], group[4]}) == 3


def test_categories_are_counted_in_whole_blocks_of_orders_from_the_day_on_which_watching_begins(tmp_path, monkeypatch):
    """Blocks of two, backwards into the base: (3 kinds, 1 kind), (2, 2), and one order left over; forwards (1, 1), and one over."""
    monkeypatch.chdir(tmp_path)
    days = pd.DataFrame({
        "customer_id": "a", "bought_e4": 10**6,
        "order_date": ["2023-05-01", "2023-06-01", "2023-07-01", "2023-08-01", "2023-09-01", "2024-02-01", "2024-03-01", "2024-04-01"],
        "categories": [5, 2, 2, 1, 3, 1, 1, 4],
    })  # fmt: skip
    store_events(tmp_path, days, as_of="2024-06-30")
    people = pd.DataFrame({"is_key": [False], "industry": None, "region": None})
    with open_engine(LOADED.engine) as engine:
        found = Records(engine, people, SETTINGS).read("blocks", UNTIL, block=2, base_from="2022-12-31", watched_from="2023-12-31")
    assert found["categories"].tolist() == [2, 3, 1]
    assert pd.to_datetime(found["day"], unit="D").dt.strftime("%m-%d").tolist() == ["07-01", "09-01", "03-01"]


BILLS = """
    a 2024-03-01 2024-03-31 2024-03-31   on time
    a 2024-03-05 2024-04-04 2024-03-20   before
    a 2024-03-10 2024-04-09 2024-04-14   five days late
    a 2024-03-15 2024-04-14 2024-06-20   67 days late: 30 count
    a 2024-04-20 2024-05-20 2024-07-04   paid after the day: 41 so far
    a 2024-05-21 2024-06-20 -            open for 10 days
    a 2024-05-31 2024-06-30 -            due today, so not late yet
    b 2024-03-01 2024-03-31 2024-04-02   the first half of a bill
    b 2024-03-01 2024-03-31 2024-04-12   and the second: twelve days late
    b 2024-04-01 2024-03-31 2024-04-12   due before it was ordered: not read
    b 2024-04-02 -          2024-04-12   due on no day that is known
"""


def payments(folder, text, file_no=1):
    """Order lines with the days of their bills, stored in ``folder``; whoever keeps them."""
    rows = pd.DataFrame([line.split()[:4] for line in text.strip().splitlines()], columns=["customer_id", "order_date", "due_pay_date", "paid_date"])
    rows = rows.mask(rows == "-", None)
    store_events(folder, rows[["customer_id", "order_date"]].drop_duplicates().assign(bought_e4=10**6), as_of="2024-06-30")
    rows = rows.assign(**{name: pd.to_datetime(rows[name]) for name in rows.columns[1:]})
    lines = tables.read(ORDER_LINES).drop(columns=["due_pay_date", "paid_date"]).merge(rows, on=["customer_id", "order_date"])
    tables.write(ORDER_LINES, lines.assign(file_no=file_no, row_no=range(1, len(lines) + 1))[list(ORDER_LINES.by_name)])


def bills(until=UNTIL):
    people = pd.DataFrame({"is_key": [False, False], "industry": None, "region": None})
    with open_engine(LOADED.engine) as engine:
        found = Records(engine, people, SETTINGS).read("bills", until, most=30).sort_values(["place", "day", "overdue"])
    return list(zip(found["place"], pd.to_datetime(found["day"], unit="D").dt.strftime("%m-%d"), found["overdue"], strict=True))


def test_a_bill_counts_with_the_days_after_due_up_to_its_payment_or_so_far(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    payments(tmp_path, BILLS)
    assert bills() == [
        (0, "04-01", 0), (0, "04-05", 0), (0, "04-10", 5), (0, "04-15", 30), (0, "05-21", 30), (0, "06-21", 10), (1, "04-01", 12),
    ]  # fmt: skip


def test_nothing_of_a_bill_is_known_before_it_happens(tmp_path, monkeypatch):
    """At the end of April the bill of 14 April is open for 16 days, and what was paid later is not known yet."""
    monkeypatch.chdir(tmp_path)
    payments(tmp_path, BILLS)
    early = pd.Timestamp("2024-04-30")
    told = bills(early)
    assert told == [(0, "04-01", 0), (0, "04-05", 0), (0, "04-10", 5), (0, "04-15", 16), (1, "04-01", 12)]
    lines = tables.read(ORDER_LINES)
    tables.write(ORDER_LINES, lines.assign(paid_date=lines["paid_date"].where(lines["paid_date"] <= early))[lines["order_date"] <= early])
    assert bills(early) == told


def test_a_file_that_tells_no_payment_tells_no_late_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    payments(tmp_path, """
    a 2024-03-01 2024-03-31 2024-04-02
    a 2024-03-05 2024-04-04 -
    """, file_no=[1, 2])
    assert bills() == [(0, "04-01", 2)]


def test_overdue_days_by_hand():
    """Of four bills before, one was late by 3 of 30 days, and nobody else's: a mean part of 0.025. Parts are what they were."""
    day = numbers("2023-10-02", "2023-10-12", "2023-11-01", "2023-12-01", "2024-01-30", "2024-02-10")
    part, = builder(1).growing(np.zeros(6, int), day, np.array([0, 3, 0, 0, 30, 15]), 30, 3.0)
    assert part.growing.last(part.x).tolist() == [day[-2] + 29, day[-1] + 14]
    assert part.unit_days == [20]
    assert part.base == pytest.approx([0.025], rel=1e-3)
    assert part.x.tolist() == [1.0, 0.5]
    assert set(part.law.parts) == {0.1}


def lengths_of(size, months):
    """One kind of customer whose alarms can hang so that they ring every so many months."""
    return Kinds(np.zeros(size, int), (RunLengths(np.arange(len(months)) + 1.0, np.array(months) * MONTH_DAYS),))


def cell(signal, who, months):
    """Observations every day, so that run lengths are days."""
    ones = np.ones(who.size)
    none = np.zeros(0)
    return Cell(signal, Watchable(Trials(3.0), who, ones, ones, ones, none, none, none), lengths_of(who.size, months))


def test_the_budget_is_shared_out_by_hand():
    """100 other customers with gaps, 60 of them with refusals, and 10 key ones with both. Other: 4 a month, half for gaps."""
    is_key, fine = np.arange(110) < 10, np.geomspace(1, 1000, 4000)
    asked = dataclasses.replace(SETTINGS, budget_shares=BudgetShares(0.5, 0.01), least_run_months=24)
    cells = [cell("order_gap", np.arange(110), fine), cell("contacts_declined", np.arange(70), fine)]
    gaps, refusals = (found / MONTH_DAYS for found in run_lengths(cells, is_key, asked))
    np.testing.assert_allclose(refusals, np.where(is_key[:70], 24, 60 / 2), rtol=0.01)  # 10 / 2 months would be too often
    np.testing.assert_allclose(gaps, np.where(is_key, 24, 100 / 2), rtol=0.01)


def test_what_cannot_be_spent_goes_to_those_who_can():
    """50 customers whose alarms of refusals hang at 30 or 90 months, 50 who can have none, and gaps of 100 that can have any."""
    asked = dataclasses.replace(SETTINGS, budget_shares=BudgetShares(0.5, 0.25), least_run_months=24)
    never = dataclasses.replace(cell("complaints", np.arange(50, 100), [1.0]), kinds=lengths_of(50, [2.0]))
    cells = [cell("order_gap", np.arange(100), np.geomspace(1, 1000, 4000)), cell("contacts_declined", np.arange(50), [30.0, 90.0]), never]
    wanted = run_lengths(cells, np.zeros(100, bool), asked)
    spent = [one.spent(float(days[0]), np.arange(days.size)) for one, days in zip(cells, wanted, strict=True)]
    assert spent[1:] == pytest.approx([50 / 30, 0])  # two a month are allowed: the next step would be none
    assert spent[0] == pytest.approx(4 - 50 / 30, rel=0.01)
