"""F1: what can only be decided by looking at a whole column: the order of day and month, the decimal sign, the date to stop at."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.core import params
from analysis.core.errors import DataError
from analysis.core.windows import MONTHS_PER_YEAR


@dataclass(frozen=True)
class Reading:
    """How the cells of each file are read.

    ``date_order`` names what was found for dates such as 03/04/2026, for the page.
    """

    day_first_files: tuple[int, ...]
    month_first_files: tuple[int, ...]
    comma_files: tuple[int, ...]
    discount_scale: Mapping[int, float]
    date_order: str


def decide_reading(evidence: pd.DataFrame, files: Mapping[int, str], source: params.Source) -> Reading:
    """Decide for each file from the evidence in its own cells, else from the other files.

    Parameters
    ----------
    evidence : rows of ``evidence.sql``, one a file.
    files : file number to the name that messages show.

    Raises
    ------
    DataError : where a column mixes both readings, or nothing tells them apart.
    """
    day_first = _date_orders(evidence, files, source.day_first)
    commas = _decimal_signs(evidence, files, source.decimal)
    scale = {
        int(row.file_no): 1.0 if not row.largest_discount > 1 else 100.0 for row in evidence.itertuples(index=False)
    }
    found = set(day_first.values())
    order = "none" if not found else "mixed files" if found == {True, False} else "day first" if found == {True} else "month first"
    return Reading(
        tuple(no for no, first in day_first.items() if first),
        tuple(no for no, first in day_first.items() if not first),
        tuple(no for no, comma in commas.items() if comma),
        scale,
        order,
    )


def _date_orders(evidence: pd.DataFrame, files: Mapping[int, str], told: bool | None) -> dict[int, bool]:
    open_files = evidence[evidence["open_dates"] > 0]
    if told is not None:
        return {int(no): told for no in open_files["file_no"]}
    orders: dict[int, bool] = {}
    for row in open_files.itertuples(index=False):
        if row.day_first and row.month_first:
            raise DataError(
                files[row.file_no], "column order_date mixes day-first and month-first dates",
                f"{row.day_first} and {row.month_first} of them",
                "Mend the export, or set source.day_first to true or false in params.yaml; "
                "dates that do not fit are then rejected",
            )  # fmt: skip
        if row.day_first or row.month_first:
            orders[int(row.file_no)] = bool(row.day_first)
    known = set(orders.values())
    for row in open_files.itertuples(index=False):
        if row.file_no in orders:
            continue
        if len(known) != 1 and row.either_way:
            raise DataError(
                files[row.file_no], "column order_date could be day-first or month-first in every date", None,
                "Set source.day_first to true or false in params.yaml",
            )  # fmt: skip
        orders[int(row.file_no)] = known == {True}
    return orders


def _decimal_signs(evidence: pd.DataFrame, files: Mapping[int, str], told: str | None) -> dict[int, bool]:
    if told is not None:
        return {int(no): told == "comma" for no in evidence["file_no"]}
    for row in evidence.itertuples(index=False):
        if row.decimal_commas and row.decimal_points:
            raise DataError(
                files[row.file_no], "amounts use both a comma and a point as decimal sign",
                f"{row.decimal_commas} and {row.decimal_points} of them",
                "Set source.decimal to point or comma in params.yaml; amounts that do not fit are then rejected",
            )  # fmt: skip
    return {int(row.file_no): bool(row.decimal_commas) for row in evidence.itertuples(index=False)}


@dataclass(frozen=True)
class Period:
    """The days that count end with ``as_of``; the source plausibly covers the days up to ``last_date``."""

    as_of: datetime.date
    last_date: datetime.date


def decide_period(
    months: pd.DataFrame, asked: datetime.date | None, *, slack_days: int, thin_share: float, resumed_share: float
) -> Period:
    """The last complete month, or the day asked for.

    A month counts as part of the data if it holds at least ``thin_share`` of the lines of a median month, or
    follows such a month at once; a single line dated 2099 therefore does not move the end of the data. What comes after
    more than a year without a month that counts has to hold ``resumed_share`` of a median month in all: a business that sells
    in one season has shorter gaps, and a few lines dated 2035 are no business that began again. The last month is
    complete if its last line is at most ``slack_days`` from its end.

    Parameters
    ----------
    months : one row a month with ``month`` (its first day), ``lines`` and ``last_day``.

    Raises
    ------
    DataError : no line has a date, or ``asked`` lies outside the data.
    """
    if months.empty:
        raise DataError("orders", "no line has a date that can be read", None, "Check which column is order_date")
    months = months.sort_values("month", ignore_index=True)
    usual = float(np.median(months["lines"]))
    alone = months["lines"] == 1 if usual > 1 else False
    counted = months[(months["lines"] >= usual * thin_share) & ~pd.Series(alone, index=months.index)]
    number = counted["month"].dt.year * MONTHS_PER_YEAR + counted["month"].dt.month
    run = (number.diff() > MONTHS_PER_YEAR + 1).cumsum()  # + 1: from one month to the next without a gap
    held = counted["lines"].groupby(run).transform("sum")
    last = counted.loc[(run == 0) | (held >= usual * resumed_share), "month"].max()
    following = months[months["month"] == last + pd.offsets.MonthBegin(1)]
    last = following["month"].max() if len(following) else last
    row = months[months["month"] == last].iloc[0]
    month_end = last + pd.offsets.MonthEnd(0)
    complete = (month_end - row["last_day"]).days <= slack_days
    first = months["month"].min()
    if asked is None and last == first and not complete:
        raise DataError("orders", "the data holds no complete month", f"{first:%Y-%m}",
                        "Set as_of in params.yaml to the last day that should count")  # fmt: skip
    if asked is not None and not first <= pd.Timestamp(asked) <= month_end:
        raise DataError(
            "params.yaml", f"as_of must lie between {first:%Y-%m-%d} and {month_end:%Y-%m-%d}, the data's own months",
            asked.isoformat(), "Change as_of",
        )  # fmt: skip
    chosen = asked or (month_end if complete else last - pd.Timedelta(days=1)).date()
    return Period(chosen, row["last_day"].date())
