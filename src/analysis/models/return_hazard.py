"""How soon the next event follows the last one, and what goes with a slower return: a hazard in discrete time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.special import ndtri

from analysis.core.errors import FitError
from analysis.models.binary_regression import (
    BinaryRegression,
    Link,
    cloglog,
    fit_binary,
    one_level_each,
    score,
)
from analysis.models.newton import Array
from analysis.models.person_periods import Cells
from analysis.models.result import CONFIDENCE

WHERE = "return hazard"


@dataclass(frozen=True, kw_only=True)
class ReturnHazard(BinaryRegression):
    r"""Chance that the next event comes in a period, given that it had not come before it.

    :math:`h(t \mid x) = 1 - e^{-e^{a(t) + x' b}}`: in continuous time the hazards are proportional, and e^b is their ratio.
    A ratio below 1 goes with a slower return, above 1 with a faster one; it is an association.

    * knots: None for a level of its own in every period; otherwise a(t) is a cubic spline with these knots that is a
      straight line beyond the outer ones.

    References
    ----------
    Prentice & Gloeckler (1978), Regression analysis of grouped survival data, Biometrics 34, 57-67.
    """

    knots: tuple[float, ...] | None

    link: ClassVar[Link] = staticmethod(cloglog)

    def level_columns(self, period: Array) -> dict[str, Array]:
        """Columns of a(t), by name."""
        if self.knots is None:
            return one_level_each(period, self.levels, "period")
        return natural_spline(period, self.knots)

    def hazard_ratios(self, level: float = CONFIDENCE) -> pd.DataFrame:
        """One row a covariate: ``hazard_ratio, lower, upper, p_value``; intervals are made on the logarithm."""
        chosen = list(self.covariates)
        half = ndtri((1 + level) / 2) * self.bse[chosen]
        estimate = self.params[chosen]
        ends = {"hazard_ratio": estimate, "lower": estimate - half, "upper": estimate + half}
        ratios = np.exp(pd.DataFrame(ends)).assign(p_value=self.pvalues[chosen])
        return ratios.rename_axis("covariate")

    def baseline(self) -> pd.Series:
        """Hazard by period of an entity whose covariates are all 0."""
        columns = np.column_stack(list(self.level_columns(np.array(self.levels)).values()))
        own = np.array(self.coefficients)[: columns.shape[1]]
        return pd.Series(self.at(score(columns, own)).mean, self.levels, name="hazard").rename_axis("period")


def fit_return_hazard(cells: Cells, *, knots: tuple[float, ...] | None = None) -> ReturnHazard:
    """Fit the hazard of the next event to periods at risk, errors clustered by entity.

    Parameters
    ----------
    cells : of ``cells_of_spells`` or ``cells_of_rows``; the period counts from the last event.
    knots : None for one level a period; or three or more ascending numbers of periods for a spline.

    Raises
    ------
    FitError : too few events, no variation, separation (a period without events, say), collinear covariates, or one that
        stands in for the time since the last event.
    """
    levels = tuple(np.unique(cells.period).tolist())
    if knots is not None and not _spans(knots, levels):
        raise FitError(WHERE, f"a spline needs three or more ascending knots from {levels[0]:g} to {levels[-1]:g}", knots,
                       "Name them in periods")  # fmt: skip
    empty = ReturnHazard(covariates=cells.names, levels=levels, knots=knots, coefficients=(), covariance=(),
                         log_likelihood=0.0, n=0, events=0, entities=0)  # fmt: skip
    return replace(empty, **fit_binary(empty, cells, where=WHERE, recency=cells.period.astype(float)))


def _spans(knots: tuple[float, ...], levels: tuple[float, ...]) -> bool:
    inside = levels[0] <= min(knots) and max(knots) <= levels[-1]
    return len(knots) >= 3 and inside and bool((np.diff(knots) > 0).all())  # 3: with fewer it is a straight line


def natural_spline(period: Array, knots: tuple[float, ...]) -> dict[str, Array]:
    """Columns of a restricted cubic spline: constant, line, and a bend for each knot but the outer two.

    References
    ----------
    Harrell (2015), Regression Modeling Strategies, 2nd ed., equation 2.25.
    """
    t, last, before = np.asarray(period, float), knots[-1], knots[-2]
    unit = (last - knots[0]) ** 2

    def cube(knot: float) -> Array:
        return np.asarray(np.maximum(t - knot, 0) ** 3)  # 3: a cubic

    bends = {
        f"time_bend_{place}": (
            cube(knot) - cube(before) * (last - knot) / (last - before) + cube(last) * (before - knot) / (last - before)
        ) / unit
        for place, knot in enumerate(knots[:-2], start=1)
    }  # fmt: skip
    return {"constant": np.ones_like(t), "time": t, **bends}
