"""Small files that unpack to more than a machine holds, and workbooks that lie about themselves."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import xlsxwriter

MB = 1 << 20
SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
BILLION_LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
) + b"]>"  # fmt: skip
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
OUTSIDE_DTD = b'<!DOCTYPE x SYSTEM "https://evil.example/x.dtd">'


def book(path: Path, rows: int = 2) -> Path:
    """An honest workbook."""
    with xlsxwriter.Workbook(str(path)) as made:
        sheet = made.add_worksheet("orders")
        sheet.write_row(0, 0, ["customer_id", "order_date", "amount"])
        for at in range(1, rows):
            sheet.write_row(at, 0, [f"C{at % 50}", f"2024-{at % 12 + 1:02d}-05", at % 900 + 0.5])
    return path


def edited(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """An honest workbook with one part changed."""
    source = io.BytesIO(book(path).read_bytes())
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            changed = change(content) if name == part else content
            assert name != part or changed != content
            new.writestr(name, changed)
    return path


def far_cell(path: Path) -> Path:
    """One cell in the last row and column."""
    return edited(path, SHEET, lambda text: text.replace(b'r="C2"', b'r="XFD1048576"'))


def claimed_strings(path: Path) -> Path:
    """A table of texts that is said to be long."""
    return edited(path, STRINGS, lambda text: text.replace(b"uniqueCount=", b'uniqueCount="4000000000" x=', 1))


def entities(path: Path, declaration: bytes, padding: int = 0) -> Path:
    """A document type, as far down as ``padding`` bytes."""
    blank = b"<!-- " + b" " * padding + b"-->" if padding else b""
    return edited(path, STRINGS, lambda text: text.replace(b"?>", b"?>" + blank + declaration, 1).replace(b"<t>amount", b"<t>&a;"))


def wide_entities(path: Path) -> Path:
    """The same in UTF-16."""
    def change(text: bytes) -> bytes:
        wide = text.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"')
        return wide.replace("?>", f"?>{BILLION_LAUGHS.decode()}", 1).encode("utf-16")

    return edited(path, STRINGS, change)


def zeros(path: Path, size: int) -> Path:
    """A workbook with a part of ``size`` blanks."""
    book(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as target, target.open("xl/media/a.xml", "w", force_zip64=True) as part:
        for _ in range(size // MB):
            part.write(b" " * MB)
    return path


def lying(path: Path, size: int) -> Path:
    """The same, with one byte as its declared size and the checksum of that byte."""
    zeros(path, size)
    content = bytearray(path.read_bytes())
    at = content.rfind(b"PK\x01\x02")
    assert b"xl/media/a.xml" in content[at : at + 80]
    content[at + 16 : at + 20] = struct.pack("<L", zlib.crc32(b" "))
    content[at + 24 : at + 28] = struct.pack("<L", 1)
    path.write_bytes(content)
    return path


def overlapping(path: Path, parts: int) -> Path:
    """Many parts that are all the one piece of the file (Fifield 2019, A better zip bomb, section "Overlapping")."""
    kernel = io.BytesIO()
    with zipfile.ZipFile(kernel, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("a", b" " * MB)
    content = kernel.getvalue()
    at = content.index(b"PK\x01\x02")
    local, entry = content[:at], bytearray(content[at : at + 46])
    names = [b"xl/%06d" % number for number in range(parts)]
    entry[28:30] = struct.pack("<H", len(names[0]))
    listing = b"".join(bytes(entry) + name for name in names)
    end = struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, parts, parts, len(listing), len(local), 0)
    path.write_bytes(local + listing + end)
    return path


def nested(path: Path, size: int) -> Path:
    """A workbook in a workbook in a workbook, the innermost a bomb."""
    inner = zeros(path, size).read_bytes()
    for _ in range(2):
        book(path)
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as target:
            target.writestr("xl/embeddings/book.xlsx", inner)
        inner = path.read_bytes()
    return path


def gz(path: Path, size: int, line: bytes = b"C1,2024-01-05,1\n") -> Path:
    """A gzip file of one line again and again."""
    block = line * (MB // len(line))
    with gzip.open(path, "wb") as target:
        target.write(b"customer_id,order_date,amount\n")
        for _ in range(size // MB):
            target.write(block)
    return path


def doubly(path: Path, size: int) -> Path:
    """A gzip file in a gzip file."""
    path.write_bytes(gzip.compress(gz(path, size).read_bytes()))
    return path


def parquet(path: Path, rows: int) -> Path:
    """A Parquet file of equal cells, which take no room."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = ("customer_id", "order_date", "amount")
    batch = pa.table({name: pa.array(["7"] * MB).dictionary_encode() for name in names})
    with pq.ParquetWriter(path, batch.schema) as target:
        for _ in range(rows // MB):
            target.write_table(batch)
    return path


def repeated(path: Path, rows: int, columns: int) -> Path:
    """An OpenDocument sheet of one cell that is said to stand in many places."""
    urn = "urn:oasis:names:tc:opendocument:xmlns"
    office, table, text = (f'xmlns:{name}="{urn}:{name}:1.0"' for name in ("office", "table", "text"))
    content = (
        f'<?xml version="1.0"?><office:document-content {office} {table} {text}><office:body><office:spreadsheet>'
        f'<table:table table:name="a"><table:table-row table:number-rows-repeated="{rows}">'
        f'<table:table-cell office:value-type="string" table:number-columns-repeated="{columns}"><text:p>x</text:p>'
        "</table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        target.writestr("content.xml", content)
        target.writestr("META-INF/manifest.xml", "<manifest/>")
    return path
