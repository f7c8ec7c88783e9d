"""All rows: every file ``<subject>_rows.py`` in this folder lists its own in ``ROWS``."""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path

from tests.recovery.harness import Row


@cache
def all_rows() -> dict[str, Row]:
    """Rows by name, file by file.

    Raises
    ------
    LookupError : two rows have one name, or a file lists none.
    """
    found: dict[str, Row] = {}
    for file in sorted(Path(__file__).parent.glob("*_rows.py")):
        rows = importlib.import_module(f"tests.recovery.{file.stem}").ROWS
        if not rows:
            raise LookupError(f"{file.name}: ROWS is empty")
        for row in rows:
            if row.name in found:
                raise LookupError(f"{file.name}: there is a row {row.name!r} already")
            found[row.name] = row
    return found
