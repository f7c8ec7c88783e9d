"""How fast many series grow: log-linear trends of their means, the cycle that they share, and what is typical of a group.

The trend is that of the mean, so that periods without anything count as what they are: a logarithm would need a number
added to them, or would leave them out, and either changes the trend (Silva & Tenreyro 2006, The log of gravity, Review of
Economics and Statistics 88, 641-658).
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from analysis.models.newton import Array

BLOCK = 1 << 11  # series at a time, so that they stay in the processor's own memory
MOST_STEPS = 60
LONGEST_STEP = 3.0  # over the whole length a trend changes at most by a factor e^3 at once
CLOSE = 1e-6  # change of a trend over the whole length after which the next one would be about its square
CYCLE_ROUNDS = 6  # each leaves less than a third of the error of the one before, even of two cycles only
CYCLE_SERIES = 20_000  # more tell no more of a shared cycle
EXACT = float(np.finfo(float).eps)  # a standard error below this is none
Z_OF_ENDS = 1.96  # McKean & Schrader 1984 take the ends of the 95 % interval


@dataclass(frozen=True)
class Trends:
    """Log-linear trends, one place a series.

    * slope: by how much the logarithm of the mean rises in one period.
    * std_error: of the slope.
    * freedom: periods less the two numbers that were fitted; the interval is Student's.
    """

    slope: Array
    std_error: Array
    freedom: Array


def fit_trends(amounts: Array, first: Array, last: Array, cycle: Array) -> Trends:
    r"""Fit ``mean = level * cycle * e^(slope * period)`` to each series between its own first and last period.

    Quasi-likelihood with a variance in proportion to the mean: the slope is the one under which the fitted amounts
    have the same centre of gravity in time as the observed ones, :math:`\sum t y_t / \sum y_t = \sum t \mu_t / \sum \mu_t`.
    With ``v`` the variance of ``t`` under the fitted amounts, ``S`` their sum and the dispersion
    :math:`\phi = \sum (y_t - \mu_t)^2 / \mu_t / (n - 2)`, the standard error is :math:`\sqrt{\phi / (S v)}`.

    Parameters
    ----------
    amounts : not below zero, one row a period and one column a series; each has amounts in two periods or more of at
        least three.
    first, last : the periods that count, by series.
    cycle : how much more or less than usual each period brings to all, by row; see ``fit_cycle``.

    References
    ----------
    Wedderburn (1974), Quasi-likelihood functions, Biometrika 61, 439-447; McCullagh & Nelder (1989), Generalized Linear
    Models, section 9.2.
    """
    blocks = [
        _fit(amounts[:, at : at + BLOCK], first[at : at + BLOCK], last[at : at + BLOCK], cycle)[0]
        for at in range(0, amounts.shape[1], BLOCK)
    ]
    if not blocks:
        return Trends(*(np.zeros(0) for _ in fields(Trends)))
    return Trends(*(np.concatenate([getattr(one, each.name) for one in blocks]) for each in fields(Trends)))


def fit_cycle(amounts: Array, first: Array, last: Array, *, length: int) -> Array:
    """How much more or less than usual each period of a shared cycle brings, by row of ``amounts``; its mean is one.

    In turns: the trends under the cycle, then the cycle as what was there over what the trends expect. Every series
    counts alike, so that no large one decides. Of many series an even choice is taken.

    Parameters
    ----------
    amounts, first, last : as for ``fit_trends``.
    length : periods in a cycle.
    """
    place = np.arange(len(amounts)) % length
    cycle = np.ones(length)
    chosen = slice(None, None, -(-amounts.shape[1] // CYCLE_SERIES) or 1)
    amounts, first, last = amounts[:, chosen], first[chosen], last[chosen]
    for _ in range(CYCLE_ROUNDS):
        seen, expected = np.zeros(length), np.zeros(length)
        for at in range(0, amounts.shape[1], BLOCK):
            inside = slice(at, at + BLOCK)
            _, shares, fitted = _fit(amounts[:, inside], first[inside], last[inside], cycle[place])
            seen += np.bincount(place, shares, length)
            expected += np.bincount(place, fitted, length)
        cycle = cycle * np.where(expected > 0, seen / np.where(expected > 0, expected, 1), 1)
        cycle = cycle / cycle.mean()
    return np.asarray(cycle[place])


def group_medians(values: Array, std_errors: Array, groups: Array, *, count: int) -> tuple[Array, Array]:
    """Weighted median of each of ``count`` groups, and its standard error; not a number for a group of none.

    A value weighs one over its standard error, but none weighs more than one of the usual precision, so that no single
    one is its own yardstick. The error follows from the values that lie as many ranks off as chance may.

    References
    ----------
    McKean & Schrader (1984), A comparison of methods for studentizing the sample median, Communications in Statistics
    B 13, 751-773.
    """
    if not values.size:
        return np.full(count, np.nan), np.full(count, np.nan)
    weights = 1 / np.maximum(std_errors, max(np.median(std_errors), EXACT))
    order = np.lexsort((values, groups))
    value, weight, group = values[order], weights[order], groups[order]
    middle = np.cumsum(weight) - weight / 2  # 2: a value stands in the middle of its own weight
    whole, squares = np.bincount(group, weight, count), np.bincount(group, weight**2, count)
    start = np.cumsum(whole) - whole
    size = np.bincount(group, minlength=count)
    edge = np.cumsum(size)
    lowest, highest = middle[np.minimum(edge - size, values.size - 1)], middle[np.maximum(edge - 1, 0)]

    def at(ranks_off: Array | float) -> Array:
        asked = np.clip(start + whole / 2 + ranks_off, lowest, highest)
        return np.where(size > 0, np.interp(asked, middle, value), np.nan)

    reach = Z_OF_ENDS * np.sqrt(squares) / 2  # 2: half of the weight lies on each side
    return at(0.0), (at(reach) - at(-reach)) / (2 * Z_OF_ENDS)


def _fit(amounts: Array, first: Array, last: Array, cycle: Array) -> tuple[Trends, Array, Array]:
    """The trends of one block, and by period the shares of the series' sums that were there and were expected."""
    period = np.arange(len(amounts))[:, None]
    counts = (period >= first) & (period <= last)
    amounts = np.where(counts, amounts, 0.0)
    usual = np.where(counts, cycle[:, None], 0.0)
    whole = amounts.sum(axis=0)
    centre = (period * amounts).sum(axis=0) / whole
    length = last - first + 1
    slope = _solve(usual, period - centre, length)
    weight, _, variance = _tilted(usual, period - centre, slope)
    share = weight / weight.sum(axis=0)
    off = (amounts - whole * share) ** 2 / np.where(counts, whole * share, 1)
    dispersion = off.sum(axis=0) / (length - 2)
    trends = Trends(slope, np.sqrt(dispersion / (whole * variance)), length - 2)
    return trends, (amounts / whole).sum(axis=1), share.sum(axis=1)


def _solve(usual: Array, time: Array, length: Array) -> Array:
    """The slopes under which the mean of ``time``, told from the centre of gravity of what was seen, is zero (Newton)."""
    slope = np.zeros(len(length))
    left = np.arange(len(length))
    for _ in range(MOST_STEPS):
        _, mean, variance = _tilted(usual, time, slope[left])
        step = np.clip(-mean / variance * length[left], -LONGEST_STEP, LONGEST_STEP)
        slope[left] += step / length[left]
        still = np.abs(step) >= CLOSE
        if 2 * still.sum() < len(left):  # the slow half goes on alone
            usual, time, left = usual[:, still], time[:, still], left[still]
        if not still.any():
            break
    return slope


def _tilted(usual: Array, time: Array, slope: Array) -> tuple[Array, Array, Array]:
    """Weight of each period under a trend, and the mean and the variance of time under them."""
    weight = usual * np.exp(slope * time)
    whole, moment = weight.sum(axis=0), weight * time
    mean = moment.sum(axis=0) / whole
    return weight, mean, (moment * time).sum(axis=0) / whole - mean**2
