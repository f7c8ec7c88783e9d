"""F1: each rule on a handful of lines, and what must hold whatever the lines are."""

import dataclasses

import pandas as pd
import pytest
from bench import PARAMS, cleaned
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.clean.decisions import decide_period
from analysis.core import params, tables
from analysis.core.contracts import clean as contracts
from analysis.core.errors import DataError

BASE = """
customer_id | order_id | order_date | product_id | qty | unit_price | amount
A           | 1        | 2024-01-05 | p          | 2   | 5.00       | 10.00
A           | 2        | 2024-01-31 | p          | 1   | 5.00       | 5.00
"""


@pytest.fixture(autouse=True)
def _project(tmp_path, monkeypatch):
    (tmp_path / "dvc.yaml").touch()
    monkeypatch.chdir(tmp_path)


def rules_of(_work):
    return dict(zip(tables.read(contracts.REJECTED_LINES)["row_no"], tables.read(contracts.REJECTED_LINES)["rule"], strict=True))


def with_line(line):
    return BASE.rstrip() + "\n" + line


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("B | 3 | yesterday  | p | 1 | 5.00 | 5.00", "unreadable_date"),
        ("B | 3 |            | p | 1 | 5.00 | 5.00", "unreadable_date"),
        ("B | 3 | 2024-02-30 | p | 1 | 5.00 | 5.00", "unreadable_date"),
        ("B | 3 | 2024-01-09 | p | 1 | 5.00 | five", "unreadable_amount"),
        ("B | 3 | 2024-01-09 | p |   |      |", "unreadable_amount"),
        ("  | 3 | 2024-01-09 | p | 1 | 5.00 | 5.00", "missing_customer"),
        ("B | 3 | 2024-01-09 | p | 1 | 0.00 | 0.00", "zero_price"),
        ("B | 3 | 2024-01-09 | p | 1 | -5.00 | -5.00", "negative_price"),
        ("B | 3 | 2024-01-09 | postage | 1 | 5.00 | 5.00", "non_product"),
        ("合计 |  |           |   | 3 |      | 15.00", "total_row"),
        ("A | 1 | 2024-01-05 | p | 2 | 5.00 | 10.00", "exact_duplicate"),
    ],
)
def test_each_rule_removes_the_line_it_names_and_no_other(tmp_path, line, rule):
    assert rules_of(cleaned(with_line(line), tmp_path, as_of="2024-01-31")) == {4: rule}


def test_a_day_far_after_the_data_does_not_move_its_end(tmp_path):
    many = "\n".join(f"A | {no} | 2024-0{1 + no % 4}-28 | p | 1 | 5.00 | 5.00" for no in range(100, 180))
    work = cleaned(with_line(many) + "\nB | 9 | 2099-01-01 | p | 1 | 5.00 | 5.00", tmp_path)
    assert str(work.period.as_of) == "2024-04-30"
    assert rules_of(work) == {84: "future_date"}


def test_a_few_lines_years_after_the_data_are_stray_and_nothing_is_lost(tmp_path):
    """By hand: 20 lines a month, so a month of 2 is not thin; after over a year 10 are needed, and there are 4."""
    many = "\n".join(f"A | {no} | 2024-0{1 + no % 4}-28 | p | 1 | 5.00 | 5.00" for no in range(100, 180))
    stray = "\n".join(f"B | {no} | 2035-0{1 + no % 2}-1{no} | p | 1 | 5.00 | 5.00" for no in range(4))
    work = cleaned(with_line(many) + "\n" + stray, tmp_path)
    assert str(work.period.as_of) == "2024-04-30"
    assert rules_of(work) == dict.fromkeys(range(84, 88), "future_date")
    assert len(tables.read(contracts.ORDER_LINES)) == 82


