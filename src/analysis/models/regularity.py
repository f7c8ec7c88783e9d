"""How regular the gaps of many entities are, whatever the mean gap of each: gamma laws with a shape k of its own.

Given their sum S, the n gaps of an entity are shares of a Dirichlet law with all parameters k, whatever its mean:

    ln L(k) = ln Gamma(n k) - n ln Gamma(k) + (k - 1) sum of ln(gap / S)

How often each k occurs in a group of entities follows from all of them (expectation maximisation), and the k of an entity
from its own gaps and its group: who has few gaps is drawn towards its group.

References
----------
Platzer & Reutterer (2016), Ticking away the moments, Marketing Science 35:779-799: regularity of repeat purchases.
Dempster, Laird & Rubin (1977), JRSS B 39:1-38.
"""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln

from analysis.models.newton import Array

SHAPES = 2.0 ** (np.arange(-2, 9) / 2)  # 0.5, 0.71, 1, 1.41, 2, ..., 16
ROUNDS = 200
CLOSE = 1e-6  # of a weight


def regularities(gaps: Array, log_shares: Array, group: Array, *, most: float) -> Array:
    """k of each entity, one of ``SHAPES`` up to ``most``: the largest that half of its probability reaches.

    Parameters
    ----------
    gaps : number of gaps of each entity, (entities,).
    log_shares : sum of ``ln(gap / sum of its gaps)`` of each.
    group : number of the group of each, from 0.
    """
    k = SHAPES[most >= SHAPES]
    log_likelihood = gammaln(gaps[:, None] * k) - gaps[:, None] * gammaln(k) + (k - 1) * log_shares[:, None]
    likelihood = np.exp(log_likelihood - log_likelihood.max(axis=1, keepdims=True, initial=-np.inf))
    found = np.ones(gaps.size)
    for one in np.unique(group):
        own = group == one
        posterior = _posterior(likelihood[own])
        at_least = posterior[:, ::-1].cumsum(axis=1)[:, ::-1]
        found[own] = k[(at_least >= 1 / 2).sum(axis=1) - 1]  # 1/2: the median
    return found


def _posterior(likelihood: Array) -> Array:
    """Probability of each k for each entity of one group."""
    weight = np.full(likelihood.shape[1], 1 / likelihood.shape[1])
    for _ in range(ROUNDS):
        joint = likelihood * weight
        posterior = joint / joint.sum(axis=1, keepdims=True)
        before, weight = weight, posterior.mean(axis=0)
        if np.abs(weight - before).max() < CLOSE:
            break
    return np.asarray(posterior)
