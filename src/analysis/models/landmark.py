"""Who is still silent a horizon after a landmark, and by how many percentage points more with a driver."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.special import ndtri

from analysis.models.binary_regression import (
    BinaryRegression,
    Link,
    fit_binary,
    logistic,
    one_level_each,
    score,
)
from analysis.models.newton import Array
from analysis.models.person_periods import Cells
from analysis.models.result import CONFIDENCE

WHERE = "landmark logit"
PERCENT = 100


@dataclass(frozen=True, kw_only=True)
class LandmarkLogit(BinaryRegression):
    r"""Chance of no event within the horizon after a landmark, of entities at risk there.

    :math:`P = 1 / (1 + e^{-(a_l + x' b)})` with a level :math:`a_l` for every landmark; an entity may stand at several.

    References
    ----------
    van Houwelingen (2007), Dynamic prediction by landmarking in event history analysis, Scandinavian Journal of Statistics
    34, 70-85.
    """

    link: ClassVar[Link] = staticmethod(logistic)

    def level_columns(self, period: Array) -> dict[str, Array]:
        """One column a landmark, by name."""
        return one_level_each(period, self.levels, "landmark")

    def marginal_effects(self, cells: Cells, level: float = CONFIDENCE) -> pd.DataFrame:
        """Average marginal effects in percentage points, with delta-method intervals.

        Of a covariate of zeros and ones: the mean chance with it at 1 less that with it at 0. Of any other: the mean slope,
        by how much the chance rises for one unit more. The rest stays as it was in every row, so
        of several levels of one thing each is compared with what it was, not with a reference.

        Parameters
        ----------
        cells : whose rows are averaged; those of the fit, as a rule.

        Returns
        -------
        One row a covariate: ``effect_points, std_error, lower, upper``.

        References
        ----------
        Cameron & Trivedi (2005), Microeconometrics, sections 5.9 and 14.3; Greene (2018), Econometric Analysis, 8th ed.,
        section 17.3.2.
        """
        design, weights = self.design(cells), cells.exposure / cells.exposure.sum()
        first = design.shape[1] - len(self.covariates)
        found = [self._effect(design, weights, first + place) for place in range(len(self.covariates))]
        slopes = PERCENT * np.array([slope for _, slope in found]).reshape(len(found), design.shape[1])
        effect = PERCENT * np.array([value for value, _ in found])
        error = np.sqrt(np.einsum("ei,ij,ej->e", slopes, np.array(self.covariance), slopes))
        half = ndtri((1 + level) / 2) * error
        columns = {"effect_points": effect, "std_error": error, "lower": effect - half, "upper": effect + half}
        return pd.DataFrame(columns, pd.Index(self.covariates, name="covariate"))

    def _effect(self, design: Array, weights: Array, column: int) -> tuple[float, Array]:
        """The effect, and its slope in every coefficient."""
        point = np.array(self.coefficients)
        if np.isin(design[:, column], (0, 1)).all():
            ends = []
            for value in (1.0, 0.0):
                moved = design.copy()
                moved[:, column] = value
                parts = self.at(score(moved, point))
                ends.append(((weights * parts.mean).sum(), np.einsum("c,ci->i", weights * parts.mean_slope, moved)))
            return float(ends[0][0] - ends[1][0]), ends[0][1] - ends[1][1]
        parts = self.at(score(design, point))
        spread = weights * parts.mean_slope
        slope = point[column] * np.einsum("c,ci->i", spread * (1 - 2 * parts.mean), design)  # 2: the slope of p (1 - p) is p (1 - p) (1 - 2 p)
        slope[column] += spread.sum()
        return float(point[column] * spread.sum()), slope


def fit_landmark_logit(cells: Cells, *, recency: Array | None = None) -> LandmarkLogit:
    """Fit the chance of no event within the horizon, errors clustered by entity over landmarks.

    Parameters
    ----------
    cells : of ``cells_of_rows``; ``period`` numbers the landmarks, ``happened`` says that no event came within the horizon.
    recency : time since the last event by cell, which the drivers must not stand in for; None where it is itself a
        covariate, to predict.

    Raises
    ------
    FitError : too few rows with either outcome, no variation, separation, or collinear covariates.
    """
    levels = tuple(np.unique(cells.period).tolist())
    empty = LandmarkLogit(covariates=cells.names, levels=levels, coefficients=(), covariance=(),
                          log_likelihood=0.0, n=0, events=0, entities=0)  # fmt: skip
    return replace(empty, **fit_binary(empty, cells, where=WHERE, recency=recency))
