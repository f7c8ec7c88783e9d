"""The slope of what came on what was expected: as other software has it, where it is one, and what it makes of expectations."""

import numpy as np
import pytest
import statsmodels.api as sm

from analysis.models.calibration_slope import fit_calibration_slope, respread


def world(entities, seed, slope=1.0):
    """Three amounts of each entity around ``expected^slope`` times a level of its own, a third of them none."""
    rng = np.random.default_rng(seed)
    entity = np.repeat(np.arange(entities), 3)
    expected = rng.gamma(0.8, 300, entities)[entity] * rng.uniform(0.8, 1.2, entity.size)
    own = rng.gamma(4, 1 / 4, entities)[entity]
    return expected, expected**slope * own * rng.gamma(2, 1 / 2, entity.size) * (rng.random(entity.size) < 2 / 3), entity


def test_it_is_the_poisson_regression_on_the_logarithm_with_clustered_errors():
    expected, actual, entity = world(400, 1, slope=1.2)
    found = fit_calibration_slope(expected, actual, entity)
    other = sm.GLM(actual, sm.add_constant(np.log(expected)), sm.families.Poisson()).fit(
        cov_type="cluster", cov_kwds={"groups": entity, "use_correction": False}, tol=1e-12
    )
    assert found.slope == pytest.approx(other.params[1], rel=1e-7)
    assert found.std_error == pytest.approx(other.bse[1], rel=1e-6)


def test_expectations_as_far_apart_as_what_comes_have_slope_one_in_nine_of_ten_intervals():
    each = [fit_calibration_slope(*world(300, seed)) for seed in range(200)]
    inside = sum(abs(found.slope - 1) < 1.645 * found.std_error for found in each)
    assert 160 <= inside <= 193  # 180 of 200; the clustered error of heavy tails is a little small


def test_the_unit_does_not_matter_nor_do_amounts_below_zero_break_it():
    expected, actual, entity = world(200, 2)
    actual = actual - 20.0
    found = fit_calibration_slope(expected, actual, entity)
    assert fit_calibration_slope(expected * 1e6, actual * 1e6, entity) == pytest.approx(found, rel=1e-7)
    with_losses = np.append(expected, -50.0), np.append(actual, -80.0), np.append(entity, 0)
    assert fit_calibration_slope(*with_losses) == pytest.approx(found, rel=1e-9)


@pytest.mark.parametrize(("expected", "actual"), [([], []), ([1.0, 2.0], [0.0, 0.0]), ([1.0, 2.0], [1.0, -3.0]), ([3.0, 3.0], [1.0, 2.0]), ([-1.0, 0.0], [1.0, 1.0])])
def test_nothing_is_told_where_there_is_nothing_to_tell(expected, actual):
    assert fit_calibration_slope(np.array(expected), np.array(actual), np.arange(len(expected))) is None


def test_spread_by_a_power_amounts_keep_their_sum_and_order():
    """1, 4 and -2 by the power of 1.5: 1 and 8 of 9, which are 5 / 9 and 40 / 9 of the 5 before."""
    amounts = np.array([1.0, 4.0, -2.0])
    assert amounts * respread(amounts, 1.5) == pytest.approx([5 / 9, 40 / 9, -2.0])
    assert (respread(amounts, 1.0) == 1).all()
    assert (respread(np.array([-1.0, 0.0]), 1.5) == 1).all()


def test_what_was_spread_too_little_has_slope_one_once_it_is_spread():
    expected, actual, entity = world(400, 3, slope=1.3)
    found = fit_calibration_slope(expected, actual, entity)
    assert abs(found.slope - 1.3) < 3 * found.std_error
    again = fit_calibration_slope(expected * respread(expected, found.slope), actual, entity)
    assert again.slope == pytest.approx(1.0, abs=1e-7)
