"""The page on the data shows the other tables in both languages."""

import pandas as pd
import pytest

from analysis.clean.optional import Brought
from analysis.clean.optional_page import optional_issues, optional_tables
from analysis.core import tables
from analysis.core.contracts.clean import OPTIONAL_REMARKS, OPTIONAL_TABLES
from analysis.draw.page import Page

PAGE = Page("en", "CNY", False)
NOTHING = Brought(tables.without_rows(OPTIONAL_TABLES), tables.without_rows(OPTIONAL_REMARKS), {})


@pytest.fixture
def brought():
    row = {"table_name": "tickets", "files": 1, "rows_read": 40, "accepted": 35, "unreadable": 0, "incomplete": 1, "after_as_of": 3,
           "duplicates": 1, "bad_cells": 2, "first_date": pd.Timestamp("2024-01-05"), "last_date": pd.Timestamp("2024-03-30"),
           "customers": 20, "unknown_customers": 2, "coverage": 0.125}  # fmt: skip
    costs = row | {"table_name": "activity_costs", "rows_read": 5, "accepted": 5, "incomplete": 0, "after_as_of": 0, "duplicates": 0,
                   "bad_cells": 0, "customers": None, "unknown_customers": None, "coverage": None}  # fmt: skip
    remarks = [
        {"table_name": "tickets", "issue": "unreadable_cell", "column_name": "minutes", "seen": seen, "rows": 1, "file_no": 1, "row_no": at}
        for at, seen in enumerate(("??", "<b>lang</b>"), 2)
    ]
    return Brought(pd.DataFrame([row, costs]), pd.DataFrame(remarks), {"tickets": ("customer_id",)})


def test_the_title_counts_rows_and_tables(brought):
    html = optional_tables(PAGE, brought).html
    assert ">40 of 45 rows in 2 other tables count</h2>" in html["en"]
    assert "2张其他数据表的45行中采用40行" in html["zh"]
    assert "12.5%" in html["en"]
    assert "工单" in html["zh"]


def test_what_is_not_used_is_counted_by_reason_and_never_shown_by_value(brought):
    html = optional_issues(PAGE, brought).html
    assert ">2 rows or cells of the other tables are remarked on</h2>" in html["en"]
    assert "无法识别的单元格" in html["zh"]
    assert "lang" not in html["en"] + html["zh"]


def test_a_source_of_order_lines_only_says_so_in_both_languages():
    html = optional_tables(PAGE, NOTHING).html
    assert "The data brings order lines only" in html["en"]
    assert "数据中只有订单明细" in html["zh"]
    assert "used as written" in optional_issues(PAGE, NOTHING).html["en"]
