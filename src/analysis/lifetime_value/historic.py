"""V3: what each customer has brought so far, by the two definitions that must not be mixed.

Contribution so far is the articles' "sum of profits", here before cost to serve; revenue so far is their
"total revenue from the first purchase to the last". Years with us times the average year is the sum, by
definition.
"""

from __future__ import annotations

import pandas as pd

from analysis.core.contracts.schema import E4
from analysis.models.periods import DAYS_PER_YEAR


def historic_value(months: pd.DataFrame, customers: pd.DataFrame, *, as_of: pd.Timestamp) -> pd.DataFrame:
    """Rows of the table ``clv_history``.

    Parameters
    ----------
    months : the table ``customer_months``.
    customers : the table ``customers``; pseudo-customers are left out.
    as_of : last day that counts.
    """
    people = customers.loc[~customers["is_pseudo_customer"], ["customer_id", "first_order_date"]]
    sums = months.groupby("customer_id")[["revenue_e4", "contribution_e4"]].sum(min_count=1)
    found = people.merge(sums, on="customer_id", how="inner", validate="one_to_one")
    days = (as_of - found["first_order_date"]).dt.days + 1
    tenure = days / DAYS_PER_YEAR
    revenue, profit = (found[column].astype("Float64") / E4 for column in ("revenue_e4", "contribution_e4"))
    return pd.DataFrame({
        "customer_id": found["customer_id"],
        "tenure_years": tenure,
        "clv_hist_revenue": revenue.astype(float),
        "avg_year_revenue": (revenue / tenure).astype(float),
        "clv_hist_profit": profit.astype(float),
        "avg_year_profit": (profit / tenure).astype(float),
    })  # fmt: skip
