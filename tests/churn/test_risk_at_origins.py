"""C1 at origins in the past: every way to tell the risk, judged by what was known then."""

import dataclasses
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.churn.correction import with_correction
from analysis.churn.histories import Moment, read_histories
from analysis.churn.proof import decay_of, prove
from analysis.churn.risk import assess_risk
from analysis.churn.silence import silence_of, state_of
from analysis.churn.trials import Trial, comparable, pool, try_ways
from analysis.churn.ways import RULES, Scorer, Way, fit_way, ways_of
from analysis.core import params, tables
from analysis.core.contracts.churn import RISK_CALIBRATION, RISK_DECAY, RISK_ORIGINS, RISK_SCORES
from analysis.models.known import Known
from analysis.models.rates import TrailingRate
from analysis.models.season import Clock
from tests.event_tables import ROOT
from tests.worlds_of_orders import order_world, regular_world, stage_on

AS_OF = "2024-12-31"
SETTINGS = params.load(ROOT / "params.yaml").churn
LEARNT = Way("rate_and_recency")


@pytest.fixture
def read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def stored(days, *, as_of=AS_OF, **settings):
        stage = stage_on(tmp_path, "churn", days, as_of=as_of, **settings)
        return read_histories(stage), stage.settings

    return stored


@pytest.fixture
def run(read):
    return lambda days, **settings: prove(*read(days, **settings))


@pytest.fixture(scope="module")
def world():
    return order_world(1500, start="2023-01-01", end="2025-06-30", seed=31)


@pytest.fixture(scope="module")
def proof(world, tmp_path_factory):
    folder = tmp_path_factory.mktemp("proof")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        stage = stage_on(folder, "churn", world, as_of=AS_OF)
        return prove(read_histories(stage), stage.settings)


def test_in_a_world_that_follows_the_models_their_risks_mean_what_they_say(proof):
    for days in (30, 90, 180):
        published = proof.published_at(days)
        assert 0.9 < published["slope"] < 1.1
        assert abs(published["intercept"]) < 0.15


def test_in_a_world_that_follows_the_models_one_of_them_is_published_and_beats_the_rules(proof):
    scores = proof.scores_at(90).set_index("method")
    assert proof.winner.is_model
    assert not proof.winner.is_corrected
    assert scores.loc[proof.winner.method, "brier"] == scores["brier"].min()
    assert (scores.loc[list(RULES), "auc_gain_lo"] > 0).all()


def test_what_is_learnt_from_the_data_comes_close_to_the_law_of_the_world(proof):
    scores = proof.scores_at(90).set_index("method")
    assert scores.loc["rate_and_recency", "auc"] == pytest.approx(scores["auc"].max(), abs=0.01)
    assert scores.loc["rate_and_recency", "slope"] == pytest.approx(1, abs=0.1)


def test_the_published_way_has_the_least_error_over_all_origins(proof):
    by_origin = proof.origins.assign(error=lambda rows: rows["brier"] * rows["customers"])
    sums = by_origin.groupby("method")[["error", "customers"]].sum()
    pooled = proof.scores_at(90).set_index("method")["brier"]
    assert (sums["error"] / sums["customers"]).to_dict() == pytest.approx(pooled.to_dict())
    told = pooled.drop([name for name in pooled.index if name.endswith("_corrected")])
    assert proof.winner.name == told.idxmin()


def test_the_lead_over_a_score_is_the_difference_of_the_two(proof):
    scores = proof.scores_at(90).set_index("method")
    assert scores.loc[proof.winner.name, "auc"] - scores.loc["recency", "auc"] == pytest.approx(scores.loc["recency", "auc_gain"])


def test_every_origin_lies_a_horizon_before_the_next(proof):
    days = [trial.known.day for trial in proof.trials]
    assert days == [pd.Timestamp(AS_OF) - pd.Timedelta(days=90 * back) for back in (4, 3, 2, 1)]
    assert set(proof.origins["origin"]) == set(days)


def test_a_horizon_is_judged_only_where_it_has_passed(proof):
    counted = proof.scores.groupby("horizon_days")["origins"].first()
    assert counted.to_dict() == {30: 4, 90: 4, 180: 3}


