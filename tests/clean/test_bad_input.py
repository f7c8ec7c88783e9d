"""Sources that once ended in a traceback, in silence or in no end at all; each was found by tests/fuzz."""

import gzip
import io
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from bench import cleaned
from reading import read, rows, write

from analysis.clean.headers import known
from analysis.core import tables
from analysis.core.contracts import clean as contracts
from analysis.core.errors import DataError
from tests.fuzz.formats import old_workbook, parquet

HEADERS = ["customer_id", "order_date", "amount", "region"]
LINES = [["C1", "2024-01-05", "10.50", "East"], ["C2", "2024-01-31", "20", "华东"]]
TEXT = "\n".join(",".join(line) for line in [HEADERS, *LINES]) + "\n"
SAID = {"amount_basis": "taxed"}


def book():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        sheet = made.add_worksheet()
        for at, line in enumerate([HEADERS, *LINES]):
            sheet.write_row(at, 0, line)
    return out.getvalue()


def test_one_zero_byte_does_not_make_a_file_utf_16(tmp_path):
    good, slipped = TEXT.encode(), TEXT.replace("East", "Ea\x00st").encode()
    found = read(write(tmp_path / "raw", a__csv=good, b__csv=slipped), tmp_path / "s", **SAID)
    assert found.input_files["encoding"].tolist() == ["utf-8", "utf-8"]
    assert found.input_files["rows_read"].tolist() == [2, 2]
    assert rows(found, "region")[2] == ("Ea\x00st",)


@pytest.mark.parametrize("sign", ["-", "\n", "(", " ", '"'], ids=ascii)
def test_a_cell_without_bound_is_no_header_and_takes_no_time(sign):
    began = time.process_time()
    assert not known(sign * 300_000)
    assert time.process_time() - began < 1


def test_parquet_columns_are_read_by_place_whatever_they_are_called(tmp_path):
    raw = parquet(["", *HEADERS, "region", "x"], [["a", *line, "b", "c"] for line in LINES])
    found = read(write(tmp_path / "raw", a__parquet=raw), tmp_path / "s", **SAID)
    assert rows(found, "row_no, customer_id, amount, region") == [(1, "C1", "10.50", "East"), (2, "C2", "20", "华东")]


@pytest.mark.parametrize("change", [lambda raw: raw[:-1] + b"?", lambda raw: raw[:-100] + b"\xff" * 60 + raw[-40:], lambda raw: raw[:30] + bytes(40) + raw[70:]],
                         ids=["last byte", "list of contents", "page"])  # fmt: skip
def test_damaged_parquet_is_named(tmp_path, change):
    out = io.BytesIO()
    columns = {name: [line[at] for line in LINES] for at, name in enumerate(HEADERS)}
    pq.write_table(pa.table(columns), out)
    folder = write(tmp_path / "raw", a__parquet=change(out.getvalue()))
    with pytest.raises(DataError, match=r"^a\.parquet: the file is damaged: its bytes are not those of a Parquet file\. Export or copy it again\.$"):
        read(folder, tmp_path / "s", **SAID)


