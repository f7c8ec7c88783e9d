"""How often things fail, how often they are put right in time, and how often they fail again."""

from __future__ import annotations

import numpy as np
from scipy.special import gammaincinv

from analysis.models.newton import Array
from analysis.models.shares import beta_interval

JEFFREYS = 1 / 2  # the prior that favours no scale: on both sides of a share, and before the count of a rate


def rate_interval(count: Array | float, exposure: Array | float, *, level: float) -> tuple[Array, Array]:
    """Interval of a rate from a count of events in an exposure, Gamma(count + 1/2, exposure).

    Without any event the lower end is 0. Per 100 of the exposure: give it in hundreds.

    References
    ----------
    Brown, Cai & DasGupta (2003), Statistica Sinica 13:19-49: Jeffreys' interval for a Poisson mean.
    """
    low, high = (gammaincinv(np.asarray(count) + JEFFREYS, side) for side in ((1 - level) / 2, (1 + level) / 2))
    return np.where(np.asarray(count) > 0, low, 0.0) / exposure, np.asarray(high / exposure)


def share_interval(hits: Array | float, trials: Array | float, *, level: float) -> tuple[Array, Array]:
    """Interval of a share with Jeffreys' prior; it reaches 0 where nothing hit, and 1 where everything did.

    References
    ----------
    Brown, Cai & DasGupta (2001), Statistical Science 16:101-133, section 4.
    """
    hits, trials = np.asarray(hits, float), np.asarray(trials, float)
    low, high = beta_interval(hits + JEFFREYS, trials - hits + JEFFREYS, level=level)
    return np.where(hits > 0, low, 0.0), np.where(hits < trials, high, 1.0)


def kept_in_time(taken: Array, waited: Array, *, target: float) -> Array:
    """Whether each promise to be done within a target was kept: 1 or 0, and missing where that is still open.

    Parameters
    ----------
    taken : time until it was done; missing where it is not done yet.
    waited : time from its beginning to the end of what is known, in the same unit.
    target : longest time that keeps the promise.

    Examples
    --------
    Done in time, done late, open for too long, open for a while.

    >>> kept_in_time(np.array([2.0, 30.0, np.nan, np.nan]), np.array([90.0, 90.0, 25.0, 3.0]), target=24.0)
    array([ 1.,  0.,  0., nan])
    """
    done = taken <= target
    return np.where(done, 1.0, np.where((taken > target) | (waited > target), 0.0, np.nan))


def fails_again(entity: Array, day: Array, *, last_day: float, within: float) -> Array:
    """Whether each failure was followed by another of its entity: 1 or 0, and missing where too few days are known.

    Several failures of an entity on one day are several: each but the last is followed at once.

    Parameters
    ----------
    entity, day : of each failure, in any order; days as numbers.
    last_day : up to which failures are known.
    within : days that count as soon.
    """
    order = np.lexsort((day, entity))
    who, when = entity[order], day[order].astype(float)
    wait = np.append(np.where(who[1:] == who[:-1], np.diff(when), np.inf), np.inf)[: who.size]
    again = np.where(when + within <= last_day, (wait <= within).astype(float), np.nan)
    found = np.empty(who.size)
    found[order] = again
    return found
