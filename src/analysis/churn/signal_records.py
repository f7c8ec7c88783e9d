"""C3: the records behind the nine signals, read from the stored tables; a signal whose table is absent is absent here too."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.churn.signals import USED_AT_ALL, Builder, Spans, day_number
from analysis.core import tables
from analysis.core.contracts import optional
from analysis.core.contracts.clean import CUSTOMER_DAYS, CUSTOMERS, ORDER_LINES
from analysis.core.contracts.schema import E4
from analysis.core.dialect import render
from analysis.core.engine import Engine
from analysis.core.params import Warnings
from analysis.models.cusum import PoissonCounts, Trials
from analysis.models.newton import Array
from analysis.models.periods import months_before
from analysis.models.run_length import MONTH_DAYS
from analysis.models.season import Clock, fit_season
from analysis.models.watching import Watchable

HERE = Path(__file__).parent
SMALLEST = 0.1  # of a mean order: a period without sales counts as so much
BROUGHT = (optional.CONTACTS, optional.TICKETS, optional.USAGE)


@dataclass(frozen=True)
class Orders:
    """Purchase days of all customers, sorted by customer and day: place of the customer, day number, sales in currency."""

    place: Array
    day: Array
    sales: Array


@dataclass(frozen=True)
class Records:
    """Stored tables, ready to be asked for what was known on any day.

    Attributes
    ----------
    people : one row a customer in the order of their numbers, with ``is_key, industry, region``.
    """

    engine: Engine
    people: pd.DataFrame
    settings: Warnings

    def __post_init__(self) -> None:
        for table in (CUSTOMERS, CUSTOMER_DAYS, ORDER_LINES, *(one for one in BROUGHT if self.has(one))):
            self.engine.view(table.name, [tables.path(table)])
        self.engine.define("places", _sql("places", self.engine))

    def has(self, table: Any) -> bool:
        """Whether the source brought an optional table."""
        return tables.path(table).is_file()

    def read(self, step: str, until: pd.Timestamp, **values: Any) -> pd.DataFrame:
        """Rows of a query, sorted by customer and then day or month."""
        frame = self.engine.frame(_sql(step, self.engine, until=f"{until:%Y-%m-%d}", **values))
        time = "month" if "month" in frame else "day"
        order = np.lexsort((frame[time].to_numpy(), frame["place"].to_numpy()))
        return frame.take(order).reset_index(drop=True)

    def orders(self, until: pd.Timestamp) -> Orders:
        """All purchase days up to a day."""
        found = self.read("days", until)
        return Orders(found["place"].to_numpy(), found["day"].to_numpy(), found["bought_e4"].to_numpy() / E4)

    def last_contacts(self, until: pd.Timestamp) -> pd.Series:
        """Day of the last contact with each customer up to a day, missing where none is recorded."""
        found = pd.Series(pd.NaT, self.people.index, dtype="datetime64[ns]")
        if self.has(optional.CONTACTS):
            last = self.read("contacts", until).groupby("place")["day"].max()
            found.iloc[last.index] = pd.to_datetime(last, unit="D").to_numpy()
        return found

    def observe(self, spans: Spans) -> tuple[dict[str, list[Watchable]], int]:
        """Signals that the tables carry by name, each with what it watches, as known at the end of ``spans``.

        Beside them the number of customers that ordered in the watched months.
        """
        orders = self.orders(spans.until)
        active = np.zeros(len(self.people), bool)
        active[orders.place[spans.in_watch(orders.day)]] = True
        builder = Builder(self.settings, spans, active, self.people["is_key"].to_numpy(int))
        found = _order_signals(self, builder, orders)
        found |= _contacts(self, builder, orders) if self.has(optional.CONTACTS) else {}
        found |= _complaints(self, builder, orders) if self.has(optional.TICKETS) else {}
        found |= _usage(self, builder) if self.has(optional.USAGE) else {}
        found |= _payments(self, builder)
        return found, int(active.sum())


def _sql(step: str, engine: Engine, **values: Any) -> str:
    return render((HERE / f"warning_{step}.sql").read_text(encoding="utf-8"), engine.dialect, **values)


def clock_of(orders: Orders, until: pd.Timestamp, season_below: float) -> Clock:
    """The clock of the season where the orders until a day show one, else that of the calendar."""
    month = (orders.day.astype("datetime64[D]")).astype("datetime64[M]")
    first = np.append(True, orders.place[1:] != orders.place[:-1])[: orders.place.size]
    begun = month[first][np.cumsum(first) - 1] if orders.place.size else month
    ended = np.datetime64((until + pd.Timedelta(days=1)).replace(day=1), "M")
    kept = (month > begun) & (month < ended)
    monthly = pd.DataFrame({"first_month": begun[kept], "month": month[kept]}).value_counts().rename("events").reset_index()
    starters = pd.Series(month[first].astype("datetime64[ns]")).value_counts().sort_index()
    season = fit_season(monthly.astype({"first_month": "datetime64[ns]", "month": "datetime64[ns]"}), starters)
    return Clock() if season is None or season.p_value >= season_below else Clock(season.index)


def _order_signals(records: Records, builder: Builder, orders: Orders) -> dict[str, list[Watchable]]:
    settings, spans = records.settings, builder.spans
    place, day, usual = orders.place, orders.day, builder.unit_of(orders.place, orders.day)
    found = {
        "order_gap": builder.gaps(place, day, clock_of(orders, spans.until, records.settings.season_below)),
        "order_value": builder.values(place, day, np.log(orders.sales), usual, settings.looked_for.value),
        "peer_share": _shares(records, builder, orders, usual),
    }
    blocks = records.read(
        "blocks", spans.until, block=settings.breadth_orders, base_from=f"{spans.base_from:%Y-%m-%d}",
        watched_from=f"{spans.watched_from:%Y-%m-%d}",
    )  # fmt: skip
    if len(blocks):
        found["category_breadth"] = builder.values(
            blocks["place"].to_numpy(), blocks["day"].to_numpy(), np.log(blocks["categories"].to_numpy()),
            usual * settings.breadth_orders, settings.looked_for.breadth,
        )  # fmt: skip
    return found


def _shares(records: Records, builder: Builder, orders: Orders, usual: Array) -> list[Watchable]:
    """Sales of a few months over those of a typical peer (the geometric mean), of customers that order often enough for it.

    The sum of the peers' sales would move with its few largest, and all the others' shares with it.
    """
    settings, spans = records.settings, builder.spans
    ends = [spans.until]
    while months_before(ends[-1], settings.share_months) >= spans.base_from:
        ends.append(months_before(ends[-1], settings.share_months))
    edges = np.asarray([day_number(end) for end in reversed(ends)])
    period = np.searchsorted(edges, orders.day, side="left") - 1
    inside = (period >= 0) & (period < edges.size - 1)
    n, length = len(records.people), edges.size - 1
    sales = np.zeros((n, length))
    np.add.at(sales, (orders.place[inside], period[inside]), orders.sales[inside])
    peers = peer_groups(records.people, settings.least_peers)
    begun = _begun(records, orders)
    span = np.diff(edges).mean() if length else np.nan
    often = np.nan_to_num(span / usual) >= settings.share_orders
    place, at = np.nonzero(often[:, None] & (edges[None, :-1] >= begun[:, None]))
    least = sales.mean(axis=1)[place] * SMALLEST / settings.share_orders
    x = np.log(np.maximum(sales[place, at], np.maximum(least, np.finfo(float).tiny)))
    cell = peers[place] * length + at
    typical = np.bincount(cell, x) / np.maximum(np.bincount(cell), 1)
    x = x - typical[cell]
    return builder.values(place, edges[at + 1], x, np.full(n, span), settings.looked_for.share)


def peer_groups(people: pd.DataFrame, least: int) -> Array:
    """Group of each customer: its industry where enough are of it, else its region, else all."""
    named = pd.Series("", people.index)
    for kind in ("region", "industry"):
        size = people[kind].map(people[kind].value_counts())
        named = named.where(~(size >= least), kind + " " + people[kind].astype("str"))
    return np.asarray(pd.factorize(named)[0])


def _contacts(records: Records, builder: Builder, orders: Orders) -> dict[str, list[Watchable]]:
    """Refusals of our contacts, and the customer's own."""
    rows = records.read("contacts", builder.spans.until)
    theirs = rows["is_told"] & rows["is_theirs"].fillna(False)
    found, asked = {}, rows[rows["has_outcome"] & ~theirs]
    if len(asked):
        place, day = asked["place"].to_numpy(), asked["day"].to_numpy()
        declined = asked["is_declined"].to_numpy(float)
        law = Trials(records.settings.looked_for.declined)
        found["contacts_declined"] = builder.counts(law, place, day, declined, builder.unit_of(place, day))
    if theirs.any():
        month = _month_of(rows.loc[theirs, "day"].to_numpy())
        grid = builder.monthly(rows.loc[theirs, "place"].to_numpy(), month, np.ones(month.size), _begun(records, orders))
        found["customer_contacts"] = builder.counts(PoissonCounts(records.settings.looked_for.contacts), *grid, _month_units(records))
    return found


