"""V1 where no work has a price: the serving load, a stand-in that counts work and holds no money.

Orders, lines sold and returns of a customer for 10,000 of its revenue, each in standard deviations from the mean of all
customers; the load is the mean of the three. What nobody does, or all do alike, tells nobody apart and counts zero.
Customers with a high load are those that G7 would look at first. Whether they lose money nobody can say without prices.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.core import params, tables
from analysis.core.contracts.profit import SERVING_LOADS
from analysis.core.contracts.schema import E4
from analysis.core.windows import Window
from analysis.profit.books import Books
from analysis.profit.problems import customers_who_brought_others, wallet_room

REVENUE = 10_000  # work is counted for so much revenue: 每万元, SPEC V1
RATES = {"order_rate": "orders", "line_rate": "lines", "return_rate": "return_lines"}


def find_loads(books: Books) -> pd.DataFrame:
    """The table ``serving_loads``; no rows where work has a price, since then its cost is known."""
    if books.serving is not None:
        return tables.without_rows(SERVING_LOADS)
    now = books.values["now"]
    return serving_loads(
        now, books.customers, now=books.now, ladder=books.settings.ladder, spared=customers_who_brought_others(),
        room=wallet_room(now["revenue_e4"] / E4),
    )  # fmt: skip


def serving_loads(
    values: pd.DataFrame, customers: pd.DataFrame, *, now: Window, ladder: params.Ladder, spared: set[str], room: pd.Series
) -> pd.DataFrame:
    """Rows of the table ``serving_loads``.

    Parameters
    ----------
    values : by ``customer_values`` for ``now``. Without revenue there is nothing to hold the work against.
    spared, room : as for ``problem_customers``.
    """
    people = customers[~customers["is_pseudo_customer"]].set_index("customer_id")
    sums = values[(values["revenue_e4"] > 0) & values.index.isin(people.index)]
    if sums.empty:
        return tables.without_rows(SERVING_LOADS)
    revenue = sums["revenue_e4"] / E4
    counts = sums[["orders", "return_lines"]].assign(lines=sums["lines"] - sums["return_lines"])
    rates = pd.DataFrame({rate: counts[name] * REVENUE / revenue for rate, name in RATES.items()})
    load = _standardised(rates).mean(axis=1)
    old = people["first_order_date"].reindex(sums.index) <= now.end - pd.DateOffset(months=ladder.new_months)
    cramped = ~(room.reindex(sums.index) >= ladder.room_times)
    high = (load > load.quantile(ladder.serving_quantile)) & old & cramped & ~sums.index.isin(spared)
    frame = counts.assign(
        customer_name=people["customer_name"].reindex(sums.index), revenue=revenue, **rates, load=load, is_high=high
    )
    return frame.rename_axis("customer_id").reset_index()[list(SERVING_LOADS.by_name)]


def _standardised(rates: pd.DataFrame) -> pd.DataFrame:
    spread = rates.std(ddof=0)
    return ((rates - rates.mean()) / spread.where(spread > 0, np.inf)).fillna(0.0)
