"""What early warning watches: the same observations on DuckDB and on Spark (see test_spark.py)."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.churn.signal_records import Records
from analysis.churn.signals import Spans
from analysis.core import params, tables
from analysis.core.contracts import optional
from analysis.core.contracts.clean import ORDER_LINES
from analysis.core.engine import DuckEngine, SparkEngine
from tests.event_tables import store_events
from tests.worlds_of_orders import order_world

SETTINGS = params.load(Path(__file__).parents[2] / "params.yaml").churn.warnings
UNTIL = pd.Timestamp("2024-12-31")


def stored(table, rows):
    given = rows.assign(file_no=1, row_no=range(1, len(rows) + 1), is_known_customer=True)
    tables.write(table, tables.without_rows(table).reindex(given.index).assign(**given))


@pytest.fixture
def people(tmp_path, monkeypatch):
    """Orders of one to five categories, contacts of both sides, tickets, and use by two measures."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(4)
    days = order_world(120, start="2022-01-01", end="2024-12-31", seed=4, stops=False)
    store_events(tmp_path, days.assign(categories=rng.integers(1, 6, len(days))), as_of="2024-12-31")
    lines = tables.read(ORDER_LINES)
    due = lines["order_date"] + pd.Timedelta(days=30)
    paid = due + pd.to_timedelta(rng.integers(-20, 50, len(lines)), unit="D")
    tables.write(ORDER_LINES, lines.assign(due_pay_date=due, paid_date=paid.where(rng.random(len(lines)) < 0.9)))
    some = days.iloc[::2].reset_index(drop=True)
    n = len(some)
    stored(optional.CONTACTS, pd.DataFrame({
        "customer_id": some["customer_id"], "date": some["order_date"], "kind": "call", "rep": [f"r{place}" for place in range(n)],
        "initiated_by": rng.choice(["us", "customer", None], n), "outcome": rng.choice(["met", "declined", None], n),
    }))  # fmt: skip
    stored(optional.TICKETS, pd.DataFrame({
        "ticket_id": [f"t{place}" for place in range(n)], "customer_id": some["customer_id"],
        "opened_at": some["order_date"] + pd.Timedelta(hours=15),
    }))  # fmt: skip
    use = some.drop_duplicates(["customer_id", "order_date"])
    stored(optional.USAGE, pd.concat([
        pd.DataFrame({"customer_id": use["customer_id"], "date": use["order_date"], "metric": metric, "value": 3.0}).iloc[::step]
        for metric, step in (("logins", 1), ("calls", 2))
    ], ignore_index=True))  # fmt: skip
    ids = sorted(days["customer_id"].unique())
    return pd.DataFrame({"customer_id": ids, "is_key": np.arange(len(ids)) % 3 == 0, "industry": None, "region": None})


def observed(engine, people):
    with engine:
        return Records(engine, people, SETTINGS).observe(Spans.to(UNTIL, SETTINGS))


@pytest.mark.filterwarnings("ignore::FutureWarning")  # the client says that it does not know pandas 3
def test_both_engines_watch_the_same(people, session):
    duck, ordering = observed(DuckEngine(memory_limit_gb=1, threads=2), people)
    spark, also_ordering = observed(SparkEngine(session), people)
    assert ordering == also_ordering
    assert list(duck) == list(spark)
    assert len(duck) == 9
    for name, parts in duck.items():
        assert parts or name == "contacts_declined"
        for part, other in zip(parts, spark[name], strict=True):
            assert part.law == other.law
            for column in ("who", "base", "past", "row", "x", "ended"):
                np.testing.assert_array_equal(getattr(part, column), getattr(other, column), err_msg=f"{name} {column}")
