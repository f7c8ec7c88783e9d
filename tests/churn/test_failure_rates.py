"""C4: rates, promises and repeats by hand, what is open, what is not known, and what comes later."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from analysis.churn.failures import find_failures
from analysis.churn.failures_figures import find_figures
from analysis.churn.failures_page import sections
from analysis.churn.tolerance import find_tolerance
from analysis.core import tables
from analysis.core.contracts.churn_failures import (
    FAILING_CUSTOMERS,
    FAILURE_MONTHS,
    FAILURE_RATES,
    FAILURE_REPEATS,
    PROMISE_BREACHES,
    SERVICE_LEVELS,
)
from analysis.core.contracts.clean import CUSTOMERS, ORDER_LINES
from analysis.core.contracts.segment_tiers import CUSTOMER_TIERS, TIERS
from analysis.draw.page import open_page
from tests.ticket_tables import store_tickets
from tests.worlds_of_orders import stage_on

AS_OF = "2024-12-31"
FEW = pd.DataFrame({"customer_id": ["a"], "repeats": [0], "span_days": [0]})
TICKETS = (
    ("a", "2024-01-02 09:00", 1.0, "quality", 2),
    ("a", "2024-10-01 09:00", 2.0, "quality", 2),
    ("a", "2024-10-21 09:00", 30.0, "logistics", 1),  # answered too late
    ("b", "2024-12-20 09:00", None, "size", 3),  # open for too long
    ("b", "2024-12-31 20:00", None, "other", 1),  # open for 4 hours
)


def days(end="2024-12-28", names=("a", "b")):
    dates = pd.date_range("2023-01-02", end, freq="7D")
    return pd.concat([pd.DataFrame({"customer_id": name, "order_date": dates, "bought_e4": 10**6}) for name in names])


def store_tiers():
    for table, row in ((TIERS, {"tier": "whale", "position": 1, "customers": 2, "customer_share": 1.0, "payment": 1.0}),):
        tables.write(table, pd.DataFrame([row]).reindex(columns=list(table.by_name)))
    rows = pd.DataFrame({"customer_id": ["a", "b"], "customer_name": ["A", "B"], "payment": 1.0, "is_annualised": False, "tier": "whale"})
    tables.write(CUSTOMER_TIERS, rows.reindex(columns=list(CUSTOMER_TIERS.by_name)))


@pytest.fixture
def on(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def opened(*rows, frame=None, **settings):
        stage = stage_on(tmp_path, "churn", days() if frame is None else frame, as_of=AS_OF)
        store_tiers()
        if rows:
            store_tickets(*rows)
        own = dataclasses.replace(stage.settings, failures=dataclasses.replace(stage.settings.failures, **settings))
        return dataclasses.replace(stage, params=dataclasses.replace(stage.params, churn=own))

    return opened


def test_rates_are_failures_of_the_window_per_hundred_orders_of_it(on):
    rates = find_failures(on(*TICKETS))[FAILURE_RATES].set_index("type")
    orders = 2 * int(days()["order_date"].drop_duplicates().between("2024-02-01", "2024-12-31").sum())  # tickets begin on 2 January
    assert rates.loc["all", ["tickets", "orders"]].tolist() == [4, orders]
    assert rates.loc["all", "rate"] == pytest.approx(4 / orders * 100)
    assert rates.loc["quality", "tickets"] == 1
    assert (rates["lo"] <= rates["rate"]).all()
    assert (rates["rate"] <= rates["hi"]).all()


def test_an_open_ticket_breaks_a_promise_only_once_its_time_is_over(on):
    levels = find_failures(on(*TICKETS))[SERVICE_LEVELS].set_index(["tier", "promise", "hours"])
    within_a_day = levels.loc[("all", "response", 24.0)]
    assert within_a_day["decided"] == 3  # the last one has 20 hours left
    assert within_a_day["kept"] == pytest.approx(1 / 3)
    within_an_hour = levels.loc[("all", "response", 1.0)]
    assert (within_an_hour["decided"], within_an_hour["kept"]) == (4, 0.0)
    assert within_a_day[["median_hours", "slow_hours"]].isna().all()  # half of them are open


def test_breaches_of_the_highest_tier_stand_by_name(on):
    breaches = find_failures(on(*TICKETS))[PROMISE_BREACHES].sort_values("opened_at")
    assert breaches["customer_id"].tolist() == ["a", "b"]
    assert breaches["response_hours"].fillna(-1).tolist() == [30.0, -1.0]


def test_a_failure_again_counts_where_it_could_be_followed(on):
    repeats = find_failures(on(*TICKETS))[FAILURE_REPEATS].set_index("within_days")
    assert repeats.loc[30, ["failures", "share"]].tolist() == [2, 0.5]  # 1 October, not 21 October
    assert repeats.loc[90, "failures"] == 1


def test_customers_with_failures_again_and_again_are_those_of_late(on):
    again = find_failures(on(*TICKETS))[FAILING_CUSTOMERS].set_index("customer_id")
    assert again.index.tolist() == ["b"]  # both of a's lie more than 90 days back or alone
    assert again.loc["b", ["failures", "answered_late", "still_open", "worst"]].tolist() == [2, 1, 2, 3]


def test_in_business_hours_a_night_and_a_weekend_do_not_count(on):
    friday = ("a", "2024-11-01 17:00", 64.0 + 1.0, "quality", 1)  # answered on Monday at 10
    levels = find_failures(on(TICKETS[0], friday, opens_hour=9.0, closes_hour=18.0, response_hours=(2.0,)))[SERVICE_LEVELS]
    found = levels[(levels["tier"] == "all") & (levels["promise"] == "response")].iloc[0]
    assert (found["kept"], found["median_hours"]) == (1.0, 2.0)  # an hour on Friday, one on Monday


def test_a_month_stands_out_only_beyond_what_chance_explains(on):
    one_a_month = [("a", f"2024-{month:02}-05 09:00", 1.0, "size", 1) for month in range(1, 13)]
    flood = [("a", f"2024-07-{day:02} 09:00", 1.0, "size", 1) for day in range(6, 26)]
    months = find_failures(on(*one_a_month, *flood))[FAILURE_MONTHS]
    whole = months[months["type"] == "all"].set_index("month")["is_unusual"]
    assert whole[whole.astype(bool)].index.tolist() == [pd.Timestamp("2024-07-01")]
    assert not find_failures(on(*one_a_month))[FAILURE_MONTHS]["is_unusual"].any()


def test_what_comes_later_changes_nothing(on):
    known = find_failures(on(*TICKETS))
    later = pd.concat([days(), pd.DataFrame({"customer_id": ["a"], "order_date": pd.to_datetime(["2025-01-05"]), "bought_e4": [10**6]})])
    with_later = find_failures(on(*TICKETS, ("a", "2025-01-03 09:00", 1.0, "quality", 5), frame=later))
    answered_later = find_failures(on(*TICKETS[:3], ("b", "2024-12-20 09:00", 24.0 * 15, "size", 3), TICKETS[4]))
    for table in (FAILURE_RATES, FAILURE_MONTHS, FAILURE_REPEATS, SERVICE_LEVELS, PROMISE_BREACHES, FAILING_CUSTOMERS):
        pd.testing.assert_frame_equal(known[table], with_later[table])
        pd.testing.assert_frame_equal(known[table], answered_later[table])


def test_without_hours_there_are_no_promises_in_hours(on):
    failures = find_failures(on(*[("a", f"2024-{month}-01", 48.0, "size", 1) for month in ("09", "10", "11")]))
    assert failures[SERVICE_LEVELS].empty
    assert failures[PROMISE_BREACHES].empty
    assert failures[FAILURE_RATES].set_index("type").loc["size", "tickets"] == 2


def test_a_source_that_never_tells_its_answers_breaks_no_promise(on):
    failures = find_failures(on(*[(who, when, None, kind, severity) for who, when, _, kind, severity in TICKETS]))
    assert failures[SERVICE_LEVELS].empty
    assert failures[PROMISE_BREACHES].empty
    assert np.isnan(failures.double)
    assert failures[FAILING_CUSTOMERS]["answered_late"].tolist() == [0]


def test_without_tickets_returns_stand_in_and_nothing_else_is_told(on):
    stage = on()
    failures = find_failures(stage)
    staying = find_tolerance(stage, failures, FEW)
    failures.store()
    staying.store()
    found = {figure.name: figure for figure in find_figures(failures, staying)}
    assert (found["failure_rate"].status, found["failure_rate"].value) == ("proxy", 0.0)
    assert {found[name].status for name in ("answered_in_time", "tolerance", "failing_customers")} == {"not_available"}
    (section,) = sections(open_page(stage.params.report), failures)
    assert "not available" in section.html["en"]


def deliver(promised, delivered):
    """Give the orders of customer a from December on these days of delivery, one after another."""
    lines = tables.read(ORDER_LINES)
    rows = lines.index[(lines["customer_id"] == "a") & (lines["order_date"] >= "2024-12-01")][: len(promised)]
    for name, days_ in (("promised_date", promised), ("delivered_date", delivered)):
        lines[name] = pd.Series(pd.to_datetime(list(days_)), rows).reindex(lines.index)
    tables.write(ORDER_LINES, lines)


@pytest.mark.parametrize("rows", [(), TICKETS], ids=["no tickets", "tickets"])
def test_late_deliveries_are_told_whether_anybody_complained_or_not(on, rows):
    """Of four orders one came in time, one a day late, one has not come, and one is not due before the new year."""
    stage = on(*rows)
    deliver(["2024-12-05", "2024-12-12", "2024-12-30", "2024-12-31"], ["2024-12-05", "2024-12-13", None, None])
    failures = find_failures(stage)
    assert (failures.late[0], failures.late[3]) == (pytest.approx(2 / 3), 3)
    assert failures.late[1] < 2 / 3 < failures.late[2]
    found = {figure.name: figure for figure in find_figures(failures, find_tolerance(stage, failures, FEW))}["late_deliveries"]
    assert (found.status, found.value, found.n) == ("measured", pytest.approx(2 / 3), 3)
    text = {one: "".join(section.html[one] for section in sections(open_page(stage.params.report), failures)) for one in ("en", "zh")}
    assert "of 3 orders due in the last 12 months, 66.7" in text["en"]
    assert "应交付的3个订单中" in text["zh"]


@pytest.mark.parametrize("rows", [(), TICKETS], ids=["no tickets", "tickets"])
def test_where_no_order_tells_its_delivery_lateness_is_not_available(on, rows):
    stage = on(*rows)
    deliver(["2024-12-05"], [None])
    failures = find_failures(stage)
    found = {figure.name: figure for figure in find_figures(failures, find_tolerance(stage, failures, FEW))}["late_deliveries"]
    assert (found.status, found.needs) == ("not_available", "orders.promised_date, orders.delivered_date")
    text = "".join(section.html["en"] for section in sections(open_page(stage.params.report), failures))
    assert "Late deliveries" not in text


def test_tickets_of_unknown_ids_and_of_counter_sales_count_for_nobody(on):
    stage = on(*TICKETS, ("stranger", "2024-11-01 09:00", 1.0, "size", 1))
    people = tables.read(CUSTOMERS)
    tables.write(CUSTOMERS, people.assign(is_pseudo_customer=people["customer_id"] == "b"))
    failures = find_failures(stage)
    assert failures.tickets["customer_id"].unique().tolist() == ["a"]
    assert failures[FAILURE_RATES].set_index("type").loc["all", "tickets"] == 2


def test_hostile_names_are_escaped(on):
    stage = on(*TICKETS)
    people = tables.read(CUSTOMERS)
    tables.write(CUSTOMERS, people.assign(customer_name="<script>alert(1)</script>"))
    text = "".join(section.html["en"] for section in sections(open_page(stage.params.report), find_failures(stage)))
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text
