"""Dates and unit of the CDNOW papers."""

from __future__ import annotations

import numpy as np
import pandas as pd

DAYS_PER_WEEK = 7
CALIBRATION_END = pd.Timestamp("1997-09-30")
DATA_END = pd.Timestamp("1998-06-30")


def in_weeks(summary: pd.DataFrame) -> pd.DataFrame:
    """The same summary with its times in weeks, the unit of the papers."""
    return summary.assign(
        span_days=summary["span_days"] / DAYS_PER_WEEK, age_days=summary["age_days"] / DAYS_PER_WEEK,
        log_gaps=summary["log_gaps"] - summary["repeats"] * np.log(DAYS_PER_WEEK),
    )  # fmt: skip
