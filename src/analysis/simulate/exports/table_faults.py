"""What is wrong with the other tables: customers nobody entered, rows twice, unknown customers, cells nobody can read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from analysis.simulate.exports import office_rows, table_rows
from analysis.simulate.exports.book import Book
from analysis.simulate.exports.tables import NO_DAY, Row, TableFile, without_repeats
from analysis.simulate.world.side import Side
from analysis.simulate.world.side_laws import Gaps
from analysis.simulate.world.streams import stream

UNREADABLE = ("待定", "见附件", "n.a.?", "#REF!", "??")
UNKNOWN_FROM = 80_001  # numbers of customers that are not in the books
TABLE_FAULTS = ("table", "kind", "file", "row", "customer_id", "column", "value")


def make_tables(side: Side, book: Book) -> list[TableFile]:
    """All tables with their faults."""
    made = [table_rows.tickets(side, book.numbers)]
    made += [make(side) for make in (
        table_rows.contacts, table_rows.referrals, table_rows.surveys, table_rows.usage, table_rows.exit_reasons, table_rows.social,
        office_rows.wallet, office_rows.subscriptions, office_rows.actions, office_rows.spend, office_rows.activity_costs,
        office_rows.capacity,
    )]  # fmt: skip
    for table in made:
        without_repeats(table)
        _spoil(stream(side.world.random_seed, f"faults of {table.name}"), side.laws.gaps, table)
    return [table for table in made if table.rows]


def _spoil(rng: np.random.Generator, law: Gaps, table: TableFile) -> None:
    if table.customers:
        place = table.place(table.customers[0])
        _leave_out(rng, law, table, place)
        chosen = _some(rng, law.unknown, table)
        for number, row in enumerate(chosen):
            row.cells[place], row.fault, row.column = f"KH{UNKNOWN_FROM + number}", "unknown_customer", table.customers[0]
    for row in _some(rng, law.unreadable, table) if table.numbers else ():
        column = table.numbers[int(rng.integers(len(table.numbers)))]
        row.cells[table.place(column)], row.fault, row.column = UNREADABLE[int(rng.integers(len(UNREADABLE)))], "unreadable_cell", column
    if table.customers:
        twins = [Row(list(row.cells), row.day, "duplicate", ", ".join(table.key)) for row in _some(rng, law.duplicate, table)]
        for twin in twins:
            table.rows.insert(int(rng.integers(len(table.rows) + 1)), twin)


def _leave_out(rng: np.random.Generator, law: Gaps, table: TableFile, place: int) -> None:
    """A part of the customers is not in the table at all."""
    named = sorted({str(row.cells[place]) for row in table.rows})
    gone = {one for one, part in zip(named, rng.random(len(named)).tolist(), strict=True) if part < law.customers_missing}
    table.rows = [row for row in table.rows if row.cells[place] not in gone]
    table.missing = sorted(gone)


def _some(rng: np.random.Generator, part: float, table: TableFile) -> list[Row]:
    """Sound rows by lot, at least one of a table that has some to spare."""
    sound = [row for row in table.rows if not row.fault]
    count = min(max(round(part * len(sound)), 1), len(sound) // 4)  # a quarter, so that a small table keeps its sense
    return [sound[at] for at in np.sort(rng.permutation(len(sound))[:count]).tolist()]


def table_faults(tables: list[TableFile]) -> Iterator[dict[str, Any]]:
    """One row a fault, in the columns of ``TABLE_FAULTS``."""
    for table in tables:
        for at, row in enumerate(table.rows, start=table.first_row):
            if row.fault:
                who = row.cells[table.place(table.customers[0])] if table.customers else ""
                value = row.cells[table.place(row.column)] if row.fault != "duplicate" else ""
                yield {"table": table.name, "kind": row.fault, "file": table.file, "row": at, "customer_id": who,
                       "column": row.column, "value": value}  # fmt: skip
        for who in table.missing:
            yield {"table": table.name, "kind": "missing_customer", "file": table.file, "row": "", "customer_id": who,
                   "column": "", "value": ""}  # fmt: skip


def table_counts(tables: list[TableFile], last_complete: int) -> dict[str, dict[str, int]]:
    """Rows of each table, and how many of them a perfect reader as of the last complete month uses or sets aside."""
    found = {}
    for table in tables:
        later = [row.day != NO_DAY and row.day > last_complete for row in table.rows]
        kinds = [row.fault for row in table.rows]
        double = sum(kind == "duplicate" and not after for kind, after in zip(kinds, later, strict=True))
        found[table.name] = {
            "rows": len(kinds), "after_as_of": sum(later), "duplicates": double,
            "accepted": len(kinds) - sum(later) - double,
            "unreadable_cells": sum(kind == "unreadable_cell" for kind in kinds),
            "unknown_customers": sum(kind == "unknown_customer" and not after for kind, after in zip(kinds, later, strict=True)),
            "missing_customers": len(table.missing),
        }  # fmt: skip
    return found
