"""Time in explicit periods: months of equal length, discounting at their ends, and days counted back by
months."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.core.windows import MONTHS_PER_YEAR
from analysis.models.newton import Array

DAYS_PER_YEAR = 365.25  # Julian year, the mean length of a calendar year over four years
DAYS_PER_MONTH = DAYS_PER_YEAR / MONTHS_PER_YEAR
DAYS_PER_WEEK = 7


def months_before(day: pd.Timestamp, months: int) -> pd.Timestamp:
    """The day after which exactly ``months`` calendar months end on ``day``.

    Examples
    --------
    >>> months_before(pd.Timestamp("2026-09-30"), 6).date().isoformat()
    '2026-03-31'
    """
    one = pd.Timedelta(days=1)
    return (day + one) - pd.DateOffset(months=months) - one


def discount_factors(months: int, *, rate_yearly: float) -> Array:
    """What 1 at the end of each of the next ``months`` is worth today: (1 + d)^(-m / 12), m = 1, 2, ..."""
    return np.asarray((1 + rate_yearly) ** -(np.arange(1, months + 1) / MONTHS_PER_YEAR))
