"""Files made to fill memory or disk are refused by size or structure, at once and in one sentence."""

import dataclasses
import gzip
import os
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.clean import packed
from analysis.clean.files import find_files
from analysis.clean.pieces import open_pieces
from analysis.clean.read import read_source
from analysis.core import params
from analysis.core.errors import DataError
from tests.hostile import bombs
from tests.hostile.bombs import MB

ENGINE = params.Engine("duckdb", 1.0, 2)
SOURCE = dataclasses.replace(
    params.load(Path(__file__).parents[2] / "params.yaml").source, largest_unpacked_gb=1.0, largest_expansion=200
)
SECONDS = 10.0  # of the processor, so that a busy machine makes no difference
MEMORY = 700 * MB  # address space beyond what the libraries have taken
BOMB = 300 * MB
PASSING = 80 * MB  # a little more than what is never refused
LONG_LINE = b"C1" + b" " * 5000 + b",2024-01-05,1\n"
TOO_LARGE = "the file unpacks to more than source.largest_unpacked_gb and source.largest_expansion allow, got 'more than"
READER = "reading the workbook takes more memory or time than its size explains, got 'more than"
DOCUMENT_TYPE = "the workbook holds a document type, which no spreadsheet program writes. Open it in"

BOMBS = {
    "a part of blanks": ("a.xlsx", lambda path: bombs.zeros(path, BOMB), TOO_LARGE),
    "a part larger than it says": ("a.xlsx", lambda path: bombs.lying(path, BOMB), "a part of the workbook is larger than it says. Export"),
    "overlapping parts": ("a.xlsx", lambda path: bombs.overlapping(path, 60), "parts of the workbook overlap, as no program writes them. Export"),
    "more overlapping parts": ("a.xlsx", lambda path: bombs.overlapping(path, 60_000), TOO_LARGE),
    "a cell far away": ("a.xlsx", bombs.far_cell, READER),
    "texts said to be many": ("a.xlsx", bombs.claimed_strings, READER),
    "a billion laughs": ("a.xlsx", lambda path: bombs.entities(path, bombs.BILLION_LAUGHS), DOCUMENT_TYPE),
    "a billion laughs far down": ("a.xlsx", lambda path: bombs.entities(path, bombs.BILLION_LAUGHS, 3 * MB), DOCUMENT_TYPE),
    "a billion laughs in UTF-16": ("a.xlsx", bombs.wide_entities, DOCUMENT_TYPE),
    "an entity from a file": ("a.xlsx", lambda path: bombs.entities(path, bombs.OUTSIDE), DOCUMENT_TYPE),
    "a document type from elsewhere": ("a.xlsx", lambda path: bombs.entities(path, bombs.OUTSIDE_DTD), DOCUMENT_TYPE),
    "cells said to be everywhere": ("a.ods", lambda path: bombs.repeated(path, 90_000, 1_000), READER),
    "cells that take no room": ("a.parquet", lambda path: bombs.parquet(path, 30 * MB), TOO_LARGE),
    "a packed text": ("a.csv.gz", lambda path: bombs.gz(path, PASSING, LONG_LINE), TOO_LARGE),
    "a packed line without an end": ("a.csv.gz", lambda path: bombs.gz(path, 2 * BOMB, b" " * 999), "a line is longer than any export writes, got"),
}  # fmt: skip


def read(folder: Path, **limits: float):
    scratch = folder / "scratch"
    scratch.mkdir()
    return read_source(dataclasses.replace(SOURCE, path=str(folder / "raw"), **limits), ENGINE, scratch)


