"""C2: what happened to every customer month by month, from order lines and from what else the data brings.

A month's numbers know nothing of later months, so that a driver which is made of the numbers up to a month is known
at its end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.churn import answers, deliveries
from analysis.core import tables
from analysis.core.contracts import optional
from analysis.core.contracts.clean import CUSTOMER_RETURNS, ORDER_LINES, RUN_FACTS
from analysis.core.contracts.schema import E4, Table
from analysis.core.dialect import render
from analysis.core.engine import Engine, open_engine
from analysis.core.params_churn_drivers import Drivers
from analysis.core.stage import Stage
from analysis.core.windows import window_to
from analysis.models.guards import check_known_by
from analysis.models.newton import Array
from analysis.models.periods import DAYS_PER_MONTH

FOLDER = Path(__file__).parent
LINES = FOLDER / "driver_months.sql"
EVENTS = FOLDER / "driver_events.sql"
YEAR_DAYS = 365
NOBODY = -1


@dataclass(frozen=True)
class Panel:
    """Customers in rows, months in columns.

    Attributes
    ----------
    customer_ids : in order; where the base is large, so many of them drawn by lot.
    months : first day of each, without a gap; the last is the last whole month up to as_of.
    sums : what happened in each month, by name: ``orders, buying_months, kinds, bought_e4, priced_e4, level_e4, compared_e4, rise_e4, told_e4, let_off_e4,
        returned_e4, due, late`` (orders whose delivery was due, and that were late), and where the tables are there ``complaints, slow,
        contacts``, and ``answers, unsatisfied`` (answers to surveys, and whether the month's last one was not satisfied).
    reps : place of the sales rep of the month's last order; ``NOBODY`` where there is none.
    drawn : share of the customers that are in it.
    """

    customer_ids: pd.Index
    months: pd.DatetimeIndex
    sums: Mapping[str, Array]
    reps: Array
    drawn: float

    @property
    def active(self) -> Array:
        """Months with an order."""
        return np.asarray(self.sums["orders"] > 0)

    def recent(self, name: str, months: int, *, back: int = 0) -> Array:
        """Sum over the ``months`` that end ``back`` months before each month; months before the data count nothing."""
        total = np.pad(np.cumsum(self.sums[name], axis=1), ((0, 0), (months + back, 0)))
        width = len(self.months)
        return np.asarray(total[:, months : months + width] - total[:, :width])

    @cached_property
    def last_active(self) -> Array:
        """Column of the last month with an order up to each month; below 0 before the first."""
        places = np.where(self.active, np.arange(len(self.months)), NOBODY)
        return np.maximum.accumulate(places, axis=1)


def read_panel(stage: Stage) -> Panel:
    """Sum the order lines and the other tables up by customer and month.

    Raises
    ------
    DataError : the data holds no whole month up to as_of.
    """
    settings: Drivers = stage.settings.drivers
    first = tables.read(RUN_FACTS)["first_date"].iloc[0]
    window = window_to(stage.as_of, settings.history_months, first)
    months = pd.date_range(max(window.first, first.to_period("M").to_timestamp()), window.last, freq="MS")
    with open_engine(stage.params.engine) as engine:
        lines, events = read_rows(engine, months, round(settings.memory_months * DAYS_PER_MONTH), stage.settings.failures.response_hours[-1])
    return panel_of(lines, events, months, settings.fitted_customers, stage.settings.random_seed)


def read_rows(engine: Engine, months: pd.DatetimeIndex, memory_days: int, promised_hours: float) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """One row a customer and month with an order, and by name, where the table is there, one a customer and month in which
    something else happened: ``customer_id, month, amount``. Complaints are to be answered within the ``promised_hours``."""
    engine.view(ORDER_LINES.name, [tables.path(ORDER_LINES)])
    until = months[-1] + pd.DateOffset(months=1)
    lines = engine.frame(render(
        LINES.read_text(encoding="utf-8"), engine.dialect, e4=E4, memory_days=memory_days, year_days=YEAR_DAYS, until=f"{until:%Y-%m-%d}",
    ))  # fmt: skip
    there = {name: asked for name, asked in _asked(promised_hours).items() if tables.path(asked[0]).is_file()}
    return lines, {name: _events(engine, table, months, **asked) for name, (table, asked) in there.items()}


def panel_of(lines: pd.DataFrame, events: Mapping[str, pd.DataFrame], months: pd.DatetimeIndex, most: int, seed: int) -> Panel:
    """The panel of customers that have ordered by the last month.

    Parameters
    ----------
    lines : one row a customer and month with an order.
    events : by name, one row a customer and month: ``customer_id, month, amount``.
    most : of more customers, so many are drawn by lot.

    Raises
    ------
    FitError : something lies after the last month.
    """
    for name, frame in {"order lines": lines, **events}.items():
        check_known_by(name, frame["month"], months[-1], "churn drivers")
    everybody = np.sort(lines["customer_id"].unique().astype(str))
    chosen = everybody
    if everybody.size > most:
        chosen = np.sort(np.random.default_rng(seed).choice(everybody, most, replace=False))
    ids = pd.Index(chosen, name="customer_id")
    names = [name for name in lines.columns if name not in ("customer_id", "month", "sales_rep")]
    sums = {name: matrix_of(lines, name, ids, months) for name in names}
    sums["buying_months"] = (sums["orders"] > 0).astype(float)
    sums |= {name: matrix_of(frame, "amount", ids, months) for name, frame in events.items()}
    rep = lines.assign(place=pd.factorize(lines["sales_rep"], sort=True)[0] - NOBODY)
    reps = matrix_of(rep, "place", ids, months).astype(np.int64) + NOBODY
    return Panel(ids, months, sums, reps, len(ids) / max(everybody.size, 1))


def _asked(promised_hours: float) -> dict[str, tuple[Table, dict[str, str]]]:
    """Where each kind of event is written down, and what of it counts; an answer or a delivery is late when its time is over."""
    promise = f"opened_at + INTERVAL {promised_hours:g} HOUR"
    orders = {"day": deliveries.KNOWN_ON, "amount": "count(DISTINCT order_date)"}
    return {
        "due": (ORDER_LINES, {**orders, "only": deliveries.DUE}),
        "late": (ORDER_LINES, {**orders, "only": f"{deliveries.DUE} AND {deliveries.LATE}"}),
        "returned_e4": (CUSTOMER_RETURNS, {"day": "return_date", "amount": "sum(returned_e4)"}),
        "complaints": (optional.TICKETS, {"day": "CAST(opened_at AS DATE)"}),
        "slow": (optional.TICKETS, {
            "day": f"CAST({promise} AS DATE)", "only": f"(first_response_at IS NULL OR first_response_at > {promise})",
        }),
        "answers": (optional.SURVEYS, {"day": "date", "only": answers.TOLD}),
        "unsatisfied": (optional.SURVEYS, {"day": "date", "amount": answers.LAST_UNSATISFIED, "only": answers.TOLD}),
        "contacts": (optional.CONTACTS, {"day": "date", "only": "(outcome IS NULL OR outcome = 'met')"}),
    }  # fmt: skip


def _events(engine: Engine, table: Table, months: pd.DatetimeIndex, *, day: str, amount: str = "count(*)", only: str = "") -> pd.DataFrame:
    engine.view(table.name, [tables.path(table)])
    until = months[-1] + pd.DateOffset(months=1)
    return engine.frame(render(
        EVENTS.read_text(encoding="utf-8"), engine.dialect, table=table.name, day=day, amount=amount, only=only,
        after=f"{months[0] - pd.Timedelta(days=1):%Y-%m-%d}", until=f"{until:%Y-%m-%d}",
    ))  # fmt: skip


def matrix_of(frame: pd.DataFrame, name: str, ids: pd.Index, months: pd.DatetimeIndex) -> Array:
    """The column ``name`` of ``customer_id, month`` as (customers, months), 0 where there is no row."""
    row, column = ids.get_indexer(frame["customer_id"]), months.get_indexer(frame["month"])
    inside = (row >= 0) & (column >= 0)
    found = np.zeros((len(ids), len(months)))
    found[row[inside], column[inside]] = frame[name].to_numpy(float)[inside]
    return found
