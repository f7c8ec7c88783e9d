"""What happened month by month, added up by hand; and nothing of what came later."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from analysis.churn.driver_panel import NOBODY, panel_of, read_panel
from analysis.churn.driver_terms import DRIVERS, controls, driver_values
from analysis.core import tables
from analysis.core.contracts import optional
from analysis.core.contracts.clean import ORDER_LINES
from analysis.core.errors import FitError
from tests.churn.driver_lines import project_of

# customer, day, hour, category, channel, quantity, amount, discount
LINES = """
    a 2024-01-10 - screws - 10 100 0.0
    a 2024-01-10 - nails  - 10  50 0.2
    a 2024-04-05 - screws - 10 120 0.0
    a 2024-08-20 - screws - 10 120 0.0
    b 2024-02-01 - nails  -  1  30 0.1
    many 2024-03-01 - nails - 1 9 0.0
"""
PRODUCTS = ["s", "n", "s", "s", "n", "n"]


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return project_of(tmp_path, LINES, products=PRODUCTS, reps=["x", "x", "y", "y", "z", None],
                      returns=[("a", "2024-04-05", "2024-05-02", 300_000)])  # fmt: skip


def at(panel, name, customer, month):
    return panel.sums[name][list(panel.customer_ids).index(customer), panel.months.get_loc(pd.Timestamp(month))]


def test_months_are_summed_by_customer_and_counter_sales_are_nobody(shop):
    panel = read_panel(shop)
    assert panel.customer_ids.tolist() == ["a", "b"]
    assert (panel.months[0], panel.months[-1]) == (pd.Timestamp("2024-01-01"), pd.Timestamp("2024-12-01"))
    assert at(panel, "orders", "a", "2024-01-01") == 1
    assert at(panel, "kinds", "a", "2024-01-01") == 2
    assert at(panel, "bought_e4", "a", "2024-01-01") == 1_500_000
    assert at(panel, "let_off_e4", "a", "2024-01-01") == 125_000  # 50 of 62.5 paid, 12.5 let off
    assert at(panel, "returned_e4", "a", "2024-05-01") == 300_000
    assert panel.drawn == 1


def test_a_price_is_compared_with_what_all_paid_a_year_before(tmp_path, monkeypatch):
    """Customer a paid 10 and b 12 in 2023; in April 2024 both pay 13. For a that is ln 13 less the mean of ln 10 and ln 12, and
    nothing for a's usual level, whose first price was the only one. b has paid ln 12 less that mean more than others before."""
    monkeypatch.chdir(tmp_path)
    stage = project_of(tmp_path, """
        a 2023-06-10 - screws - 10 100 -
        b 2023-07-05 - screws - 10 120 -
        a 2024-04-05 - screws - 10 130 -
        b 2024-04-06 - screws - 10 130 -
    """)  # fmt: skip
    panel = read_panel(stage)
    usual = (np.log(10) + np.log(12)) / 2
    assert at(panel, "compared_e4", "b", "2023-07-01") == 0
    assert at(panel, "rise_e4", "a", "2024-04-01") == pytest.approx(1_300_000 * (np.log(13) - usual), abs=2)
    assert at(panel, "level_e4", "b", "2023-07-01") == pytest.approx(1_200_000 * (np.log(12) - usual), abs=2)
    rises = driver_values(panel, stage.settings.drivers)["price_rise"][:, panel.months.get_loc(pd.Timestamp("2024-04-01"))]
    by_hand = np.array([np.expm1(np.log(13) - usual), np.expm1(np.log(13) - np.log(12))]) / 0.05
    assert rises == pytest.approx(np.round(np.minimum(by_hand, 5) * 5) / 5)


def test_drivers_by_hand(shop):
    """At the end of April, from six months, in units of five points and 10 %: 12.5 of 282.5 was let off and nothing has come
    back. In May 30 of 270 came back."""
    values = driver_values(read_panel(shop), shop.settings.drivers)
    a = {name: row[0] for name, row in values.items()}
    assert a["price_rise"].tolist() == [0] * 7 + [4] * 5  # screws in August at 12 after 10 in January, a fifth more
    assert a["discount"][3] == pytest.approx(round(12.5 / 282.5 / 0.05 * 5) / 5)
    assert (a["returns"][3], a["returns"][4]) == (0, pytest.approx(round(30 / 270 / 0.1 * 5) / 5))
    assert a["rep_change"].tolist() == [0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1]  # as it was at the last order


def test_a_driver_neither_grows_nor_fades_while_a_customer_is_silent(shop):
    panel = read_panel(shop)
    silent = panel.last_active[0] == 7  # August, the last of customer a
    for driver in DRIVERS:
        found = driver_values(panel, shop.settings.drivers).get(driver.name)
        if found is not None:
            assert len(set(found[0, silent][driver.after :])) == 1, driver.name


