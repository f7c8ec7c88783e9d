"""Late deliveries of the order lines: known on the day after the promised one, whether the goods came later or not yet.

What a file leaves blank is not delivered, if the file tells deliveries at all. An order is a customer's day.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from analysis.core import tables
from analysis.core.contracts.clean import ORDER_LINES
from analysis.core.dialect import render
from analysis.core.engine import Engine
from analysis.models.failures import share_interval

SQL = Path(__file__).with_name("deliveries.sql")
NEEDS = "orders.promised_date, orders.delivered_date"
KNOWN_ON = "CAST(promised_date + INTERVAL 1 DAY AS DATE)"
DUE = (
    "line_kind = 'sale' AND NOT is_pseudo_customer AND promised_date IS NOT NULL "
    f"AND file_no IN (SELECT file_no FROM {ORDER_LINES.name} WHERE delivered_date IS NOT NULL)"
)
LATE = "(delivered_date IS NULL OR delivered_date > promised_date)"


def late_share(engine: Engine, since: pd.Timestamp, as_of: pd.Timestamp, level: float) -> tuple[float, float, float, int]:
    """Share of the orders due in the window that were late, its interval, and the orders due; missing where none was."""
    engine.view(ORDER_LINES.name, [tables.path(ORDER_LINES)])
    sql = render(SQL.read_text("utf-8"), engine.dialect, due=DUE, late=LATE, known_on=KNOWN_ON, since=f"{since:%Y-%m-%d}", as_of=f"{as_of:%Y-%m-%d}")
    n, hits = (int(value) for value in engine.frame(sql)[["due", "late"]].iloc[0])
    low, high = share_interval(hits, n, level=level) if n else (np.nan, np.nan)
    return (hits / n if n else np.nan), float(low), float(high), n
