"""C3: early warning. Every signal of every customer is watched against what was usual for it, under one budget of false alarms.

Key customers have a budget of their own, so that they are watched more closely. A part of each budget is for contacts, which who
drifts away avoids, one for all other signals, and the rest for the gaps between orders: silence is what all who leave have in
common. Whoever shares a part has the same mean time between false alarms: customers x signals over the budget, and no less than
is worth anything.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.churn.signal_records import Records
from analysis.churn.signals import Spans, day_number
from analysis.core.contracts.churn_warnings import FAMILIES, SIGNALS
from analysis.core.params import Churn, Warnings
from analysis.models.first_alarm import Asked, Kinds
from analysis.models.newton import Array
from analysis.models.periods import months_before
from analysis.models.run_length import MONTH_DAYS
from analysis.models.watching import Watchable, Watched, kinds_of, watch_all

ROUNDS = 8  # each takes the run length that spends the budget nearer by a digit


@dataclass(frozen=True, eq=False)
class Watching:
    """What was seen on one day.

    Attributes
    ----------
    signals : parts of every signal that the tables carry, by name.
    is_key : of each customer.
    ordering : customers that ordered in the watched months.
    alarms : every alarm in the watched months: ``place`` of the customer, ``signal, day, before, now, arl_days``.
    """

    spans: Spans
    signals: dict[str, list[Watched]]
    is_key: Array
    ordering: int
    alarms: pd.DataFrame

    def watched(self) -> Array:
        """Places of the customers with an alarm that can ring."""
        parts = [part.of.who[part.is_watched] for parts in self.signals.values() for part in parts]
        return np.unique(np.concatenate(parts)) if parts else np.zeros(0, int)

    def expected(self, months: int, signal: str) -> float:
        """Alarms by chance in the last months."""
        days = day_number(self.spans.until) - self._from(months)
        return sum(part.expected(days) for part in self.signals.get(signal, []))

    def raised(self, months: int) -> pd.DataFrame:
        """Alarms of the last months."""
        return self.alarms[self.alarms["day"] > self._from(months)]

    def warnings(self, months: int) -> pd.DataFrame:
        """The open warnings: one row a customer and signal, when it was first seen, its strongest alarm, and ``is_red``."""
        rows = self.raised(months).sort_values(["place", "signal", "day"])
        found = rows.groupby(["place", "signal"], as_index=False, sort=True).agg(
            day=("day", "first"), before=("before", "last"), now=("now", "last"), arl_days=("arl_days", "max")
        )
        return found.assign(is_red=found["place"].map(independent_signals(found)) > 1)

    def rates(self) -> Array:
        """False alarms a day of each customer, over its signals."""
        found = np.zeros(self.is_key.size)
        for parts in self.signals.values():
            for part in parts:
                np.add.at(found, part.of.who, 1 / part.arl_days)
        return found

    def _from(self, months: int) -> int:
        return day_number(months_before(self.spans.until, months))


def watch_on(records: Records, until: pd.Timestamp, settings: Churn) -> Watching:
    """Watch everybody with what is known on a day."""
    spans, asked = Spans.to(until, settings.warnings), settings.warnings
    seen, ordering = records.observe(spans)
    is_key = records.people["is_key"].to_numpy(bool)
    simulation = Asked(asked.open_months / asked.watched_months, asked.simulated, settings.random_seed)
    cells = [
        Cell(name, part, kinds_of(part, spans.watched_days, simulation)) for name, parts in seen.items() for part in parts
    ]
    arl_days = run_lengths(cells, is_key, asked)
    signals: dict[str, list[Watched]] = {name: [] for name in seen}
    for cell, wanted in zip(cells, arl_days, strict=True):
        signals[cell.signal].append(watch_all(cell.of, cell.kinds, wanted))
    return Watching(spans, signals, is_key, ordering, _alarms(signals))


@dataclass(frozen=True, eq=False)
class Cell:
    """One part of a signal, with the run lengths of its customers."""

    signal: str
    of: Watchable
    kinds: Kinds

    @property
    def share(self) -> str:
        """Which part of the budget it is paid from: that of contacts, of the rhythm of orders, or of all others."""
        family = FAMILIES[self.signal]
        return family if family in ("contacts", "rhythm") else "others"

    def spent(self, days: float, who: Array) -> float:
        """False alarms a month of some of its customers, each with a run length of so many days or the next longer one it can have."""
        unit = self.of.unit_days[who]
        return float((MONTH_DAYS / (self.kinds.of(who).reached(days / unit) * unit)).sum())


def run_lengths(cells: list[Cell], is_key: Array, asked: Warnings) -> list[Array]:
    """Wanted mean days between false alarms of the customers of every part.

    What signals beside the order gaps cannot use of their share, since nobody's alarm can ring so rarely or nothing is recorded, is
    for the gaps.
    """
    found = [np.full(cell.of.who.size, np.inf) for cell in cells]
    for group, budget in ((False, asked.alarms_monthly.other), (True, asked.alarms_monthly.key)):
        own = [np.flatnonzero(is_key[cell.of.who] == group) for cell in cells]
        left, shares = budget, asked.budget_shares
        for kind, share in (("contacts", shares.contacts * budget), ("others", shares.others * budget), ("rhythm", None)):
            chosen = [place for place, cell in enumerate(cells) if cell.share == kind]
            some = [(cells[place], own[place]) for place in chosen]
            days = common_run_length(some, left if share is None else share, asked.least_run_months * MONTH_DAYS)
            left -= sum(cell.spent(days, who) for cell, who in some)
            for place in chosen:
                found[place][own[place]] = days
    return found


def common_run_length(cells: list[tuple[Cell, Array]], budget: float, least: float) -> float:
    """Days between false alarms of each of some customers, so that all together ring as often a month as the budget allows.

    Alarms of counts hang at heights that ring more rarely than is wanted, and some can never hang rarely enough; the others make
    up for it.
    """
    days = max(sum(who.size for _, who in cells) / budget * MONTH_DAYS, least)
    kept = days
    for _ in range(ROUNDS):
        spent = sum(cell.spent(days, who) for cell, who in cells)
        kept = days if spent <= budget else kept
        days = max(days * spent / budget, least)
    return kept


def _alarms(signals: dict[str, list[Watched]]) -> pd.DataFrame:
    """All alarms; a lower share of the peers' sales is no news once the customer's own gaps or values have rung."""
    found = [
        part.alarms.assign(place=part.of.who[part.alarms["place"]], signal=name, before=part.of.base[part.alarms["place"]])
        for name, parts in signals.items()
        for part in parts
    ]
    columns = {"place": int, "signal": str, "day": float, "before": float, "now": float, "arl_days": float}
    empty = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()})
    rows = pd.concat([one for one in found if len(one)], ignore_index=True) if any(map(len, found)) else empty
    rows = rows[list(columns)].sort_values(["place", "signal", "day"], ignore_index=True)
    first = rows[rows["signal"].map(FAMILIES).isin(("rhythm", "basket"))].groupby("place")["day"].min()
    said = (rows["signal"].map(FAMILIES) == "sales") & (rows["day"] >= rows["place"].map(first))
    return rows[~said].reset_index(drop=True)


def independent_signals(warnings: pd.DataFrame) -> pd.Series:
    """How many independent signals each customer has, by ``place``.

    Signals of one family count once, and the share of the peers' sales only where neither gaps nor values speak.
    """
    families = pd.crosstab(warnings["place"], warnings["signal"].map(FAMILIES)) > 0
    families = families.reindex(columns=sorted({FAMILIES[name] for name in SIGNALS}), fill_value=False)
    alone = families["sales"] & ~families["rhythm"] & ~families["basket"]
    return families.drop(columns="sales").sum(axis=1) + alone
