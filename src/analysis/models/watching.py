"""Whom alarms of cumulative sums ring for, on which day, and how many would ring by chance.

Each entity has a level from observations before it is watched. Thresholds come from a mean time between false alarms, one
for each entity. An observation is over on a day; a gap between events rings on the day on which its silence is too long,
which is before it is over. Only the first alarm of an entity counts: what has been said once is known.

What an alarm says of the level now is the mean since the sum last stood at 0: where the change is likeliest to have begun
(Page 1954, Biometrika 41:100-115).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.models.cusum import Law, Path, PoissonCounts, Trials, watch
from analysis.models.erlang_gaps import ErlangGaps, OpenGaps, open_gaps
from analysis.models.first_alarm import Asked, Kinds, simulate_kinds
from analysis.models.newton import Array


@dataclass(frozen=True, eq=False)
class Gaps:
    """When gaps began, on the clock on which they are measured, and what that clock shows.

    Attributes
    ----------
    begun : of each watched observation, (rows,).
    last : last event of each entity, (entities,).
    now : the clock on the last day that counts.
    days, clock : what the clock shows at the end of each day, rising.
    """

    begun: Array
    last: Array
    now: float
    days: Array
    clock: Array

    def day(self, time: Array) -> Array:
        """The day on which the clock shows ``time``."""
        return np.asarray(np.ceil(np.interp(time, self.clock, self.days)))


@dataclass(frozen=True, eq=False)
class Growing:
    """Observations that begin at 0 and grow every day until they are over.

    Attributes
    ----------
    begun : day after which each watched one grows, (rows,).
    whole_days : in which it grows to 1.
    """

    begun: Array
    whole_days: float

    def on(self, day: Array, x: Array) -> Array:
        """What each was on a day, (rows,), of which it is to be ``x``."""
        return np.clip((day - self.begun) / self.whole_days, 0.0, x)

    def last(self, x: Array) -> Array:
        """The day on which each is ``x``."""
        return np.asarray(self.begun + np.maximum(np.ceil(np.round(x * self.whole_days, 6)), 1))  # 6: digits that can be told from rounding


@dataclass(frozen=True, eq=False)
class Watchable:
    """Entities whose observations follow one law.

    Attributes
    ----------
    who : their numbers, (entities,).
    base, past : level before they are watched, and the number of observations behind it.
    unit_days : days that an observation takes in the mean.
    row, x, ended : of the watched observations the place in ``who``, rising, the value, and the day on which it was over.
    gaps, growing : where the observations are gaps, or grow.
    """

    law: Law
    who: Array
    base: Array
    past: Array
    unit_days: Array
    row: Array
    x: Array
    ended: Array
    gaps: Gaps | None = None
    growing: Growing | None = None


@dataclass(frozen=True, eq=False)
class Watched:
    """What became of them.

    Attributes
    ----------
    arl_days : mean days between false alarms of each entity, at least those that were wanted; infinite for one that cannot
        be watched.
    threshold : height at which the alarm of each rings; infinite likewise.
    alarms : the first alarm of an entity a row: ``place`` in ``who``, ``day``, ``now`` (the mean since the change),
        ``arl_days`` at which an alarm as high as the sum would hang.
    """

    of: Watchable
    arl_days: Array
    threshold: Array
    alarms: pd.DataFrame

    @property
    def is_watched(self) -> Array:
        """Which entities have an alarm that can ring."""
        return np.isfinite(self.arl_days)

    def expected(self, days: float) -> float:
        """First alarms by chance in so many of the last days."""
        return float((days / self.arl_days).sum())


def kinds_of(of: Watchable, days: float, asked: Asked) -> Kinds:
    """Run lengths of the alarms of all entities that are watched for so many days, simulated."""
    counts = of.base if isinstance(of.law, PoissonCounts | Trials) else None
    return simulate_kinds(of.law, days / of.unit_days, of.past, counts, asked)


def watch_all(of: Watchable, kinds: Kinds, arl_days: Array) -> Watched:
    """Let the alarms ring.

    Parameters
    ----------
    kinds : run lengths of the entities.
    arl_days : wanted mean days between false alarms of each, (entities,).
    """
    threshold = kinds.threshold(arl_days / of.unit_days)
    path = _path(of, threshold)
    found = [_finished(of, path, threshold)]
    if of.gaps is not None and isinstance(of.law, ErlangGaps):
        now = open_gaps(of.law, path.level, of.gaps.now - of.gaps.last, of.base, threshold)
        found.append(_open(of, path, np.flatnonzero(now.rings), now, of.gaps))
    alarms = pd.concat(found, ignore_index=True).sort_values(["place", "day"], kind="stable")
    alarms = alarms.drop_duplicates("place", ignore_index=True)
    place = alarms["place"].to_numpy()
    alarms["arl_days"] = kinds.at(alarms.pop("height").to_numpy(), place) * of.unit_days[place]
    return Watched(of, kinds.reached(arl_days / of.unit_days) * of.unit_days, threshold, alarms)


def _path(of: Watchable, threshold: Array) -> Path:
    """The sums; those of entities without an observation stand at 0."""
    some, starts = np.unique(of.row, return_index=True)
    path = watch(of.law, of.x, starts, of.base[some], threshold[some])
    level = np.zeros(of.who.size)
    level[some] = path.level
    return Path(path.before, path.rings, level)


def _finished(of: Watchable, path: Path, threshold: Array) -> pd.DataFrame:
    """Alarms that rang in an observation that is over."""
    rang = np.flatnonzero(path.rings)
    place = of.row[rang]
    day = of.ended[rang]
    if of.gaps is not None and isinstance(of.law, ErlangGaps):
        silence = of.law.silence(threshold[place] - path.before[rang], of.base[place])
        day = np.minimum(of.gaps.day(of.gaps.begun[rang] + silence), day)
    if of.growing is not None and rang.size:
        day = _grown(of, of.growing, threshold, place)
    since = _since(path)[rang]
    total = np.concatenate([[0.0], of.x.cumsum()])
    height = path.before[rang] + of.law.height(of.x[rang], of.base[place])
    now = (total[rang + 1] - total[since]) / (rang + 1 - since)
    return pd.DataFrame({"place": place, "day": day, "now": now, "height": height})


def _grown(of: Watchable, growing: Growing, threshold: Array, place: Array) -> Array:
    """The first day on which the sum of each entity ``place`` reached its alarm: what grows only lifts the sums, so that days are halved."""
    who, of_who = np.unique(place, return_inverse=True)
    rows = np.flatnonzero(np.isin(of.row, who))
    own, starts = np.searchsorted(who, of.row[rows]), np.searchsorted(of.row[rows], who)
    x, own_growing = of.x[rows], replace(growing, begun=growing.begun[rows])
    quiet, rung = (end.reduceat(days, starts) for end, days in ((np.minimum, own_growing.begun), (np.maximum, own_growing.last(x))))
    while (rung - quiet > 1).any():
        day = (quiet + rung) // 2  # 2: halves
        path = watch(of.law, own_growing.on(day[own], x), starts, of.base[who], threshold[who])
        rings = np.bincount(own, path.rings & (own_growing.begun < day[own])) > 0
        quiet, rung = np.where(rings, quiet, day), np.where(rings, day, rung)
    return np.asarray(rung[of_who])


def _open(of: Watchable, path: Path, place: Array, open_now: OpenGaps, gaps: Gaps) -> pd.DataFrame:
    """Alarms that ring in a gap that is open."""
    total, lasts = np.concatenate([[0.0], of.x.cumsum()]), np.searchsorted(of.row, place, side="right")
    since = np.append(_since(path), 0)[np.maximum(lasts - 1, 0)]
    since = np.where((path.level[place] > 0) & (lasts > 0), since, lasts)
    now = (total[lasts] - total[since] + gaps.now - gaps.last[place]) / (lasts - since + 1)
    day = gaps.day(gaps.last[place] + open_now.rings_after[place])
    return pd.DataFrame({"place": place, "day": day, "now": now, "height": open_now.height[place]})


def _since(path: Path) -> Array:
    """Row at which the sum of each row last stood at 0: that of an entity begins there."""
    rows = np.arange(path.before.size)
    return np.asarray(np.maximum.accumulate(np.where(path.before == 0, rows, 0)))
