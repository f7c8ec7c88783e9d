"""One piece as a Parquet file of canonical text columns."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from analysis.clean.files import UNLIKE_PARQUET, damaged
from analysis.clean.pieces import Piece, title_factor
from analysis.clean.raw import SHOWN_CHARACTERS, Unreadable
from analysis.clean.relations import LINES, READ, Role
from analysis.clean.workbooks import FILLED
from analysis.core.contracts.inputs import ORDERS
from analysis.core.contracts.schema import Column, Table
from analysis.core.dialect import PARQUET, literal
from analysis.core.engine import too_small

# What an order says once for all its lines.
ORDER_LEVEL = (
    "order_date", "customer_id", "customer_name", "industry", "currency", "line_type", "status", "channel", "region",
    "sales_rep", "department", "promised_date", "delivered_date", "paid_date", "due_pay_date",
)  # fmt: skip
NUMERIC = ("money", "float", "ratio", "int")
_NEEDED = {
    "orders": ("customer_id", "customer_name", "order_date", "amount", "qty", "unit_price"),
    "order_lines": ("order_id", "amount", "qty", "unit_price"),
    "order_headers": ("order_id", "customer_id", "customer_name", "order_date"),
    "products": ("product_id",), "customers": ("customer_id",), "categories": ("category_id",), "returned_orders": ("order_id",),
}  # fmt: skip


@dataclass(frozen=True)
class Stored:
    """What became of a piece: its file, rows, blank rows, unreadable lines, factors, lines filled from their order."""

    file_no: int
    file: Path | None = None
    rows: int = 0
    blank: int = 0
    unreadable: tuple[Unreadable, ...] = ()
    factors: dict[str, float] = field(default_factory=dict)
    of_orders: bool = False
    filled_down: int = 0


def needed_cells(role: Role) -> int:
    """A record with fewer cells lacks a column that its table cannot do without."""
    columns = role.columns
    names = [name for name in _NEEDED.get(role.table, ()) if name in columns]
    if "amount" in names:
        names = [name for name in names if name not in ("qty", "unit_price")]
    if "customer_id" in names and "customer_name" in names:
        names.remove("customer_name")
    return max((columns[name] for name in names), default=1)


def store_piece(
    connection: duckdb.DuckDBPyConnection, piece: Piece, role: Role, file_no: int, needed: int, folder: Path,
    columns: Sequence[str],
) -> Stored:  # fmt: skip
    """Write the piece's rows in ``columns`` of its table; a piece of no table is only listed."""
    if role.table not in READ or piece.store is None:
        return Stored(file_no)
    stem = folder / f"{role.table}-{file_no:05d}"
    cells = ", ".join(f"c{at}" for at in range(1, len(piece.headers) + 1))
    selected = _selected(piece, role, file_no, columns)
    target = stem.with_suffix(".parquet")
    with _blaming(piece):
        raw = piece.store(
            connection, needed, stem,
            lambda query: f"SELECT {selected} FROM ({query}) cells WHERE coalesce({cells}) IS NOT NULL",
        )  # fmt: skip
        if raw.written:
            raw.written.replace(target)
        else:
            connection.execute(f"COPY ({raw.query}) TO {literal(target.as_posix())} ({PARQUET})")
    of_orders = role.table in LINES
    filled = (
        _fill_down(connection, target, [name for name in ORDER_LEVEL if name in columns])
        if of_orders and {"order_id", "order_date"} <= role.columns.keys()
        else 0
    )
    rows = pq.read_metadata(target).num_rows
    for file in folder.glob(f"{stem.name}.*.parquet"):
        file.unlink()
    unreadable = tuple(line._replace(text=line.text[:SHOWN_CHARACTERS]) for line in raw.unreadable)
    return Stored(
        file_no, target, rows, raw.rows - rows, unreadable, _factors(piece, role),
        of_orders, filled,
    )  # fmt: skip


@contextlib.contextmanager
def _blaming(piece: Piece) -> Iterator[None]:
    """Only a Parquet file comes here as its owner wrote it; what the engine cannot read then is damaged."""
    try:
        yield
    except duckdb.OutOfMemoryException as fault:
        raise too_small(fault) from None
    except duckdb.Error:
        if piece.found.kind != "parquet":
            raise
        raise damaged(piece.found, UNLIKE_PARQUET) from None


