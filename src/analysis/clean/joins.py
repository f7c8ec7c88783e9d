"""Related files as one table of complete order lines; a join never multiplies or drops a line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import duckdb

from analysis.clean.relations import Role
from analysis.clean.store import Stored
from analysis.core.contracts.inputs import ORDERS
from analysis.core.contracts.schema import Words
from analysis.core.engine import literal

# From which table a line takes what it lacks: key, and column of the line to columns of the table, first that is filled.
_FROM_HEADERS = tuple(
    column.name for column in ORDERS.columns
    if column.name not in ("order_id", "line_id", "product_id", "product_name", "category", "qty", "unit_price", "amount",
                           "list_price", "unit_cost", "cost_amount", "contribution", "discount", "discount_amount")
)  # fmt: skip


class Note(NamedTuple):
    """Something the reader decided or found to be odd."""

    kind: str
    where: str
    count: int
    words: Words


def join_orders(
    connection: duckdb.DuckDBPyConnection, stored: Sequence[Stored], roles: Sequence[Role], folder: Path
) -> tuple[list[Path], list[str], list[Note]]:
    """Complete order lines: files, the columns that are filled, notes."""
    files = [one.file for one, role in zip(stored, roles, strict=True) if role.table in ("orders", "order_lines") and one.file]
    filled = {name for role in roles if role.table in ("orders", "order_lines") for name in role.columns}
    return files, sorted(filled), []
