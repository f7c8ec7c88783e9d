"""The section ``churn.drivers`` of ``params.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from analysis.core.checked import Limit


@dataclass(frozen=True)
class Drivers:
    """C2: from which months drivers are made, who is at risk, and what is asked of a finding."""

    history_months: Annotated[int, Limit(6, 120)]
    memory_months: Annotated[int, Limit(1, 24)]
    earlier_months: Annotated[int, Limit(1, 36)]
    answers_months: Annotated[int, Limit(1, 60)]
    silent_months: Annotated[int, Limit(3, 60)]
    knots: tuple[Annotated[int, Limit(1, 60)], ...]
    orders_yearly: tuple[Annotated[float, Limit(0, 1_000)], ...]
    settled_months: Annotated[int, Limit(1, 60)]
    landmarks: Annotated[int, Limit(1, 24)]
    exposed_from: Annotated[int, Limit(1)]
    named_below: Annotated[float, Limit(0, 1)]
    columns: tuple[str, ...]
    level_from: Annotated[int, Limit(2)]
    segments: str
    fitted_customers: Annotated[int, Limit(100)]
    checked_customers: Annotated[int, Limit(100)]
