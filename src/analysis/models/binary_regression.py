"""Regression of a yes or no on counted cells, with errors that allow an entity's rows to depend on one another.

Newton's method on the likelihood, which both links make concave; covariance by clusters: with score s_e of entity e (the
sum over its rows), curvature H, G entities, N rows and k coefficients,

    V = G / (G - 1) x (N - 1) / (N - k) x H^-1 (sum over e of s_e s_e') H^-1.

Sums over rows are plain loops, not matrix products of a library: its threads would cost more than they bring here, and their
number would show in the last digits.

References
----------
Liang & Zeger (1986), Biometrika 73, 13-22. Cameron & Miller (2015), A practitioner's guide to cluster-robust inference,
Journal of Human Resources 50, 317-372, equation 11 and section II.B (the correction).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import expit, log_expit, ndtr, ndtri

from analysis.core.errors import FitError
from analysis.models import guards
from analysis.models.newton import ARMIJO, ROUNDING, Array
from analysis.models.person_periods import Cells
from analysis.models.result import CONFIDENCE, Likelihood

LOWEST, HIGHEST = -700.0, 6.5  # beyond, e^eta or e^e^eta is no number
MOST_STEPS = 60
MOST_HALVINGS = 40
CLOSE = 1e-20  # square of the step that is left, in standard errors
SETTLED = 1e-6  # of a score: last steps under separation move 0.01 or more, those to a maximum hardly anything


class Parts(NamedTuple):
    """A link at some scores: log-likelihood, slope and bend in the score with the event and without, and its chance."""

    event: tuple[Array, Array, Array]
    none: tuple[Array, Array, Array]
    mean: Array
    mean_slope: Array


Link = Callable[[Array], Parts]


def cloglog(eta: Array) -> Parts:
    """Complementary log-log: chance ``1 - e^(-m)`` with ``m = e^eta``, that of proportional hazards in grouped time."""
    m = np.exp(np.clip(eta, LOWEST, HIGHEST))
    ratio = m / np.expm1(m)
    mean, stay = -np.expm1(-m), np.exp(-m)
    return Parts((np.log(mean), ratio, ratio * (1 - ratio - m)), (-m, -m, -m), mean, m * stay)


def logistic(eta: Array) -> Parts:
    """Logit: chance ``1 / (1 + e^-eta)``."""
    mean = expit(eta)
    bend = -mean * (1 - mean)
    return Parts((log_expit(eta), 1 - mean, bend), (log_expit(-eta), -mean, bend), mean, -bend)


@dataclass(frozen=True, kw_only=True)
class BinaryRegression(Likelihood, ABC):
    """A fit: one level or curve over ``period``, and a coefficient for every covariate; names as in statsmodels.

    * levels: the periods of the fit.
    * covariates: names of the covariates; their coefficients come last.
    * n, events, entities: rows, rows with the event, and clusters.
    """

    covariates: tuple[str, ...]
    levels: tuple[float, ...]
    coefficients: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    log_likelihood: float
    n: int
    events: int
    entities: int

    link: ClassVar[Link]

    @abstractmethod
    def level_columns(self, period: Array) -> dict[str, Array]:
        """Columns of the level over the periods, by name."""

    def design(self, cells: Cells) -> Array:
        """Cells x coefficients."""
        return np.column_stack([*self.level_columns(cells.period).values(), cells.values])

    def at(self, eta: Array) -> Parts:
        """The link at scores."""
        return type(self).link(eta)

    def chance(self, cells: Cells) -> Array:
        """Fitted chance of the event, by cell."""
        return self.at(score(self.design(cells), np.array(self.coefficients))).mean

    @property
    def names(self) -> tuple[str, ...]:
        """Coefficients, in the order of ``covariance``."""
        return (*self.level_columns(np.array(self.levels)), *self.covariates)

    @property
    def params(self) -> pd.Series:
        """Estimates, by coefficient."""
        return pd.Series(self.coefficients, self.names, dtype=float, name="estimate")

    def cov_params(self) -> pd.DataFrame:
        """Covariance of the estimates, by clusters."""
        return pd.DataFrame(np.array(self.covariance), self.names, self.names)

    @property
    def bse(self) -> pd.Series:
        """Standard errors of the estimates."""
        return pd.Series(np.sqrt(np.diag(np.array(self.covariance))), self.names, name="std_error")

    @property
    def pvalues(self) -> pd.Series:
        """Chance of an estimate as far from 0 on either side, were the coefficient 0 (normal approximation)."""
        return pd.Series(2 * ndtr(-np.abs(self.params / self.bse)), self.names, name="p_value")  # 2: on both sides

    def conf_int(self, level: float = CONFIDENCE) -> pd.DataFrame:
        """Intervals; columns ``lower`` and ``upper``."""
        half = ndtri((1 + level) / 2) * self.bse
        return pd.DataFrame({"lower": self.params - half, "upper": self.params + half})

    def summary(self, level: float = CONFIDENCE) -> pd.DataFrame:
        """One row a coefficient: ``estimate, std_error, lower, upper, p_value``."""
        parts = [self.params, self.bse, self.conf_int(level), self.pvalues]
        return pd.concat(parts, axis=1).rename_axis("coefficient")


def one_level_each(period: Array, levels: tuple[float, ...], prefix: str) -> dict[str, Array]:
    """One column of zeros and ones for every level."""
    return {f"{prefix}_{level:g}": (period == level).astype(float) for level in levels}


def score(design: Array, point: Array) -> Array:
    """What the link takes: each row's columns times their coefficients, summed."""
    return np.asarray(np.einsum("ci,i->c", design, point))


