"""What truly happened in a world, read from its lines: no formula of the workbook is used."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.simulate.world.world import SALE
from tests.recovery.worlds import CENTS, Trial

MONTH_DAYS = 365.25 / 12  # a year of 365.25 days in 12 months


def booked(trial: Trial, first_day: int, last_day: int) -> pd.DataFrame:
    """Revenue and contribution in cents by customer as booked from one day to another, returns in their time.

    Customers without a line in that time have no row; the walk-in account is left out.
    """
    frame = lines_of(trial)
    inside = frame[frame["day"].between(first_day, last_day) & (frame["customer"] < trial.world.counter)]
    return inside.groupby("customer")[["revenue", "contribution"]].sum()


def purchases(trial: Trial, *, known_on: int) -> pd.DataFrame:
    """Purchase days with revenue and contribution in cents, net of the lines that came back by ``known_on``.

    A day that came back wholly is none.
    """
    frame = lines_of(trial)
    sold = frame[(frame["kind"] == SALE) & (frame["customer"] < trial.world.counter)]
    back = frame[(frame["kind"] != SALE) & (frame["day"] <= known_on)]
    undone = back.groupby("of_line")[["revenue", "contribution"]].sum().reindex(sold.index).fillna(0)
    net = sold.assign(revenue=sold["revenue"] + undone["revenue"],
                      contribution=sold["contribution"] + undone["contribution"])  # fmt: skip
    days = net.groupby(["customer", "day"], as_index=False)[["revenue", "contribution"]].sum()
    return days[days["revenue"] > 0]


def ahead(trial: Trial, customers: pd.Series, days: float, *, yearly: float = 0.0) -> pd.DataFrame:
    """``orders`` and ``value`` (contribution in currency) of each customer in the ``days`` after as_of.

    Parameters
    ----------
    customers : ids; the rows come in their order.
    yearly : discount rate; a month's value counts as if it came at the month's end.
    """
    made = purchases(trial, known_on=trial.world.clock.days)
    since = made["day"] - trial.last_known
    made = made[(since >= 1) & (since <= days)]
    month = np.ceil((made["day"] - trial.last_known) / MONTH_DAYS)
    worth = made["contribution"] / CENTS * (1 + yearly) ** (-month / 12)  # 12 months a year
    sums = made.assign(value=worth).groupby("customer").agg(orders=("day", "size"), value=("value", "sum"))
    places = places_of(trial, customers)
    return sums.reindex(places).fillna(0.0).reset_index(drop=True)


def places_of(trial: Trial, customers: pd.Series) -> np.ndarray:
    """Places in the world of customers named by their ids."""
    known = {name: place for place, name in enumerate(trial.world.customers.ids)}
    return customers.map(known).to_numpy(np.int64)


def day_number(trial: Trial, day: pd.Timestamp) -> int:
    """Days from the first day of the world."""
    return (day - pd.Timestamp(trial.world.clock.first)).days


def lines_of(trial: Trial) -> pd.DataFrame:
    """All lines with ``revenue`` and ``contribution`` in cents; the index is what ``of_line`` points at."""
    lines, products = trial.world.lines, trial.world.products
    cost = lines["qty"] * products.cost[lines["product"]]
    return pd.DataFrame({
        "customer": lines["customer"].astype(np.int64), "day": lines["day"].astype(np.int64), "kind": lines["kind"],
        "of_line": lines["of_line"], "revenue": lines["amount"], "contribution": lines["amount"] - cost,
    })  # fmt: skip
