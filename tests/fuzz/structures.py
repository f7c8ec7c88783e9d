"""Files whose form is odd: headers, rows, marks, quotes, line ends, sheets, several files, or nothing at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from tests.fuzz import cells
from tests.fuzz.cases import AMOUNT, HEADERS, NEEDED, Case, Expected, Sheet, account, said, sheet
from tests.fuzz.formats import DELIMITERS, delimited, encoded, workbook

TITLES = ("销售明细表", "Sales report Q1", "单位:元", "printed 2024-04-01, page 1", "", "a,b")
ODD_HEADERS = ("", " ", "x" * 300, "\x00", "金额(万元)", "amount", "discount", "qty", "total", "\u202ebmal", "\ufeff", "c1", '"', "a\nb", "{{x}}", "'",
               "row_no", "file_no", "currency", "status", "1")  # fmt: skip
NAMES = ("a", "ü", "北", "a b", "it’s", "o'x", "100%", "#", "[x]", "sub/a", "x\ny", "{1}", '"q"', "*")
TEXT_KINDS = ("csv", "csv", "tsv", "txt", "csv.gz")


def plain(rng: Random, rows: int | None = None) -> Sheet:
    """A usual sheet to be made odd."""
    return sheet(rng, rows=rng.choice((1, 2, 8, 30)) if rows is None else rows, odd=0.03)


def missing_header(rng: Random) -> Case:
    one, at = plain(rng), rng.randrange(3)
    place = next(n for n, header in enumerate(one.headers) if header in HEADERS[NEEDED[at]])
    one.headers[place] = rng.choice(("", "x", one.headers[place - 1]))
    return _file(rng, one, Expected())


def extra_headers(rng: Random) -> Case:
    one = plain(rng)
    for _ in range(rng.randint(1, 6)):
        place = rng.randint(0, len(one.headers))
        one.headers.insert(place, rng.choice((*ODD_HEADERS, *one.headers)))
        for row in one.rows:
            row.insert(place, cells.text(rng))
    return _file(rng, one, Expected())


def very_wide(rng: Random) -> Case:
    one = plain(rng, rows=3)
    more = rng.choice((100, 600))
    one.headers += [rng.choice(("", f"h{at}")) for at in range(more)]
    one.rows = [row + [""] * more for row in one.rows]
    return _file(rng, one, Expected())


def ragged(rng: Random) -> Case:
    """Rows cut short or too long; a cut row keeps its money only if every needed cell is left."""
    one = plain(rng, rows=20)
    needed = max(at for at, header in enumerate(one.headers) if any(header in HEADERS[name] for name in NEEDED)) + 1
    for at in rng.sample(range(20), 4):
        if rng.random() < 0.5:
            one.rows[at] = one.rows[at][: rng.randint(1, len(one.headers))]
            one.rows[at] = one.rows[at] if "".join(one.rows[at]).strip() else ["x"]  # not a blank line
            one.values[at] = one.values[at] if len(one.rows[at]) >= needed else None
        else:
            one.rows[at] = [*one.rows[at], "more", "x"]
            one.values[at] = None
    return _file(rng, one, account(one), kinds=TEXT_KINDS)


def long_lines(rng: Random) -> Case:
    """A few lines of very many or very long cells, some of them with their last cells left out."""
    one = plain(rng, rows=12)
    last = max(at for at, header in enumerate(one.headers) if any(header in HEADERS[name] for name in NEEDED)) + 1
    for at in rng.sample(range(12), 3):
        if rng.random() < 0.5:
            one.rows[at] = one.rows[at] + [""] * rng.choice((100, 12_000)) + ["x"]
            one.values[at] = None
        elif last < len(one.headers):
            one.rows[at] = [*one.rows[at][:last], rng.choice(("x", "東")) * rng.choice((3_000, 9_990, 12_000))]
    return _file(rng, one, account(one), kinds=TEXT_KINDS)


def title_rows(rng: Random) -> Case:
    one = plain(rng)
    expected = account(one)
    above = [[rng.choice(TITLES)] for _ in range(rng.randint(1, 5))]
    table = [*above, one.headers, *one.rows]
    if rng.random() < 0.5:
        return Case("", {"a.xlsx": workbook({"Sheet1": table})}, said(one), Expected(expected.lines))
    return Case("", {"a.csv": delimited(table, ",", "\n").encode()}, said(one), Expected())


def total_rows(rng: Random) -> Case:
    one = plain(rng)
    for _ in range(rng.randint(1, 3)):
        written, value = cells.amount(rng)
        row = ["" for _ in one.headers]
        row[0] = rng.choice(("合计", "总计", "Total", "小计"))
        row[next(at for at, header in enumerate(one.headers) if header in HEADERS[AMOUNT])] = written
        place = rng.randint(0, len(one.rows))
        one.rows.insert(place, row)
        one.values.insert(place, value)
    return _file(rng, one, account(one))


def blank_rows(rng: Random) -> Case:
    one = plain(rng)
    for _ in range(rng.randint(1, 6)):
        place = rng.randint(0, len(one.rows))
        one.rows.insert(place, ["" for _ in one.headers])
        one.values.insert(place, None)
    return _file(rng, one, account(one))


def only_headers(rng: Random) -> Case:
    return _file(rng, plain(rng, rows=0), Expected())


def nothing(rng: Random) -> Case:
    name = rng.choice(("a.csv", "a.tsv", "a.csv.gz", "a.xlsx", "a.xls", "a.parquet", "a.txt", "a.dat", "a.xlsb", "a.ods"))
    raw = rng.choice((b"", b"\n", b"\r\n\r\n", b"\xef\xbb\xbf", b"\xff\xfe", b"\x00", b" ", b'"', b"\x1f\x8b", b"PK\x03\x04", b"PAR1", b"PAR1PAR1",
                      b",", b"sep=", b"sep=;\n", b"<html>", b"<table>", bytes.fromhex("d0cf11e0a1b11ae1"), b"\x1a"))  # fmt: skip
    return Case("", {name: raw})


def several_files(rng: Random) -> Case:
    parts = [plain(rng) for _ in range(rng.randint(2, 4))]
    files, lines, money = {}, 0, 0
    for at, one in enumerate(parts):
        kind = rng.choice(("csv", "xlsx", "csv.gz", "parquet", "tsv"))
        one.headers = [next(names[0] for names in HEADERS.values() if header in names) for header in one.headers]
        files[f"{rng.choice(NAMES)}{at}.{kind}"] = encoded(kind, one.headers, one.rows)
        found = account(one)
        lines, money = lines + (found.lines or 0), money + (found.amount_e4 or 0)
    return Case("", files, said(parts[0]), Expected(lines, money))


def several_sheets(rng: Random) -> Case:
    names = ("Sheet1", "一月", "a'b", "x" * 31, "1")
    parts = {name: plain(rng) for name in rng.sample(names, rng.randint(2, 4))}
    for one in parts.values():
        one.headers = [next(names[0] for names in HEADERS.values() if header in names) for header in one.headers]
    found = [account(one) for one in parts.values()]
    tables = {name: [one.headers, *one.rows] for name, one in parts.items()}
    expected = Expected(sum(one.lines or 0 for one in found), sum(one.amount_e4 or 0 for one in found))
    return Case("", {"a.xlsx": workbook(tables)}, said(next(iter(parts.values()))), expected)


def odd_text(rng: Random) -> Case:
    """Delimiters, marks, encodings and line ends in any mixture."""
    one = plain(rng)
    delimiter = rng.choice((*DELIMITERS.values(), ";", ",", ":", "^", "~", " ", "\x1f"))
    text = delimited([one.headers, *one.rows], delimiter, "\n")
    ends = rng.choice((("\n",), ("\r",), ("\r\n",), ("\n", "\r\n"), ("\n", "\r"), ("\n", "\n\n"), ("\n", "\u2028"), ("\r\r\n",)))
    text = "".join(line + rng.choice(ends) for line in text.split("\n"))
    encoding = rng.choice(("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "utf-8"))
    mark = rng.choice((b"", b"", b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00"))
    raw = mark + rng.choice(("", "", f"sep={delimiter}\n")).encode(encoding) + text.encode(encoding)
    return Case("", {"a.csv": raw}, said(one), Expected())


def odd_quotes(rng: Random) -> Case:
    """Quotes that open and never close, or close and go on."""
    one = plain(rng)
    text = list(delimited([one.headers, *one.rows], ",", "\n"))
    for _ in range(rng.randint(1, 6)):
        text.insert(rng.randint(0, len(text)), rng.choice(('"', '""', '"\n', ',"', '",', '"x', "'", '\\"')))
    return Case("", {"a.csv": "".join(text).encode()}, said(one), Expected())


def broken_bytes(rng: Random) -> Case:
    """Halves of surrogate pairs and other bytes that are no text; each line is still a line."""
    one = plain(rng, rows=30)
    for row in rng.sample(one.rows, 3):
        row[rng.randrange(len(row))] += rng.choice(("\ud800", "\udfff", "\udc80x"))
    raw = delimited([one.headers, *one.rows], ",", "\n").encode("utf-8", "surrogatepass")
    return Case("", {"a.csv": raw}, said(one), Expected())


def nothing_said(rng: Random) -> Case:
    """The same files without a word of the user's: the reader has to decide or to ask."""
    found = rng.choice((total_rows, blank_rows, several_files))(rng)
    return replace(found, said={}, expected=Expected(found.expected.lines))


