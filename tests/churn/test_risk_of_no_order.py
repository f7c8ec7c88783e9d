"""C1: risk, silence and state of every customer."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis.churn.histories import Histories, Moment, read_histories
from analysis.churn.months import risk_months
from analysis.churn.proof import Proof, prove
from analysis.churn.risk import assess_risk
from analysis.churn.silence import silence_of, state_of
from analysis.churn.ways import Way, fit_way
from analysis.core import params, tables
from analysis.core.contracts.churn import RISK, RISK_MONTHS, STATES
from analysis.models.forecast import probability_alive
from analysis.models.known import Known
from tests.event_tables import ROOT
from tests.worlds_of_orders import UNIT, order_world, stage_on

AS_OF = "2024-12-31"
SETTINGS = params.load(ROOT / "params.yaml").churn


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def ran(days, returns=None, *, as_of=AS_OF, **settings):
        stage = stage_on(tmp_path, "churn", days, returns, as_of=as_of, **{"models": ("bgnbd",), "origins": 1, **settings})
        histories = read_histories(stage)
        return assess_risk(histories, prove(histories, stage.settings), stage.settings)

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


def assessed(rows, *, value_name="revenue"):
    """Risk of histories that a test makes up, by BG/NBD whose proof is taken for granted."""
    known = Known(pd.Timestamp(AS_OF), rows)
    histories = Histories(Moment(known, known, {}, {}), (), value_name)
    return assess_risk(histories, Proof("", Way("bgnbd")), SETTINGS)


def fitted(rows):
    known = Known(pd.Timestamp(AS_OF), rows)
    return fit_way(Way("bgnbd"), Moment(known, known, {}, {}), SETTINGS).fits[SETTINGS.horizon_days]


def test_the_risk_is_that_of_no_order_and_not_of_having_stopped():
    rows = history(*[(0, 0, 900, 0.0)] * 60, *crowd())
    found = assessed(rows).main.customers
    fit = fitted(rows)
    alive = probability_alive(fit, rows)
    within = ((fit.alpha + rows["age_days"]) / (fit.alpha + rows["age_days"] + SETTINGS.horizon_days)) ** (
        fit.r + rows["repeats"]
    )
    assert found["risk"].to_numpy() == pytest.approx((1 - alive + alive * within).to_numpy())
    assert alive[0] == 1  # silent for 900 days after its only order
    assert found.loc[0, "risk"] > 0.7


def test_the_risk_lies_inside_its_interval_and_the_table_keeps_its_contract(run, world):
    found = run(known(world))
    assert found.main.customers["risk"].between(found.main.customers["lo"], found.main.customers["hi"]).all()
    tables.write(RISK, found.table)


def test_as_many_customers_stay_away_as_the_risks_add_up_to(run, world):
    found = run(known(world)).main.customers.set_index("customer_id")
    after = world[(world["order_date"] > AS_OF) & (world["order_date"] <= "2025-03-31")]
    stayed = ~found.index.isin(after["customer_id"])
    assert found["risk"].sum() == pytest.approx(stayed.sum(), rel=0.04)


@pytest.mark.parametrize("models", [("bgnbd",), ("mbgcnbd",)], ids=lambda value: value[0])
def test_a_longer_time_ahead_means_less_risk_and_each_has_its_row(run, world, models):
    found = run(known(world), models=models)
    wide = found.table.pivot(index="customer_id", columns="horizon_days", values="risk")
    assert list(wide) == [30, 90, 180]
    assert (wide[180] <= wide[90]).all()
    assert (wide[90] <= wide[30]).all()
    assert found.ahead[180].no_order[0] < found.main.no_order[0] < found.ahead[30].no_order[0]


def test_states_are_those_of_the_main_time_ahead_in_every_row(run, world):
    states = run(known(world)).table.groupby("customer_id")["state"].nunique()
    assert (states == 1).all()


def test_what_is_learnt_from_the_data_can_be_published_with_intervals(run, world, monkeypatch):
    monkeypatch.setattr("analysis.churn.proof._best", lambda *_: Way("rate_and_recency"))
    found = run(known(world))
    assert set(found.table["method"]) == {"rate_and_recency"}
    assert (found.table["lo"] < found.table["risk"]).mean() > 0.9
    assert (found.table["hi"] > found.table["risk"]).mean() > 0.9
    after = world[(world["order_date"] > AS_OF) & (world["order_date"] <= "2025-03-31")]
    stayed = ~found.main.customers["customer_id"].isin(after["customer_id"])
    value, low, high = found.main.no_order
    assert low < stayed.sum() < high
    assert value == pytest.approx(stayed.sum(), rel=0.05)


def test_what_the_level_was_off_by_widens_every_interval():
    rows = history(*crowd())
    known_rows = Known(pd.Timestamp(AS_OF), rows)
    histories = Histories(Moment(known_rows, known_rows, {}, {}), (), "revenue")
    alone, off = (
        assess_risk(histories, Proof("", Way("bgnbd"), shared={90: shared}), SETTINGS).main for shared in (0.0, 0.5)
    )
    assert (off.customers["hi"] - off.customers["lo"] > alone.customers["hi"] - alone.customers["lo"]).all()
    assert off.no_order[2] - off.no_order[1] > 2 * (alone.no_order[2] - alone.no_order[1])
    assert off.no_order[0] == alone.no_order[0]


def test_a_correction_moves_the_published_risks_but_not_their_order():
    rows = history(*crowd())
    known_rows = Known(pd.Timestamp(AS_OF), rows)
    histories = Histories(Moment(known_rows, known_rows, {}, {}), (), "revenue")
    way = Way("bgnbd", is_corrected=True)
    proof = Proof("", way, corrections=dict.fromkeys((30, 90, 180), (0.4, 1.2)))
    plain, moved = assessed(rows).main.customers, assess_risk(histories, proof, SETTINGS).main.customers
    odds, after = (np.log(one["risk"] / (1 - one["risk"])) for one in (plain, moved))
    assert after.to_numpy() == pytest.approx((0.4 + 1.2 * odds).to_numpy(), abs=1e-6)
    assert set(moved["method"]) == {"bgnbd_corrected"}


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
    found = assessed(history((0, 0, 400, 50.0), *crowd())).main.customers.iloc[0]
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
    found = assessed(history((3, 900, 1000, 50.0), *crowd())).main.customers
    assert found.loc[0, "state"] == "active"
    assert found.loc[0, "risk"] > found["risk"].median()


def test_every_customer_has_one_of_the_states(run, world):
    found = run(known(world)).main.customers
    assert set(found["state"]) == set(STATES)


def test_value_at_risk_is_risk_times_the_value_of_the_past_window(run, world):
    found = run(known(world))
    rows = found.main.customers
    assert rows["value_at_risk"].to_numpy() == pytest.approx((rows["risk"] * rows["recent_value"]).to_numpy())
    window = world[(world["order_date"] > "2023-12-31") & (world["order_date"] <= AS_OF)]
    assert rows["recent_value"].sum() == pytest.approx(window["bought_e4"].sum() / UNIT)
    value, low, high = found.main.value_at_risk
    assert low < value < high
    assert value == pytest.approx(rows["value_at_risk"].sum())
    assert found.main.no_order[0] == pytest.approx(rows["risk"].sum())


def test_a_customer_that_cost_more_than_it_brought_puts_nothing_at_risk():
    found = assessed(history((3, 90, 120, -500.0), *crowd()), value_name="contribution").main.customers.iloc[0]
    assert found["value_at_risk"] == 0
    assert found["recent_value"] == -500


def test_orders_and_returns_after_as_of_change_nothing(run, world):
    later = world[world["order_date"] > AS_OF].head(50)
    returns = later.assign(return_date="2025-06-30", returned_e4=later["bought_e4"])
    pd.testing.assert_frame_equal(run(known(world)).main.customers, run(world, returns).main.customers)


def test_the_order_of_rows_does_not_matter(run, world):
    pd.testing.assert_frame_equal(run(known(world)).main.customers, run(known(world).iloc[::-1]).main.customers)


def test_too_few_repeat_buyers_share_one_rate_with_a_wide_interval(run, world):
    few = sorted(world["customer_id"].unique())[:30]
    found = run(known(world)[lambda frame: frame["customer_id"].isin(few)])
    assert found.reason == "few_repeats"
    assert set(found.main.customers["method"]) == {"common_rate"}
    assert found.main.customers["risk"].nunique() == 1
    tables.write(RISK, found.table)


def test_a_single_repeat_buyer_is_judged_by_the_average(run):
    rows = [("a", "2024-03-01", 10**6), ("a", "2024-05-01", 10**6), ("b", "2024-04-01", 10**6)]
    found = run(pd.DataFrame(rows, columns=["customer_id", "order_date", "bought_e4"]))
    assert found.reason == "few_repeats"
    assert found.main.customers["state"].tolist()[1] == "one_time"
    tables.write(RISK, found.table)


@pytest.mark.parametrize("count", [1, 300], ids=["one customer", "nobody came back"])
def test_without_a_repeat_order_there_is_no_risk_but_a_state(run, count):
    rows = [(f"c{n}", "2024-03-01", 10**6) for n in range(count)]
    found = run(pd.DataFrame(rows, columns=["customer_id", "order_date", "bought_e4"]))
    assert (found.reason, found.main.value_at_risk) == ("no_repeats", None)
    assert found.main.customers["risk"].isna().all()
    assert set(found.main.customers["state"]) == {"one_time"}
    tables.write(RISK, found.table)


def test_where_everything_was_returned_nobody_is_left_to_judge(run):
    days = pd.DataFrame([("a", "2024-03-01", 10**6)], columns=["customer_id", "order_date", "bought_e4"])
    found = run(days, days.assign(return_date="2024-03-09", returned_e4=10**6))
    assert found.reason == "no_customers"
    assert found.main.customers.empty


def test_the_last_of_the_month_ends_is_today_and_an_earlier_one_knows_nothing_later(tmp_path, monkeypatch, world):
    monkeypatch.chdir(tmp_path)
    stage = stage_on(tmp_path, "churn", known(world), as_of=AS_OF, models=("bgnbd",), origins=1)
    histories = read_histories(stage)
    risk = assess_risk(histories, prove(histories, stage.settings), stage.settings)
    found = risk_months(stage, SimpleNamespace(risk=risk, settings=stage.settings, value_name="revenue"))
    RISK_MONTHS.check(found)
    assert found["value_at_risk"].iloc[-1] == pytest.approx(risk.main.value_at_risk[0])
    then = read_histories(stage_on(tmp_path, "churn", known(world), as_of="2024-09-30", models=("bgnbd",), origins=1)).now
    expected = risk.scorer.no_order(Known(pd.Timestamp("2024-09-30"), then), SETTINGS.horizon_days).values @ then["recent_value"].clip(lower=0)
    assert found.set_index("day").loc["2024-09-30", "value_at_risk"] == pytest.approx(expected, rel=0.01)
    assert found["day"].min() == pd.Timestamp("2023-12-31")  # the world begins in January 2023, and the window has twelve months
