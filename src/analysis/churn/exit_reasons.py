"""C2: why customers left, as it was written down: competing reasons, with what the customers had bought."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.core import tables
from analysis.core.contracts import optional
from analysis.core.contracts.churn_drivers import EXIT_REASONS_FOUND, REASONS, UNKNOWN
from analysis.core.contracts.clean import CUSTOMER_MONTHS
from analysis.core.contracts.schema import E4
from analysis.core.params import Churn
from analysis.core.windows import MONTHS_PER_YEAR
from analysis.models.failures import share_interval
from analysis.models.periods import months_before


def count_reasons(as_of: pd.Timestamp, settings: Churn) -> pd.DataFrame | None:
    """Rows of ``exit_reasons_found`` of the months that drivers are looked for in; None where nobody writes reasons down.

    Shares are of the customers whose reason is known: they hold for all that left only if asking had nothing to do with why.
    """
    if not tables.path(optional.EXIT_REASONS).is_file():
        return None
    since = months_before(as_of, settings.drivers.history_months)
    rows = tables.read(optional.EXIT_REASONS, columns=("customer_id", "date", "reason", "is_known_customer"))
    rows = rows[rows["is_known_customer"] & rows["reason"].isin(REASONS) & (rows["date"] > since)]
    rows = rows.sort_values(["customer_id", "date"], kind="stable").drop_duplicates("customer_id", keep="last")
    if rows.empty:
        return tables.without_rows(EXIT_REASONS_FOUND)
    found = rows.assign(revenue=_bought_before(rows)).groupby("reason", as_index=False).agg(customers=("reason", "size"), revenue=("revenue", "sum"))
    known = found["reason"] != UNKNOWN
    counted, total = found["customers"].to_numpy(float), float(found.loc[known, "customers"].sum())
    low, high = share_interval(np.minimum(counted, total), np.full(len(found), max(total, 1.0)), level=settings.interval_level)
    return found.assign(**{
        name: pd.Series(values, found.index).where(known & (total > 0))
        for name, values in {"share": counted / max(total, 1.0), "lo": low, "hi": high}.items()
    })  # fmt: skip


def _bought_before(rows: pd.DataFrame) -> np.ndarray:
    """Revenue of each customer in the twelve months that end with that of its last order."""
    months = tables.read(CUSTOMER_MONTHS, columns=("customer_id", "month", "orders", "revenue_e4"))
    months = months[months["customer_id"].isin(rows["customer_id"])]
    last = months[months["orders"] > 0].groupby("customer_id")["month"].max()
    end = months["customer_id"].map(last)
    inside = (months["month"] <= end) & (months["month"] > end - pd.DateOffset(months=MONTHS_PER_YEAR))
    return months[inside].groupby("customer_id")["revenue_e4"].sum().reindex(rows["customer_id"]).fillna(0.0).to_numpy() / E4
