"""Yearly payments drawn as small tables, and the tiers that follow from them."""

import io

import numpy as np
import pandas as pd
from purchase_days import SETTINGS, drawn_days

from analysis.core.windows import Window
from analysis.segment.tiers import Payments, take_to_years, tier_customers

LAST = pd.Timestamp("2024-06-01")
E4 = 10_000


def years_to(last, count):
    """The twelve months to each of ``count`` month ends."""
    now = Window(last - pd.DateOffset(months=11), last)
    return [now.earlier(back) for back in reversed(range(count))]


def drawn_payments(text, last=LAST, least_months=SETTINGS.tiers.least_months):
    """A row is: customer, month of its first order, what it paid in the year to each month end; ``-`` is no order."""
    rows = pd.read_csv(io.StringIO(text.strip()), sep=r"\s+", header=None, dtype=str, na_values="-").sort_values(0)
    paid = rows.iloc[:, 2:].astype(float)
    money = (paid.fillna(0) * E4).round().to_numpy(dtype=np.int64)
    first = pd.Series(pd.to_datetime(rows[1] + "-01"))
    years = years_to(pd.Timestamp(last), money.shape[1])
    return take_to_years(pd.Index(rows[0]), years, money, paid.notna().to_numpy(), first, least_months)


def tiers_of(payments, settings=SETTINGS.tiers, value=None, value_name="revenue"):
    """The tiers of these payments; each customer's value is its payment where no other is given."""
    brought = pd.Series(payments.paid_e4[:, -1] / E4 if value is None else value, index=payments.customers)
    names = pd.Series([f"Name of {one}" for one in payments.customers], index=payments.customers)
    return tier_customers(payments, brought, settings, value_name=value_name, customer_names=names)


def paid_by(text, as_of):
    """The same from purchase days, for as many month ends as the settings keep."""
    days = drawn_days(text)
    days = days.assign(month=days["order_date"].dt.to_period("M").dt.to_timestamp())
    last = (as_of + pd.Timedelta(days=1)).to_period("M").to_timestamp() - pd.DateOffset(months=1)
    years = years_to(last, SETTINGS.tiers.history_months)
    first = days.groupby("customer_id")["month"].min()
    inside = [days[year.holds(days["month"])] for year in years]
    paid, orders = (
        np.column_stack([one.groupby("customer_id")[name].sum().reindex(first.index).fillna(0) for one in inside])
        for name in ("bought_e4", "orders")
    )
    found = take_to_years(pd.Index(first.index), years, paid.astype(np.int64), orders > 0, first, 1)
    assert isinstance(found, Payments)
    return found
