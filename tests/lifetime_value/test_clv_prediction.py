"""V4 from stored purchase days to predicted values."""

import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis.core import tables
from analysis.core.contracts.lifetime_value import (
    CLV,
    CLV_CALIBRATION,
    CLV_MODELS,
    CLV_MONTHS,
    CLV_ORIGINS,
    CLV_SCORES,
    CLV_SEGMENTS,
    CLV_TRACKING,
)
from analysis.lifetime_value.forecasting import forecast_value
from analysis.lifetime_value.histories import read_histories
from analysis.lifetime_value.intervals import Widening, shrunken_level, shrunken_slope
from analysis.lifetime_value.months import clv_months
from analysis.lifetime_value.orders import Way
from tests.worlds_of_orders import UNIT, order_world, regular_world, stage_on

AS_OF, END = "2024-12-31", "2025-12-31"
DRAWS = 100
LAST_NINE = {"holdout_months": 9, "origins": 1, "draws": 50, "horizon_months": (12,), "sampled_customers": 30_000}


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def ran(days, returns=None, *, as_of=AS_OF, value_name="revenue", **settings):
        settings = {"draws": DRAWS, **settings}
        stage = stage_on(
            tmp_path, "lifetime_value", days, returns, as_of=as_of, value_name=value_name, **settings
        )
        return forecast_value(read_histories(stage), stage.settings, pd.Series(dtype=str))

    return ran


@pytest.fixture(scope="module")
def world():
    return order_world(900, start="2023-01-01", end=END, seed=11)


def known(days, day=AS_OF):
    return days[days["order_date"] <= day]


def totals(outcome, horizon=12):
    return outcome.prediction.totals.set_index("horizon_months").loc[horizon]


def test_total_value_of_a_known_world_is_met_within_a_tenth_and_by_its_interval(run, world):
    outcome = run(known(world))
    customers = outcome.prediction.clv["customer_id"].unique()
    came = world[(world["order_date"] > AS_OF) & world["customer_id"].isin(customers)]
    predicted = run(known(world), discount_rate_yearly=0.0)
    actual = came["bought_e4"].sum() / UNIT
    assert totals(predicted)["clv"] == pytest.approx(actual, rel=0.1)
    assert totals(predicted)["lo"] < actual < totals(predicted)["hi"]
    assert outcome.proof.winner.is_model
    errors = outcome.proof.scores.set_index(["method", "clock"])["rmse"]
    assert errors["bgnbd", "calendar"] < 1.01 * errors.min(), "the law by which this world was made"


def test_intervals_of_customers_hold_the_truth_as_often_as_they_say(run, world):
    outcome = run(known(world), discount_rate_yearly=0.0)
    near = outcome.prediction.clv.query("horizon_months == 12").set_index("customer_id")
    came = world[world["order_date"] > AS_OF].groupby("customer_id")["bought_e4"].sum() / UNIT
    actual = came.reindex(near.index).fillna(0)
    inside = ((near["lo"] <= actual) & (actual <= near["hi"])).mean()
    assert 0.87 <= inside <= 0.99  # 0.9 promised; counts are whole numbers, so a little more


def test_tables_keep_their_contracts(run, world):
    outcome = run(known(world))
    for table, frame in (
        (CLV, outcome.prediction.clv), (CLV_SEGMENTS, outcome.prediction.segments), (CLV_SCORES, outcome.proof.scores),
        (CLV_ORIGINS, outcome.proof.origins), (CLV_MODELS, outcome.models),
        (CLV_CALIBRATION, outcome.proof.calibration), (CLV_TRACKING, outcome.proof.tracking),
    ):  # fmt: skip
        tables.write(table, frame)


def test_orders_after_as_of_change_nothing(run, world):
    before, with_later = run(known(world)), run(world)
    pd.testing.assert_frame_equal(before.prediction.clv, with_later.prediction.clv)
    pd.testing.assert_frame_equal(before.proof.scores, with_later.proof.scores)


def test_the_order_of_rows_does_not_matter(run, world):
    there, back = run(known(world)), run(known(world).iloc[::-1])
    pd.testing.assert_frame_equal(there.prediction.clv, back.prediction.clv)


def test_returns_after_the_cut_change_no_parameter_fitted_before_it(run, world):
    days = known(world)
    some = days[days["order_date"] < "2024-06-01"].iloc[::15]
    returns = some.assign(return_date="2024-08-15", returned_e4=some["bought_e4"])
    plain, returned = (run(days, back).models.query("fit == 'holdout'") for back in (None, returns))
    pd.testing.assert_frame_equal(plain, returned)
    assert totals(run(days, returns))["exp_orders"] < totals(run(days))["exp_orders"]


