"""Wallets, own sales beside them and category gaps: the same rows on DuckDB and on Spark (see test_spark.py)."""

import numpy as np
import pandas as pd
import pytest

from analysis.core.engine import SparkEngine
from tests.wallet_tables import potential_of, project, store, wallet_settings


@pytest.fixture
def inside(tmp_path, monkeypatch):
    """Sixty customers of two trades, some sales without a category, wallets of two years, whole and by category."""
    project(tmp_path)
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(6)
    days = pd.date_range("2024-01-02", "2026-08-30", periods=600).strftime("%Y-%m-%d")
    kinds = rng.choice(["paper", "pens", "ink", "-"], 600)
    orders = "\n".join(
        f"c{n % 60:02d} {day} {kind} {n + 10}" for n, (day, kind) in enumerate(zip(days, kinds, strict=True))
    )
    people = "\n".join(
        f"c{n:02d} {'trade' if n % 3 else 'craft'} {n + 1 if n % 5 else '-'}" for n in range(60)
    )
    told = [
        f"c{n:02d} {year} {kind} {n + 900} tender"
        for n in range(0, 60, 4)
        for year in (2024, 2025)
        for kind in ("paper", "ink", "glue")
    ]
    store(orders, people, "\n".join([*told, "c01 2025 - 5000 declared", "c02 2026 ink 100 declared"]))


@pytest.mark.filterwarnings("ignore::FutureWarning")  # the client says that it does not know pandas 3
def test_both_engines_know_the_same_wallets(inside, session):  # noqa: ARG001  the stored tables
    settings = wallet_settings(level_from=10, usual_from=0.4)
    duck, spark = potential_of(settings), potential_of(settings, SparkEngine(session))
    pd.testing.assert_frame_equal(duck.people, spark.people, check_dtype=False)
    pd.testing.assert_frame_equal(duck.wallets(), spark.wallets(), check_dtype=False)
    assert duck.people["missed_categories"].sum() > 10
    assert len(duck.latest) == 16
