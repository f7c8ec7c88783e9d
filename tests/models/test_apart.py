"""Differences between fits apart: as one fit in statsmodels in which everything differs by group, whoever has rows in both."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from analysis.models.apart import Part, differences
from analysis.models.binary_regression import influences
from analysis.models.person_periods import cells_of_rows
from analysis.models.return_hazard import fit_return_hazard

NAMES = ["price", "late"]


@pytest.fixture(scope="module")
def rows():
    """Half of the customers have months in both groups."""
    rng = np.random.default_rng(5)
    n = 6000
    entity = rng.integers(0, 300, n)
    group = np.where(rng.random(n) < 0.5, entity % 2, rng.integers(0, 2, n))
    frame = pd.DataFrame({"entity": entity, "period": rng.integers(1, 5, n), "price": rng.integers(-2, 3, n) / 5, "late": rng.integers(0, 2, n)})
    eta = -1 + 0.4 * frame["price"] - 0.5 * frame["late"] * group + 0.5 * rng.standard_normal(300)[entity]
    return frame.assign(happened=rng.random(n) < 1 - np.exp(-np.exp(eta)), group=group)


def part_of(rows):
    cells = cells_of_rows(rows, NAMES)
    return Part(fit_return_hazard(cells), cells, rows["entity"].unique())


def in_statsmodels(rows, design):
    family = sm.families.Binomial(sm.families.links.CLogLog())
    groups = {"groups": rows["entity"].to_numpy()}
    return sm.GLM(rows["happened"].to_numpy(float), design, family=family).fit(method="newton", tol=1e-12, disp=0, cov_type="cluster", cov_kwds=groups)


def test_the_difference_is_that_of_one_fit_in_which_everything_differs(rows):
    columns = np.column_stack([rows["period"].to_numpy()[:, None] == np.arange(1, 5), rows[NAMES]]).astype(float)
    group = rows["group"].to_numpy()[:, None]
    whole = in_statsmodels(rows, np.hstack([columns * (group == 1), columns * (group == 0)]))
    contrast = np.hstack([np.eye(6), -np.eye(6)])[4:]
    expected = whole.t_test(contrast)
    found = differences(part_of(rows[rows["group"] == 1]), part_of(rows[rows["group"] == 0]), NAMES, 0.9)
    assert found["difference"].to_numpy() == pytest.approx(expected.effect, rel=1e-6)
    assert found["std_error"].to_numpy() == pytest.approx(expected.sd.ravel(), rel=1e-6)
    assert found["p_value"].to_numpy() == pytest.approx(expected.pvalue, rel=1e-5)
    assert found[["lower", "upper"]].to_numpy() == pytest.approx(expected.conf_int(alpha=0.1), rel=1e-5)


def test_whoever_is_in_both_parts_is_not_counted_as_two(rows):
    """The same customers in both: their own level cancels, and the difference is surer than two fits of strangers would make it."""
    one, other = part_of(rows[rows["group"] == 1]), part_of(rows[rows["group"] == 0])
    apart = np.sqrt(one.fit.bse["price"] ** 2 + other.fit.bse["price"] ** 2)
    assert differences(one, other, ["price"], 0.9)["std_error"].iloc[0] != pytest.approx(apart, rel=1e-3)
    strangers = Part(other.fit, other.cells, other.entities + 1000)
    assert differences(one, strangers, ["price"], 0.9)["std_error"].iloc[0] == pytest.approx(apart, rel=5e-3)


def test_influences_make_the_covariance_of_the_fit(rows):
    part = part_of(rows)
    moved, fit = influences(part.fit, part.cells), part.fit
    correction = fit.entities / (fit.entities - 1) * (fit.n - 1) / (fit.n - len(fit.coefficients))
    assert correction * moved.T @ moved == pytest.approx(np.array(fit.covariance), rel=1e-9, abs=1e-15)
