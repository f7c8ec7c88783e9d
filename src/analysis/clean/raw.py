"""Cells as they stand in the files, as text columns ``c1``, ``c2`` … and the row's own number."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.clean.delimited import RUNS_OF_SPACES, Record, cells_of, records
from analysis.clean.files import BLOCK, Text
from analysis.core.dialect import PARQUET, literal

BATCH_ROWS = 50_000
MANY_REJECTS = 100_000  # from here on reading record by record is faster than mending them one at a time
SHOWN_CHARACTERS = 200
LONGEST_SHOWN = 9_900  # bytes of a rejected line; DuckDB cuts it at 10 000, or a few before where that would cut a letter
LONGEST_LINE = 16 << 20  # bytes; left alone, DuckDB would take 16 times that as a buffer for each thread


Select = Callable[[str], str]  # a query over ``c1..cN, row_no`` to one over the columns of its table


class Unreadable(NamedTuple):
    """A line that cannot be cut into the file's columns."""

    row_no: int
    reason: str
    text: str


@dataclass
class Raw:
    """Where a file's rows are, in the columns of its table, and the lines that have no cells.

    Attributes
    ----------
    query : the rows in their order.
    rows : how many there are, blank ones among them.
    written : the Parquet file that holds just these rows already.
    """

    query: str = ""
    rows: int = 0
    unreadable: list[Unreadable] = field(default_factory=list)
    written: Path | None = None


@dataclass(frozen=True)
class Shape:
    """What is known of a file's records before they are read.

    Attributes
    ----------
    width : columns.
    usual : cells of most records; the others are mended or refused one by one.
    needed : a record with fewer cells is refused; with more, its last cells are empty.
    header : the record of the headers, if there is one.
    preamble_breaks : line breaks inside quotes up to the header's end.
    """

    width: int
    usual: int
    needed: int
    header: Record | None
    preamble_breaks: int


def store_rows(rows: Iterable[tuple[int, Sequence[str | None]]], width: int, file: Path) -> str:
    """Write ``(row_no, cells)`` to ``file``, and give the query that reads them."""
    schema = pa.schema([*((f"c{at}", pa.string()) for at in range(1, width + 1)), ("row_no", pa.int64())])
    with pq.ParquetWriter(file, schema, compression="snappy") as writer:
        batch: list[tuple[int, Sequence[str | None]]] = []
        for row in rows:
            batch.append(row)
            if len(batch) == BATCH_ROWS:
                writer.write_batch(_batch(batch, width, schema))
                batch = []
        if batch:
            writer.write_batch(_batch(batch, width, schema))
    return f"SELECT * FROM read_parquet({literal(file.as_posix())})"


def _batch(rows: list[tuple[int, Sequence[str | None]]], width: int, schema: pa.Schema) -> pa.RecordBatch:
    columns = [
        pa.array([cells[at] or None if at < len(cells) else None for _, cells in rows], pa.string())
        for at in range(width)
    ]
    return pa.record_batch([*columns, pa.array([row_no for row_no, _ in rows], pa.int64())], schema=schema)


def store_text(
    connection: duckdb.DuckDBPyConnection, text: Text, delimiter: str, shape: Shape, stem: Path, select: Select
) -> Raw:
    """All records of a text file, in the columns that ``select`` takes from its cells."""
    raw = None
    if delimiter != RUNS_OF_SPACES:
        raw = _in_bulk(connection, text, delimiter, shape, stem, select)
    return raw or _one_by_one(text, delimiter, shape, stem, select)


def _one_by_one(text: Text, delimiter: str, shape: Shape, stem: Path, select: Select) -> Raw:
    raw = Raw()
    start = shape.header.last if shape.header else 0

    def rows() -> Iterator[tuple[int, Sequence[str | None]]]:
        for record in records(text, delimiter):
            if record.first <= start:
                continue
            reason = record.reason or _misfit(record.cells, shape)
            if reason:
                raw.unreadable.append(
                    Unreadable(record.first, reason, record.text or delimiter.join(record.cells))
                )
            else:
                yield record.first, record.cells

    file = stem.with_suffix(".rows.parquet")
    raw.query = select(store_rows(rows(), shape.width, file))
    raw.rows = pq.read_metadata(file).num_rows
    return raw