def test_money_in_another_unit_scales_and_leaves_orders_alone(run, world):
    plain, dear = run(known(world)), run(known(world).assign(bought_e4=lambda frame: frame["bought_e4"] * 10))
    assert dear.prediction.clv["clv"].to_numpy() == pytest.approx(
        10 * plain.prediction.clv["clv"].to_numpy(), rel=1e-6
    )
    assert dear.prediction.clv["exp_orders"].equals(plain.prediction.clv["exp_orders"])


def test_a_longer_horizon_is_worth_more_and_discounting_takes_some_off(run, world):
    plain, discounted = (
        run(known(world), discount_rate_yearly=0.0),
        run(known(world), discount_rate_yearly=0.1),
    )
    assert totals(plain, 36)["clv"] > totals(plain)["clv"]
    ratio = totals(discounted)["clv"] / totals(plain)["clv"]
    assert 1.1**-1 < ratio < 1  # orders come through the year, so between nothing and a whole year's discount
    assert totals(plain)["clv"] == pytest.approx(
        (plain.prediction.clv.query("horizon_months == 12").eval("exp_orders * value_per_order")).sum()
    )


def test_the_interval_of_the_base_is_narrower_than_the_sum_of_the_ends(run, world):
    outcome = run(known(world))
    near = outcome.prediction.clv.query("horizon_months == 12")
    width = totals(outcome)["hi"] - totals(outcome)["lo"]
    assert width < 0.5 * (near["hi"] - near["lo"]).sum()
    assert near["clv"].between(near["lo"], near["hi"]).all()


def test_a_level_is_corrected_where_all_origins_were_off_alike_and_not_where_chance_could_do_it():
    alike, none = np.array([0.25, 0.22, 0.36, 0.38]), np.zeros(4)
    noise = alike.var(ddof=1) + 0.04**2
    corrected = shrunken_level(alike, np.full(4, 0.04))
    assert corrected == pytest.approx(1 + alike.mean() - noise / alike.mean())
    assert 1.27 < corrected < 1.30
    assert shrunken_level(np.array([-0.25, 0.11, 0.07, 0.02]), none) == 1, "misses of either side"
    assert shrunken_level(alike, np.full(4, 0.5)) == 1, "no more than chance"
    assert shrunken_level(alike[:2], none) == 1, "two origins tell too little"


def test_values_are_spread_as_they_came_out_where_all_origins_say_so():
    """What came is the expected value to the power of 1.2, times a level of each customer's own."""
    rng = np.random.default_rng(5)
    customers, own = np.arange(400), rng.gamma(9, 1 / 9, 400)

    def pasts(power, origins=4):
        expected = [rng.gamma(1, 100, 400) for _ in range(origins)]
        return [SimpleNamespace(customers=customers, value=value, came=own * value**power) for value in expected]

    assert shrunken_slope(pasts(1.2)) == pytest.approx(1.2, abs=0.06)  # three standard errors
    assert shrunken_slope(pasts(1.0)) == 1, "no more than chance"
    assert shrunken_slope(pasts(1.2, origins=2)) == 1, "two origins tell too little"
    assert shrunken_slope(pasts(-0.5)) == 0, "expectations that tell nothing make all alike, and turn no order round"


def test_corrected_values_have_the_level_and_keep_their_sum_and_order():
    value = np.array([1.0, 4.0, 16.0, -2.0])
    factors = Widening(value_level=1.1, slope=1.5).factors(value)
    assert (value * factors).sum() == pytest.approx(1.1 * value.sum())
    assert (np.diff(factors[:3]) > 0).all()
    assert factors[3] == 1.1
    assert (Widening(value_level=1.1, slope=0.0).factors(value)[:3] * value[:3]) == pytest.approx(1.1 * np.full(3, 7.0))  # 21 / 3


def test_the_interval_of_the_base_takes_in_the_error_that_the_model_showed_before():
    draws = np.linspace(90, 120, 301)[:, None]  # 5 % of them below 91.5, 5 % above 118.5
    plain, widened, later = (
        Widening(error=error, days=90.0).ends(np.array([100.0]), draws, 0.9, days) for error, days in ((0.0, 90), (0.1, 30), (0.1, 180))
    )
    assert [float(end[0]) for end in plain] == pytest.approx([91.5, 118.5])
    for found, off in ((widened, 0.16448536), (later, 2 * 0.16448536)):  # 1.645 standard errors of the logarithm
        below, above = 100 * (1 - np.exp(-off)), 100 * (np.exp(off) - 1)  # two independent errors add up in squares
        assert [float(end[0]) for end in found] == pytest.approx([100 - np.hypot(8.5, below), 100 + np.hypot(18.5, above)])
    [low], [high] = Widening(error=0.5, days=30.0).ends(np.array([-100.0]), -draws, 0.9, 3000)
    off = 1.6448536 * 0.5 * 3  # no more than three times as long
    assert (low, high) == pytest.approx((-100 - np.hypot(18.5, 100 * (np.exp(off) - 1)), -100 + np.hypot(8.5, 100 * (1 - np.exp(-off)))))


