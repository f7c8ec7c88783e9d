"""V3 and V4 from end to end: everything that the notebook shows, and the tables that it stores."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.core import tables
from analysis.core.contracts.clean import CAPABILITIES, CUSTOMER_MONTHS, CUSTOMERS
from analysis.core.contracts.lifetime_value import (
    CLV,
    CLV_CALIBRATION,
    CLV_HISTORY,
    CLV_MODELS,
    CLV_ORIGINS,
    CLV_SCORES,
    CLV_SEASON,
    CLV_SEGMENTS,
    CLV_TRACKING,
)
from analysis.core.contracts.segment import RFM
from analysis.core.params import LifetimeValue
from analysis.core.stage import Stage
from analysis.lifetime_value.contracts import ContractValuation, contract_tables, open_contracts
from analysis.lifetime_value.forecasting import Outcome, forecast_value
from analysis.lifetime_value.historic import historic_value
from analysis.lifetime_value.histories import Histories, read_histories


@dataclass(frozen=True)
class Valuation:
    """What the customers are worth, so far and from here on.

    Attributes
    ----------
    histories : purchase histories now and at the origins.
    history : the table ``clv_history``.
    outcome : proof, predictions and models of V4.
    contracts : the same under contract; None where there is no table of contracts.
    customers, months, capabilities : tables of the clean stage.
    """

    settings: LifetimeValue
    as_of: pd.Timestamp
    histories: Histories
    history: pd.DataFrame
    outcome: Outcome
    customers: pd.DataFrame
    months: pd.DataFrame
    capabilities: pd.DataFrame
    contracts: ContractValuation | None

    @property
    def clv(self) -> pd.DataFrame:
        """The table ``clv``."""
        return self.outcome.prediction.clv

    @property
    def value_name(self) -> str:
        """What value means in the predictions: contribution or revenue."""
        return self.histories.value_name

    @property
    def season(self) -> pd.DataFrame:
        """The table ``clv_season``; without rows where the orders do not reach over two years."""
        season = self.histories.known.season
        if season is None:
            return tables.without_rows(CLV_SEASON)
        months = range(1, len(season.index) + 1)
        return pd.DataFrame({"month": list(months), "index": season.index, "p_value": season.p_value})

    def store(self) -> None:
        """Write the stage's tables; a table that the data cannot fill is written without rows."""
        outcome = self.outcome
        found = {
            CLV_HISTORY: self.history, CLV: self.clv, CLV_SEGMENTS: outcome.prediction.segments, CLV_MODELS: outcome.models,
            CLV_ORIGINS: outcome.proof.origins, CLV_SCORES: outcome.proof.scores, CLV_CALIBRATION: outcome.proof.calibration,
            CLV_TRACKING: outcome.proof.tracking, CLV_SEASON: self.season,
            **contract_tables(self.contracts, self.settings.interval_level),
        }  # fmt: skip
        for table, frame in found.items():
            tables.write(table, frame if len(frame) else tables.without_rows(table))


def value_customers(stage: Stage) -> Valuation:
    """Value every customer of the stage's tables."""
    histories = read_histories(stage)
    customers, months = tables.read(CUSTOMERS), tables.read(CUSTOMER_MONTHS)
    segment = tables.read(RFM, columns=("customer_id", "segment")).set_index("customer_id")["segment"]
    return Valuation(
        settings=stage.settings, as_of=stage.as_of, histories=histories,
        history=historic_value(months, customers, as_of=stage.as_of),
        outcome=forecast_value(histories, stage.settings, segment), customers=customers, months=months,
        capabilities=tables.read(CAPABILITIES), contracts=open_contracts(stage),
    )  # fmt: skip
