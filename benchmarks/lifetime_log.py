"""A log of transactions whose law is known: BG/NBD orders with Gamma-Gamma values.

About 9.5 orders a customer over 104 weeks. Customers are drawn in parts, each from a seed of its own, so that a smaller log
is the beginning of a larger one.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

SEED = 20_260_930
PART = 10_000  # customers drawn at once
FIRST_DAY, DAYS = pd.Timestamp("2024-10-01"), 728
LAST_DAY = FIRST_DAY + pd.Timedelta(days=DAYS - 1)
JOINING = 364  # first orders fall on these days
ORDERS = {"r": 1.1, "alpha": 36.0, "a": 0.7, "b": 5.5}  # alpha in days
VALUES = {"p": 6.0, "q": 4.0, "gamma": 15.0}


def write_log(customers: int, file: Path) -> int:
    """Write the log of so many customers in order of time; the number of its rows.

    Columns ``customer_id`` (int64), ``order_date`` (date), ``value`` (currency, two digits, above 0).
    """
    parts = [draw_part(place, min(PART, customers - place * PART)) for place in range(-(-customers // PART))]
    customer, day, value = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((customer, day))
    dates = (FIRST_DAY.to_numpy().astype("datetime64[D]") + day[order]).astype("datetime64[D]")
    table = pa.table({"customer_id": customer[order], "order_date": pa.array(dates), "value": value[order]})
    file.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, file)
    return len(table)


def draw_part(place: int, customers: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Customer, day and value of each order of one part.

    Orders until the end are Poisson at the customer's rate, at uniform times; the customer keeps those up to the one
    at which it stops, which is geometric.
    """
    rng = np.random.default_rng([SEED, place])
    joined = rng.uniform(0, JOINING, PART)
    rate = rng.gamma(ORDERS["r"], 1 / ORDERS["alpha"], PART)
    last = rng.geometric(rng.beta(ORDERS["a"], ORDERS["b"], PART))
    nu = rng.gamma(VALUES["q"], 1 / VALUES["gamma"], PART)
    drawn = rng.poisson(rate * (DAYS - joined))
    owner = np.repeat(np.arange(PART), drawn)
    time = rng.uniform(size=owner.size) * (DAYS - joined)[owner]
    time = time[np.lexsort((time, owner))]
    kept = np.arange(owner.size) - np.repeat(drawn.cumsum() - drawn, drawn) < last[owner]
    owner = np.concatenate([np.arange(PART), owner[kept]])
    day = (joined[owner] + np.concatenate([np.zeros(PART), time[kept]])).astype(np.int64)
    value = np.maximum((rng.gamma(VALUES["p"], 1.0, owner.size) / nu[owner]).round(2), 0.01)
    own = owner < customers
    return owner[own] + place * PART + 1, np.minimum(day, DAYS - 1)[own], value[own]
