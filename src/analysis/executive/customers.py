"""X4: whom to call, where the value sits, and who is expected to bring most."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.core.contracts.churn import CALLED
from analysis.core.contracts.executive import CALL_LIST, SEGMENT_VALUES, TOP_VALUES, VALUE_STATES


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


def segment_values(
    segments: pd.DataFrame, rfm: pd.DataFrame, profits: pd.DataFrame, measure: str
) -> pd.DataFrame:
    """Rows of the table ``segment_values``: the segments with money of the page's own measure, in the order of the rules.

    Parameters
    ----------
    segments, rfm, profits : the tables ``segments``, ``rfm`` and ``customer_profit``.
    """
    named = rfm[["customer_id", "segment"]].merge(profits[["customer_id", measure]], on="customer_id")
    sums = named.groupby("segment")[measure].sum()
    frame = segments.sort_values("position", ignore_index=True)
    value = frame["segment"].map(sums).fillna(0.0).astype("float64")
    share = value / value.sum() if value.sum() > 0 else np.nan
    return frame.assign(value=value, value_share=share)[list(SEGMENT_VALUES.by_name)]


def value_states(risk: pd.DataFrame) -> pd.DataFrame:
    """Rows of the table ``value_states``."""
    found = risk.dropna(subset=["state"]).groupby("state").agg(
        customers=("customer_id", "size"), value=("recent_value", "sum"),
        value_at_risk=("value_at_risk", lambda values: values.sum(min_count=1)),
    )  # fmt: skip
    order = [state for state in VALUE_STATES.by_name["state"].values if state in found.index]
    return found.loc[order].reset_index()


def call_list(risk: pd.DataFrame, customers: pd.DataFrame, rfm: pd.DataFrame) -> pd.DataFrame:
    """Rows of the table ``call_list``: silent customers that brought something, most value at risk first."""
    quiet = risk[risk["state"].isin(CALLED) & (risk["recent_value"] > 0)].rename(
        columns={"recent_value": "value"}
    )
    known = customers[["customer_id", "customer_name", "region", "sales_rep"]]
    named = quiet.merge(known, on="customer_id").merge(
        rfm[["customer_id", "segment"]], on="customer_id", how="left"
    )
    order = ["value_at_risk", "value", "customer_id"]
    return named.sort_values(order, ascending=[False, False, True], ignore_index=True)[
        list(CALL_LIST.by_name)
    ]


def top_values(clv: pd.DataFrame, customers: pd.DataFrame, rfm: pd.DataFrame, count: int) -> pd.DataFrame:
    """Rows of the table ``top_values``: the ``count`` customers expected to bring most over the nearest time ahead."""
    near = clv[(clv["horizon_months"] == clv["horizon_months"].min()) & clv["clv"].notna()]
    top = near.sort_values(["clv", "customer_id"], ascending=[False, True]).head(count)
    named = top.merge(customers[["customer_id", "customer_name"]], on="customer_id")
    named = named.merge(rfm[["customer_id", "segment"]], on="customer_id", how="left")
    return named[list(TOP_VALUES.by_name)]
