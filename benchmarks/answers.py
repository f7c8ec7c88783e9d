"""Whether the runs ended with the same rows, to the cent."""

from __future__ import annotations

from pathlib import Path

import duckdb

# The columns that carry this export's content, in one type whoever wrote them.
TABLES = {
    "input_profile": ("column", "filled", "missing", "distinct_values"),
    "order_lines": (
        "row_no", "customer_id", "order_date", "order_hour", "order_id", "product_id", "category", "region", "channel",
        "line_kind", "is_pseudo_customer", "qty_e3", "unit_price_e4", "discount_e4", "raw_amount_e4", "amount_e4",
        "contribution_e4",
    ),
    "rejected_lines": (
        "row_no", "rule", "seen", "customer_id", "order_id", "product_id", "order_date", "qty_e3", "raw_amount_e4",
    ),
    "customer_returns": ("customer_id", "order_date", "return_date", "returned_e4", "contribution_e4"),
    "customer_days": ("customer_id", "order_date", "orders", "lines", "bought_e4", "returned_e4", "contribution_e4"),
    "customer_months": (
        "customer_id", "month", "orders", "lines", "return_lines", "loss_lines", "qty_e3", "revenue_e4", "contribution_e4",
        "costed_revenue_e4",
    ),
    "customers": ("customer_id", "region", "is_pseudo_customer", "first_order_date", "last_order_date"),
    "summary": (
        "customer_id", "repeats", "span_days", "age_days", "first_day", "last_day", "filled_events", "value_e4",
        "positive_events", "positive_e4", "recent_e4",
    ),
}  # fmt: skip
IN_CURRENCY = {"value_e4": "value", "positive_e4": "positive_value", "recent_e4": "recent_value"}
TEXTS = {
    "customer_id", "order_id", "product_id", "category", "region", "channel", "line_kind", "rule", "seen", "column",
}  # fmt: skip
DAYS = {"order_date", "return_date", "month", "first_order_date", "last_order_date", "first_day", "last_day"}


def fingerprint(folder: Path) -> dict[str, tuple[int, int]]:
    """Rows of each table below ``folder`` and the sum of their hashes, whatever their order."""
    with duckdb.connect() as connection:
        return {name: _table(connection, folder, name) for name in TABLES}


def _table(connection: duckdb.DuckDBPyConnection, folder: Path, name: str) -> tuple[int, int]:
    source = f"read_parquet('{folder.as_posix()}/{name}.parquet')"
    there = {row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
    cells = ", ".join(_cell(column, there) for column in TABLES[name])
    rows, total = connection.execute(f"SELECT count(*), sum(hash({cells})) FROM {source}").fetchall()[0]
    return int(rows), int(total or 0)


def _cell(column: str, there: set[str]) -> str:
    if column not in there and column in IN_CURRENCY:
        return f"CAST(round({IN_CURRENCY[column]} * 10000) AS BIGINT)"
    kind = (
        "VARCHAR"
        if column in TEXTS
        else "DATE"
        if column in DAYS
        else "BOOLEAN"
        if column.startswith("is_")
        else "BIGINT"
    )
    return f'CAST("{column}" AS {kind})'


def rejected(folder: Path) -> dict[str, int]:
    """Lines that each rule removed."""
    with duckdb.connect() as connection:
        return dict(connection.execute(
            f"SELECT rule, count(*) FROM read_parquet('{folder.as_posix()}/rejected_lines.parquet') GROUP BY 1 ORDER BY 1"
        ).fetchall())  # fmt: skip


def money(folder: Path) -> float:
    """Net sales of the accepted lines."""
    with duckdb.connect() as connection:
        file = f"read_parquet('{folder.as_posix()}/order_lines.parquet')"
        return connection.execute(f"SELECT sum(CAST(amount_e4 AS BIGINT)) / 10000 FROM {file}").fetchall()[0][
            0
        ]
