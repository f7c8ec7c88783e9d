"""Months of drivers and of columns of orders: the same rows on DuckDB and on Spark (see test_spark.py)."""

import pandas as pd
import pytest

from analysis.churn.driver_panel import read_rows
from analysis.churn.order_columns import read_column
from analysis.core.engine import DuckEngine, SparkEngine
from tests.churn.driver_lines import project_of
from tests.churn.test_driver_panel import ANSWERS, store_answers

LINES = """
    a 2024-01-10 - screws - 10 100 0.0
    a 2024-01-10 - nails  - 10  50 0.2
    a 2024-04-05 - screws - 7 120 0.0
    a 2024-04-05 - -      - 3 12 -
    a 2024-08-20 - screws - 10 121.5 0.0
    b 2024-02-01 - nails  -  1  30 0.1
    b 2024-02-03 - nails  -  3  80 0.1
"""


@pytest.mark.filterwarnings("ignore::FutureWarning")  # the client says that it does not know pandas 3
def test_both_engines_know_the_same_months(tmp_path, monkeypatch, session):
    monkeypatch.chdir(tmp_path)
    stage = project_of(tmp_path, LINES, products=["s", "n", "s", "n", "s", "n", "n"], reps=["x", "x", "y", "x", "y", "z", None],
                       deliveries=[("2024-01-20", "2024-01-20"), ("2024-01-31", None), ("2024-04-30", "2024-05-02"), (None, None),
                                   (None, "2024-08-21"), ("2024-02-03", "2024-02-04"), ("2024-02-08", "2024-02-07")],
                       returns=[("a", "2024-04-05", "2024-05-02", 300_000)])  # fmt: skip
    store_answers(ANSWERS)
    months = pd.date_range("2024-01-01", "2024-12-01", freq="MS")
    found = []
    for engine in (DuckEngine(memory_limit_gb=1, threads=2), SparkEngine(session)):
        with engine:
            lines, events = read_rows(engine, months, 183, stage.settings.failures.response_hours[-1])
            own = [read_column(name, months, engine).sort_values("level", kind="stable") for name in ("category", "qty", "unit_price", "order_hour")]
        frames = [*own, lines, *events.values()]
        found.append([frame.sort_values(["customer_id", "month"], kind="stable", ignore_index=True) for frame in frames])
    for ours, theirs in zip(*found, strict=True):
        pd.testing.assert_frame_equal(ours, theirs, check_dtype=False)
        assert len(ours) > 0
