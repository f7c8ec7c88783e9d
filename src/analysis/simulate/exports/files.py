"""Write the exports: text files and workbooks, the whole folder at once, the same bytes every time."""

from __future__ import annotations

import csv
import datetime
import gzip
import io
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from analysis.simulate.exports.book import Book
from analysis.simulate.exports.cells import (
    CUSTOMER_HEADERS,
    DATE_FORMS,
    PRODUCT_HEADERS,
    Cell,
    columns_of,
    customer_rows,
    money_cells,
    money_text,
    product_rows,
    shown_cents,
    shown_e4,
    typed_returns,
)
from analysis.simulate.exports.layouts import Part, Style

CREATED = datetime.datetime(2000, 1, 1)  # written into workbooks in place of the clock
TOTAL, SUBTOTAL = "合计", "小计"
TOTAL_IN_WORDS, SUBTOTAL_IN_WORDS = "合  计:", "本月小计"
COMPANY = "示例商贸 Demo Distribution"
PRODUCTS_FILE, PRODUCTS_SHEET, CUSTOMERS_FILE = "products.xlsx", "产品", "customers.csv"


@dataclass(frozen=True)
class Written:
    """Where each record went.

    ``row`` is the line of the text file or the row of the sheet, counted from one, by record; ``total_row``
    the same for the row 合计 of each part, none where there is no such row; ``total_e4`` what it says.
    ``subtotals`` are part, row and money of each row 小计.
    """

    row: np.ndarray
    total_row: dict[int, int]
    total_e4: dict[int, int]
    subtotals: list[tuple[int, int, int]]


def replace_folder(folder: Path, book: Book, also: Callable[[Path], None]) -> Written:
    """Write all exports, and what ``also`` writes, beside ``folder``; then put them in its place, and nothing old stays."""
    new, old = folder.with_name(f".{folder.name}.new.tmp"), folder.with_name(f".{folder.name}.old.tmp")
    for left in (new, old):
        shutil.rmtree(left, ignore_errors=True)
    new.mkdir(parents=True)
    written = write_exports(new, book)
    also(new)
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
    return written


def write_exports(folder: Path, book: Book) -> Written:
    """All files of the source into ``folder``."""
    written = Written(np.zeros(len(book.records), np.int64), {}, {}, [])
    sheets: dict[str, list[tuple[Part, list[list[Cell]]]]] = {}
    for number, part in enumerate(book.parts):
        rows = _rows(book, number, written)
        if part.style.is_sheet:
            sheets.setdefault(part.file, []).append((part, rows))
        else:
            _write_text(folder / part.file, part.style, [list(part.style.headers.values()), *rows])
    for file, contents in sheets.items():
        _write_workbook(folder / file, contents)
    _write_products(folder / PRODUCTS_FILE, product_rows(book))
    plain = Style({}, "iso", "utf-8-sig", ",")
    _write_text(folder / CUSTOMERS_FILE, plain, [CUSTOMER_HEADERS, *customer_rows(book)])
    return written


def _rows(book: Book, number: int, written: Written) -> list[list[Cell]]:
    """The rows of one part under its header, with its totals; their places are noted in ``written``."""
    style = book.parts[number].style
    chosen = np.flatnonzero(book.records["part"] == number)
    chosen = chosen[np.lexsort((chosen, book.records["place"][chosen]))]
    rows = [list(cells) for cells in zip(*columns_of(book, number, chosen).values(), strict=True)]
    first = style.title_rows + 2  # 2: the header, and counting from one
    month = np.maximum.accumulate(_months(book, chosen))
    before = np.concatenate([[0], np.cumsum(np.diff(month) > 0)]) if style.subtotals else np.zeros(len(chosen), int)
    written.row[chosen] = first + np.arange(len(chosen)) + before
    if style.subtotals:
        parts = np.split(chosen, np.flatnonzero(np.diff(month)) + 1)
        rows = [list(row) for row in rows]
        for part in reversed(parts):
            end = int(np.flatnonzero(chosen == part[-1])[0]) + 1
            rows.insert(end, _total(book, style, part, SUBTOTAL))
        written.subtotals.extend(
            (number, int(written.row[part[-1]]) + 1, int(shown_e4(book)[part].sum())) for part in parts
        )
    if style.total_row:
        written.total_row[number] = first + len(rows)
        written.total_e4[number] = int(shown_e4(book)[chosen].sum())
        rows.append(_total(book, style, chosen, TOTAL))
    return rows