def _complaints(records: Records, builder: Builder, orders: Orders) -> dict[str, list[Watchable]]:
    """Complaints a month, from the first order on."""
    rows = records.read("months", builder.spans.until, table="tickets", day="opened_at", value="count(*)", metric="")
    grid = builder.monthly(*(rows[name].to_numpy() for name in ("place", "month", "x")), _begun(records, orders))
    return {"complaints": builder.counts(PoissonCounts(1 / records.settings.looked_for.complaints), *grid, _month_units(records))}


def _usage(records: Records, builder: Builder) -> dict[str, list[Watchable]]:
    """Use a month, from the first use on; of several things that are counted, that with most records."""
    rows = records.read("months", builder.spans.until, table="usage", day="date", value="sum(t.value)", metric="usage")
    since = np.full(len(records.people), np.inf)
    np.minimum.at(since, rows["place"].to_numpy(), _first_day(rows["month"].to_numpy()))
    place, day, x = builder.monthly(*(rows[name].to_numpy() for name in ("place", "month", "x")), since)
    logs = np.log(np.maximum(x, 0.0) + USED_AT_ALL)
    return {"usage": builder.values(place, day, logs, _month_units(records), records.settings.looked_for.usage)}


def _payments(records: Records, builder: Builder) -> dict[str, list[Watchable]]:
    """Days after due, bill by bill, as parts of the most that count; nothing where no bill tells when it was due and paid."""
    most = records.settings.overdue_most_days
    rows = records.read("bills", builder.spans.until, most=most).sort_values(["place", "day", "overdue"], kind="stable")
    if rows.empty:
        return {}
    place, day = rows["place"].to_numpy(), rows["day"].to_numpy()
    return {"overdue_days": builder.growing(place, day, rows["overdue"].to_numpy(), most, records.settings.looked_for.overdue)}


def _begun(records: Records, orders: Orders) -> Array:
    """Day of each customer's first order; infinite without one."""
    since = np.full(len(records.people), np.inf)
    np.minimum.at(since, orders.place, orders.day.astype(float))
    return since


def _month_of(day: Array) -> Array:
    return np.asarray(day.astype("datetime64[D]").astype("datetime64[M]").astype(int))


def _first_day(month: Array) -> Array:
    return np.asarray(month.astype("datetime64[M]").astype("datetime64[D]").astype(float))


def _month_units(records: Records) -> Array:
    return np.full(len(records.people), MONTH_DAYS)
