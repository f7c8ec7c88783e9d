"""Files that people take away: numbers of the tables, typed cells, texts that stay texts, the same bytes twice."""

import csv
import dataclasses
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pandas as pd
import pytest

from analysis.clean.cleaning import open_cleaning
from analysis.core import params, tables
from analysis.core.contracts import optional
from analysis.core.contracts.churn_warnings import WARNINGS
from analysis.core.contracts.churn_win_back import WIN_BACK_CUSTOMERS
from analysis.core.contracts.clean import OPTIONAL_REMARKS
from analysis.core.contracts.executive import MONTH_ACTIONS
from analysis.core.contracts.export import CRM_EXCHANGE
from analysis.core.contracts.profit import PROBLEM_CUSTOMERS
from analysis.core.contracts.segment_potential import QUADRANTS
from analysis.core.edition import Edition
from analysis.draw.page import Page
from analysis.export.about import about
from analysis.export.book import write_book
from analysis.export.exchange import exchange_csv, exchange_rows
from analysis.export.sheets import Sheet
from tests.clean.reading import write
from tests.export.lists import AS_OF, make_lists, rows
from tests.hostile.names import NAMES

ROOT = Path(__file__).parents[2]
PARAMS = params.load(ROOT / "params.yaml")
EN, ZH = Edition("en", "CNY"), Edition("zh", "CNY")
HOSTILE = {f"{'=' if place % 2 else ''}K{place:02}": name for place, name in enumerate(NAMES.values())}
ONE_ACTION = rows(MONTH_ACTIONS, {"position": 1, "order_zh": "守住", "order_en": "Protect", "reason_zh": "因", "reason_en": "since"})


def shown(name):
    return name


def read_csv(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def book_of(found, *sheets, edition=EN, name=shown):
    first = about(found.facts, ONE_ACTION, sheets, PARAMS)
    return write_book(first, sheets, edition, name)


def customers_sheet(found, total=None):
    exchange = exchange_rows(found)
    return Sheet("customers", "R8", CRM_EXCHANGE, exchange, "", total or len(exchange))


def cells_of(content, place=1):
    return [list(row) for row in openpyxl.load_workbook(io.BytesIO(content)).worksheets[place].iter_rows()]


# --- the next action ---------------------------------------------------------------------------------------


def calling(**lists):
    """One customer A, and what calls for an action of it."""
    row = exchange_rows(dataclasses.replace(make_lists({"A": "Ltd"}), **lists)).iloc[0]
    return row["action_id"], row["action_type"], row["at_stake"]


SILENT = make_lists({"A": "Ltd"}).risk.assign(state="at_risk")
WARNED = rows(WARNINGS, {"customer_id": "A", "signal": "usage"}, {"customer_id": "A", "signal": "complaints"})
LOSING = rows(PROBLEM_CUSTOMERS, {"customer_id": "A", "profit": -70.0})
RETURNING = rows(WIN_BACK_CUSTOMERS, {"customer_id": "A", "return_value": 30.0})
ELSEWHERE = rows(QUADRANTS, {"customer_id": "A", "quadrant": "potential", "wallet_gap": 9000.0})


def test_a_customer_that_calls_for_nothing_has_no_action():
    action_id, kind, money = calling()
    assert pd.isna(action_id)
    assert pd.isna(kind)
    assert pd.isna(money)


@pytest.mark.parametrize(
    ("lists", "expected"),
    [
        ({"risk": SILENT}, ("call", 100)),
        ({"win_back": RETURNING}, ("win_back", 30)),
        ({"quadrants": ELSEWHERE}, ("grow", 9000)),
        ({"warnings": WARNED, "risk": SILENT, "win_back": RETURNING}, ("answer_warning", 100)),
        ({"problems": LOSING, "warnings": WARNED, "quadrants": ELSEWHERE}, ("change_terms", 70)),
        ({"risk": SILENT, "win_back": RETURNING, "quadrants": ELSEWHERE}, ("call", 100)),
    ],
)  # fmt: skip
def test_the_next_action_is_the_first_that_a_customer_calls_for_with_its_money(lists, expected):
    assert calling(**lists) == (f"20260930-{expected[0]}-A", *expected)


def test_a_silent_customer_without_value_is_not_called():
    assert pd.isna(calling(risk=SILENT.assign(recent_value=0.0, value_at_risk=0.0))[1])


def test_an_id_of_many_people_is_left_out():
    found = make_lists({"A": "Ltd", "B": "Walk-in"})
    found.customers.loc[1, "is_pseudo_customer"] = True
    assert exchange_rows(found)["customer_id"].tolist() == ["A"]


def test_a_customer_without_purchases_has_empty_grades():
    found = make_lists({"A": "Ltd"})
    nothing = {name: getattr(found, name).iloc[:0] for name in ("tiers", "rfm", "risk", "clv")}
    [row] = read_csv(exchange_csv(exchange_rows(dataclasses.replace(found, **nothing)), shown))
    assert (row["customer_id"], row["tier"], row["risk"], row["clv"], row["action_id"]) == ("A", "", "", "", "")


# --- the CRM's file ----------------------------------------------------------------------------------------


def test_the_csv_has_the_columns_of_its_contract_and_a_mark_that_it_is_utf8():
    content = exchange_csv(exchange_rows(make_lists({"A": "北京, \"Ltd\""})), shown)
    assert content.startswith(b"\xef\xbb\xbfcustomer_id,customer_name,")
    [row] = read_csv(content)
    assert list(row) == list(CRM_EXCHANGE.by_name)
    assert (row["customer_name"], row["risk"], row["risk_hi"], row["last_order_date"], row["clv_hi"], row["silence_days"]) == (
        "北京, \"Ltd\"", "0.2500", "0.3000", "2026-09-10", "2000.00", "20",
    )  # fmt: skip


def test_no_cell_of_the_csv_starts_a_formula_or_holds_a_control_character():
    found = read_csv(exchange_csv(exchange_rows(make_lists(HOSTILE)), shown))
    cells = [cell for row in found for cell in row.values()]
    assert len(found) == len(NAMES)
    assert [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))] == []
    assert [cell for cell in cells if any(ord(sign) < 32 or sign in "\u202e\u2028" for sign in cell)] == []
    assert {row["customer_id"] for row in found} == {f"'{key}" if key[0] == "=" else key for key in HOSTILE}


