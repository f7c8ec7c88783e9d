"""The workbook: a first sheet that says what each list is, then the lists with typed cells.

One workbook a language, since a sheet with two headers and words in two languages is work for both readers. Equal
content gives equal bytes: the date inside is the last day that counts, and XlsxWriter dates the parts of the archive 1980.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import xlsxwriter

from analysis.core import cells
from analysis.core.contracts.code_words import words_of
from analysis.core.contracts.schema import E4, Column
from analysis.core.edition import Edition, is_missing, tidy
from analysis.core.text import say
from analysis.draw.grid import RAW_TEXT
from analysis.export.about import About
from analysis.export.exchange import KEY
from analysis.export.sheets import Sheet

NARROWEST, WIDEST, MEASURED_ROWS = 8, 44, 500  # of a column, in characters; rows that its width is taken from
NUMBER_FORMATS = {"money": "#,##0", "money_e4": "#,##0", "ratio": "0.0%", "int": "#,##0", "float": "#,##0.0", "date": "yyyy-mm-dd"}
HEADER_LOOK = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#F5F7F9"}
ABOUT_WIDTHS = (26, 52, 9, 50, 30)


def write_book(about: About, sheets: Sequence[Sheet], edition: Edition, shown_name: Callable[[str], str]) -> bytes:
    """The workbook in one language.

    Parameters
    ----------
    shown_name : a customer's name as files may show it.
    """
    content = io.BytesIO()
    options = {**cells.XLSX_OPTIONS, "in_memory": True}
    with xlsxwriter.Workbook(content, options) as book:
        book.set_properties({"created": about.as_of.to_pydatetime(), "title": about.title.text(edition)})
        writer = _Writer(book, edition, shown_name)
        writer.about(about, sheets)
        for sheet in sheets:
            writer.list(sheet)
    return content.getvalue()


def sheet_name(sheet: Sheet, edition: Edition) -> str:
    """Name of the list's sheet."""
    return cells.xlsx_sheet_name(say(f"export.{sheet.name}.name").text(edition))


@dataclass
class _Writer:
    book: xlsxwriter.Workbook
    edition: Edition
    shown_name: Callable[[str], str]
    _formats: dict[str, Any] = field(default_factory=dict)

    def about(self, about: About, sheets: Sequence[Sheet]) -> None:
        """The first sheet."""
        page = self.book.add_worksheet(cells.xlsx_sheet_name(say("export.about.name").text(self.edition)))
        page.hide_gridlines(2)
        page.write_string(0, 0, about.title.text(self.edition), self._format(bold=True, font_size=16))
        row = 1
        for line in (*about.facts, *about.actions):
            row += 1
            for column, phrase in enumerate(line):
                page.write_string(row, column, cells.xlsx_text(phrase.text(self.edition)), self._format(bold=column == 0))
        row += 2
        for column, (phrase, width) in enumerate(zip(about.headers, ABOUT_WIDTHS, strict=True)):
            page.write_string(row, column, phrase.text(self.edition), self._format(**HEADER_LOOK))
            page.set_column(column, column, width)
        wrapped = self._format(text_wrap=True, valign="top")
        for sheet, line in zip(sheets, about.lines, strict=True):
            row += 1
            target = sheet_name(sheet, self.edition)
            page.write_url(row, 0, f"internal:'{target}'!A1", self._format(underline=1, font_color="#1D5F9F", valign="top"), target)
            for column, phrase in enumerate(line, start=1):
                page.write_string(row, column, phrase.text(self.edition), wrapped)
        for place, note in enumerate(about.notes, start=row + 2):
            page.write_string(place, 0, note.text(self.edition))
        page.set_landscape()
        page.fit_to_pages(1, 0)

    def list(self, sheet: Sheet) -> None:
        """One list: header, typed cells, filter."""
        page = self.book.add_worksheet(sheet_name(sheet, self.edition))
        for place, column in enumerate(sheet.columns):
            header, values = self._header(column), sheet.rows[column.name]
            page.write_string(0, place, header, self._format(**HEADER_LOOK))
            words = words_of(column.name, values.dropna() if column.kind == "text" else ())
            shape, widest = self._format(num_format=NUMBER_FORMATS.get(column.kind, "General")), _size(header) // 2
            for row, value in enumerate(values, start=1):
                if not is_missing(value):
                    self._write(page, row, place, value, column, words, shape)
            widest = max(widest, *(_size(self._text(value, column, words)) for value in values.head(MEASURED_ROWS)), NARROWEST)
            page.set_column(place, place, min(widest + 1, WIDEST))
        if not len(sheet.rows):
            why = say("export.about.needs", needs=sheet.missing) if sheet.missing else say("export.about.nobody")
            page.write_string(1, 0, why.text(self.edition))
        page.freeze_panes(1, 2)
        page.autofilter(0, 0, max(len(sheet.rows), 1), len(sheet.columns) - 1)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.repeat_rows(0)

    def _header(self, column: Column) -> str:
        if column.name == KEY:
            return say("export.about.id").text(self.edition)
        unit = self.edition.money_unit([]).name if column.kind in ("money", "money_e4") else ""
        if not unit:
            return self.edition.words(column.label)
        return say("page.table.with_unit", label=column.label, unit=unit).text(self.edition)

    def _write(self, page: Any, row: int, place: int, value: Any, column: Column, words: dict[str, Any], shape: Any) -> None:
        if column.kind == "date":
            page.write_datetime(row, place, pd.Timestamp(value).to_pydatetime(), shape)
        elif column.kind in NUMBER_FORMATS and abs(float(value)) != float("inf"):
            page.write_number(row, place, float(value) / (E4 if column.kind == "money_e4" else 1), shape)
        else:
            page.write_string(row, place, self._text(value, column, words))

    def _text(self, value: Any, column: Column, words: dict[str, Any]) -> str:
        """The cell in words; of a number, what its width is taken from."""
        if is_missing(value):
            return ""
        if column.kind == "bool":
            return say("page.value.yes" if value else "page.value.no").text(self.edition)
        if column.kind != "text":
            return f"{value:%Y-%m-%d}" if column.kind == "date" else f"{float(value):,.1f}"
        if value in words:
            return str(words[value].text(self.edition))
        if column.name == "customer_name":
            value = self.shown_name(value)
        return cells.xlsx_text(value if column.name.endswith("_id") else tidy(value, RAW_TEXT))

    def _format(self, **look: Any) -> Any:
        """One format for equal looks: a workbook holds few of them."""
        key = repr(sorted(look.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(look)
        return self._formats[key]


def _size(text: str) -> int:
    """Characters of ``text``, of which Chinese ones are twice as wide."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)

