"""C3: what each signal watches, one builder a signal: from the records of customers to observations with a level before.

A gap is a gap on the clock of the season and of the busy days of each month. Values and breadths are one an order, or one a few orders in a row, so that their
number does not repeat what the gaps say. Refusals are one a contact, overdue days one a bill, complaints and use one a month.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.core.params import Warnings
from analysis.core.windows import MONTHS_PER_YEAR
from analysis.models.busy_days import through_months
from analysis.models.cusum import Law, LogNormalValues, PartialTrials, PoissonCounts, Trials
from analysis.models.erlang_gaps import ErlangGaps
from analysis.models.newton import Array
from analysis.models.own_spread import own_spreads, prior_observations, prior_trials
from analysis.models.periods import months_before
from analysis.models.regularity import regularities, serial_correlations
from analysis.models.run_length import MONTH_DAYS
from analysis.models.season import Clock
from analysis.models.watching import Gaps, Growing, Watchable

EPOCH = pd.Timestamp(0)
SPREAD_STEP = 0.2  # of ln standard deviation: entities nearer to one another share a law
LEAST_SPREAD = 0.1  # standard deviation of ln values: who seems to vary less has been seen too seldom
PARTS = (np.arange(100) + 1 / 2) / 100  # quantiles that stand for all parts of trials that were seen
USED_AT_ALL = 1.0  # added to a month's use before its logarithm is taken: a month may be without


def day_number(day: pd.Timestamp) -> int:
    """Days since 1970-01-01, as the queries count them."""
    return (day - EPOCH).days


@dataclass(frozen=True)
class Spans:
    """The months that say what is usual, and those that are watched after them.

    Attributes
    ----------
    base_from, watched_from, until : the base lies after the first day up to the second; what is watched after that.
    """

    base_from: pd.Timestamp
    watched_from: pd.Timestamp
    until: pd.Timestamp

    @classmethod
    def to(cls, until: pd.Timestamp, settings: Warnings) -> Spans:
        """The spans that end on a day."""
        start = months_before(until, settings.watched_months)
        return cls(months_before(start, settings.base_months), start, until)

    @property
    def watched_days(self) -> int:
        """Days that are watched."""
        return day_number(self.until) - day_number(self.watched_from)

    def in_base(self, day: Array) -> Array:
        """Which days lie in the base."""
        return (day > day_number(self.base_from)) & (day <= day_number(self.watched_from))

    def in_watch(self, day: Array) -> Array:
        """Which days are watched."""
        return (day > day_number(self.watched_from)) & (day <= day_number(self.until))

    def clocked(self, clock: Clock) -> tuple[Array, Array]:
        """Every day from the first to the last, and what ``clock`` shows at its end."""
        days = np.arange(day_number(self.base_from), day_number(self.until) + 1)
        return days, clock.at(pd.to_datetime(days, unit="D"))


@dataclass(frozen=True)
class Builder:
    """What all signals need.

    Attributes
    ----------
    active : whether each customer ordered in the watched months: who did not has left before.
    group : of each customer, by which regularity is shared.
    """

    settings: Warnings
    spans: Spans
    active: Array
    group: Array

    def gaps(self, place: Array, day: Array, clock: Clock) -> list[Watchable]:
        """Gaps between events, one part for each regularity and likeness of neighbours.

        Parameters
        ----------
        place, day : of every event, sorted.
        """
        inside = day > day_number(self.spans.base_from)
        place, day = place[inside], day[inside]
        days, even = self.spans.clocked(clock)
        shown = through_months(days, even, day)
        time = np.interp(day, days, shown)
        same = np.append(False, place[1:] == place[:-1]) if place.size else np.zeros(0, bool)
        gap, begun = np.diff(time, prepend=0.0), np.append(0.0, time)[: time.size]
        of_base, watched = same & self.spans.in_base(day), same & self.spans.in_watch(day)
        n = self.active.size
        past = np.bincount(place[of_base], minlength=n)
        total = np.bincount(place[of_base], gap[of_base], minlength=n)
        last = np.zeros(n)
        last[place] = time  # sorted: the last one stays
        who = np.flatnonzero((past >= self.settings.least_past) & self.active)
        row, own = _rows(who, n, place, of_base)
        k = regularities(row, gap[own], self.group[who], most=self.settings.most_regular)
        serial = serial_correlations(row, gap[own], self.group[who])
        parts = []
        for one, of_next in np.unique(np.stack([k, serial]), axis=1).T:
            mine = who[(k == one) & (serial == of_next)]
            row, kept = _rows(mine, n, place, watched)
            base = total[mine] / past[mine]
            parts.append(Watchable(
                ErlangGaps(float(one), self.settings.looked_for.gap, float(of_next)), mine, base, past[mine], base, row, gap[kept], day[kept],
                Gaps(begun[kept], last[mine], float(shown[-1]), days, shown),
            ))  # fmt: skip
        return parts

    def values(self, place: Array, day: Array, x: Array, unit_days: Array, times: float) -> list[Watchable]:
        """Logarithms of values that may fall, one part for each class of spread.

        Parameters
        ----------
        place, day, x : of every observation, sorted; ``x`` is the logarithm.
        unit_days : mean days from one observation of a customer to the next, (customers,); missing where it has none.
        """
        of_base, n = self.spans.in_base(day), self.active.size
        past = np.bincount(place[of_base], minlength=n)
        mean = np.bincount(place[of_base], x[of_base], minlength=n) / np.maximum(past, 1)
        squares = np.bincount(place[of_base], (x[of_base] - mean[place[of_base]]) ** 2, minlength=n)
        who = np.flatnonzero((past >= self.settings.least_past) & self.active & (unit_days > 0))
        spread, freedom = own_spreads(squares[who], past[who] - 1.0)
        rung = np.round(np.log(np.maximum(spread, LEAST_SPREAD)) / SPREAD_STEP).astype(int)
        parts = []
        for one in np.unique(rung):
            law = LogNormalValues(float(np.exp(one * SPREAD_STEP)), times, float(np.median(freedom[rung == one])))
            parts.append(self._part(law, who[rung == one], mean, past, unit_days, place, day, x))
        return parts

    def counts(
        self, law: PoissonCounts | Trials, place: Array, day: Array, x: Array, unit_days: Array, whole: float = 1.0
    ) -> list[Watchable]:
        """Counts or trials; the level of each customer is drawn towards that of all.

        Parameters
        ----------
        whole : mean square over mean of what a trial brings that succeeds at all.
        """
        of_base, n = self.spans.in_base(day), self.active.size
        past = np.bincount(place[of_base], minlength=n)
        total = np.bincount(place[of_base], x[of_base], minlength=n)
        who = np.flatnonzero((past >= self.settings.least_past) & self.active & (unit_days > 0))
        is_trial = isinstance(law, Trials)
        common, prior = prior_trials(total[who], past[who], whole) if is_trial else prior_observations(total[who], past[who])
        level = (total + prior * common) / (past + prior)
        return [self._part(law, who, level, past + prior, unit_days, place, day, x)] if common > 0 else []

    def growing(self, place: Array, day: Array, grown: Array, whole: float, times: float) -> list[Watchable]:
        """Trials that succeed in part, as ``counts``: days out of ``whole``, from ``day`` on one more each day.

        How large the parts are is what it was in the base, of all customers alike.
        """
        x = grown / whole
        seen = x[self.spans.in_base(day) & self.active[place] & (x > 0)]
        if seen.size == 0:
            return []
        law, mean_part = PartialTrials(times, tuple(np.quantile(seen, PARTS).tolist())), float((seen**2).sum() / seen.sum())
        parts = self.counts(law, place, day, x, self.unit_of(place, day), mean_part)
        return [replace(part, growing=Growing(part.ended - 1, whole)) for part in parts]

    def _part(
        self, law: Law, who: Array, base: Array, past: Array, unit_days: Array, place: Array, day: Array, x: Array
    ) -> Watchable:
        row, kept = _rows(who, self.active.size, place, self.spans.in_watch(day))
        return Watchable(law, who, base[who], past[who], unit_days[who], row, x[kept], day[kept])

    def unit_of(self, place: Array, day: Array) -> Array:
        """Mean days from one observation to the next in the base, (customers,); missing without two."""
        of_base, n = self.spans.in_base(day), self.active.size
        first, last, count = np.full(n, np.inf), np.full(n, -np.inf), np.bincount(place[of_base], minlength=n)
        np.minimum.at(first, place[of_base], day[of_base])
        np.maximum.at(last, place[of_base], day[of_base])
        with np.errstate(invalid="ignore"):
            return np.asarray(np.where(count > 1, (last - first) / np.maximum(count - 1, 1), np.nan))

    def months(self) -> Array:
        """The whole months from the base to the last day, numbered from January 1970, with the day on which each ends."""
        begins = pd.date_range(self.spans.base_from + pd.Timedelta(days=1), self.spans.until, freq="MS")
        found = [[(one.year - EPOCH.year) * MONTHS_PER_YEAR + one.month - 1, day_number(one + pd.offsets.MonthEnd(0))] for one in begins]
        return np.asarray([one for one in found if one[1] <= day_number(self.spans.until)], int).reshape(-1, 2)

    def monthly(self, place: Array, month: Array, x: Array, since: Array) -> tuple[Array, Array, Array]:
        """``place, day, x`` of every month of every active customer after day ``since``, 0 where nothing is recorded."""
        months, who = self.months(), np.flatnonzero(self.active & np.isfinite(since))
        grid = np.zeros((self.active.size, len(months)))
        inside = (month >= months[0, 0]) & (month <= months[-1, 0])
        np.add.at(grid, (place[inside], month[inside] - months[0, 0]), x[inside])
        begun = months[None, :, 1] - MONTH_DAYS >= since[who, None]
        where, at = np.nonzero(begun)
        return who[where], months[at, 1], grid[who[where], at]


def _rows(who: Array, n: int, place: Array, kept: Array) -> tuple[Array, Array]:
    """Rows that are kept and whose customer is one of ``who``, and the place of each in ``who``."""
    position = np.full(n, -1)
    position[who] = np.arange(who.size)
    rows = np.flatnonzero(kept & (position[place] >= 0))
    return position[place[rows]], rows
