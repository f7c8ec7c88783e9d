"""F1: the optional tables that a source brings, read by their contracts and held against the customers (SPEC.md §3.3).

A row that does not count is counted with its reason, an unknown customer is listed and kept, a cell that cannot be
read stays empty and is listed. Nothing here stops a run.
"""

from __future__ import annotations

import datetime
import shutil
from dataclasses import dataclass

import pandas as pd

from analysis.clean import decisions
from analysis.clean.optional_table import OptionalTable
from analysis.clean.read import SourceRead
from analysis.core import params, project, tables
from analysis.core.contracts import clean as contracts
from analysis.core.contracts.optional import FOLDER, READINGS
from analysis.core.engine import Engine


@dataclass(frozen=True)
class Brought:
    """What became of the optional tables.

    Attributes
    ----------
    tables : rows of ``optional_tables``.
    remarks : rows of ``optional_remarks``.
    present : columns with a value, of each table with a row that counts.
    """

    tables: pd.DataFrame
    remarks: pd.DataFrame
    present: dict[str, tuple[str, ...]]


def store_optional(
    engine: Engine, read: SourceRead, orders: decisions.Reading, settings: params.Params, as_of: datetime.date
) -> Brought:
    """Store every optional table that has a row that counts, and say what became of all rows.

    Needs the views ``customers`` and ``customer_months`` of the stage's own tables.
    """
    folder = project.inside(f"data/{FOLDER}")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _define_active(engine, as_of, settings.clean.coverage_months)
    found = [
        OptionalTable(engine, read, orders, settings.source, as_of, name).done()
        for name in READINGS
        if any(file.is_file() for file in read.tables.get(name, ()))
    ]
    rows = pd.DataFrame([row for row, _, _ in found], columns=list(contracts.OPTIONAL_TABLES.by_name))
    remarks = pd.concat([tables.without_rows(contracts.OPTIONAL_REMARKS), *(remarks for _, remarks, _ in found)], ignore_index=True)
    present = {row["table_name"]: filled for row, _, filled in found if row["accepted"]}
    return Brought(tables.write(contracts.OPTIONAL_TABLES, rows.astype(_TYPES)),
                   tables.write(contracts.OPTIONAL_REMARKS, remarks), present)  # fmt: skip


_TYPES = {column.name: "Int64" if column.kind == "int" else "float64" for column in contracts.OPTIONAL_TABLES.columns
          if column.kind in ("int", "ratio")}  # fmt: skip


def _define_active(engine: Engine, as_of: datetime.date, months: int) -> None:
    """``active_revenue``: what each customer that is one brought in the latest months, where that is more than nothing."""
    engine.define("known_customers", "SELECT customer_id AS known_id FROM customers")
    first = (pd.Timestamp(as_of).to_period("M") - (months - 1)).start_time.date()
    engine.define(
        "active_revenue",
        "SELECT m.customer_id, CAST(sum(m.revenue_e4) AS BIGINT) AS revenue_e4 FROM customer_months m "
        "JOIN customers c ON c.customer_id = m.customer_id "
        f"WHERE NOT c.is_pseudo_customer AND m.month >= DATE '{first.isoformat()}' "
        "GROUP BY m.customer_id HAVING sum(m.revenue_e4) > 0",
    )
