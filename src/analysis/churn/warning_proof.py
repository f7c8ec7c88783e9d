"""C3 held against what then happened: watched a while ago, with what was known then.

A customer with a warning was hit by it if it then placed no order in the horizon. The lead of a hit: from its first alarm to
the day on which a rule by silence alone, with as many false alarms as all its signals together, would have rung.

    that silence = m / k x G(m x rate)       G: how long a gamma variable of shape k is exceeded with that chance

with mean gap m, regularity k and false alarms a day ``rate``, since each gap exceeds it with the chance ``m x rate``.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import gammainccinv

from analysis.churn.signal_records import Orders
from analysis.churn.signals import day_number
from analysis.churn.watching import Watching
from analysis.core.contracts.churn_warnings import OUTCOMES
from analysis.core.params import Churn
from analysis.models.erlang_gaps import ErlangGaps
from analysis.models.newton import Array
from analysis.models.reliability import wilson

QUARTILES = (0.5, 0.25, 0.75)


def prove(then: Watching, orders: Orders, as_of: pd.Timestamp, settings: Churn) -> pd.DataFrame:
    """The table ``warning_proof``; without rows where nobody could be watched then.

    Parameters
    ----------
    then : what was seen a while ago.
    orders : all orders up to ``as_of``.
    """
    watched, day = then.watched(), day_number(then.spans.until)
    if watched.size == 0:
        return pd.DataFrame()
    until = min(day + settings.horizon_days, day_number(as_of))
    ordered = np.zeros(then.is_key.size, bool)
    ordered[orders.place[(orders.day > day) & (orders.day <= until)]] = True
    opened = then.warnings(settings.warnings.open_months)
    groups = {
        "red": opened.loc[opened["is_red"], "place"].unique(), "warned": opened["place"].unique(),
        "told_before": np.setdiff1d(then.alarms["place"], opened["place"]),
        "quiet": np.setdiff1d(watched, then.alarms["place"]),
    }  # fmt: skip
    first = opened.groupby("place")["day"].min()
    noticed = last_orders(orders, day, then.is_key.size) + equally_rare_silence(then)
    rows = []
    for name in OUTCOMES:
        who = groups[name].astype(int)
        gone = who[~ordered[who]]
        lead = noticed[gone] - first.reindex(gone).to_numpy() if name in ("red", "warned") else np.zeros(0)
        lead = lead[np.isfinite(lead)]
        middle, low, high = np.quantile(lead, QUARTILES) if lead.size else (np.nan,) * len(QUARTILES)
        lo, hi = wilson(np.array([gone.size]), np.array([who.size]), level=settings.interval_level) if who.size else ([np.nan], [np.nan])
        rows.append({
            "outcome": name, "watched_on": then.spans.until, "customers": who.size, "stayed_away": gone.size,
            "rate": gone.size / who.size if who.size else np.nan, "lo": lo[0], "hi": hi[0],
            "led": int((lead > 0).sum()), "lead_days": middle, "lead_lo": low, "lead_hi": high,
        })  # fmt: skip
    return pd.DataFrame(rows)


def equally_rare_silence(seen: Watching) -> Array:
    """Silence in days that is by chance as rare as any alarm of the customer; missing where its gaps are not watched."""
    rates, found = seen.rates(), np.full(seen.is_key.size, np.nan)
    for part in seen.signals.get("order_gap", []):
        if isinstance(part.of.law, ErlangGaps):
            k, mean = part.of.law.k, part.of.base
            found[part.of.who] = mean / k * gammainccinv(k, np.minimum(mean * rates[part.of.who], 1.0))
    return np.where(np.isfinite(found), found, np.nan)


def last_orders(orders: Orders, until: int, customers: int) -> Array:
    """Day of the last order of each customer up to a day."""
    found = np.full(customers, np.nan)
    known = orders.day <= until
    found[orders.place[known]] = orders.day[known]  # sorted: the last one stays
    return found
