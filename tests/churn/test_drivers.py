"""Effects of drivers: as statsmodels has them on the same months, named only beyond chance, and left out with a reason."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from analysis.churn.driver_choice import joined_classes
from analysis.churn.driver_panel import Panel
from analysis.churn.driver_rows import Known, landmark_rows, monthly_rows, rows_ahead
from analysis.churn.driver_terms import controls, driver_values
from analysis.churn.drivers import horizon_months, judge_drivers
from analysis.churn.structure import at_first_order, judge_structure
from analysis.core import params
from analysis.core.errors import FitError
from tests.event_tables import ROOT
from tests.recovery.hazards import HazardScene, live

SETTINGS = dataclasses.replace(params.load(ROOT / "params.yaml").churn, draws=60)
MONTHS = 36


def panel_of_life(life, months=MONTHS):
    """The panel of a made-up life, straight from its arrays: every order is worth 100."""
    active = life.active[:, :months]
    there = active.any(axis=1)
    active = active[there].astype(float)
    sums = {"orders": active, "buying_months": active, "kinds": active, "bought_e4": active * 1e6, "compared_e4": active * 0,
            "rise_e4": active * 0, "priced_e4": active * 0, "level_e4": active * 0, "told_e4": active * 0, "let_off_e4": active * 0,
            "complaints": life.complaints[there, :months].astype(float), "slow": life.slow[there, :months].astype(float),
            "contacts": life.contacts[there, :months].astype(float)}  # fmt: skip
    ids = pd.Index([f"c{n:05}" for n in range(len(active))], name="customer_id")
    return Panel(ids, pd.date_range("2023-07-01", periods=months, freq="MS"), sums, np.full(active.shape, -1), 1.0)


def known_of(panel, **extra):
    settings = SETTINGS.drivers
    return Known(panel, {**driver_values(panel, settings), **extra}, controls(panel, settings), settings)


@pytest.fixture(scope="module")
def life():
    return live(HazardScene(customers=500), 3)


@pytest.fixture(scope="module")
def known(life):
    return known_of(panel_of_life(life))


@pytest.fixture(scope="module")
def findings(known):
    return judge_drivers(known, np.full(len(known.panel.customer_ids), 1000.0), SETTINGS)


def test_three_customers_month_by_month():
    """Orders in months 1 and 4 of six: at risk from the second on, once the two months of the drivers are known."""
    active = np.array([[1.0, 0, 0, 1, 0, 0], [0, 1, 0, 0, 0, 0], [0, 0, 0, 0, 0, 1]])
    settings = dataclasses.replace(SETTINGS.drivers, memory_months=2, silent_months=3)
    panel = Panel(pd.Index(["a", "b", "c"]), pd.date_range("2024-01-01", periods=6, freq="MS"), {"orders": active}, np.full(active.shape, -1), 1.0)
    rows = monthly_rows(Known(panel, {}, {}, settings))
    seen = rows[["entity", "month", "period", "happened"]].astype(int).to_numpy().tolist()
    assert seen == [[0, 1, 2, 0], [0, 2, 3, 1], [0, 3, 1, 0], [0, 4, 2, 0], [1, 1, 1, 0], [1, 2, 2, 0], [1, 3, 3, 0]]
    marks = landmark_rows(Known(panel, {}, {}, dataclasses.replace(settings, landmarks=2)), 2)
    assert marks[["entity", "month", "period", "happened", "silence"]].astype(int).to_numpy().tolist() == [
        [0, 1, 2, 0, 1], [0, 3, 1, 1, 0], [1, 1, 2, 1, 0],
    ]  # fmt: skip
    ahead = rows_ahead(Known(panel, {}, {}, settings), 2)
    assert [one["period"].tolist() for one in ahead] == [[3, 1], [3, 2]]  # customer b is silent for too long


def test_the_headline_is_what_statsmodels_finds_on_the_same_months(known, findings):
    rows = monthly_rows(joined_classes(known, monthly_rows(known), landmark_rows(known, horizon_months(SETTINGS))))
    covariates = [*findings.hazard.covariates]
    knots = np.array(findings.hazard.knots)
    curve = np.column_stack(list(findings.hazard.level_columns(rows["period"].to_numpy(float)).values()))
    assert curve.shape[1] == len(knots)
    design = np.column_stack([curve, rows[covariates]])
    plain = sm.GLM(rows["happened"].to_numpy(float), design, family=sm.families.Binomial(sm.families.links.CLogLog())).fit(
        method="newton", tol=1e-12, disp=0, cov_type="cluster", cov_kwds={"groups": rows["entity"].to_numpy()}
    )
    assert findings.hazard.params.to_numpy() == pytest.approx(plain.params, rel=1e-6)
    assert findings.hazard.bse.to_numpy() == pytest.approx(plain.bse, rel=1e-6)


def test_drivers_that_act_are_named_and_those_alike_for_all_are_left_out(findings):
    table = findings.table.set_index("driver")
    assert table.loc[["complaints", "fewer_contacts"], "is_named"].all()
    assert (table.loc[["complaints", "fewer_contacts"], "hi"] < 1).all()
    assert table.loc[["narrower_range", "smaller_orders"], "reason"].tolist() == ["constant"] * 2
    assert table.loc[["price_rise", "discount", "rep_change"], "reason"].notna().all()
    assert table.loc["complaints", "clv"] == pytest.approx(1000 * table.loc["complaints", "customers"])


def test_all_drivers_tried_are_in_the_family(findings):
    """Holm's smallest p-value is the smallest one times their number."""
    judged = findings.table[findings.table["reason"].isna()]
    smallest = judged.sort_values("p_value").iloc[0]
    assert smallest["holm"] == pytest.approx(min(smallest["p_value"] * len(judged), 1))


