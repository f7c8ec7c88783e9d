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

    ``contribution_e4`` is missing where no line of the customer has one: an unknown cost is not zero. So is
    ``profit_e4``, which is there where ``months`` come from ``with_serving``.
    """
    inside = months[window.holds(months["month"])]
    code, ids = pd.factorize(inside["customer_id"], sort=True)
    groups = inside.groupby(code)  # by number: texts of millions of rows are slow to compare
    found = groups[_SUMS].sum().assign(contribution_e4=_known_sum(groups, "contribution_e4"))
    if "profit_e4" in months:
        profit = _known_sum(groups, "profit_e4").mask((found["lines"] > 0) & found["contribution_e4"].isna())
        found = found.assign(serving_e4=groups["serving_e4"].sum(), profit_e4=profit)
    return found.set_index(pd.Index(ids, name="customer_id"))


def with_serving(months: pd.DataFrame, serving: pd.DataFrame) -> pd.DataFrame:
    """``months`` with ``serving_e4`` and ``profit_e4``, and with months in which a customer was served and bought nothing.

    Where only a part of a month's revenue has a cost, the same part of its serving is deducted from it.

    Parameters
    ----------
    months : the table ``customer_months``.
    serving : ``customer_id, month, serving_e4``.
    """
    found = months.merge(serving, on=["customer_id", "month"], how="outer")
    bought = found["lines"].notna()
    found[[*_SUMS, "serving_e4"]] = found[[*_SUMS, "serving_e4"]].fillna(0).astype("int64")
    revenue = found["revenue_e4"].where(found["revenue_e4"] > 0)
    costed = (found["costed_revenue_e4"] / revenue).fillna(1.0).clip(0, 1)
    charged = np.rint(found["serving_e4"] * costed).astype("int64")
    known = found["contribution_e4"].astype("Int64")
    return found.assign(profit_e4=known.mask(~bought, 0) - charged)


def _known_sum(groups: pd.api.typing.DataFrameGroupBy, column: str) -> pd.Series:
    """Sum of what is known; missing where nothing is."""
    return groups[column].sum(min_count=1).astype("Int64")


def ranked_values(values: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Rows of ``values`` that ``measure`` can speak of: who bought, and of profit also who was only served."""
    return values if measure == "profit" else values[values["lines"] > 0]


def rank_customers(values: pd.DataFrame, customers: pd.DataFrame, value_name: str) -> pd.Series:
    """Values of the customers that the curve ranks, largest first; equal ones by id.

    Parameters
    ----------
    values : by ``customer_values``.
    value_name : ``revenue``, ``contribution`` or ``profit``.

    Returns
    -------
    ``value_e4`` by ``customer_id``; pseudo-customers and those without a known value are left out.
    """
    pseudo = customers.loc[customers["is_pseudo_customer"], "customer_id"]
    found = ranked_values(values, value_name)[f"{value_name}_e4"].dropna().astype("int64").rename("value_e4")
    found = found[~found.index.isin(pseudo)].sort_index()
    return found.sort_values(ascending=False, kind="stable")


def customer_profit(
    now: pd.DataFrame,
    before: pd.DataFrame,
    customers: pd.DataFrame,
    value_name: str,
    part: pd.Series | None,
    work: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Rows of the table ``customer_profit``.

    Parameters
    ----------
    now, before : by ``customer_values``, for the window and the one before.
    part : of each customer in the bridge, by ``customer_id``; ``None`` where the data is too short for one.
    work : by ``Serving.main_work``; ``None`` where no work has a price.
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
    unserved = pd.Series(pd.NA, index=ids, dtype="Int64")
    serving = sums["serving_e4"].astype("Int64") if "serving_e4" in sums else unserved
    revenue = counts["revenue_e4"]
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
            "serving_cost": _money(serving),
            "profit": _money(sums.get("profit_e4", unserved)),
            "serving_share": (serving / revenue.where(revenue > 0)).astype("Float64").to_numpy("float64", na_value=np.nan),
            "main_work": None if work is None else work["activity"].reindex(ids),
            "main_work_share": np.nan if work is None else work["share"].reindex(ids),
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
