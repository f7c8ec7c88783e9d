"""The tables that the clean stage would have written for so many customers of a distributor, in a project of their own.

Ten orders a customer over three years, most of one line: 12 million lines for a million customers. Days, months and customers
are made of the lines by the clean stage's own SQL; see customer_lines.sql for what the lines are like.
"""

from __future__ import annotations

import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.clean.gate import open_gate
from analysis.core.contracts import clean as contracts
from analysis.core.contracts import optional
from analysis.core.contracts.schema import E4, Table
from analysis.core.dialect import PARQUET, Dialect, literal, render

HERE = Path(__file__).parent
CLEAN = HERE.parent / "src" / "analysis" / "clean"
FIRST, LAST = datetime.date(2023, 10, 1), datetime.date(2026, 9, 30)
DAY = f"DATE '{FIRST}' + "
LINES = f"""
WITH booked AS (
  SELECT *, 'sale' AS line_kind, day AS on_day FROM sales
  UNION ALL
  SELECT customer, order_no, line_no, day, product, -returned, -returned_e4, -returned_contribution_e4, 'return', return_day FROM back
)
SELECT 1 AS file_no, row_number() OVER (ORDER BY on_day, line_no, line_kind DESC) + 1 AS row_no, customer_id, 'Firm ' || customer_id AS customer_name,
  {DAY}on_day AS order_date, NULL AS order_hour, 'SO' || order_no AS order_id, 'P' || product AS product_id, 'Product ' || product AS product_name,
  'Category ' || product % 12 AS category, 'Region ' || customer % 30 AS region, CASE WHEN chance(order_no, 'web') < 0.4 THEN 'online' ELSE 'sales desk' END AS channel,
  'Rep ' || customer % 200 AS sales_rep, 'Industry ' || customer % 9 AS industry, line_kind, customer = 0 AS is_pseudo_customer, qty * 1000 AS qty_e3,
  abs(amount_e4 // qty) AS unit_price_e4, 0 AS discount_e4, amount_e4 AS raw_amount_e4, amount_e4, contribution_e4
FROM booked JOIN people USING (customer)
"""
RETURNS = f"""
SELECT customer_id, {DAY}day AS order_date, {DAY}return_day AS return_date, CAST(sum(returned_e4) AS BIGINT) AS returned_e4,
  CASE WHEN count(returned_contribution_e4) = count(*) THEN CAST(sum(returned_contribution_e4) AS BIGINT) END AS contribution_e4
FROM back JOIN people USING (customer) GROUP BY ALL
"""
# A visit now and then for one customer in five, and some to firms that never bought; minutes of support for a line in 40.
CONTACTS = f"""
SELECT 2 AS file_no, row_number() OVER (ORDER BY line_no) + 1 AS row_no, CASE WHEN line_no % 50 = 0 THEN 'L' || customer ELSE customer_id END AS customer_id,
  {DAY}day AS date, CASE WHEN line_no % 3 = 0 THEN 'call' ELSE 'visit' END AS kind, 60.0 AS minutes, line_no % 50 > 0 AS is_known_customer
FROM sales JOIN people USING (customer) WHERE customer % 5 = 0 AND chance(line_no, 'visit') < 0.3
"""
TICKETS = f"""
SELECT 3 AS file_no, row_number() OVER (ORDER BY line_no) + 1 AS row_no, 'T' || line_no AS ticket_id, customer_id, CAST({DAY}day AS TIMESTAMP) AS opened_at,
  'quality' AS type, 'SO' || order_no AS order_id, floor(5 + 90 * chance(line_no, 'minutes')) AS minutes, true AS is_known_customer
FROM sales JOIN people USING (customer) WHERE customer > 0 AND chance(line_no, 'ticket') < 1 / 40
"""
LISTED = "SELECT 4 AS file_no, customer + 1 AS row_no, customer_id, 'Firm ' || customer_id AS customer_name, true AS is_known_customer FROM people WHERE customer > 0"
PRICES = {"order": 3.0, "line": 0.5, "delivery": 6.0, "return": 9.0, "visit": 25.0, "ticket_minute": 0.6}


