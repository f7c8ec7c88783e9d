"""Texts from the data as cells of files that a spreadsheet program opens: words, never formulas.

Spreadsheet programs take what begins with one of these signs for a formula, and a formula can start programs and
send cells away (OWASP, "CSV Injection"). CSV has no way to say that a cell is text, so such a text gets an apostrophe
in front. A workbook has one, so its texts stay as they are and are only written as texts.
"""

from __future__ import annotations

import re

FORMULA = re.compile(r"[\s\ufeff\u200b-\u200f\u202a-\u202e\u2060-\u2069]*[=+\-@＝＋－＠\t\r\n]")
NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
LONGEST_CELL = 32_767  # characters that a cell of a workbook holds (Excel specifications and limits)
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")  # not allowed in XML 1.0, section 2.2
XLSX_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def csv_text(text: str) -> str:
    """``text`` as a cell of a CSV file; quoting is the writer's part."""
    return f"'{text}" if FORMULA.match(text) and not NUMBER.fullmatch(text) else text


def xlsx_text(text: str) -> str:
    """``text`` as a cell of a workbook, for ``worksheet.write_string`` of a book made with ``XLSX_OPTIONS``."""
    kept = UNWRITABLE.sub(" ", re.sub("\r\n?", "\n", text))
    return kept if len(kept) <= LONGEST_CELL else f"{kept[: LONGEST_CELL - 1]}…"


def xlsx_sheet_name(text: str) -> str:
    """``text`` as the name of a sheet: without the signs that Excel refuses, in at most 31 characters."""
    kept = re.sub(r"[\[\]:*?/\\]", " ", UNWRITABLE.sub(" ", text)).strip(" '")
    return kept[:31].rstrip(" '") or "-"  # Excel specifications and limits: 31
