r"""The chance of an event along one covariate, all others as they are: partial dependence, with its interval.

With :math:`M_i(v) = \sum_k e^{a(t_{ik}) + x_{ik}' b}`, summed over the periods ahead and with the covariate at v in all of them, the chance that
the event comes in one of them is :math:`1 - e^{-M_i(v)}`; its mean over entities is told for each v. The interval is that of the
fitted coefficients (delta method): the slope of the mean in b is the mean of :math:`e^{-M_i} \sum_k m_{ik} x_{ik}`.

References
----------
Friedman (2001), Greedy function approximation, Annals of Statistics 29, 1189-1232, section 8.2. Wald (1943), Transactions of the
American Mathematical Society 54, 426-482.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.special import chdtrc, ndtri

from analysis.models.binary_regression import score
from analysis.models.newton import Array
from analysis.models.person_periods import Cells
from analysis.models.return_hazard import ReturnHazard


def partial_dependence(fit: ReturnHazard, ahead: Sequence[Cells], settings: Sequence[Mapping[str, float]], level: float) -> pd.DataFrame:
    """Mean chance of an event in one of the periods ahead, once for each of ``settings``.

    Parameters
    ----------
    ahead : one element a period ahead, each with one row an entity in the same order (``cells_of_each``).
    settings : values that covariates have in all rows; the others stay as they are.
    level : of the intervals.

    Returns
    -------
    One row a setting: ``chance, std_error, lower, upper``.
    """
    point, first = np.array(fit.coefficients), len(fit.names) - len(fit.covariates)
    designs = [fit.design(cells) for cells in ahead]
    scores = [score(design, point) for design in designs]
    chances, slopes = [], []
    for setting in settings:
        places = [first + fit.covariates.index(name) for name in setting]
        values = np.array(list(setting.values()))
        masses = [
            np.exp(own + np.einsum("ci,i->c", values - design[:, places], point[places]))
            for own, design in zip(scores, designs, strict=True)
        ]  # fmt: skip
        stay = np.exp(-np.sum(masses, axis=0))
        moved = [stay * mass for mass in masses]
        slope = np.sum([np.einsum("c,ci->i", one, design) for one, design in zip(moved, designs, strict=True)], axis=0)
        slope[places] = np.sum(moved) * values
        chances.append(float(np.mean(1 - stay)))
        slopes.append(slope / len(stay))
    chance, moves = np.array(chances), np.array(slopes)
    error = np.sqrt(np.einsum("si,ij,sj->s", moves, np.array(fit.covariance), moves))
    half = ndtri((1 + level) / 2) * error
    return pd.DataFrame({"chance": chance, "std_error": error, "lower": chance - half, "upper": chance + half})


def p_of_straight_line(fit: ReturnHazard, levels: Sequence[str], values: Array) -> float:
    """Chance of levels so far from a straight line, if they lay on one; Wald's test with one degree of freedom less than levels.

    Parameters
    ----------
    levels : covariates of zeros and ones, each for a range of a number, but the range that they are compared with.
    values : the number in each range, less that in the range that they are compared with.
    """
    found = fit.params[list(levels)].to_numpy()
    inverse = np.linalg.inv(fit.cov_params().loc[list(levels), list(levels)].to_numpy())
    along = np.einsum("i,ij,j->", values, inverse, values)
    distance = np.einsum("i,ij,j->", found, inverse, found) - np.einsum("i,ij,j->", values, inverse, found) ** 2 / along
    return float(chdtrc(len(levels) - 1, max(distance, 0.0)))
