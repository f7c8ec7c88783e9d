"""What the truth says is what the files hold, to the last ten-thousandth."""

import datetime
from collections import Counter

from readback import ABOUT_NO_LINE

KINDS = """
    duplicate overlap cancelled missing_customer unreadable_date unreadable_amount future_date zero_price
    negative_price free_sample postage adjustment test_line test_order walk_in full_width currency_sign
    late_arrival shared_order_id return_negative return_typed return_separate bracket_negative text_na
    missing_cost total_row name_variant mixed_date group_company gb18030 excel_serial ten_thousands swapped_columns
"""


def test_every_file_holds_the_lines_and_the_money_that_the_truth_counts(demo):
    lines, money = Counter(), Counter()
    for line in demo.lines:
        if not line.is_total:
            lines[line.file, line.sheet] += 1
            money[line.file, line.sheet] += line.amount_e4 or 0
    told = demo.totals["files"]
    assert dict(lines) == {(one["file"], one["sheet"]): one["lines"] for one in told}
    assert dict(money) == {(one["file"], one["sheet"]): one["amount_e4"] for one in told}
    assert 55_000 <= sum(lines.values()) <= 70_000


def test_the_total_rows_are_the_sums_of_the_lines_above_them(demo):
    totals = [line for line in demo.lines if line.is_total]
    assert [line.file for line in totals] == [
        "框架合同台账_2025.xlsx",
        "销售明细_2023.csv",
        *["销售明细_2024.xlsx"] * 2,
    ]
    for total in totals:
        above = [line for line in demo.lines if (line.file, line.sheet) == (total.file, total.sheet)][:-1]
        assert total.amount_e4 == sum(line.amount_e4 or 0 for line in above)
        assert total.row == above[-1].row + 1


def test_the_good_lines_make_up_every_customers_net_revenue_exactly(demo, good):
    found = Counter()
    for line in good:
        found[line.cells["customer"]] += line.net_e4
    told = demo.totals["net_revenue_by_customer_e4"]
    assert {key: value for key, value in found.items() if value} == {k: v for k, v in told.items() if v}
    assert len(good) == demo.totals["good_lines"]["lines"]
    own = demo.totals["good_lines"]
    assert sum(told.values()) == own["customers_e4"] + own["walk_in_e4"]


def test_the_good_lines_make_up_every_months_net_revenue_exactly(demo, good):
    found = Counter()
    for line in good:
        found[line.day.isoformat()[:7]] += line.net_e4
    told = {month: sum(parts.values()) for month, parts in demo.totals["net_revenue_by_month_e4"].items()}
    assert dict(found) == told
    assert len(told) == 37


def test_the_customers_own_table_agrees_with_the_good_lines(demo, good):
    account = demo.totals["accounts"]["walk_in"]
    sales = [line for line in good if line.net_e4 > 0 and line.cells["customer"] != account]
    days = Counter(customer for customer, _ in {(line.cells["customer"], line.day) for line in sales})
    truth = demo.customers.set_index("customer_id")
    assert {key: int(value) for key, value in truth["purchase_days"].items() if value} == dict(days)
    assert int(truth["sale_lines"].sum()) == len(sales)
    assert int(truth["revenue_e4"].sum()) == demo.totals["good_lines"]["customers_e4"]
    assert truth["first_purchase"].dropna().min() >= datetime.date(2023, 10, 1)


def test_the_manifest_counts_every_kind_of_fault_and_all_occur(demo):
    counted = Counter(row["kind"] for row in demo.manifest)
    assert sorted(counted) == sorted(KINDS.split())
    assert counted == Counter({kind: one["lines"] for kind, one in demo.totals["faults"].items()})


def test_every_row_of_the_manifest_points_at_the_line_it_tells_of(demo):
    wrong = []
    for row in demo.manifest:
        if row["kind"] in ABOUT_NO_LINE:
            continue
        line = demo.at[row["file"], row["sheet"], int(row["row"])]
        told = (
            "合计" if row["kind"] == "total_row" else row["order_id"],
            row["customer_id"],
            int(row["amount_e4"]),
        )
        if (line.cells["order"], line.cells["customer"], line.amount_e4 or 0) != told:
            wrong.append((row, line))
    assert wrong == []


def test_no_line_that_is_left_out_is_left_out_twice(demo):
    lost = Counter(
        (row["file"], row["sheet"], row["row"]) for row in demo.manifest if row["expected"] == "reject"
    )
    assert [place for place, times in lost.items() if times > 1] == []


def test_a_lost_line_counts_for_nothing_and_a_kept_one_for_what_it_says(faulty):
    for line, row in [pair for pairs in faulty.values() for pair in pairs]:
        if row["expected"] in ("reject", "control") or row["kind"] == "test_order":
            assert int(row["true_amount_e4"]) == 0, row
        elif int(row["true_amount_e4"]):
            assert int(row["true_amount_e4"]) == line.net_e4, row
