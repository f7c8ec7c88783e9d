"""C2: columns of the order lines as drivers: how a customer ordered, as it was known at the end of every month.

Both are taken over the orders of the months of drivers, and stand as they were at the last order. A number is the mean of
the orders that tell it, in standard deviations from the mean of the customers that ordered in the same months::

    z_it = (m_it - mean_t m) / sd_t m,    m_it = sum of the orders' numbers / orders that tell it

so that nothing in it comes from a later month; who has none stands at the mean. A text makes one term for each of its
values but the commonest, where enough customers have it: the share of the orders that have it. An order is a customer's day.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.churn.driver_panel import Panel, matrix_of
from analysis.churn.driver_terms import STEPS, at_last_order
from analysis.core import params, tables
from analysis.core.contracts.clean import ORDER_LINES
from analysis.core.dialect import render
from analysis.core.engine import Engine, open_engine
from analysis.core.errors import ParamsError
from analysis.core.params_churn_drivers import Drivers
from analysis.models.newton import Array

SQL = Path(__file__).with_name("order_columns.sql")
PREFIX = "orders."
WHERE = "params.yaml, section churn.drivers"
TEXTS = ("category", "region", "channel", "sales_rep", "industry")
NUMBERS = {  # by column: the number of an order, from those of its lines
    "order_hour": "1000 * avg(order_hour)", "unit_price": "avg(unit_price_e4)", "discount": "avg(discount_e4)",
    "qty": "sum(qty_e3)", "amount": "sum(amount_e4)", "contribution": "sum(contribution_e4)",
}  # fmt: skip


def order_terms(name: str, panel: Panel, settings: Drivers, engine: params.Engine) -> dict[str, Array]:
    """The drivers that the column ``name``, such as ``orders.channel``, makes, (customers, months).

    Raises
    ------
    ParamsError : order lines keep no such column, nobody fills it, or too few customers differ in it.
    """
    column = name.removeprefix(PREFIX)
    if column not in (*TEXTS, *NUMBERS):
        kept = ", ".join(f"{PREFIX}{one}" for one in (*TEXTS, *NUMBERS))
        raise ParamsError(WHERE, f"columns must name columns that order lines keep, of {kept}", name,
                          "Let source.columns read yours as one of them, as {your header: channel}, or write it into the table customers")  # fmt: skip
    with open_engine(engine) as opened:
        rows = read_column(column, panel.months, opened)
    rows = rows[rows["customer_id"].isin(panel.customer_ids)]
    return _number(name, rows, panel, settings) if column in NUMBERS else _shares(name, rows, panel, settings)


def read_column(column: str, months: pd.DatetimeIndex, engine: Engine) -> pd.DataFrame:
    """One row a customer, month and text: ``customer_id, month, level, orders, amount``; of a number the text is empty."""
    engine.view(ORDER_LINES.name, [tables.path(ORDER_LINES)])
    until = months[-1] + pd.DateOffset(months=1)
    return engine.frame(render(
        SQL.read_text("utf-8"), engine.dialect, written=column if column in TEXTS else None, number=NUMBERS.get(column), until=f"{until:%Y-%m-%d}",
    ))  # fmt: skip


def _number(name: str, rows: pd.DataFrame, panel: Panel, settings: Drivers) -> dict[str, Array]:
    if not rows["orders"].any():
        raise _empty(name)
    told, total = (_recent(rows, part, panel, settings) for part in ("orders", "amount"))
    known = told > 0
    mean = np.divide(total, told, out=np.zeros_like(total), where=known)
    customers = np.maximum(known.sum(axis=0), 1)
    apart = np.where(known, mean - mean.sum(axis=0) / customers, 0.0)
    spread = np.sqrt((apart**2).sum(axis=0) / customers)
    return {name: _stepped(apart / np.where(spread > 0, spread, 1.0), panel)}


def _shares(name: str, rows: pd.DataFrame, panel: Panel, settings: Drivers) -> dict[str, Array]:
    if not (rows["level"] != "").any():
        raise _empty(name)
    kept = levels_of(rows.groupby("level")["customer_id"].nunique(), settings.level_from)
    if not kept[1:]:  # one value is compared with another
        raise ParamsError(WHERE, f"columns must name columns of which two values have {settings.level_from} customers or more", name,
                          "Make level_from smaller, or leave the column out")  # fmt: skip
    orders = np.maximum(panel.recent("orders", settings.memory_months), 1)
    return {
        f"{name}: {level}": _stepped(_recent(rows[rows["level"] == level], "orders", panel, settings) / orders, panel)
        for level in kept[1:]
    }  # fmt: skip


def levels_of(customers: pd.Series, least: int) -> list[str]:
    """Values that as many as ``least`` customers have, most first; ``customers`` counts them by value."""
    return sorted((level for level, count in customers.items() if count >= least), key=lambda level: (-customers[level], level))


def _recent(rows: pd.DataFrame, part: str, panel: Panel, settings: Drivers) -> Array:
    """Sum over the months of drivers, at every month's end."""
    sums = {part: matrix_of(rows, part, panel.customer_ids, panel.months)}
    return replace(panel, sums=sums).recent(part, settings.memory_months)


def _stepped(values: Array, panel: Panel) -> Array:
    """As it was at the last order, in the steps in which drivers are told apart."""
    return np.round(at_last_order(values, panel) * STEPS) / STEPS


def _empty(name: str) -> ParamsError:
    return ParamsError(WHERE, "columns must name columns that the data fills", name, "Correct the name, or leave it out")
