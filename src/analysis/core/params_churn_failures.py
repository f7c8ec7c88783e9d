"""Parts of the section ``churn`` of ``params.yaml``: failures, tolerance, win-back and dependence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from analysis.core.checked import Limit

Hours = Annotated[float, Limit(0.25, 10_000)]
Days = Annotated[int, Limit(1, 1_000)]


@dataclass(frozen=True)
class Failures:
    """C4: what counts as a failure in time, what was promised, and who is named."""

    window_months: Annotated[int, Limit(1, 120)]
    chart_months: Annotated[int, Limit(2, 120)]
    control_level: Annotated[float, Limit(0.9, 0.99999)]
    response_hours: tuple[Hours, ...]
    on_site_hours: Hours
    opens_hour: Annotated[float, Limit(0, 24)] | None
    closes_hour: Annotated[float, Limit(0, 24)] | None
    again_days: tuple[Days, ...]
    often_failures: Annotated[int, Limit(2, 100)]
    often_days: Days
    listed_customers: Annotated[int, Limit(1, 2_000)]


@dataclass(frozen=True)
class Tolerance:
    """C5: what staying is, whom an incident's customers are compared with, and when groups are told apart."""

    stay_days: Days
    apart_days: Days
    severity_from: tuple[Annotated[int, Limit(1, 5)], ...]
    min_incidents: Annotated[int, Limit(2)]
    gap_groups: Annotated[int, Limit(1, 6)]
    lags: Annotated[int, Limit(1, 50)]
    borrowed_landmarks: Annotated[float, Limit(0, 10_000)]
    test_level: Annotated[float, Limit(0.001, 0.5)]
    listed_customers: Annotated[int, Limit(1, 2_000)]


@dataclass(frozen=True)
class WinBack:
    """C6: from when on a customer is given up, how far ahead a return counts, and what it is worth."""

    silent_days: tuple[Days, ...]
    lost_days: Days
    unusual_gaps: Annotated[float, Limit(0, 100)]
    within_days: Days
    window_days: Days
    window_share: Annotated[float, Limit(0.1, 0.99)]
    value_days: Days
    min_returns: Annotated[int, Limit(2)]
    gap_groups: Annotated[int, Limit(1, 6)]
    value_groups: Annotated[int, Limit(1, 10)]
    no_return_reasons: tuple[str, ...]
    offer_types: tuple[str, ...]
    offer_days: Days
    listed_customers: Annotated[int, Limit(1, 2_000)]


@dataclass(frozen=True)
class Dependence:
    """C8: how many of those referred follow whom they were referred by, and whose shares are told."""

    following_shares: tuple[Annotated[float, Limit(0, 1)], ...]
    top_customers: tuple[Annotated[int, Limit(1, 1_000)], ...]
    dependent_from: Annotated[float, Limit(0, 1)]
    listed_customers: Annotated[int, Limit(1, 200)]
