"""A clock that runs through each month as the events of all entities did: fast on busy days, slow on days off.

    pace of a day = (its events + a m) / (1 + a)        within a month, so that the month lasts as long as before

with m the mean of all days and a the number of days that the mean counts for: the less days differ by more than chance, the more
(empirical Bayes, ``prior_observations``). Weekends and holidays stretch the gaps of whoever has many events, without anything being
the matter. The months themselves are left alone, so that fewer events of all do not stop the clock.
"""

from __future__ import annotations

import numpy as np

from analysis.models.newton import Array
from analysis.models.own_spread import FREEST, prior_observations


def through_months(days: Array, clock: Array, events: Array) -> Array:
    """What the clock shows at the end of each day.

    Parameters
    ----------
    days : day numbers since 1970-01-01, one after the other; the first is the eve.
    clock : what it shows at the end of each, without busy days.
    events : day of every event of all entities.
    """
    inside = events[(events > days[0]) & (events <= days[-1])]
    count = np.bincount((inside - days[0]).astype(int), minlength=days.size)[1:].astype(float)
    mean, prior = prior_observations(count, np.ones(count.size))
    if prior >= FREEST:
        return clock
    pace = (count + prior * mean) / (1 + prior)
    month = days[1:].astype("datetime64[D]").astype("datetime64[M]").astype(int)
    month -= month[0]
    lasts = np.bincount(month, np.diff(clock)) / np.bincount(month, pace)
    return np.asarray(clock[0] + np.append(0.0, (pace * lasts[month]).cumsum()))
