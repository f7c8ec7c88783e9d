"""What a regression must not be asked stops with its remedy, and the known traps of dates do."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.outliers_influence import variance_inflation_factor

from analysis.core.errors import FitError
from analysis.models import guards
from analysis.models.landmark import fit_landmark_logit
from analysis.models.person_periods import cells_of_rows, cells_of_spells, rows_of_spells
from analysis.models.return_hazard import fit_return_hazard
from tests.models.spells import COVARIATES, world

END = pd.Timestamp("2025-06-30")


def fit(spells, covariates):
    return fit_return_hazard(cells_of_spells(spells, covariates, most_periods=6))


def days(*texts):
    return pd.Series(pd.to_datetime(list(texts)))


def test_a_covariate_that_never_varies_is_named():
    with pytest.raises(FitError, match=r"return hazard: every covariate must vary, got 'region'\. Leave it out\."):
        fit(world(60, 1).assign(region=3.0), [*COVARIATES, "region"])


def test_ten_events_a_coefficient_are_needed():
    with pytest.raises(FitError, match=r"8 coefficients need 80 rows with the event .* got \d\d\. Take fewer covariates"):
        fit(world(25, 1), COVARIATES)


def test_of_silences_that_nearly_all_share_too_few_are_left():
    rows = pd.DataFrame({"entity": np.arange(300), "period": 1, "happened": np.arange(300) > 18, "late": np.arange(300) % 2})
    with pytest.raises(FitError, match=r"landmark logit: 2 coefficients need 20 rows .* as many without, got 19"):
        fit_landmark_logit(cells_of_rows(rows, ["late"]))


def test_drivers_of_silence_after_a_landmark_must_not_stand_in_for_recency():
    rng = np.random.default_rng(1)
    rows = pd.DataFrame({"entity": np.arange(300), "period": 1, "idle": rng.exponential(size=300)})
    rows["happened"] = rng.random(300) < 0.4
    cells = cells_of_rows(rows, ["idle"])
    assert fit_landmark_logit(cells).covariates == ("idle",)
    with pytest.raises(FitError, match=r"landmark logit: idle stands in for the time since the last event.*got 1\.0"):
        fit_landmark_logit(cells, recency=cells.values[:, 0])


def test_more_entities_than_coefficients_are_needed():
    with pytest.raises(FitError, match="8 coefficients need more entities than that, got 3"):
        fit(world(60, 1).assign(entity=np.arange(180) % 3), COVARIATES)


def test_a_copy_with_a_little_noise_is_collinear():
    spells = world(60, 1)
    copy = spells["range"] + 0.05 * np.random.default_rng(1).normal(size=len(spells))
    with pytest.raises(FitError, match=r"(range|copy) follows from the other covariates.*at most 10, got \d+"):
        fit(spells.assign(copy=copy), ["range", "copy"])


def test_of_three_covariates_the_two_that_are_one_are_named():
    spells = world(60, 1)
    with pytest.raises(FitError, match=r"(range|twice) follows from the other covariates"):
        fit(spells.assign(twice=2 * spells["range"]), ["late", "range", "twice"])


def test_one_period_alone_has_no_time_to_stand_in_for():
    spells = world(60, 1)
    found = fit_return_hazard(cells_of_spells(spells, ["late"], most_periods=1))
    late = spells["late"] == 1
    assert found.baseline()[1] == pytest.approx((spells["ended"] & (spells["periods"] == 1))[~late].mean())


def test_variance_inflation_is_that_of_statsmodels():
    rng = np.random.default_rng(1)
    values = rng.normal(size=(50, 3)) @ np.array([[1, 0.8, 0.2], [0, 1, 0.5], [0, 0, 1]])
    design = np.column_stack([np.ones(50), values])
    theirs = [variance_inflation_factor(design, place) for place in (1, 2, 3)]
    assert guards.variance_inflation(values, np.ones(50)) == pytest.approx(theirs)


@pytest.mark.parametrize("side", [1, -1])
def test_a_driver_that_stands_in_for_time_since_the_last_event_stops(side):
    rows = rows_of_spells(world(60, 1), most_periods=6)
    rows["weeks_silent"] = side * rows["period"] * 4.3 + np.random.default_rng(1).normal(size=len(rows))
    with pytest.raises(FitError, match="weeks_silent stands in for the time since the last event"):
        fit_return_hazard(cells_of_rows(rows, ["weeks_silent"]))


def test_a_covariate_of_the_period_alone_has_no_effect_of_its_own():
    rows = rows_of_spells(world(60, 1), most_periods=6)
    with pytest.raises(FitError, match="every covariate must vary within the periods, and in its own way, got 'odd'"):
        fit_return_hazard(cells_of_rows(rows.assign(odd=rows["period"] % 2), ["odd"]))


def test_a_period_without_an_event_separates():
    spells = world(60, 1)
    spells["ended"] &= spells["periods"] != 4
    with pytest.raises(FitError, match=r"without error, got 'period_4'\. Leave it out, or take a level over fewer periods"):
        fit(spells, COVARIATES)


def test_a_threshold_that_tells_the_outcome_separates():
    rng = np.random.default_rng(1)
    rows = pd.DataFrame({"entity": np.arange(200), "period": 1, "price": rng.normal(size=200), "age": rng.normal(size=200)})
    rows["happened"] = rows["price"] > 0.1
    with pytest.raises(FitError, match=r"no column may tell the event from its absence without error, got '.*price"):
        fit_landmark_logit(cells_of_rows(rows, ["price", "age"]))
    rows.loc[[3, 4], "happened"] = ~rows.loc[[3, 4], "happened"]
    assert fit_landmark_logit(cells_of_rows(rows, ["price", "age"])).params["price"] > 1


@pytest.mark.parametrize("regress", [fit_landmark_logit, fit_return_hazard])
def test_a_climb_that_comes_to_rest_rules_separation_out_as_the_linear_programme_does(regress):
    """A hundred samples told apart by the price, by a group all of whom come, or by neither: what is fitted is what the programme passes."""
    verdicts = {True: 0, False: 0}
    for seed in range(100):
        rng = np.random.default_rng(seed)
        n = int(rng.integers(120, 180))
        rows = pd.DataFrame({"entity": np.arange(n), "period": 1, "price": rng.normal(size=n), "big": rng.random(n) < 0.2})
        rows = rows.astype({"big": float})
        told = rows["price"] > 0.1 if seed % 2 else rng.random(n) < 0.4
        if seed % 3 == 0:
            told = told | (rows["big"] == 1)
        few = rng.choice(n, seed % 4, replace=False)
        rows["happened"] = np.where(np.isin(np.arange(n), few), ~told, told)
        cells = cells_of_rows(rows, ["price", "big"])
        design = np.column_stack([np.ones(len(cells.exposure)), cells.values])
        try:
            guards.check_separation(design, cells.exposure, cells.events, ["level", "price", "big"], "drivers")
            passes = True
        except FitError:
            passes = False
        verdicts[passes] += 1
        if passes:
            assert np.isfinite(regress(cells).params).all()
        else:
            with pytest.raises(FitError, match="no column may tell the event from its absence without error"):
                regress(cells)
    assert min(verdicts.values()) >= 10


def test_look_ahead_is_caught():
    guards.check_known_by("return_rate", days("2025-06-30", None), END, "drivers")
    with pytest.raises(FitError, match=r"return_rate must be known by the cut-off, got '1 of 2 dated after it'\. Compute it"):
        guards.check_known_by("return_rate", days("2025-06-30", "2025-07-01"), END, "drivers")


def test_a_label_window_must_end_within_the_data():
    cuts = [END - pd.Timedelta(days=91), END - pd.Timedelta(days=182)]
    guards.check_label_window(cuts, horizon_days=91, data_end=END, where="drivers")
    with pytest.raises(FitError, match=r"end of the last label window, 2025-07-01, got '2025-06-30'\. Take an earlier"):
        guards.check_label_window(cuts, horizon_days=92, data_end=END, where="drivers")


def card_world(seed):
    """A card that is taken some time after entry and changes nothing: whoever stays longer has more often taken it."""
    rng = np.random.default_rng(seed)
    length = rng.geometric(0.2, 1500)
    taken = rng.geometric(0.15, 1500)
    spells = pd.DataFrame({"entity": np.arange(1500), "periods": np.minimum(length, 8), "ended": length <= 8, "begins": 0})
    spells["card"] = (taken < spells["periods"]).astype(float)
    entry = pd.Series(END, index=spells.index)
    known = (entry + pd.to_timedelta(7 * taken, unit="D")).where(spells["card"] == 1)
    return spells, taken, known, entry


def test_immortal_time_is_caught_and_its_remedy_removes_the_bias():
    spells, taken, known, entry = card_world(1)
    biased = fit_return_hazard(cells_of_spells(spells, ["card"], most_periods=8)).hazard_ratios()
    assert biased.loc["card", "upper"] < 0.7
    with pytest.raises(FitError, match=r"card must be known when the time at risk begins \(immortal time\)"):
        guards.check_known_at_entry("card", known, entry, varies_in_time=False, where="drivers")
    guards.check_known_at_entry("card", known, entry, varies_in_time=True, where="drivers")
    rows = rows_of_spells(spells, most_periods=8)
    rows["card"] = (taken[rows["entity"]] < rows["period"]).astype(float)
    honest = fit_return_hazard(cells_of_rows(rows, ["card"])).hazard_ratios()
    assert honest.loc["card", "lower"] < 1 < honest.loc["card", "upper"]


def test_what_was_known_at_entry_passes():
    guards.check_known_at_entry("card", days("2025-06-30", None), days("2025-06-30", "2025-06-30"),
                                varies_in_time=False, where="drivers")  # fmt: skip