def _misfit(cells: list[str], shape: Shape) -> str:
    if len(cells) < shape.needed:
        return "too_few_fields" if any(cells) else ""
    return "too_many_fields" if any(cells[shape.width :]) else ""


def _in_bulk(
    connection: duckdb.DuckDBPyConnection, text: Text, delimiter: str, shape: Shape, stem: Path, select: Select
) -> Raw | None:
    """The same by DuckDB's reader in one pass; ``None`` where its count of lines does not close."""
    skip = (shape.header.last if shape.header else 0) - shape.preamble_breaks
    columns = ", ".join(f"c{at}: 'VARCHAR'" for at in range(1, shape.usual + 1))
    reader = (
        f"read_csv({literal(text.utf8.as_posix())}, columns = {{{columns}}}, auto_detect = false, all_varchar = true, "
        f"header = false, skip = {skip}, delim = {literal(delimiter)}, quote = '\"', escape = '\"', "
        f"max_line_size = {LONGEST_LINE}, buffer_size = {2 * LONGEST_LINE}, "
    )
    missing = "".join(f", NULL AS c{at}" for at in range(shape.usual + 1, shape.width + 1))
    first = shape.header.last if shape.header else 0
    counting = f"{reader}store_rejects = true, rejects_limit = {MANY_REJECTS + 1})"
    cells = f"SELECT *{missing}, row_number() OVER () + {first} AS row_no FROM {counting}"
    bulk = stem.with_suffix(".bulk.parquet")
    connection.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")
    try:
        connection.execute(f"COPY ({select(cells)}) TO {literal(bulk.as_posix())} ({PARQUET})")
    except (duckdb.InvalidInputException, duckdb.ConversionException):
        return None
    rejects = connection.execute(
        "SELECT line, any_value(csv_line), min(line_byte_position), max(line_byte_position), "
        "bool_or(error_type = 'UNQUOTED VALUE') FROM reject_errors GROUP BY line ORDER BY line"
    ).fetchall()
    if len(rejects) >= MANY_REJECTS or any(low != high or quote for *_, low, high, quote in rejects):
        return None  # after a misplaced quote the reader may skip good lines
    if any(len(line.encode()) > LONGEST_SHOWN for _, line, *_ in rejects):
        return None  # the reader shows the start of a longer line only
    found = [(at, line.strip("\r\n")) for at, line, *_ in rejects]
    inside = [(at, line.count("\n")) for at, line in found]
    accepted = pq.read_metadata(bulk).num_rows
    numbers = _number(text, shape, accepted, inside, [])
    if numbers is None:  # records without any cell were left out, or some have line breaks inside
        accepted, breaks = _count(connection, f"{reader}ignore_errors = true)", shape.usual)
        numbers = _number(text, shape, accepted, inside, breaks)
    if numbers is None or (
        rejects and _line_at(text, *rejects[-1][1:3]) != numbers.reject_lines[rejects[-1][0]]
    ):
        return None
    raw = _mend(numbers, found, delimiter, shape, text, bulk, stem, select)
    raw.rows += accepted
    return raw


def _line_at(text: Text, content: str, byte_position: int) -> int:
    """Line of a rejected record by its place in the file, from byte 1; it may start with the end of the line before."""
    before = content[: len(content) - len(content.lstrip("\r\n"))]
    lines, left = 1 + before.count("\n"), byte_position - 1
    with text.utf8.open("rb") as stream:
        while left > 0 and (block := stream.read(min(BLOCK, left))):
            lines, left = lines + block.count(b"\n"), left - len(block)
    return lines


def _count(connection: duckdb.DuckDBPyConnection, reader: str, width: int) -> tuple[int, list[tuple[int, int]]]:
    """Records, and those with line breaks inside their cells: number from 0, and breaks."""
    inside = " + ".join(
        f"coalesce(length(c{at}) - length(replace(c{at}, chr(10), '')), 0)" for at in range(1, width + 1)
    )
    records, breaks = connection.execute(
        f"SELECT count(*), list((k, inside)) FILTER (inside > 0) "
        f"FROM (SELECT row_number() OVER () - 1 AS k, {inside} AS inside FROM {reader})"
    ).fetchall()[0]
    return records, sorted(breaks or [])


