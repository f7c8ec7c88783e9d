"""Shares counted in a few, with what the count leaves open."""

from __future__ import annotations

import numpy as np
from scipy.special import betaincinv

from analysis.models.newton import Array

LEAST_RHO = 1e-6  # below it, entities are one


def beta_interval(hits: Array | float, misses: Array | float, *, level: float) -> tuple[Array, Array]:
    """Interval of a share with the posterior ``Beta(hits, misses)``; a prior is counted in both already."""
    counts = np.asarray(hits + 1j * np.asarray(misses))  # of many entities few are counted differently
    different, place = np.unique(counts, return_inverse=True)
    low, high = (betaincinv(different.real, different.imag, side)[place] for side in ((1 - level) / 2, (1 + level) / 2))
    return low.reshape(counts.shape)[()], high.reshape(counts.shape)[()]


def one_side_leads(first: int, second: int, *, prior: float, level: float) -> bool:
    """Whether more than chance speaks for one of two sides: the interval of its share leaves out one half.

    Parameters
    ----------
    prior : counted on both sides before anything is; one half is Jeffreys'.

    Examples
    --------
    >>> one_side_leads(20, 60, prior=0.5, level=0.9), one_side_leads(21, 23, prior=0.5, level=0.9)
    (True, False)
    """
    low, high = beta_interval(first + prior, second + prior, level=level)
    return bool(low > 1 / 2 or high < 1 / 2)


def fit_beta(hits: Array, trials: Array, *, prior: float) -> tuple[float, float]:
    """The law ``Beta(a, b)`` of the shares of many entities, from what was counted of each, by moments.

    With the pooled share p and N entities of n_i trials, the intra-class correlation is ``rho = (sum n_i (p_i - p)^2 / (p
    (1 - p)) - (N - 1)) / (sum n_i (1 - n_i / n) - (N - 1))``; ``a + b = 1 / rho - 1``. Where shares differ no more than
    chance explains, all are taken to be p.

    Parameters
    ----------
    prior : counted on both sides of the pooled share, so that it is neither 0 nor 1.

    References
    ----------
    Kleinman (1973), Journal of the American Statistical Association 68:46-54, with weights n_i.
    """
    n, counted = trials[trials > 0].astype(float), hits[trials > 0].astype(float)
    p = float((counted.sum() + prior) / (n.sum() + 2 * prior))  # 2: on both sides
    free = len(n) - 1
    room = float((n * (1 - n / max(n.sum(), 1.0))).sum()) - free
    excess = float((n * (counted / n - p) ** 2).sum()) / (p * (1 - p)) - free
    rho = min(max(excess / room if room > 0 else 0.0, LEAST_RHO), 1 - LEAST_RHO)
    size = 1 / rho - 1
    return p * size, (1 - p) * size


def normal_spread(means: Array, size: Array, variance: float) -> tuple[float, float]:
    """Mean and variance between entities of a measure whose mean over ``size`` values is known of each, by moments.

    ``tau^2 = (sum n_i (x_i - x)^2 - (N - 1) s^2) / (n - sum n_i^2 / n)``, not below 0, with s^2 the variance within.

    References
    ----------
    Searle, Casella & McCulloch (1992), Variance Components, section 3.6 (unbalanced one-way layout).
    """
    n, values = size[size > 0].astype(float), means[size > 0].astype(float)
    total = max(float(n.sum()), 1.0)
    mean = float((n * values).sum()) / total
    room = total - float((n**2).sum()) / total
    excess = float((n * (values - mean) ** 2).sum()) - (len(n) - 1) * variance
    return mean, max(excess / room if room > 0 else 0.0, 0.0)
