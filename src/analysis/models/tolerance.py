"""How much an incident costs in staying: staying after it, over staying without one, in many groups.

``T = P(stay | incident) / P(stay | none)``: 1 where an incident changes nothing. Groups with few incidents lean on
the others: their ln T are normal around a common mean with a spread that the data are asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import chdtrc, digamma, ndtri, polygamma

from analysis.core.errors import FitError
from analysis.models.failures import JEFFREYS
from analysis.models.newton import Array

USUAL_SPREAD = 0.5  # of ln T between groups, a factor 1.6: Roever et al. (2021), half-normal prior for log ratios
SPREADS = np.linspace(0, 4 * USUAL_SPREAD, 201)  # 4 standard deviations of that prior
COLUMNS = ("stayed_after", "seen_after", "stayed", "seen")


def log_ratio(counts: pd.DataFrame) -> tuple[Array, Array]:
    """Mean and variance of ln T in each group, with Jeffreys' prior on both shares; infinite variance without data.

    With p ~ Beta(a, b), ``E ln p = psi(a) - psi(a + b)`` and ``Var ln p = psi'(a) - psi'(a + b)``.

    Parameters
    ----------
    counts : ``stayed_after`` of ``seen_after`` after an incident, ``stayed`` of ``seen`` without one; a row a group.
    """
    after, n_after, without, n_without = (counts[column].to_numpy(float) for column in COLUMNS)
    one, other = _log_share(after, n_after), _log_share(without, n_without)
    known = (n_after > 0) & (n_without > 0)
    return np.where(known, one[0] - other[0], 0.0), np.where(known, one[1] + other[1], np.inf)


def _log_share(hits: Array, trials: Array) -> tuple[Array, Array]:
    """Mean and variance of the logarithm of a share."""
    a, size = hits + JEFFREYS, trials + 2 * JEFFREYS  # 2: on both sides
    return digamma(a) - digamma(size), polygamma(1, a) - polygamma(1, size)


@dataclass(frozen=True)
class Pooled:
    """A measure of many groups, each drawn towards the common mean as far as its own data are weak.

    ``mean, mean_sd``: of all groups together; ``spread``: how far groups differ (standard deviation, posterior mean);
    ``value, sd``: (groups,).
    """

    mean: float
    mean_sd: float
    spread: float
    value: Array
    sd: Array


def pool(estimate: Array, variance: Array) -> Pooled:
    """Normal groups around a normal mean, averaged over what the spread between groups may be.

    Given the spread t: the mean is ``sum y_j / (v_j + t^2) / sum 1 / (v_j + t^2)``, and group j is ``(t^2 y_j + v_j mean)
    / (v_j + t^2)``. The spread is half-normal before the data, on a grid.

    Parameters
    ----------
    estimate, variance : of each group, (groups,); an infinite variance says nothing is known of it.

    Raises
    ------
    FitError : nothing is known of any group.

    References
    ----------
    Gelman et al. (2013), Bayesian Data Analysis, 3rd ed., section 5.4, equations 5.17, 5.20, 5.21; Roever et al. (2021),
    Research Synthesis Methods 12:448-474, for the prior.
    """
    if not np.isfinite(variance).any():
        raise FitError("tolerance", "needs a group seen after an incident and without one", f"{variance.size} without",
                       "Use a longer observation or coarser severities")  # fmt: skip
    own = 1 / (variance + SPREADS[:, None] ** 2 + np.finfo(float).tiny)
    weight = own.sum(axis=1)
    mean = (own * estimate).sum(axis=1) / weight
    fit = (np.log(np.where(own > 0, own, 1.0)) - own * (estimate - mean[:, None]) ** 2).sum(axis=1)
    log_chance = (fit - np.log(weight) - (SPREADS / USUAL_SPREAD) ** 2) / 2  # 2: of the normal density
    chance = np.exp(log_chance - log_chance.max())
    chance /= chance.sum()
    kept = SPREADS[:, None] ** 2 * own
    value = kept * estimate + (1 - kept) * mean[:, None]
    inside = np.where(np.isinf(variance), SPREADS[:, None] ** 2, kept * np.where(np.isinf(variance), 0.0, variance))
    spread_of_value = inside + (1 - kept) ** 2 / weight[:, None]
    middle, sd = _mixed(chance, mean, 1 / weight)
    return Pooled(float(middle), float(sd), float(chance @ SPREADS), *_mixed(chance, value, spread_of_value))


def _mixed(chance: Array, mean: Array, variance: Array) -> tuple[Array, Array]:
    """Mean and standard deviation of a mixture over the grid of spreads."""
    middle = np.einsum("t,t...->...", chance, mean)
    return middle, np.sqrt(np.einsum("t,t...->...", chance, variance + (mean - middle) ** 2))


def tolerances(counts: pd.DataFrame, *, level: float) -> tuple[pd.DataFrame, pd.Series]:
    """T of each group at one severity with its interval, and of all groups together.

    Parameters
    ----------
    counts : as ``log_ratio``; the index names the groups.
    level : of the intervals.

    Returns
    -------
    ``value, lo, hi`` a group, in the order of ``counts``; and the same of all together: their common T.

    Raises
    ------
    FitError : no group was seen both after an incident and without one.
    """
    estimate, variance = log_ratio(counts)
    pooled = pool(estimate, _variance_as_fitted(counts, variance, pool(estimate, variance).value))
    half = ndtri((1 + level) / 2) * np.array([0, -1, 1])
    ends = np.exp(pooled.value[:, None] + half * pooled.sd[:, None])
    columns = ["value", "lo", "hi"]
    return (pd.DataFrame(ends, counts.index, columns),
            pd.Series(np.exp(pooled.mean + half * pooled.mean_sd), columns))  # fmt: skip


def _variance_as_fitted(counts: pd.DataFrame, variance: Array, fitted: Array) -> Array:
    """The variance of ln T with the share after an incident where the pooled fit has it.

    Where all of a few stayed by luck, their own share makes them look certain, and they would not be drawn to the others.
    """
    _, n_after, without, n_without = (counts[column].to_numpy(float) for column in COLUMNS)
    after = n_after * np.minimum(np.exp(fitted + _log_share(without, n_without)[0]), 1)
    again = _log_share(after, n_after)[1] + _log_share(without, n_without)[1]
    return np.where(np.isfinite(variance), again, np.inf)


@dataclass(frozen=True)
class Comparison:
    """A chi-square test: how far the data lie from what is asserted."""

    chi_square: float
    df: int
    p_value: float


def compare_with_retention(counts: pd.DataFrame) -> tuple[Comparison, Comparison]:
    """Whether tolerance is staying under another name.

    Returns
    -------
    Two tests over the groups: that T is 1 in all of them (an incident changes nothing, so that staying after one is
    simply staying), and that T is the same in all of them (an incident costs the same share everywhere, so that
    tolerance puts the groups in no other order than staying does). Where the second is refused, T adds information.

    References
    ----------
    Cochran (1954), Biometrics 10:101-129: ``Q = sum (y - mean)^2 / v``.
    """
    estimate, variance = log_ratio(counts)
    known = np.isfinite(variance)
    y, weight = estimate[known], 1 / variance[known]
    mean = (weight * y).sum() / weight.sum() if y.size else 0.0
    return _compare((weight * y**2).sum(), y.size), _compare((weight * (y - mean) ** 2).sum(), max(y.size - 1, 0))


def _compare(chi_square: float, df: int) -> Comparison:
    return Comparison(float(chi_square), df, float(chdtrc(df, chi_square)) if df else 1.0)
