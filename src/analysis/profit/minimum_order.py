"""N9: what a minimum order would have changed: small orders put together, or lost.

Of the orders below the minimum a share is put together with others, which saves their handling and keeps their
contribution; a share is lost, which saves handling and lines and costs the contribution; the rest stays as it is.
Nobody knows these shares beforehand, so that three guesses of ``params.yaml`` give a band, and the share of lost
orders at which nothing is gained stands beside it, and so does the cost of an order from which on the minimum pays: all
that can be told where nobody knows what an order costs.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.core import params, tables
from analysis.core.contracts.profit import MINIMUM_ORDERS
from analysis.core.contracts.schema import E4
from analysis.core.engine import Engine
from analysis.core.frames import Coded, sums_by
from analysis.core.windows import Window

HANDLING = ("order", "delivery", "small_order")  # work that an order put together with another saves
DIGITS = 2  # significant ones of a minimum: nobody announces 1,837.22


def read_small_orders(
    engine: Engine, window: Window, settings: params.MinimumOrder, coded: Coded
) -> tuple[list[float], pd.DataFrame]:
    """The minimum orders to try, in the currency, and what each named customer ordered below them.

    Parameters
    ----------
    engine : in which ``orders`` are defined, by orders.sql.
    coded : the customers as categories.

    Returns
    -------
    Rows of ``customer_id``, ``place`` of the smallest minimum above the order, and sums over such orders:
    ``orders, lines, sales_e4``, and ``contribution_e4`` with ``costed`` orders, those whose contribution is known.
    """
    months = f"month BETWEEN DATE '{window.first:%Y-%m-%d}' AND DATE '{window.last:%Y-%m-%d}'"
    asked = ", ".join(engine.dialect.quantile("sales_e4", share) for share in settings.order_shares)
    named = f"FROM orders WHERE NOT is_pseudo_customer AND {months}"
    found = engine.frame(f"SELECT {asked} {named} AND sales_e4 > 0").iloc[0]
    minima = sorted({_rounded(value / E4) for value in found.dropna() if value > 0})
    if not minima:
        return [], nothing_below().astype(coded)
    place = " ".join(f"WHEN sales_e4 < {round(value * E4)} THEN {at}" for at, value in enumerate(minima))
    below = engine.frame(
        f"SELECT customer_id, CASE {place} END AS place, CAST(count(*) AS BIGINT) AS orders, CAST(sum(lines) AS BIGINT) AS lines, "
        "CAST(sum(sales_e4) AS BIGINT) AS sales_e4, CAST(sum(contribution_e4) AS BIGINT) AS contribution_e4, "
        f"CAST(count(contribution_e4) AS BIGINT) AS costed {named} AND sales_e4 < {round(minima[-1] * E4)} GROUP BY 1, 2",
        by=["customer_id", "place"], coded=coded,
    )  # fmt: skip
    return minima, below


def nothing_below() -> pd.DataFrame:
    """No order is below any minimum."""
    return pd.DataFrame(columns=["customer_id", "place", "orders", "lines", "sales_e4", "contribution_e4", "costed"])


def minimum_orders(
    minima: list[float], below: pd.DataFrame, unit_costs: pd.Series, best: pd.Index, settings: params.MinimumOrder
) -> pd.DataFrame:
    """Rows of the table ``minimum_orders``.

    Parameters
    ----------
    minima, below : by ``read_small_orders``.
    unit_costs : what one of each kind of work costs, in the currency; without ``order`` nothing is gained.
    best : customers that should not be hurt.
    """
    rows = []
    for place, minimum in enumerate(minima):
        own = below[below["place"] <= place]
        orders, lines, costed = (int(own[name].sum()) for name in ("orders", "lines", "costed"))
        contribution = own["contribution_e4"].sum() / E4 * orders / costed if costed else np.nan
        handling = orders * float(unit_costs.reindex(list(HANDLING)).sum(min_count=1))
        saved = handling + lines * float(unit_costs.get("line", 0.0))
        guesses = [
            kept * handling + lost * (saved - contribution)
            for kept, lost in zip(settings.consolidated, reversed(settings.lost), strict=True)
        ]
        touched = own["customer_id"].unique()
        rows.append({
            "minimum": minimum, "orders": orders, "customers": len(touched), "top_customers": int(pd.Series(touched).isin(best).sum()),
            "sales": own["sales_e4"].sum() / E4,
            "contribution": contribution, "order_cost": handling,
            "gain": _middle(settings, handling, saved, contribution), "gain_lo": guesses[0], "gain_hi": guesses[-1],
            "break_even_lost": _break_even(settings, handling, saved, contribution),
            **_break_even_costs(settings, orders, contribution - lines * float(unit_costs.get("line", 0.0))),
        })  # fmt: skip
    return pd.DataFrame(rows, columns=list(MINIMUM_ORDERS.by_name)) if rows else tables.without_rows(MINIMUM_ORDERS)


def saved_by_customer(below: pd.DataFrame, unit_costs: pd.Series, settings: params.MinimumOrder) -> pd.Series:
    """What each customer's orders below the largest minimum would save, in the currency, by the middle guess."""
    handling = float(unit_costs.reindex(list(HANDLING)).sum())
    kept = settings.consolidated[len(settings.consolidated) // 2]
    return sums_by(below[["orders"]], below["customer_id"])["orders"] * handling * kept


def _middle(settings: params.MinimumOrder, handling: float, saved: float, contribution: float) -> float:
    middle = len(settings.lost) // 2
    return settings.consolidated[middle] * handling + settings.lost[middle] * (saved - contribution)


def _break_even(settings: params.MinimumOrder, handling: float, saved: float, contribution: float) -> float:
    """Where the middle share is put together: ``lost`` of ``kept * handling = lost * (contribution - saved)``."""
    kept = settings.consolidated[len(settings.consolidated) // 2] * handling
    cost = contribution - saved
    if np.isnan(cost) or np.isnan(kept):
        return np.nan
    return min(1.0, kept / cost) if cost > 0 else 1.0


def _break_even_costs(settings: params.MinimumOrder, orders: int, forgone: float) -> dict[str, float]:
    """The cost ``c`` of handling one order at which ``(kept + lost) * orders * c = lost * forgone``, by each guess.

    Parameters
    ----------
    forgone : what the orders bring before their handling; where that is below zero, losing them costs nothing.
    """
    middle = len(settings.lost) // 2
    guesses = {
        "break_even_cost": (settings.consolidated[middle], settings.lost[middle]),
        "break_even_cost_lo": (settings.consolidated[-1], settings.lost[0]),
        "break_even_cost_hi": (settings.consolidated[0], settings.lost[-1]),
    }
    return {
        name: float(np.maximum(0.0, lost * forgone / ((kept + lost) * orders))) if (kept + lost) * orders else np.nan
        for name, (kept, lost) in guesses.items()
    }


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")
