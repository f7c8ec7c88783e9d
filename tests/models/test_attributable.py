"""Silences that go with a driver, by hand; and findings that allow for how many were looked at."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.multitest import multipletests

from analysis.core.errors import FitError
from analysis.models.attributable import adjust_p_values, attributable_silences
from analysis.models.person_periods import cells_of_each, cells_of_rows, cells_of_spells
from analysis.models.return_hazard import fit_return_hazard
from tests.models.spells import COVARIATES, world

DRAWS = {"draws": 400, "seed": 1, "level": 0.9}


def two_groups():
    """20 of 100 late rows return, 60 of 100 others; every row an entity."""
    late = np.repeat([1.0, 0.0], 100)
    returned = np.r_[np.arange(100) < 20, np.arange(100) < 60]
    return pd.DataFrame({"entity": np.arange(200), "period": 1, "happened": returned, "late": late})


def test_two_shares_by_hand():
    """One period ahead: 100 (0.8 - 0.4) = 40 silences, error 100 sqrt(.8 .2 / 100 + .4 .6 / 100) = 6.3."""
    rows = two_groups()
    fit = fit_return_hazard(cells_of_rows(rows, ["late"]))
    found = attributable_silences(fit, [cells_of_each(rows, ["late"])], rows[["late"]], np.ones((200, 1)), **DRAWS).iloc[0]
    assert found["value"] == pytest.approx(40)
    assert (found["upper"] - found["lower"]) / 2 == pytest.approx(1.645 * 6.32, rel=0.1)
    assert found["lower"] < 40 < found["upper"]


def test_two_periods_and_money_by_hand():
    """Silent for two periods: 0.8^2 with the driver, 0.4^2 without; an entity with it is worth 3."""
    rows = two_groups()
    fit = fit_return_hazard(cells_of_rows(rows, ["late"]))
    ahead = [cells_of_each(rows, ["late"])] * 2
    found = attributable_silences(fit, ahead, rows[["late"]], np.column_stack([np.ones(200), np.full(200, 3.0)]), **DRAWS)
    assert found["value"].tolist() == pytest.approx([100 * (0.64 - 0.16), 300 * (0.64 - 0.16)])


def test_a_driver_of_slower_return_goes_with_more_silences():
    spells = world(150, 1)
    fit = fit_return_hazard(cells_of_spells(spells, COVARIATES, most_periods=6))
    rows = spells.drop_duplicates("entity").assign(period=1, happened=False)
    ahead = [cells_of_each(rows.assign(period=period), COVARIATES) for period in (1, 2)]
    found = attributable_silences(fit, ahead, rows[["late"]], np.ones((len(rows), 1)), **DRAWS).iloc[0]
    scores = [fit.design(one) @ fit.params.to_numpy() for one in ahead]
    mass = np.exp(scores).sum(axis=0)
    off = np.exp([score - rows["late"].to_numpy() * fit.params["late"] for score in scores]).sum(axis=0)
    assert found["value"] == pytest.approx((np.exp(-mass) - np.exp(-off)).sum())
    assert 0 < found["lower"] < found["value"] < found["upper"]


def test_a_driver_at_nothing_everywhere_goes_with_nothing():
    fit = fit_return_hazard(cells_of_rows(two_groups(), ["late"]))
    away = two_groups().assign(late=0.0)
    found = attributable_silences(fit, [cells_of_each(away, ["late"])], away[["late"]], np.ones((200, 1)), **DRAWS).iloc[0]
    assert found[["value", "lower", "upper"]].tolist() == [0, 0, 0]


def test_a_driver_that_was_not_fitted_is_named():
    rows = two_groups()
    fit = fit_return_hazard(cells_of_rows(rows, ["late"]))
    with pytest.raises(FitError, match=r"a driver must be one of late, got 'price'\. Fit it as a covariate first\."):
        attributable_silences(fit, [cells_of_each(rows, ["late"])], rows[["late"]].rename(columns={"late": "price"}), np.ones((200, 1)), **DRAWS)


def test_four_p_values_by_hand():
    found = adjust_p_values(pd.Series({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005}))
    assert found["holm"].tolist() == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert found["benjamini_hochberg"].tolist() == pytest.approx([0.02, 0.04, 0.04, 0.02])


def test_families_are_adjusted_as_statsmodels_adjusts_them():
    p = pd.Series(np.random.default_rng(1).random(30) ** 3)
    found = adjust_p_values(p)
    assert found["holm"].to_numpy() == pytest.approx(multipletests(p, method="holm")[1])
    assert found["benjamini_hochberg"].to_numpy() == pytest.approx(multipletests(p, method="fdr_bh")[1])


def test_a_family_of_none_stays_empty():
    assert adjust_p_values(pd.Series([], dtype=float)).empty