def test_probability_of_still_buying_is_missing_where_the_model_has_no_stop_before_a_repeat_order(run, world):
    clv = run(known(world), models=("mbgnbd",)).prediction.clv
    assert clv["alive"].between(0, 1).all()
    clv = run(known(world), models=("bgnbd",)).prediction.clv
    assert clv.loc[clv["repeats"] == 0, "alive"].isna().all()
    assert clv.loc[clv["repeats"] > 0, "alive"].between(0, 1).all()


def test_the_baseline_is_published_where_it_predicts_better(run):
    outcome = run(regular_world(200, start="2023-01-01", end=AS_OF), models=("bgnbd",))
    scores = outcome.proof.scores.set_index("method")
    assert scores.loc["trailing_rate", "rmse"] < scores.loc["bgnbd", "rmse"]
    assert outcome.proof.winner == Way("trailing_rate")
    assert set(outcome.prediction.clv["method"]) == {"trailing_rate"}
    assert outcome.prediction.clv["alive"].isna().all()


def test_too_few_repeat_buyers_get_the_average_of_the_base_with_a_wide_band(run, world):
    few = sorted(world["customer_id"].unique())[:40]
    outcome = run(known(world)[lambda frame: frame["customer_id"].isin(few)])
    near = outcome.prediction.clv.query("horizon_months == 12")
    assert (outcome.proof.reason, outcome.proof.winner) == ("few_repeats", Way("common_rate"))
    assert near["exp_orders"].nunique() == 1
    relative = (near["hi"] - near["lo"]).sum() / near["clv"].sum()
    assert relative > 2


def test_a_history_of_few_gaps_is_too_short_for_a_model(run):
    rows = [(f"c{n}", day, UNIT * 100) for n in range(80) for day in ("2024-11-01", "2024-12-20")]
    outcome = run(pd.DataFrame(rows, columns=["customer_id", "order_date", "bought_e4"]))
    assert (outcome.proof.reason, outcome.proof.winner) == ("short_history", Way("common_rate"))


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([("a", "2024-03-01", 10**6)], "no_repeats"),
        ([(f"c{n}", "2024-03-01", 10**6) for n in range(300)], "no_repeats"),
        ([("a", "2024-03-01", 0), ("a", "2024-04-01", 0)], "no_values"),
    ],
    ids=["one customer", "nobody came back", "everything free"],
)
def test_a_base_that_cannot_be_predicted_says_why(run, rows, reason):
    outcome = run(pd.DataFrame(rows, columns=["customer_id", "order_date", "bought_e4"]))
    assert outcome.prediction.reason == reason
    assert set(outcome.prediction.clv["method"]) == {"not_available"}
    assert outcome.prediction.clv["clv"].isna().all()
    tables.write(CLV, outcome.prediction.clv)


def test_where_everything_was_returned_there_is_nobody_to_predict(run):
    days = pd.DataFrame([("a", "2024-03-01", 10**6)], columns=["customer_id", "order_date", "bought_e4"])
    returns = days.assign(return_date="2024-03-09", returned_e4=10**6)
    outcome = run(days, returns)
    assert outcome.prediction.reason == "no_customers"
    assert outcome.prediction.clv.empty


