"""Which files a source has, of what kind they are, and text files as UTF-8."""

from __future__ import annotations

import codecs
import contextlib
import gzip
import hashlib
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Literal

from analysis.clean import packed
from analysis.clean.encodings import BOMS, CANDIDATES, from_zeros, judge
from analysis.clean.listing import list_files
from analysis.core import params
from analysis.core.errors import DataError

Kind = Literal["text", "workbook", "parquet", "html", "unknown"]

TEXT_SUFFIXES = (".csv", ".tsv", ".txt", ".tab", ".psv", ".dat", ".asc")
WORKBOOK_SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".et")
BLOCK = 4 << 20  # bytes read at a time: large enough for speed, small beside any memory limit
AWKWARD = "*?[]{}'\\" if os.sep == "/" else "*?[]{}'"  # signs that DuckDB does not take as part of a name
LONGEST_LINE = 64 << 20  # bytes of a line that is held in memory
HEAD = 1 << 16  # bytes that show marks and zeros
UNLIKE_PARQUET = "its bytes are not those of a Parquet file"
TELLING_LINES = 20_000  # lines beyond ASCII that are enough to judge an encoding


@dataclass(frozen=True)
class Found:
    """One file of the source."""

    file: Path
    name: str
    kind: Kind
    size: int
    sha256: str
    allowed: packed.Allowed


@dataclass
class Text:
    """A text file as UTF-8 with what one pass over its bytes has shown.

    Attributes
    ----------
    utf8 : the file itself, or its copy in UTF-8.
    lines : physical lines.
    blank : numbers of the empty lines, from 1.
    bad : numbers of the lines whose bytes are no text; they are empty in the copy.
    """

    utf8: Path
    encoding: str
    judged: bool = False
    lines: int = 0
    has_quotes: bool = False
    blank: list[int] = field(default_factory=list)
    bad: list[int] = field(default_factory=list)


def find_files(path: Path, source: params.Source) -> list[Found]:
    """The files at ``path``, a file or a folder with its sub-folders, sorted by name."""
    found = []
    for name, file in list_files(path):
        size = file.stat().st_size
        found.append(Found(file, name, _kind(file), size, _digest(file), packed.allowed(size, source)))
    return found


def _kind(file: Path) -> Kind:
    """By the first bytes: exports named .xls are often text or a web page."""
    with file.open("rb") as stream:
        head = stream.read(HEAD)
    suffixes = [suffix.lower() for suffix in file.suffixes]
    suffix = suffixes[-1] if suffixes else ""
    if head[:4] == b"PAR1":
        return "parquet"
    if head[:4] == b"PK\x03\x04" or head[:8] == bytes.fromhex("d0cf11e0a1b11ae1"):
        return "workbook" if suffix in WORKBOOK_SUFFIXES or suffix in TEXT_SUFFIXES else "unknown"
    if suffix == ".gz" and head[:2] == b"\x1f\x8b":
        return "text" if len(suffixes) == 1 or suffixes[-2] in TEXT_SUFFIXES or not suffixes[-2].isalpha() else "unknown"
    if suffix in (*TEXT_SUFFIXES, *WORKBOOK_SUFFIXES):
        return "html" if head.lstrip(codecs.BOM_UTF8 + b" \r\n\t")[:6].lower() in (b"<html>", b"<html ", b"<!doct", b"<table", b"<meta ") else "text"
    return "unknown"


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def open_text(found: Found, scratch: Path, declared: str | None) -> Text:
    """``found`` as UTF-8: the file itself where it is that already, otherwise a copy in ``scratch``."""
    head = _head(found)
    encoding = _declared(declared) if declared else None
    encoding = encoding or next((name for mark, name in BOMS if head.startswith(mark)), None) or from_zeros(head)
    copy = scratch / f"{found.sha256[:16]}-{zlib.crc32(found.name.encode()):08x}.txt"
    if encoding in (None, "utf-8", "utf-8-sig"):
        awkward = _is_zipped(found) or _is_old_mac(head) or any(sign in str(found.file) for sign in AWKWARD)
        text = Text(copy if awkward else found.file, encoding or "utf-8")
        if _survey(found, text, copy if awkward else None, strict=True):
            return text
    text = Text(copy, encoding or _judged(found), judged=encoding is None)
    _survey(found, text, copy, strict=False)
    return text


def _survey(found: Found, text: Text, copy: Path | None, *, strict: bool) -> bool:
    """Read all bytes once, count lines, and write the ``copy``; ``strict`` ends at the first bad line with False."""
    wide = text.encoding.replace("_", "-").startswith(("utf-16", "utf-32"))
    with contextlib.ExitStack() as open_files:
        target = open_files.enter_context(copy.open("wb")) if copy else None
        for block in _wide_blocks(found, text.encoding) if wide else _blocks(found, text, strict=strict):
            _count(block, text)
            if target:
                target.write(block)
            if strict and text.bad:
                return False
    return True


