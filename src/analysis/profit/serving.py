"""V1: what serving each customer costs: how often each kind of work was done, times what one of it costs.

Time-driven activity-based costing (Kaplan & Anderson 2004): one of a kind of work costs its price, or its minutes
times the price of a minute. What is left of the pool is shown as not allocated, and is nobody's cost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.core import tables
from analysis.core.contracts import optional
from analysis.core.contracts.clean import CUSTOMER_MONTHS, CUSTOMERS
from analysis.core.contracts.profit import ACTIVITIES, SERVING_COSTS, SERVING_POOLS
from analysis.core.contracts.schema import E4
from analysis.core.dialect import render
from analysis.core.engine import Engine
from analysis.core.frames import Coded
from analysis.core.windows import MONTHS_PER_YEAR, Window

SQL = Path(__file__).with_name("work.sql")
READ = (CUSTOMER_MONTHS, CUSTOMERS, optional.CONTACTS, optional.TICKETS)

# What is counted without another table. Each order of a named customer is one delivery.
BOOKED = {
    "order": "orders", "line": "lines - return_lines", "return": "return_lines",
    "delivery": "CASE WHEN is_pseudo_customer THEN 0 ELSE orders END",
}  # fmt: skip
ALWAYS = pd.Timestamp("1900-01-01")
NEEDS = {
    "visit": "contacts.kind", "ticket_minute": "tickets.minutes", "small_order": "params.yaml: profit.small_order_below",
    "overdue_day": "orders.paid_date",
}  # fmt: skip


@dataclass(frozen=True)
class Serving:
    """What serving cost, exact to the ten-thousandth.

    Attributes
    ----------
    months : ``customer_id, month, serving_e4`` of the customers with order lines.
    costs, pools : rows of the tables ``serving_costs``, sorted by its key, and ``serving_pools``.
    """

    months: pd.DataFrame
    costs: pd.DataFrame
    pools: pd.DataFrame

    def main_work(self, period: str) -> pd.DataFrame:
        """By ``customer_id``: the ``activity`` that cost most, and its ``share`` of the cost to serve."""
        found = self.costs[self.costs["period"] == period]
        code, ids = pd.factorize(found["customer_id"], sort=True)
        costs = found["cost_e4"].groupby(code)
        most, whole = found.loc[costs.idxmax()], costs.sum().to_numpy()  # the first of equal ones
        share = most["cost_e4"] / np.where(whole > 0, whole, np.nan)
        return pd.DataFrame({"activity": most["activity"], "share": share}).set_axis(pd.Index(ids, name="customer_id"))


def count_work(engine: Engine, window: Window, coded: Coded, *, small_order_below: float | None) -> pd.DataFrame:
    """``customer_id, month, is_known`` and how often each kind of work was done in ``window``, a column each.

    Parameters
    ----------
    engine : in which ``orders`` are defined, by orders.sql.
    coded : the customers as categories.
    small_order_below : sales in the currency; ``None`` counts no small orders.

    Returns
    -------
    ``is_known`` says that the id has order lines; the others are no customers, and their ids are left out.
    """
    read = [table for table in READ if tables.path(table).is_file()]
    for table in read:
        engine.view(table.name, [tables.path(table)])
    kinds = [*BOOKED, "small_order", *("visit",) * (optional.CONTACTS in read), *("ticket_minute",) * (optional.TICKETS in read)]
    sql = render(
        SQL.read_text(encoding="utf-8"), engine.dialect, booked=BOOKED, kinds=kinds,
        small_below_e4=None if small_order_below is None else round(small_order_below * E4),
        visits=optional.CONTACTS in read, minutes=optional.TICKETS in read,
        first=f"{window.first:%Y-%m-%d}", last=f"{window.last:%Y-%m-%d}",
    )  # fmt: skip
    return engine.frame(sql, by=["customer_id", "month"], coded=coded).rename(columns=lambda name: name.removesuffix("_times"))


def measure_serving(work: pd.DataFrame, prices: pd.DataFrame, windows: Mapping[str, Window]) -> Serving:
    """The cost of all ``work`` that has a price.

    Parameters
    ----------
    work : by ``count_work``.
    prices : the table ``activity_costs``. Its pools are those of a year.
    windows : by period, ``now`` and, where the data reaches back, ``before``.
    """
    now = windows["now"]
    known = _by_age(prices[prices["activity"].isin(ACTIVITIES)])
    counted = work.loc[now.holds(work["month"]), [name for name in ACTIVITIES if name in work]].sum()
    counted = counted[counted > 0]
    pools = known.groupby("activity")["pool_total_e4"].last().astype("float64") * now.months / MONTHS_PER_YEAR
    priced = known.assign(unit_e4=unit_costs(known, pools, counted))
    rates = _rates(priced, work["month"].unique())
    rates = rates[[name for name in rates if name in work]]
    done = work[(work[list(rates)] > 0).any(axis=1)]
    at = rates.index.get_indexer(done["month"])
    costs = pd.DataFrame(
        {name: np.rint(done[name] * unit.to_numpy()[at]).astype("int64") for name, unit in rates.items()}, done.index
    )
    served = done["is_known"].to_numpy(dtype=bool)
    months = done[["customer_id", "month"]].assign(serving_e4=costs.to_numpy(dtype="int64").sum(axis=1))[served]
    in_now = now.holds(done["month"]).to_numpy()
    sums = {True: costs[in_now & served].sum(), False: costs[in_now & ~served].sum()}
    parts = [
        _by_customer(done[inside], costs[inside]).assign(period=period)
        for period, window in sorted(windows.items())
        for inside in (served & window.holds(done["month"]).to_numpy(),)
    ]
    return Serving(
        months.reset_index(drop=True),
        pd.concat(parts, ignore_index=True)[list(SERVING_COSTS.by_name)],
        _pools(sums, priced, pools, counted),
    )


def _by_customer(done: pd.DataFrame, costs: pd.DataFrame) -> pd.DataFrame:
    """``customer_id, activity, times, cost_e4`` of all work that was done."""
    code, ids = pd.factorize(done["customer_id"], sort=True)
    activities = sorted(costs)
    times, sums = (of_all[activities].groupby(code).sum().to_numpy() for of_all in (done, costs))
    some = times > 0
    customer, activity = np.nonzero(some)
    names = pd.array(activities, dtype="str").take(activity)
    return pd.DataFrame({"customer_id": ids[customer], "activity": names, "times": times[some], "cost_e4": sums[some]})


def _by_age(prices: pd.DataFrame) -> pd.DataFrame:
    """Oldest first; a price without a day was always there."""
    since = pd.to_datetime(prices["valid_from"]).astype("datetime64[s]").fillna(ALWAYS)
    return prices.assign(valid_from=since).sort_values(["valid_from", "file_no", "row_no"], ignore_index=True)


def _rates(priced: pd.DataFrame, months: np.ndarray) -> pd.DataFrame:
    """What one costs, an activity a column, by ``month``: by the row in force at the month's end, else by the first one."""
    found = {}
    ends = pd.DatetimeIndex(months) + pd.offsets.MonthEnd(0)
    for activity, own in priced.dropna(subset=["unit_e4"]).groupby("activity"):
        place = np.maximum(own["valid_from"].searchsorted(ends, side="right") - 1, 0)
        found[activity] = own["unit_e4"].to_numpy()[place]
    return pd.DataFrame(found, index=pd.DatetimeIndex(months))