def test_a_driver_of_the_users_own_enters_like_the_others(life):
    panel = panel_of_life(life)
    rng = np.random.default_rng(1)
    coin = np.broadcast_to((rng.random(len(panel.customer_ids)) < 0.5).astype(float)[:, None], panel.reps.shape)
    found = judge_drivers(known_of(panel, coin=coin), np.full(len(panel.customer_ids), np.nan), SETTINGS, asked=("coin",))
    row = found.table.set_index("driver").loc["coin"]
    assert row["kind"] == "own"
    assert row["lo"] < 1 < row["hi"]


@pytest.mark.parametrize(
    ("column", "why"),
    [(lambda panel: np.ones(panel.reps.shape), "every covariate must vary"),
     (lambda panel: driver_values(panel, SETTINGS.drivers)["complaints"] + 1e-9, "follows from the other covariates"),
     (lambda panel: (np.cumsum(panel.active[:, ::-1], axis=1)[:, ::-1] > 0).astype(float), "without error")],
    ids=["constant", "collinear", "knows the future"],
)  # fmt: skip
def test_a_driver_of_the_users_own_that_cannot_be_one_stops_the_stage(life, column, why):
    panel = panel_of_life(life)
    with pytest.raises(FitError, match=why):
        judge_drivers(known_of(panel, mine=column(panel)), np.full(len(panel.customer_ids), np.nan), SETTINGS, asked=("mine",))


def test_too_few_months_with_an_order_carry_no_effects():
    few = live(HazardScene(customers=12), 1)
    found = judge_drivers(known_of(panel_of_life(few)), np.full(12, np.nan), SETTINGS)
    assert found.reason in ("few_events", "no_drivers")
    assert found.table["hazard_ratio"].isna().all()


def test_a_class_of_frequency_that_ends_one_way_joins_its_neighbour(life, monkeypatch):
    """The often buyers of a made-up base always come back: alone, their class tells a return without error and stops all drivers."""
    panel = panel_of_life(life)
    known = known_of(panel)
    marks = landmark_rows(known, 3)
    often = known.at_risk & (np.arange(len(panel.customer_ids)) % 11 == 0)[:, None]
    came = marks["entity"].isin(np.flatnonzero(often.any(axis=1))) & ~marks["happened"].astype(bool)
    only = np.zeros(panel.reps.shape)
    only[marks.loc[came, "entity"], marks.loc[came, "month"]] = 1.0  # those of them that came back, at the landmarks
    split = {name: np.where(only > 0, 0.0, values) if name.startswith("orders_lately_") else values for name, values in known.controls.items()}
    held = {**split, f"orders_lately_{len(SETTINGS.drivers.orders_yearly) + 1}": split[f"orders_lately_{len(SETTINGS.drivers.orders_yearly) + 1}"] + only}
    asked = (dataclasses.replace(known, controls=held), np.full(len(panel.customer_ids), np.nan), SETTINGS)
    found = judge_drivers(*asked)
    assert found.reason == ""
    assert found.table.set_index("driver").loc[["complaints", "fewer_contacts"], "is_named"].all()
    monkeypatch.setattr("analysis.churn.drivers.joined_classes", lambda given, *_: given)
    assert judge_drivers(*asked).reason == "stopped"


