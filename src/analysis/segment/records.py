"""What the segment stage reads, and what was known of every customer on its two days."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.core import tables
from analysis.core.contracts.clean import CAPABILITIES, CUSTOMERS, RUN_FACTS
from analysis.core.engine import open_engine
from analysis.core.params import Segment
from analysis.core.stage import Stage
from analysis.models.periods import months_before
from analysis.segment.migration import migrate, size_segments
from analysis.segment.purchases import Measures, measure_both_months, month_end_before
from analysis.segment.rfm import in_window, score_customers, unsettled_shares
from analysis.segment.rules import check_rules
from analysis.segment.scores import fit_cuts


@dataclass(frozen=True)
class Records:
    """Tables of the clean stage, and what follows from them at once.

    Attributes
    ----------
    measures : recency, frequency and money of every customer, now and at the end of the month before.
    money_name : what money means in this run: ``contribution`` or ``revenue``.
    customers : the name of each.
    gate : the table ``capabilities``.
    facts : the one row of ``run_facts``.
    """

    measures: Measures
    money_name: str
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
    facts = tables.read(RUN_FACTS).iloc[0]
    with open_engine(stage.params.engine) as engine:
        measures, money_name = measure_both_months(
            engine, stage.as_of, value_name=facts["value_name"], window_months=stage.settings.window_months
        )
    return Records(
        measures=measures,
        money_name=money_name,
        customers=tables.read(CUSTOMERS, columns=("customer_id", "customer_name")),
        gate=tables.read(CAPABILITIES),
        facts=facts,
        settings=stage.settings,
        as_of=stage.as_of,
    )
