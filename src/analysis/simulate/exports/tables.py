"""The other tables of the firm as its people keep them: small files of many kinds, beside the exports of the orders."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import xlsxwriter

from analysis.simulate.exports.cells import Cell
from analysis.simulate.exports.files import COMPANY, CREATED

FOLDER = "records"
NO_DAY = -1


@dataclass
class Row:
    """One row: its cells, the day on which it became known, and what is wrong with it."""

    cells: list[Cell]
    day: int = NO_DAY
    fault: str = ""
    column: str = ""


@dataclass
class TableFile:
    """One table in one file.

    ``key`` and ``customers`` are columns by name; a cell of ``numbers`` may become unreadable. A table without an
    ``encoding`` is a workbook; ``titles`` stand above its headers. ``missing`` are the customers that nobody entered.
    """

    name: str
    file: str
    headers: dict[str, str]
    key: tuple[str, ...]
    rows: list[Row]
    customers: tuple[str, ...] = ("customer_id",)
    numbers: tuple[str, ...] = ()
    encoding: str = ""
    titles: tuple[str, ...] = ()
    missing: list[str] = field(default_factory=list)

    def place(self, column: str) -> int:
        """Place of a column among the cells."""
        return list(self.headers).index(column)

    @property
    def first_row(self) -> int:
        """Row or line of the first row of data, counted from one."""
        return len(self.titles) + 2  # 2: under the header


def without_repeats(table: TableFile) -> TableFile:
    """The first row of each key: nobody writes down two visits of one rep to one customer on one day."""
    places = [table.place(column) for column in table.key]
    seen: dict[tuple[Any, ...], Row] = {}
    for row in table.rows:
        seen.setdefault(tuple(row.cells[place] for place in places), row)
    table.rows = list(seen.values())
    return table


def write_tables(tables: list[TableFile], folder: Path) -> None:
    """All of them into the folder ``records`` below ``folder``."""
    place = folder / FOLDER
    place.mkdir()
    for table in tables:
        if table.encoding:
            _write_text(place / table.file, table)
        else:
            _write_workbook(place / table.file, table)


def _write_text(file: Path, table: TableFile) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([[title] for title in table.titles])
    writer.writerow(table.headers.values())
    writer.writerows(row.cells for row in table.rows)
    file.write_bytes(text.getvalue().encode(table.encoding))


def _write_workbook(file: Path, table: TableFile) -> None:
    workbook = xlsxwriter.Workbook(str(file), {"in_memory": True})
    workbook.set_properties({"author": COMPANY, "created": CREATED})
    sheet = workbook.add_worksheet(table.name)
    for row, title in enumerate(table.titles):
        sheet.write_string(row, 0, title)
    for column, header in enumerate(table.headers.values()):
        sheet.write_string(len(table.titles), column, header)
    for at, one in enumerate(table.rows, start=table.first_row - 1):
        for column, cell in enumerate(one.cells):
            if isinstance(cell, str):
                sheet.write_string(at, column, cell)
            elif cell is not None:
                sheet.write_number(at, column, cell)
    workbook.close()