def test_thin_classes_join_the_thinner_of_their_neighbours_by_hand():
    """Twelve rows of either outcome carry a class; one of three, and one without any that came, do not."""
    sizes = {"orders_lately_0": (12, 12), "orders_lately_1": (3, 20), "orders_lately_2": (11, 30), "orders_lately_3": (20, 20), "orders_lately_4": (40, 0)}
    rows = [(name, happened) for name, (yes, no) in sizes.items() for happened, count in ((True, yes), (False, no)) for _ in range(count)]
    told = pd.DataFrame({name: [float(one == name) for one, _ in rows] for name in sizes}).assign(happened=[happened for _, happened in rows])
    held = {name: told[name].to_numpy()[:, None] for name in sizes}
    panel = Panel(pd.Index([]), pd.DatetimeIndex([]), {}, np.zeros((0, 0)), 1.0)
    found = joined_classes(Known(panel, {}, held | {"settled": np.ones((len(rows), 1))}, SETTINGS.drivers), told).controls
    together = {name: [other for other in sizes if (found[name][told[other] == 1] == 1).all()] for name in sizes if found[name].any()}
    assert together == {"orders_lately_0": ["orders_lately_0"], "orders_lately_1": ["orders_lately_1", "orders_lately_2"],
                        "orders_lately_3": ["orders_lately_3", "orders_lately_4"]}  # fmt: skip
    assert found["settled"].all()


def test_satisfaction_is_judged_among_those_who_answered_and_not_where_all_answer_alike(life):
    """An answer in every third month by one in two; by a coin not satisfied, or always."""
    panel = panel_of_life(life)
    rng = np.random.default_rng(5)
    answers = ((np.arange(MONTHS) % 3 == 0) & (rng.random(panel.active.shape) < 0.5)).astype(float)
    coin = answers * (rng.random(panel.active.shape) < 0.4)
    for low, reason in ((coin, None), (answers, "few")):
        asked = dataclasses.replace(panel, sums={**panel.sums, "answers": answers, "unsatisfied": low})
        row = judge_drivers(known_of(asked), np.full(len(panel.customer_ids), np.nan), SETTINGS).table.set_index("driver").loc["unsatisfied"]
        assert row["reason"] == reason or (reason is None and pd.isna(row["reason"]))
        assert reason or row["lo"] < 1 < row["hi"]


def test_leaving_sooner_is_told_from_buying_less_often():
    """First orders of twice the value: half as often, and nothing to do with leaving."""
    rng = np.random.default_rng(4)
    n = 1500
    large = rng.random(n) < 0.5
    rate, stop = rng.gamma(2.0, 0.02, n) / np.where(large, 2, 1), rng.beta(1.0, 4.0, n)
    rows = []
    for who in range(n):
        age, time, repeats, last = float(rng.integers(300, 700)), 0.0, 0, 0.0
        while (time := time + rng.exponential(1 / rate[who])) < age:
            repeats, last = repeats + 1, time
            if rng.random() < stop[who]:
                break
        rows.append((f"c{who:05}", repeats, last, age))
    history = pd.DataFrame(rows, columns=["customer_id", "repeats", "span_days", "age_days"])
    known = pd.DataFrame({"customer_id": history["customer_id"], "first_value": large.astype(float)})
    found = judge_structure(history, known, SETTINGS).iloc[0]
    assert found["rate_ratio_lo"] < 0.5 < found["rate_ratio_hi"]
    assert found["stop_odds_lo"] < 1 < found["stop_odds_hi"]


def test_a_first_order_in_the_datas_first_months_may_be_none(known):
    first = known.panel.active.argmax(axis=1)
    kept = at_first_order(known.panel, {})["customer_id"]
    assert set(kept) < set(known.panel.customer_ids)
    assert first[known.panel.customer_ids.isin(kept)].min() >= 1