def test_a_driver_that_the_data_does_not_tell_is_not_there(shop):
    assert not {"complaints", "slow_answers", "fewer_contacts", "late_deliveries"} & driver_values(read_panel(shop), shop.settings.drivers).keys()


def test_late_answers_count_in_the_month_in_which_their_time_was_over(shop):
    rows = pd.DataFrame({
        "ticket_id": ["1", "2", "3"], "customer_id": "a",
        "opened_at": pd.to_datetime(["2024-04-30 12:00", "2024-04-10 12:00", "2024-04-11 12:00"]),
        "first_response_at": pd.to_datetime([None, "2024-04-10 13:00", "2024-04-14 12:00"]),
    })  # fmt: skip
    whole = rows.assign(file_no=1, row_no=[1, 2, 3], is_known_customer=True)
    lacking = {name: pd.Series(None, rows.index, "object") for name in optional.TICKETS.by_name if name not in whole}
    tables.write(optional.TICKETS, whole.assign(**lacking))
    panel = read_panel(shop)
    assert [at(panel, "complaints", "a", month) for month in ("2024-04-01", "2024-05-01")] == [3, 0]
    assert [at(panel, "slow", "a", month) for month in ("2024-04-01", "2024-05-01")] == [1, 1]


DELIVERIES = [
    ("2024-01-20", "2024-01-20"),  # of one order: in time,
    ("2024-01-31", "2024-03-05"),  # and late, which is known from February on
    ("2024-04-10", "2024-04-09"), ("2024-08-30", None), ("2024-02-05", None), ("2024-03-02", "2024-03-09"),
]  # fmt: skip


def test_a_delivery_is_late_from_the_day_after_the_promised_one(tmp_path, monkeypatch):
    """Of the three orders of customer a that were due, that of April came in time; b's never came at all."""
    monkeypatch.chdir(tmp_path)
    shop = project_of(tmp_path, LINES, products=PRODUCTS, deliveries=DELIVERIES)
    panel = read_panel(shop)
    months = ("2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01", "2024-08-01")
    assert [at(panel, "due", "a", month) for month in months] == [1, 1, 0, 1, 1]
    assert [at(panel, "late", "a", month) for month in months] == [0, 1, 0, 0, 1]
    late = driver_values(panel, shop.settings.drivers)["late_deliveries"]
    # in tenths, up to a half: 1 of 2 that were due by February, 1 of 3 by April, 1 of 2 from March to August
    assert late[0].tolist() == [0, 5, 5, 3.4, 3.4, 3.4, 3.4, 5, 5, 5, 5, 5]
    assert late[1].tolist() == [0, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5]


def test_what_a_file_does_not_tell_is_not_late(tmp_path, monkeypatch):
    """File 2 tells no day of delivery, so that its blanks say nothing."""
    monkeypatch.chdir(tmp_path)
    lines = """
    a 2024-01-10 - screws - 10 100 - sale 1
    a 2024-02-10 - screws - 10 100 - sale 2
    a 2024-03-10 - screws - -1 -10 - return 1
    """
    shop = project_of(tmp_path, lines, deliveries=[("2024-01-20", "2024-01-19"), ("2024-02-20", None), ("2024-03-11", None)])
    panel = read_panel(shop)
    assert panel.sums["due"].sum(axis=1).tolist() == [1]
    assert panel.sums["late"].sum() == 0


ANSWERS = """
    a 2024-01-20 nps  7 10    satisfied
    a 2024-02-03 nps  6 10    not, and the other one of the day
    a 2024-02-03 csat 5  5    does not undo it
    a 2024-03-09 nps  6  -    out of ten without saying so
    a 2024-06-09 csat 4  5
    a 2024-06-08 ces  2  7    told before the last one of the month
    a 2024-07-01 csat 1  -    out of what?
    a 2024-07-02 csat 9  5    beyond its scale
    a 2024-07-03 rank 1  5    no satisfaction
    b 2024-05-31 ces  4  7
"""


def store_answers(text):
    rows = pd.DataFrame([line.split()[:5] for line in text.strip().splitlines()], columns=["customer_id", "date", "instrument", "score", "scale_max"])
    given = {"date": pd.to_datetime(rows["date"]), **{name: pd.to_numeric(rows[name].where(rows[name] != "-")) for name in ("score", "scale_max")},
             "file_no": 1, "row_no": range(1, len(rows) + 1), "is_known_customer": True}  # fmt: skip
    rows = rows.assign(**given)
    tables.write(optional.SURVEYS, tables.without_rows(optional.SURVEYS).reindex(rows.index).assign(**rows))