@pytest.mark.parametrize(
    ("months", "last"),
    [
        ({"2022-12": 40, "2023-12": 30, "2024-12": 10}, "2024-12"),  # one month a year: 11 empty months are no gap
        ({"2021-12": 40, "2022-12": 36, "2024-12": 20}, "2024-12"),  # a year left out, and half of a usual month of 36
        ({"2021-12": 40, "2022-12": 36, "2024-12": 17}, "2022-12"),  # less than half of it
        ({"2024-01": 40, "2024-02": 40, "2035-03": 2, "2035-05": 2}, "2024-02"),  # median 21: 1.05 lines a month are enough, 10.5 in all are not
        ({"2024-01": 40, "2024-02": 40, "2024-03": 40, "2025-05": 5, "2025-06": 16}, "2025-06"),  # 13 empty months, but half of 40 in two months
        ({"2024-01": 40, "2024-02": 40, "2024-03": 40, "2025-04": 2}, "2025-04"),  # 12 empty months: the end of a long pause
        ({"1900-01": 3, "2024-01": 40, "2024-02": 40}, "2024-02"),  # what is stray before the data does not end it
    ],
)
def test_the_data_ends_with_the_last_months_that_are_a_business(months, last):
    table = pd.DataFrame({"month": pd.to_datetime([f"{month}-01" for month in months]), "lines": months.values(),
                          "last_day": [pd.Timestamp(f"{month}-01") + pd.offsets.MonthEnd(0) for month in months]})  # fmt: skip
    found = decide_period(table, None, slack_days=3, thin_share=0.05, resumed_share=0.5)
    assert str(found.as_of)[:7] == str(found.last_date)[:7] == last


def test_a_month_under_way_waits_for_its_end(tmp_path):
    many = "\n".join(f"A | {no} | 2024-0{1 + no % 3}-28 | p | 1 | 5.00 | 5.00" for no in range(100, 160))
    work = cleaned(with_line(many) + "\nB | 9 | 2024-04-02 | p | 1 | 5.00 | 5.00", tmp_path)
    assert str(work.period.as_of) == "2024-03-31"
    assert rules_of(work) == {64: "after_as_of"}


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2024-03-05", "2024-03-05"), ("2024/3/5", "2024-03-05"), ("20240305", "2024-03-05"), ("2024年3月5日", "2024-03-05"),
        ("2024.03.05", "2024-03-05"), ("45356", "2024-03-05"), ("45356.5", "2024-03-05"), ("2024-03-05 14:30:00", "2024-03-05"),
        ("2024-03-05T14:30:00Z", "2024-03-05"), ("5 Mar 2024", "2024-03-05"), ("Mar 5, 2024", "2024-03-05"),
        ("05-Mar-2024", "2024-03-05"), ("March 5, 2024", "2024-03-05"), ("25/3/2024", "2024-03-25"), ("3/25/24", "2024-03-25"),
        ("20240305143000", "2024-03-05"), ("25.03.2024", "2024-03-25"),
    ],
)  # fmt: skip
def test_dates_are_read_as_people_write_them(tmp_path, written, day):
    work = cleaned(f"customer_id|order_date|amount\nA|{written}|1", tmp_path, as_of="2024-03-31")
    assert [str(one.date()) for one in tables.read(contracts.ORDER_LINES)["order_date"]] == [day]
    assert rules_of(work) == {}


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("1234.5", 1234.5), ("1,234.50", 1234.5), ("1,234,567.89", 1234567.89), ("¥1,234.50", 1234.5), ("$ 12.30", 12.3),
        ("1234.5元", 1234.5), ("(1,234.50)", -1234.5), ("1234.50-", -1234.5), ("-12", -12), ("１２３．５", 123.5), ("+7.25", 7.25),
        ("1.5E+03", 1500), ("261.54000000000002", 261.54), ("−3.50", -3.5), ("€9.99", 9.99), ("1 234.50", 1234.5),
        ("1'234.50", 1234.5), ("CNY 88", 88),
    ],
)  # fmt: skip
def test_amounts_are_read_as_people_write_them(tmp_path, written, amount):
    cleaned(f"customer_id|order_date|amount\nA|2024-03-05|{written}", tmp_path, as_of="2024-03-31")
    assert tables.read(contracts.ORDER_LINES)["amount_e4"].tolist() == [round(amount * 10_000)]


