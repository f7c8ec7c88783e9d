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
from analysis.core.windows import MONTHS_PER_YEAR, Window

SQL = Path(__file__).with_name("work.sql")
READ = (CUSTOMER_MONTHS, CUSTOMERS, optional.CONTACTS, optional.TICKETS)

# What is counted without another table. Each order of a named customer is one delivery.
BOOKED = {"order": "orders", "line": "lines - return_lines", "return": "return_lines"}
COUNTED = (*BOOKED, "delivery")
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
    costs, pools : rows of the tables ``serving_costs`` and ``serving_pools``.
    """

    months: pd.DataFrame
    costs: pd.DataFrame
    pools: pd.DataFrame


    def main_work(self, period: str) -> pd.DataFrame:
        """By ``customer_id``: the ``activity`` that cost most, and its ``share`` of the cost to serve."""
        found = self.costs[self.costs["period"] == period].sort_values(
            ["customer_id", "cost_e4", "activity"], ascending=[True, False, True]
        )
        whole = found.groupby("customer_id")["cost_e4"].transform("sum")
        share = found["cost_e4"] / whole.where(whole > 0)
        return found.assign(share=share).drop_duplicates("customer_id").set_index("customer_id")[["activity", "share"]]


def count_work(engine: Engine, window: Window, *, small_order_below: float | None) -> pd.DataFrame:
    """``customer_id, month, activity, times, is_known``: what was done in ``window`` for each id.

    Parameters
    ----------
    engine : in which ``orders`` are defined, by orders.sql.
    small_order_below : sales in the currency; ``None`` counts no small orders.

    Returns
    -------
    ``is_known`` says that the id has order lines.
    """
    read = [table for table in READ if tables.path(table).is_file()]
    for table in read:
        engine.view(table.name, [tables.path(table)])
    sql = render(
        SQL.read_text(encoding="utf-8"), engine.dialect, booked=BOOKED,
        small_below_e4=None if small_order_below is None else round(small_order_below * E4),
        visits=optional.CONTACTS in read, minutes=optional.TICKETS in read,
        first=f"{window.first:%Y-%m-%d}", last=f"{window.last:%Y-%m-%d}",
    )  # fmt: skip
    return engine.frame(sql).sort_values(["customer_id", "month", "activity"], ignore_index=True)


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
    counted = work[now.holds(work["month"])].groupby("activity")["times"].sum()
    pools = known.groupby("activity")["pool_total_e4"].last().astype("float64") * now.months / MONTHS_PER_YEAR
    priced = known.assign(unit_e4=unit_costs(known, pools, counted))
    costed = work.merge(_rates(priced, work["month"].unique()), on=["activity", "month"])
    costed["cost_e4"] = np.rint(costed["times"] * costed["unit_e4"]).astype("int64")
    of_customers = costed[costed["is_known"]]
    parts = [
        of_customers[window.holds(of_customers["month"])]
        .groupby(["customer_id", "activity"], as_index=False)[["times", "cost_e4"]].sum().assign(period=period)
        for period, window in windows.items()
    ]  # fmt: skip
    return Serving(
        of_customers.groupby(["customer_id", "month"], as_index=False)["cost_e4"].sum().rename(columns={"cost_e4": "serving_e4"}),
        pd.concat(parts, ignore_index=True)[list(SERVING_COSTS.by_name)],
        _pools(costed[now.holds(costed["month"])], priced, pools, counted),
    )


def _by_age(prices: pd.DataFrame) -> pd.DataFrame:
    """Oldest first; a price without a day was always there."""
    since = pd.to_datetime(prices["valid_from"]).astype("datetime64[s]").fillna(ALWAYS)
    return prices.assign(valid_from=since).sort_values(["valid_from", "file_no", "row_no"], ignore_index=True)


def _rates(priced: pd.DataFrame, months: np.ndarray) -> pd.DataFrame:
    """``activity, month, unit_e4``: what one costs, by the row in force at the month's end, else by the first one."""
    found = []
    for activity, own in priced.dropna(subset=["unit_e4"]).groupby("activity"):
        ends = pd.DatetimeIndex(months) + pd.offsets.MonthEnd(0)
        place = np.maximum(own["valid_from"].searchsorted(ends, side="right") - 1, 0)
        found.append(pd.DataFrame({"activity": activity, "month": months, "unit_e4": own["unit_e4"].to_numpy()[place]}))
    return pd.concat(found) if found else pd.DataFrame(columns=["activity", "month", "unit_e4"])


def unit_costs(prices: pd.DataFrame, pools: pd.Series, counted: pd.Series) -> pd.Series:
    """What one of each row costs in ten-thousandths: its price, else minutes times rate, else its part of the pool."""
    times = prices["activity"].map(counted)
    shared = prices["activity"].map(pools) / times.where(times > 0)
    timed = prices["minutes"] * prices["capacity_rate_e4"]
    return prices["unit_cost_e4"].astype("float64").fillna(timed).fillna(shared)


def _basis(prices: pd.DataFrame) -> pd.Series:
    timed = (prices["minutes"] * prices["capacity_rate_e4"]).notna()
    return pd.Series(np.where(prices["unit_cost_e4"].notna(), "unit_cost", np.where(timed, "time", "pool")), prices.index)


def _pools(costed: pd.DataFrame, priced: pd.DataFrame, pools: pd.Series, counted: pd.Series) -> pd.DataFrame:
    """Rows of ``serving_pools``: what was done for customers, for others, and what is left, adds up to the pool."""
    last = priced.assign(basis=_basis(priced)).groupby("activity").last()
    sums = costed.groupby(["activity", "is_known"])["cost_e4"].sum().unstack().reindex(columns=[True, False])
    sums = sums.reindex(last.index).fillna(0).astype("int64")
    can = last.index.isin(COUNTED) | last.index.isin(counted.index)
    pool = pools.reindex(last.index).round().astype("Int64")
    frame = pd.DataFrame({
        "times": counted.reindex(last.index).fillna(0.0).where(can),
        "unit_cost": (last["unit_e4"] / E4).where(can),
        "basis": last["basis"].where(can & last["unit_e4"].notna()),
        "customers_e4": sums[True].astype("Int64").where(can),
        "others_e4": sums[False].astype("Int64").where(can),
        "pool_e4": pool,
    })  # fmt: skip
    frame["unallocated_e4"] = pool - frame["customers_e4"].fillna(0) - frame["others_e4"].fillna(0)
    frame["needs"] = [None if able else NEEDS[name] for name, able in zip(frame.index, can, strict=True)]
    return frame.reset_index()[list(SERVING_POOLS.by_name)]
