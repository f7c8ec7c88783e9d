"""One history exported twice under different headers would count double; the user says which one to take."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import duckdb

from analysis.clean.headers import normal
from analysis.clean.pieces import Piece
from analysis.clean.relations import Role
from analysis.clean.store import Stored, whole_lines
from analysis.core.dialect import literal
from analysis.core.errors import DataError

SAME_SHARE = 0.95  # two exports of one system differ in a few late lines
FEWEST_LINES = 100  # below, customers, days and amounts may meet by chance


def refuse_same_history(
    connection: duckdb.DuckDBPyConnection,
    pieces: Sequence[Piece],
    roles: Sequence[Role],
    stored: Sequence[Stored],
) -> None:
    """Raise if nearly all lines of a file stand in another with other headers: same customer, day and amount.

    Overlaps of files with the same headers are no error: the cleaning counts them and keeps one.
    """
    shapes: dict[frozenset[str], list[tuple[Piece, Stored]]] = {}
    for piece, role, one in zip(pieces, roles, stored, strict=True):
        if role.table == "orders" and one.rows >= FEWEST_LINES:
            shapes.setdefault(frozenset(normal(header) for header in piece.headers), []).append((piece, one))
    for first, second in combinations(shapes.values(), 2):
        fewer, more = sorted((first, second), key=lambda found: sum(one.rows for _, one in found))
        met, lines = connection.execute(
            f"SELECT count(*) FILTER (WHERE ({KEY}) IN (SELECT ({KEY}) FROM {_files(more)})), count(*) FROM {_files(fewer)}"
        ).fetchall()[0]
        if met >= SAME_SHARE * lines:
            names = [", ".join(piece.name for piece, _ in found) for found in (fewer, more)]
            raise DataError(
                names[0], f"{met} of its {lines} lines stand under other headers in {names[1]} too, so that they would count twice",
                None, f"Set source.path to one of them, or leave one out with source.tables: {{{fewer[0][0].found.name}: unused}}",
            )  # fmt: skip


KEY = (
    "ltrim(trim(coalesce(customer_id, customer_name)), '0'), left(regexp_replace(order_date, '[^0-9]', '', 'g'), 8), "
    "round(abs(TRY_CAST(replace(coalesce(amount, unit_price), ',', '') AS DOUBLE)), 2)"
)


def _files(found: Sequence[tuple[Piece, Stored]]) -> str:
    files = [one.file for _, one in found if one.file]
    listed = ", ".join(literal(file.as_posix()) for file in files)
    return f"({whole_lines(files, f'read_parquet([{listed}])')})"
