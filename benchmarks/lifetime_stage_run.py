"""The same with the summary from the engine, as the stage reads it: days of purchase stored, then their history by SQL."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd

from analysis.core import params, tables
from analysis.core.contracts.clean import CUSTOMER_DAYS, CUSTOMER_RETURNS
from analysis.core.engine import open_engine
from analysis.models.history import History
from benchmarks.lifetime_run import use_summary
from benchmarks.lifetime_task import Task, open_task

PARAMS = Path(__file__).parents[1] / "params.yaml"
DAYS = """
SELECT customer_id, order_date, CAST(sum(round(value * 10000)) AS BIGINT) AS bought_e4, CAST(NULL AS BIGINT) AS contribution_e4
FROM log GROUP BY customer_id, order_date
"""
RETURNS = """
SELECT customer_id, order_date, order_date AS return_date, CAST(0 AS BIGINT) AS returned_e4, CAST(NULL AS BIGINT) AS contribution_e4
FROM log WHERE false
"""
FIRST = "SELECT customer_id, arg_min(bought_e4, order_date) AS first_e4 FROM customer_days GROUP BY customer_id ORDER BY customer_id"


def main(task: Task) -> None:
    """Days and history on the engine, then the same fits and predictions."""
    (task.folder / "dvc.yaml").touch()
    source = task.source.resolve()
    task.folder = task.folder.resolve()
    os.chdir(task.folder)
    memory = params.load(PARAMS).engine.memory_limit_gb
    with open_engine(params.Engine(name="duckdb", memory_limit_gb=memory, threads=task.threads)) as engine:
        engine.view("log", [Path(source)])
        engine.store(DAYS, tables.path(CUSTOMER_DAYS))
        engine.store(RETURNS, tables.path(CUSTOMER_RETURNS))
        task.step("read")
        history = History(engine, CUSTOMER_DAYS, CUSTOMER_RETURNS, "revenue")
        end = pd.Timestamp(task.end)
        summary = history.summary(end, since=end)
        first = engine.frame(FIRST)
    value = summary["value"] - first["first_e4"] / 10_000
    summary = summary[["customer_id", "repeats", "span_days", "age_days"]].assign(repeat_value=value)
    task.step("summary")
    use_summary(task, summary)


if __name__ == "__main__":
    main(open_task())