def odd_words(rng: Random) -> Case:
    """A user whose words fit the files badly."""
    found = total_rows(rng)
    key, value = rng.choice((
        ("columns", {"amount": "region"}), ("columns", {"1": "amount", "2": "amount"}), ("columns", {"x": "customer_id"}),
        ("columns", {"99": "amount"}), ("tables", {"a.csv": "orders"}), ("tables", {"a.csv": "products"}), ("tables", {"nowhere": "orders"}),
        ("tables", {"a.csv": "unused"}), ("encoding", "utf-16"), ("encoding", "cp1252"), ("encoding", "ascii"), ("encoding", "rot13"),
        ("encoding", "base64"), ("encoding", "idna"), ("encoding", "x"), ("header", False), ("decimal", "comma"), ("day_first", False),
        ("tables", {"a.csv": "order_lines"}), ("tables", {"a.csv": "order_headers"}), ("columns", {"1": "unused"}), ("encoding", "unicode_escape"),
    ))  # fmt: skip
    files = {"a.csv": next(iter(found.files.values()))} if key == "tables" else found.files
    return replace(found, files=files, said={**found.said, key: value}, expected=Expected())


def _file(rng: Random, one: Sheet, expected: Expected, kinds: tuple[str, ...] = (*TEXT_KINDS, "xlsx", "xls", "parquet")) -> Case:
    kind = rng.choice(kinds)
    raw = encoded(kind, one.headers, one.rows, newline=rng.choice(("\n", "\r\n")))
    return Case("", {f"a.{kind}": raw}, said(one), expected)


STRUCTURES: dict[str, Callable[[Random], Case]] = {
    make.__name__: make
    for make in (
        missing_header, extra_headers, very_wide, ragged, long_lines, title_rows, total_rows, blank_rows, only_headers, nothing, several_files,
        several_sheets, odd_text, odd_quotes, broken_bytes, nothing_said, odd_words,
    )
}  # fmt: skip


SELDOM = {"nothing_said", "odd_words"}  # each of these must run alone, which takes long


def structure_case(rng: Random) -> Case:
    """One of ``STRUCTURES``."""
    name = rng.choice(sorted(STRUCTURES))
    if name in SELDOM and rng.random() < 0.7:
        name = rng.choice(sorted(STRUCTURES.keys() - SELDOM))
    return replace(STRUCTURES[name](rng), kind=f"structure/{name}")
