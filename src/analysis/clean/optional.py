"""F1: the optional tables that a source brings, read by their contracts and held against the customers (SPEC.md §3.3).

A row that does not count is counted with its reason, an unknown customer is listed and kept, a cell that cannot be
read stays empty and is listed. Nothing here stops a run.
"""

from __future__ import annotations

import datetime
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.clean import decisions
from analysis.clean.raw import SHOWN_CHARACTERS
from analysis.clean.read import SourceRead
from analysis.core import params, project, tables
from analysis.core.contracts import clean as contracts
from analysis.core.contracts.optional import FOLDER, READINGS, Reading, stored_name
from analysis.core.contracts.schema import Column
from analysis.core.dialect import render
from analysis.core.engine import Engine

SQL = Path(__file__).parent
NUMBERS = ("money", "float", "ratio", "int")
DAYS = ("date", "datetime")
PERCENT = 0.01
RULES = ("incomplete", "after_as_of", "duplicate")


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
        _Work(engine, read, orders, settings.source, as_of, name).done()
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


@dataclass
class _Work:
    """One optional table on its way."""

    engine: Engine
    read: SourceRead
    orders: decisions.Reading
    source: params.Source
    as_of: datetime.date
    name: str

    @property
    def how(self) -> Reading:
        return READINGS[self.name]

    def done(self) -> tuple[dict[str, Any], pd.DataFrame, tuple[str, ...]]:
        """Its row of ``optional_tables``, its remarks, and the columns that hold something."""
        files = [file for file in self.read.tables[self.name] if file.is_file()]
        self.engine.view("optional_rows", files)
        judged = self.engine.scratch / f"optional_{self.name}.parquet"
        self.engine.store(self._judged_sql(), judged)
        self.engine.view("optional_judged", [judged])
        self._define_accepted()
        row = self._row(len(files))
        if row["accepted"]:
            self._store()
        return row, self._remarks(), self._filled()

    def _judged_sql(self) -> str:
        evidence = self.engine.frame(self._sql("optional_evidence", **self._cells()))
        how = self.how
        order = "ASC" if how.keeps_first else "DESC"
        return self._sql(
            "optional_judged", columns=[self._column(column, evidence) for column in how.given.columns],
            needed=[stored_name(how.given.by_name[name]) for name in how.needed], dated=how.dated,
            key=how.given.key, order=order, monthly=how.monthly, as_of=f"DATE '{self.as_of.isoformat()}'",
            shown_characters=SHOWN_CHARACTERS, **self._orders_of_days(evidence), comma_files=self._comma_files(evidence),
        )  # fmt: skip

    def _cells(self) -> dict[str, list[str]]:
        columns = self.how.given.columns
        return {
            "dates": [column.name for column in columns if column.kind in DAYS or column.name == "period"],
            "numbers": [column.name for column in columns if column.kind in NUMBERS],
            "ratios": [column.name for column in columns if column.kind == "ratio"],
        }

    def _column(self, column: Column, evidence: pd.DataFrame) -> dict[str, Any]:
        how = self.how
        kind: str = column.kind
        if column.name in (*how.customers, *how.given.key) and kind == "text":
            kind = "identity"
        if column.name == "period":
            kind = "period"
        later = column.kind in DAYS and column.name != how.dated and column.name not in how.planned
        return {"name": column.name, "stored": stored_name(column), "kind": kind, "is_known_later": later,
                "told_with": how.told_with.get(column.name), "factors": self._factors(column, evidence)}  # fmt: skip

    def _factors(self, column: Column, evidence: pd.DataFrame) -> list[tuple[int, str]]:
        """Files whose numbers stand in another unit: what their headers say, and shares written as percentages."""
        if column.kind == "ratio":
            largest = evidence.set_index("file_no")[f"largest_{column.name}"]
            return [(int(no), repr(PERCENT)) for no in largest.index[largest > 1]]
        said = self.read.factors
        said = said[(said["column"] == column.name) & (said["factor"] != 1) & said["file_no"].isin(evidence["file_no"])]
        return [(int(no), repr(float(factor))) for no, factor in zip(said["file_no"], said["factor"], strict=True)]

    def _orders_of_days(self, evidence: pd.DataFrame) -> dict[str, str]:
        """By the file's own days, else by the parameters, else as all orders have them; else such days stay unread."""
        orders, told = self.orders, self.source.day_first
        usual = True if orders.date_order == "day first" else False if orders.date_order == "month first" else None
        found: dict[bool, list[int]] = {True: [], False: []}
        for row in evidence.itertuples(index=False):
            own = bool(row.day_first) if bool(row.day_first) != bool(row.month_first) else None
            first = told if told is not None else own if own is not None else usual
            if first is not None and (told is not None or not (row.day_first and row.month_first)):
                found[first].append(int(row.file_no))
        return {"day_first_files": _numbers(found[True]), "month_first_files": _numbers(found[False])}

    def _comma_files(self, evidence: pd.DataFrame) -> str:
        if self.source.decimal is not None:
            return _numbers(evidence["file_no"] if self.source.decimal == "comma" else [])
        return _numbers(evidence.loc[(evidence["decimal_commas"] > 0) & (evidence["decimal_points"] == 0), "file_no"])

    def _define_accepted(self) -> None:
        known, join = "", ""
        if self.how.customers:
            known = ", k.known_id IS NOT NULL AS is_known_customer"
            join = f" LEFT JOIN known_customers k ON k.known_id = j.{self.how.customers[0]}"
        self.engine.define("optional_accepted", f"SELECT j.*{known} FROM optional_judged j{join} WHERE j.rule IS NULL")
        mentions = " UNION ".join(
            f"SELECT DISTINCT {column} AS customer_id FROM optional_accepted WHERE {column} IS NOT NULL" for column in self.how.customers
        )
        if mentions:
            self.engine.define("optional_mentions", mentions)

    def _row(self, files: int) -> dict[str, Any]:
        by_rule = ", ".join(
            f"CAST(sum(CASE WHEN rule = '{rule}' THEN 1 ELSE 0 END) AS BIGINT) AS {_COUNTED[rule]}" for rule in RULES
        )
        bad = " + ".join(["0", *(f"count({name}_seen)" for name in self._typed())])
        counts = self.engine.frame(
            f"SELECT CAST(count(*) AS BIGINT) AS rows_read, {by_rule}, CAST({bad} AS BIGINT) AS bad_cells, "
            "min(CASE WHEN rule IS NULL THEN known_on END) AS first_date, max(CASE WHEN rule IS NULL THEN known_on END) AS last_date "
            "FROM optional_judged"
        ).iloc[0]
        listed = self.read.input_files
        lost = int(listed.loc[listed["table_name"] == self.name, "unreadable"].sum()) if "unreadable" in listed else 0
        removed = sum(int(counts[name]) for name in _COUNTED.values())
        return {
            "table_name": self.name, "files": files, "rows_read": int(counts["rows_read"]) + lost,
            "accepted": int(counts["rows_read"]) - removed, "unreadable": lost,
            **{name: int(counts[name]) for name in _COUNTED.values()}, "bad_cells": int(counts["bad_cells"]),
            "first_date": counts["first_date"], "last_date": counts["last_date"], **self._customers(),
        }  # fmt: skip

    def _customers(self) -> dict[str, Any]:
        """How many customers it names, how many of them have no orders, and what part of the active revenue is theirs."""
        if not self.how.customers:
            return {"customers": pd.NA, "unknown_customers": pd.NA, "coverage": float("nan")}
        counts = self.engine.frame(
            "SELECT CAST(count(*) AS BIGINT) AS named, CAST(count(known_id) AS BIGINT) AS known "
            "FROM optional_mentions m LEFT JOIN known_customers ON known_id = m.customer_id"
        ).iloc[0]
        money = self.engine.frame(
            "SELECT CAST(sum(a.revenue_e4) AS BIGINT) AS active_e4, CAST(sum(CASE WHEN m.customer_id IS NOT NULL "
            "THEN a.revenue_e4 END) AS BIGINT) AS covered_e4 "
            "FROM active_revenue a LEFT JOIN optional_mentions m ON m.customer_id = a.customer_id"
        ).iloc[0]
        active, covered = (0 if pd.isna(money[name]) else int(money[name]) for name in ("active_e4", "covered_e4"))
        return {"customers": int(counts["named"]), "unknown_customers": int(counts["named"] - counts["known"]),
                "coverage": covered / active if active else float("nan")}  # fmt: skip

    def _remarks(self) -> pd.DataFrame:
        """What was seen in cells and rows that do not count as written, each value once with its first place."""
        parts = [_remark("unreadable_cell", name, f"{name}_seen", "optional_judged") for name in self._typed()]
        parts += [_remark("not_known_yet", name, f"{name}_later", "optional_judged WHERE rule IS NULL") for name in self._later()]
        parts.append(_remark("after_as_of", self.how.dated or "", "CAST(known_on AS STRING)", "optional_judged WHERE rule = 'after_as_of'"))
        parts.append(_remark("duplicate", ", ".join(self.how.given.key), "''", "optional_judged WHERE rule = 'duplicate'"))
        parts += [
            _remark("incomplete", name, "''", f"optional_judged WHERE rule = 'incomplete' AND lacking = '{stored_name(self.how.given.by_name[name])}'")
            for name in self.how.needed
        ]
        parts += [
            _remark("unknown_customer", name, name,
                    f"optional_accepted LEFT JOIN known_customers ON known_id = {name} WHERE known_id IS NULL")
            for name in self.how.customers
        ]  # fmt: skip
        found = self.engine.frame(
            "SELECT issue, column_name, seen, CAST(count(*) AS BIGINT) AS rows, min(place) AS place FROM ("
            + " UNION ALL ".join(parts)
            + ") AS remarks WHERE seen IS NOT NULL GROUP BY issue, column_name, seen ORDER BY issue, column_name, seen"
        )
        place = found.pop("place").astype("str").str.split("-", expand=True).reindex(columns=range(2))
        return found.assign(table_name=self.name, file_no=place[0].astype("Int64"), row_no=place[1].astype("Int64"))[
            list(contracts.OPTIONAL_REMARKS.by_name)
        ]

    def _store(self) -> None:
        table = self.how.stored
        columns = ", ".join(column.name for column in table.columns)
        order = ", ".join((*table.key, "file_no", "row_no"))
        self.engine.store(f"SELECT {columns} FROM optional_accepted ORDER BY {order}", tables.path(table))

    def _filled(self) -> tuple[str, ...]:
        given = self.how.given.columns
        counts = self.engine.frame(
            "SELECT " + ", ".join(f"CAST(count({stored_name(column)}) AS BIGINT) AS {column.name}" for column in given)
            + " FROM optional_accepted"
        ).iloc[0]  # fmt: skip
        return tuple(column.name for column in given if counts[column.name])

    def _typed(self) -> list[str]:
        return [column.name for column in self.how.given.columns
                if column.kind in (*NUMBERS, *DAYS, "bool") or column.name == "period"]  # fmt: skip

    def _later(self) -> list[str]:
        how = self.how
        return [column.name for column in how.given.columns
                if column.kind in DAYS and column.name != how.dated and column.name not in how.planned]  # fmt: skip

    def _sql(self, step: str, **values: Any) -> str:
        """The text of ``step`` with the macros and patterns by which order lines are read too."""
        lines = (SQL / "typed.sql").read_text(encoding="utf-8")
        shared = re.findall(r"\{% macro .*?\{% endmacro %\}|\{% set \w+ = \"[^%]*?\" %\}", lines, re.DOTALL)
        return render("\n".join([*shared, (SQL / f"{step}.sql").read_text(encoding="utf-8")]), self.engine.dialect,
                      **{"day_first_files": "0", "month_first_files": "0", "comma_files": "0", **values})  # fmt: skip


_COUNTED = {"incomplete": "incomplete", "after_as_of": "after_as_of", "duplicate": "duplicates"}
_DIGITS = 12  # of a place as text, so that the first place is the smallest


def _remark(issue: str, column: str, seen: str, rows: str) -> str:
    place = f"lpad(CAST(file_no AS STRING), {_DIGITS}, '0') || '-' || lpad(CAST(row_no AS STRING), {_DIGITS}, '0')"
    return f"SELECT '{issue}' AS issue, '{column}' AS column_name, CAST({seen} AS STRING) AS seen, {place} AS place FROM {rows}"


def _numbers(files: Sequence[int] | pd.Series) -> str:
    """File numbers for ``IN``; no file has number 0."""
    return ", ".join(str(int(no)) for no in files) or "0"
