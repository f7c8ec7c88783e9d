"""The same work in pandas: whole columns, no loops over rows, text dropped as soon as it is a value.

Only what this export needs is written out; the workbook's own rules also know forms that do not occur in it.
"""

from __future__ import annotations

import pandas as pd

from benchmarks import pandas_customers as of_customers
from benchmarks import pandas_lines as of_lines
from benchmarks.task import Task, open_task


def main(task: Task) -> None:
    """Read, clean, net and sum up."""
    lines = pd.read_csv(task.source, dtype="str", keep_default_na=False)
    of_lines.profile(lines).to_parquet(task.table("input_profile"))
    task.step("read")
    form, scale = of_lines.date_form(lines["order_date"]), of_lines.share_scale(lines)
    lines = of_lines.typed(lines, form, scale)
    as_of, covered = of_lines.period(lines, task.clean)
    of_lines.judge(lines, as_of, covered, task.clean)
    task.step("judge")
    of_lines.rejected(lines).to_parquet(task.table("rejected_lines"), index=False)
    lines = of_lines.accepted(lines)
    lines.drop(columns=["date_cell", "price_cell"]).to_parquet(task.table("order_lines"), index=False)
    people = lines[~lines["is_pseudo_customer"]]
    returns = of_customers.returned(people)
    days = of_customers.customer_days(people, returns)
    for name, table in {
        "customer_returns": returns, "customer_days": days, "customer_months": of_customers.customer_months(lines),
        "customers": of_customers.customers(lines),
    }.items():  # fmt: skip
        table.to_parquet(task.table(name), index=False)
    task.step("store")
    of_customers.summary(days, as_of).to_parquet(task.table("summary"), index=False)
    task.step("summary")
    task.close()


if __name__ == "__main__":
    main(open_task())
