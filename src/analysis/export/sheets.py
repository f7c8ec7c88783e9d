"""Which lists the workbook has, in the order in which they are worked through."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.core import tables
from analysis.core.contracts.capabilities import CAPABILITIES
from analysis.core.contracts.churn_failures import CARE_CUSTOMERS, FAILING_CUSTOMERS
from analysis.core.contracts.churn_warnings import WARNINGS
from analysis.core.contracts.churn_win_back import WIN_BACK_CUSTOMERS
from analysis.core.contracts.clean import CAPABILITIES as GATE
from analysis.core.contracts.executive import CALL_LIST
from analysis.core.contracts.export import CRM_EXCHANGE
from analysis.core.contracts.profit import PROBLEM_CUSTOMERS
from analysis.core.contracts.schema import Column, Table
from analysis.core.contracts.segment_potential import QUADRANTS
from analysis.core.params import Export
from analysis.export.exchange import KEY, Lists

# Columns that say nothing to whoever works through the list: the same in all rows, or for analysts.
NEEDLESS = {
    "calls": ("orders_by_month",),
    "win_back": ("gap_group", "is_dropped"),
    "grow": ("quadrant", "p_key", "p_potential", "p_ordinary", "p_marginal", "wallet_year"),
    "customers": ("issued_on",),
}
STAGES = {capability.id: capability.stage for capability in CAPABILITIES}


@dataclass(frozen=True)
class Sheet:
    """One list: a contracted table, its rows in the order of work.

    Attributes
    ----------
    name : of its words in ``text/export.toml``.
    capability : its id; its stage has the page that says more, the gate what it lacks.
    missing : the tables and columns without which it has no rows; empty where the data supports it.
    total : how many rows there are; ``rows`` holds the first of them.
    """

    name: str
    capability: str
    table: Table
    rows: pd.DataFrame
    missing: str
    total: int

    @property
    def columns(self) -> list[Column]:
        """The columns in shown order; a column that stands in for nothing in this data is left out."""
        return [column for column in self.table.columns if column.name in self.rows]

    @property
    def stage(self) -> str:
        """The stage whose page says more."""
        return STAGES[self.capability]


def sheets(lists: Lists, exchange: pd.DataFrame, settings: Export) -> list[Sheet]:
    """All lists, the empty ones too: that there is nobody to call is an answer.

    Parameters
    ----------
    exchange : rows of ``crm_exchange``.
    """
    lacking = tables.read(GATE).set_index("capability")["missing"]
    quadrants = lists.quadrants[lists.quadrants["quadrant"] == "potential"]
    wanted = (
        ("calls", "C1", CALL_LIST, tables.read(CALL_LIST), "value_at_risk"),
        ("warnings", "C3", WARNINGS, lists.warnings, "clv_at_risk"),
        ("terms", "G7", PROBLEM_CUSTOMERS, lists.problems.assign(loss=-lists.problems["profit"]), "loss"),
        ("failing", "C4", FAILING_CUSTOMERS, tables.read(FAILING_CUSTOMERS), "clv"),
        ("care", "C5", CARE_CUSTOMERS, tables.read(CARE_CUSTOMERS), "at_stake"),
        ("win_back", "C6", WIN_BACK_CUSTOMERS, lists.win_back, "return_value"),
        ("grow", "G5", QUADRANTS, quadrants, "wallet_gap"),
        ("customers", "R8", CRM_EXCHANGE, exchange, "clv"),
    )
    return [
        Sheet(
            name, capability, table, _in_order(rows, by).head(settings.listed_customers)[_kept(name, table, rows)],
            "" if len(rows) else str(lacking[capability]), len(rows),
        )
        for name, capability, table, rows, by in wanted
    ]  # fmt: skip


def _in_order(rows: pd.DataFrame, by: str) -> pd.DataFrame:
    return rows.sort_values([by, KEY], ascending=[False, True], ignore_index=True)


def _kept(name: str, table: Table, rows: pd.DataFrame) -> list[str]:
    """Columns with a value; of a list without rows all."""
    wanted = [column for column in table.by_name if column not in NEEDLESS.get(name, ())]
    return [column for column in wanted if not len(rows) or rows[column].notna().any()]