@pytest.mark.parametrize("written", ["12abc", "1_000", "0x10", "1e99", "now", "12345678901234", "--5", "1,5,0.2", "∞"])
def test_what_is_no_amount_is_rejected_and_never_guessed(tmp_path, written):
    work = cleaned(f"customer_id|order_date|amount\nA|2024-03-05|{written}\nB|2024-03-06|2.00", tmp_path, as_of="2024-03-31")
    assert rules_of(work) == {2: "unreadable_amount"}


def test_a_decimal_comma_is_found_in_the_whole_column(tmp_path):
    cleaned("customer_id|order_date|amount\nA|2024-03-05|1.234,50\nB|2024-03-06|7,5\nC|2024-03-07|1.000", tmp_path,
            as_of="2024-03-31")  # fmt: skip
    assert tables.read(contracts.ORDER_LINES)["amount_e4"].tolist() == [12_345_000, 75_000, 10_000_000]


def test_two_decimal_signs_in_one_column_stop_the_run(tmp_path):
    message = (
        r"^file 1: amounts use both a comma and a point as decimal sign, got '1 and 1 of them'\. Set source\.decimal to point "
        r"or comma in params\.yaml; amounts that do not fit are then rejected\.$"
    )
    with pytest.raises(DataError, match=message):
        cleaned("customer_id|order_date|amount\nA|2024-03-05|7,5\nB|2024-03-06|7.5", tmp_path)


def test_an_order_of_day_and_month_that_nothing_settles_stops_the_run(tmp_path):
    message = (
        r"^file 1: column order_date could be day-first or month-first in every date\. "
        r"Set source\.day_first to true or false in params\.yaml\.$"
    )
    with pytest.raises(DataError, match=message):
        cleaned("customer_id|order_date|amount\nA|03/04/2024|1\nB|05/06/2024|1", tmp_path)


def test_both_orders_of_day_and_month_in_one_column_stop_the_run(tmp_path):
    message = (
        r"^file 1: column order_date mixes day-first and month-first dates, got '1 and 1 of them'\. Mend the export, or set "
        r"source\.day_first to true or false in params\.yaml; dates that do not fit are then rejected\.$"
    )
    with pytest.raises(DataError, match=message):
        cleaned("customer_id|order_date|amount\nA|25/04/2024|1\nB|04/25/2024|1", tmp_path)


def test_the_whole_column_settles_dates_that_could_be_either(tmp_path):
    cleaned("customer_id|order_date|amount\nA|03/04/2024|1\nB|25/03/2024|1", tmp_path, as_of="2024-04-30")
    assert [str(day.date()) for day in tables.read(contracts.ORDER_LINES)["order_date"]] == ["2024-04-03", "2024-03-25"]


def test_one_file_settles_the_dates_of_another(tmp_path):
    table = "file|customer_id|order_date|amount\n1|A|03/04/2024|1\n2|B|25/03/2024|1"
    cleaned(table, tmp_path, as_of="2024-04-30")
    assert str(tables.read(contracts.ORDER_LINES)["order_date"].iloc[0].date()) == "2024-04-03"


def test_the_text_na_is_a_name_and_a_region(tmp_path):
    cleaned("customer_id|customer_name|region|order_date|amount\nA|NA|NA|2024-03-05|1", tmp_path, as_of="2024-03-31")
    assert tables.read(contracts.CUSTOMERS)[["customer_name", "region"]].to_numpy().tolist() == [["NA", "NA"]]


def test_an_export_read_twice_is_counted_once_and_its_period_named(tmp_path):
    table = """
file | customer_id | order_id | order_date | product_id | qty | unit_price | amount
1    | A           | 1        | 2024-01-05 | p          | 2   | 5.00       | 10.00
1    | B           | 2        | 2024-01-30 | p          | 1   | 5.00       | 5.00
2    | B           | 2        | 2024-01-30 | p          | 1   | 5.00       | 5.00
2    | B           | 3        | 2024-01-31 | p          | 1   | 5.00       | 5.00
"""
    steps = cleaned(table, tmp_path, as_of="2024-01-31").steps.set_index("rule").loc["export_overlap"]
    assert (steps["lines_hit"], steps["amount_hit_e4"], str(steps["first_date"].date())) == (1, 50_000, "2024-01-30")


