"""F1: raw exports of any kind as text tables with canonical columns, nothing lost.

    read = read_source(params.source, params.engine, engine.scratch)
    engine.view("lines", read.tables["orders"])
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.clean.files import Found, find_files
from analysis.clean.joins import join_orders
from analysis.clean.notes import Note, reading_notes
from analysis.clean.pieces import Piece, open_pieces
from analysis.clean.relations import LINES, READ, UNUSED, Role, arrange, role_of, told_table
from analysis.clean.settled import check_names, check_roles
from analysis.clean.store import Stored, filled_columns, needed_cells, store_piece
from analysis.clean.twice import refuse_same_history
from analysis.core import params, project
from analysis.core.contracts.inputs import ORDERS
from analysis.core.contracts.optional import READINGS
from analysis.core.contracts.optional_inputs import OPTIONAL
from analysis.core.errors import DataError


@dataclass(frozen=True)
class SourceRead:
    """What a source holds.

    Attributes
    ----------
    tables : Parquet files of text columns by table; all files of a table have the same columns.
    present : canonical columns of each table that some file fills.
    input_files, column_map : one row a file or sheet, one row a column of each.
    factors : what a column of a file is multiplied by: ``file_no, column, factor``, for money and other numbers.
    notes : what the reader had to decide or found to be odd.
    amount_basis : on which side of the tax the amounts stand; ``None`` where nothing says so.
    currencies : those that headers name.
    """

    tables: dict[str, list[Path]]
    present: dict[str, tuple[str, ...]]
    input_files: pd.DataFrame
    column_map: pd.DataFrame
    factors: pd.DataFrame
    notes: tuple[Note, ...]
    amount_basis: str | None
    currencies: tuple[str, ...]


def read_source(source: params.Source, settings: params.Engine, scratch: Path) -> SourceRead:
    """Read every file of ``source`` into ``scratch``.

    Reading always uses a DuckDB of its own, within the limits of ``settings``, whichever engine works on the tables.

    Raises
    ------
    DataError
        Nothing is there, a file cannot be read, or a required column is missing or could be one of two.
    """
    folder = scratch / "read"
    folder.mkdir()
    found = find_files(project.inside(source.path), source)
    pieces = [piece for one in found for piece in _pieces_of(one, source, folder)]
    check_names(pieces, source)
    roles = arrange([_role(piece, source) for piece in pieces])
    check_roles(pieces, roles, source)
    lines = filled_columns(roles)
    with closing(_connect(settings, folder)) as connection:
        stored = [
            store_piece(connection, piece, role, file_no, needed_cells(role), folder,
                        lines if role.table in LINES else tuple(READ[role.table].by_name) if role.table in READ else ())
            for file_no, (piece, role) in enumerate(zip(pieces, roles, strict=True), 1)
        ]
        _refuse_empty(pieces, roles, stored)
        refuse_same_history(connection, pieces, roles, stored)
        joined = join_orders(connection, stored, roles, [piece.name for piece in pieces], folder)
    return _assembled(pieces, roles, stored, joined, folder, source)


def _refuse_empty(pieces: Sequence[Piece], roles: Sequence[Role], stored: Sequence[Stored]) -> None:
    names = [piece.name for piece, role in zip(pieces, roles, strict=True) if role.table in LINES]
    if not any(one.rows for one in stored if one.of_orders):
        refused = sum(len(one.unreadable) for one in stored if one.of_orders)
        what = f"none of the {refused} lines below the headers can be read" if refused else "there are headers and no row below them"
        raise DataError(", ".join(names), what, None, "Look whether the export is complete, and export it again")


def _pieces_of(found: Found, source: params.Source, folder: Path) -> Sequence[Piece]:
    def unused(sheet: str | None) -> bool:
        name = f"{found.name}, sheet {sheet}" if sheet else found.name
        return told_table(source.tables, name, found.name, sheet) == UNUSED

    return list(open_pieces(found, source, folder, unused))


def _role(piece: Piece, source: params.Source) -> Role:
    told = told_table(source.tables, piece.name, piece.found.name, piece.sheet)
    if piece.store is None or piece.note in ("empty",):
        return Role("not_read", role_of((), piece.name, settled={}, basis=None, told="other").headers)
    if piece.note == "no_known_headers" and not told:
        return role_of(piece.headers, piece.name, settled={}, basis=None, told="other")
    return role_of(piece.headers, piece.name, settled=source.columns, basis=source.amount_basis, told=told)


def _connect(settings: params.Engine, folder: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(
        config={
            "memory_limit": f"{settings.memory_limit_gb}GB",
            "threads": settings.threads,
            "temp_directory": str(folder),
            "preserve_insertion_order": "true",  # the row numbers rest on it
        }
    )
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def _assembled(
    pieces: Sequence[Piece], roles: Sequence[Role], stored: Sequence[Stored], joined: tuple[list[Path], set[str], list[Note]],
    folder: Path, source: params.Source,
) -> SourceRead:  # fmt: skip
    orders, filled, notes = joined
    tables = {"orders": orders, "unreadable_lines": [_unreadable(pieces, stored, folder)]}
    present: dict[str, tuple[str, ...]] = {"orders": tuple(name for name in ORDERS.by_name if name in filled)}
    for name in sorted({role.table for role in roles} & READ.keys() - set(LINES)):
        tables[name] = [one.file for one, role in zip(stored, roles, strict=True) if role.table == name and one.file]
        has = {column for role in roles if role.table == name for column in role.columns}
        present[name] = tuple(column for column in READ[name].by_name if column in has)
    bases = {role.headers.basis for role in roles if role.table in LINES and role.headers.basis}
    return SourceRead(
        tables, present, _input_files(pieces, roles, stored), _column_map(roles, stored),
        _taxed(_factors(roles, stored), roles, source), (*reading_notes(pieces, roles, stored, source), *notes),
        bases.pop() if len(bases) == 1 and not source.tax_rate else source.amount_basis,
        tuple(sorted({claim.currency for role in roles if role.table in READ and role.table not in OPTIONAL
                      for claim in role.headers.claims if claim.currency})),
    )  # fmt: skip


def _input_files(pieces: Sequence[Piece], roles: Sequence[Role], stored: Sequence[Stored]) -> pd.DataFrame:
    rows = [
        {
            "file_no": at, "source_file": piece.name, "table_name": role.table, "rows_read": one.rows + len(one.unreadable),
            "unreadable": len(one.unreadable), "blank_rows": one.blank, "bytes": piece.found.size,
            "sha256": piece.found.sha256, "encoding": piece.encoding, "delimiter": piece.delimiter,
            "header_row": piece.header_row if piece.store else None, "note": piece.note or None,
        }
        for at, (piece, role, one) in enumerate(zip(pieces, roles, stored, strict=True), 1)
    ]  # fmt: skip
    return pd.DataFrame(rows).astype(
        {"header_row": "Int64", "encoding": "str", "delimiter": "str", "note": "str", "sha256": "str"}
    )


def _column_map(roles: Sequence[Role], stored: Sequence[Stored]) -> pd.DataFrame:
    rows = [
        {
            "file_no": at, "position": claim.position, "header": claim.header, "column": claim.column,
            "factor": float(one.factors.get(claim.column or "", 1)), "currency": claim.currency, "note": claim.note,
        }
        for at, (role, one) in enumerate(zip(roles, stored, strict=True), 1)
        for claim in role.headers.claims
    ]  # fmt: skip
    names = ["file_no", "position", "header", "column", "factor", "currency", "note"]
    return pd.DataFrame(rows, columns=names).astype({"column": "str", "currency": "str", "header": "str", "note": "str"})


def _factors(roles: Sequence[Role], stored: Sequence[Stored]) -> pd.DataFrame:
    numeric = [column.name for column in ORDERS.columns if column.kind in ("money", "float", "ratio")]
    rows = [
        (at, name, float(one.factors.get(name, 1)))
        for at, (role, one) in enumerate(zip(roles, stored, strict=True), 1)
        for name in (numeric if role.table in LINES else one.factors if role.table in READINGS else ())
    ]
    return pd.DataFrame(rows, columns=["file_no", "column", "factor"])


def _taxed(factors: pd.DataFrame, roles: Sequence[Role], source: params.Source) -> pd.DataFrame:
    """``factors`` that also turn money of the other basis into that of ``source``, where the rate of the tax is told."""
    if source.tax_rate is None or source.amount_basis is None:
        return factors
    times = 1 + source.tax_rate if source.amount_basis == "taxed" else 1 / (1 + source.tax_rate)
    other = [at for at, role in enumerate(roles, 1) if role.headers.basis not in (None, source.amount_basis)]
    turned = factors["file_no"].isin(other) & factors["column"].isin(["amount", "unit_price"])
    return factors.assign(factor=factors["factor"].where(~turned, factors["factor"] * times))


def _unreadable(pieces: Sequence[Piece], stored: Sequence[Stored], folder: Path) -> Path:
    lines = [
        (at, line.row_no, piece.name, line.reason, line.text)
        for at, (piece, one) in enumerate(zip(pieces, stored, strict=True), 1)
        for line in sorted(one.unreadable)
        if one.of_orders
    ]
    names = ("file_no", "row_no", "source_file", "reason", "text")
    types = (pa.int64(), pa.int64(), pa.string(), pa.string(), pa.string())
    columns = {name: pa.array([line[at] for line in lines], types[at]) for at, name in enumerate(names)}
    pq.write_table(pa.table(columns), folder / "unreadable_lines.parquet")
    return folder / "unreadable_lines.parquet"