def _count(block: bytes, text: Text) -> None:
    if block.startswith((b"\n", b"\r\n")) or b"\n\n" in block or b"\n\r\n" in block:
        text.blank += [text.lines + at for at, line in enumerate(block.split(b"\n")[:-1], 1) if line in (b"", b"\r")]
    text.lines += block.count(b"\n") + (not block.endswith(b"\n"))
    text.has_quotes = text.has_quotes or b'"' in block


def _open(found: Found) -> BinaryIO:
    return packed.BoundedGzip(found) if _is_zipped(found) else found.file.open("rb")  # type: ignore[return-value]


def _is_zipped(found: Found) -> bool:
    return found.file.suffix.lower() == ".gz"


def _is_old_mac(head: bytes) -> bool:
    return b"\n" not in head and b"\r" in head


def _head(found: Found) -> bytes:
    try:
        with _open(found) as stream:
            return stream.read(HEAD)
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise damaged(found) from None


def damaged(found: Found, how: str = "it does not unpack to its end") -> DataError:
    """A file that ends too early, or whose parts contradict each other."""
    return DataError(found.name, f"the file is damaged: {how}", None, "Export or copy it again")


def _declared(name: str) -> str:
    try:
        found = codecs.lookup({"utf-8": "utf-8-sig", "gbk": "gb18030", "gb2312": "gb18030"}.get(name.lower(), name)).name
        with contextlib.suppress(UnicodeError):  # whether it fits, the file itself will show
            b"1".decode(found)  # a LookupError for those that are no text, such as rot13
        return found
    except (LookupError, ValueError):
        raise DataError("params.yaml, section source", "this encoding is unknown", name,
                        f"Set encoding to null, utf-8, utf-16 or one of {', '.join(CANDIDATES)}") from None  # fmt: skip


def _judged(found: Found) -> str:
    telling: list[bytes] = []
    for block in _raw_blocks(found):
        telling += [line for line in block.split(b"\n") if not line.isascii()]
        if len(telling) > TELLING_LINES:
            break
    if encoding := judge(telling):
        return encoding
    raise DataError(found.name, "the text is not UTF-8, and its bytes do not tell in which encoding it is", None,
                    f"Set source.encoding in params.yaml to the one it was saved in, such as {', '.join(CANDIDATES)}")  # fmt: skip


def _raw_blocks(found: Found) -> Iterator[bytes]:
    """The file's bytes in blocks that end with a line."""
    newline, rest = b"\r" if _is_old_mac(_head(found)) else b"\n", b""
    try:
        with _open(found) as stream:
            while block := stream.read(BLOCK):
                end = block.rfind(newline) + 1
                if end:
                    yield (rest + block[:end]).replace(b"\r", b"\n") if newline == b"\r" else rest + block[:end]
                    rest = block[end:]
                else:
                    rest += block
                if len(rest) > LONGEST_LINE:
                    raise DataError(found.name, "a line is longer than any export writes", f"more than {LONGEST_LINE >> 20} MB",
                                    "Look whether this is a table at all, and export it again")  # fmt: skip
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise damaged(found) from None
    if rest:
        yield rest


def _blocks(found: Found, text: Text, *, strict: bool) -> Iterator[bytes]:
    """The same in UTF-8; a line that is not in the file's encoding comes out empty and is noted as bad."""
    ascii_alike = text.encoding in (*CANDIDATES, "utf-8", "utf-8-sig")
    lines_before = 0
    for block in _raw_blocks(found):
        if (ascii_alike and block.isascii()) or (strict and _is_utf8(block)):
            yield block
        else:
            yield b"\n".join(_decoded(block.split(b"\n"), lines_before, text))
        lines_before += block.count(b"\n")


def _decoded(lines: list[bytes], lines_before: int, text: Text) -> Iterator[bytes]:
    for at, line in enumerate(lines, lines_before + 1):
        try:
            yield line.decode(text.encoding).encode()
        except UnicodeError:
            text.bad.append(at)
            is_last = at == lines_before + len(lines)  # without its line end the copy would not have this line
            yield b"\n" if is_last else b""


def _is_utf8(block: bytes) -> bool:
    try:
        block.decode()
    except UnicodeDecodeError:
        return False
    return True


def _wide_blocks(found: Found, encoding: str) -> Iterator[bytes]:
    """The same for two- and four-byte encodings, already in UTF-8."""
    decoder, rest = codecs.getincrementaldecoder(encoding)("strict"), ""
    with _open(found) as stream:
        while True:
            try:
                block = stream.read(BLOCK)
                rest += decoder.decode(block, final=not block)
            except (gzip.BadGzipFile, EOFError, zlib.error):
                raise damaged(found) from None
            except UnicodeError:
                raise DataError(found.name, f"the file is damaged: its bytes are not {encoding}", None,
                                "Export it again, or set source.encoding in params.yaml") from None  # fmt: skip
            end = rest.rfind("\n") + 1 if block else len(rest)
            if end:
                yield rest[:end].removeprefix("\ufeff").encode()
            rest = rest[end:]
            if not block:
                return
