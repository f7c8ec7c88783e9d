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
    last = max(_counted(by_month, usual, clean))
    last = max(month for month in (last, _next(last)) if month in by_month)
    covered = max(day for day in lines if (day.year, day.month) == last)
    month_end = datetime.date(*last, calendar.monthrange(*last)[1])
    if (month_end - covered).days <= clean["complete_month_slack_days"]:
        return month_end, covered
    return datetime.date(*last, 1) - datetime.timedelta(days=1), covered


def _counted(by_month: Counter[Month], usual: float, clean: dict[str, Any]) -> list[Month]:
    """Months with enough lines; after a gap of over a year all that follows must have enough together."""
    runs: list[list[Month]] = []
    for month in sorted(by_month):
        if by_month[month] < usual * clean["thin_month_share"] or (by_month[month] == 1 and usual > 1):
            continue
        if runs and _number(month) - _number(runs[-1][-1]) <= 13:  # 12 months without lines between them
            runs[-1].append(month)
        else:
            runs.append([month])
    enough = usual * clean["resumed_month_share"]
    return [
        month
        for place, run in enumerate(runs)
        for month in run
        if place == 0 or sum(map(by_month.__getitem__, run)) >= enough
    ]


def _number(month: Month) -> int:
    return month[0] * 12 + month[1]


def _next(month: Month) -> Month:
    year, number = month
    return (year + number // 12, number % 12 + 1)
