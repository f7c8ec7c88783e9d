"""C1 from end to end: everything that the notebook shows, and the tables that it stores."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.churn.histories import Histories, read_histories
from analysis.churn.proof import Proof, prove
from analysis.churn.risk import Risk, assess_risk
from analysis.core import tables
from analysis.core.contracts.churn import (
    QUIET,
    RISK,
    RISK_CALIBRATION,
    RISK_DECAY,
    RISK_ORIGINS,
    RISK_SCORES,
)
from analysis.core.contracts.clean import CAPABILITIES, CUSTOMERS
from analysis.core.params import Churn
from analysis.core.stage import Stage


@dataclass(frozen=True)
class Assessment:
    """Who is likely to place no order, and how far that can be trusted.

    Attributes
    ----------
    histories : purchase histories now and at the origins.
    proof : how every way to tell the risk did at the origins.
    risk : risk of every customer and of the base, by the best of them.
    customers, capabilities : tables of the clean stage.
    """

    settings: Churn
    as_of: pd.Timestamp
    histories: Histories
    proof: Proof
    risk: Risk
    customers: pd.DataFrame
    capabilities: pd.DataFrame

    @property
    def rows(self) -> pd.DataFrame:
        """One row a customer: the table ``risk`` within the time ahead of the headline."""
        return self.risk.main.customers

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
            RISK: self.risk.table, RISK_CALIBRATION: self.proof.calibration, RISK_SCORES: self.proof.scores,
            RISK_ORIGINS: self.proof.origins, RISK_DECAY: self.proof.decay,
        }  # fmt: skip
        for table, frame in found.items():
            tables.write(table, frame if len(frame) else tables.without_rows(table))


def assess_customers(stage: Stage) -> Assessment:
    """Judge every customer of the stage's tables, by what did best at the origins in the past."""
    histories = read_histories(stage)
    proof = prove(histories, stage.settings)
    return Assessment(
        settings=stage.settings, as_of=stage.as_of, histories=histories, proof=proof,
        risk=assess_risk(histories, proof, stage.settings), customers=tables.read(CUSTOMERS),
        capabilities=tables.read(CAPABILITIES),
    )  # fmt: skip
