"""Chances along a covariate: averages and slopes by brute force on the fit of statsmodels, and its test of a straight line."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.stats import norm

from analysis.models.partial_dependence import p_of_straight_line, partial_dependence
from analysis.models.person_periods import cells_of_each, cells_of_rows
from analysis.models.return_hazard import fit_return_hazard

NAMES = ["price", "late"]


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(6)
    n = 5000
    frame = pd.DataFrame({"entity": rng.integers(0, 400, n), "period": rng.integers(1, 5, n), "price": rng.integers(-2, 3, n) / 5, "late": rng.integers(0, 2, n)})
    eta = -0.8 + 0.4 * frame["price"] - 0.5 * frame["late"]
    return frame.assign(happened=rng.random(n) < 1 - np.exp(-np.exp(eta)))


def in_statsmodels(rows, columns):
    design = np.column_stack([rows["period"].to_numpy()[:, None] == np.arange(1, 5), columns]).astype(float)
    family = sm.families.Binomial(sm.families.links.CLogLog())
    return sm.GLM(rows["happened"].to_numpy(float), design, family=family).fit(
        method="newton", tol=1e-12, disp=0, cov_type="cluster", cov_kwds={"groups": rows["entity"].to_numpy()}
    )


def ahead_of(rows):
    """Three periods ahead of the first 200 rows."""
    return [rows.head(200).assign(period=period, entity=np.arange(200)) for period in (2, 3, 4)]


def test_chances_are_averages_of_predictions_and_their_errors_follow_from_every_coefficient(rows):
    plain = in_statsmodels(rows, rows[NAMES])
    fit = fit_return_hazard(cells_of_rows(rows, NAMES))
    found = partial_dependence(fit, [cells_of_each(one, NAMES) for one in ahead_of(rows)], [{"price": -0.4}, {"price": 0.3}, {"price": 0.3, "late": 1.0}], 0.9)

    def chance(point, price, late):
        stay = np.ones(200)
        for one in ahead_of(rows):
            columns = np.column_stack([one["period"].to_numpy()[:, None] == np.arange(1, 5), np.full(200, price), one["late"] if late is None else np.full(200, late)])
            stay *= np.exp(-np.exp(columns @ point))
        return 1 - stay.mean()

    for row, (price, late) in zip(found.itertuples(), [(-0.4, None), (0.3, None), (0.3, 1.0)], strict=True):
        moved = [(chance(plain.params + h, price, late) - chance(plain.params - h, price, late)) / 2e-5 for h in 1e-5 * np.eye(6)]
        error = np.sqrt(moved @ plain.cov_params() @ moved)
        assert row.chance == pytest.approx(chance(plain.params, price, late), abs=1e-9)
        assert row.std_error == pytest.approx(error, rel=1e-5)
        assert row.upper - row.chance == pytest.approx(norm.ppf(0.95) * error, rel=1e-5)


def test_with_no_covariate_set_it_is_the_mean_fitted_chance(rows):
    fit = fit_return_hazard(cells_of_rows(rows, NAMES))
    now = cells_of_each(ahead_of(rows)[0], NAMES)
    assert partial_dependence(fit, [now], [{}], 0.9)["chance"].iloc[0] == pytest.approx(fit.chance(now).mean())


def leveled(rows):
    """A level for every price but 0."""
    prices = [-0.4, -0.2, 0.2, 0.4]
    return rows.assign(**{f"at {price}": (rows["price"] == price).astype(float) for price in prices}), [f"at {price}" for price in prices], np.array(prices)


def test_a_straight_line_is_doubted_as_by_the_wald_test_of_statsmodels(rows):
    rows, levels, prices = leveled(rows)
    fit = fit_return_hazard(cells_of_rows(rows, ["late", *levels]))
    plain = in_statsmodels(rows, rows[["late", *levels]])
    restriction = np.zeros((3, 9))
    restriction[:, 5:] = [[prices[place], 0, 0, 0] for place in (1, 2, 3)]
    restriction[[0, 1, 2], [6, 7, 8]] = -prices[0]
    restriction[:, 5] = prices[1:]
    expected = plain.wald_test(restriction, scalar=True, use_f=False).pvalue
    assert p_of_straight_line(fit, levels, prices) == pytest.approx(float(expected), rel=1e-5)


def test_a_kink_is_seen_and_a_line_is_not_called_bent(rows):
    rows, levels, prices = leveled(rows)
    rng = np.random.default_rng(7)
    kinked = rows.assign(happened=rng.random(len(rows)) < 1 - np.exp(-np.exp(-0.8 - 2 * np.abs(rows["price"]))))
    assert p_of_straight_line(fit_return_hazard(cells_of_rows(rows, levels)), levels, prices) > 0.05
    assert p_of_straight_line(fit_return_hazard(cells_of_rows(kinked, levels)), levels, prices) < 1e-6
