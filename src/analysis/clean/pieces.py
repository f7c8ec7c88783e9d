"""The files and sheets of a source as pieces: rows seen from the top, headers found, a table guessed."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.clean.delimited import SAMPLE_RECORDS, Record, find_delimiter, records
from analysis.clean.files import AWKWARD, UNLIKE_PARQUET, Found, damaged, open_text
from analysis.clean.headers import heading, known
from analysis.clean.packed import too_large
from analysis.clean.raw import Raw, Select, Shape, store_rows, store_text
from analysis.clean.relations import HEADER_ROWS, find_header
from analysis.clean.web_tables import tables_of
from analysis.clean.workbooks import FILLED, open_workbook
from analysis.core.dialect import literal
from analysis.core.errors import DataError
from analysis.core.params import Source

MOST_COLUMNS = 2_000  # the widest exports of shops and ERPs have some hundred; a slip of one cell makes 65,536
Store = Callable[[duckdb.DuckDBPyConnection, int, Path, Select], Raw]
_TITLE_UNIT = re.compile(r"(?:单位|unit|in)\s*[::]\s*(.{1,12})", re.IGNORECASE)


@dataclass(frozen=True)
class Piece:
    """One file or sheet.

    Attributes
    ----------
    name : file within the source, with its sheet, as messages and pages show it.
    rows : the first rows of cells.
    headers : headers by position as written; numbers where the file has none.
    header_row : row of the headers; 0 where there are none.
    store : writes all cells below the headers; a record needs so many cells to be kept.
    """

    found: Found
    name: str
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    headers: tuple[str, ...] = ()
    header_row: int = 0
    rows: tuple[Record, ...] = ()
    has_merged: bool = False
    title_unit: str | None = None
    note: str = ""
    store: Store | None = field(default=None, repr=False)


def open_pieces(
    found: Found, source: Source, scratch: Path, unused: Callable[[str | None], bool]
) -> Iterator[Piece]:
    """The pieces of one file; ``unused`` says which sheet, or the file, the user leaves out."""
    if unused(None):
        yield Piece(found, found.name, note="left_out_in_params")
    elif found.kind == "text":
        yield _text_piece(found, source, scratch)
    elif found.kind == "workbook":
        yield from _sheet_pieces(found, source, scratch, unused)
    elif found.kind == "html":
        yield from _web_pieces(found, source, scratch)
    elif found.kind == "parquet":
        yield _parquet_piece(found, scratch)
    else:
        yield Piece(found, found.name, note="unknown_kind")


def _text_piece(found: Found, source: Source, scratch: Path) -> Piece:
    text = open_text(found, scratch, source.encoding)
    delimiter = find_delimiter(
        text, lambda rows: max((sum(map(known, row)) for row in rows[:HEADER_ROWS]), default=0)
    )
    rows = tuple(islice(records(text, delimiter), SAMPLE_RECORDS))
    piece = _with_headers(Piece(found, found.name, None, text.encoding, delimiter, rows=rows), source)
    shape = _shape(piece)
    return replace(
        piece,
        note="encoding_judged" if text.judged else piece.note,
        store=lambda connection, needed, stem, select: store_text(
            connection, text, delimiter, shape(needed), stem, select
        ),
    )


def _shape(piece: Piece) -> Callable[[int], Shape]:
    """What ``raw`` needs to know, once the number of needed cells is known."""
    at = next((n for n, row in enumerate(piece.rows) if row.first == piece.header_row), -1)
    data = [len(row.cells) for row in piece.rows[at + 1 :] if row.cells]
    width = len(piece.headers)
    usual = Counter(data).most_common(1)[0][0] if data else width
    before = sum(row.last - row.first for row in piece.rows[: at + 1])
    header = piece.rows[at] if at >= 0 else None
    return lambda needed: Shape(width, usual if needed <= usual < width else width, needed, header, before)


def _sheet_pieces(
    found: Found, source: Source, scratch: Path, unused: Callable[[str | None], bool]
) -> Iterator[Piece]:
    for number, sheet in enumerate(open_workbook(found), 1):
        name = f"{found.name}, sheet {sheet.name}"
        if unused(sheet.name):
            yield Piece(found, name, sheet.name, note="left_out_in_params")
            continue
        _refuse_wide(name, sheet.width)
        stem = scratch / f"{found.sha256[:16]}-{number:04d}.cells.parquet"
        seen: list[Record] = []

        def rows(sheet=sheet, seen=seen) -> Iterator[tuple[int, list[str | None]]]:
            for row_no, cells in sheet.rows():
                if len(seen) < SAMPLE_RECORDS and any(cells):
                    seen.append(Record(row_no, row_no, [(cell or "").removeprefix(FILLED) for cell in cells]))
                yield row_no, cells

        query = store_rows(rows(), sheet.width, stem)
        piece = _with_headers(
            Piece(found, name, sheet.name, rows=tuple(seen), has_merged=sheet.has_merged), source
        )
        below = f"SELECT * FROM ({query}) WHERE row_no > {piece.header_row}"
        yield replace(piece, store=_ready(below, pq.read_metadata(stem).num_rows - piece.header_row))


def _web_pieces(found: Found, source: Source, scratch: Path) -> Iterator[Piece]:
    """Tables of a web page; many systems save one under the name of a workbook."""
    text = open_text(found, scratch, source.encoding)
    for number, table in enumerate(tables_of(text.utf8.read_text(encoding="utf-8-sig")), 1):
        rows = tuple(Record(at, at, cells) for at, cells in enumerate(table, 1) if any(cells))
        piece = Piece(
            found, f"{found.name}, table {number}", str(number), text.encoding, rows=rows[:SAMPLE_RECORDS]
        )
        piece = _with_headers(piece, source)
        stem = scratch / f"{found.sha256[:16]}-{number:04d}.cells.parquet"
        below = [(row.first, row.cells) for row in rows if row.first > piece.header_row]
        width = max((len(row.cells) for row in rows), default=0)
        yield replace(
            piece, store=_ready(store_rows(below, max(width, len(piece.headers)), stem), len(below))
        )


def _ready(query: str, rows: int) -> Store:
    """Cells that are Parquet already."""
    return lambda *given: Raw(given[-1](query), rows)


def _parquet_piece(found: Found, scratch: Path) -> Piece:
    file = found.file
    if any(sign in str(file) for sign in AWKWARD):
        file = scratch / f"{found.sha256[:16]}.parquet"
        shutil.copyfile(found.file, file)
    try:
        metadata = pq.read_metadata(file)
        names = tuple(metadata.schema.to_arrow_schema().names)
    except (pa.ArrowException, OSError, UnicodeDecodeError):
        raise damaged(found, UNLIKE_PARQUET) from None
    if not names:
        return Piece(found, found.name, note="empty")
    _refuse_wide(found.name, len(names))
    if metadata.num_rows * len(names) > found.allowed.unpacked:  # equal cells take no room until they become text
        raise too_large(found)
    places = ", ".join(f"c{at}" for at in range(1, len(names) + 1))  # names may be empty, or twice the same
    cells = ", ".join(f"CAST(c{at} AS VARCHAR) AS c{at}" for at in range(1, len(names) + 1))
    source = f"read_parquet({literal(file.as_posix())}, file_row_number = true) AS file({places}, row_no)"
    return Piece(
        found, found.name, headers=names, store=_ready(f"SELECT {cells}, row_no + 1 AS row_no FROM {source}", metadata.num_rows)
    )


def _with_headers(piece: Piece, source: Source) -> Piece:
    """The row of the headers, and the headers in the width of the data below."""
    rows = [row.cells for row in piece.rows]
    if not rows:
        return replace(piece, note="empty")
    if not source.header:
        _refuse_wide(piece.name, max(map(len, rows)))
        return replace(piece, headers=tuple(str(at) for at in range(1, max(map(len, rows)) + 1)))
    at = find_header([row[:MOST_COLUMNS] for row in rows], source.columns)
    _refuse_wide(piece.name, len(rows[at or 0]))
    if at is None:
        return replace(piece, headers=tuple(rows[0]), header_row=piece.rows[0].first, note="no_known_headers")
    headers = _aligned(rows[at], [row for row in rows[at + 1 :] if row])
    units = [found[1] for row in rows[:at] for cell in row if (found := _TITLE_UNIT.search(cell))]
    return replace(
        piece,
        headers=headers,
        header_row=piece.rows[at].first,
        title_unit=units[0].strip() if units else None,
    )


def _refuse_wide(name: str, width: int) -> None:
    if width > MOST_COLUMNS:
        raise DataError(name, f"the table is wider than {MOST_COLUMNS:,} columns, as no export of order lines is", f"{width:,}",
                        "Delete what stands far to the right, or leave the file or sheet out with source.tables in params.yaml")  # fmt: skip


def _aligned(headers: list[str], below: list[list[str]]) -> tuple[str, ...]:
    """Headers for every column: R leaves out the one of the row names, some exports end each line with a delimiter."""
    while headers and not headers[-1].strip() and headers[:-1]:
        headers = headers[:-1]
    widths = Counter(len(row) for row in below)
    usual = widths.most_common(1)[0][0] if widths else len(headers)
    extra = [row[len(headers) :] for row in below if len(row) == usual]
    if usual == len(headers) + 1 and all(cells[0].strip() for cells in extra):
        return ("", *headers)
    filled = max((at for cells in extra for at, cell in enumerate(cells, 1) if cell.strip()), default=0)
    return (*headers, *("" for _ in range(filled)))


def title_factor(piece: Piece, columns: Mapping[str, int]) -> float:
    """What a line such as 单位:万元 above the table multiplies its money by."""
    return heading(f"({piece.title_unit})").factor if piece.title_unit and columns else 1
