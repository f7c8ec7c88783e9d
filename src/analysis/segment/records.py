"""What the segment stage reads, and what was known of every customer on its two days."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from analysis.core import tables
from analysis.core.contracts.clean import CAPABILITIES, CUSTOMER_DAYS, CUSTOMER_RETURNS, CUSTOMERS, RUN_FACTS
from analysis.core.params import Segment
from analysis.core.stage import Stage
from analysis.models.periods import months_before
from analysis.segment.migration import migrate, size_segments
from analysis.segment.purchases import money_name, month_end_before
from analysis.segment.rfm import in_window, measure_both_months, score_customers, unsettled_shares
from analysis.segment.rules import check_rules
from analysis.segment.scores import fit_cuts


@dataclass(frozen=True)
class Records:
    """Tables of the clean stage, and what follows from them at once.

    Attributes
    ----------
    days, returns, customers, gate : tables ``customer_days``, ``customer_returns``, ``customers``, ``capabilities``.
    facts : the one row of ``run_facts``.
    """

    days: pd.DataFrame
    returns: pd.DataFrame
    customers: pd.DataFrame
    gate: pd.DataFrame
    facts: pd.Series
    settings: Segment
    as_of: pd.Timestamp

    @property
    def before(self) -> pd.Timestamp:
        """The end of the month before."""
        return month_end_before(self.as_of)

    @property
    def start(self) -> pd.Timestamp:
        """The first day of the window."""
        return months_before(self.as_of, self.settings.window_months) + pd.Timedelta(days=1)

    @property
    def money_name(self) -> str:
        """What money means in this run: ``contribution`` or ``revenue``."""
        return money_name(self.days, str(self.facts["value_name"]))

    @cached_property
    def measures(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Recency, frequency and money of every customer, now and at the end of the month before."""
        return measure_both_months(
            self.days,
            self.returns,
            self.as_of,
            money=self.money_name,
            window_months=self.settings.window_months,
        )

    def fit_cuts(self) -> pd.DataFrame:
        """The table ``rfm_cuts``, from the customers of the window."""
        return fit_cuts(in_window(self.measures[0]), self.settings.scores)

    def score(self, cuts: pd.DataFrame) -> pd.DataFrame:
        """The table ``rfm``."""
        names = self.customers.set_index("customer_id")["customer_name"]
        return score_customers(*self.measures, cuts, names, self.settings)

    def size(self, rfm: pd.DataFrame) -> pd.DataFrame:
        """The table ``segments``."""
        return size_segments(
            rfm, unsettled_shares(in_window(self.measures[0]), self.settings), self.settings
        )

    def migrate(self, rfm: pd.DataFrame) -> pd.DataFrame:
        """Rows of the table ``migration`` for the segments."""
        return migrate(rfm, self.settings)


def open_records(stage: Stage) -> Records:
    """The records of ``stage``, read from the tables of the clean stage; its rules are checked first."""
    check_rules(stage.settings.rules)
    return Records(
        days=tables.read(CUSTOMER_DAYS),
        returns=tables.read(CUSTOMER_RETURNS),
        customers=tables.read(CUSTOMERS),
        gate=tables.read(CAPABILITIES),
        facts=tables.read(RUN_FACTS).iloc[0],
        settings=stage.settings,
        as_of=stage.as_of,
    )
