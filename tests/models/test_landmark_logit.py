"""Silence after landmarks: as other software has it, and effects against differences by hand."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from analysis.models.landmark import fit_landmark_logit
from analysis.models.person_periods import cells_of_rows

DRIVERS = ["late", "discount"]
LEVEL = 0.9


def silences(entities, seed, *, spread=0.8):
    """Entities at two landmarks; those that are silent at one tend to be at the other."""
    rng = np.random.default_rng(seed)
    entity = np.tile(np.arange(entities), 2)
    late, discount = rng.integers(0, 2, entity.size).astype(float), rng.normal(size=entity.size)
    own = spread * rng.standard_normal(entities)[entity]
    landmark = np.repeat([1, 2], entities)
    silent = rng.random(entity.size) < 1 / (1 + np.exp(-(-1 + 0.3 * landmark + 0.7 * late - 0.4 * discount + own)))
    return pd.DataFrame({"entity": entity, "period": landmark, "happened": silent, "late": late, "discount": discount})


def plain_fit(rows):
    design = np.column_stack([rows["period"] == 1, rows["period"] == 2, rows[DRIVERS]]).astype(float)
    model = sm.Logit(rows["happened"].to_numpy(float), design)
    return model.fit(disp=0, tol=1e-14, cov_type="cluster", cov_kwds={"groups": rows["entity"].to_numpy()})


def test_coefficients_errors_and_effects_are_those_of_statsmodels():
    rows = silences(200, 1)
    plain, cells = plain_fit(rows), cells_of_rows(rows, DRIVERS)
    found = fit_landmark_logit(cells)
    assert found.names == ("landmark_1", "landmark_2", *DRIVERS)
    assert found.params.to_numpy() == pytest.approx(plain.params, rel=1e-10)
    assert found.cov_params().to_numpy() == pytest.approx(plain.cov_params(), rel=1e-9, abs=1e-12)
    slopes = plain.get_margeff(dummy=True).summary_frame(alpha=1 - LEVEL).iloc[-2:]
    effects = found.marginal_effects(cells, LEVEL)
    columns = {"effect_points": "dy/dx", "std_error": "Std. Err.", "lower": "Conf. Int. Low", "upper": "Cont. Int. Hi."}
    for own, theirs in columns.items():
        assert effects[own].to_numpy() == pytest.approx(100 * slopes[theirs].to_numpy(), rel=1e-8)


def test_an_effect_is_the_difference_that_its_covariate_makes():
    rows = silences(150, 2)
    found = fit_landmark_logit(cells_of_rows(rows, DRIVERS))
    effects = found.marginal_effects(cells_of_rows(rows, DRIVERS), LEVEL)["effect_points"]

    def mean_chance(**changed):
        cells = cells_of_rows(rows.assign(**changed), DRIVERS)
        return 100 * np.average(found.chance(cells), weights=cells.exposure)

    assert effects["late"] == pytest.approx(mean_chance(late=1.0) - mean_chance(late=0.0))
    step = 1e-4
    differences = mean_chance(discount=rows["discount"] + step) - mean_chance(discount=rows["discount"] - step)
    assert effects["discount"] == pytest.approx(differences / (2 * step), rel=1e-6)


def test_known_effects_lie_in_their_intervals_as_often_as_promised():
    """40 worlds of like entities: 36 of 40 expected; fewer than 29 happen in about 1 of 1,000 suites."""
    held = 0
    for seed in range(40):
        rows = silences(200, 50 + seed, spread=0.0)
        cells = cells_of_rows(rows, DRIVERS)
        found = fit_landmark_logit(cells).marginal_effects(cells, LEVEL).loc["late"]
        score = -1 + 0.3 * rows["period"] - 0.4 * rows["discount"]
        truth = 100 * (1 / (1 + np.exp(-score - 0.7)) - 1 / (1 + np.exp(-score))).mean()
        held += int(found["lower"] <= truth <= found["upper"])
    assert held >= 29


def test_the_order_of_rows_does_not_matter():
    rows = silences(100, 3)
    one = fit_landmark_logit(cells_of_rows(rows, DRIVERS))
    other = fit_landmark_logit(cells_of_rows(rows.sample(frac=1, random_state=1), DRIVERS))
    assert one.bse.to_numpy() == pytest.approx(other.bse.to_numpy(), rel=1e-10)
