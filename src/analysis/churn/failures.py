"""C4: how often things fail, whether promises are kept, and for whom things fail again and again.

Rates are failures per 100 orders of the same months. A promise still open counts as broken once its time is over, and
not at all before. A month is unusual where chance alone would hardly take it there from the rate of all months.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.churn.deliveries import late_share
from analysis.churn.tickets import KEY, are_timed, covered_from, read_tickets
from analysis.churn.worth import read_worth
from analysis.core import tables
from analysis.core.contracts.churn_failures import (
    ALL,
    FAILING_CUSTOMERS,
    FAILURE_MONTHS,
    FAILURE_RATES,
    FAILURE_REPEATS,
    PROMISE_BREACHES,
    SERVICE_LEVELS,
    TYPES,
)
from analysis.core.contracts.clean import CUSTOMER_DAYS, CUSTOMER_RETURNS, CUSTOMERS
from analysis.core.contracts.schema import Table
from analysis.core.contracts.segment_tiers import TIERS
from analysis.core.dialect import render
from analysis.core.engine import Engine, open_engine
from analysis.core.params import Failures as Settings
from analysis.core.stage import Stage
from analysis.models.failures import (
    fails_again,
    kept_in_time,
    poisson_quantile,
    rate_interval,
    share_interval,
)
from analysis.models.newton import Array
from analysis.models.periods import months_before

ORDERS, RETURNED = (Path(__file__).with_name(name) for name in ("orders.sql", "returned.sql"))
HUNDRED = 100  # rates are per 100 orders
MEDIAN, SLOW = 0.5, 0.9  # half, and all but the slowest tenth
VALUE = ["clv", "clv_lo", "clv_hi"]
STORED = (FAILURE_RATES, FAILURE_MONTHS, FAILURE_REPEATS, SERVICE_LEVELS, PROMISE_BREACHES, FAILING_CUSTOMERS)


@dataclass(frozen=True)
class Failures:
    """What went wrong, and how fast it was put right.

    Attributes
    ----------
    tickets : by ``tickets.read_tickets``; None where there is no such table.
    since : first day of the window that the tickets tell of.
    found : the stage's tables by name; empty where there are no tickets.
    double : share of the failures of the window that were also answered too late; missing where the source does not tell.
    returned : share of the purchases of the window of which goods came back, with its interval and their number; what
        stands in for quality and size where there are no tickets.
    late : the same of the orders that were due in the window and not delivered by the day promised.
    tiers : names of the tiers, the highest first.
    """

    settings: Settings
    level: float
    as_of: pd.Timestamp
    worth: pd.DataFrame
    tickets: pd.DataFrame | None
    since: pd.Timestamp
    found: dict[str, pd.DataFrame]
    double: float
    returned: tuple[float, float, float, int]
    late: tuple[float, float, float, int]
    tiers: tuple[str, ...]

    def __getitem__(self, table: Table) -> pd.DataFrame:
        """One of the stage's tables; without rows where there are no tickets."""
        return self.found.get(table.name, tables.without_rows(table))

    @property
    def repeats(self) -> pd.DataFrame:
        """How often a failure was followed by another."""
        return self[FAILURE_REPEATS]

    def store(self) -> None:
        """Write the tables."""
        for table in STORED:
            tables.write(table, self[table])


def find_failures(stage: Stage) -> Failures:
    """Everything that the tickets tell up to the stage's day."""
    settings, level, as_of = stage.settings.failures, stage.settings.interval_level, stage.as_of
    worth = read_worth()
    wanted = months_before(as_of, settings.window_months) + pd.Timedelta(days=1)
    with open_engine(stage.params.engine) as engine:
        for table in (CUSTOMER_DAYS, CUSTOMER_RETURNS, CUSTOMERS):
            engine.view(table.name, [tables.path(table)])
        orders, returned, late = _orders(engine, as_of), _returned(engine, wanted, as_of, level), late_share(engine, wanted, as_of, level)
    tickets = read_tickets(worth, as_of, settings)
    tiers = tables.read(TIERS, columns=["tier", "position", "customer_share"])
    names = tiers[tiers["customer_share"].notna()].sort_values("position")["tier"]  # the silent are in no tier
    since, found, double = wanted, {}, np.nan
    if tickets is not None and len(tickets) and len(orders):
        told = covered_from(tickets, orders.index[0])
        since = max(told, wanted)
        double = double_failures(tickets[tickets["opened_at"] >= since], settings)
        found = _measure(tickets, orders, worth, tuple(names), settings, level=level, as_of=as_of, told=told, since=since)
    known = tickets if found else None
    return Failures(settings, level, as_of, worth, known, since, found, double, returned, late, tuple(names))