def test_two_exports_in_one_file_are_told_from_accidents_by_the_run_of_orders(tmp_path):
    orders = ["A | 1 | 2024-01-05 | p | 2 | 5.00 | 10.00", "B | 2 | 2024-01-08 | p | 1 | 5.00 | 5.00"]
    table = with_line("\n".join([*orders[1:], *orders, "C | 7 | 2024-01-30 | q | 1 | 9.00 | 9.00"]))
    twice = rules_of(cleaned(table, tmp_path, as_of="2024-01-31", overlap_from_lines=2))
    assert twice == {5: "export_overlap", 6: "export_overlap"}


def test_without_order_ids_a_day_that_two_files_share_is_read_once(tmp_path):
    day = [f"{{}} | C{no} | 2024-01-05 | {no}.50" for no in range(10, 22)]
    other = [f"2 | C{no} | 2024-01-30 | 9.00" for no in range(10, 14)]
    table = "\n".join(["file | customer_id | order_date | amount", *(line.format(1) for line in day),
                       *(line.format(2) for line in day), *other, "1 | C10 | 2024-01-30 | 9.00"])  # fmt: skip
    steps = cleaned(table, tmp_path, as_of="2024-01-31").steps.set_index("rule")
    assert steps.loc[["export_overlap", "exact_duplicate"], "lines_hit"].tolist() == [12, 0]


def test_identical_lines_are_kept_where_the_user_says_so(tmp_path):
    work = cleaned(with_line("A | 1 | 2024-01-05 | p | 2 | 5.00 | 10.00"), tmp_path, as_of="2024-01-31", keep_duplicates=True)
    assert rules_of(work) == {}


def test_a_pseudo_customer_stays_in_totals_and_out_of_customer_models(tmp_path):
    cleaned(with_line("散客A | 3 | 2024-01-09 | p | 1 | 5.00 | 5.00"), tmp_path, as_of="2024-01-31")
    assert tables.read(contracts.CUSTOMER_MONTHS)["revenue_e4"].sum() == 200_000
    assert set(tables.read(contracts.CUSTOMER_DAYS)["customer_id"]) == {"A"}


def test_a_positive_return_is_turned_and_the_turn_is_logged(tmp_path):
    table = """
customer_id | order_date | product_id | amount | line_type
A           | 2024-01-05 | p          | 15.00  |
A           | 2024-01-31 | p          | 5.00   | 退货
"""
    steps = cleaned(table, tmp_path, as_of="2024-01-31").steps.set_index("rule")
    assert steps.loc["return_sign", ["lines_hit", "amount_after_e4"]].tolist() == [1, 100_000]


def test_an_order_id_that_customers_share_makes_a_day_the_occasion(tmp_path):
    table = "customer_id|order_id|order_date|amount\nA|1|2024-01-05|1\nB|1|2024-01-05|1\nA|2|2024-01-05|1"
    work = cleaned(table, tmp_path, as_of="2024-01-31")
    assert work.facts.loc[0, ["occasion_rule", "shared_order_ids", "order_ids"]].tolist() == ["customer_date", 1, 2]
    assert tables.read(contracts.CUSTOMER_DAYS)["orders"].tolist() == [1, 1]


def test_lines_under_merged_cells_belong_to_the_order_above(tmp_path):
    table = """
customer_id | order_id | order_date | product_id | amount
A           | 1        | 2024-01-05 | p          | 1.00
            |          |            | q          | 2.00
B           | 2        | 2024-01-06 | p          | 4.00
            | 2        |            | q          | 8.00
            |          | 2024-01-07 | r          | 16.00
"""
    work = cleaned(table, tmp_path, as_of="2024-01-31")
    lines = tables.read(contracts.ORDER_LINES)
    assert list(zip(lines["customer_id"], lines["order_id"], lines["amount_e4"], strict=True)) == [
        ("A", "1", 10_000), ("A", "1", 20_000), ("B", "2", 40_000), ("B", "2", 80_000),
    ]  # fmt: skip
    assert rules_of(work) == {6: "missing_customer"}


