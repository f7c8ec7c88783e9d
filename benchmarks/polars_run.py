"""The same work in Polars: lazy plans that stream from file to file, so that memory stays as small as Polars can keep it.

Only what this export needs is written out; the workbook's own rules also know forms that do not occur in it.
Runs in an environment of its own, without the packages of the project.
"""

from __future__ import annotations

import polars as pl

from benchmarks import polars_customers as of_customers
from benchmarks import polars_lines as of_lines
from benchmarks import written
from benchmarks.task import Task, open_task


def main(task: Task) -> None:
    """Read, clean, net and sum up."""
    cells = task.folder / "cells.parquet"
    pl.scan_csv(task.source, infer_schema=False, row_index_name="row_no", row_index_offset=2).sink_parquet(
        cells
    )
    lines = pl.scan_parquet(cells)
    of_lines.profile(lines).write_parquet(task.table("input_profile"))
    task.step("read")
    values = task.folder / "values.parquet"
    of_lines.typed(lines, of_lines.date_form(lines), of_lines.share_scale(lines)).sink_parquet(values)
    as_of, covered = of_lines.period(pl.scan_parquet(values), task.clean)
    judged = task.folder / "judged.parquet"
    of_lines.judge(pl.scan_parquet(values), as_of, covered, task.clean).sink_parquet(judged)
    task.step("judge")
    store(task, pl.scan_parquet(judged))
    task.step("store")
    of_customers.summary(pl.scan_parquet(task.table("customer_days")), as_of).sink_parquet(
        task.table("summary")
    )
    task.step("summary")
    task.close()


def store(task: Task, judged: pl.LazyFrame) -> None:
    """Write every table of lines and of customers."""
    rejected = judged.filter(pl.col("rule").is_not_null()).with_columns(
        pl.when(pl.col("rule") == "unreadable_date").then(pl.col("date_cell").str.slice(0, 40)).alias("seen")
    )
    rejected.select(written.REJECTED).sort("row_no").sink_parquet(task.table("rejected_lines"))
    accepted = judged.filter(pl.col("rule").is_null()).drop("rule", "date_cell").sort("row_no")
    accepted.sink_parquet(task.table("order_lines"))
    lines = pl.scan_parquet(task.table("order_lines"))
    people = lines.filter(~pl.col("is_pseudo_customer"))
    of_customers.returned(people).write_parquet(task.table("customer_returns"))
    returns = pl.scan_parquet(task.table("customer_returns"))
    of_customers.customer_days(people, returns).sink_parquet(task.table("customer_days"))
    of_customers.customer_months(lines).sink_parquet(task.table("customer_months"))
    of_customers.customers(lines).sink_parquet(task.table("customers"))


if __name__ == "__main__":
    main(open_task())
