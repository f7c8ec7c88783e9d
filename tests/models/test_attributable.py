"""Events that go with a driver, by hand; and findings that allow for how many were looked at."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.multitest import multipletests

from analysis.core.errors import FitError
from analysis.models.attributable import adjust_p_values, attributable_events
from analysis.models.landmark import fit_landmark_logit
from analysis.models.person_periods import cells_of_rows, cells_of_spells
from analysis.models.return_hazard import fit_return_hazard
from tests.models.spells import COVARIATES, world

DRAWS = {"draws": 400, "seed": 1, "level": 0.9}


def two_groups():
    """60 of 100 late rows are silent, 20 of 100 others; every row an entity."""
    late = np.repeat([1.0, 0.0], 100)
    silent = np.r_[np.arange(100) < 60, np.arange(100) < 20]
    return cells_of_rows(pd.DataFrame({"entity": np.arange(200), "period": 1, "happened": silent, "late": late}), ["late"])


def test_two_shares_by_hand():
    """100 (0.6 - 0.2) = 40 silences, error 100 sqrt(.6 .4 / 100 + .2 .8 / 100) = 6.3; the draws are normal on log-odds."""
    cells = two_groups()
    found = attributable_events(fit_landmark_logit(cells), cells, {"late": 0.0}, **DRAWS)
    assert found.events == pytest.approx(40)
    assert found.exposed == 100
    assert (found.upper - found.lower) / 2 == pytest.approx(1.645 * 6.32, rel=0.1)
    assert found.lower < 40 < found.upper


def test_a_driver_of_slower_return_goes_with_fewer_events():
    cells = cells_of_spells(world(150, 1), COVARIATES, most_periods=6)
    fit = fit_return_hazard(cells)
    found = attributable_events(fit, cells, {"late": 0.0}, **DRAWS)
    chosen = cells.values[:, 0] == 1
    scores = fit.design(cells)[chosen] @ fit.params.to_numpy()
    without = 1 - np.exp(-np.exp(scores - fit.params["late"]))
    by_hand = (cells.exposure[chosen] * (1 - np.exp(-np.exp(scores)) - without)).sum()
    assert found.events == pytest.approx(by_hand)
    assert found.lower < found.events < found.upper < 0


def test_a_driver_at_its_reference_everywhere_goes_with_nothing():
    cells = two_groups()
    fit = fit_landmark_logit(cells)
    away = cells_of_rows(pd.DataFrame({"entity": [1, 2], "period": 1, "happened": False, "late": 0.0}), ["late"])
    found = attributable_events(fit, away, {"late": 0.0}, **DRAWS)
    assert (found.events, found.lower, found.upper, found.exposed) == (0, 0, 0, 0)


def test_a_driver_that_was_not_fitted_is_named():
    cells = two_groups()
    with pytest.raises(FitError, match=r"a driver must be one of late, got 'price'\. Fit it as a covariate first\."):
        attributable_events(fit_landmark_logit(cells), cells, {"price": 0.0}, **DRAWS)


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