def _orders(engine: Engine, as_of: pd.Timestamp) -> pd.Series:
    """Orders of named customers on each day with any, up to ``as_of``."""
    rows = engine.frame(render(ORDERS.read_text("utf-8"), engine.dialect, as_of=f"{as_of:%Y-%m-%d}"))
    return rows.assign(day=pd.to_datetime(rows["day"], unit="D")).set_index("day")["orders"].sort_index()


def _measure(
    tickets: pd.DataFrame, orders: pd.Series, worth: pd.DataFrame, tiers: tuple[str, ...], settings: Settings, *,
    level: float, as_of: pd.Timestamp, told: pd.Timestamp, since: pd.Timestamp,
) -> dict[str, pd.DataFrame]:  # fmt: skip
    inside = tickets[tickets["opened_at"] >= since].merge(worth, on=KEY, how="left")
    charted = max(told, months_before(as_of, settings.chart_months) + pd.Timedelta(days=1))
    months = chart_months(tickets[tickets["opened_at"] >= charted], orders[orders.index >= charted], settings)
    is_late = late_answers(inside, settings)
    return {
        FAILURE_RATES.name: rates(inside, int(orders[orders.index >= since].sum()), months, level),
        FAILURE_MONTHS.name: months,
        FAILURE_REPEATS.name: repeats(tickets, since, as_of, settings, level),
        SERVICE_LEVELS.name: service_levels(inside, tiers, settings, level) if are_timed(tickets) else tables.without_rows(SERVICE_LEVELS),
        PROMISE_BREACHES.name: _breaches(inside[is_late], tiers),
        FAILING_CUSTOMERS.name: _again(inside.assign(late=is_late), as_of, settings),
    }


def _told(tickets: pd.DataFrame, done: str) -> bool:
    """Whether the source tells at all when this was done."""
    return bool(tickets[done].notna().any())


def late_answers(tickets: pd.DataFrame, settings: Settings) -> Array:
    """Which tickets were answered later than promised; none where the source does not tell."""
    if not are_timed(tickets) or not _told(tickets, "response"):
        return np.zeros(len(tickets), bool)
    target = settings.response_hours[-1]
    return np.asarray(kept_in_time(tickets["response"].to_numpy(), tickets["waited"].to_numpy(), target=target) == 0)


def double_failures(tickets: pd.DataFrame, settings: Settings) -> float:
    """Share of the failures whose answer also came too late, of those of which it is known."""
    if not len(tickets) or not are_timed(tickets) or not _told(tickets, "response"):
        return np.nan
    kept = kept_in_time(tickets["response"].to_numpy(), tickets["waited"].to_numpy(), target=settings.response_hours[-1])
    return 1 - float(np.nanmean(kept)) if np.isfinite(kept).any() else np.nan


def rates(tickets: pd.DataFrame, orders: int, months: pd.DataFrame, level: float) -> pd.DataFrame:
    """The table ``failure_rates``."""
    counts = tickets["type"].value_counts().reindex(TYPES, fill_value=0)
    counts[ALL] = len(tickets)
    found = pd.DataFrame({"type": counts.index, "tickets": counts.to_numpy(), "orders": orders})
    low, high = rate_interval(found["tickets"].to_numpy(), orders / HUNDRED, level=level) if orders else (np.nan, np.nan)
    unusual = months.groupby("type")["is_unusual"].sum().reindex(found["type"]).to_numpy(np.int64)
    return found.assign(rate=found["tickets"] / orders * HUNDRED if orders else np.nan, lo=low, hi=high, unusual_months=unusual)


def chart_months(tickets: pd.DataFrame, orders: pd.Series, settings: Settings) -> pd.DataFrame:
    """The table ``failure_months``: a u-chart with the limits of Poisson counts.

    References
    ----------
    Montgomery (2013), Introduction to Statistical Quality Control, 7th ed., section 7.3; exact limits in place of three
    standard deviations, since the counts are small.
    """
    ordered = orders.groupby(orders.index.to_period("M")).sum()
    month = pd.period_range(orders.index.min(), orders.index.max(), freq="M")
    exposure = ordered.reindex(month, fill_value=0)
    counts = pd.crosstab(tickets["opened_at"].dt.to_period("M"), tickets["type"]).reindex(index=month, columns=TYPES, fill_value=0)
    counts[ALL] = counts.sum(axis=1)
    long = counts.rename_axis(index="month", columns="type").stack().rename("tickets").reset_index()
    seen = exposure.reindex(long["month"]).to_numpy()
    usual = long["type"].map(counts.sum() / max(int(exposure.sum()), 1)).to_numpy()
    mean, tail = usual * seen, (1 - settings.control_level) / 2
    low, high = poisson_quantile(tail, mean), poisson_quantile(1 - tail, mean)
    per = np.where(seen > 0, seen / HUNDRED, np.nan)
    return pd.DataFrame({
        "month": long["month"].dt.start_time, "type": long["type"], "tickets": long["tickets"], "orders": seen,
        "rate": long["tickets"] / per, "usual": usual * HUNDRED, "lo": low / per, "hi": high / per,
        "is_unusual": (seen > 0) & ((long["tickets"] < low) | (long["tickets"] > high)),
    })  # fmt: skip


