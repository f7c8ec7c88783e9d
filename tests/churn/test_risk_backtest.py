"""C1 on a time split: the model beside recency and the trailing rate."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.churn.backtest import backtest
from analysis.churn.histories import read_histories
from analysis.core import tables
from analysis.core.contracts.churn import RISK_CALIBRATION, RISK_SCORES
from tests.worlds_of_orders import order_world, stage_on

AS_OF = "2024-12-31"


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def ran(days, *, as_of=AS_OF, **settings):
        stage = stage_on(tmp_path, "churn", days, as_of=as_of, **{"draws": 50, **settings})
        return backtest(read_histories(stage), stage.settings)

    return ran


@pytest.fixture(scope="module")
def world():
    return order_world(1500, start="2023-01-01", end="2025-06-30", seed=31)


@pytest.fixture
def scores(run, world):
    return run(world).scores.set_index("score")


def test_in_a_world_that_follows_the_model_its_risks_mean_what_they_say(scores):
    model = scores.loc["model"]
    assert model["slope_lo"] < 1 < model["slope_hi"]
    assert 0.85 < model["slope"] < 1.15
    assert model["intercept_lo"] < 0 < model["intercept_hi"]


def test_in_a_world_that_follows_the_model_it_beats_both_plain_rules(scores):
    assert scores.loc["model", "auc"] == scores["auc"].max()
    assert scores.loc["model", "brier"] == scores["brier"].min()
    assert scores.loc["trailing_rate", "auc_gain_lo"] > 0


def test_the_lead_over_a_score_is_the_difference_of_the_two(scores):
    assert scores.loc["model", "auc"] - scores.loc["recency", "auc"] == pytest.approx(
        scores.loc["recency", "auc_gain"]
    )


def test_tables_keep_their_contracts(run, world):
    found = run(world)
    tables.write(RISK_SCORES, found.scores)
    tables.write(RISK_CALIBRATION, found.calibration)


def test_every_customer_known_then_is_in_one_group_by_risk_and_one_by_state(run, world):
    found = run(world)
    known = world.loc[world["order_date"] <= "2024-10-02", "customer_id"].nunique()  # 90 days before as_of
    assert found.calibration.groupby("grouping")["customers"].sum().tolist() == [known, known]
    assert (found.scores["customers"] == known).all()


def test_observed_shares_rise_with_the_state(run, world):
    by_state = run(world).calibration.query("grouping == 'state'").set_index("state")["observed"]
    assert by_state["active"] < by_state["cooling"] < by_state["probably_lost"]


def test_orders_after_as_of_change_nothing(run, world):
    early = world[world["order_date"] <= AS_OF]
    pd.testing.assert_frame_equal(run(world).scores, run(early).scores)


def test_without_an_earlier_window_recency_still_ranks_and_gives_no_probability(run):
    young = order_world(900, start="2024-08-15", end=AS_OF, seed=5)  # begins 48 days before the cut
    found = run(young).scores.set_index("score")
    assert np.isnan(found.loc["recency", "brier"])
    assert found.loc["recency", "auc"] > 0.5


@pytest.mark.parametrize(
    ("days", "reason"),
    [
        (["2024-12-01"], "no_customers"),
        (["2024-05-01"], "no_repeats"),
        (["2024-05-01", "2024-06-01"], "few_repeats"),
    ],
    ids=["all of them new", "nobody came back", "one repeat buyer"],
)
def test_a_history_that_cannot_be_tested_says_why(run, days, reason):
    rows = pd.DataFrame({"customer_id": "a", "order_date": days, "bought_e4": 10**6})
    found = run(rows)
    assert (found.reason, len(found.scores), len(found.calibration)) == (reason, 0, 0)


def test_when_nobody_ordered_again_there_is_nothing_to_compare(run, world):
    stopped = world[world["order_date"] <= "2024-09-30"]
    assert run(stopped).reason == "one_outcome"


def test_on_cdnow_the_model_ranks_as_published_and_plain_recency_ranks_better(run):
    named = os.environ.get("ANALYSIS_DATASETS")
    if not named:
        pytest.skip("ANALYSIS_DATASETS names no folder with the public data sets")
    names = ["master_id", "customer_id", "date", "cds", "value"]
    raw = pd.read_csv(
        Path(named) / "cdnow" / "CDNOW_sample.txt", sep=r"\s+", header=None, names=names, dtype=str
    )
    days = pd.DataFrame({
        "customer_id": raw["customer_id"], "order_date": pd.to_datetime(raw["date"], format="%Y%m%d"),
        "bought_e4": 1,
    }).drop_duplicates()  # fmt: skip
    found = run(days, as_of="1998-06-30", horizon_days=273).scores.set_index("score")  # 39 weeks
    assert found["auc"].to_dict() == pytest.approx(
        {"model": 0.757, "recency": 0.771, "trailing_rate": 0.760}, abs=5e-4
    )
    assert found.loc["model", "brier"] == pytest.approx(0.161, abs=5e-4)  # ESTIMATION.md section 6
    assert 1 - found.loc["model", "no_order_share"] == pytest.approx(0.290, abs=5e-4)
    assert found.loc["recency", "auc_gain_hi"] < 0
