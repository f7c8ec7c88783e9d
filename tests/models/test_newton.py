"""The climb finds tops, keeps to its bounds and says what the data left open."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.models.newton import FARTHEST, Array, maximise


def hill(point: Array) -> tuple[float, Array, Array]:
    """Rosenbrock's valley upside down: a top at (1, 1) behind a bend where the Hessian is indefinite."""
    x, y = point
    value = -((1 - x) ** 2) - 100 * (y - x * x) ** 2
    slope = np.array([2 * (1 - x) + 400 * x * (y - x * x), -200 * (y - x * x)])
    return value, slope, np.array([[-2 + 400 * y - 1200 * x * x, 400 * x], [400 * x, -200.0]])


def test_climb_reaches_the_top_through_an_indefinite_region() -> None:
    top = maximise(hill, np.array([-1.2, 4.0]), centre=np.zeros(2), n=1)
    np.testing.assert_allclose(top.point, [1, 1], atol=1e-9)
    assert top.identified
    np.testing.assert_allclose(top.covariance(), np.linalg.inv([[802, -400], [-400, 200]]), rtol=1e-6)


def test_slope_without_top_is_held_at_the_bound_while_the_rest_converges() -> None:
    def slope(point: Array) -> tuple[float, Array, Array]:
        x, y = point
        away = np.exp(-y)
        return -((x - 2) ** 2) - away, np.array([4 - 2 * x, away]), np.array([[-2, 0], [0, -away]])

    top = maximise(slope, np.zeros(2), centre=np.zeros(2), n=1)
    assert top.held.tolist() == [False, True]
    assert top.loose.tolist() == [False, True]
    assert top.converged
    assert not top.identified
    np.testing.assert_allclose(top.point, [2, FARTHEST])
    np.testing.assert_allclose(top.covariance(), [[0.5, 0], [0, 0]], atol=1e-12)


def test_ridge_leaves_both_of_its_parameters_loose() -> None:
    def ridge(point: Array) -> tuple[float, Array, Array]:
        gap = point[0] - point[1] - 1
        return -(gap**2), np.array([-2 * gap, 2 * gap]), np.array([[-2.0, 2], [2, -2]])

    top = maximise(ridge, np.zeros(2), centre=np.zeros(2), n=1)
    assert top.point[0] - top.point[1] == pytest.approx(1)
    assert top.loose.all()


def test_no_parameter_is_a_top_already() -> None:
    top = maximise(lambda _: (3.0, np.zeros(0), np.zeros((0, 0))), np.zeros(0), centre=np.zeros(0), n=1)
    assert top.identified
    assert top.covariance().shape == (0, 0)
