"""C3: early warning. Every signal of every customer is watched against what was usual for it, under one budget of false alarms.

Key customers have a budget of their own, so that they are watched more closely. A part of each budget is for the gaps between
orders: silence is what all who leave have in common. The rest is for the other signals. Whoever shares a part has the same
mean time between false alarms: customers x signals over the budget, and no less than is worth anything.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.churn.signal_records import Records
from analysis.churn.signals import Spans, day_number
from analysis.core.contracts.churn_warnings import FAMILIES, SIGNALS
from analysis.core.params import Churn, Warnings
from analysis.models.first_alarm import Asked
from analysis.models.newton import Array
from analysis.models.periods import months_before
from analysis.models.run_length import MONTH_DAYS
from analysis.models.watching import Watchable, Watched, watch_all


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
    arl_days = run_lengths(seen, is_key, asked)
    simulation = Asked(asked.open_months / asked.watched_months, asked.simulated, settings.random_seed)
    signals = {
        name: [
            watch_all(part, arl_days[name][is_key[part.who].astype(int)], spans.watched_days, simulation)
            for part in parts
        ]
        for name, parts in seen.items()
    }
    return Watching(spans, signals, is_key, ordering, _alarms(signals))


def run_lengths(seen: dict[str, list[Watchable]], is_key: Array, asked: Warnings) -> dict[str, Array]:
    """Wanted mean days between false alarms of every signal, of other and of key customers."""
    cells = {
        name: sum((np.bincount(is_key[part.who].astype(int), minlength=2) for part in parts), np.zeros(2, int))
        for name, parts in seen.items()
    }
    gaps = cells["order_gap"]
    rest = sum(cells.values()) - gaps
    budget = np.array([asked.alarms_monthly.other, asked.alarms_monthly.key])
    for_gaps = budget * np.where(rest > 0, asked.order_gap_share, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        others = np.where(rest > 0, rest / (budget - for_gaps), np.inf)
    months = {name: gaps / for_gaps if name == "order_gap" else others for name in cells}
    return {name: np.maximum(one, asked.least_run_months) * MONTH_DAYS for name, one in months.items()}


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
