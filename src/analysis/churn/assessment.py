"""C1 from end to end: everything that the notebook shows, and the tables that it stores."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.churn.backtest import Backtest, backtest
from analysis.churn.histories import Histories, read_histories
from analysis.churn.risk import Risk, assess_risk
from analysis.core import tables
from analysis.core.contracts.churn import QUIET, RISK, RISK_CALIBRATION, RISK_SCORES
from analysis.core.contracts.clean import CAPABILITIES, CUSTOMERS
from analysis.core.params import Churn
from analysis.core.stage import Stage


@dataclass(frozen=True)
class Assessment:
    """Who is likely to place no order, and how far that can be trusted.

    Attributes
    ----------
    histories : purchase histories now, one horizon ago and two horizons ago.
    risk : risk of every customer and of the base.
    backtest : the same one horizon ago, beside what then happened.
    customers, capabilities : tables of the clean stage.
    """

    settings: Churn
    as_of: pd.Timestamp
    histories: Histories
    risk: Risk
    backtest: Backtest
    customers: pd.DataFrame
    capabilities: pd.DataFrame

    @property
    def rows(self) -> pd.DataFrame:
        """The table ``risk``."""
        return self.risk.customers

    @property
    def quiet(self) -> pd.DataFrame:
        """Repeat customers who are silent for unusually long by their own rhythm."""
        return self.rows[self.rows["state"].isin(QUIET)]

    @property
    def value_name(self) -> str:
        """What value means: contribution or revenue."""
        return self.histories.value_name

    def store(self) -> None:
        """Write the stage's tables; a table that the data cannot fill is written without rows."""
        found = {
            RISK: self.rows, RISK_CALIBRATION: self.backtest.calibration, RISK_SCORES: self.backtest.scores,
        }  # fmt: skip
        for table, frame in found.items():
            tables.write(table, frame if len(frame) else tables.without_rows(table))


def assess_customers(stage: Stage) -> Assessment:
    """Judge every customer of the stage's tables, and test the judgement on the last horizon."""
    histories = read_histories(stage)
    return Assessment(
        settings=stage.settings, as_of=stage.as_of, histories=histories,
        risk=assess_risk(histories.now, stage.settings, value_name=histories.value_name),
        backtest=backtest(histories, stage.settings), customers=tables.read(CUSTOMERS),
        capabilities=tables.read(CAPABILITIES),
    )  # fmt: skip
