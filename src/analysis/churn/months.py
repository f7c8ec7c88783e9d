"""C1: the value at risk at the ends of the last months, all by the way as it is fitted today, so that only the customers' own
orders move it."""

from __future__ import annotations

import pandas as pd

from analysis.churn.assessment import Assessment
from analysis.churn.risk import no_order
from analysis.core import tables
from analysis.core.contracts.churn import RISK_MONTHS
from analysis.core.contracts.clean import CUSTOMER_DAYS, CUSTOMER_RETURNS, RUN_FACTS
from analysis.core.stage import Stage
from analysis.models.known import Known
from analysis.models.past_days import known_on, month_ends


def risk_months(stage: Stage, assessment: Assessment) -> pd.DataFrame:
    """The table ``risk_months``, the oldest day first; without rows where there is no risk to tell."""
    scorer, settings = assessment.risk.scorer, assessment.settings
    if scorer is None or not scorer.told(settings.horizon_days):
        return tables.without_rows(RISK_MONTHS)
    days = month_ends(stage.as_of, tables.read(RUN_FACTS)["first_date"].iloc[0], stage.params.profit)
    known = known_on(days, (CUSTOMER_DAYS, CUSTOMER_RETURNS), assessment.value_name, settings.value_window_months, stage.params.engine)
    sums = []
    for day, rows in known:
        risk = no_order(scorer, Known(day, rows), settings)[settings.horizon_days].values
        sums.append(float((risk * rows["recent_value"].clip(lower=0)).sum()))
    return pd.DataFrame({"day": days, "value_at_risk": sums})


def store_months(stage: Stage, assessment: Assessment) -> pd.DataFrame:
    """Write the table."""
    return tables.write(RISK_MONTHS, risk_months(stage, assessment))
