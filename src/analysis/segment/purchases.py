"""G2: what was known of every customer's purchases on a given day."""

from __future__ import annotations

import pandas as pd


def month_end_before(as_of: pd.Timestamp) -> pd.Timestamp:
    """The last day of the month before that of ``as_of``."""
    return as_of.normalize().replace(day=1) - pd.Timedelta(days=1)


def money_name(days: pd.DataFrame, value_name: str) -> str:
    """``contribution`` if that is the run's value and every purchase day has one, else ``revenue``.

    Scores on different measures could not be compared, so that one gap decides for all.
    """
    known = value_name == "contribution" and days["contribution_e4"].notna().all()
    return "contribution" if known else "revenue"


def purchases_on(days: pd.DataFrame, returns: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Purchase days up to ``day``, net of the returns made by then; a day wholly returned is no purchase.

    Parameters
    ----------
    days, returns : tables ``customer_days`` and ``customer_returns``.

    Returns
    -------
    ``customer_id, order_date, revenue_e4, contribution_e4``.
    """
    keys = ["customer_id", "order_date"]
    made = days[days["order_date"] <= day]
    early = returns[returns["return_date"] <= day].groupby(keys)["returned_e4"].sum().rename("back_e4")
    late = returns[returns["return_date"] > day].groupby(keys)["contribution_e4"]
    known = made[[*keys, "bought_e4", "contribution_e4"]].join(early, on=keys)
    known = known.join(late.agg(["sum", "count", "size"]), on=keys)
    back = known["back_e4"].fillna(0).astype("int64")
    undone = known["sum"].where(known["count"] == known["size"])
    kept = known["contribution_e4"].where(known["size"].isna(), known["contribution_e4"] + undone)
    found = known[keys].assign(revenue_e4=known["bought_e4"] - back, contribution_e4=kept)
    return found[(back == 0) | (back < known["bought_e4"])].reset_index(drop=True)
