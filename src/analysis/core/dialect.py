"""One SQL text per step for two engines.

The texts are Jinja templates. They see the functions of a ``Dialect`` by name, so that
``{{ days('first_day', 'last_day') }}`` is right on both engines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import jinja2

PARQUET = "FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2"  # how DuckDB writes its files
SPACES = " \t\r\n\u00a0\u2002\u2003\u2009\u202f\u3000\ufeff"  # what both engines take off the ends of a cell


class Dialect:
    """The places where the two engines' SQL differs, in DuckDB's words."""

    name = "duckdb"

    def matches(self, text: str, pattern: str) -> str:
        """True where the whole of ``text`` matches ``pattern``.

        DuckDB extracts once for each different text of a column but looks for a match in every row.
        """
        found = f"regexp_extract({text}, '^(?:{pattern})$') <> ''"
        return f"({found} OR {text} = '')" if re.fullmatch(pattern, "") else f"({found})"

    def trimmed(self, text: str) -> str:
        """``text`` without spaces of any kind at its ends; few have any, and to look is faster than to trim."""
        return f"CASE WHEN regexp_extract({text}, '^[{SPACES}]|[{SPACES}]$') <> '' THEN trim({text}, '{SPACES}') ELSE {text} END"

    def untidy(self, text: str, words: str) -> str:
        """True where ``text`` has spaces of any kind at its ends or is one of ``words``, parted by |."""
        return f"(regexp_extract({text}, '^[{SPACES}]|[{SPACES}]$|^(?:{words})$') <> '')"

    def part(self, text: str, pattern: str, group: int) -> str:
        """Group ``group`` of the first match of ``pattern``; empty text where there is none."""
        return f"regexp_extract({text}, '{pattern}', {group})"

    def arranged(self, text: str, pattern: str, order: str) -> str:
        """The groups of ``pattern``, which matches the whole of ``text``, in the ``order`` that their digits say."""
        groups = re.sub("([1-9])", r"\\\1", order)
        return f"regexp_replace({text}, '{pattern}', '{groups}')"

    def without(self, text: str, pattern: str) -> str:
        """``text`` with every match of ``pattern`` taken out."""
        return f"regexp_replace({text}, '{pattern}', '', 'g')"

    def whole(self, a: str, b: str) -> str:
        """Whole-number division, towards zero for numbers that are not negative."""
        return f"(({a}) // ({b}))"

    def days(self, start: str, end: str) -> str:
        """Days from ``start`` to ``end``."""
        return f"CAST(date_diff('day', {start}, {end}) AS BIGINT)"

    def to_date(self, text: str) -> str:
        """ISO text as a day, null where there is no such day."""
        return f"TRY_CAST({text} AS DATE)"

    def to_moment(self, text: str) -> str:
        """ISO text of day and time, without a time zone; null where there is no such moment."""
        return f"TRY_CAST({text} AS TIMESTAMP)"

    def from_serial(self, number: str) -> str:
        """A day from the whole number that spreadsheets store: 45292 is 2024-01-01."""
        return f"(DATE '1899-12-30' + CAST({number} AS INTEGER))"

    def row_hash(self, columns: Sequence[str]) -> str:
        """A hash of ``columns``; it only proposes candidates, so that the engines may differ in its value."""
        return f"hash({', '.join(columns)})"

    def quantile(self, values: str, share: float) -> str:
        """Exact quantile with linear interpolation."""
        return f"quantile_cont({values}, {share})"

    def text_agg(self, text: str) -> str:
        """Distinct texts of a group, sorted and joined by a comma."""
        return f"array_to_string(list_sort(list(DISTINCT {text})), ', ')"


class SparkDialect(Dialect):
    """The same in Spark's words."""

    name = "spark"

    def matches(self, text: str, pattern: str) -> str:
        return f"({text} RLIKE '^(?:{_spark(pattern)})$')"

    def trimmed(self, text: str) -> str:
        return f"trim(BOTH '{SPACES}' FROM {text})"

    def untidy(self, text: str, words: str) -> str:
        return f"({text} RLIKE '^[{SPACES}]|[{SPACES}]$|^(?:{words})$')"

    def part(self, text: str, pattern: str, group: int) -> str:
        return f"regexp_extract({text}, '{_spark(pattern)}', {group})"

    def arranged(self, text: str, pattern: str, order: str) -> str:
        groups = re.sub("([1-9])", r"$\1", order)
        return f"regexp_replace({text}, '{_spark(pattern)}', '{groups}')"

    def without(self, text: str, pattern: str) -> str:
        return f"regexp_replace({text}, '{_spark(pattern)}', '')"

    def whole(self, a: str, b: str) -> str:
        return f"(({a}) div ({b}))"

    def days(self, start: str, end: str) -> str:
        return f"CAST(datediff({end}, {start}) AS BIGINT)"

    def to_moment(self, text: str) -> str:
        return f"TRY_CAST({text} AS TIMESTAMP_NTZ)"

    def from_serial(self, number: str) -> str:
        return f"date_add(DATE '1899-12-30', CAST({number} AS INT))"

    def row_hash(self, columns: Sequence[str]) -> str:
        return f"xxhash64({', '.join(columns)})"

    def quantile(self, values: str, share: float) -> str:
        return f"percentile({values}, {share})"

    def text_agg(self, text: str) -> str:
        return f"array_join(array_sort(collect_set({text})), ', ')"


def _spark(pattern: str) -> str:
    """Spark reads a backslash in a string literal as an escape."""
    return pattern.replace("\\", "\\\\")


def render(text: str, dialect: Dialect, **values: Any) -> str:
    """Fill the SQL template ``text``; an unknown name is an error."""
    functions = {name: getattr(dialect, name) for name in dir(Dialect) if not name.startswith("_")}
    return _compiled(text).render(**functions, **values)


@cache
def _compiled(text: str) -> jinja2.Template:
    """Compiling a template takes longer than the query on a small table."""
    return _environment().from_string(text)


@cache
def _environment() -> jinja2.Environment:
    """Texts may import the macros of others, named from the package's folder: clean/cells.sql."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader("analysis", ""),
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False,
    )  # fmt: skip


def literal(text: str) -> str:
    """``text`` as an SQL string; both engines read it the same only without backslashes."""
    return "'" + text.replace("\\", "").replace("'", "''") + "'"