def worked() -> float:
    """Seconds of the processor that this process and those it has started took."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def refusal(folder: Path) -> str:
    """What is said of the source; empty where it is read."""
    try:
        read(folder)
    except DataError as fault:
        return str(fault)
    return ""


@pytest.fixture
def raw(tmp_path):
    (tmp_path / "raw").mkdir()
    return tmp_path / "raw"


@pytest.fixture
def little_memory():
    """This process may take only a little more memory than it has."""
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (taken + MEMORY, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


@pytest.mark.usefixtures("little_memory")
@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_in_one_sentence_with_little_memory_and_time(raw, bomb):
    name, make, said = BOMBS[bomb]
    size = make(raw / name).stat().st_size
    assert size < 5 * MB
    began = worked()
    with pytest.raises(DataError, match=rf"^{name}: {re.escape(said)}[^\n]*\.$"):
        read(raw.parent, largest_unpacked_gb=0.25 if "end" in bomb else 1.0)
    assert worked() - began < SECONDS
    left = sum(file.stat().st_size for file in (raw.parent / "scratch").rglob("*") if file.is_file())
    assert left <= packed.allowed(size, SOURCE).unpacked


def test_workbooks_inside_workbooks_are_not_unpacked(raw):
    bombs.nested(raw / "a.xlsx", BOMB)
    assert read(raw.parent).input_files["rows_read"].tolist() == [1]


def test_a_packed_file_in_a_packed_file_is_unpacked_once(raw):
    bombs.doubly(raw / "a.csv.gz.gz", BOMB)
    with pytest.raises(DataError, match=r"^a\.csv\.gz\.gz: "):
        read(raw.parent)


@pytest.mark.parametrize("content", [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000), b"PK\x03\x04" + b"x" * 500], ids=["xls", "zip"])
def test_a_broken_workbook_is_refused(raw, content):
    (raw / "a.xls").write_bytes(content)
    with pytest.raises(DataError, match=r"^a\.xls: the workbook (is damaged|cannot be opened)"):
        read(raw.parent)


def test_the_cells_of_a_web_table_are_no_wider_than_a_browser_takes_them(raw):
    (raw / "a.xls").write_text("<table><tr><td colspan=999999999>x</td><td colspan=²>y</td></tr></table>", encoding="utf-8")
    (found,) = find_files(raw, SOURCE)
    (piece,) = open_pieces(found, SOURCE, raw.parent, lambda _: False)
    assert max(len(row.cells) for row in piece.rows) == 1001


def test_an_honest_large_workbook_and_a_tightly_packed_text_pass(raw):
    bombs.book(raw / "a.xlsx", 60_000)
    lines = "".join(f"C{n % 9},2024-01-05,{n % 7}\n" for n in range(400_000))
    (raw / "b.csv.gz").write_bytes(gzip.compress(f"customer_id,order_date,amount\n{lines}".encode(), 9))
    assert read(raw.parent).input_files["rows_read"].tolist() == [59_999, 400_000]


def test_a_larger_limit_lets_an_honest_giant_pass(raw):
    bombs.gz(raw / "a.csv.gz", PASSING, LONG_LINE)
    with pytest.raises(DataError, match="unpacks to more than"):
        read(raw.parent)
    (raw.parent / "scratch").rename(raw.parent / "old")
    assert read(raw.parent, largest_expansion=2000).input_files["rows_read"].tolist() == [PASSING // MB * (MB // len(LONG_LINE))]


# --- the guards are what refuses them -----------------------------------------------------------


@pytest.mark.parametrize("bomb", ["a part of blanks", "a packed text"])
def test_without_the_limit_of_size_a_bomb_passes(raw, monkeypatch, bomb):
    name, make, _ = BOMBS[bomb]
    make(raw / name)
    monkeypatch.setattr(packed, "allowed", lambda *_: packed.Allowed(1 << 40, 1 << 32))
    assert refusal(raw.parent) == ""


def test_without_the_trial_a_cell_far_away_ends_the_program(raw):
    """In a process of its own, since nothing can catch it."""
    bombs.far_cell(raw / "a.xlsx")
    program = (
        "import resource, sys\n"
        f"sys.path[:0] = {sys.path!r}\n"
        "from tests.hostile.test_bombs import *\n"
        "packed._try_reader = lambda found: None\n"
        "from analysis.clean import workbooks\n"
        "resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))\n"
        "resource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n"
        "read(Path(sys.argv[1]))\n"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(raw.parent)], capture_output=True, text=True, cwd=os.getcwd())
    assert ended.returncode < 0, ended.stderr


def test_without_the_search_for_a_document_type_the_reader_meets_it(raw, monkeypatch):
    bombs.entities(raw / "a.xlsx", bombs.BILLION_LAUGHS)
    monkeypatch.setattr(packed, "FORBIDDEN", (b"<!NOTHING",))
    with pytest.raises(DataError, match="the workbook cannot be opened"):
        read(raw.parent)
