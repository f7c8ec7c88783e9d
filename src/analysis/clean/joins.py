"""Related files as one table of complete order lines; a join never multiplies or drops a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from analysis.clean.notes import Note
from analysis.clean.relations import LINES, Role
from analysis.clean.store import ORDER_LEVEL, Stored, whole_lines
from analysis.core.contracts.inputs import ORDERS
from analysis.core.contracts.schema import Words
from analysis.core.dialect import PARQUET, Dialect, literal, render
from analysis.core.errors import ContractError, DataError

SQL = (Path(__file__).parent / "related.sql").read_text(encoding="utf-8")
_KEYS = {
    "order_headers": "order_id",
    "products": "product_id",
    "categories": "category_id",
    "customers": "customer_id",
}
# What a line may take from each table; amounts of a whole order never, since they would count once a line.
_LENT = {
    "order_headers": ORDER_LEVEL,
    "products": ("product_name", "category", "unit_cost", "list_price"),
    "categories": ("category",),
    "customers": ("customer_name", "industry", "region", "sales_rep"),
}  # fmt: skip


_Part = tuple[Stored, Role, str]


def join_orders(
    connection: duckdb.DuckDBPyConnection,
    stored: Sequence[Stored],
    roles: Sequence[Role],
    names: Sequence[str],
    folder: Path,
) -> tuple[list[Path], set[str], list[Note]]:
    """Complete order lines.

    Returns
    -------
    files of text columns; the columns that some file fills; what was found on the way
    """
    triples = list(zip(stored, roles, names, strict=True))
    files = [one.file for one, role, _ in triples if role.table in LINES and one.file]
    filled = {column for _, role, _ in triples if role.table in LINES for column in role.columns}
    parts = {
        table: [(one, role, name) for one, role, name in triples if role.table == table and one.file]
        for table in _KEYS
    }
    tables = {
        table: found for table, found in parts.items() if found and _can_lend(table, found, parts, filled)
    }
    if not tables:
        return files, filled, []
    _define(connection, "lines_as_read", whole_lines(files, _parquet(files)))
    for table, found in tables.items():
        _define(connection, f"{table}_once", _once(table, found))
    _refuse_strangers(connection, tables, filled)
    sources = {column: _sources(column, tables) for column in ORDERS.by_name}
    key_of_customer = f"coalesce({', '.join(sources['customer_id'] or ['l.customer_id'])})"
    if "person_id" in _has(tables.get("customers", ())):
        sources["customer_id"] = ["customers.person_id", *(sources["customer_id"] or ["l.customer_id"])]
    target = folder / "orders.parquet"
    query = render(SQL, Dialect(), columns=list(ORDERS.by_name), sources=sources, tables=tables, key=_key,
                   key_of_customer=key_of_customer)  # fmt: skip
    connection.execute(
        f"COPY ({query}) TO {literal(target.as_posix())} ({PARQUET})"
    )
    before, after = sum(pq.read_metadata(file).num_rows for file in files), pq.read_metadata(target).num_rows
    if before != after:
        raise ContractError(
            "related files", "a join changed the number of lines", f"{before} to {after}", "This is a defect"
        )
    _define(connection, "lines_joined", f"SELECT * FROM {_parquet([target])}")
    notes = [note for table, found in tables.items() for note in _notes(connection, table, found)]
    if "person_id" in _has(tables.get("customers", ())):
        notes.append(_person_note(connection, tables["customers"]))
    for file in files:
        file.unlink()
    return [target], filled | {column for column in ORDERS.by_name if sources[column]}, notes


def _can_lend(
    table: str, found: Sequence[_Part], tables: Mapping[str, Sequence[_Part]], filled: set[str]
) -> bool:
    """Whether the table has a key that the lines have too, and something to give."""
    reached = {
        "order_headers": "order_id" in filled,
        "products": "product_id" in filled,
        "categories": any("category_id" in role.columns for _, role, _ in tables["products"]),
        "customers": "customer_id" in filled
        or any("customer_id" in role.columns for _, role, _ in tables["order_headers"]),
    }
    return reached[table] and bool(_has(found) & {*_LENT[table], "category_id"} - {_KEYS[table]})


def _parquet(files: Sequence[Path]) -> str:
    return f"read_parquet([{', '.join(literal(file.as_posix()) for file in files)}], union_by_name = true)"


def _define(connection: duckdb.DuckDBPyConnection, name: str, query: str) -> None:
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {query}")


def _key(cell: str) -> str:
    """A key as text: without blanks around, and 10248 where a spreadsheet has made 10248.0 of it."""
    return f"regexp_replace(trim({cell}), '^([0-9]+)[.]0+$', '\\1')"


def _once(table: str, found: Sequence[_Part]) -> str:
    """The first row of each key by file and row, in the units of the lines."""
    files = [one.file for one, _, _ in found if one.file]
    key = _key(_KEYS[table])
    columns = [column for column in ("unit_cost", "list_price") if table == "products"]
    scaled = ", ".join(f"{_scaled(column, found)} AS {column}" for column in columns)
    place = ", coalesce(region, city) AS region" if table == "customers" else ""
    replaced = f" REPLACE ({(scaled + place).strip(', ')})" if scaled or place else ""
    return (
        f"SELECT * EXCLUDE (nth) FROM (SELECT *{replaced}, {key} AS join_key, row_number() OVER (PARTITION BY {key} "
        f"ORDER BY file_no, row_no) AS nth FROM {_parquet(files)} WHERE {key} <> '') WHERE nth = 1"
    )


def _scaled(column: str, found: Sequence[_Part]) -> str:
    factors = {one.file_no: one.factors.get(column, 1) for one, _, _ in found}
    if set(factors.values()) == {1}:
        return column
    plain = f"replace(trim({column}), ',', '')"
    cases = " ".join(f"WHEN file_no = {file_no} THEN {factor}" for file_no, factor in factors.items())
    return (
        f"CASE WHEN regexp_full_match({plain}, '-?[0-9]{{1,12}}([.][0-9]{{0,6}})?') "
        f"THEN CAST(CAST({plain} AS DECIMAL(20, 6)) * (CASE {cases} END) AS VARCHAR) ELSE {column} END"
    )


def _sources(column: str, tables: Mapping[str, Sequence[_Part]]) -> list[str]:
    """Where a line without its own value takes it from, best first."""
    found = [
        f"{table}.{column}"
        for table in _KEYS
        if table in tables and column in _LENT[table] and column in _has(tables[table])
    ]
    return [f"l.{column}", *found] if found else []


def _has(found: Sequence[_Part]) -> set[str]:
    """The columns that some file of a table fills; a customer's city is a region where there is nothing wider."""
    has = {column for _, role, _ in found for column in role.columns}
    return has | {"region"} if "city" in has else has


