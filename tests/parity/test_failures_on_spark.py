"""Failures, tolerance, silences and offers: the same on DuckDB and on Spark (see test_spark.py)."""

import pandas as pd
import pytest

from analysis.churn import failures, offers, silences, tolerance
from analysis.churn.histories import read_histories
from analysis.core import tables
from analysis.core.contracts import optional
from analysis.core.contracts.clean import ORDER_LINES
from analysis.core.engine import DuckEngine, SparkEngine
from tests.ticket_tables import store_optional, store_tickets
from tests.worlds_of_orders import order_world, stage_on

AS_OF = "2024-12-31"


@pytest.fixture
def stage(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    days = order_world(80, start="2023-01-01", end=AS_OF, seed=3).sort_values(["customer_id", "order_date"])
    back = days[::9].assign(return_date=lambda rows: rows["order_date"] + pd.Timedelta(days=5), returned_e4=lambda rows: rows["bought_e4"])
    opened = stage_on(tmp_path, "churn", days, back.drop(columns="bought_e4"), as_of=AS_OF)
    lines = tables.read(ORDER_LINES)
    promised = lines["order_date"] + pd.Timedelta(days=9)
    late = pd.Series(range(len(lines))) % 7
    tables.write(ORDER_LINES, lines.assign(promised_date=promised, delivered_date=(promised + pd.to_timedelta(late - 4, "D")).where(late < 6)))
    failed = days[::6]
    store_tickets(*[
        (one.customer_id, f"{one.order_date + pd.Timedelta(days=4):%Y-%m-%d} 10:00", float(place % 40), "quality", 1 + place % 4)
        for place, one in enumerate(failed.itertuples())
    ])  # fmt: skip
    names = days["customer_id"].unique()
    arms = ["treat" if place % 2 else "holdout" for place in range(len(names))]
    store_optional(optional.ACTIONS, pd.DataFrame({"action_id": names, "customer_id": names, "issued_on": "2024-06-01", "type": "win_back", "arm": arms}))
    return opened


@pytest.mark.filterwarnings("ignore::FutureWarning")  # the client says that it does not know pandas 3
def test_both_engines_tell_the_same_of_failures_and_returns(stage, session, monkeypatch):
    history, told = read_histories(stage).now, []
    for make in (lambda _: DuckEngine(memory_limit_gb=1, threads=2), lambda _: SparkEngine(session)):
        for module in (failures, tolerance, silences, offers):
            monkeypatch.setattr(module, "open_engine", make)
        failed = failures.find_failures(stage)
        stayed = tolerance.find_tolerance(stage, failed, history)
        found = {**failed.found, **stayed.found}
        found["silences"] = silences.read_silences(stage, "revenue", stage.settings.win_back)
        found["offers"] = pd.DataFrame([offers.read_offers(stage, stage.settings.win_back, 0.9)])
        found["returned"], found["late"] = pd.DataFrame([failed.returned]), pd.DataFrame([failed.late])
        told.append(found)
    ours, theirs = told
    assert ours.keys() == theirs.keys()
    empty = {"promise_breaches", "care_customers", "failing_customers"}  # no tiers, no lifetime values, nobody lately
    for name in ours:
        assert len(ours[name]) or name in empty
        pd.testing.assert_frame_equal(ours[name], theirs[name], check_dtype=False, obj=name)
