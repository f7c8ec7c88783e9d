"""Names that a spreadsheet program could take for formulas are words in every CSV file and workbook."""

import csv
import io
import zipfile
from xml.etree import ElementTree

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from analysis.core import cells
from analysis.core.cells import csv_text, xlsx_sheet_name, xlsx_text
from pipeline import provenance
from tests.hostile.names import NAMES

OPENERS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
FORMULAS = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\ufeff=1", "\u200b=1", "＝1", "－2+3",
    "=cmd|' /C calc'!A1", '=HYPERLINK("https://evil.example")', "--1", "+", "-", "@",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_gets_an_apostrophe_in_a_csv(text):
    assert csv_text(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Ltd", "a=b", "-3.5", "+2", "1e9", "-1e-9", "'=1", "北京", "50% -", "a@b.example"])
def test_other_texts_and_numbers_stay_as_they_are_in_a_csv(text):
    assert csv_text(text) == text


@given(st.text())
def test_no_text_opens_a_formula(text):
    shown = csv_text(text)
    assert not shown.lstrip().startswith(OPENERS) or cells.NUMBER.fullmatch(shown)
    assert shown.removeprefix("'") in (text, text.removeprefix("'"))


@pytest.fixture
def written(tmp_path):
    """A workbook of all names, written as the workbook writes one."""
    file = tmp_path / "names.xlsx"
    with xlsxwriter.Workbook(str(file), cells.XLSX_OPTIONS) as book:
        sheet = book.add_worksheet(xlsx_sheet_name("=cmd|'[x]:/*?\\ </sheet>"))
        for at, name in enumerate([*NAMES.values(), *FORMULAS, "x" * 40_000]):
            sheet.write_string(at, 0, xlsx_text(name))
    return file


def test_a_workbook_holds_every_name_as_text_and_no_formula_or_link(written):
    expected = [xlsx_text(name) for name in [*NAMES.values(), *FORMULAS, "x" * 40_000]]
    book = openpyxl.load_workbook(written)
    read = [row[0] for row in book.active.iter_rows()]
    assert {cell.data_type for cell in read} == {"s"}
    assert [cell.hyperlink for cell in read if cell.hyperlink] == []
    assert [cell.value for cell in read] == expected
    rows = CalamineWorkbook.from_path(written).get_sheet_by_index(0).iter_rows()
    assert [row[0] for row in rows] == expected
    with zipfile.ZipFile(written) as parts:
        names = parts.namelist()
        tags = {one.tag.rpartition("}")[2] for name in names for one in ElementTree.fromstring(parts.read(name)).iter()}
    assert tags & {"f", "hyperlink", "externalReference", "ddeLink", "oleObject"} == set()
    assert [name for name in names if "external" in name or "vba" in name.lower()] == []


def test_long_cells_and_signs_that_xml_forbids_are_cut_and_replaced():
    assert len(xlsx_text("x" * 40_000)) == cells.LONGEST_CELL
    assert xlsx_text("a\x00b\x1bc\ud800d") == "a b c d"


@pytest.mark.parametrize(
    ("text", "name"), [("a/b:c", "a b c"), ("x" * 40, "x" * 31), ("''", "-"), ("", "-"), ("<b>", "<b>"), ("'a'", "a")]
)
def test_a_sheet_gets_a_name_that_excel_takes(text, name):
    assert xlsx_sheet_name(text) == name


def test_the_csv_for_dvc_plots_is_words_and_numbers(tmp_path):
    table = pa.table({"=name": ["=1+1", "-3", 'a "b"\nc', None], "value": [-1.5, 2.0, None, 4.0]})
    pq.write_table(table, tmp_path / "t.parquet")
    rows = list(csv.reader(io.StringIO(provenance.as_csv(tmp_path / "t.parquet"))))
    assert rows == [["'=name", "value"], ["'=1+1", "-1.5"], ["-3", "2"], ['a "b"\nc', ""], ["", "4"]]


# --- the checks themselves can fail -------------------------------------------------------------


def test_without_the_guard_a_csv_holds_formulas(tmp_path, monkeypatch):
    monkeypatch.setattr("analysis.core.cells.csv_text", lambda text: text)
    pq.write_table(pa.table({"name": ["=1+1"]}), tmp_path / "t.parquet")
    assert provenance.as_csv(tmp_path / "t.parquet").splitlines()[1] == '"=1+1"'


def test_without_the_guard_a_workbook_holds_formulas_and_links(tmp_path):
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        sheet = book.add_worksheet()
        for at, text in enumerate(("=1+1", "https://evil.example")):
            sheet.write(at, 0, text)
    formula, link = (row[0] for row in openpyxl.load_workbook(tmp_path / "a.xlsx").active.iter_rows())
    assert formula.data_type == "f"
    assert link.hyperlink is not None