def unit_costs(prices: pd.DataFrame, pools: pd.Series, counted: pd.Series) -> pd.Series:
    """What one of each row costs in ten-thousandths: its price, else minutes times rate, else its part of the pool."""
    times = prices["activity"].map(counted)
    shared = prices["activity"].map(pools) / times.where(times > 0)
    timed = prices["minutes"] * prices["capacity_rate_e4"]
    return prices["unit_cost_e4"].astype("float64").fillna(timed).fillna(shared)


def _basis(prices: pd.DataFrame) -> pd.Series:
    timed = (prices["minutes"] * prices["capacity_rate_e4"]).notna()
    return pd.Series(np.where(prices["unit_cost_e4"].notna(), "unit_cost", np.where(timed, "time", "pool")), prices.index)


def _pools(sums: dict[bool, pd.Series], priced: pd.DataFrame, pools: pd.Series, counted: pd.Series) -> pd.DataFrame:
    """Rows of ``serving_pools``: what was done for customers, for others, and what is left, adds up to the pool."""
    last = priced.assign(basis=_basis(priced)).groupby("activity").last()
    customers, others = (sums[is_known].reindex(last.index).fillna(0).astype("Int64") for is_known in (True, False))
    can = last.index.isin(list(BOOKED)) | last.index.isin(counted.index)
    pool = pools.reindex(last.index).round().astype("Int64")
    frame = pd.DataFrame({
        "times": counted.reindex(last.index).fillna(0.0).where(can),
        "unit_cost": (last["unit_e4"] / E4).where(can),
        "basis": last["basis"].where(can & last["unit_e4"].notna()),
        "customers_e4": customers.where(can),
        "others_e4": others.where(can),
        "pool_e4": pool,
    })  # fmt: skip
    frame["unallocated_e4"] = pool - frame["customers_e4"].fillna(0) - frame["others_e4"].fillna(0)
    frame["needs"] = [None if able else NEEDS[name] for name, able in zip(frame.index, can, strict=True)]
    return frame.reset_index()[list(SERVING_POOLS.by_name)]
