"""What truly happened in a world, read from its lines: no formula of the workbook is used. Money in cents."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.simulate.world.world import SALE, World

CENTS = 100
DAYS_MONTHLY = 365.25 / 12  # a year of 365.25 days has 12 months


def lines_of(world: World) -> pd.DataFrame:
    """All lines with ``revenue`` and ``contribution``; the index is what ``of_line`` points at."""
    lines = world.lines
    cost = lines["qty"] * world.products.cost[lines["product"]]
    return pd.DataFrame({
        "customer": lines["customer"].astype(np.int64), "day": lines["day"].astype(np.int64), "kind": lines["kind"],
        "of_line": lines["of_line"], "revenue": lines["amount"], "contribution": lines["amount"] - cost,
    })  # fmt: skip


def booked(world: World, first_day: int, last_day: int) -> pd.DataFrame:
    """Revenue and contribution by customer as booked from one day to another, returns in their own time.

    Customers without a line in that time have no row; the walk-in account is left out.
    """
    frame = lines_of(world)
    inside = frame[frame["day"].between(first_day, last_day) & (frame["customer"] < world.counter)]
    return inside.groupby("customer")[["revenue", "contribution"]].sum()


def purchases(world: World, *, known_on: int) -> pd.DataFrame:
    """``customer, day, revenue, contribution`` of each purchase day up to ``known_on``, net of what came back by then.

    A day that came back wholly is none.
    """
    frame = lines_of(world)
    frame = frame[(frame["day"] <= known_on) & (frame["customer"] < world.counter)]
    sold, back = frame[frame["kind"] == SALE], frame[frame["kind"] != SALE]
    undone = back.groupby("of_line")[["revenue", "contribution"]].sum().reindex(sold.index).fillna(0)
    net = sold[["customer", "day"]].assign(**{name: sold[name] + undone[name] for name in undone})
    days = net.groupby(["customer", "day"], as_index=False)[["revenue", "contribution"]].sum()
    return days[days["revenue"] > 0]


def sums_ahead(made: pd.DataFrame, last_known: int, days: float, *, yearly: float) -> pd.DataFrame:
    """``orders`` and ``value`` in currency by customer in the ``days`` after day ``last_known``.

    Parameters
    ----------
    made : ``customer, day, value`` in cents of each purchase day.
    yearly : discount rate; what comes in a month counts as if it came at the month's end.
    """
    since = made["day"] - last_known
    inside = made[(since >= 1) & (since <= days)]
    month = np.ceil((inside["day"] - last_known) / DAYS_MONTHLY)
    worth = inside["value"] / CENTS * (1 + yearly) ** (-month / 12)  # 12 months a year
    return inside.assign(value=worth).groupby("customer").agg(orders=("day", "size"), value=("value", "sum"))
