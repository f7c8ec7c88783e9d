"""The hazard of the next event: as other software has it row by row, and as often right as it claims."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from analysis.core.errors import FitError
from analysis.models.person_periods import cells_of_rows, cells_of_spells, rows_of_spells, with_lagged
from analysis.models.return_hazard import fit_return_hazard, natural_spline
from tests.models.spells import COVARIATES, FAST, SLOW, rows_one_by_one, world
from tests.models.worlds import table

LEVEL = 0.95


def plain_fit(rows, design):
    """statsmodels row by row, errors clustered by entity."""
    family = sm.families.Binomial(sm.families.links.CLogLog())
    model = sm.GLM(rows["happened"].to_numpy(float), design, family=family)
    return model.fit(method="newton", tol=1e-14, disp=0, cov_type="cluster", cov_kwds={"groups": rows["entity"].to_numpy()})


def test_three_spells_by_hand():
    spells = table("""
        entity periods ended late
        7      2       1     0
        7      1       1     1
        8      3       0     0
    """)
    cells = cells_of_spells(spells, ["late"], most_periods=2)
    found = pd.DataFrame({"period": cells.period, "late": cells.values[:, 0], "exposure": cells.exposure, "events": cells.events})
    assert found.sort_values(["late", "period"]).to_numpy().tolist() == [[1, 0, 2, 0], [2, 0, 2, 1], [1, 1, 1, 1]]
    assert cells.entities == 2


def test_a_spell_that_ended_after_the_last_period_did_not_end_within_it():
    spells = pd.DataFrame({"entity": [1], "periods": [3], "ended": [True]})
    assert cells_of_spells(spells, [], most_periods=2).events.sum() == 0
    assert cells_of_spells(spells, [], most_periods=3).events.sum() == 1


def test_cells_of_spells_are_those_of_their_rows():
    spells = world(60, 1)
    one = fit_return_hazard(cells_of_spells(spells, COVARIATES, most_periods=6))
    other = fit_return_hazard(cells_of_rows(rows_of_spells(spells, most_periods=6), COVARIATES))
    assert one.params.to_numpy() == pytest.approx(other.params.to_numpy(), rel=1e-10)
    assert one.bse.to_numpy() == pytest.approx(other.bse.to_numpy(), rel=1e-10)


def test_coefficients_and_clustered_errors_are_those_of_statsmodels_row_by_row():
    spells = world(60, 2, spread=0.5)
    rows, design = rows_one_by_one(spells, COVARIATES)
    plain = plain_fit(rows, design)
    found = fit_return_hazard(cells_of_spells(spells, COVARIATES, most_periods=6))
    assert found.params.to_numpy() == pytest.approx(plain.params, rel=1e-10)
    assert found.cov_params().to_numpy() == pytest.approx(plain.cov_params(), rel=1e-8, abs=1e-10)
    assert found.llf == pytest.approx(plain.llf, rel=1e-12)
    assert found.aic == pytest.approx(plain.aic, rel=1e-12)
    assert found.pvalues.to_numpy() == pytest.approx(plain.pvalues, rel=1e-7)
    assert found.conf_int(LEVEL).to_numpy() == pytest.approx(plain.conf_int(1 - LEVEL), rel=1e-7)
    ratios = found.hazard_ratios(LEVEL)
    assert ratios["lower"].to_numpy() == pytest.approx(np.exp(plain.conf_int(1 - LEVEL)[-2:, 0]), rel=1e-7)
    assert (found.nobs, found.events, found.entities) == (len(rows), rows["happened"].sum(), 60)


def test_a_spline_over_time_is_fitted_as_statsmodels_fits_its_columns():
    spells = world(60, 3)
    rows, _ = rows_one_by_one(spells, COVARIATES)
    knots = (1.0, 3.0, 6.0)
    columns = list(natural_spline(rows["period"].to_numpy(), knots).values())
    plain = plain_fit(rows, np.column_stack([*columns, rows[COVARIATES]]))
    found = fit_return_hazard(cells_of_spells(spells, COVARIATES, most_periods=6), knots=knots)
    assert found.params.to_numpy() == pytest.approx(plain.params, rel=1e-9)
    assert found.names == ("constant", "time", "time_bend_1", *COVARIATES)


def test_a_natural_spline_is_straight_beyond_its_outer_knots():
    bend = natural_spline(np.array([-2.0, -1.0, 0.0, 7.0, 8.0, 9.0]), (1.0, 3.0, 6.0))["time_bend_1"]
    assert bend[:3] == pytest.approx(0)
    assert np.diff(bend[3:], 2) == pytest.approx(0, abs=1e-12)


def test_without_covariates_the_baseline_is_the_share_that_returned_of_those_at_risk():
    spells = world(80, 4)
    found = fit_return_hazard(cells_of_spells(spells, [], most_periods=6)).baseline()
    for period, hazard in found.items():
        at_risk = spells["periods"] >= period
        assert hazard == pytest.approx(spells.loc[at_risk & (spells["periods"] == period), "ended"].sum() / at_risk.sum())


def test_the_unit_of_a_covariate_scales_its_coefficient_and_changes_nothing_else():
    spells = world(60, 5)
    one = fit_return_hazard(cells_of_spells(spells, COVARIATES, most_periods=6))
    large = spells.assign(range=spells["range"] * 1e6)
    other = fit_return_hazard(cells_of_spells(large, COVARIATES, most_periods=6))
    assert other.params["range"] * 1e6 == pytest.approx(one.params["range"])
    assert other.bse["range"] * 1e6 == pytest.approx(one.bse["range"])
    assert other.llf == pytest.approx(one.llf)


def test_known_hazard_ratios_lie_in_their_intervals_as_often_as_promised():
    """40 worlds, two ratios: 76 of 80 expected; fewer than 69 happen in less than 1 of 1,000 suites."""
    held, estimates = 0, []
    for seed in range(40):
        found = fit_return_hazard(cells_of_spells(world(200, 100 + seed), COVARIATES, most_periods=6)).hazard_ratios(LEVEL)
        truth = np.array([SLOW, FAST])
        held += int(((found["lower"] <= truth) & (truth <= found["upper"])).sum())
        estimates.append(np.log(found["hazard_ratio"]))
    assert held >= 69
    assert np.mean(estimates, axis=0) == pytest.approx(np.log([SLOW, FAST]), abs=0.06)


def test_where_entities_differ_only_clustered_errors_are_as_wide_as_the_estimates_spread():
    found = [fit_return_hazard(cells_of_spells(world(150, 300 + seed, spread=1.0, spells=5), COVARIATES, most_periods=6))
             for seed in range(40)]  # fmt: skip
    spread = np.std([fit.params["late"] for fit in found], ddof=1)
    assert np.mean([fit.bse["late"] for fit in found]) == pytest.approx(spread, rel=0.35)  # 3 standard errors of the spread
    spells = world(150, 300, spread=1.0, spells=5)
    alone = fit_return_hazard(cells_of_spells(spells.assign(entity=np.arange(len(spells))), COVARIATES, most_periods=6))
    assert found[0].bse["late"] > 1.2 * alone.bse["late"]


def test_what_varies_in_time_counts_in_the_period_after_it():
    spells = pd.DataFrame({"entity": [4], "periods": [2], "ended": [True], "begins": [10]})
    panel = pd.DataFrame({"entity": [4, 4, 4], "moment": [10, 11, 12], "short": [0.0, 1.0, 5.0]})
    rows = with_lagged(rows_of_spells(spells, most_periods=6), panel, ["short"])
    assert rows[["period", "moment", "short"]].to_numpy().tolist() == [[1, 11, 0], [2, 12, 1]]


def test_a_row_without_a_period_before_it_stops():
    spells = pd.DataFrame({"entity": [4], "periods": [2], "ended": [True], "begins": [10]})
    panel = pd.DataFrame({"entity": [4], "moment": [10], "short": [0.0]})
    with pytest.raises(FitError, match="each row needs those of the period before, got '1 of 2 rows without'"):
        with_lagged(rows_of_spells(spells, most_periods=6), panel, ["short"])


def test_two_rows_of_an_entity_in_one_period_stop():
    spells = pd.DataFrame({"entity": [4], "periods": [1], "ended": [True], "begins": [10]})
    panel = pd.DataFrame({"entity": [4, 4], "moment": [10, 10], "short": [0.0, 1.0]})
    with pytest.raises(FitError, match="an entity has one row a period, got '1 rows more'"):
        with_lagged(rows_of_spells(spells, most_periods=6), panel, ["short"])


@pytest.mark.parametrize("knots", [(1.0, 3.0), (1.0, 3.0, 3.0), (1.0, 3.0, 9.0)])
def test_knots_lie_in_order_within_the_periods(knots):
    with pytest.raises(FitError, match="three or more ascending knots from 1 to 6"):
        fit_return_hazard(cells_of_spells(world(60, 3), COVARIATES, most_periods=6), knots=knots)


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ({"periods": 0}, "periods must be whole and 1 or more"),
        ({"entity": None}, "every row needs its value, got 'rows without entity'"),
        ({"late": np.nan}, "every covariate must be a number in every row, got 'late'"),
    ],
)
def test_spells_that_cannot_be_are_refused(broken, message):
    with pytest.raises(FitError, match=message):
        cells_of_spells(world(5, 6).assign(**broken), COVARIATES, most_periods=6)


def test_missing_columns_are_named():
    with pytest.raises(FitError, match=r"needs the columns entity, periods, ended, price, got 'none named price'\. Add them\."):
        cells_of_spells(world(5, 6), ["price"], most_periods=6)
