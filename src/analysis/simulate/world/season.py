"""The calendar of business: how busy each day is, and the clock that runs faster on busy days."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np

from analysis.core.errors import ParamsError

# First day of the Chinese year, as announced in the official calendars.
SPRING_FESTIVAL = {
    2012: (1, 23), 2013: (2, 10), 2014: (1, 31), 2015: (2, 19), 2016: (2, 8), 2017: (1, 28), 2018: (2, 16),
    2019: (2, 5), 2020: (1, 25), 2021: (2, 12), 2022: (2, 1), 2023: (1, 22), 2024: (2, 10), 2025: (1, 29),
    2026: (2, 17), 2027: (2, 6), 2028: (1, 26), 2029: (2, 13), 2030: (2, 3),
}  # fmt: skip
# Days from the festival's first day, and how busy they are: stocks are filled before everybody goes home.
AROUND_FESTIVAL = ((-28, -8, 1.45), (-7, -4, 0.6), (-3, 9, 0.04), (10, 16, 0.5), (17, 30, 1.1))
# (month, first day, last day, how busy).
FIXED_DAYS = (
    (5, 1, 3, 0.2),
    (9, 23, 30, 1.2),
    (10, 1, 7, 0.12),
    (11, 1, 9, 1.1),
    (11, 10, 12, 2.0),
    (11, 13, 18, 0.85),
    (12, 15, 31, 1.15),
)
WEEKDAYS = (1.2, 1.15, 1.12, 1.1, 1.05, 0.4, 0.18)
DAYS_IN_YEAR = 365.25
DAYS_IN_WEEK = 7
WEEKS_IN_YEAR = DAYS_IN_YEAR / DAYS_IN_WEEK
QUARTER_DAYS = 91
MONTH_DAYS = DAYS_IN_YEAR / 12  # 12 months are a year
WHOLE_BP = 10_000  # basis points


def month_start(day: datetime.date, months_before: int) -> datetime.date:
    """First day of the month that lies ``months_before`` months before the month of ``day``."""
    months = day.year * 12 + day.month - 1 - months_before  # 12 months are a year
    return datetime.date(months // 12, months % 12 + 1, 1)


def busyness(day: datetime.date) -> float:
    """How busy ``day`` is, as a multiple of a usual day."""
    if day.year not in SPRING_FESTIVAL:
        known = f"{min(SPRING_FESTIVAL)} to {max(SPRING_FESTIVAL)}"
        what = f"the made-up history must lie in the years {known}"
        raise ParamsError("params.yaml, section demo", what, day.isoformat(), "Lower months")
    factor = WEEKDAYS[day.weekday()]
    offset = (day - datetime.date(day.year, *SPRING_FESTIVAL[day.year])).days
    for first, last, times in AROUND_FESTIVAL:
        if first <= offset <= last:
            factor *= times
    for month, first, last, times in FIXED_DAYS:
        if day.month == month and first <= day.day <= last:
            factor *= times
    return factor


class Clock:
    """Business time of a history of whole days.

    One unit of business time is one usual day of the first year. Customers live on this clock, so that
    holidays stretch their gaps and busy weeks shorten them.
    """

    def __init__(
        self, first: datetime.date, last: datetime.date, growth_yearly: float, *,
        season: bool = True, shock: tuple[datetime.date, int, float] | None = None,
    ) -> None:  # fmt: skip
        self.first, self.last = first, last
        self.days = (last - first).days + 1
        years = np.arange(self.days) / DAYS_IN_YEAR
        busy = [busyness(first + datetime.timedelta(n)) if season else 1.0 for n in range(self.days)]
        self.pace = np.array(busy) * (1 + growth_yearly) ** years
        if shock is not None:
            start, weeks, factor = shock
            day = (start - first).days
            self.pace[max(day, 0) : max(day + weeks * DAYS_IN_WEEK, 0)] *= factor
        self._end_of_day = np.cumsum(self.pace)
        self.length = float(self._end_of_day[-1])

    def day(self, time: np.ndarray) -> np.ndarray:
        """Number of the day on which business ``time`` falls; ``days`` where it lies after the end."""
        return np.searchsorted(self._end_of_day, time, side="right")

    def date(self, day: int) -> datetime.date:
        """Date of day number ``day``."""
        return self.first + datetime.timedelta(int(day))

    def short(self, day: int) -> str:
        """Day number ``day`` as order numbers carry it: 260930."""
        return self.date(day).isoformat().replace("-", "")[2:]  # 2: the century


@dataclass(frozen=True)
class Week:
    """One week of a history. ``passed`` is the business time at the end of each of its days, from its start;
    ``rise_bp`` is by how much our list prices rose in it more than the rivals', ``dearer_bp`` since the start."""

    number: int
    first: int
    passed: np.ndarray
    rise_bp: int
    dearer_bp: int

    @property
    def days(self) -> int:
        """Seven, but for the first and the last."""
        return len(self.passed)

    @property
    def after(self) -> int:
        """First day of the next week."""
        return self.first + self.days


def weeks_of(clock: Clock, last: int, rises: dict[int, int]) -> list[Week]:
    """All weeks, so that one of them ends with day ``last``; ``rises`` are the basis points by day."""
    starts = [0, *range((last + 1) % DAYS_IN_WEEK or DAYS_IN_WEEK, clock.days, DAYS_IN_WEEK)]
    found, dearer = [], sum(rise for day, rise in rises.items() if day < 0)
    for number, first in enumerate(starts):
        after = min([*starts[number + 1 : number + 2], clock.days])
        rise = sum(rise for day, rise in rises.items() if first <= day < after)
        dearer += rise
        found.append(Week(number, first, np.cumsum(clock.pace[first:after]), rise, dearer))
    return found
