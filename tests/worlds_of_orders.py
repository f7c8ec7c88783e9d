"""Order histories with known truth: customers who follow BG/NBD and Gamma-Gamma exactly, day by day."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.core.stage import Stage, open_stage
from tests.event_tables import store_events

UNIT = 10_000


def order_world(n: int, *, start: str, end: str, seed: int, stops: bool = True) -> pd.DataFrame:
    """Days with orders of ``n`` customers: ``customer_id, order_date, bought_e4``.

    Rates are Gamma(0.8, 30 days), so that the mean gap is 37 days; the probability of stopping after a
    repeat order is Beta(0.8, 6); values are Gamma(4, nu), nu ~ Gamma(4, 150), so that the mean order is
    200.
    """
    rng = np.random.default_rng(seed)
    first, last = pd.Timestamp(start), pd.Timestamp(end)
    length = (last - first).days
    rows = []
    for place in range(n):
        day = rng.uniform(0, length / 2)
        rate, stop, scale = rng.gamma(0.8, 1 / 30), rng.beta(0.8, 6) if stops else 0, rng.gamma(4, 1 / 150)
        rows.append((f"c{place:05}", int(day), rng.gamma(4) / scale))
        while (day := day + rng.exponential(1 / rate)) < length:
            rows.append((f"c{place:05}", int(day), rng.gamma(4) / scale))
            if rng.random() < stop:
                break
    frame = pd.DataFrame(rows, columns=["customer_id", "day", "value"])
    frame["bought_e4"] = (frame["value"] * UNIT).round().astype("int64")
    summed = frame.groupby(["customer_id", "day"], as_index=False)["bought_e4"].sum()
    return summed.assign(order_date=first + pd.to_timedelta(summed["day"], unit="D")).drop(columns="day")


def regular_world(n: int, *, start: str, end: str) -> pd.DataFrame:
    """Customers who order at exact gaps of 10 to 60 days and never stop."""
    first, last = pd.Timestamp(start), pd.Timestamp(end)
    rows = [
        (f"c{place:05}", day, UNIT * (50 + place))
        for place in range(n)
        for day in pd.date_range(first + pd.Timedelta(days=place % 7), last, freq=f"{10 + place % 51}D")
    ]
    return pd.DataFrame(rows, columns=["customer_id", "order_date", "bought_e4"])


def stage_on(
    folder: Path, name: str, days: pd.DataFrame, returns: pd.DataFrame | None = None, *, as_of: str,
    value_name: str = "revenue", **settings: Any,
) -> Stage:  # fmt: skip
    """Stage ``name`` on these days, with some of its parameters set; the working folder must be
    ``folder``."""
    store_events(folder, days, returns, as_of=as_of, value_name=value_name)
    stage = open_stage(name)
    own = dataclasses.replace(stage.settings, **settings)
    return dataclasses.replace(stage, params=dataclasses.replace(stage.params, **{name: own}))
