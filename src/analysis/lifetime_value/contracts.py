"""V4 under contract from end to end: lines of contracts, the law of renewal, and what the running contracts are worth.

Value is revenue, the value a year that the contracts state: no margin is known of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.core import tables
from analysis.core.contracts import optional
from analysis.core.contracts.lifetime_value_contracts import (
    CONTRACT_MODELS,
    CONTRACT_SCORES,
    CONTRACT_SURVIVAL,
    CONTRACT_VALUES,
)
from analysis.core.contracts.schema import Table
from analysis.core.params import LifetimeValue
from analysis.core.stage import Stage
from analysis.core.windows import MONTHS_PER_YEAR
from analysis.lifetime_value.contract_laws import (
    EPOCH,
    JEFFREYS,
    Choice,
    choose_law,
    models_table,
    survival_table,
)
from analysis.lifetime_value.contract_lines import ContractLines, line_up
from analysis.lifetime_value.contract_worth import Worth, value_contracts
from analysis.models.periods import months_before
from analysis.models.shares import beta_interval


@dataclass(frozen=True)
class RenewalRate:
    """Share of the contracts whose renewal was decided in the latest year that were renewed, a year.

    Of contracts of T years the share is that of a renewal to the power 1 / T. The interval is Jeffreys'.
    """

    share: float
    lo: float
    hi: float
    renewed: int
    decided: int


@dataclass(frozen=True)
class ContractValuation:
    """What is known of the contracts.

    Attributes
    ----------
    choice, worth : None where no renewal is decided.
    rate : None where none was decided in the latest year.
    survival : the table ``contract_survival``.
    """

    lines: ContractLines
    choice: Choice | None
    worth: Worth | None
    rate: RenewalRate | None
    survival: pd.DataFrame


def open_contracts(stage: Stage) -> ContractValuation | None:
    """Value the contracts of the optional table; nothing where it is missing."""
    if not tables.path(optional.SUBSCRIPTIONS).is_file():
        return None
    return judge_contracts(tables.read(optional.SUBSCRIPTIONS), stage.settings, stage.as_of)


def judge_contracts(
    subscriptions: pd.DataFrame, settings: LifetimeValue, as_of: pd.Timestamp
) -> ContractValuation:
    """Value the contracts.

    Parameters
    ----------
    subscriptions : the optional table.
    """
    lines = line_up(subscriptions, settings.contracts, as_of)
    choice = choose_law(lines, settings, as_of) if lines.term_months else None
    if choice is None:
        return ContractValuation(lines, None, None, None, tables.without_rows(CONTRACT_SURVIVAL))
    return ContractValuation(
        lines, choice, value_contracts(lines, choice, settings), renewal_rate(lines, settings, as_of),
        survival_table(lines, choice, settings.interval_level),
    )  # fmt: skip


def renewal_rate(lines: ContractLines, settings: LifetimeValue, as_of: pd.Timestamp) -> RenewalRate | None:
    """The yearly renewal rate of the latest twelve months, whatever the age of the contracts."""
    since = (months_before(as_of, MONTHS_PER_YEAR) - EPOCH).days
    latest = lines.decided[lines.decided["decided_on"] > since]
    decided, renewed = len(latest), int(latest["is_renewed"].sum())
    if not decided:
        return None
    low, high = beta_interval(renewed + JEFFREYS, decided - renewed + JEFFREYS, level=settings.interval_level)
    share, low, high = (float(one) ** (MONTHS_PER_YEAR / lines.term_months) for one in (renewed / decided, low, high))
    return RenewalRate(share, min(low, share), max(high, share), renewed, decided)


def contract_tables(found: ContractValuation | None, level: float) -> dict[Table, pd.DataFrame]:
    """The tables that the stage stores, where there is anything to put in."""
    names = (CONTRACT_VALUES, CONTRACT_SURVIVAL, CONTRACT_SCORES, CONTRACT_MODELS)
    if found is None or found.choice is None or found.worth is None:
        return {table: tables.without_rows(table) for table in names}
    frames = (found.worth.values, found.survival, found.choice.scores, models_table(found.choice, level))
    return dict(zip(names, frames, strict=True))
