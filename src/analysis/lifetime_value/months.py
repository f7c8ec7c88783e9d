"""V4: what was to be expected at the ends of the last months, orders by the model as it is fitted today.

Only what customers did moves it. The value of an order is that which was known on the day.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from analysis.core import tables
from analysis.core.contracts.clean import CUSTOMER_DAYS, CUSTOMER_RETURNS, RUN_FACTS
from analysis.core.contracts.lifetime_value import CLV_MONTHS
from analysis.core.stage import Stage
from analysis.lifetime_value.predictive import expected_values
from analysis.lifetime_value.valuation import Valuation
from analysis.lifetime_value.value_per_order import fit_value
from analysis.models.past_days import known_on, month_ends


def clv_months(stage: Stage, valuation: Valuation) -> pd.DataFrame:
    """The table ``clv_months``, the oldest day first; without rows where nothing is expected."""
    orders, widening, settings = valuation.outcome.orders, valuation.outcome.proof.widening, valuation.settings
    if orders is None:
        return tables.without_rows(CLV_MONTHS)
    days = month_ends(stage.as_of, tables.read(RUN_FACTS)["first_date"].iloc[0], stage.params.profit)
    near = min(settings.horizon_months)
    found = []
    for day, rows in known_on(days, (CUSTOMER_DAYS, CUSTOMER_RETURNS), valuation.value_name, stage.params.profit.window_months, stage.params.engine):
        value = fit_value(rows, settings)
        if value is not None:
            then = replace(orders, rows=orders.clock.summary(rows, day), day=day)
            found.append((day, float(expected_values(then, value, settings, widening, [near])[near].clv.sum())))
    return pd.DataFrame(found, columns=list(CLV_MONTHS.by_name))


def store_months(stage: Stage, valuation: Valuation) -> pd.DataFrame:
    """Write the table."""
    return tables.write(CLV_MONTHS, clv_months(stage, valuation))