def repeats(tickets: pd.DataFrame, since: pd.Timestamp, as_of: pd.Timestamp, settings: Settings, level: float) -> pd.DataFrame:
    """The table ``failure_repeats``."""
    day = (tickets["opened_at"].dt.normalize() - since) / np.timedelta64(1, "D")
    who, rows = pd.factorize(tickets[KEY])[0], []
    for within in settings.again_days:
        again = fails_again(who, day.to_numpy(), last_day=float((as_of - since).days), within=within)[(day >= 0).to_numpy()]
        known = again[~np.isnan(again)]
        rows.append((within, known.size, *_share(known, level)))
    return pd.DataFrame(rows, columns=list(FAILURE_REPEATS.by_name))


def _share(known: Array, level: float) -> tuple[float, float, float]:
    if not known.size:
        return np.nan, np.nan, np.nan
    low, high = share_interval(known.sum(), known.size, level=level)
    return float(known.mean()), float(low), float(high)


def service_levels(tickets: pd.DataFrame, tiers: tuple[str, ...], settings: Settings, level: float) -> pd.DataFrame:
    """The table ``service_levels``; a promise of which the source tells nothing has no row."""
    promises = [("response", hours) for hours in settings.response_hours] + [("on_site", settings.on_site_hours)]
    groups = [(ALL, np.ones(len(tickets), bool)), *((tier, (tickets["tier"] == tier).to_numpy()) for tier in tiers)]
    rows = []
    for promise, hours in promises:
        if not _told(tickets, promise):
            continue
        taken, waited = tickets[promise].to_numpy(), tickets["waited"].to_numpy()
        kept = kept_in_time(taken, waited, target=hours)
        for tier, member in groups:
            known = kept[member & ~np.isnan(kept)]
            if member.any():
                rows.append((tier, promise, hours, known.size, *_share(known, level), *_quantiles(taken[member])))
    return pd.DataFrame(rows, columns=list(SERVICE_LEVELS.by_name))


def _quantiles(taken: Array) -> list[float]:
    """Median and slow end of the hours; what is open took longer than all others."""
    found = np.quantile(np.where(np.isnan(taken), np.inf, taken), (MEDIAN, SLOW), method="higher")
    return np.where(np.isinf(found), np.nan, found).tolist()


def _breaches(late: pd.DataFrame, tiers: tuple[str, ...]) -> pd.DataFrame:
    """The table ``promise_breaches``."""
    top = late[late["tier"] == tiers[0]] if tiers else late[:0]
    return top.rename(columns={"response": "response_hours"})[list(PROMISE_BREACHES.by_name)].astype({"severity": "Int64"})


def _again(tickets: pd.DataFrame, as_of: pd.Timestamp, settings: Settings) -> pd.DataFrame:
    """The table ``failing_customers``, by value of what may be lost."""
    lately = tickets[tickets["opened_at"] > as_of + pd.Timedelta(days=1 - settings.often_days)]
    sums = lately.assign(is_open=lately["resolved"].isna()).groupby(KEY).agg(
        failures=("late", "size"), answered_late=("late", "sum"), still_open=("is_open", "sum"),
        worst=("severity", "max"), last_opened_on=("opened_at", "max"),
        **{name: (name, "first") for name in ("customer_name", "sales_rep", "tier", *VALUE)},
    )  # fmt: skip
    found = sums[sums["failures"] >= settings.often_failures].reset_index()
    found["last_opened_on"] = found["last_opened_on"].dt.normalize()
    return found[list(FAILING_CUSTOMERS.by_name)].astype({"worst": "Int64"})


def _returned(engine: Engine, since: pd.Timestamp, as_of: pd.Timestamp, level: float) -> tuple[float, float, float, int]:
    """Share of the purchases in the window of which goods came back by ``as_of``."""
    sql = render(RETURNED.read_text("utf-8"), engine.dialect, since=f"{since:%Y-%m-%d}", as_of=f"{as_of:%Y-%m-%d}")
    n, hits = (int(value) for value in engine.frame(sql)[["purchases", "returned"]].iloc[0])
    low, high = share_interval(hits, n, level=level) if n else (np.nan, np.nan)
    return (hits / n if n else np.nan), float(low), float(high), n
