"""How many stay silent with a driver who would not without it, and which of many findings may be named."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.core.errors import FitError
from analysis.models.binary_regression import score
from analysis.models.false_discovery import benjamini_hochberg
from analysis.models.newton import Array
from analysis.models.person_periods import Cells
from analysis.models.return_hazard import ReturnHazard


def attributable_silences(
    fit: ReturnHazard, ahead: Sequence[Cells], taken: pd.DataFrame, weights: Array, *, draws: int, seed: int, level: float
) -> pd.DataFrame:
    r"""Expected silences over the next periods, less those expected with some of a driver taken away.

    With :math:`M_i = \sum_k e^{a(t_i + k) + x_{ik}' b}` over the periods ahead, an entity is silent in all of them with chance
    :math:`e^{-M_i}`, and with :math:`u_{id}` of driver d taken away with :math:`e^{-M_i e^{-u_{id} b_d}}`. What is summed is an association,
    not what would happen without the driver.

    Parameters
    ----------
    ahead : one element a period ahead, each with one row an entity in the same order (``cells_of_each``).
    taken : one row an entity and one column a driver, a covariate of ``fit``: how much of it is taken away.
    weights : entities x measures, such as ones and money.
    draws, seed : draws of the coefficients from their normal approximation, and the seed of the random numbers.
    level : of the intervals.

    Returns
    -------
    One row a driver and measure, the measures of a driver together: ``driver, measure`` (a column of ``weights``),
    ``value, lower, upper``; below 0 where fewer are silent with the driver.

    Raises
    ------
    FitError : the fit has no covariate of a name.

    References
    ----------
    Greenland & Drescher (1993), Maximum likelihood estimation of the attributable fraction from logistic models, Biometrics
    49, 865-872; King, Tomz & Wittenberg (2000), American Journal of Political Science 44, 347-361 (draws).
    """
    drivers = list(taken)
    unknown = [name for name in drivers if name not in fit.covariates]
    if unknown:
        raise FitError("attributable silences", f"a driver must be one of {', '.join(fit.covariates)}", ", ".join(unknown),
                       "Fit it as a covariate first")  # fmt: skip
    designs = [fit.design(one) for one in ahead]
    place = [fit.covariates.index(name) for name in drivers]
    own = taken.to_numpy(float)
    at = [len(fit.names) - len(fit.covariates) + one for one in place]

    def silences(point: Array) -> Array:
        """Drivers x measures."""
        mass = np.sum([np.exp(score(design, point)) for design in designs], axis=0)
        without = mass[:, None] * np.exp(-own * point[at])
        return np.asarray(np.einsum("ed,ew->dw", np.exp(-mass)[:, None] - np.exp(-without), weights))

    point = np.array(fit.coefficients)
    bends, turns = np.linalg.eigh(np.array(fit.covariance))
    normal = np.random.default_rng(seed).standard_normal((draws, len(point)))
    drawn = point + np.einsum("di,ji->dj", normal * np.sqrt(np.maximum(bends, 0)), turns)
    tail = (1 - level) / 2
    lower, upper = np.quantile([silences(one) for one in drawn], (tail, 1 - tail), axis=0)
    measures = weights.shape[1]
    return pd.DataFrame({
        "driver": np.repeat(drivers, measures), "measure": np.tile(np.arange(measures), len(place)),
        "value": silences(point).ravel(), "lower": lower.ravel(), "upper": upper.ravel(),
    })  # fmt: skip


def adjust_p_values(p_values: pd.Series) -> pd.DataFrame:
    """P-values of a family of findings, allowing for its size.

    Naming those with ``holm`` up to a share names any wrong one with at most that chance; naming those with
    ``benjamini_hochberg`` up to it leaves at most that share of wrong ones among the named, on average.

    Parameters
    ----------
    p_values : one a finding; all that were looked at, not only those that were liked.

    Returns
    -------
    With the same index: ``p_value, holm, benjamini_hochberg``.

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6, 65-70. Benjamini & Hochberg (1995), Journal of the Royal Statistical
    Society B 57, 289-300.
    """
    values = p_values.to_numpy(float)
    order = np.argsort(values, kind="stable")
    steps = values[order] * np.arange(len(values), 0, -1)
    holm = np.empty(len(values))
    holm[order] = np.minimum(np.maximum.accumulate(steps), 1)
    return pd.DataFrame({"p_value": values, "holm": holm, "benjamini_hochberg": benjamini_hochberg(values)}, p_values.index)