def test_every_customer_known_at_an_origin_is_in_one_group_by_risk_and_one_by_state(proof, world):
    ends = [pd.Timestamp(AS_OF) - pd.Timedelta(days=90 * back) for back in (4, 3, 2, 1)]
    known = sum(world.loc[world["order_date"] <= day, "customer_id"].nunique() for day in ends)
    main = proof.calibration[proof.calibration["horizon_days"] == 90]
    assert main.groupby("grouping")["customers"].sum().tolist() == [known, known]
    assert (proof.scores_at(90)["customers"] == known).all()


def test_observed_shares_rise_with_the_state(proof):
    by_state = proof.calibration.query("grouping == 'state'").set_index("state")["observed"]
    assert by_state["active"] < by_state["cooling"] < by_state["probably_lost"]


def test_tables_keep_their_contracts(proof, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dvc.yaml").touch()
    found = {RISK_SCORES: proof.scores, RISK_CALIBRATION: proof.calibration, RISK_ORIGINS: proof.origins, RISK_DECAY: proof.decay}
    for table, frame in found.items():
        assert len(tables.write(table, frame)) == len(frame)


def test_nothing_after_an_origin_changes_what_is_predicted_at_it(read, world):
    day = pd.Timestamp(AS_OF) - pd.Timedelta(days=180)
    other = world[(world["order_date"] <= day) | (world["customer_id"] > "c00700")]
    told = []
    for days in (world, other):
        histories, settings = read(days)
        (moment,) = [one for one in histories.origins if one.known.day == day]
        told.append(try_ways(moment, ways_of(settings, seasonal=False), settings).chances)
    for days in (30, 90, 180):
        assert set(told[0][days]) == set(ways_of(SETTINGS, seasonal=False))
        for way, chance in told[0][days].items():
            assert np.array_equal(chance, told[1][days][way]), way


def test_what_is_learnt_at_an_origin_is_learnt_from_days_whose_future_had_passed(read, world):
    histories, _ = read(world)
    for origin in (*histories.origins, histories.today):
        for days, lesson in origin.lessons.items():
            assert lesson.is_whole
            learnt = origin.known.day - pd.Timedelta(days=days)
            assert (lesson.rows["last_day"] <= learnt).all()
            assert (lesson.rows["first_day"] + pd.to_timedelta(lesson.rows["age_days"], unit="D") <= learnt).all()


def test_orders_after_as_of_change_nothing(run, world):
    early = world[world["order_date"] <= AS_OF]
    pd.testing.assert_frame_equal(run(world, origins=1).scores, run(early, origins=1).scores)


def test_in_young_data_what_is_learnt_ranks_and_gives_no_probability(run):
    young = order_world(1500, start="2024-07-15", end=AS_OF, seed=5)  # begins 79 days before the only origin
    found = run(young)
    scores = found.scores_at(90).set_index("method")
    assert scores.loc[["rate_and_recency", "recency"], "brier"].isna().all()
    assert scores.loc["rate_and_recency", "auc"] > 0.55
    assert scores.loc["recency", "auc"] > 0.5
    assert found.winner.method not in ("rate_and_recency", "recency")


@pytest.mark.parametrize(
    ("days", "reason", "method"),
    [
        (["2024-12-01"], "no_repeats", "not_available"),
        (["2024-05-01"], "no_repeats", "not_available"),
        (["2024-05-01", "2024-06-01"], "few_repeats", "common_rate"),
    ],
    ids=["all of them new", "nobody came back", "one repeat buyer"],
)
def test_a_base_that_is_too_small_falls_back_and_says_why(run, days, reason, method):
    rows = pd.DataFrame({"customer_id": "a", "order_date": days, "bought_e4": 10**6})
    found = run(rows)
    assert (found.reason, found.winner.method, len(found.scores), len(found.calibration)) == (reason, method, 0, 0)


def test_where_all_are_new_the_first_model_is_published_untested(run):
    new = order_world(600, start="2024-10-05", end=AS_OF, seed=8)  # nobody had ordered 90 days ago
    found = run(new)
    assert (found.reason, found.winner) == ("no_customers", Way(SETTINGS.models[0]))


def test_when_nobody_ordered_again_there_is_nothing_to_compare(run, world):
    stopped = world[world["order_date"] <= "2024-01-05"]
    assert run(stopped).reason == "one_outcome"


def test_a_plain_rule_that_does_best_is_published(run):
    """Gaps are exact: who is late by so much has left, and everybody else goes on for certain."""
    days = regular_world(300, start="2023-01-01", end=AS_OF)
    leaves = days["customer_id"].str[1:].astype(int) % 5 * 150 + 200
    days = days[(days["order_date"] - pd.Timestamp("2023-01-01")).dt.days < leaves.where(leaves < 600, 10_000)]
    found = run(days, models=("bgnbd",))
    scores = found.scores_at(90).set_index("method")
    assert scores.loc["hiatus", "brier"] < scores.loc["bgnbd", "brier"]
    assert found.winner.name == scores["brier"].idxmin()


def test_of_a_large_base_a_part_is_tried_and_everybody_gets_a_risk(read, world):
    histories, settings = read(world, sampled_customers=300)
    assert all(len(origin.known.rows) <= 300 for origin in histories.origins)
    assert len(histories.today.sample.rows) == 300
    found = prove(histories, settings)
    risk = assess_risk(histories, found, settings)
    assert len(risk.main.customers) == world.loc[world["order_date"] <= AS_OF, "customer_id"].nunique()
    assert risk.main.customers["risk"].notna().all()
    assert fit_way(Way("bgnbd"), histories.today, settings).fits[90].n == len(risk.main.customers)
    regular = fit_way(Way("mbgcnbd"), histories.today, settings).fits[90]
    assert regular.n == len(risk.main.customers)
    assert regular.k == 1  # orders come at random here, as the sample shows


def moment(day, x, span, age, none, ids):
    rows = pd.DataFrame({"customer_id": ids, "repeats": x, "span_days": span, "age_days": age})
    known = Known(pd.Timestamp(day), rows)
    return Moment(known, known, {}, {90: np.array(none)})


def trial(day, chance, none):
    """One origin at which a way gave these chances: e^(-90 / T) of one repeat order in T days, that of the rate so far."""
    way, age = Way("bgnbd"), -90 / np.log(np.asarray(chance))
    here = moment(day, np.ones(age.size), age / 2, age, none, [f"c{n}" for n in range(age.size)])
    scorer = Scorer(way, {90: TrailingRate()}, frozenset(), Clock())
    told = {90: {way: np.asarray(chance)}}
    return Trial(here, {way: scorer}, told, told)


def test_scores_of_several_origins_are_weighed_by_their_customers():
    first, second = trial("2024-01-01", [0.2, 0.9], [False, True]), trial("2024-03-31", [0.3, 0.4, 0.5, 0.6], [False, True, False, True])
    way = Way("bgnbd")
    found = pool([(one.known.rows["customer_id"], one.moment.stayed_away[90], one.ranks[90], one.chances[90]) for one in (first, second)], groups=2)
    assert found.auc[way] == pytest.approx((2 * 1 + 4 * 0.75) / 6)
    assert found.entity.tolist() == [0, 1, 0, 1, 2, 3]
    errors = [0.2**2, 0.1**2, 0.3**2, 0.6**2, 0.5**2, 0.4**2]
    assert ((found.chances[way] - found.outcome) ** 2).mean() == pytest.approx(np.mean(errors))


def drawn(day, seed, *, shift=0.8, factor=1.5, n=4000):
    """An origin whose risks are off: the true log-odds are a shift and a factor away."""
    rng = np.random.default_rng(seed)
    chance = rng.uniform(0.05, 0.9, n)
    odds = shift + factor * np.log(chance / (1 - chance))
    return trial(day, chance, rng.random(n) < 1 / (1 + np.exp(-odds)))


def test_a_correction_is_learnt_from_earlier_origins_alone():
    way, better = Way("bgnbd"), Way("bgnbd", is_corrected=True)
    days = [drawn("2024-01-01", 1), drawn("2024-03-31", 2), drawn("2024-06-29", 3)]
    found, today = with_correction(days, way)
    raw = days[0].chances[90][way]
    assert found[0].chances[90][better] == pytest.approx(raw)
    assert found[1].scorers[better].corrections[90] == pytest.approx((0.8, 1.5), abs=0.15)
    assert today[90] == pytest.approx((0.8, 1.5), abs=0.09)
    later = found[2].chances[90][better]
    again = days[2].chances[90][way]
    assert later == pytest.approx(1 / (1 + np.exp(-(0.8 + 1.5 * np.log(again / (1 - again))))), abs=0.03)


def test_a_correction_waits_until_the_time_ahead_has_passed():
    found, _ = with_correction([drawn("2024-01-01", 1), drawn("2024-03-30", 2)], Way("bgnbd"))  # a day short of 90
    assert found[1].scorers[Way("bgnbd", is_corrected=True)].corrections == {}


def test_a_fit_decays_by_how_much_worse_it_does_than_one_of_the_day():
    good, way = [0.1, 0.2, 0.8, 0.9], Way("bgnbd")
    none = [False, False, True, True]
    days = [trial("2024-01-01", good, none), trial("2024-03-31", good, none)]
    fitted_anew = {90: {way: np.array([0.1, 0.2, 0.8, 0.9])}}
    days[1] = dataclasses.replace(days[1], ranks=fitted_anew, chances=fitted_anew)
    found = decay_of(tuple(days), way, SETTINGS).set_index("horizons_later")
    assert found["auc"].tolist() == [1.0, 1.0]
    assert found.loc[1, ["origins", "customers", "auc_anew", "auc_lost"]].tolist() == [1, 4, 1.0, 0.0]
    assert found.loc[1, "brier"] == pytest.approx(np.mean([0.1**2, 0.2**2, 0.2**2, 0.1**2]))


def test_origins_are_compared_where_every_way_gave_a_probability_else_the_latest_alone():
    both = [trial("2024-01-01", [0.2], [True]), trial("2024-03-31", [0.2], [True])]
    whole = dataclasses.replace(both[0], chances={90: {Way("bgnbd"): np.array([0.2]), LEARNT: np.array([0.3])}})
    ways = [Way("bgnbd"), LEARNT]
    assert comparable([whole, None, both[1]], ways, 90) == (whole,)
    assert comparable(both, ways, 90) == (both[1],)
    assert comparable([None], ways, 90) == ()


def test_states_at_an_origin_are_those_of_that_day(proof):
    last = proof.trials[-1]
    states = state_of(silence_of(last.known.rows)["silence_percentile"], pd.Series(last.chances[90][proof.winner]), SETTINGS)
    assert (states == "one_time").sum() == (last.known.rows["repeats"] == 0).sum()


def cdnow(name, columns):
    named = os.environ.get("ANALYSIS_DATASETS")
    if not named:
        pytest.skip("ANALYSIS_DATASETS names no folder with the public data sets")
    raw = pd.read_csv(Path(named) / "cdnow" / name, sep=r"\s+", header=None, names=columns, dtype=str)
    raw = raw[raw["date"].str.fullmatch(r"\d{8}")]
    return pd.DataFrame({
        "customer_id": raw["customer_id"], "order_date": pd.to_datetime(raw["date"], format="%Y%m%d"), "bought_e4": 1,
    }).drop_duplicates()  # fmt: skip


WEEKS_39 = {"as_of": "1998-06-30", "horizon_days": 273, "horizons_days": (273,)}


def test_on_cdnow_rate_and_recency_together_rank_better_than_plain_recency_and_every_model(run):
    found = run(cdnow("CDNOW_sample.txt", ["master_id", "customer_id", "date", "cds", "value"]), **WEEKS_39)
    scores = found.scores_at(273).set_index("method")
    published = {"bgnbd": 0.757, "recency": 0.771, "trailing_rate": 0.760}  # ESTIMATION.md section 6
    assert scores.loc[list(published), "auc"].to_dict() == pytest.approx(published, abs=5e-4)
    assert scores.loc["rate_and_recency", "auc"] == scores["auc"].max()
    assert scores.loc["rate_and_recency", "auc"] > 0.78
    assert np.isnan(scores.loc["rate_and_recency", "brier"])  # learnt from a shorter time: it ranks
    assert scores.loc["bgnbd", "brier"] == pytest.approx(0.161, abs=5e-4)
    assert 1 - scores.loc["bgnbd", "no_order_share"] == pytest.approx(0.290, abs=5e-4)


def test_on_all_of_cdnow_it_surely_does(run):
    found = run(cdnow("CDNOW_master.txt", ["customer_id", "date", "cds", "value"]), **WEEKS_39, sampled_customers=100_000)
    main = pool([(one.known.rows["customer_id"], one.moment.stayed_away[273], one.ranks[273], one.chances[273]) for one in found.trials], groups=10)
    gap, low, _ = main.lead(LEARNT, Way("recency"), 0.99)
    assert gap > 0
    assert low > 0