def _refuse_strangers(
    connection: duckdb.DuckDBPyConnection, tables: Mapping[str, Sequence[_Part]], filled: set[str]
) -> None:
    """Lines that need their order's date, and no order number in common: the files do not belong together."""
    if "order_headers" not in tables or {"order_date"} <= filled:
        return
    met = connection.execute(
        f"SELECT count(*) FROM lines_as_read l SEMI JOIN order_headers_once o ON o.join_key = {_key('l.order_id')}"
    ).fetchall()[0][0]
    if not met:
        where = ", ".join(name for _, _, name in tables["order_headers"])
        raise DataError(where, "none of its order numbers occurs in the order lines", None,
                        "Bring the files of one export together, or name the order number of each under source.columns")  # fmt: skip


def _notes(connection: duckdb.DuckDBPyConnection, table: str, found: Sequence[_Part]) -> list[Note]:
    where, key = ", ".join(name for _, _, name in found), _KEYS[table]
    files = _parquet([one.file for one, _, _ in found if one.file])
    repeated = connection.execute(
        f"SELECT count(*) - count(DISTINCT {_key(key)}) FROM {files} WHERE {_key(key)} <> ''"
    )
    doubles = repeated.fetchall()[0][0]
    notes = []
    if doubles:
        notes.append(Note("repeated_key", where, doubles, Words(
            f"{doubles} rows repeat a {key}; the first row of each is used",
            f"{doubles}行的{key}重复,每个只取第一行")))  # fmt: skip
    if key == "category_id" or "person_id" in _has(found):
        return notes
    lost, lines = connection.execute(
        f"SELECT count(*) FILTER (WHERE join_key IS NULL), count(*) FROM lines_joined l "
        f"LEFT JOIN {table}_once o ON o.join_key = {_key('l.' + key)} WHERE trim(l.{key}) <> ''"
    ).fetchall()[0]
    notes.append(Note("joined", where, lines - lost, Words(
        f"{lines - lost:,} of {lines:,} order lines found their {key} here", f"{lines:,}行中有{lines - lost:,}行在此找到对应的{key}")))  # fmt: skip
    if lost:
        notes.append(Note("unmatched_key", where, lost, Words(
            f"{lost:,} order lines have a {key} that is not listed here", f"{lost:,}行的{key}在此表中不存在")))  # fmt: skip
    return notes


def _person_note(connection: duckdb.DuckDBPyConnection, found: Sequence[_Part]) -> Note:
    ids, people = connection.execute(
        "SELECT count(DISTINCT join_key), count(DISTINCT person_id) FROM customers_once WHERE person_id IS NOT NULL"
    ).fetchall()[0]
    return Note("one_person", ", ".join(name for _, _, name in found), people, Words(
        f"{ids} customer numbers belong to {people} customers; the number that is one for each is used",
        f"{ids}个客户编号对应{people}个客户,采用唯一客户编号"))  # fmt: skip
