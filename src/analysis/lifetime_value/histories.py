"""What the stage reads: each customer's history now, and as it was known before the hold-out months."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.core import tables
from analysis.core.contracts.clean import CUSTOMER_DAYS, CUSTOMER_RETURNS, RUN_FACTS
from analysis.core.engine import open_engine
from analysis.core.stage import Stage
from analysis.models.history import open_history
from analysis.models.periods import months_before


@dataclass(frozen=True)
class Histories:
    """Histories on two days.

    Attributes
    ----------
    now, before : one row a customer, as ``models.history.History.summary`` gives it, at ``as_of`` and at
        ``cut``.
    after : ``orders`` and ``value`` between the two days, one row for each row of ``before``.
    by_day : repeat ``events`` by ``day`` of the customers of ``before``.
    value_name : what value means: contribution where its sum is above 0, else revenue.
    """

    now: pd.DataFrame
    before: pd.DataFrame
    after: pd.DataFrame
    by_day: pd.DataFrame
    cut: pd.Timestamp
    as_of: pd.Timestamp
    value_name: str


def read_histories(stage: Stage) -> Histories:
    """Read the histories at ``as_of`` and at the cut-off of the hold-out; later returns are not known at
    the cut."""
    value_name = tables.read(RUN_FACTS)["value_name"].iloc[0]
    cut = months_before(stage.as_of, stage.settings.holdout_months)
    with open_engine(stage.params.engine) as engine:
        history, now = open_history(
            engine, CUSTOMER_DAYS, CUSTOMER_RETURNS, value_name, stage.as_of, since=cut
        )
        before = history.summary(cut, since=cut)
        after = history.following(cut, stage.as_of).set_index("customer_id")
        by_day = history.repeats_by_day(cut, stage.as_of)
    after = (
        after.reindex(before["customer_id"])
        .fillna(0)
        .rename(columns={"events": "orders"})
        .reset_index(drop=True)
    )
    return Histories(now, before, after, by_day, cut, stage.as_of, history.value_name)
