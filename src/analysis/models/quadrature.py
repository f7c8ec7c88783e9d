"""Integrals over the unseen moment at which an entity stops.

The integral has no closed form without hypergeometric functions, which are slow and overflow. On the scale
y = ln((c + v) / (c + v(t_x))), v the clock of the law and c the shorter of the times over which the two
factors bend, the integrand is smooth and falls at least as fast as at its start. Sixteen Gauss-Legendre
points up to where nothing is left give it to ten digits (ageing bends it more and takes more), and the same points give the derivatives.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from analysis.models.lifetime import TAIL, Lifetime
from analysis.models.newton import Array

SLIGHTEST = 1e-9  # a rate of decay that never brings the tail about
FINE_POINTS = 120  # where the integrand has a peak inside, or an end that it approaches on no known scale
BLOCK = 1024  # rows x points at once stay in the processor's cache


def log_odds(law: Lifetime, shape: Array, alpha: Array, start: Array, end: Array) -> Array:
    """ln of P(stopped between start and end, silent) / P(active and silent all the time)."""
    shape, alpha, start, end = np.broadcast_arrays(shape, alpha, start, end)
    value = np.full(end.shape, -np.inf)
    some = np.flatnonzero(end > start) if law.names else np.zeros(0, np.int64)
    for i in range(0, some.size, BLOCK):
        rows = some[i : i + BLOCK]
        here = law.rows(rows)
        a, s, stop = alpha.flat[rows], shape.flat[rows], end.flat[rows]
        u, log_weight, _ = points_of_silence(here, s, a, start.flat[rows], stop)
        log_node = s * np.log1p((stop - u) / (a + u)) + here.leave(u, stop)[0] + log_weight
        peak = log_node.max(axis=0)
        with np.errstate(invalid="ignore"):
            stopped = peak + np.log(np.exp(log_node - peak).sum(axis=0))
        value.flat[rows] = np.where(peak > -np.inf, stopped, np.inf)  # else the clock has run out, and nobody lives on
    return value


def active_time(law: Lifetime, discount_rate: float, horizon: Array) -> Array:
    """Expected time until an entity stops, up to the horizon, each moment discounted by e^(-rate u)."""
    value = np.zeros(np.shape(horizon))
    for i in range(0, value.size, BLOCK):
        here, end = law.rows(slice(i, i + BLOCK)), np.asarray(horizon).flat[i : i + BLOCK]
        c = np.minimum(here.unit, np.minimum(end, 1 / discount_rate if discount_rate else np.inf))
        c = np.where(c > 0, c, 1)
        fall = here.steepness(c, 0.0 * c) - 2  # of (c + u) S(u), where no law slows down
        u, log_weight, _ = _points(c, 0.0 * c, end, fall, FINE_POINTS)
        value.flat[i : i + BLOCK] = np.exp(here.log_stay(u) - discount_rate * u + log_weight).sum(axis=0)
    return value


def points_of_silence(
    law: Lifetime, shape: Array, alpha: Array, span: Array, age: Array
) -> tuple[Array, Array, Array]:
    """Ages u between the latest event and the end (points x entities), the logarithm of their weights, and
    ln(alpha / (alpha + u)).

    The end is moved to where so much silence is out of the question for an entity with as many events.
    """
    c, first = np.minimum(alpha, law.unit), law.clock(span)
    room = TAIL + np.log1p((law.clock(age) - first) / (c + first))  # the scale y itself grows meanwhile
    age = np.minimum(age, span + (alpha + span) * np.expm1(np.minimum(room / shape, TAIL)))
    last = law.clock(age)
    falls = np.minimum(
        (c + first) * law.pace(first) / (alpha + span), (c + last) * law.pace(last) / (alpha + age)
    )
    fall = shape * falls + law.steepness(c, first) - 1
    v, log_weight, y = _points(c, first, last, fall, law.points(float(age.max(initial=0))))
    u = law.unclock(v)
    if u is v and (alpha <= law.unit).all():  # then y is ln((alpha + u) / (alpha + span)): no other logarithm is needed
        return u, log_weight, np.log(alpha / (alpha + span)) - y
    return u, log_weight, np.log(alpha / (alpha + u))


def points_between(
    law: Lifetime, c: Array, start: Array, end: Array, fall: Array, points: int
) -> tuple[Array, Array]:
    """Points of the clock between two ages with the logarithm of their weights."""
    return _points(c, law.clock(start), law.clock(end), fall, points)[:2]


def _points(c: Array, first: Array, last: Array, fall: Array, points: int) -> tuple[Array, Array, Array]:
    """Points dense near the first, ln of their weights, and y; ``fall`` is the least rate at which the integrand falls in y."""
    reach = np.log1p((last - first) / (c + first))
    reach = np.minimum(reach, TAIL / np.maximum(fall, SLIGHTEST))
    place, weight = _rule(points)
    y = reach * place
    with np.errstate(divide="ignore"):  # nothing lies in no time at all
        return first + (c + first) * np.expm1(y), y + np.log(weight) + np.log(reach * (c + first)), y


@lru_cache
def _rule(points: int) -> tuple[Array, Array]:
    """Gauss-Legendre points and weights between 0 and 1, down a column: entities go along the rows."""
    place, weight = np.polynomial.legendre.leggauss(points)
    return (1 + place[:, None]) / 2, weight[:, None] / 2