def test_a_unit_in_the_header_scales_the_amount(tmp_path):
    cleaned("customer_id|order_date|amount\nA|2024-01-05|1.2345", tmp_path, as_of="2024-01-31", factors={(1, "amount"): 10_000})
    assert tables.read(contracts.ORDER_LINES)["amount_e4"].tolist() == [123_450_000]


CELL = st.sampled_from(["A", "B", "", "散客", "合计", "2024-01-05", "2024-01-31", "31/01/2024", "x", "1", "-1", "0", "5.00", "(7)", "NULL", "9" * 12])


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.tuples(CELL, CELL, CELL, CELL, CELL, CELL), min_size=1, max_size=12))
def test_accepted_and_rejected_lines_add_up_to_the_input(tmp_path, rows):
    columns = ["customer_id", "order_id", "order_date", "product_id", "qty", "amount"]
    anchor = pd.DataFrame([["A", "0", "2024-01-05", "p", "1", "5.00"]], columns=columns)
    lines = pd.concat([anchor, pd.DataFrame(rows, columns=columns)]).replace({"": None}).reset_index(drop=True)
    work = cleaned(lines, tmp_path, as_of="2024-01-31")
    accepted, rejected = tables.read(contracts.ORDER_LINES), tables.read(contracts.REJECTED_LINES)
    assert len(accepted) + len(rejected) == len(lines)
    written = accepted["raw_amount_e4"].sum() + rejected["raw_amount_e4"].sum()
    assert written == work.steps["amount_before_e4"].iloc[0]


def days_of(*columns):
    """What stands in columns of days, line by line."""
    lines = tables.read(contracts.ORDER_LINES)
    return [["" if pd.isna(day) else f"{day:%m-%d}" for day in lines[name]] for name in columns]


def test_days_of_payment_are_read_and_none_is_known_before_it_came(tmp_path):
    """A word is no day, and neither are days of credit."""
    cleaned("""
    customer_id | order_id | order_date | product_id | amount | due_pay_date | paid_date
    A           | 1        | 05/01/2024 | p          | 10     | 10/01/2024   | 09/01/2024
                |          |            | q          | 10     |              |
    A           | 2        | 25/01/2024 | p          | 10     | 28/01/2024   | 01/02/2024
    A           | 3        | 26/01/2024 | p          | 10     | 30           | 2024-01-30 08:15
    """, tmp_path, as_of="2024-01-31")
    assert days_of("due_pay_date", "paid_date") == [["01-10", "01-10", "01-28", ""], ["01-09", "01-09", "", "01-30"]]


def test_days_of_delivery_are_read_as_the_file_writes_days_and_none_is_known_before_it_came(tmp_path):
    cleaned("""
    customer_id | order_id | order_date | product_id | amount | promised_date | delivered_date
    A           | 1        | 05/01/2024 | p          | 10     | 10/01/2024    | 09/01/2024
                |          |            | q          | 10     |               |
    A           | 2        | 25/01/2024 | p          | 10     | 31/01/2024    | 01/02/2024
    A           | 3        | 26/01/2024 | p          | 10     | soon          | 2024-01-30 08:15
    """, tmp_path, as_of="2024-01-31")
    assert days_of("promised_date", "delivered_date") == [["01-10", "01-10", "01-31", ""], ["01-09", "01-09", "", "01-30"]]


def test_lines_in_another_currency_are_left_out_where_the_parameters_say_which_one_counts(tmp_path):
    table = """
    customer_id | order_id | order_date | product_id | amount | currency
    A           | 1        | 2024-01-05 | p          | 10     | CNY
    A           | 2        | 2024-01-06 | p          | 10     | usd
    A           | 3        | 2024-01-07 | p          | 10     | 人民币
    A           | 4        | 2024-01-31 | p          | 10     |
    """
    loaded = dataclasses.replace(params.load(PARAMS).report, currency="CNY")
    assert rules_of(cleaned(table, tmp_path, as_of="2024-01-31", report=loaded)) == {3: "other_currency"}
