"""Whom the stage speaks of, and what each is worth: what every part of it weighs its findings with."""

from __future__ import annotations

import pandas as pd

from analysis.core import tables
from analysis.core.contracts.clean import CUSTOMERS
from analysis.core.contracts.lifetime_value import CLV
from analysis.core.contracts.segment_tiers import CUSTOMER_TIERS

KEY = "customer_id"
TOLD = (KEY, "customer_name", "sales_rep", "region", "industry", "first_order_date", "last_order_date", "is_pseudo_customer")
VALUED = {"clv": "clv", "lo": "clv_lo", "hi": "clv_hi", "horizon_months": "clv_months"}


def read_worth() -> pd.DataFrame:
    """One row a customer, pseudo-customers left out, in the order of their numbers.

    Returns
    -------
    ``customer_id, customer_name, sales_rep, region, industry, first_order_date, last_order_date``; ``tier``; the lifetime
    value over the shortest horizon, ``clv, clv_lo, clv_hi`` in currency, estimated, over ``clv_months``. Missing where
    the lifetime value stage has none.
    """
    people = tables.read(CUSTOMERS, columns=TOLD)
    people = people[~people.pop("is_pseudo_customer")]
    tiers = tables.read(CUSTOMER_TIERS, columns=(KEY, "tier"))
    values = tables.read(CLV, columns=(KEY, *VALUED))
    nearest = values[values["horizon_months"] == values["horizon_months"].min()].rename(columns=VALUED)
    found = people.merge(tiers, on=KEY, how="left", validate="1:1").merge(nearest, on=KEY, how="left", validate="1:1")
    return found.sort_values(KEY, ignore_index=True)
