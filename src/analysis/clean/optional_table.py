"""F1: one optional table: its rows judged, counted and stored, and what is to be remarked on."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.clean import decisions
from analysis.clean.raw import SHOWN_CHARACTERS
from analysis.clean.read import SourceRead
from analysis.core import params, tables
from analysis.core.contracts import clean as contracts
from analysis.core.contracts.optional import READINGS, Reading, stored_name
from analysis.core.contracts.optional_words import WORDS
from analysis.core.contracts.schema import Column
from analysis.core.dialect import literal, render
from analysis.core.engine import Engine

FOLDER = Path(__file__).parent
NUMBERS = ("money", "float", "ratio", "int")
DAYS = ("date", "datetime")
PERCENT = 0.01
RULES = ("incomplete", "after_as_of", "duplicate")


@dataclass
class OptionalTable:
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
        self.engine.view("optional_cells", files)
        self.engine.define("optional_rows", self._rows_sql())
        judged = self.engine.scratch / f"optional_{self.name}.parquet"
        self.engine.store(self._judged_sql(), judged)
        self.engine.view("optional_judged", [judged])
        self._define_accepted()
        row = self._row(len(files))
        if row["accepted"]:
            self._store()
        return row, self._remarks(), self._filled()

    def _rows_sql(self) -> str:
        listed = self.read.present.get("customers", ())
        if not self.how.customers or self.name == "customers" or not {"customer_id", "person_id"} <= set(listed):
            return "SELECT * FROM optional_cells"
        self.engine.view("customer_cells", self.read.tables["customers"])
        columns = [column.name for column in self.how.given.columns]
        return self._sql("optional_people", customers=self.how.customers, columns=columns)

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
        if column.name in self.words:
            kind = "word"
        later = column.kind in DAYS and column.name != how.dated and column.name not in how.planned
        return {"name": column.name, "stored": stored_name(column), "kind": kind, "is_known_later": later,
                "words": self._written(column.name), "told_with": how.told_with.get(column.name), "factors": self._factors(column, evidence)}  # fmt: skip

    @property
    def words(self) -> Mapping[str, Mapping[str, Sequence[str]]]:
        """Columns whose values are words of the house."""
        return WORDS.get(self.name, {})

    def _written(self, column: str) -> list[tuple[str, str]]:
        """How a word may be written, and the word, as SQL."""
        return [(literal(one), literal(word)) for word, ways in self.words.get(column, {}).items() for one in ways]

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
            f"CAST(count(CASE WHEN rule = '{rule}' THEN 1 END) AS BIGINT) AS {_COUNTED[rule]}" for rule in RULES
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
        parts += [
            _remark("unknown_word", name, name, f"optional_accepted WHERE {name} NOT IN ({', '.join(map(literal, words))})")
            for name, words in self.words.items()
        ]
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
        text = (FOLDER / f"{step}.sql").read_text(encoding="utf-8")
        unsaid = {"day_first_files": "0", "month_first_files": "0", "comma_files": "0"}
        return render(text, self.engine.dialect, **(unsaid | values))


_COUNTED = {"incomplete": "incomplete", "after_as_of": "after_as_of", "duplicate": "duplicates"}
_DIGITS = 12  # of a place as text, so that the first place is the smallest


def _remark(issue: str, column: str, seen: str, rows: str) -> str:
    place = f"lpad(CAST(file_no AS STRING), {_DIGITS}, '0') || '-' || lpad(CAST(row_no AS STRING), {_DIGITS}, '0')"
    return f"SELECT '{issue}' AS issue, '{column}' AS column_name, CAST({seen} AS STRING) AS seen, {place} AS place FROM {rows}"


def _numbers(files: Sequence[int] | pd.Series) -> str:
    """File numbers for ``IN``; no file has number 0."""
    return ", ".join(str(int(no)) for no in files) or "0"
