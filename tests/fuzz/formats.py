"""Tables of text as the bytes of each kind of file that people export."""

from __future__ import annotations

import csv
import gzip
import io
import struct
from collections.abc import Sequence
from itertools import zip_longest

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

DELIMITERS = {"csv": ",", "tsv": "\t", "txt": "|"}
LONGEST_CELL = 32_767  # characters, of a cell of a workbook
LONGEST_LABEL = 255  # characters, of a cell of the old workbooks made here


def encoded(kind: str, headers: Sequence[str], rows: Sequence[Sequence[str]], *, encoding: str = "utf-8", newline: str = "\n",
            delimiter: str | None = None) -> bytes:  # fmt: skip
    """The table as a file of ``kind``; the options hold for text."""
    if kind == "xlsx":
        return workbook({"Sheet1": [headers, *rows]})
    if kind == "xls":
        return old_workbook([headers, *rows])
    if kind == "parquet":
        return parquet(headers, rows)
    text, _, packed = kind.partition(".")
    raw = delimited([headers, *rows], delimiter or DELIMITERS[text], newline).encode(encoding, "surrogatepass")
    return gzip.compress(raw, mtime=0) if packed else raw


def delimited(rows: Sequence[Sequence[str]], delimiter: str, newline: str) -> str:
    """Delimited text with quotes where a cell needs them."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=newline).writerows(rows)
    return out.getvalue()


def workbook(sheets: dict[str, Sequence[Sequence[str]]]) -> bytes:
    """An XLSX file; every cell is text."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            one = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if cell:
                        one.write_string(at, column, cell[:LONGEST_CELL])
    return out.getvalue()


def parquet(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """A Parquet file of text columns."""
    columns = list(zip_longest(*rows, fillvalue="")) or [()] * len(headers)
    out = io.BytesIO()
    arrays = [pa.array([cell or None for cell in column], pa.string()) for column in columns[: len(headers)]]
    pq.write_table(pa.Table.from_arrays(arrays, names=list(headers)), out)
    return out.getvalue()


# --- the old binary workbook: one stream of records (BIFF8) inside a compound file -----------------

SECTOR = 512
END_OF_CHAIN, OF_THE_TABLE, FREE = 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
SMALLEST_STREAM = 4_096  # shorter ones would go to a place of their own


def old_workbook(rows: Sequence[Sequence[str]]) -> bytes:
    """An XLS file with one sheet of text cells, cut to the length that an old cell may have."""
    return compound("Workbook", _biff(rows))


def _record(number: int, content: bytes) -> bytes:
    return struct.pack("<HH", number, len(content)) + content


def _biff(rows: Sequence[Sequence[str]]) -> bytes:
    start = struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)
    name = "Sheet1".encode("utf-16-le")
    bound = struct.pack("<IBBBB", 0, 0, 0, len(name) // 2, 1) + name
    head = _record(0x0809, start)
    place = len(head) + len(_record(0x0085, bound)) + len(_record(0x000A, b""))
    bound = struct.pack("<I", place) + bound[4:]
    sheet = [_record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))]
    width = max((len(row) for row in rows), default=0)
    sheet.append(_record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0)))
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell:
                units = cell[:LONGEST_LABEL].encode("utf-16-le", "surrogatepass")
                sheet.append(_record(0x0204, struct.pack("<HHHHB", at, column, 0, len(units) // 2, 1) + units))
    return head + _record(0x0085, bound) + _record(0x000A, b"") + b"".join(sheet) + _record(0x000A, b"")


def compound(name: str, stream: bytes) -> bytes:
    """A compound file with one stream: header, sectors of the stream, directory, table of sectors."""
    stream = stream.ljust(max(SMALLEST_STREAM, -(-len(stream) // SECTOR) * SECTOR), b"\0")
    data = len(stream) // SECTOR
    tables = -(-(data + 2) // (SECTOR // 4 - 1))
    chain = [*range(1, data), END_OF_CHAIN, END_OF_CHAIN, *[OF_THE_TABLE] * tables]
    chain += [FREE] * (tables * SECTOR // 4 - len(chain))
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack("<HHHHH6x9I", 0x3E, 3, 0xFFFE, 9, 6, 0, tables, data, 0, SMALLEST_STREAM, END_OF_CHAIN, 0, END_OF_CHAIN, 0)
    header += struct.pack("<109I", *[data + 1 + at for at in range(tables)], *[FREE] * (109 - tables))
    root = _entry("Root Entry", 5, child=1, start=END_OF_CHAIN, size=0)
    directory = (root + _entry(name, 2, child=FREE, start=0, size=len(stream))).ljust(SECTOR, b"\0")
    return header + stream + directory + struct.pack(f"<{len(chain)}I", *chain)


def _entry(name: str, kind: int, *, child: int, start: int, size: int) -> bytes:
    title = (name + "\0").encode("utf-16-le")
    return title.ljust(64, b"\0") + struct.pack("<HBBIII36xIQ", len(title), kind, 1, FREE, FREE, child, start & 0xFFFFFFFF, size)
