"""C1: risk, silence and state of every customer."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from analysis.churn.histories import read_histories
from analysis.churn.risk import assess_risk, fit_risk, silence_of, state_of
from analysis.core import params, tables
from analysis.core.contracts.churn import RISK, STATES
from analysis.models.forecast import probability_alive
from tests.event_tables import ROOT
from tests.worlds_of_orders import UNIT, order_world, stage_on

AS_OF = "2024-12-31"
SETTINGS = dataclasses.replace(params.load(ROOT / "params.yaml").churn, draws=100)


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def ran(days, returns=None, *, as_of=AS_OF, **settings):
        stage = stage_on(tmp_path, "churn", days, returns, as_of=as_of, **{"draws": 100, **settings})
        histories = read_histories(stage)
        return assess_risk(histories.now, stage.settings, value_name=histories.value_name)

    return ran


@pytest.fixture(scope="module")
def world():
    return order_world(900, start="2023-01-01", end="2025-06-30", seed=21)


def known(days):
    return days[days["order_date"] <= AS_OF]


def history(*rows):
    frame = pd.DataFrame(rows, columns=["repeats", "span_days", "age_days", "recent_value"])
    day = pd.Timestamp(AS_OF)
    return frame.assign(customer_id=[f"c{n}" for n in range(len(frame))], last_day=day)


def crowd(n=300, seed=3):
    rng = np.random.default_rng(seed)
    repeats = rng.poisson(4, n)
    span = np.where(repeats > 0, rng.gamma(4 * np.maximum(repeats, 1), 8).round() + repeats, 0)
    return [(x, s, s + a, 100.0) for x, s, a in zip(repeats, span, rng.integers(1, 200, n), strict=True)]


def test_the_risk_is_that_of_no_order_and_not_of_having_stopped():
    rows = history(*[(0, 0, 900, 0.0)] * 60, *crowd())
    found = assess_risk(rows, SETTINGS, value_name="revenue").customers
    fit = fit_risk(rows, SETTINGS).fit
    alive = probability_alive(fit, rows)
    within = ((fit.alpha + rows["age_days"]) / (fit.alpha + rows["age_days"] + SETTINGS.horizon_days)) ** (
        fit.r + rows["repeats"]
    )
    assert found["risk"].to_numpy() == pytest.approx((1 - alive + alive * within).to_numpy())
    assert alive[0] == 1  # silent for 900 days after its only order
    assert found.loc[0, "risk"] > 0.7


def test_the_risk_lies_inside_its_interval_and_the_table_keeps_its_contract(run, world):
    found = run(known(world))
    assert found.customers["risk"].between(found.customers["lo"], found.customers["hi"]).all()
    tables.write(RISK, found.customers)


def test_as_many_customers_stay_away_as_the_risks_add_up_to(run, world):
    found = run(known(world)).customers.set_index("customer_id")
    after = world[(world["order_date"] > AS_OF) & (world["order_date"] <= "2025-03-31")]
    stayed = ~found.index.isin(after["customer_id"])
    assert found["risk"].sum() == pytest.approx(stayed.sum(), rel=0.04)


def test_a_longer_horizon_means_less_risk(run, world):
    near, far = (run(known(world), horizon_days=days).customers["risk"] for days in (30, 180))
    assert (far <= near).all()


def test_silence_is_judged_by_the_customer_s_own_rhythm():
    rows = history(
        (20, 140, 200, 0.0), (4, 360, 420, 0.0), *crowd()
    )  # 60 days silent: gaps of 7, gaps of 90 days
    found = silence_of(rows)
    weekly, quarterly = found["silence_percentile"].iloc[:2]
    assert weekly > 0.98
    assert quarterly < 0.5
    assert found["expected_gap_days"].iloc[0] == pytest.approx(7, abs=3)


def test_few_gaps_are_drawn_towards_the_population():
    rows = history((1, 3, 100, 0.0), (30, 90, 187, 0.0), *crowd())  # both: gaps of 3 days, silent for 97
    once, often = silence_of(rows)["expected_gap_days"].iloc[:2]
    assert often == pytest.approx(3, abs=2.5)
    assert once > 2 * often


def test_one_time_buyers_are_a_group_of_their_own_without_a_usual_gap():
    found = assess_risk(history((0, 0, 400, 50.0), *crowd()), SETTINGS, value_name="revenue").customers.iloc[
        0
    ]
    assert found["state"] == "one_time"
    assert np.isnan(found["expected_gap_days"])
    assert np.isnan(found["silence_percentile"])


@pytest.mark.parametrize(
    ("percentile", "risk", "state"),
    [(0.0, 0.99, "active"), (0.799, 0.5, "active"), (0.8, 0.99, "cooling"), (0.949, 0.1, "cooling"),
     (0.95, 0.1, "at_risk"), (1.0, 0.799, "at_risk"), (0.95, 0.8, "probably_lost"), (1.0, np.nan, "at_risk"),
     (np.nan, 0.99, "one_time")],
)  # fmt: skip
def test_states_follow_the_limits_of_the_parameters(percentile, risk, state):
    limits = dataclasses.replace(SETTINGS, cooling_from=0.8, at_risk_from=0.95, probably_lost_from=0.8)
    assert state_of(pd.Series([percentile]), pd.Series([risk]), limits).tolist() == [state]


def test_who_buys_rarely_is_active_though_its_risk_is_high():
    found = assess_risk(history((3, 900, 1000, 50.0), *crowd()), SETTINGS, value_name="revenue").customers
    assert found.loc[0, "state"] == "active"
    assert found.loc[0, "risk"] > found["risk"].median()


def test_every_customer_has_one_of_the_states(run, world):
    found = run(known(world)).customers
    assert set(found["state"]) == set(STATES)


def test_value_at_risk_is_risk_times_the_value_of_the_past_window(run, world):
    found = run(known(world))
    rows = found.customers
    assert rows["value_at_risk"].to_numpy() == pytest.approx((rows["risk"] * rows["recent_value"]).to_numpy())
    window = world[(world["order_date"] > "2023-12-31") & (world["order_date"] <= AS_OF)]
    assert rows["recent_value"].sum() == pytest.approx(window["bought_e4"].sum() / UNIT)
    value, low, high = found.value_at_risk
    assert low < value < high
    assert value == pytest.approx(rows["value_at_risk"].sum())
    assert found.no_order[0] == pytest.approx(rows["risk"].sum())


def test_a_customer_that_cost_more_than_it_brought_puts_nothing_at_risk():
    found = assess_risk(
        history((3, 90, 120, -500.0), *crowd()), SETTINGS, value_name="contribution"
    ).customers.iloc[0]
    assert found["value_at_risk"] == 0
    assert found["recent_value"] == -500


def test_orders_and_returns_after_as_of_change_nothing(run, world):
    later = world[world["order_date"] > AS_OF].head(50)
    returns = later.assign(return_date="2025-06-30", returned_e4=later["bought_e4"])
    pd.testing.assert_frame_equal(run(known(world)).customers, run(world, returns).customers)


def test_the_order_of_rows_does_not_matter(run, world):
    pd.testing.assert_frame_equal(run(known(world)).customers, run(known(world).iloc[::-1]).customers)


def test_too_few_repeat_buyers_share_one_rate_with_a_wide_interval(run, world):
    few = sorted(world["customer_id"].unique())[:30]
    found = run(known(world)[lambda frame: frame["customer_id"].isin(few)])
    assert found.reason == "few_repeats"
    assert set(found.customers["method"]) == {"common_rate"}
    assert found.customers["risk"].nunique() == 1
    tables.write(RISK, found.customers)


def test_a_single_repeat_buyer_is_judged_by_the_average(run):
    rows = [("a", "2024-03-01", 10**6), ("a", "2024-05-01", 10**6), ("b", "2024-04-01", 10**6)]
    found = run(pd.DataFrame(rows, columns=["customer_id", "order_date", "bought_e4"]))
    assert found.reason == "few_repeats"
    assert found.customers["state"].tolist()[1] == "one_time"
    tables.write(RISK, found.customers)


@pytest.mark.parametrize("count", [1, 300], ids=["one customer", "nobody came back"])
def test_without_a_repeat_order_there_is_no_risk_but_a_state(run, count):
    rows = [(f"c{n}", "2024-03-01", 10**6) for n in range(count)]
    found = run(pd.DataFrame(rows, columns=["customer_id", "order_date", "bought_e4"]))
    assert (found.reason, found.value_at_risk) == ("no_repeats", None)
    assert found.customers["risk"].isna().all()
    assert set(found.customers["state"]) == {"one_time"}
    tables.write(RISK, found.customers)


def test_where_everything_was_returned_nobody_is_left_to_judge(run):
    days = pd.DataFrame([("a", "2024-03-01", 10**6)], columns=["customer_id", "order_date", "bought_e4"])
    found = run(days, days.assign(return_date="2024-03-09", returned_e4=10**6))
    assert found.reason == "no_customers"
    assert found.customers.empty
