"""V2: what each customer brings in the window, and its place among all of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.core.contracts.profit import CUSTOMER_PROFIT
from analysis.core.contracts.schema import E4
from analysis.core.windows import Window

_SUMS = ["orders", "lines", "return_lines", "loss_lines", "revenue_e4", "costed_revenue_e4"]


def customer_values(months: pd.DataFrame, window: Window) -> pd.DataFrame:
    """Sums of ``customer_months`` over ``window`` by ``customer_id``, in integers.

    ``contribution_e4`` is missing where no line of the customer has one: an unknown cost is not zero.
    """
    inside = months[window.holds(months["month"])]
    groups = inside.groupby("customer_id", sort=True)
    known = (
        inside["contribution_e4"].astype("Int64").groupby(inside["customer_id"], sort=True).sum(min_count=1)
    )
    return groups[_SUMS].sum().assign(contribution_e4=known)


def rank_customers(values: pd.DataFrame, customers: pd.DataFrame, value_name: str) -> pd.Series:
    """Values of the customers that the curve ranks, largest first; equal ones by id.

    Parameters
    ----------
    values : by ``customer_values``.
    value_name : ``contribution`` or ``revenue``.

    Returns
    -------
    ``value_e4`` by ``customer_id``; pseudo-customers and those without a known value are left out.
    """
    pseudo = customers.loc[customers["is_pseudo_customer"], "customer_id"]
    found = values[f"{value_name}_e4"].dropna().astype("int64").rename("value_e4")
    found = found[~found.index.isin(pseudo)].sort_index()
    return found.sort_values(ascending=False, kind="stable")


def customer_profit(
    now: pd.DataFrame, before: pd.DataFrame, customers: pd.DataFrame, value_name: str, part: pd.Series | None
) -> pd.DataFrame:
    """Rows of the table ``customer_profit``.

    Parameters
    ----------
    now, before : by ``customer_values``, for the window and the one before.
    part : of each customer in the bridge, by ``customer_id``; ``None`` where the data is too short for one.
    """
    ids = now.index.union(before.index)
    facts = customers.set_index("customer_id").loc[ids]
    sums = now.reindex(ids)
    counts = sums[_SUMS].fillna(0).astype("int64")
    ranked = rank_customers(now, customers, value_name)
    places = pd.Series(np.arange(1, len(ranked) + 1), index=ranked.index)
    total = ranked.sum()
    running = ranked.cumsum() / total if total > 0 else ranked * np.nan
    costed = counts["costed_revenue_e4"] == counts["revenue_e4"]
    known = sums["contribution_e4"].notna()
    frame = pd.DataFrame(
        {
            "customer_name": facts["customer_name"],
            "is_pseudo_customer": facts["is_pseudo_customer"],
            **{name: counts[name] for name in ("orders", "lines", "return_lines", "loss_lines")},
            "revenue": counts["revenue_e4"] / E4,
            "costed_revenue": counts["costed_revenue_e4"] / E4,
            "contribution": _money(sums["contribution_e4"]),
            "profit_status": np.where(
                known & costed, "measured", np.where(known, "partial", "not_available")
            ),
            "rank": places.reindex(ids).astype("Int64"),
            "customer_share": (places / len(ranked)).reindex(ids),
            "cumulative_share": running.reindex(ids).astype("float64"),
            "revenue_before": before["revenue_e4"].reindex(ids).fillna(0) / E4,
            "contribution_before": _money(before["contribution_e4"].reindex(ids)),
            "part": None if part is None else part.reindex(ids).astype("str"),
        }
    )
    return frame.rename_axis("customer_id").reset_index()[list(CUSTOMER_PROFIT.by_name)]


def _money(values: pd.Series) -> pd.Series:
    return values.astype("Int64").astype("Float64").to_numpy("float64", na_value=np.nan) / E4
