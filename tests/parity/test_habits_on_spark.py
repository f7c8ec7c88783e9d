"""Habits and prices of customers: the same rows on DuckDB and on Spark (see test_spark.py)."""

import pandas as pd
import pytest

from analysis.core.engine import DuckEngine, SparkEngine
from analysis.core.stage import open_stage
from analysis.segment.habits import read_habits
from tests.segment.habit_bases import EARLY, LATE, base
from tests.segment.order_lines import stored

AFTER = pd.Timestamp("2022-12-31")


@pytest.fixture
def settings(tmp_path, monkeypatch):
    """A base of two kinds of customers, with a promotion, blanks and a file without discounts."""
    monkeypatch.chdir(tmp_path)
    lines = base([EARLY, LATE | {"discount": 0.05}])
    lines.loc[lines["order_date"].str.startswith("2024-06"), "discount"] = 0.3
    lines.loc[::7, "category"] = None
    lines.loc[::5, "discount"] = None
    lines.loc[::11, ["order_hour", "channel"]] = None
    lines["file_no"] = (lines.index % 3 == 0) + 1
    lines.loc[lines["file_no"] == 2, "discount"] = None
    stored(tmp_path, lines, regions=dict.fromkeys(lines["customer_id"].iloc[::2], "North"))
    return open_stage("segment").settings


def asked(engine, settings):
    with engine:
        found = read_habits(engine, AFTER, settings)
    prices = found["prices"]
    return found | {"prices": prices.sums, "months": prices.months, "responses": prices.responses.sort_values("customer_id", ignore_index=True)}


@pytest.mark.filterwarnings("ignore::FutureWarning")  # the client says that it does not know pandas 3
def test_both_engines_know_the_same_habits_and_prices(settings, session):
    duck, spark = asked(DuckEngine(memory_limit_gb=1, threads=2), settings), asked(SparkEngine(session), settings)
    for name, ours in duck.items():
        keys = [key for key in ("customer_id", "habit", "dimension", "position", "weekday", "slot", "month") if key in ours]
        ours, theirs = (frame.sort_values(keys, ignore_index=True) for frame in (ours, spark[name]))
        pd.testing.assert_frame_equal(ours, theirs, check_dtype=False, obj=name)
        assert len(ours) > 0