@pytest.mark.parametrize("change", [
    lambda raw: raw[:-12] + b"\xff" * 4 + raw[-8:], lambda raw: raw[:300] + bytes(40) + raw[340:], lambda raw: raw[: len(raw) // 2],
], ids=["place of the list", "packed bytes", "half"])  # fmt: skip
def test_a_damaged_workbook_is_named(tmp_path, change):
    folder = write(tmp_path / "raw", a__xlsx=change(book()))
    with pytest.raises(DataError, match=r"^a\.xlsx: "):
        read(folder, tmp_path / "s", **SAID)


def test_an_old_workbook_is_read(tmp_path):
    found = read(write(tmp_path / "raw", a__xls=old_workbook([HEADERS, *LINES])), tmp_path / "s", **SAID)
    assert rows(found, "row_no, customer_id, amount, region") == [(2, "C1", "10.50", "East"), (3, "C2", "20", "华东")]


def test_an_old_workbook_whose_reader_gives_up_is_named(tmp_path):
    folder = write(tmp_path / "raw", a__xls=old_workbook([HEADERS, *LINES])[:-3])
    with pytest.raises(DataError, match=r"^a\.xls: "):
        read(folder, tmp_path / "s", **SAID)


@pytest.mark.parametrize("name", ["rot13", "base64", "a\x00b", "x" * 300])
def test_an_encoding_that_is_none_is_named(tmp_path, name):
    with pytest.raises(DataError, match=r"^params\.yaml, section source: this encoding is unknown, got '"):
        read(write(tmp_path / "raw", a__csv=TEXT), tmp_path / "s", encoding=name, **SAID)


@pytest.mark.parametrize("name", ["utf-16", "utf-32", "utf-7", "idna", "punycode", "undefined", "unicode_escape", "cp037", "ascii"])
def test_an_encoding_that_does_not_fit_ends_in_words(tmp_path, name):
    with pytest.raises(DataError, match=r"^a\.csv: "):
        read(write(tmp_path / "raw", a__csv="客户编号,\\ud800\n+2AA-,x"), tmp_path / "s", encoding=name, **SAID)


def test_a_packed_utf_16_file_that_ends_too_early_is_named(tmp_path):
    cut = gzip.compress(TEXT.encode("utf-16-le") * 99)[:-20]
    with pytest.raises(DataError, match=r"^a\.csv\.gz: the file is damaged: it does not unpack to its end"):
        read(write(tmp_path / "raw", a__csv__gz=cut), tmp_path / "s", encoding="utf-16-le", **SAID)


def test_a_cell_far_to_the_right_is_named_before_a_column_is_made_for_each_place(tmp_path):
    far = old_workbook([HEADERS, *LINES, [*[""] * 60_000, "x"]])
    with pytest.raises(DataError, match=(r"^a\.xls, sheet Sheet1: the table is wider than 2,000 columns, as no export of order lines is, "
                                         r"got '60,001'\. Delete what stands far to the right")):  # fmt: skip
        read(write(tmp_path / "raw", a__xls=far), tmp_path / "s", **SAID)


@pytest.mark.parametrize(("line", "unreadable"), [
    ("C3,2024-01-31,5,East" + "," * 20_000 + "x", [(4, "too_many_fields")]),
    ("," * 100_000 + "x", [(4, "too_many_fields")]),
    ("C3,2024-01-31,5," + "東" * 9_000 + ",,", []),
], ids=["many cells", "many empty cells", "one long cell"])  # fmt: skip
def test_a_line_longer_than_the_reader_shows_is_judged_by_all_of_it(tmp_path, line, unreadable):
    found = read(write(tmp_path / "raw", a__csv=f"{TEXT}{line}\n"), tmp_path / "s", **SAID)
    assert rows(found, "row_no, reason", "unreadable_lines") == unreadable
    assert rows(found, "row_no, length(region)")[2:] == ([] if unreadable else [(4, 9_000)])


def test_control_signs_of_a_header_do_not_reach_the_terminal(tmp_path):
    folder = write(tmp_path / "raw", a__csv="customer_id,order_date,\x1b[31mred\x07\u2028x\n")
    with pytest.raises(DataError, match=r"the headers are customer_id, order_date,  \[31mred  x\. If one of them"):
        read(folder, tmp_path / "s")


def test_a_header_of_many_pages_makes_no_message_of_many_pages(tmp_path):
    folder = write(tmp_path / "raw", a__csv=f"customer_id,order_date,{'x' * 100_000}\n")
    with pytest.raises(DataError, match=r"the headers are customer_id, order_date, x+…\. If one of them") as raised:
        read(folder, tmp_path / "s")
    assert len(str(raised.value)) < 2_000


@pytest.fixture
def _project(tmp_path, monkeypatch):
    (tmp_path / "dvc.yaml").touch()
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("_project")
def test_a_source_without_one_usable_line_says_which_rules_took_them(tmp_path):
    with pytest.raises(DataError, match=(r"^orders: no line is left that can be used; lines by the rule that removed them, "
                                         r"got 'missing_customer 1, unreadable_amount 2'\. Look whether")):  # fmt: skip
        cleaned("customer_id|order_date|amount\nA|2024-01-05|x\nB|2024-01-31|y\n|2024-01-31|1", tmp_path)


@pytest.mark.usefixtures("_project")
def test_several_currencies_leave_the_tables_of_the_last_run_as_they_are(tmp_path):
    cleaned("customer_id|order_date|amount\nA|2024-01-05|1\nA|2024-01-31|1", tmp_path)
    before = {file: file.read_bytes() for file in tables.path(contracts.ORDER_LINES).parent.iterdir()}
    with pytest.raises(DataError, match="the amounts are in several currencies"):
        cleaned("customer_id|order_date|amount|currency\nA|2024-01-05|1|EUR\nA|2024-01-31|1|USD", tmp_path)
    assert {file: file.read_bytes() for file in tables.path(contracts.ORDER_LINES).parent.iterdir()} == before


@pytest.mark.usefixtures("_project")
def test_the_last_day_there_is_is_a_day_like_others(tmp_path):
    work = cleaned("customer_id|customer_name|order_date|amount\nA|old|9999-12-31|1\nA|new|9999-12-31|1", tmp_path, as_of="9999-12-31")
    assert work.steps["lines_after"].iloc[-1] == 2
    assert tables.pq.read_table(tables.path(contracts.CUSTOMERS))["customer_name"].to_pylist() == ["new"]


@pytest.mark.usefixtures("_project")
@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31"])
def test_a_day_before_the_last_century_is_no_order_date(tmp_path, day):
    cleaned(f"customer_id|order_date|amount\nA|{day}|1\nA|2024-01-31|1", tmp_path)
    assert tables.pq.read_table(tables.path(contracts.REJECTED_LINES))["rule"].to_pylist() == ["unreadable_date"]
