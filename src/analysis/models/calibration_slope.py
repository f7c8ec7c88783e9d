r"""Whether expected amounts lie as far apart as what comes: the best brought more than was expected and the others less, or the reverse.

    E[y_i] = a f_i^c,    f_i > 0 what was expected of entity i

c is 1 where expectations are spread as they should be, above 1 where they are too much alike, 0 where they tell nothing. By quasi-likelihood with a variance
in proportion to the mean, the amounts y may be of any sign: with eta_i = ln a + c ln f_i the sum of y_i eta_i - e^{eta_i} is largest. Its error is that
of whole entities, of which several amounts may be seen.

References
----------
Cox (1958), Two further applications of a model for binary regression, Biometrika 45, 562-565, for the slope.
Wedderburn (1974), Quasi-likelihood functions, Biometrika 61, 439-447.
Liang & Zeger (1986), Longitudinal data analysis using generalized linear models, Biometrika 73(1), 13-22, for the error.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analysis.models.newton import Array, maximise


class Slope(NamedTuple):
    """The slope c and its standard error."""

    slope: float
    std_error: float


def fit_calibration_slope(expected: Array, actual: Array, entity: Array) -> Slope | None:
    """Estimate the slope; None where nothing was expected, nothing came, or all was expected alike.

    Parameters
    ----------
    expected : amounts; those of 0 or below tell nothing of a slope and are passed over.
    actual : what came, in the same unit.
    entity : whose amounts they are (0, 1, ...).
    """
    above = expected > 0
    f, y, entity = expected[above], actual[above], entity[above]
    if f.size == 0 or y.sum() <= 0 or (f == f[0]).all():
        return None
    y = y / f.mean()
    x = np.log(f / f.mean())
    x -= (x * f).sum() / f.sum()
    start = np.log(y.sum() / np.exp(x).sum())

    def likelihood(point: Array) -> tuple[float, Array, Array]:
        mean = np.exp(point[0] + point[1] * x)
        bent = -np.array([[mean.sum(), (mean * x).sum()], [(mean * x).sum(), (mean * x * x).sum()]])
        return float((y * (point[0] + point[1] * x) - mean).sum()), np.array([(y - mean).sum(), ((y - mean) * x).sum()]), bent

    found = maximise(likelihood, np.array([start, 1.0]), centre=np.array([start, 1.0]), n=f.size)
    off = y - np.exp(found.point[0] + found.point[1] * x)
    scores = np.column_stack([np.bincount(entity, off), np.bincount(entity, off * x)])
    spread = np.linalg.inv(-found.hessian)
    return Slope(float(found.point[1]), float(np.sqrt((spread @ (scores.T @ scores) @ spread)[1, 1])))


def respread(expected: Array, slope: float) -> Array:
    """What to multiply expected amounts by to spread them by a slope; their sum stays, and so do those of 0 or below."""
    above = expected > 0
    part = np.where(above, expected, 1.0) ** (slope - 1)
    kept = expected[above].sum() / (expected * part)[above].sum() if above.any() else 1.0
    return np.where(above, part * kept, 1.0)