def test_an_answer_counts_until_the_next_one_or_until_it_is_old(shop):
    """Of ten, five and seven points up to six, three and four are not satisfied; who has not answered is neither."""
    store_answers(ANSWERS)
    settings = dataclasses.replace(shop.settings.drivers, answers_months=4)
    panel = read_panel(shop)
    assert panel.sums["answers"].astype(int).tolist() == [[1, 2, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]]
    assert controls(panel, settings)["answered"].astype(int).tolist() == [[1] * 9 + [0] * 3, [0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0]]
    found = driver_values(panel, settings)["unsatisfied"].astype(int)
    assert found.tolist() == [[0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0]]


def test_answers_after_a_month_change_nothing_that_was_known_at_its_end(shop):
    store_answers(ANSWERS)
    whole = read_panel(shop)
    store_answers("\n".join(line for line in ANSWERS.strip().splitlines() if line.split()[1] < "2024-03"))
    early = read_panel(shop)
    for make in (driver_values, controls):
        ours, theirs = (make(panel, shop.settings.drivers) for panel in (whole, early))
        for name in ("unsatisfied", "answered"):
            assert name not in ours or (ours[name][:, :2] == theirs[name][:, :2]).all(), name


def test_without_surveys_nobody_is_taken_as_satisfied(shop):
    panel = read_panel(shop)
    assert "unsatisfied" not in driver_values(panel, shop.settings.drivers)
    assert "answered" not in controls(panel, shop.settings.drivers)


def test_what_comes_after_a_month_changes_nothing_that_was_known_at_its_end(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    deliveries = [*DELIVERIES[:2], ("2024-04-10", "2024-05-09"), *DELIVERIES[3:]]
    shop = project_of(tmp_path, LINES, products=PRODUCTS, reps=["x", "x", "y", "y", "z", None], deliveries=deliveries,
                      returns=[("a", "2024-04-05", "2024-05-02", 300_000)])  # fmt: skip
    before = read_panel(shop)
    lines = tables.read(ORDER_LINES)
    late = lines["order_date"] > "2024-04-30"
    tables.write(ORDER_LINES, lines.assign(
        promised_date=lines["promised_date"].where(~late, lines["promised_date"] + pd.Timedelta(days=40)),
        delivered_date=lines["delivered_date"].where(lines["delivered_date"] <= "2024-04-30"),
        order_date=lines["order_date"].where(~late, lines["order_date"] + pd.Timedelta(days=40)),
        amount_e4=lines["amount_e4"].where(~late, lines["amount_e4"] * 7),
    ))  # fmt: skip
    after = read_panel(shop)
    for make in (driver_values, controls):
        ours, theirs = (make(panel, shop.settings.drivers) for panel in (before, after))
        for name in ours:
            assert (ours[name][:, :4] == theirs[name][:, :4]).all(), name


def test_a_row_after_the_last_month_stops_the_stage():
    months = pd.date_range("2024-01-01", "2024-02-01", freq="MS")
    lines = pd.DataFrame({"customer_id": ["a"], "month": [pd.Timestamp("2024-03-01")], "orders": [1], "sales_rep": [None]})
    with pytest.raises(FitError, match="order lines must be known by the cut-off"):
        panel_of(lines, {}, months, 10, 1)


def test_of_a_large_base_some_are_drawn_by_lot_and_always_the_same():
    months = pd.date_range("2024-01-01", "2024-02-01", freq="MS")
    lines = pd.DataFrame({"customer_id": [f"c{n:02}" for n in range(40)], "month": months[0], "orders": 1, "sales_rep": None})
    once, again = (panel_of(rows, {}, months, 10, 1) for rows in (lines, lines.sample(frac=1, random_state=2)))
    assert once.customer_ids.tolist() == again.customer_ids.tolist()
    assert (len(once.customer_ids), once.drawn) == (10, 0.25)
    assert (once.reps == NOBODY).all()


def test_customers_are_classed_by_their_orders_in_the_months_of_the_drivers_and_before(shop):
    """At the end of August customer a has two months known before the last six, January and February, and one order: six a
    year; in the last six two orders: four a year. Customer b has been one for too short a time."""
    settings = dataclasses.replace(shop.settings.drivers, orders_yearly=(3.0, 5.0))
    found = controls(read_panel(shop), settings)
    assert [found[f"orders_before_{place}"][0, 7] for place in range(4)] == [0, 0, 0, 1]
    assert [found[f"orders_lately_{place}"][0, 7] for place in range(4)] == [0, 0, 1, 0]
    assert found["orders_before_0"][1].tolist() == [1] * 12
