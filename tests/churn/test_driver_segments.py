"""Effects by segment: as statsmodels has them segment by segment, told apart where they differ, and segments that know no future."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.stats.multitest import multipletests

from analysis.churn.driver_panel import Panel
from analysis.churn.driver_rows import monthly_rows
from analysis.churn.driver_segments import effects_by_segment
from analysis.churn.drivers import judge_drivers
from analysis.churn.segments import NONE, TIER, Segments, read_segments, segments_of, tiers_then
from analysis.core.contracts.churn_drivers import DRIVER_SEGMENTS
from analysis.core.errors import ParamsError
from tests.churn.driver_lines import project_of
from tests.churn.test_drivers import SETTINGS, known_of, panel_of_life
from tests.recovery.hazards import HazardScene, live

QUICK = dataclasses.replace(SETTINGS, draws=2)
TIERS = pd.DataFrame({"tier": ["base", "silent", "whale"], "position": [2, 3, 1], "from_yearly": [np.nan, np.nan, 1200.0], "customer_share": [0.9, np.nan, 0.1]})


@pytest.fixture(scope="module")
def parted():
    """Drivers act in region A alone, a third of the customers."""
    panel = panel_of_life(live(HazardScene(customers=1200, parted=True), 3))
    regions = pd.Series(np.array(["A", "B", "C"])[panel.customer_ids.str[1:].astype(int) % 3], panel.customer_ids)
    return segments_of("region", regions, panel, 30), judge_drivers(known_of(panel), np.full(len(regions), np.nan), QUICK)


@pytest.fixture(scope="module")
def effects(parted):
    segments, findings = parted
    return effects_by_segment(segments, findings, QUICK)


def test_an_effect_of_one_segment_is_found_there_and_nowhere_else(effects):
    DRIVER_SEGMENTS.check(effects)
    sure = effects[effects["q_value"] < QUICK.drivers.named_below]
    assert set(zip(sure["driver"], sure["segment"], strict=True)) == {("complaints", "A"), ("slow_answers", "A"), ("fewer_contacts", "A")}
    apart = effects[effects["segment"] == "A"].set_index("driver")
    assert apart.loc[["complaints", "fewer_contacts"], "differs"].all()
    assert (apart["hazard_ratio"] < apart["rest_ratio"]).all()


def test_every_segment_has_the_fit_that_statsmodels_makes_of_its_months(parted, effects):
    segments, findings = parted
    rows = monthly_rows(findings.known)
    rows = rows[segments.place[rows["entity"], rows["month"]] == segments.names.index("B")]
    curve = np.column_stack(list(findings.hazard.level_columns(rows["period"].to_numpy(float)).values()))
    drivers = ["complaints", "slow_answers", "fewer_contacts"]
    held = [name for name in findings.hazard.covariates if name not in drivers and np.ptp(rows[name]) > 0]
    plain = sm.GLM(
        rows["happened"].to_numpy(float), np.column_stack([curve, rows[[*drivers, *held]]]), family=sm.families.Binomial(sm.families.links.CLogLog())
    ).fit(method="newton", tol=1e-12, disp=0, cov_type="cluster", cov_kwds={"groups": rows["entity"].to_numpy()})
    found = effects[effects["segment"] == "B"].set_index("driver").loc[drivers]
    first = curve.shape[1]
    assert np.log(found["hazard_ratio"]).to_numpy() == pytest.approx(plain.params[first : first + 3], abs=1e-6)
    assert np.log(found["hi"] / found["lo"]).to_numpy() == pytest.approx(np.diff(plain.conf_int(0.1))[first : first + 3, 0], rel=1e-5)
    assert found[["customers", "months", "orders"]].iloc[0].tolist() == [rows["entity"].nunique(), len(rows), rows["happened"].sum()]


def test_all_pairs_that_were_tried_are_one_family(effects):
    for p_value, q_value in (("p_value", "q_value"), ("difference_p", "difference_q")):
        assert len(effects[p_value].dropna()) == 9
        assert effects[q_value].to_numpy() == pytest.approx(multipletests(effects[p_value], method="fdr_bh")[1])


def test_the_ratio_of_ratios_is_what_both_fits_say(effects):
    assert (effects["hazard_ratio"] / effects["rest_ratio"]).to_numpy() == pytest.approx(effects["times_rest"].to_numpy())
    assert effects["times_rest"].between(effects["times_rest_lo"], effects["times_rest_hi"]).all()


def test_a_segment_that_carries_no_model_says_so_and_the_others_are_told(parted):
    segments, findings = parted
    place = segments.place.copy()
    place[:6] = 3
    found = effects_by_segment(Segments("region", (*segments.names, "D"), place), findings, QUICK)
    few = found[found["segment"] == "D"]
    assert few["reason"].notna().all()
    assert few[["hazard_ratio", "q_value", "difference_q"]].isna().all(axis=None)
    assert found.loc[found["segment"] != "D", "q_value"].notna().all()


def test_one_segment_has_no_other_to_compare_with(parted):
    segments, findings = parted
    assert effects_by_segment(Segments("region", ("A",), segments.place * 0), findings, QUICK).empty
    assert effects_by_segment(segments, dataclasses.replace(findings, hazard=None), QUICK).empty


def small_panel(bought, **sums):
    active = np.array(bought, float) > 0
    months = pd.date_range("2024-01-01", periods=active.shape[1], freq="MS")
    ids = pd.Index([f"c{place}" for place in range(len(active))], name="customer_id")
    return Panel(ids, months, {"orders": active.astype(float), "bought_e4": np.array(bought, float) * 1e4, **sums}, np.full(active.shape, -1), 1.0)


def test_a_tier_is_that_of_the_year_up_to_the_last_order():
    """600 a month from the first order on, as if half a year old: 1200 a year, and so a whale. It stays one while it is silent;
    200 after a year of silence make 200 a year."""
    panel = small_panel([[600, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 200], [0, 0, 100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]])
    found = tiers_then(panel, TIERS, 6)
    assert (found.kind, found.names) == (TIER, ("whale", "base"))
    assert found.place.tolist() == [[0] * 13 + [1], [1] * 14]


def test_what_came_back_is_no_payment():
    returned = np.array([[0.0, 1e4, 0, 0, 0, 0]])
    assert tiers_then(small_panel([[600, 600, 0, 0, 0, 0]], returned_e4=returned), TIERS, 6).place.tolist() == [[0] * 6]
    assert tiers_then(small_panel([[600, 1, 0, 0, 0, 0]], returned_e4=10 * returned), TIERS, 6).place.tolist() == [[0, 1, 1, 1, 1, 1]]


def test_a_segment_knows_nothing_of_later_months():
    rng = np.random.default_rng(2)
    bought = rng.integers(0, 400, (30, 20)) * (rng.random((30, 20)) < 0.3)
    whole, cut = tiers_then(small_panel(bought), TIERS, 6), tiers_then(small_panel(bought[:, :12]), TIERS, 6)
    known = (bought[:, :12] > 0).any(axis=1)
    assert (whole.place[known, 11] == cut.place[known, 11]).all()
    ordered = np.cumsum(bought[:, :12] > 0, axis=1) > 0
    assert (whole.place[:, :12] == cut.place)[ordered].all()


def test_values_that_few_customers_have_make_no_segment():
    panel = small_panel(np.ones((6, 3)))
    values = pd.Series(["b", "a", "a", "b", "b", None], panel.customer_ids)
    found = segments_of("industry", values, panel, 2)
    assert found.names == ("b", "a")
    assert found.place[:, 0].tolist() == [0, 1, 1, 0, 0, NONE]
    assert segments_of("industry", values, panel, 3).place[:, 2].tolist() == [0, NONE, NONE, 0, 0, NONE]


def test_a_segmentation_that_no_table_has_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    stage = project_of(tmp_path, "c0 2024-01-10 - screws - 1 50 0.1\nc0 2024-12-10 - screws - 1 50 0.1")
    asked = dataclasses.replace(stage.settings.drivers, segments="grade")
    with pytest.raises(ParamsError, match=r"segments must be tier or name a column of the customers that the data fills, of .*industry.*, got 'grade'"):
        read_segments(small_panel(np.ones((2, 3))), asked)
