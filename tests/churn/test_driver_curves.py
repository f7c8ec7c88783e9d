"""Curves along drivers: averages of predictions by brute force, ranges cut by hand, bends seen where there are some."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.stats import norm

from analysis.churn.driver_curves import POINTS, UNITS, curves_of, ranges_of
from analysis.churn.driver_rows import monthly_rows, rows_ahead
from analysis.churn.drivers import horizon_months, judge_drivers
from analysis.core.contracts.churn_drivers import DRIVER_CURVES
from tests.churn.test_drivers import SETTINGS, known_of, panel_of_life
from tests.recovery.hazards import HazardScene, live

QUICK = dataclasses.replace(SETTINGS, draws=2)


@pytest.fixture(scope="module")
def findings():
    panel = panel_of_life(live(HazardScene(customers=900), 4))
    return judge_drivers(known_of(panel), np.full(len(panel.customer_ids), np.nan), QUICK)


@pytest.fixture(scope="module")
def curves(findings):
    return curves_of(findings, QUICK)


def test_the_line_is_the_average_of_what_statsmodels_predicts(findings, curves):
    known = findings.known
    rows, covariates = monthly_rows(known), list(findings.hazard.covariates)

    def design(frame):
        return np.column_stack([*findings.hazard.level_columns(frame["period"].to_numpy(float)).values(), frame[covariates]])

    plain = sm.GLM(rows["happened"].to_numpy(float), design(rows), family=sm.families.Binomial(sm.families.links.CLogLog())).fit(
        method="newton", tol=1e-12, disp=0, cov_type="cluster", cov_kwds={"groups": rows["entity"].to_numpy()}
    )
    line = curves[(curves["driver"] == "complaints") & (curves["shape"] == "line")]
    for row in line.itertuples():
        ahead = [design(one.assign(complaints=row.amount / 0.1)) for one in rows_ahead(known, horizon_months(QUICK))]  # told for a tenth more
        chance = np.mean(1 - np.prod([1 - plain.predict(one) for one in ahead], axis=0))
        assert row.chance == pytest.approx(chance, abs=1e-7)
        assert row.lo < row.chance < row.hi
    assert len(line) == POINTS
    assert np.quantile(rows["complaints"], (0.01, 0.99)) * 0.1 == pytest.approx(line["amount"].iloc[[0, -1]].to_numpy())


@pytest.mark.parametrize("driver", ["complaints", "fewer_contacts"])
def test_the_line_is_that_of_the_worlds_own_law(curves, driver):
    """At its ends, where an effect of another size would show: within three standard errors of the chance that the world itself has."""
    life = live(HazardScene(customers=900), 4)
    line = curves[(curves["driver"] == driver) & (curves["shape"] == "line")]
    for row in line.iloc[[0, -1]].itertuples():
        error = (row.hi - row.lo) / 2 / norm.ppf(0.95)
        assert row.chance == pytest.approx(life.chance_with(driver, row.amount / UNITS[driver]), abs=3 * error)
    assert line["chance"].iloc[0] - line["chance"].iloc[-1] > 0.1


def test_shares_of_the_months_add_up_along_the_line(curves):
    DRIVER_CURVES.check(curves)
    assert curves[curves["shape"] == "line"].groupby("driver")["share"].sum().to_numpy() == pytest.approx(1)


def test_ranges_bear_out_a_line_that_is_one(curves):
    """The world's drivers act in a straight line: nearly all ranges hold it, and none is called bent."""
    assert (curves["straight_p"].dropna() > QUICK.drivers.named_below).all()
    for _, rows in curves.groupby("driver"):
        line, dots = rows[rows["shape"] == "line"], rows[rows["shape"] == "range"]
        assert len(dots) >= 3
        on_line = np.interp(dots["amount"], line["amount"], line["chance"])
        assert ((dots["lo"] < on_line) & (on_line < dots["hi"])).mean() >= 0.5


def test_a_driver_that_acts_by_its_distance_from_zero_is_called_bent():
    """Nobody sees it in the line, which is flat; the dots show it."""
    panel = panel_of_life(live(HazardScene(customers=900), 4))
    rng = np.random.default_rng(1)
    shown = panel.active
    amount = np.round(rng.uniform(-2, 2, len(shown)) * 5) / 5
    kept = rng.random(shown.shape) < np.where(np.abs(amount) > 1, 0.45, 1.0)[:, None]  # those far from 0 order less often
    kept[:, 0] = True
    sums = {name: values * kept for name, values in panel.sums.items()}
    bent = dataclasses.replace(panel, sums=sums)
    there = bent.active.any(axis=1)
    bent = dataclasses.replace(bent, sums={name: values[there] for name, values in sums.items()}, customer_ids=bent.customer_ids[there], reps=bent.reps[there])
    mine = np.broadcast_to(amount[there][:, None], bent.reps.shape)
    known = known_of(bent, mine=mine)
    known = dataclasses.replace(known, controls={"settled": known.controls["settled"]})  # frequency would stand in for it
    found = curves_of(judge_drivers(known, np.full(there.sum(), np.nan), QUICK), QUICK).query("driver == 'mine'")
    dots = found[found["shape"] == "range"].sort_values("amount")
    assert found["straight_p"].iloc[0] < 0.001
    assert dots["chance"].iloc[[0, -1]].max() < dots["chance"].iloc[2]
    assert np.ptp(found.loc[found["shape"] == "line", "chance"]) < 0.05


def test_zero_is_a_range_of_its_own_and_either_side_is_cut():
    values = np.array([-2.0, -1, -1, 0, 0, 0, 0.2, 1, 1, 3, 3, 3])
    both = np.tile([True, False], 100)
    assert ranges_of(np.repeat(values, 200), np.tile(both, 12), 5).reshape(12, 200)[:, 0].tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]
    ups = np.repeat([0.0, 1, 2, 3, 4], 200)
    assert ranges_of(ups, np.tile(both, 5), 5)[::200].tolist() == [0, 1, 2, 3, 4]


def test_a_range_without_enough_of_either_outcome_stands_with_its_neighbour():
    values, happened = np.repeat([0.0, 1, 2, 3, 4], 100), np.tile([True, False], 250)
    happened[-100:] = True  # the highest range has no month without an order
    assert ranges_of(values, happened, 5)[::100].tolist() == [0, 1, 2, 3, 3]
    assert ranges_of(values, np.ones(500, bool), 5).tolist() == [0] * 500


def test_without_a_headline_there_is_no_curve(findings):
    assert curves_of(dataclasses.replace(findings, hazard=None), QUICK).empty


def test_a_driver_that_is_there_or_not_has_no_curve(findings):
    known = findings.known
    coin = (np.arange(len(known.panel.customer_ids)) % 2).astype(float)
    known = dataclasses.replace(known, values={**known.values, "coin": np.broadcast_to(coin[:, None], known.panel.reps.shape)})
    found = curves_of(judge_drivers(known, np.full(len(coin), np.nan), QUICK), QUICK)
    assert "coin" not in set(found["driver"])
    assert pd.Series(["complaints", "fewer_contacts"]).isin(found["driver"]).all()
