"""F1: what the cleaning counts, before and after its rules; every count is an exact integer of the engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from analysis.core.engine import Engine

_LINES = "CAST(count(*) AS BIGINT) AS lines"
_RETURNED = "CASE WHEN line_kind = 'return' AND NOT is_pseudo_customer THEN -amount_e4 END"


class LineCounts(NamedTuple):
    """Lines and money: as read, by rule, with the sign turned, accepted and rejected."""

    read: pd.Series
    hits: pd.DataFrame
    signs: pd.Series
    accepted: pd.Series
    rejected: pd.Series


def line_counts(engine: Engine) -> LineCounts:
    """Count the judged lines, and once more what the two stored tables hold."""
    read = engine.frame(f"SELECT {_LINES}, {_total('raw_amount_e4', 'amount_e4')} FROM typed").iloc[0]
    read["lines"] += engine.frame(f"SELECT {_LINES} FROM unreadable_lines")["lines"].iloc[0]
    hits = engine.frame(
        f"SELECT rule, {_LINES}, {_total('raw_amount_e4', 'amount_e4')}, min(order_date) AS first_date,"
        " max(order_date) AS last_date FROM rejected_lines GROUP BY rule ORDER BY rule"
    )
    signs = engine.frame(
        f"SELECT {_LINES}, {_total('amount_e4 - raw_amount_e4', 'change_e4')}"
        " FROM order_lines WHERE amount_e4 <> raw_amount_e4"
    )
    accepted = engine.frame(f"SELECT {_LINES}, {_total('amount_e4', 'amount_e4')} FROM order_lines")
    rejected = engine.frame(f"SELECT {_LINES}, {_total('raw_amount_e4', 'amount_e4')} FROM rejected_lines")
    return LineCounts(read, hits, signs.iloc[0], accepted.iloc[0], rejected.iloc[0])


def column_profile(engine: Engine, names: Sequence[str]) -> pd.DataFrame:
    """Rows of ``input_profile``: values and different values of each column as it was read."""
    counts = ", ".join(
        f"CAST(count({name}) AS BIGINT) AS {name}_filled, CAST(count(DISTINCT {name}) AS BIGINT) AS {name}_distinct"
        for name in names
    )
    row = engine.frame(f"SELECT {_LINES}, {counts} FROM raw_lines").iloc[0]
    return pd.DataFrame(
        {
            "column": names,
            "filled": [row[f"{name}_filled"] for name in names],
            "missing": [row["lines"] - row[f"{name}_filled"] for name in names],
            "distinct_values": [row[f"{name}_distinct"] for name in names],
        }
    )


def order_id_counts(engine: Engine) -> pd.Series:
    """``order_ids`` and how many of them are ``shared`` by several customers."""
    return engine.frame(
        "SELECT CAST(count(*) AS BIGINT) AS order_ids,"
        f" {_total('CASE WHEN customers > 1 THEN 1 ELSE 0 END', 'shared')} FROM"
        " (SELECT order_id, count(DISTINCT customer_id) AS customers FROM typed"
        "  WHERE order_id IS NOT NULL AND customer_id IS NOT NULL GROUP BY order_id) ids"
    ).iloc[0]


def control_totals(engine: Engine) -> pd.DataFrame:
    """Total rows beside the sum of the lines above them: of those since the last total, where that is what they say."""
    return engine.frame(
        "WITH found AS (SELECT file_no, row_no FROM rejected_lines WHERE rule = 'total_row'),"
        " sums AS (SELECT l.file_no, l.row_no, l.raw_amount_e4, t.row_no IS NOT NULL AS is_total,"
        " sum(CASE WHEN t.row_no IS NULL THEN coalesce(l.raw_amount_e4, 0) ELSE 0 END)"
        "  OVER (PARTITION BY l.file_no ORDER BY l.row_no ROWS UNBOUNDED PRECEDING) AS above"
        " FROM typed l JOIN (SELECT DISTINCT file_no FROM found) f ON l.file_no = f.file_no"
        " LEFT JOIN found t ON l.file_no = t.file_no AND l.row_no = t.row_no),"
        " totals AS (SELECT file_no, row_no, raw_amount_e4 AS total_e4, CAST(above AS BIGINT) AS above,"
        " CAST(above - coalesce(lag(above) OVER (PARTITION BY file_no ORDER BY row_no), 0) AS BIGINT) AS since"
        " FROM sums WHERE is_total AND raw_amount_e4 IS NOT NULL)"
        " SELECT file_no, row_no, total_e4, CASE WHEN total_e4 = since THEN since ELSE above END AS lines_e4"
        " FROM totals ORDER BY file_no, row_no"
    )


def money_counts(engine: Engine) -> pd.Series:
    """First day, revenue, revenue with known cost, and the returns: all of them, and those tied to a purchase."""
    money = engine.frame(
        f"SELECT min(order_date) AS first_date, {_total('amount_e4', 'revenue')},"
        f" {_total('CASE WHEN contribution_e4 IS NULL THEN 0 ELSE amount_e4 END', 'costed')},"
        f" {_total(_RETURNED, 'returned')}"
        " FROM order_lines"
    ).iloc[0]
    share = "round(-amount_e4 * (CAST(base - level AS DOUBLE) / -size))"
    tied = engine.frame(f"SELECT {_total(f'CAST({share} AS BIGINT)', 'tied')} FROM stack WHERE line_kind = 'return'")
    money["tied"] = tied["tied"].iloc[0]
    return money


def _total(value: str, name: str) -> str:
    return f"CAST(coalesce(sum({value}), 0) AS BIGINT) AS {name}"
