"""One table of customers, from which every grading is read (SPEC.md §1.3): nothing is computed here a second time."""

from __future__ import annotations

import pandas as pd

from analysis.core import tables
from analysis.core.contracts.profit import CUSTOMER_PROFIT, PROBLEM_CUSTOMERS
from analysis.core.contracts.segment_axes import CUSTOMER_AXES
from analysis.segment.tiers import Tiering

KEY = "customer_id"


def join_axes(
    tiering: Tiering, rfm: pd.DataFrame, wallets: pd.DataFrame, quadrants: pd.DataFrame, growth: pd.DataFrame,
    preferences: pd.DataFrame,
) -> pd.DataFrame:  # fmt: skip
    """Rows of the table ``customer_axes``: every customer with a tier, and what the other tables say of it.

    Parameters
    ----------
    rfm, wallets, quadrants, growth, preferences : the tables ``rfm``, ``wallets``, ``quadrants``, ``growth_tests``,
        ``price_preferences``.
    """
    parts = (
        (tables.read(CUSTOMER_PROFIT, columns=(KEY, "serving_share")), {"serving_share": "serving_share"}),
        (wallets, {"wallet": "wallet", "wallet_status": "wallet_status", "sow": "sow"}),
        (growth, {"relative_growth": "relative_growth", "verdict": "growth"}),
        (rfm, {"segment": "segment"}),
        (quadrants, {"quadrant": "quadrant"}),
        (preferences, {"tag": "price_tag"}),
    )
    found = tiering.customer_tiers[[KEY, "customer_name", "payment", "tier"]].set_index(KEY)
    for table, names in parts:
        found = found.join(table.set_index(KEY)[list(names)].rename(columns=names))
    problems = tables.read(PROBLEM_CUSTOMERS, columns=(KEY,))[KEY]
    found = found.assign(profit=tiering.value, is_problem=found.index.isin(problems))
    return found.rename_axis(KEY).reset_index()[list(CUSTOMER_AXES.by_name)]
