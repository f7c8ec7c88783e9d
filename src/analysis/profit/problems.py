"""G7: customers that surely lose money through serving, and a ladder of measures with the money of each.

A customer is listed if the interval of its profit lies below zero, its cost to serve takes more of its revenue than
that of most others, nearly all of its goods have a cost, its wallet has no room to grow as far as that is known, it is not new, and it has brought no
other customer. Nobody is removed: each rung says what it would bring, and a person decides.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.core import params, tables
from analysis.core.contracts import optional
from analysis.core.contracts.profit import PROBLEM_CUSTOMERS, RUNGS
from analysis.core.contracts.schema import E4
from analysis.core.frames import sums_by
from analysis.core.windows import Window

SELF_SERVED = ("order", "line", "ticket_minute")
PRICE = RUNGS[0]


def profit_bounds(months: pd.DataFrame, window: Window, level: float) -> pd.DataFrame:
    """``profit, profit_hi`` of each customer in the currency: the sum of its months, and its upper end.

    The months of the window count as draws of one law, those without any row as zero, so that the sum has the
    standard error ``sqrt(n) s`` and a Student interval with ``n - 1`` degrees of freedom.

    Parameters
    ----------
    months : by ``with_serving``.
    level : of the two-sided interval.
    """
    from scipy.special import stdtrit

    inside = months[window.holds(months["month"])]
    profit = inside["profit_e4"].astype("Float64").fillna(0).astype("float64") / E4
    sums = sums_by(pd.DataFrame({"x": profit, "xx": profit**2}), inside["customer_id"])
    n = window.months
    spread = (sums["xx"] - sums["x"] ** 2 / n).clip(lower=0) / max(n - 1, 1)
    reach = stdtrit(max(n - 1, 1), (1 + level) / 2)
    return pd.DataFrame({"profit": sums["x"], "profit_hi": sums["x"] + reach * np.sqrt(n * spread)})


def problem_customers(
    ranked: pd.DataFrame,
    bounds: pd.DataFrame,
    costs: pd.DataFrame,
    small_orders: pd.Series,
    *,
    since: pd.Series,
    now: Window,
    ladder: params.Ladder,
    spared: set[str],
    room: pd.Series,
) -> pd.DataFrame:
    """Rows of the table ``problem_customers``.

    Parameters
    ----------
    ranked : the table ``customer_profit``.
    bounds : by ``profit_bounds``.
    costs : the table ``serving_costs``.
    small_orders : what putting small orders together saves, by customer.
    since : day of the first order, by customer.
    spared : customers who brought others.
    room : what a customer buys elsewhere as a multiple of what it buys here, where its wallet is known.
    """
    people = ranked[ranked["rank"].notna()].set_index("customer_id")
    costed = people["costed_revenue"] >= ladder.costed_from * people["revenue"]
    revenue = people["revenue"].where(people["revenue"] > 0)
    part = (people["serving_cost"] / revenue).fillna(np.inf).where(people["serving_cost"] > 0, 0.0)
    finite = part[np.isfinite(part)]
    dear = part > finite.quantile(ladder.serving_quantile) if len(finite) else part > 0
    old = since.reindex(people.index) <= now.end - pd.DateOffset(months=ladder.new_months)
    cramped = ~(room.reindex(people.index) >= ladder.room_times)
    surely = bounds["profit_hi"].reindex(people.index) < 0
    people["contribution"] = people["contribution"].fillna(0.0)  # who was only served bought nothing
    found = people[surely & costed & dear & old & cramped & ~people.index.isin(spared)]
    if found.empty:
        return tables.without_rows(PROBLEM_CUSTOMERS)
    work = costs[costs["period"] == "now"].assign(cost=lambda rows: rows["cost_e4"] / E4)
    by_work = work[work["customer_id"].isin(found.index)].pivot_table(
        index="customer_id", columns="activity", values="cost", aggfunc="sum", fill_value=0.0
    ).reindex(found.index, fill_value=0.0)  # fmt: skip
    measures = _measures(found, by_work, small_orders, ladder)
    frame = found[["customer_name", "revenue", "contribution", "serving_cost", "profit", "serving_share"]].assign(
        profit_hi=bounds["profit_hi"], **_causes(by_work), **measures,
        room=np.where(room.reindex(found.index).notna(), "low", "unknown"),
    )  # fmt: skip
    frame["rung"] = _rung(frame)
    return frame.reset_index()[list(PROBLEM_CUSTOMERS.by_name)]


def customers_who_brought_others() -> set[str]:
    """Referrers of customers who were won; nobody where the data has no referrals."""
    if not tables.path(optional.REFERRALS).is_file():
        return set()
    found = tables.read(optional.REFERRALS)
    return set(found.loc[(found["status"] == "won") | found["referred_id"].notna(), "referrer_id"])


def wallet_room(revenue: pd.Series) -> pd.Series:
    """What each customer buys elsewhere as a multiple of ``revenue``, by its latest known year; nothing without wallets."""
    if not tables.path(optional.WALLET).is_file():
        return pd.Series(dtype="float64")
    wallet = tables.read(optional.WALLET).dropna(subset=["annual_spend_e4"])
    latest = wallet[wallet["period"] == wallet.groupby("customer_id")["period"].transform("max")]
    spend = latest.groupby("customer_id")["annual_spend_e4"].sum() / E4
    bought = revenue.reindex(spend.index)
    return ((spend - bought) / bought.where(bought > 0)).dropna()


def _causes(by_work: pd.DataFrame) -> dict[str, pd.Series]:
    """The two kinds of work that cost most, with their shares; equal ones by name."""
    names = by_work.columns.to_numpy()
    costs = by_work.to_numpy()
    order = np.argsort(-costs, axis=1, kind="stable")
    whole = costs.sum(axis=1)
    rows = np.arange(len(costs))
    found: dict[str, pd.Series] = {}
    for place, name in ((0, "work"), (1, "next_work")):
        if place < costs.shape[1]:
            cost = costs[rows, order[:, place]]
            found[name] = pd.Series(names[order[:, place]], by_work.index).where(cost > 0)
            found[f"{name}_share"] = pd.Series(cost / whole, by_work.index).where(cost > 0)
        else:
            found[name] = pd.Series(None, by_work.index, dtype="object")
            found[f"{name}_share"] = pd.Series(np.nan, by_work.index)
    return found


def _measures(
    found: pd.DataFrame, by_work: pd.DataFrame, small_orders: pd.Series, ladder: params.Ladder
) -> dict[str, pd.Series]:
    revenue = found["revenue"].where(found["revenue"] > 0)
    served = by_work.reindex(columns=list(SELF_SERVED), fill_value=0.0).sum(axis=1)
    visits = by_work.get("visit", pd.Series(0.0, by_work.index))
    return {
        "price_rise": -found["profit"] / revenue,
        PRICE: (-found["profit"]).where(revenue.notna()),
        "minimum_order": small_orders.reindex(found.index).fillna(0.0),
        "self_service": ladder.self_service_share * served,
        "fewer_visits": ladder.fewer_visits_share * visits,
        "release": ladder.avoidable_share * found["serving_cost"] - found["contribution"],
    }


def _rung(frame: pd.DataFrame) -> pd.Series:
    """The first rung at which the savings so far reach the loss; without new prices, which nobody may take."""
    rungs = [rung for rung in RUNGS if rung not in (PRICE, "release")]
    saved = frame[rungs].cumsum(axis=1).ge(-frame["profit"], axis=0)
    first = saved.idxmax(axis=1).where(saved.any(axis=1))
    return first.fillna(pd.Series(np.where(frame["release"] > 0, "release", PRICE), frame.index))