def _months(book: Book, chosen: np.ndarray) -> np.ndarray:
    dates = [book.world.clock.date(day) for day in range(book.world.clock.days)]
    return np.array([date.year * 12 + date.month for date in dates])[book.records["day"][chosen]]  # 12 months a year


def _total(book: Book, style: Style, chosen: np.ndarray, word: str) -> list[Cell]:
    """A row that sums up ``chosen``."""
    sign = np.where(typed_returns(book)[chosen], -1, 1)
    qty = int((sign * book.records["qty"][chosen]).sum())
    if book.world.preset.mess.many_words:
        word = {TOTAL: TOTAL_IN_WORDS, SUBTOTAL: SUBTOTAL_IN_WORDS}[word]
    content: dict[str, Cell] = {"order_id": word, "qty": qty}
    if style.is_sheet:
        cents = (sign * book.records["amount"][chosen]).sum(keepdims=True)
        content["amount"] = money_cells(cents, style, ten_thousands=style.ten_thousands)[0]
    else:
        content["amount"] = money_text(int(shown_cents(book)[chosen].sum()), style)
    return [content.get(name, "") for name in style.headers]


def _write_text(file: Path, style: Style, rows: Iterable[Sequence[Cell]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=style.delimiter, lineterminator="\r\n").writerows(rows)
    content = text.getvalue().encode(style.encoding)
    if file.suffix == ".gz":
        content = gzip.compress(content, mtime=0)
    file.write_bytes(content)


def _open_workbook(file: Path) -> xlsxwriter.Workbook:
    workbook = xlsxwriter.Workbook(str(file), {"in_memory": True})
    workbook.set_properties({"author": COMPANY, "created": CREATED})
    return workbook


def _write_workbook(file: Path, contents: list[tuple[Part, list[list[Cell]]]]) -> None:
    workbook = _open_workbook(file)
    formats = {
        "title": workbook.add_format({"bold": True, "font_size": 14}),
        "head": workbook.add_format({"bold": True, "bottom": 1}),
        "order_date": workbook.add_format({"num_format": "yyyy-mm-dd"}),
        "unit_price": workbook.add_format({"num_format": "#,##0.00"}),
        "discount": workbook.add_format({"num_format": "0%"}),
    }
    for part, rows in contents:
        sheet = workbook.add_worksheet(part.sheet)
        style = part.style
        _write_titles(sheet, part, formats["title"])
        for column, header in enumerate(style.headers.values()):
            sheet.write_string(style.title_rows, column, header, formats["head"])
        exact = workbook.add_format({"num_format": "0.0000"})
        money = exact if style.ten_thousands else formats["unit_price"]
        looks = {**formats, "amount": money}
        if style.dates == "serial":
            looks.pop("order_date")
        _fill(sheet, rows, style.title_rows + 1, [looks.get(name) for name in style.headers])
    workbook.close()


def _write_titles(sheet: Worksheet, part: Part, look: object) -> None:
    unit = "万元" if part.style.ten_thousands else "元"
    form = DATE_FORMS["chinese"]
    first, last = (form.format(day.year, day.month, day.day) for day in (part.first, part.last))
    sheet.write_string(0, 0, f"{COMPANY} 销售明细表", look)
    sheet.write_string(1, 0, f"期间:{first}至{last}  金额单位:{unit}")


def _fill(sheet: Worksheet, rows: list[list[Cell]], first: int, looks: list[object]) -> None:
    number, string = sheet.write_number, sheet.write_string
    for row, cells in enumerate(rows, start=first):
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                if cell:
                    string(row, column, cell)
            elif cell is not None:
                number(row, column, cell, looks[column])


def _write_products(file: Path, rows: list[list[Cell]]) -> None:
    workbook = _open_workbook(file)
    sheet = workbook.add_worksheet(PRODUCTS_SHEET)
    head, money = workbook.add_format({"bold": True}), workbook.add_format({"num_format": "#,##0.00"})
    for column, header in enumerate(PRODUCT_HEADERS):
        sheet.write_string(0, column, header, head)
    _fill(sheet, rows, 1, [money] * len(PRODUCT_HEADERS))
    workbook.close()