def fit_binary(empty: BinaryRegression, cells: Cells, *, where: str, recency: Array | None = None) -> dict[str, Any]:
    """Estimates of the coefficients of ``empty``, as the fields that it lacks.

    Parameters
    ----------
    empty : what is to be fitted: its covariates, levels and link.
    cells : the data.
    where : what an error names.
    recency : time since the last event by cell, which no driver may stand in for.

    Raises
    ------
    FitError : see ``guards``.
    """
    design, names = empty.design(cells), empty.names
    guards.check_clusters(cells.entities, len(names), where)
    guards.check_variation(cells.values, cells.names, where)
    guards.check_events(cells.exposure, cells.events, len(names), where)
    guards.check_collinear(cells.values, cells.exposure, cells.names, where, recency)
    guards.check_rank(design, names, where)
    scale = np.abs(design).max(axis=0)
    scaled, link = design / scale, empty.at
    top = _climb(scaled, cells, link)
    if top is None or top.last_move > SETTLED:
        guards.check_separation(design, cells.exposure, cells.events, names, where)
    if top is None:
        raise FitError(where, "no maximum of the likelihood was found", f"{MOST_STEPS} steps towards it",
                       "Leave out covariates, or take a level over fewer periods")  # fmt: skip
    point, curvature, value, _ = top
    inverse = np.linalg.inv(curvature)
    sums = _sums(scaled, cells, link(score(scaled, point)))
    n, groups = cells.exposure.sum(), cells.entities
    correction = groups / (groups - 1) * (n - 1) / (n - len(point))
    covariance = correction * inverse @ np.einsum("ei,ej->ij", sums, sums) @ inverse / scale / scale[:, None]
    return {
        "coefficients": tuple((point / scale).tolist()), "covariance": tuple(map(tuple, covariance.tolist())),
        "log_likelihood": value, "n": int(n), "events": int(cells.events.sum()), "entities": groups,
    }  # fmt: skip


def influences(fit: BinaryRegression, cells: Cells) -> Array:
    """How far the rows of each entity move each estimate: entities x coefficients, ``H^-1 s_e``.

    Their products, summed and corrected, are the covariance of the fit; with those of another fit, that of both.

    Parameters
    ----------
    cells : those of the fit.
    """
    design = fit.design(cells)
    scale = np.abs(design).max(axis=0)
    scaled, point = design / scale, np.array(fit.coefficients) * scale
    _, _, curvature = _objective(point, scaled, cells, fit.at)
    sums = _sums(scaled, cells, fit.at(score(scaled, point)))
    return np.asarray(np.einsum("ei,ij->ej", sums, np.linalg.inv(curvature)) / scale)


class Top(NamedTuple):
    """The maximum, the curvature there, the log-likelihood, and by how much the last step moved the score of any cell."""

    point: Array
    curvature: Array
    value: float
    last_move: float


def _climb(design: Array, cells: Cells, link: Link) -> Top | None:
    """The maximum; None where the steps lead to none.

    Separated outcomes have none, and every step moves on: by about 1 in the score under the logit, by e^-score under the
    complementary log-log. A last step that moves nothing tells that they are not, for less than a linear programme.
    """
    point = np.zeros(design.shape[1])
    value, gradient, curvature = _objective(point, design, cells, link)
    for _ in range(MOST_STEPS):
        try:
            step = np.linalg.solve(curvature, gradient)
        except np.linalg.LinAlgError:
            return None
        promised = float(gradient @ step)
        if promised < CLOSE:
            return Top(point, curvature, value, float(np.abs(score(design, step)).max()))
        for halving in range(MOST_HALVINGS):
            share = 0.5**halving
            found = _objective(point + share * step, design, cells, link)
            if found[0] >= value + ARMIJO * share * promised - ROUNDING * abs(value):
                break
        point, (value, gradient, curvature) = point + share * step, found
    return None


def _objective(point: Array, design: Array, cells: Cells, link: Link) -> tuple[float, Array, Array]:
    parts, missed = link(score(design, point)), cells.exposure - cells.events
    value, slope, bend = (cells.events * one + missed * other for one, other in zip(parts.event, parts.none, strict=True))
    curvature = -((design * bend[:, None]).T @ design)
    return float(value.sum()), np.einsum("ci,c->i", design, slope), curvature


def _sums(design: Array, cells: Cells, parts: Parts) -> Array:
    """Entities x coefficients: the slopes of each entity's rows, summed; rows enter as one number each."""
    from scipy.sparse import coo_array

    slope = np.where(cells.happened, parts.event[1][cells.cell], parts.none[1][cells.cell])
    shape = cells.entities, len(design)
    return np.asarray(coo_array((slope, (cells.entity, cells.cell)), shape).tocsr() @ design)
