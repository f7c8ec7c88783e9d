"""Part of the section ``churn`` of ``params.yaml``: early warning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from analysis.core.checked import Limit


@dataclass(frozen=True)
class AlarmBudget:
    """C3: how many alarms a month may ring by chance, for the key customers and for all others."""

    key: Annotated[float, Limit(0.1, 100_000)]
    other: Annotated[float, Limit(0.1, 100_000)]


@dataclass(frozen=True)
class BudgetShares:
    """C3: parts of the budget that are not for the gaps between orders: for contacts, and for all other signals."""

    contacts: Annotated[float, Limit(0.01, 0.45)]
    others: Annotated[float, Limit(0.01, 0.45)]


@dataclass(frozen=True)
class LookedFor:
    """C3: the changes that are looked for: how many times as long, or as small, as large, as before."""

    gap: Annotated[float, Limit(1.1, 20)]
    value: Annotated[float, Limit(1.1, 20)]
    breadth: Annotated[float, Limit(1.1, 20)]
    share: Annotated[float, Limit(1.1, 20)]
    usage: Annotated[float, Limit(1.1, 20)]
    declined: Annotated[float, Limit(1.1, 20)]
    contacts: Annotated[float, Limit(1.1, 20)]
    complaints: Annotated[float, Limit(1.1, 20)]
    overdue: Annotated[float, Limit(1.1, 20)]


@dataclass(frozen=True)
class Warnings:
    """C3: what is usual, what is watched, how often an alarm may ring by chance, and what the page shows."""

    base_months: Annotated[int, Limit(3, 120)]
    watched_months: Annotated[int, Limit(3, 60)]
    open_months: Annotated[int, Limit(1, 12)]
    proof_months: Annotated[int, Limit(1, 12)]
    alarms_monthly: AlarmBudget
    budget_shares: BudgetShares
    least_run_months: Annotated[int, Limit(1, 1_000)]
    least_past: Annotated[int, Limit(2, 50)]
    looked_for: LookedFor
    most_regular: Annotated[float, Limit(1, 16)]
    breadth_orders: Annotated[int, Limit(1, 50)]
    share_months: Annotated[int, Limit(1, 12)]
    share_orders: Annotated[float, Limit(0.5, 50)]
    overdue_most_days: Annotated[int, Limit(1, 365)]
    least_peers: Annotated[int, Limit(2, 10_000)]
    season_below: Annotated[float, Limit(0, 1)]
    simulated: Annotated[int, Limit(100, 10_000_000)]
    listed_customers: Annotated[int, Limit(1, 2_000)]
    drawn_customers: Annotated[int, Limit(1, 60)]
