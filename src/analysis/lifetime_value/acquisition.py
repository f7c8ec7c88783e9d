"""V6: what winning and what keeping a customer costs on average, and what each may cost at most.

    ratio = (spent on winning / customers won) / (spent on keeping / customers kept)

over twelve months, or over the year of the table: won are the customers with their first order in it, kept are those
that had ordered in the year before and ordered again in it. Spend is known, the counts are chance: customers won as
Poisson, customers kept as a binomial part p of those of the year before, so that

    sd(ln ratio)^2 = 1 / won + (1 - p) / kept

An average ratio says nothing about where the next unit of money does most: that is where marginal costs are equal.

References
----------
Pfeifer (2005), The optimal ratio of acquisition and retention costs, Journal of Targeting 13(2), 179-188.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.core import tables
from analysis.core.contracts import optional
from analysis.core.contracts.clean import CUSTOMER_DAYS, CUSTOMER_RETURNS
from analysis.core.contracts.schema import E4
from analysis.core.engine import open_engine
from analysis.core.params import LifetimeValue
from analysis.core.stage import Stage
from analysis.core.windows import MONTHS_PER_YEAR
from analysis.lifetime_value.cohorts import new_since
from analysis.models.history import History
from analysis.models.newton import Array

PURPOSES = ("acquisition", "retention")
ONE_DAY = pd.Timedelta(days=1)


def read_spend() -> pd.DataFrame | None:
    """Spend by month or year and purpose; None where the data has no such table, or none of the two purposes."""
    if not tables.path(optional.SPEND).is_file():
        return None
    found = tables.read(optional.SPEND)
    known = found[found["purpose"].isin(PURPOSES) & found["amount_e4"].notna()]
    return known if set(PURPOSES) <= set(known["purpose"]) else None


def spend_windows(spend: pd.DataFrame, begins: pd.Timestamp, as_of: pd.Timestamp, new_after_months: int) -> pd.DataFrame:
    """Spend of the twelve months up to each month, or of each year where the table has years.

    Parameters
    ----------
    spend : ``period`` as 2026, 2026-Q3 or 2026-09, ``purpose``, ``amount_e4``.
    begins : first day of the data. Earlier windows than ``new_after_months`` after it are left out: first orders in
        them may be those of old customers.

    Returns
    -------
    ``starts_on, ends_on`` and the amounts ``acquisition, retention``, in currency.
    """
    dated = spend.assign(**_days_of(spend["period"]))
    dated = dated[dated["ends_on"] <= as_of]
    sums = dated.pivot_table(index=["starts_on", "ends_on"], columns="purpose", values="amount_e4", aggfunc="sum")
    sums = sums.reindex(columns=list(PURPOSES)).fillna(0).reset_index()
    rows = []
    for end in sums["ends_on"].drop_duplicates():
        start = end + ONE_DAY - pd.DateOffset(months=MONTHS_PER_YEAR)
        inside = sums[(sums["starts_on"] >= start) & (sums["ends_on"] <= end)]
        days = (inside["ends_on"] - inside["starts_on"]).dt.days.sum() + len(inside)
        if days == (end - start).days + 1:  # no part of it is missing, none counts twice
            rows.append({"starts_on": start, "ends_on": end, **(inside[list(PURPOSES)].sum() / E4)})
    found = pd.DataFrame(rows, columns=["starts_on", "ends_on", *PURPOSES])
    first = new_since(begins, max(new_after_months, MONTHS_PER_YEAR))  # there is a year before to have been kept from
    return found[found["starts_on"] >= first].reset_index(drop=True)


def count_customers(stage: Stage, windows: pd.DataFrame, value_name: str) -> pd.DataFrame:
    """Customers won and kept in each window: ``ends_on, begun, earlier, stayed``."""
    asked = [
        (row.starts_on - ONE_DAY - pd.DateOffset(months=MONTHS_PER_YEAR), row.starts_on - ONE_DAY, row.ends_on)
        for row in windows.itertuples(index=False)
    ]
    with open_engine(stage.params.engine) as engine:
        return History(engine, CUSTOMER_DAYS, CUSTOMER_RETURNS, value_name).stayed(stage.as_of, asked)


def cost_ratios(windows: pd.DataFrame, counts: pd.DataFrame, path: Array | None, settings: LifetimeValue) -> pd.DataFrame:
    """Rows of the table ``acquisition_costs``.

    Parameters
    ----------
    windows, counts : by ``spend_windows`` and ``count_customers``.
    path : value expected of a new customer up to the ends of 0, 1, ... months, in today's money; None where unknown.
    """
    from scipy.special import ndtri

    table = windows.merge(counts, on="ends_on")
    won, kept, before = (table[name].astype(float) for name in ("begun", "stayed", "earlier"))
    cost, keeping = table["acquisition"] / won.where(won > 0), table["retention"] / kept.where(kept > 0)
    ratio = cost / keeping.where(keeping > 0)
    off = ndtri((1 + settings.interval_level) / 2) * np.sqrt(1 / won + (1 - kept / before) / kept)
    value = np.nan if path is None else path[max(settings.horizon_months)]
    return pd.DataFrame({
        "ends_on": table["ends_on"], "starts_on": table["starts_on"],
        "acquisition_spend": table["acquisition"], "retention_spend": table["retention"],
        "won": table["begun"], "kept": table["stayed"], "before": table["earlier"],
        "cost_per_won": cost, "cost_per_kept": keeping,
        "ratio": ratio, "lo": ratio * np.exp(-off), "hi": ratio * np.exp(off),
        "value_to_cost": value / cost.where(cost > 0), "equity_added": won * (value - cost),
        "payback_months": [_payback(path, one) for one in cost],
    })  # fmt: skip


def _payback(path: Array | None, cost: float) -> float:
    """Months until the value of a new customer reaches its cost, 0 where its first order does; missing where none does."""
    if path is None or np.isnan(cost):
        return np.nan
    enough = np.flatnonzero(path >= cost)
    return float(enough[0]) if enough.size else np.nan


def _days_of(period: pd.Series) -> dict[str, pd.Series]:
    """First and last day of months, quarters and years as text."""
    named = [pd.Period(text.replace("-Q", "Q")) for text in period]
    return {
        "starts_on": pd.Series([one.start_time for one in named], period.index).dt.as_unit("s"),
        "ends_on": pd.Series([one.end_time.normalize() for one in named], period.index).dt.as_unit("s"),
    }