def test_names_are_masked_in_both_files_where_the_report_asks_for_it():
    masked, found = Page("en", "CNY", True).shown_name, make_lists({"A": "Secret Ltd"})
    assert read_csv(exchange_csv(exchange_rows(found), masked))[0]["customer_name"] == "S***"
    assert cells_of(book_of(found, customers_sheet(found), name=masked))[1][1].value == "S***"


def test_results_come_back_through_the_table_of_actions(tmp_path, monkeypatch):
    """A CRM adds two columns to what it was given; unknown customers and days to come are told on the Data page."""
    monkeypatch.chdir(tmp_path)
    found = dataclasses.replace(make_lists({"A": "Ltd", "Z": "Nobody"}), risk=make_lists({"A": "", "Z": ""}).risk.assign(state="at_risk"))
    given = exchange_rows(found)[["action_id", "customer_id", "action_type", "issued_on"]]
    given["issued_on"] = given["issued_on"].dt.strftime("%Y-%m-%d")
    back = given.assign(done_on=["2026-10-05", "2026-11-02"], result=["ordered", "no answer"])
    (tmp_path / "dvc.yaml").touch()
    (tmp_path / "params.yaml").write_text((ROOT / "params.yaml").read_text("utf-8"), encoding="utf-8")
    orders = "客户编号,订单号,订单日期,产品编码,含税金额\nA,1,2026-01-05,p,60.00\nA,2,2026-10-06,p,60.00\n"
    write(tmp_path / "data" / "demo", orders__csv=orders, actions__csv=back.to_csv(index=False))
    work = open_cleaning(as_of="2026-10-31")
    work.judge()
    work.store()
    stored = tables.read(optional.ACTIONS).set_index("action_id")
    assert stored.index.tolist() == given["action_id"].tolist() == ["20260930-call-A", "20260930-call-Z"]
    assert stored["done_on"].tolist()[0] == pd.Timestamp("2026-10-05")
    assert stored["is_known_customer"].tolist() == [True, False]
    remarks = tables.read(OPTIONAL_REMARKS)
    assert set(zip(remarks["issue"], remarks["seen"], strict=True)) >= {("unknown_customer", "Z"), ("not_known_yet", "2026-11-02")}


# --- the workbook ------------------------------------------------------------------------------------------


