"""Tables of a web page as rows of text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

MOST_SPAN = 1000  # columns of one cell, as the HTML standard has it (4.9.11, attributes common to td and th)


class _Tables(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self._cell: list[str] | None = None
        self._span = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables and self.tables[-1]:
            self._end_cell()
            self._cell = []
            span = dict(attrs).get("colspan") or "1"
            self._span = min(int(span), MOST_SPAN) if re.fullmatch(r"[0-9]{1,9}", span) else 1
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._end_cell()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def _end_cell(self) -> None:
        if self._cell is not None:
            text = " ".join("".join(self._cell).split())
            self.tables[-1][-1] += [text, *("" for _ in range(self._span - 1))]
            self._cell = None


def tables_of(page: str) -> list[list[list[str]]]:
    """The cells of each table; a cell over several columns fills the first of them."""
    parser = _Tables()
    parser.feed(page)
    parser.close()
    return [table for table in parser.tables if any(table)]
