"""X4: customers together, and whom to call."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from analysis.core.contracts.churn import CALLED
from analysis.core.contracts.executive import CALL_LIST, SILENCE
from analysis.core.windows import Window


class Group(NamedTuple):
    """Customers and what they brought; ``few`` of them hold ``few_share`` of it."""

    customers: int
    money: float
    few: int
    few_share: float


def group_of(money: pd.Series, most_share: float) -> Group:
    """The customers of ``money``, and the fewest that hold ``most_share`` of it; those at or below 0 are left out."""
    values = money[money > 0].sort_values(ascending=False)
    if values.empty:
        return Group(0, 0.0, 0, 0.0)
    running = values.cumsum() / values.sum()
    few = int((running < most_share).sum()) + 1
    return Group(len(values), float(values.sum()), few, float(running.iloc[few - 1]))


def call_list(
    risk: pd.DataFrame, customers: pd.DataFrame, rfm: pd.DataFrame, warnings: pd.DataFrame, orders_by_month: pd.Series
) -> pd.DataFrame:
    """Rows of the table ``call_list``: customers that brought something and are silent or have a red warning, most value at risk first.

    Parameters
    ----------
    risk, customers, rfm, warnings : the tables.
    orders_by_month : by ``customer_id``.
    """
    rarest = warnings.sort_values(["strength_months", "signal"], ascending=[False, True]).groupby("customer_id").first()
    red = set(rarest.index[rarest["is_red"].astype(bool)])
    called = (risk["state"].isin(CALLED) | risk["customer_id"].isin(red)) & (risk["recent_value"] > 0)
    known = customers[["customer_id", "customer_name", "region", "sales_rep"]]
    named = risk[called].rename(columns={"recent_value": "value"}).merge(known, on="customer_id")
    named = named.merge(rfm[["customer_id", "segment"]], on="customer_id", how="left")
    ids, signals, orders = named["customer_id"], rarest["signal"].to_dict(), orders_by_month.to_dict()
    found = named.assign(
        orders_by_month=[orders.get(one, "") for one in ids], is_red=ids.isin(red), stands_out=[signals.get(one, SILENCE) for one in ids]
    )
    order = ["value_at_risk", "value", "customer_id"]
    return found.sort_values(order, ascending=[False, False, True], ignore_index=True)[list(CALL_LIST.by_name)]


def orders_by_month(order_months: pd.DataFrame, now: Window) -> pd.Series:
    """Purchase days of each month of the window by customer, the oldest first, as text."""
    months = pd.date_range(now.first, now.last, freq="MS")
    counts = order_months.pivot_table(index="customer_id", columns="month", values="orders", aggfunc="sum", fill_value=0)
    counts = counts.reindex(columns=months, fill_value=0).astype("int64")
    return counts.astype(str).agg(" ".join, axis=1)