def test_cells_have_types_and_headers_stay_in_sight():
    found = make_lists({"A": "Ltd", "B": "Co"})
    content = book_of(found, customers_sheet(found))
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[1]
    header = [cell.value for cell in sheet[1]]
    row = dict(zip(header, sheet[2], strict=True))
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("C2", sheet.dimensions)
    risk, money, day = row["No-order risk"], row["Predicted value, ¥"], row["Last order"]
    assert (risk.value, risk.number_format) == (0.25, "0.0%")
    assert (money.value, money.number_format) == (1000, "#,##0")
    assert (day.is_date, day.number_format, day.value.date().isoformat()) == (True, "yyyy-mm-dd", "2026-09-10")
    assert (row["Tier"].value, row["Segment"].value) == ("Base", "General keep")
    assert len(header) == len(set(header))


@pytest.mark.parametrize("edition", [EN, ZH])
def test_hostile_names_are_text_and_nothing_in_the_book_computes_or_leads_away(edition):
    found = make_lists(HOSTILE)
    content = book_of(found, customers_sheet(found), edition=edition)
    written = cells_of(content)[1:]
    assert [row[0].value for row in written] == sorted(HOSTILE)
    assert {cell.data_type for row in written for cell in row[:2]} == {"s"}
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        trees = [ElementTree.fromstring(parts.read(name)) for name in parts.namelist()]
        assert [name for name in parts.namelist() if "external" in name or "vba" in name.lower()] == []
    tags = [one for tree in trees for one in tree.iter()]
    assert {one.tag.rpartition("}")[2] for one in tags} & {"f", "externalReference", "ddeLink", "oleObject"} == set()
    assert [one.get("location") for one in tags if one.tag.endswith("}hyperlink")] == [
        f"'{openpyxl.load_workbook(io.BytesIO(content)).sheetnames[1]}'!A1"
    ]
    assert [one for one in tags if one.tag.endswith("}Relationship") and one.get("TargetMode") == "External"] == []


def test_the_first_sheet_says_what_each_list_is_and_what_an_empty_one_needs():
    found = make_lists({"A": "Ltd"})
    lacking = Sheet("failing", "C4", CRM_EXCHANGE, exchange_rows(found).iloc[:0], "tickets", 0)
    content = book_of(found, customers_sheet(found, total=7), lacking, dataclasses.replace(lacking, name="care", missing=""))
    told = [[cell.value for cell in row] for row in cells_of(content, 0)]
    by_name = {row[0]: row[1:] for row in told if row[0]}
    assert by_name["Currency"][0] == "CNY"
    assert by_name["1"][:2] == ["Protect", "since"]
    assert by_name["All customers"][1] == "1 of 7"
    assert by_name["Failing again"][2] == "Not available: needs tickets"
    assert [cells_of(content, place)[1][0].value for place in (2, 3)] == ["Not available: needs tickets", "Nobody this month."]


def test_a_number_without_end_is_a_word_and_a_missing_one_an_empty_cell():
    found = make_lists({"A": "Ltd"})
    sheet = customers_sheet(found)
    endless = dataclasses.replace(sheet, rows=sheet.rows.assign(clv=float("inf"), risk=float("nan")))
    row = dict(zip([cell.value for cell in cells_of(book_of(found, endless))[0]], cells_of(book_of(found, endless))[1], strict=True))
    assert row["Predicted value, ¥"].data_type == "s"
    assert row["No-order risk"].value is None


AGAIN = """
import hashlib, json, sys
from tests.export.lists import make_lists
from tests.export.test_takeaways import HOSTILE, book_of, customers_sheet, shown
from analysis.export.exchange import exchange_csv, exchange_rows
found = make_lists(HOSTILE)
print(json.dumps([hashlib.sha256(one).hexdigest() for one in (book_of(found, customers_sheet(found)), exchange_csv(exchange_rows(found), shown))]))
"""


def test_the_same_tables_give_the_same_bytes_anywhere():
    def run(**settings):
        here = os.pathsep.join(map(str, (ROOT / "src", ROOT)))
        done = subprocess.run(
            [sys.executable, "-c", AGAIN], env=os.environ | {"PYTHONPATH": here} | settings, capture_output=True, check=True
        )
        return json.loads(done.stdout)

    first = run(TZ="UTC", PYTHONHASHSEED="0", LC_ALL="C.UTF-8")
    assert len(set(first)) == 2
    assert first == run(TZ="Asia/Tokyo", PYTHONHASHSEED="77", LC_ALL="POSIX")


def test_the_date_inside_the_book_is_the_last_day_that_counts():
    found = make_lists({"A": "Ltd"})
    book = openpyxl.load_workbook(io.BytesIO(book_of(found, customers_sheet(found))))
    assert book.properties.created.date() == AS_OF.date()
