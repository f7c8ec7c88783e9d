"""X4: the key figures of every month end, over the window that ends there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.core.contracts.executive import KPI_MONTHS
from analysis.core.contracts.schema import Table

E4 = 10_000  # row-level money is stored in ten-thousandths
STAYED = ("grown", "shrunk", "lost")  # parts of the bridge that hold the customers of the window before


@dataclass(frozen=True)
class Span:
    """Whole months from ``first`` to ``last``."""

    first: pd.Period
    last: pd.Period

    @property
    def months(self) -> int:
        """Its length."""
        return (self.last - self.first).n + 1

    def earlier(self, months: int) -> Span:
        """The span of the same length ``months`` before."""
        return Span(self.first - months, self.last - months)

    def rows(self, months: pd.DataFrame) -> pd.DataFrame:
        """Rows of ``customer_months`` that lie inside."""
        return months[months["month"].between(self.first.start_time, self.last.start_time)]

    def is_covered(self, first_date: pd.Timestamp, slack_days: int) -> bool:
        """Whether the data reaches back to its start, give or take ``slack_days``."""
        return bool(first_date <= self.first.start_time + pd.Timedelta(days=slack_days))


def span_to(as_of: pd.Timestamp, months: int) -> Span:
    """The ``months`` whole months that end at ``as_of``, or at the last month's end before it."""
    last = (as_of + pd.Timedelta(days=1)).to_period("M") - 1
    return Span(last - (months - 1), last)


def compared_measure(
    months: pd.DataFrame,
    value_name: str,
    now: Span,
    first_date: pd.Timestamp,
    *,
    slack_days: int,
    costed_slack: float,
) -> str:
    """What the two years are compared by: the run's value, or revenue where the share of lines with a cost changed."""
    before = now.earlier(now.months)
    if value_name == "revenue" or not before.is_covered(first_date, slack_days):
        return value_name
    shares = []
    for span in (now, before):
        sums = span.rows(months)[["costed_revenue_e4", "revenue_e4"]].sum()
        shares.append(sums["costed_revenue_e4"] / sums["revenue_e4"] if sums["revenue_e4"] else 0.0)
    return value_name if abs(shares[0] - shares[1]) <= costed_slack else "revenue"


def month_ends(
    months: pd.DataFrame,
    pseudo: pd.Index,
    bridge: pd.DataFrame,
    now: Span,
    first_date: pd.Timestamp,
    *,
    measure: str,
    history_months: int,
    slack_days: int,
) -> pd.DataFrame:
    """Rows of the table ``kpi_months``: the last month ends whose window the data covers, and always the last.

    Parameters
    ----------
    months, bridge : the tables ``customer_months`` and ``bridge``.
    pseudo : ids that stand for many people.
    """
    ends = [now.earlier(back) for back in reversed(range(history_months))]
    retained = net_retention(bridge)
    rows = []
    for span in ends:
        if span != now and not span.is_covered(first_date, slack_days):
            continue
        inside = span.rows(months)
        buyers = inside.loc[inside["orders"] > 0, "customer_id"]
        month = span.last.start_time.as_unit("s")
        rows.append(
            (
                month,
                inside[f"{measure}_e4"].sum() / E4,
                buyers[~buyers.isin(pseudo)].nunique(),
                retained.get(month, np.nan),
            )
        )
    return pd.DataFrame(rows, columns=list(KPI_MONTHS.by_name))


def net_retention(bridge: pd.DataFrame) -> pd.Series:
    """Revenue that the customers of the year before brought again, as a share of what they brought then.

    ``1 + (grown + shrunk + lost) / base``, by the last month of the year.
    """
    stayed = bridge[
        (bridge["measure"] == "revenue") & (bridge["comparison"] == "year") & bridge["part"].isin(STAYED)
    ]
    sums = stayed.groupby("last_month")[["base_e4", "value_e4"]].sum()
    return 1 + sums["value_e4"] / sums["base_e4"].where(sums["base_e4"] > 0)


def change_since(frame: pd.DataFrame, column: str, now: Span, back: int) -> float | None:
    """How ``column`` moved since ``back`` months ago; None where one of the two is not there.

    Money relative to what it was, a count and a share as the difference.
    """
    values = frame.set_index("month")[column]
    last, base = (values.get((now.last - ago).start_time) for ago in (0, back))
    if base is None or pd.isna(base) or pd.isna(last):
        return None
    if _kind(KPI_MONTHS, column) != "money":
        return float(last - base)
    return float(last / base - 1) if base > 0 else None


def _kind(table: Table, column: str) -> str:
    return table.by_name[column].kind