def test_contribution_that_is_negative_in_sum_gives_way_to_revenue(run, world):
    losing = known(world).assign(contribution_e4=lambda frame: -frame["bought_e4"] // 5)
    assert set(run(losing, value_name="contribution").prediction.clv["value_name"]) == {"revenue"}
    gaining = known(world).assign(contribution_e4=lambda frame: frame["bought_e4"] // 5)
    found = run(gaining, value_name="contribution")
    assert set(found.prediction.clv["value_name"]) == {"contribution"}
    assert totals(found)["clv"] == pytest.approx(totals(run(known(world)))["clv"] / 5, rel=0.01)


@pytest.fixture(scope="session")
def cdnow_days():
    named = os.environ.get("ANALYSIS_DATASETS")
    if not named:
        pytest.skip("ANALYSIS_DATASETS names no folder with the public data sets")
    raw = pd.read_csv(Path(named) / "cdnow" / "CDNOW_master.txt", sep=r"\s+", dtype=str)
    raw = raw.assign(bought_e4=(raw["dollar_value"].astype(float) * UNIT).round().astype("int64"))
    raw = raw.assign(order_date=pd.to_datetime(raw["date"], format="%Y%m%d"))
    return raw.groupby(["customer_id", "order_date"], as_index=False)["bought_e4"].sum()


def test_the_interval_of_the_sample_s_hold_out_holds_what_came_where_the_model_s_own_does_not(run, cdnow_days):
    sample = cdnow_days[cdnow_days["customer_id"].isin(_sample_ids()) & (cdnow_days["order_date"] <= "1997-09-30")]
    outcome = run(sample, as_of="1997-09-30", draws=200, horizon_months=(9,), discount_rate_yearly=0.0)
    later = cdnow_days[cdnow_days["customer_id"].isin(_sample_ids()) & (cdnow_days["order_date"] > "1997-09-30")]
    came = later["bought_e4"].sum() / UNIT
    found = totals(outcome, 9)
    assert found["lo"] < came < found["hi"]


def test_all_of_cdnow_gives_the_published_fit_and_beats_the_trailing_rate(run, cdnow_days):
    outcome = run(cdnow_days, as_of="1998-06-30", **LAST_NINE, models=("bgnbd",))
    fitted = outcome.models.query("fit == 'holdout' and model == 'bgnbd'").set_index("parameter")
    assert fitted["log_likelihood"].iloc[0] == pytest.approx(-95368.4439, abs=1e-3)
    assert fitted["customers"].iloc[0] == 23_570
    expected = {
        "r": 0.251624,
        "alpha": 4.788943,
        "a": 0.723434,
        "b": 2.161088,
    }  # in weeks, ESTIMATION.md section 2
    for name, value in expected.items():
        assert fitted.loc[name, "estimate"] == pytest.approx(value, rel=1e-4)
    assert outcome.proof.winner == Way("bgnbd")


def test_the_sample_of_cdnow_gives_the_published_errors_by_customer_and_by_frequency(run, cdnow_days):
    sample = cdnow_days[cdnow_days["customer_id"].isin(_sample_ids())]
    proof = run(sample, as_of="1998-06-30", **LAST_NINE, models=("bgnbd",)).proof
    scores = proof.scores.set_index("method")
    assert scores.loc["bgnbd", "actual_orders"] == 1882
    assert scores.loc["bgnbd", ["predicted_orders", "mae", "rmse"]].tolist() == pytest.approx(
        [1653.4, 0.7855, 1.6080], rel=1e-4
    )
    assert scores.loc["trailing_rate", ["predicted_orders", "mae", "rmse"]].tolist() == pytest.approx(
        [2930.1, 1.0237, 2.2119], rel=1e-4
    )
    groups = proof.calibration  # BTYD walkthrough, holdout mean by x = 0..7+
    assert groups["customers"].tolist() == [1411, 439, 214, 100, 62, 38, 29, 64]
    assert groups["actual"].tolist() == pytest.approx(
        [0.2367, 0.6970, 1.3925, 1.56, 2.5323, 2.9474, 3.8621, 6.3594], abs=5e-5
    )
    assert groups["predicted"].tolist() == pytest.approx(
        [0.2251, 0.5231, 1.0441, 1.5203, 2.1638, 2.6538, 3.5040, 6.1570], rel=2e-4
    )
    last = proof.tracking.iloc[-1]
    assert np.abs(last["predicted"] / last["actual"] - 1) < 0.05


def _sample_ids():
    file = Path(os.environ["ANALYSIS_DATASETS"]) / "cdnow" / "CDNOW_sample.txt"
    return pd.read_csv(file, sep=r"\s+", header=None, dtype=str)[0].unique()


def test_the_last_of_the_month_ends_is_today_and_more_customers_bring_more(tmp_path, monkeypatch, world):
    monkeypatch.chdir(tmp_path)
    stage = stage_on(tmp_path, "lifetime_value", known(world), as_of=AS_OF, value_name="revenue", draws=DRAWS, horizon_months=(12, 36))
    outcome = forecast_value(read_histories(stage), stage.settings, pd.Series(dtype=str))
    found = clv_months(stage, SimpleNamespace(outcome=outcome, settings=stage.settings, value_name="revenue"))
    CLV_MONTHS.check(found)
    assert found["clv"].iloc[-1] == pytest.approx(totals(outcome)["clv"])
    assert found["day"].tolist() == list(pd.date_range("2023-12-31", AS_OF, freq="ME"))
    before = found.set_index("day").loc["2024-06-30", "clv"]
    rows = known(world)[known(world)["order_date"] <= "2024-06-30"]
    came = world[(world["order_date"] > "2024-06-30") & (world["order_date"] <= "2025-06-30") & world["customer_id"].isin(rows["customer_id"])]
    assert before == pytest.approx(came["bought_e4"].sum() / UNIT, rel=0.15)  # what those customers then did bring in twelve months
