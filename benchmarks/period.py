"""The last complete month, decided from the lines of each month as the workbook decides it."""

from __future__ import annotations

import calendar
import datetime
import statistics
from collections import Counter
from typing import Any

Month = tuple[int, int]


def last_days(lines: dict[datetime.date, int], clean: dict[str, Any]) -> tuple[datetime.date, datetime.date]:
    """The last day that counts, and the last day that the export covers, from the ``lines`` of each day."""
    by_month: Counter[Month] = Counter()
    for day, count in lines.items():
        by_month[day.year, day.month] += count
    usual = statistics.median(by_month.values())
    last = max(
        month
        for month, count in by_month.items()
        if count >= usual * clean["thin_month_share"] and (count > 1 or usual <= 1)
    )
    last = max(month for month in (last, _next(last)) if month in by_month)
    covered = max(day for day in lines if (day.year, day.month) == last)
    month_end = datetime.date(*last, calendar.monthrange(*last)[1])
    if (month_end - covered).days <= clean["complete_month_slack_days"]:
        return month_end, covered
    return datetime.date(*last, 1) - datetime.timedelta(days=1), covered


def _next(month: Month) -> Month:
    year, number = month
    return (year + number // 12, number % 12 + 1)
