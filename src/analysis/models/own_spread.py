"""How much the values of each of many entities vary around their mean: its own variance, drawn towards that of all.

With s^2 an entity's variance from d degrees of freedom, and true variances scaled inverse chi-square around s0^2 with d0:

    ln s^2 - psi(d/2) + ln(d/2)   has mean ln s0^2 - psi(d0/2) + ln(d0/2) and variance psi'(d/2) + psi'(d0/2)
    own = (d0 s0^2 + d s^2) / (d0 + d)

References
----------
Smyth (2004), Linear models and empirical Bayes methods, Stat. Appl. Genet. Mol. Biol. 3(1), section 6.2.
"""

from __future__ import annotations

import numpy as np
from scipy.special import polygamma, psi

from analysis.models.newton import Array

FREEST = 1e6  # degrees of freedom of a prior that leaves no difference between entities
ROUNDS = 50


def own_spreads(squares: Array, freedom: Array) -> tuple[Array, Array]:
    """Standard deviation of each entity, and the degrees of freedom behind it: d0 + d.

    Parameters
    ----------
    squares : sum of squared differences from its mean, (entities,).
    freedom : number of values less 1; 0 where there is one value.
    """
    some = (freedom > 0) & (squares > 0)
    if not some.any():
        return np.ones(squares.size), freedom
    half = freedom[some] / 2
    e = np.log(squares[some] / freedom[some]) - psi(half) + np.log(half)
    prior = _freedom((e - e.mean()).var() - polygamma(1, half).mean())
    centre = np.exp(e.mean() + psi(prior / 2) - np.log(prior / 2))
    return np.sqrt((prior * centre + squares) / (prior + freedom)), prior + freedom


def prior_observations(total: Array, past: Array) -> tuple[float, float]:
    """Mean rate of counts, and how many observations at that rate the difference between entities leaves it worth.

    A total of ``past`` observations is negative binomial with mean m and variance ``m + m^2 / r``; its gamma law of rates is
    worth ``r / rate`` observations. From the moments: ``1 / r = sum of ((total - m)^2 - total) / sum of m^2``.

    Parameters
    ----------
    total, past : of each entity, (entities,).
    """
    rate = float(total.sum() / max(past.sum(), 1))
    mean = rate * past
    between = float(((total - mean) ** 2 - total).sum() / max((mean**2).sum(), np.finfo(float).tiny))
    return rate, FREEST if between * rate <= 1 / FREEST else 1 / (between * rate)


def prior_trials(total: Array, past: Array, whole: float = 1.0) -> tuple[float, float]:
    """The same of trials, each of which brings at most 1: mean m, variance ``m (whole - m)``.

    A total of n trials has mean n m and variance ``n m (whole - m) + n (n - 1) V``, with V the variance between entities; they are
    worth ``(m (whole - m) - V) / V`` trials: where a trial brings 1 or nothing, those of the beta law with this mean and variance.

    Parameters
    ----------
    total, past : of each entity, (entities,).
    whole : mean square over mean of what a trial brings.
    """
    mean = float(total.sum() / max(past.sum(), 1))
    one = mean * (whole - mean)
    between = float(((total - mean * past) ** 2 - one * past).sum() / max((past * (past - 1.0)).sum(), 1))
    return mean, FREEST if between * FREEST <= one else max((one - between) / between, 0.0)


def _freedom(between: float) -> float:
    """d0 for which psi'(d0 / 2) is the variance between entities (Smyth's Newton steps on 1 / psi')."""
    if between <= polygamma(1, FREEST / 2):
        return FREEST
    x = 1 / 2 + 1 / between
    for _ in range(ROUNDS):
        slope = polygamma(1, x)
        x += slope * (1 - slope / between) / polygamma(2, x)
    return float(2 * x)
