"""Whether a coefficient differs between two groups of rows that are fitted apart, though an entity may have rows in both.

Two fits apart are one fit in which everything differs by group. With the influence u_e = H^-1 s_e of entity e on the estimates of
either fit, 0 where it has no row in it, the difference of a coefficient has the variance

    G / (G - 1) x (N - 1) / (N - k) x sum over e of (u_e1 - u_e2)^2

with G entities, N rows and k coefficients of both together.

References
----------
Cameron & Miller (2015), A practitioner's guide to cluster-robust inference, Journal of Human Resources 50, 317-372, equation 11.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from analysis.models.binary_regression import influences
from analysis.models.newton import Array
from analysis.models.person_periods import Cells
from analysis.models.return_hazard import ReturnHazard


@dataclass(frozen=True)
class Part:
    """The return hazard of some of the rows.

    * cells: of the fit.
    * entities: who the numbered entities of the cells are, in their order.
    """

    fit: ReturnHazard
    cells: Cells
    entities: Array


def differences(one: Part, other: Part, names: Sequence[str], level: float) -> pd.DataFrame:
    """Coefficients of ``one`` less those of ``other``: ``difference, std_error, lower, upper, p_value``, by name.

    Parameters
    ----------
    names : covariates of both.
    level : of the intervals.
    """
    everybody, place = np.unique(np.concatenate([one.entities, other.entities]), return_inverse=True)
    moved = np.zeros((len(everybody), len(names)))
    np.add.at(moved, place[: len(one.entities)], _of(one, names))
    np.subtract.at(moved, place[len(one.entities) :], _of(other, names))
    groups, n, k = len(everybody), one.fit.n + other.fit.n, len(one.fit.coefficients) + len(other.fit.coefficients)
    correction = groups / (groups - 1) * (n - 1) / (n - k)
    error = np.sqrt(correction * (moved**2).sum(axis=0))
    apart = one.fit.params[list(names)].to_numpy() - other.fit.params[list(names)].to_numpy()
    half = ndtri((1 + level) / 2) * error
    p_value = 2 * ndtr(-np.abs(apart / error))  # 2: on both sides
    columns = {"difference": apart, "std_error": error, "lower": apart - half, "upper": apart + half, "p_value": p_value}
    return pd.DataFrame(columns, pd.Index(names, name="covariate"))


def _of(part: Part, names: Sequence[str]) -> Array:
    places = [part.fit.names.index(name) for name in names]
    return influences(part.fit, part.cells)[:, places]
