"""Windows of whole months: what is compared with what."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.core.errors import DataError

MONTHS_PER_YEAR = 12


@dataclass(frozen=True)
class Window:
    """Months from ``first`` to ``last``, both named by their first day and both inside."""

    first: pd.Timestamp
    last: pd.Timestamp

    @property
    def months(self) -> int:
        """Its length."""
        return int((self.last.to_period("M") - self.first.to_period("M")).n) + 1

    @property
    def end(self) -> pd.Timestamp:
        """Its last day."""
        return self.last + pd.DateOffset(months=1) - pd.Timedelta(days=1)

    def earlier(self, months: int) -> Window:
        """The window of the same length that lies ``months`` before."""
        back = pd.DateOffset(months=months)
        return Window(self.first - back, self.last - back)

    def holds(self, month: pd.Series) -> pd.Series:
        """Which of ``month`` lie inside."""
        return month.between(self.first, self.last)


def window_to(as_of: pd.Timestamp, months: int, first_date: pd.Timestamp) -> Window:
    """The ``months`` whole months that end at ``as_of``, or at the last month's end before it.

    A month that ``as_of`` cuts is left out: it would stand beside whole months of the year before.

    Raises
    ------
    DataError : the data holds no whole month up to ``as_of``.
    """
    last = _month(as_of + pd.Timedelta(days=1)) - pd.DateOffset(months=1)
    if last < _month(first_date):
        raise DataError(
            "order_lines", "the data holds no whole month up to as_of", f"{as_of:%Y-%m-%d}",
            "Set as_of in params.yaml to a month's end",
        )  # fmt: skip
    return Window(last - pd.DateOffset(months=months - 1), last)


def is_covered(window: Window, first_date: pd.Timestamp, slack_days: int) -> bool:
    """Whether the data reaches back to the start of ``window``, give or take ``slack_days``."""
    return bool(first_date <= window.first + pd.Timedelta(days=slack_days))


def _month(day: pd.Timestamp) -> pd.Timestamp:
    return day.normalize().replace(day=1)
