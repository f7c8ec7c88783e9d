"""V5 and V6 from end to end: better retention, new customers, and what winning and keeping customers costs."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.core import tables
from analysis.core.contracts import optional
from analysis.core.contracts.clean import RUN_FACTS
from analysis.core.contracts.lifetime_value_new_customers import (
    ACQUISITION_COSTS,
    NEW_CUSTOMER_COHORTS,
    NEW_CUSTOMER_VALUES,
)
from analysis.core.contracts.lifetime_value_what_if import RETENTION_REFERENCE, RETENTION_WHAT_IF
from analysis.core.params import LifetimeValue
from analysis.core.stage import Stage
from analysis.lifetime_value.acquisition import cost_ratios, count_customers, read_spend, spend_windows
from analysis.lifetime_value.cohorts import (
    expected_by_age,
    expected_value,
    expects_new,
    level_of_new,
    measure_cohorts,
    read_by_age,
    value_new_customers,
)
from analysis.lifetime_value.paired_draws import PairedDraws, draw_bases
from analysis.lifetime_value.predictive import value_factors
from analysis.lifetime_value.valuation import Valuation
from analysis.lifetime_value.what_if import Reasons, WhatIf, ask_what_if, count_reasons


@dataclass(frozen=True)
class Outlook:
    """Answers of V5 and V6.

    Attributes
    ----------
    what_if : V5.
    cohorts, new_values, costs : the tables ``new_customer_cohorts``, ``new_customer_values``, ``acquisition_costs``.
    has_spend : whether the data says what was spent on winning and keeping customers.
    value_name : what value means: contribution or revenue.
    """

    settings: LifetimeValue
    what_if: WhatIf
    cohorts: pd.DataFrame
    new_values: pd.DataFrame
    costs: pd.DataFrame
    has_spend: bool
    value_name: str

    def store(self) -> None:
        """Write the tables; one that the data cannot fill is written without rows."""
        found = {
            RETENTION_WHAT_IF: self.what_if.scenarios, RETENTION_REFERENCE: self.what_if.reference,
            NEW_CUSTOMER_COHORTS: self.cohorts, NEW_CUSTOMER_VALUES: self.new_values, ACQUISITION_COSTS: self.costs,
        }  # fmt: skip
        for table, frame in found.items():
            tables.write(table, frame if len(frame) else tables.without_rows(table))


def look_ahead(stage: Stage, valuation: Valuation) -> Outlook:
    """Ask what better retention would bring, and value new customers."""
    settings, outcome, histories = stage.settings, valuation.outcome, valuation.histories
    draws = None
    if outcome.orders is not None and outcome.value is not None:
        orders, near = outcome.orders, outcome.prediction.clv["horizon_months"] == min(settings.horizon_months)
        expected = outcome.prediction.clv.loc[near, "exp_orders"].reset_index(drop=True)
        factors = value_factors(expected, outcome.value, outcome.proof.widening)
        draws = draw_bases(orders.rows, orders.fit, orders.draws, outcome.value, settings, factors=factors)
    begins = tables.read(RUN_FACTS)["first_date"].iloc[0]
    by_age = read_by_age(stage, histories.value_name)
    expected = expected_by_age(draws, settings.acquisition)
    cohorts = measure_cohorts(by_age, begins, stage.as_of, settings, expected)
    costs = _costs(stage, draws, begins, histories.value_name, level_of_new(cohorts, settings)[0])
    return Outlook(
        settings, ask_what_if(draws, _reasons(settings), settings), cohorts, value_new_customers(draws, cohorts, settings),
        pd.DataFrame() if costs is None else costs, costs is not None, histories.value_name,
    )  # fmt: skip


def _reasons(settings: LifetimeValue) -> Reasons | None:
    """Why customers left, where the data says so."""
    if not tables.path(optional.EXIT_REASONS).is_file():
        return None
    return count_reasons(tables.read(optional.EXIT_REASONS), settings.what_if.uncontrollable)


def _costs(
    stage: Stage, draws: PairedDraws | None, begins: pd.Timestamp, value_name: str, level: float
) -> pd.DataFrame | None:
    """Rows of ``acquisition_costs``; None where the data has no spend."""
    spend, settings = read_spend(), stage.settings
    if spend is None:
        return None
    windows = spend_windows(spend, begins, stage.as_of, settings.acquisition.new_after_months)
    if windows.empty:
        return pd.DataFrame()
    path = None
    if draws is not None and expects_new(draws.base.fit):
        months = max(*settings.horizon_months, settings.what_if.long_run_months)
        path = level * expected_value(draws.base, months, rate_yearly=settings.discount_rate_yearly)
    return cost_ratios(windows, count_customers(stage, windows, value_name), path, settings)
