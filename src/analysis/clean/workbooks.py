"""Sheets of a workbook as rows of text, after what it unpacks to has been looked at."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from analysis.clean.files import Found
from analysis.clean.packed import check_workbook
from analysis.core.errors import DataError

EXACT_DIGITS = 15  # of a number in a cell: Excel's own limit
GAVE_UP = "PanicException"  # by name, since the library does not export it: its reader met what it holds to be impossible
FILLED = "\x1e"  # stands before a value that a merged cell lends to the rows below

Row = tuple[int, list[str | None]]


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, its rows as ``(row number, cells)``, and whether cells are merged downwards."""

    name: str
    width: int
    rows: Callable[[], Iterator[Row]]
    has_merged: bool


def open_workbook(found: Found) -> Iterator[Sheet]:
    """The sheets of ``found`` in their order, hidden ones included, empty ones left out."""
    check_workbook(found)
    try:
        book = CalamineWorkbook.from_path(found.file)
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            if sheet.start is not None:
                merged = _merged(sheet)
                yield Sheet(name, sheet.width, lambda sheet=sheet, merged=merged: _rows(sheet, merged), bool(merged))
    except BaseException as fault:
        if not isinstance(fault, CalamineError | OSError) and type(fault).__name__ != GAVE_UP:
            raise
        locked = "password" in f"{type(fault).__name__} {fault}".lower() or "encrypt" in str(fault).lower()
        raise DataError(
            found.name, "the workbook is protected by a password" if locked else "the workbook cannot be opened", None,
            "Save it without a password" if locked else "Open it in a spreadsheet program and save it again as .xlsx",
        ) from None  # fmt: skip


def _merged(sheet: CalamineSheet) -> dict[tuple[int, int], int]:
    """Cells merged downwards: ``(first row, column)`` to last row; columns count from the sheet's first used one."""
    left = sheet.start[1] if sheet.start else 0
    ranges = sheet.merged_cell_ranges or []
    return {(top, column - left): bottom for (top, column), (bottom, _) in ranges if bottom > top and column >= left}


def _rows(sheet: CalamineSheet, merged: dict[tuple[int, int], int]) -> Iterator[Row]:
    lent: dict[int, tuple[int, str]] = {}
    for at, row in enumerate(sheet.iter_rows()):
        cells = [_TEXTS.get(type(value), str)(value) or None for value in row]
        if merged:
            for column, value in enumerate(cells):
                if value is None and column in lent and at <= lent[column][0]:
                    cells[column] = FILLED + lent[column][1]
                elif value is not None and (bottom := merged.get((at, column))):
                    lent[column] = (bottom, value)
        yield at + 1, cells


def _number(value: float) -> str:
    if value.is_integer() and abs(value) < 10**EXACT_DIGITS:
        return str(int(value))
    text = format(value, f".{EXACT_DIGITS}g")
    return format(Decimal(text), "f") if "e" in text else text


def _moment(value: datetime.datetime) -> str:
    """To the second: the fraction of a day in a cell is a little off."""
    whole = (value + datetime.timedelta(microseconds=500_000)).replace(microsecond=0)  # half a second
    return whole.date().isoformat() if whole.time() == datetime.time() else whole.isoformat(sep=" ")


_TEXTS: dict[type, Callable[[Any], str]] = {
    str: str,
    float: _number,
    int: str,
    bool: lambda value: "TRUE" if value else "FALSE",
    datetime.datetime: _moment,
    datetime.date: lambda value: value.isoformat(),
    datetime.time: lambda value: value.isoformat(),
}
