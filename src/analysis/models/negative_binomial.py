"""Counts of events whose rate varies as a gamma law: P(N = k) for shape s and ratio w, time over unit of time."""

from __future__ import annotations

import numpy as np
from scipy.special import betainc, betaln

from analysis.models.newton import Array


def log_probability(k: Array, shape: Array, ratio: Array) -> Array:
    """ln P(N = k) = ln [Gamma(s + k) / (Gamma(s) k!) (w / (1 + w))^k (1 + w)^-s]; ln 0 for k below 0."""
    some = np.maximum(k, 1)
    with np.errstate(divide="ignore"):  # ln 0 in no time at all is meant: e^-inf = 0
        log_share = np.log(ratio) - np.log1p(ratio)
    arrived = np.where(k > 0, some * log_share - betaln(shape, some + 1.0) - np.log(shape + some), 0)
    return np.asarray(np.where(k < 0, -np.inf, arrived - shape * np.log1p(ratio)))


def log_first(count: int, shape: Array, ratio: Array) -> Array:
    """The same of the first few numbers, ln P(N = j) for j = 0, ..., ``count`` - 1 along a new first axis."""
    with np.errstate(divide="ignore"):
        log_share = np.log(ratio) - np.log1p(ratio)
    found = [-shape * np.log1p(ratio)]
    for j in range(1, count):
        found.append(found[-1] + np.log((shape + (j - 1)) / j) + log_share)
    return np.stack(found)


def survival(k: Array, shape: Array, ratio: Array) -> Array:
    """P(N >= k) for k of 1 or more."""
    return np.asarray(betainc(k, shape, ratio / (1 + ratio)))