@dataclass(frozen=True)
class _Numbers:
    """Line number of the k-th accepted record: k + offset, by the first k from which an offset holds."""

    offsets: list[tuple[int, int]]
    reject_lines: dict[int, int]


def _number(
    text: Text, shape: Shape, accepted: int, rejects: list[tuple[int, int]], breaks: list[tuple[int, int]]
) -> _Numbers | None:
    """Walk over blank lines, rejected and broken records; ``None`` where they do not add up to the file's lines.

    Parameters
    ----------
    rejects : ``(ordinal, line breaks inside)``; ordinals count records and blank lines from 1.
    breaks : ``(accepted records before, line breaks inside)``.
    """
    start = shape.header.last if shape.header else 0
    extra, others, line_end = shape.preamble_breaks, 0, start
    offset = start + 1
    offsets, reject_lines = [(0, offset)], {}
    blanks, b, r, m = text.blank, bisect_left(text.blank, start + 1), 0, 0
    while b < len(blanks) or r < len(rejects) or m < len(breaks):
        blank = blanks[b] if b < len(blanks) else text.lines + 1
        reject = rejects[r][0] + extra if r < len(rejects) else text.lines + 1
        broken = breaks[m][0] + offset if m < len(breaks) else text.lines + 1
        if min(blank, reject, broken) > text.lines:
            return None
        if blank <= min(reject, broken):
            b += 1
            if blank <= line_end:
                continue
            others, offset = others + 1, offset + 1
            offsets.append((blank - offset + 1, offset))
        elif reject <= broken:
            at, inside = rejects[r]
            r += 1
            reject_lines[at] = reject
            others, extra, offset = others + 1, extra + inside, offset + 1 + inside
            offsets.append((reject + inside + 1 - offset, offset))
            line_end = reject + inside
        else:
            before, inside = breaks[m]
            m += 1
            extra, offset = extra + inside, offset + inside
            offsets.append((before + 1, offset))
            line_end = broken + inside
    closes = start + accepted + others + extra - shape.preamble_breaks == text.lines
    return _Numbers(offsets, reject_lines) if closes else None


def _mend(
    numbers: _Numbers, rejects: list[tuple[int, str]], delimiter: str, shape: Shape, text: Text, bulk: Path, stem: Path,
    select: Select,
) -> Raw:  # fmt: skip
    """The rows in ``bulk`` under their own numbers, with the rejected records that can be mended."""
    start = shape.header.last if shape.header else 0
    raw = Raw(unreadable=[Unreadable(line, "bad_encoding", "") for line in text.bad if line > start])
    mended: list[tuple[int, Sequence[str | None]]] = []
    for ordinal, content in rejects:
        at = numbers.reject_lines[ordinal]
        cells = cells_of(content, delimiter)
        if not content.strip():
            continue
        if isinstance(cells, str):
            raw.unreadable.append(Unreadable(at, cells, content))
        elif reason := _misfit(cells, shape):
            raw.unreadable.append(Unreadable(at, reason, content))
        else:
            mended.append((at, cells[: shape.width]))
    raw.rows = len(mended)
    shifts = {at: offset - start - 1 for at, offset in numbers.offsets}  # of several at one record the last holds
    if not mended and shifts == {0: 0}:
        raw.written = bulk
        return raw
    queries = [_renumbered(shifts, start + 1, bulk, stem)]
    if mended:
        queries.append(select(store_rows(mended, shape.width, stem.with_suffix(".mended.parquet"))))
    raw.query = f"SELECT * FROM ({' UNION ALL BY NAME '.join(queries)}) ORDER BY row_no"
    return raw


def _renumbered(shifts: dict[int, int], first: int, bulk: Path, stem: Path) -> str:
    """The rows of ``bulk`` with the ``shifts`` that hold from a record on, counted from 0."""
    table = stem.with_suffix(".lines.parquet")
    pq.write_table(pa.table({"from_row": [at + first for at in shifts], "shift": list(shifts.values())}), table)
    return (
        f"SELECT * EXCLUDE (from_row, shift) REPLACE (row_no + shift AS row_no) FROM read_parquet({literal(bulk.as_posix())}) "
        f"ASOF JOIN read_parquet({literal(table.as_posix())}) AS shifts ON row_no >= from_row"
    )
