"""Real files with some of their bytes changed."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from functools import cache
from random import Random

from tests.fuzz.cases import Case, said, sheet
from tests.fuzz.formats import encoded

KINDS = ("csv", "csv", "tsv", "csv.gz", "xlsx", "xls", "parquet")
SEEDS = 40  # different good files of each kind
LARGEST = 100_000  # bytes; a repeated block must not grow without bound
MAGIC = (b"\x00", b"\xff", b"\n", b"\r", b'"', b",", b"\t", b"0", b"-", b"\x80", b"\xe5", b"\x1a", b"\xef\xbb\xbf", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff",
         b"\x00\x00\x00\x00", b"NaN", b"1e9", b"\x00\x00\x00\x80")  # fmt: skip


def flip(rng: Random, raw: bytearray) -> None:
    for _ in range(rng.choice((1, 1, 2, 5, 30))):
        raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)


def overwrite(rng: Random, raw: bytearray) -> None:
    for _ in range(rng.choice((1, 1, 3))):
        at, magic = rng.randrange(len(raw)), rng.choice(MAGIC)
        raw[at : at + len(magic)] = magic


def delete(rng: Random, raw: bytearray) -> None:
    at = rng.randrange(len(raw))
    del raw[at : at + rng.choice((1, 1, 2, 7, 100, 1_000))]


def insert(rng: Random, raw: bytearray) -> None:
    at = rng.randint(0, len(raw))
    raw[at:at] = rng.choice((rng.choice(MAGIC), rng.randbytes(rng.choice((1, 4, 64)))))


def truncate(rng: Random, raw: bytearray) -> None:
    del raw[rng.randrange(len(raw)) :]


def splice(rng: Random, raw: bytearray) -> None:
    """A part of the file put in another place of it."""
    start, at = rng.randrange(len(raw)), rng.randint(0, len(raw))
    raw[at:at] = raw[start : start + rng.choice((4, 40, 400))]


def repeat(rng: Random, raw: bytearray) -> None:
    start = rng.randrange(len(raw))
    block = raw[start : start + rng.choice((1, 10, 200))]
    raw[start:start] = block * min(rng.choice((2, 20, 1_000)), LARGEST // len(block))


def swap(rng: Random, raw: bytearray) -> None:
    """Two blocks change their places."""
    size = rng.choice((1, 16, 128))
    a, b = sorted(rng.randrange(len(raw)) for _ in range(2))
    raw[a : a + size], raw[b : b + size] = raw[b : b + size], raw[a : a + size]


MUTATIONS: dict[str, Callable[[Random, bytearray], None]] = {
    make.__name__: make for make in (flip, overwrite, delete, insert, truncate, splice, repeat, swap)
}


@cache
def good_file(kind: str, number: int) -> tuple[bytes, tuple[tuple[str, object], ...]]:
    """A file that is read without a fault, and what the user says of it."""
    rng = Random(f"{kind} {number}")
    one = sheet(rng, rows=rng.choice((3, 12, 40)), odd=0.03)
    return encoded(kind, one.headers, one.rows), tuple(said(one).items())


def mutation_case(rng: Random) -> Case:
    """A good file after one to three mutations; a packed one is changed in its bytes or in what it holds."""
    kind, number = rng.choice(KINDS), rng.randrange(SEEDS)
    raw, words = good_file(kind, number)
    inner = kind == "csv.gz" and rng.random() < 0.3
    content = bytearray(gzip.decompress(raw) if inner else raw)
    names = [rng.choice(sorted(MUTATIONS)) for _ in range(rng.choice((1, 1, 1, 2, 3)))]
    for name in names:
        if content:
            MUTATIONS[name](rng, content)
    changed = gzip.compress(bytes(content), mtime=0) if inner else bytes(content)
    return Case(f"bytes/{kind}/{names[0]}", {f"a.{kind}": changed}, dict(words))


def mended_zip_case(rng: Random) -> Case:
    """An XLSX file whose parts are changed before they are packed, so that the change reaches the reader of the sheet."""
    raw, words = good_file("xlsx", rng.randrange(SEEDS))
    name = rng.choice(sorted(MUTATIONS))
    return Case(f"bytes/xlsx part/{name}", {"a.xlsx": _repacked(rng, raw, MUTATIONS[name])}, dict(words))


def _repacked(rng: Random, raw: bytes, change: Callable[[Random, bytearray], None]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        parts = [part.filename for part in old.infolist()]
        chosen = rng.choice([part for part in parts if "sheet1" in part or "sharedStrings" in part or "workbook" in part] or parts)
        for part in parts:
            content = bytearray(old.read(part))
            if part == chosen:
                change(rng, content)
            new.writestr(part, bytes(content))
    return out.getvalue()
