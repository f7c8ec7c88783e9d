"""How regular the gaps of many entities are, whatever the mean gap of each: gamma laws with a shape k of its own.

A second event soon after the first, as a follow-up order on the next day, makes a gap that says nothing of the rhythm. So it is
sums of two gaps that are looked at, of shape 2k. Given their total, n of them are shares of a Dirichlet law with all parameters
2k, whatever their mean:

    ln L(k) = ln Gamma(2 n k) - n ln Gamma(2 k) + (2 k - 1) sum of ln(two gaps / total)

Gaps can be taken two by two from the first or from the second on; both count half (a composite likelihood). How often each k
occurs in a group of entities follows from all of them (expectation maximisation), and the k of an entity from its own gaps and
its group: who has few gaps is drawn towards its group.

How alike neighbouring gaps are, the correlation r of one with the next, follows in the same way. Of n gaps, the sum of products of
neighbours over the sum of squares of their differences from the mean lies around ``r - 1 / n`` with a variance of
``(1 - 3 r^2 + 4 r^4) / n`` where only neighbours have to do with one another (Bartlett). Cube roots of gamma variables are nearly
normal (Wilson & Hilferty).

References
----------
Platzer & Reutterer (2016), Ticking away the moments, Marketing Science 35:779-799: regularity of repeat purchases.
Dempster, Laird & Rubin (1977), JRSS B 39:1-38. Varin, Reid & Firth (2011), Statistica Sinica 21:5-42: composite likelihoods.
Bartlett (1946), JRSS Supplement 8:27-41. Wilson & Hilferty (1931), PNAS 17:684-688.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.special import gammaln

from analysis.models.newton import Array

SHAPES = 2.0 ** (np.arange(-2, 9) / 2)  # 0.5, 0.71, 1, 1.41, 2, ..., 16
SERIALS = np.arange(-3, 4) * 0.15  # correlations of a gap with the next; beyond a half there is none without further ones
ROUNDS = 200
CLOSE = 1e-6  # of a weight


def regularities(place: Array, gap: Array, group: Array, *, most: float) -> Array:
    """k of each entity, one of ``SHAPES`` up to ``most``: the largest that half of its probability reaches.

    Parameters
    ----------
    place, gap : of every gap its entity and its length, sorted by entity and time.
    group : number of the group of each entity, from 0.
    """
    k = SHAPES[most >= SHAPES]
    log_likelihood = np.zeros((group.size, k.size))
    for first in (0, 1):
        count, logs = _sums_of_two(place, gap, group.size, first)
        both = gammaln(count[:, None] * 2 * k) - count[:, None] * gammaln(2 * k) + (2 * k - 1) * logs[:, None]
        log_likelihood += both / 2  # 2: each way to take them counts half
    found = np.ones(group.size)
    for own, posterior in _by_group(log_likelihood, group):
        at_least = posterior[:, ::-1].cumsum(axis=1)[:, ::-1]
        found[own] = k[(at_least >= 1 / 2).sum(axis=1) - 1]  # 1/2: the median
    return found


def serial_correlations(place: Array, gap: Array, group: Array) -> Array:
    """r of each entity, one of ``SERIALS``: the nearest to the mean of its probability.

    Parameters
    ----------
    place, gap, group : see ``regularities``.
    """
    gaps = np.maximum(np.bincount(place, minlength=group.size), 1)[:, None]
    miss = _neighbours(place, gap, group.size)[:, None] + 1 / gaps - SERIALS
    variance = (1 - 3 * SERIALS**2 + 4 * SERIALS**4) / gaps
    found = np.zeros(group.size)
    for own, posterior in _by_group(-(miss**2) / (2 * variance) - np.log(variance) / 2, group):
        found[own] = posterior @ SERIALS
    return np.asarray(SERIALS[np.abs(found[:, None] - SERIALS).argmin(axis=1)])


def _sums_of_two(place: Array, gap: Array, n: int, first: int) -> tuple[Array, Array]:
    """Number of sums of two gaps of each entity, taken from its gap ``first`` on, and the sum of logarithms of their shares."""
    number = np.arange(place.size) - np.searchsorted(place, np.arange(n))[place]
    ends = np.flatnonzero((number > first) & ((number - first) % 2 == 1))  # 2: two by two
    who, both = place[ends], gap[ends - 1] + gap[ends] if ends.size else gap[:0]
    total = np.bincount(who, both, minlength=n)
    count = np.maximum(np.bincount(who, minlength=n), 1)  # one says nothing, nor does none
    return count, np.bincount(who, np.log(both / total[who]), minlength=n)


def _neighbours(place: Array, gap: Array, n: int) -> Array:
    """Correlation of the gaps of each entity with their next ones, of cube roots; 0 where none differs."""
    root = np.cbrt(gap)
    count = np.maximum(np.bincount(place, minlength=n), 1)
    apart = root - (np.bincount(place, root, minlength=n) / count)[place]
    both = place[1:] == place[:-1]
    products = np.bincount(place[1:][both], (apart[1:] * apart[:-1])[both], minlength=n)
    squares = np.bincount(place, apart**2, minlength=n)
    return np.asarray(products / np.where(squares > 0, squares, 1.0))


def _by_group(log_likelihood: Array, group: Array) -> Iterator[tuple[Array, Array]]:
    """The entities of each group, and the probability of each value for each of them."""
    for one in np.unique(group):
        own = np.flatnonzero(group == one)
        yield own, _posterior(np.exp(log_likelihood[own] - log_likelihood[own].max(axis=1, keepdims=True)))


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