def _fill_down(connection: duckdb.DuckDBPyConnection, file: Path, lent_columns: Sequence[str]) -> int:
    """Give lines that leave their order's date, customer and the like empty what the order's first line says.

    Only within one order number, and only lines without a date: other empty cells mean what they are.
    """
    read = f"read_parquet({literal(file.as_posix())})"
    open_lines = (
        f"WITH undated AS (SELECT order_id, count(*) AS lines FROM {read} "
        f"WHERE order_date IS NULL AND order_id IS NOT NULL GROUP BY order_id), "
        f"dated AS (SELECT DISTINCT order_id FROM {read} "
        f"WHERE order_date IS NOT NULL AND order_id IN (SELECT order_id FROM undated)) "
        f"SELECT coalesce(sum(lines), 0) FROM undated JOIN dated USING (order_id)"
    )
    lines = int(connection.execute(open_lines).fetchall()[0][0])
    if not lines:
        return 0
    window = "PARTITION BY order_id ORDER BY row_no ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"
    lent = ", ".join(
        f"CASE WHEN order_id IS NOT NULL AND order_date IS NULL THEN last_value({name} IGNORE NULLS) OVER ({window}) "
        f"ELSE {name} END AS {name}" for name in lent_columns
    )  # fmt: skip
    whole = file.with_suffix(".filled.parquet")
    connection.execute(
        f"COPY (SELECT * REPLACE ({lent}) FROM {read} ORDER BY row_no) "
        f"TO {literal(whole.as_posix())} ({PARQUET})"
    )
    whole.replace(file)
    return lines


def filled_columns(roles: Sequence[Role]) -> tuple[str, ...]:
    """Columns of the order lines that some file fills; the others are nowhere, and would only cost time."""
    has = {name for role in roles if role.table in LINES for name in role.columns}
    has |= {"currency"} if any(_currency(role) for role in roles if role.table in LINES) else set()
    return tuple(name for name in ORDERS.by_name if name in has)


def whole_lines(files: Sequence[Path], source: str) -> str:
    """Order lines in all columns of their table, from the ``source`` that reads ``files``, which leave out what nobody fills."""
    has = set(pq.read_schema(files[0]).names)
    columns = ", ".join(name if name in has else f"CAST(NULL AS STRING) AS {name}" for name in ORDERS.by_name)
    return f"SELECT file_no, row_no, source_file, {columns}, rest_hash FROM {source}"


def _selected(piece: Piece, role: Role, file_no: int, stored: Sequence[str]) -> str:
    table, columns = READ[role.table], role.columns
    parts = [
        f"CAST({file_no} AS BIGINT) AS file_no",
        "CAST(row_no AS BIGINT) AS row_no",
        f"{_text(piece.name)} AS source_file",
    ]
    parts += [f"{_cell(column, columns, piece, role)} AS {column.name}" for column in table.columns if column.name in stored]
    if role.table in LINES:
        parts.append(f"{_rest(role)} AS rest_hash")
    return ", ".join(parts)


def _cell(column: Column, columns: Mapping[str, int], piece: Piece, role: Role) -> str:
    if column.name not in columns:
        currency = _currency(role)
        return _text(currency) if column.name == "currency" and currency else "CAST(NULL AS VARCHAR)"
    cell = f"c{columns[column.name]}"
    if not piece.has_merged:
        return cell
    mark = f"chr({ord(FILLED)})"  # an amount in a merged cell counts once, a customer for every row
    return (
        f"CASE WHEN NOT starts_with({cell}, {mark}) THEN {cell} END"
        if column.kind in NUMERIC
        else f"ltrim({cell}, {mark})"
    )


def _currency(role: Role) -> str | None:
    """The currency that a header names."""
    return next((claim.currency for claim in role.headers.claims if claim.currency and claim.column), None)


def _rest(role: Role) -> str:
    """Hash of the cells that no column holds; row numbers without a header of their own are left out."""
    unused = [claim.position for claim in role.headers.claims
              if claim.column is None and claim.header.strip() and not claim.header.startswith("Unnamed:")]  # fmt: skip
    return (
        f"CAST(hash({', '.join(f'c{at}' for at in unused)}) >> 1 AS BIGINT)"
        if unused
        else "CAST(0 AS BIGINT)"
    )


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _factors(piece: Piece, role: Role) -> dict[str, float]:
    table: Table = READ[role.table]
    title = title_factor(piece, role.columns)
    factors = {}
    for claim in role.headers.claims:
        if claim.column and table.by_name[claim.column].kind in NUMERIC:
            is_money = table.by_name[claim.column].kind == "money" and "price" not in claim.column
            stated = claim.factor != 1 or claim.currency or "元" in claim.header
            factors[claim.column] = title if is_money and not stated else claim.factor
    return factors
