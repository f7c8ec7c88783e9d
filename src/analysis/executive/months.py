"""X4: how a key figure moved between two month ends."""

from __future__ import annotations

import pandas as pd

from analysis.core.contracts.profit import KPI_MONTHS
from analysis.core.windows import Window


def change_since(ends: pd.DataFrame, column: str, now: Window, back: int) -> float | None:
    """How ``column`` of the table ``kpi_months`` moved since ``back`` months ago; None where one of the two is not there.

    Money relative to what it was, a count and a share as the difference.
    """
    values = ends.set_index("month")[column]
    last, base = (values.get(now.earlier(ago).last) for ago in (0, back))
    if base is None or pd.isna(base) or pd.isna(last):
        return None
    if KPI_MONTHS.by_name[column].kind != "money":
        return float(last - base)
    return float(last / base - 1) if base > 0 else None
