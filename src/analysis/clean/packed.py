"""Packed files are measured before anything reads them: a few bytes may unpack to more than a machine holds.

A workbook is a zip of parts. Its list of contents may claim any size, name one piece of the file many times, or leave
sizes out that its reader then trusts; so each part is unpacked in small blocks and counted, and the reader itself
first runs in a process of its own with a limit of memory.
"""

from __future__ import annotations

import gzip
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from analysis.core import params
from analysis.core.errors import DataError

HARMLESS = 64 << 20  # bytes that any machine holds, however tightly they were packed
READERS_MEMORY = 1 << 30  # bytes that reading any workbook may take: the program, and a sheet with a far cell
GB, MB = 1 << 30, 1 << 20
BLOCK = MB
PACKED_BLOCK = 1 << 14  # a block of deflate grows to at most 1032 times its size
LOCAL_HEADER = struct.Struct("<4s22xHH")  # of a part: signature, then the lengths of its name and extra field
FORBIDDEN = (b"<!DOCTYPE", b"<!ENTITY")
ENCRYPTED = 1  # bit of a part's flags
READERS_SECONDS = 60  # for any workbook, and one more for each MB that it unpacks to: a hundred times the usual
TAKEN, REFUSED = 0, 1  # how the trial ends where the reader takes the workbook, or refuses it in words
OUT_OF_MEMORY = 9

_SPLIT = "Split it, or export it as CSV; if you trust it, raise these limits in params.yaml"
_AGAIN = "Export or copy it again"


@dataclass(frozen=True)
class Allowed:
    """What a file may unpack to, and what its reader may take, in bytes."""

    unpacked: int
    memory: int


class File(Protocol):
    """A file of the source."""

    @property
    def file(self) -> Path: ...
    @property
    def name(self) -> str: ...
    @property
    def allowed(self) -> Allowed: ...


def allowed(size: int, source: params.Source) -> Allowed:
    """What a file of ``size`` bytes may unpack to: so many times its size, and never more than the absolute limit."""
    most = int(source.largest_unpacked_gb * GB)
    unpacked = min(most, max(HARMLESS, size * source.largest_expansion))
    return Allowed(unpacked, min(most, READERS_MEMORY + unpacked))


def too_large(found: File) -> DataError:
    """The refusal of a file that unpacks to more than it may."""
    return DataError(
        found.name, "the file unpacks to more than source.largest_unpacked_gb and source.largest_expansion allow",
        f"more than {found.allowed.unpacked / MB:,.0f} MB", _SPLIT,
    )  # fmt: skip


class BoundedGzip(gzip.GzipFile):
    """A gzip file that stops where it unpacks to more than it may."""

    def __init__(self, found: File) -> None:
        super().__init__(found.file, "rb")
        self._found, self._left = found, found.allowed.unpacked

    def read(self, size: int | None = -1) -> bytes:
        block = super().read(BLOCK if size is None or size < 0 else size)
        self._left -= len(block)
        if self._left < 0:
            raise too_large(self._found)
        return block


def check_workbook(found: File) -> None:
    """Refuse a workbook by its structure and by its true size; nothing of it is kept in memory or on disk."""
    with found.file.open("rb") as file:
        if file.read(2) == b"PK":
            try:
                _check_parts(found, file)
            except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, UnicodeDecodeError):
                raise _damaged(found) from None
    _try_reader(found)


def _damaged(found: File) -> DataError:
    return DataError(found.name, "the workbook is damaged: a part of it does not unpack", None, _AGAIN)


def _check_parts(found: File, file: BinaryIO) -> None:
    with zipfile.ZipFile(file) as book:
        parts = sorted(book.infolist(), key=lambda part: part.header_offset)
    if sum(part.file_size for part in parts) > found.allowed.unpacked:
        raise too_large(found)
    if len({part.filename for part in parts}) < len(parts):
        raise DataError(found.name, "two parts of the workbook have one name", None, _AGAIN)
    if any(part.flag_bits & ENCRYPTED for part in parts):
        raise DataError(found.name, "the workbook is protected by a password", None, "Save it without a password")
    before = 0
    for part in parts:
        if part.header_offset < before:
            raise DataError(found.name, "parts of the workbook overlap, as no program writes them", None, _AGAIN)
        before = _check_part(found, file, part)


def _check_part(found: File, file: BinaryIO, part: zipfile.ZipInfo) -> int:
    """Unpack ``part`` and forget it; where it ends in the file."""
    file.seek(part.header_offset)
    signature, name, extra = LOCAL_HEADER.unpack(file.read(LOCAL_HEADER.size))
    if signature != b"PK\x03\x04":
        raise zipfile.BadZipFile
    start = part.header_offset + LOCAL_HEADER.size + name + extra
    file.seek(start)
    count, checksum, tail, is_xml, is_wide = 0, 0, b"", False, False
    for block in _unpacked(file, part):
        if not count:
            is_wide = b"\0" in block[:4]
            is_xml = block.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"<")
        count, checksum = count + len(block), zlib.crc32(block, checksum)
        if count > part.file_size:
            raise DataError(found.name, "a part of the workbook is larger than it says", None, _AGAIN)
        seen = tail + (block.replace(b"\0", b"") if is_wide else block)
        if is_xml and any(word in seen for word in FORBIDDEN):
            raise DataError(found.name, "the workbook holds a document type, which no spreadsheet program writes", None,
                            "Open it in a spreadsheet program and save it again")  # fmt: skip
        tail = seen[-len(FORBIDDEN[0]) :]
    if count != part.file_size or checksum != part.CRC:
        raise _damaged(found)
    return start + part.compress_size


def _unpacked(file: BinaryIO, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of ``part`` in small blocks, whatever its size is said to be."""
    left = part.compress_size
    if part.compress_type == zipfile.ZIP_STORED:
        while left and (block := file.read(min(left, BLOCK))):
            left -= len(block)
            yield block
        return
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise NotImplementedError
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    while not unpacker.eof:
        packed = unpacker.unconsumed_tail or file.read(min(left, PACKED_BLOCK))
        left -= 0 if unpacker.unconsumed_tail else len(packed)
        if not packed:
            raise EOFError
        yield unpacker.decompress(packed, BLOCK)


def _try_reader(found: File) -> None:
    """Let the reader open every sheet in a process of its own: what it takes the machine down with, it takes there.

    One cell in the last row and column is enough to ask for half a terabyte, and a number in a header for more.
    """
    program = [sys.executable, "-I", str(Path(__file__).with_name("trial.py")), str(found.file), str(found.allowed.memory)]
    try:
        ended = subprocess.run(
            program, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            timeout=READERS_SECONDS + found.allowed.unpacked / MB,
        ).returncode  # fmt: skip
    except subprocess.TimeoutExpired:
        ended = OUT_OF_MEMORY
    if ended not in (TAKEN, REFUSED):
        raise DataError(
            found.name, "reading the workbook takes more memory or time than its size explains",
            f"more than {found.allowed.memory / MB:,.0f} MB", _SPLIT,
        )  # fmt: skip
