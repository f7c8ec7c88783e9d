"""Histories as they were known on a day: the same rows on DuckDB and on Spark (see test_spark.py)."""


import numpy as np
import pandas as pd
import pytest

from analysis.core.contracts.clean import CUSTOMER_DAYS, CUSTOMER_RETURNS
from analysis.core.engine import DuckEngine, SparkEngine
from analysis.models.history import History
from tests.event_tables import store_events
from tests.worlds_of_orders import order_world

CUT, END = pd.Timestamp("2024-06-30"), pd.Timestamp("2024-12-31")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Orders with returns before and after the cut, whole and in part, free days and unknown contributions."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(3)
    days = order_world(150, start="2023-01-01", end="2024-12-31", seed=3)
    days.loc[::40, "bought_e4"] = 0
    known = rng.random(len(days)) < 0.8
    days["contribution_e4"] = (days["bought_e4"] // 3).where(known).astype("Int64")
    back = days[days["bought_e4"] > 0].sample(frac=0.2, random_state=3)
    whole = rng.random(len(back)) < 0.5
    returns = back.assign(
        return_date=back["order_date"] + pd.to_timedelta(rng.integers(0, 150, len(back)), unit="D"),
        returned_e4=np.where(whole, back["bought_e4"], back["bought_e4"] // 2),
        contribution_e4=back["contribution_e4"].fillna(0),
    )
    store_events(tmp_path, days, returns, as_of="2024-12-31", value_name="contribution")


def asked(engine, value_name):
    with engine:
        history = History(engine, CUSTOMER_DAYS, CUSTOMER_RETURNS, value_name)
        return (
            history.summary(CUT, since=pd.Timestamp("2024-01-31")),
            history.recent(CUT, since=pd.Timestamp("2024-01-31")),
            history.following(CUT, END),
            history.repeats_by_day(CUT, END),
            history.log_gaps(END),
            history.by_age(END, [30, 365]),
            history.part(history.summary(END, since=CUT)["customer_id"].iloc[::2]).summary(CUT, since=pd.Timestamp("2024-01-31")),
        )


@pytest.mark.filterwarnings("ignore::FutureWarning")  # the client says that it does not know pandas 3
@pytest.mark.parametrize("value_name", ["contribution", "revenue"])
def test_both_engines_know_the_same_histories(project, session, value_name):  # noqa: ARG001  the stored tables
    duck = asked(DuckEngine(memory_limit_gb=1, threads=2), value_name)
    spark = asked(SparkEngine(session), value_name)
    for ours, theirs in zip(duck, spark, strict=True):
        pd.testing.assert_frame_equal(ours, theirs, check_dtype=False)
        assert len(ours) > 50