def write_tables(customers: int, project: Path, *, memory_limit_gb: float, threads: int) -> dict[str, int]:
    """Write every table below ``project``; the number of rows of each."""
    settings = {"memory_limit": f"{memory_limit_gb}GB", "threads": threads, "temp_directory": str(project / "build"),
                "preserve_insertion_order": "false"}  # fmt: skip
    (project / "build").mkdir(parents=True)
    for table in (contracts.ORDER_LINES, optional.CONTACTS):
        _file(project, table).parent.mkdir(parents=True)
    file = project / "build" / "lines.duckdb"
    with duckdb.connect(str(file), config=settings) as connection:
        connection.execute((HERE / "customer_lines.sql").read_text("utf-8").replace("$customers", str(customers)))
        for table, sql in {
            contracts.ORDER_LINES: LINES, contracts.CUSTOMER_RETURNS: RETURNS, optional.CONTACTS: CONTACTS,
            optional.TICKETS: TICKETS, optional.CUSTOMER_LIST: LISTED,
        }.items():  # fmt: skip
            _store(connection, table, sql, project)
        for table, step in {
            contracts.CUSTOMER_DAYS: "days", contracts.CUSTOMER_MONTHS: "months", contracts.CUSTOMERS: "customers",
        }.items():  # fmt: skip
            text = render((CLEAN / f"{step}.sql").read_text("utf-8"), Dialect(), shared_order_ids=0)
            _store(connection, table, text, project)
    file.unlink()
    _write_small(project)
    written = sorted((project / "data").glob("*/*.parquet"))
    return {one.stem: pq.read_metadata(one).num_rows for one in written}


def _store(connection: duckdb.DuckDBPyConnection, table: Table, sql: str, project: Path) -> None:
    """Write ``sql`` as ``table``, with columns that it lacks left empty, and make it readable by its name."""
    kinds = {"text": "VARCHAR", "date": "DATE", "datetime": "TIMESTAMP", "bool": "BOOLEAN", "float": "DOUBLE", "ratio": "DOUBLE"}
    there = {row[0] for row in connection.execute(f"DESCRIBE {sql}").fetchall()}
    cells = ", ".join(
        f"CAST({column.name if column.name in there else 'NULL'} AS {kinds.get(column.kind, 'BIGINT')}) AS {column.name}"
        for column in table.columns
    )
    order = "file_no, row_no" if "file_no" in table.by_name else ", ".join(table.key)
    file = literal(_file(project, table).as_posix())
    connection.execute(f"COPY (SELECT {cells} FROM ({sql}) ORDER BY {order}) TO {file} ({PARQUET})")
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {table.name} AS SELECT * FROM read_parquet({file})")


def _write_small(project: Path) -> None:
    facts = {
        "as_of": LAST, "first_date": FIRST, "last_date": LAST, "currency": "CNY", "value_name": "contribution", "costed_share": 0.96,
        "occasion_rule": "order_id", "shared_order_ids": 0, "order_ids": 0, "date_order": "iso", "tied_returns_e4": 0,
        "untied_returns_e4": 0, "data_sha256": "0" * 64,
    }  # fmt: skip
    prices = [
        {"file_no": 5, "row_no": row, "activity": activity, "unit_cost_e4": round(price * E4)}
        for row, (activity, price) in enumerate(sorted(PRICES.items()), start=2)
    ]
    present = {f"orders.{name}" for name in contracts.ORDER_LINES.by_name} | {"orders.unit_cost", "activity_costs", "contacts", "tickets", "customers"}
    gate = open_gate(present).sort_values("capability").to_dict("records")
    for table, rows in {contracts.RUN_FACTS: [facts], contracts.CAPABILITIES: gate, optional.ACTIVITY_COSTS: prices}.items():
        pq.write_table(pa.Table.from_pylist(rows, schema=table.arrow), _file(project, table))


def _file(project: Path, table: Table) -> Path:
    return project / "data" / table.folder / f"{table.name}.parquet"
