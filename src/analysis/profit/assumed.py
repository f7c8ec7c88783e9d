"""V1 where no line has a cost: contribution at a margin that params.yaml assumes, with its band.

It is an assumption and is called one wherever it is shown. It is never mixed with a measured contribution, and says
nothing of who is profitable: one margin for all ranks customers as their revenue does.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.core import params, tables
from analysis.core.contracts.profit import ASSUMED_CONTRIBUTIONS
from analysis.core.contracts.schema import E4
from analysis.profit.books import Books


def margin_of(books: Books) -> params.AssumedMargin | None:
    """The margin to assume; none where it is not given, or where some line has a cost."""
    return None if books.months["contribution_e4"].notna().any() else books.settings.assumed_margin


def assume_contributions(books: Books) -> pd.DataFrame:
    """Rows of the table ``assumed_contributions``, of the present window: ``revenue * (rate - band .. rate + band)``."""
    margin = margin_of(books)
    if margin is None:
        return tables.without_rows(ASSUMED_CONTRIBUTIONS)
    now = books.values["now"]
    revenue = now.loc[now["lines"] > 0, "revenue_e4"] / E4
    people = books.customers.set_index("customer_id")[["customer_name", "is_pseudo_customer"]].loc[revenue.index]
    return people.assign(revenue=revenue, **contribution_at(revenue, margin)).reset_index()


def contribution_at(revenue: pd.Series, margin: params.AssumedMargin) -> dict[str, pd.Series]:
    """``assumed_contribution`` with ``lo`` and ``hi``; of a revenue below zero the larger margin is the lower end."""
    ends = [revenue * (margin.rate - margin.band), revenue * (margin.rate + margin.band)]
    return {
        "assumed_contribution": revenue * margin.rate,
        "lo": np.minimum(*ends),
        "hi": np.maximum(*ends),
    }
