"""The faults that only the dirtiest exports have, seen with the eyes of somebody who only has the files."""

import datetime
import json
from collections import Counter
from types import SimpleNamespace

import pytest
from readback import number, read_tables

from analysis.simulate.exports.book import open_book
from analysis.simulate.exports.faults import make_faults
from analysis.simulate.exports.files import write_exports
from analysis.simulate.exports.manifest import fault_manifest, true_totals
from analysis.simulate.world.presets import PRESETS
from analysis.simulate.world.world import make_world

HEADER_ROWS = {"销售明细_2024.xlsx": 4, "框架合同台账_2025.xlsx": 3}


@pytest.fixture(scope="module")
def dirty(tmp_path_factory):
    """Cells by file, sheet and row; the manifest by kind; the totals."""
    home = tmp_path_factory.mktemp("dirty")
    book = open_book(make_world(preset=PRESETS["dirty"], random_seed=5, customers=160, months=36))
    make_faults(book)
    (home / "files").mkdir()
    written = write_exports(home / "files", book)
    found = list(fault_manifest(book, written))
    kinds = {}
    for row in found:
        kinds.setdefault(row["kind"], []).append(row)
    cells = {}
    for file in sorted((home / "files").iterdir()):
        for sheet, header_row, rows in read_tables(file):
            for n, row in enumerate(rows, start=1):
                cells[file.name, sheet, n] = dict(zip(rows[header_row - 1], row, strict=True)) if n > header_row else row
    return SimpleNamespace(cells=cells, kinds=kinds, totals=true_totals(book, written, found), book=book)


def cells_of(dirty, kind):
    return [(row, dirty.cells[row["file"], row["sheet"], row["row"]]) for row in dirty.kinds[kind]]


def test_every_kind_that_the_truth_knows_occurs(dirty):
    assert {kind for kind, one in dirty.totals["faults"].items() if not one["lines"]} == set()


def test_lines_in_dollars_say_so_and_no_other_line_does(dirty):
    said = {place for place, row in dirty.cells.items() if isinstance(row, dict) and row.get("currency") == "USD"}
    assert said == {(row["file"], row["sheet"], row["row"]) for row in dirty.kinds["other_currency"]}
    assert {place[0] for place in said} == {"sales_2026_h2.csv"}


def test_subtotals_are_the_sums_of_the_lines_since_the_one_before(dirty):
    rows = dirty.kinds["subtotal_row"]
    assert len(rows) == 3
    before = 1
    for row, cells in cells_of(dirty, "subtotal_row"):
        assert cells["订单号"] == "本月小计"
        above = [dirty.cells[row["file"], "", n]["含税金额"] for n in range(before + 1, row["row"])]
        assert number(cells["含税金额"]) == sum(value for text in above if (value := number(text)) is not None)
        before = row["row"]


def test_one_year_is_without_tax_and_its_headers_say_so(dirty):
    for row in dirty.kinds["untaxed_year"]:
        header = dirty.cells[row["file"], row["sheet"], row["row"]]
        assert {"未税单价", "未税金额"} <= set(header)
        assert not any("含税" in cell for cell in header)
    assert {row["expected"] for row in dirty.kinds["silent_untaxed"]} == {"cannot_tell"}
    header = dirty.cells["sales_2026_h1.tsv.gz", "", 1]
    assert header == dirty.cells["sales_2025_q1.csv", "", 1]


def test_columns_change_their_places_between_the_quarters_and_the_headers_tell(dirty):
    first, third = (dirty.cells[f"sales_2025_q{n}.csv", "", 1] for n in (1, 3))
    assert first != third
    assert sorted(first) == sorted(third)


def test_a_date_in_another_form_is_the_day_of_its_order(dirty):
    forms = Counter()
    for row, cells in cells_of(dirty, "mixed_date"):
        cell = next(cells[name] for name in ("order_date", "订单日期", "单据日期", "业务日期") if name in cells)
        assert isinstance(cell, str)
        forms["".join("9" if sign.isdigit() else "a" if sign.isalpha() and sign.isascii() else sign for sign in cell)] += 1
        number_of_order = row["order_id"]
        if number_of_order.startswith("SO") and "年" in cell:
            year, month, day = (int(part) for part in cell.rstrip("日").replace("年", "-").replace("月", "-").split("-"))
            assert number_of_order[2:8] == f"{datetime.date(year, month, day):%y%m%d}"
    assert len(forms) > 6


def test_a_quantity_a_hundred_times_too_high_is_labelled_by_whether_it_can_be_seen(dirty):
    book = dirty.book
    for kind in ("qty_times_100", "qty_times_100_inside"):
        for row, cells in cells_of(dirty, kind):
            assert float(cells.get("数量") or cells.get("quantity")) % 100 == 0
            assert row["kept_amount_e4"] > 80 * row["true_amount_e4"] > 0  # a hundred times, without the tax in one file
    assert len(dirty.kinds["qty_times_100"]) + len(dirty.kinds["qty_times_100_inside"]) > 20
    assert book.world.preset.mess.qty_times_100 == 40


def test_a_customer_with_two_numbers_uses_one_after_the_other(dirty):
    for account in dirty.book.accounts:
        old = dirty.book.world.customers.ids[account.customer]
        days = {number: [] for number in (old, account.id)}
        for row in dirty.cells.values():
            if isinstance(row, dict) and row.get("customer_id") in days and str(row["order_date"])[:5] in ("2025-", "2026-"):
                days[row["customer_id"]].append(row["order_date"][:10])
        if days[old] and days[account.id]:
            assert max(days[old]) < min(days[account.id]) or len(min(days.values(), key=len)) < 3


def test_a_merged_number_carries_two_names_and_the_list_only_one(dirty):
    listed = {row["客户编号"] for place, row in dirty.cells.items() if place[0] == "customers.csv" and isinstance(row, dict)}
    ids = dirty.book.world.customers.ids
    for gone, kept in dirty.book.merged.items():
        assert ids[gone] not in listed
        assert ids[kept] in listed
        shown = {row.get("customer_id") or row.get("客户编号") or row.get("客户编码") for row in dirty.cells.values() if isinstance(row, dict)}
        assert ids[gone] not in shown


def test_costs_of_a_case_stand_where_that_of_a_piece_should(dirty):
    for _, cells in cells_of(dirty, "cost_unit"):
        assert float(cells["成本"]) > 5 * float(cells["标价"])


def test_customers_net_revenue_sums_to_that_of_the_months(dirty):
    totals = dirty.totals
    months = sum(sum(parts.values()) for parts in totals["net_revenue_by_month_e4"].values())
    assert sum(totals["net_revenue_by_customer_e4"].values()) == months
    assert json.dumps(totals)
