"""Customer months drawn as small text tables, parsed into what the clean stage writes."""

import dataclasses
import io
from pathlib import Path

import pandas as pd

from analysis.clean.gate import open_gate
from analysis.core import params
from analysis.core.contracts.clean import CUSTOMER_MONTHS, CUSTOMERS
from analysis.core.windows import is_covered, window_to
from analysis.profit.books import Books

SETTINGS = params.load(Path(__file__).parents[2] / "params.yaml").profit
PSEUDO = "walk-in"


def settings(**changes):
    return dataclasses.replace(SETTINGS, **{"bootstrap_draws": 50, **changes})


def drawn_months(text):
    """A row is: customer, month as 2024-01, revenue, and where given contribution; `-` is missing.

    A month with revenue above zero has one order; a month at or below zero is a return.
    """
    rows = pd.read_csv(io.StringIO(text.strip()), sep=r"\s+", header=None, dtype=str, na_values="-")
    revenue = (rows[2].astype(float) * 10_000).round().astype("int64")
    gain = rows[3] if 3 in rows else pd.Series(pd.NA, index=rows.index)
    contribution = (gain.astype("Float64") * 10_000).round().astype("Int64")
    frame = pd.DataFrame(
        {
            "customer_id": rows[0],
            "month": pd.to_datetime(rows[1] + "-01").astype("datetime64[s]"),
            "orders": (revenue > 0).astype("int64"),
            "lines": 1,
            "return_lines": (revenue <= 0).astype("int64"),
            "loss_lines": ((contribution < 0) & (revenue > 0)).fillna(False).astype("int64"),
            "qty_e3": 1000,
            "revenue_e4": revenue,
            "contribution_e4": contribution,
            "costed_revenue_e4": revenue.where(contribution.notna(), 0),
        }
    )
    CUSTOMER_MONTHS.check(frame)
    return frame


def customers_of(months):
    """The table ``customers`` of these months; the id ``walk-in`` stands for many people."""
    first = months.groupby("customer_id")["month"].agg(["min", "max"])
    frame = pd.DataFrame(
        {
            "customer_id": first.index,
            "customer_name": "Name of " + first.index,
            "region": None,
            "industry": None,
            "sales_rep": None,
            "is_pseudo_customer": first.index == PSEUDO,
            "first_order_date": first["min"].to_numpy(),
            "last_order_date": first["max"].to_numpy(),
        }
    )
    CUSTOMERS.check(frame)
    return frame


def books_of(text, as_of, value_name="revenue", **changes):
    """The books of these months at ``as_of``, as ``open_books`` makes them from the stored tables."""
    months = drawn_months(text)
    day = pd.Timestamp(as_of)
    months = months[months["month"] <= day].reset_index(drop=True)
    given = settings(**changes)
    first = months["month"].min()
    now = window_to(day, given.window_months, first)
    earlier = now.earlier(now.months)
    facts = {"as_of": day, "first_date": first, "value_name": value_name}
    return Books(
        months=months,
        customers=customers_of(months),
        gate=open_gate({"orders.order_date"}),
        facts=pd.Series(facts),
        settings=given,
        now=now,
        before=earlier if is_covered(earlier, first, given.slack_days) else None,
    )
