"""Records of delimited text: the delimiter, and every record with the line on which it stands.

Two readers give the same rows. DuckDB reads whole files in parallel; it reports the lines it cannot read, and
from these, the blank lines and the line breaks inside quotes follows the line number of every record. Where that
sum does not close (an open quote, mixed line ends, columns parted by runs of spaces) the file is read record by
record in Python, slower and sure.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from typing import NamedTuple

from analysis.clean.files import Text

DELIMITERS = (",", ";", "\t", "|")
RUNS_OF_SPACES = " "
SAMPLE_RECORDS = 300  # enough to see the shape of a file
LONGEST_RECORD = 1_000  # physical lines; a quote that stays open longer was never meant to open


class Record(NamedTuple):
    """One record: its first and last physical line, its cells, or the reason why it has none."""

    first: int
    last: int
    cells: list[str]
    reason: str = ""
    text: str = ""


@cache
def _cell(delimiter: str) -> re.Pattern[str]:
    one = re.escape(delimiter)
    return re.compile(rf' *"((?:[^"]|"")*)" *({one}|\Z)|([^{one}]*)({one}|\Z)', re.DOTALL)


_CLOSED = re.compile(r' *"(?:[^"]|"")*"(?!")')


def cells_of(text: str, delimiter: str) -> list[str] | str:
    """Cells of one record, or why it has none: a quote is not closed, or other text follows where it closes."""
    if delimiter == RUNS_OF_SPACES:
        return text.split()
    if '"' not in text:
        return text.split(delimiter)
    cells, at, pattern = [], 0, _cell(delimiter)
    while found := pattern.match(text, at):
        quoted, end, plain, plain_end = found.groups()
        if quoted is None and plain.lstrip(" ").startswith('"'):
            return "bad_quote" if _CLOSED.match(text, at) else "open_quote"
        cells.append(plain if quoted is None else quoted.replace('""', '"'))
        at = found.end()
        if not (end or plain_end):
            break
    return cells


def records(text: Text, delimiter: str) -> Iterator[Record]:
    """Every record of the file that is not a blank line, in order."""
    bad = set(text.bad)
    ahead: deque[tuple[int, str]] = deque()
    with text.utf8.open("rb") as stream:
        numbered = ((at, raw.decode("utf-8", "replace").rstrip("\r\n")) for at, raw in enumerate(stream, 1))
        while True:
            at, line = ahead.popleft() if ahead else next(numbered, (0, ""))
            if not at:
                return
            line = line.removeprefix("\ufeff") if at == 1 else line
            if at in bad:
                yield Record(at, at, [], "bad_encoding")
                continue
            if not line.strip():
                continue
            cells = cells_of(line, delimiter)
            if cells == "open_quote":
                yield _over_lines(at, line, delimiter, ahead, numbered)
            elif isinstance(cells, str):
                yield Record(at, at, [], cells, line)
            else:
                yield Record(at, at, cells)


def _over_lines(
    at: int, line: str, delimiter: str, ahead: deque[tuple[int, str]], numbered: Iterator[tuple[int, str]]
) -> Record:
    """The record that starts on ``line`` and goes on; lines that turn out not to belong to it go back to ``ahead``."""
    ahead.extend(islice(numbered, max(0, LONGEST_RECORD - len(ahead))))
    joined = line
    for taken, (last, more) in enumerate(ahead, 1):
        joined = f"{joined}\n{more}"
        cells = cells_of(joined, delimiter) if '"' in more else "open_quote"
        if cells == "bad_quote":
            break
        if isinstance(cells, list):
            for _ in range(taken):
                ahead.popleft()
            return Record(at, last, cells)
    return Record(at, at, [], "open_quote", line)


def find_delimiter(text: Text, recognised: Callable[[list[list[str]]], int]) -> str:
    """The delimiter under which the first records have the most known headers, then the steadiest width."""
    with text.utf8.open("rb") as stream:
        first = stream.readline(4096).decode("utf-8", "replace").strip("\ufeff \r\n")
    if told := re.fullmatch(r'"?sep=(.)"?', first, re.IGNORECASE):
        return told[1]
    best = max(DELIMITERS, key=lambda one: _shape(text, one, recognised))
    if _shape(text, best, recognised)[1] > 0:
        return best
    return RUNS_OF_SPACES if _shape(text, RUNS_OF_SPACES, recognised)[1] > 0 else best


def _shape(
    text: Text, delimiter: str, recognised: Callable[[list[list[str]]], int]
) -> tuple[int, float]:
    rows = [record.cells for record in islice(records(text, delimiter), SAMPLE_RECORDS)]
    widths = Counter(len(row) for row in rows if len(row) > 1)
    width, lines = widths.most_common(1)[0] if widths else (1, 0)
    return recognised(rows), lines / len(rows) * (1 - 1 / width) if rows else 0
