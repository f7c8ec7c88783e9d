"""Customers of known habits, drawn at random: two kinds that differ, or one kind only."""

import numpy as np
import pandas as pd


def base(kinds, *, orders=12, seed=1, end="2024-12-31"):
    """Order lines of customers of several ``kinds``.

    Parameters
    ----------
    kinds : of each its ``customers``, mean ``amount`` of an order, ``gap`` in days, share of ``weekend`` orders, ``morning`` share,
        share of ``tools``, and ``discount``.
    """
    rng, rows, last = np.random.default_rng(seed), [], pd.Timestamp(end)
    for place, kind in enumerate(kinds):
        for number in range(kind["customers"]):
            gaps = rng.gamma(3, kind["gap"] / 3, orders)
            for back in np.cumsum(gaps)[np.cumsum(gaps) < 700]:
                day = last - pd.Timedelta(days=int(back))
                day += pd.Timedelta(days=shift(day.weekday(), rng.random() < kind["weekend"], rng))
                if day <= last:
                    rows.append((
                        f"k{place}c{number:04}", f"{day:%Y-%m-%d}", 9 if rng.random() < kind["morning"] else 15,
                        "tools" if rng.random() < kind["tools"] else "paper", "web", 1,
                        round(kind["amount"] * rng.lognormal(0, 0.3), 2), kind["discount"], "sale", 1,
                    ))  # fmt: skip
    names = ["customer_id", "order_date", "order_hour", "category", "channel", "qty", "amount", "discount", "kind", "file_no"]
    return pd.DataFrame(rows, columns=names)


def shift(weekday, to_weekend, rng):
    """Days from ``weekday`` to a random day of the weekend, or of the week."""
    return int(rng.integers(5, 7) if to_weekend else rng.integers(0, 5)) - weekday


ONE = {"customers": 200, "amount": 500, "gap": 40, "weekend": 0.2, "morning": 0.5, "tools": 0.5, "discount": 0.0}
EARLY = ONE | {"customers": 120, "amount": 300, "weekend": 0.0, "morning": 0.95, "tools": 0.9}
LATE = ONE | {"customers": 80, "amount": 900, "weekend": 0.9, "morning": 0.1, "tools": 0.1, "discount": 0.2}
