"""Parts of the section ``lifetime_value`` of ``params.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from analysis.core.checked import Limit


@dataclass(frozen=True)
class ClaimedGain:
    """What is said of better retention: ``change`` more of it, in points or relative, adds ``low`` to ``high`` of the profit."""

    change: Annotated[float, Limit(0, 1)]
    low: Annotated[float, Limit(0, 10)]
    high: Annotated[float, Limit(0, 10)]


@dataclass(frozen=True)
class WhatIf:
    """V5: by how much retention is made better, what it is compared with, and how its intervals are found."""

    points: tuple[Annotated[float, Limit(0, 1)], ...]
    times: tuple[Annotated[float, Limit(1, 2)], ...]
    long_run_months: Annotated[int, Limit(12, 600)]
    compared: tuple[Annotated[float, Limit(0, 1)], ...]
    claim: ClaimedGain
    uncontrollable: tuple[str, ...]
    draws: Annotated[int, Limit(10, 10_000)]
    sampled_customers: Annotated[int, Limit(50)]


@dataclass(frozen=True)
class ClaimedRatio:
    """How many times the cost of keeping a customer that of winning one is said to be."""

    low: Annotated[float, Limit(0, 100)]
    high: Annotated[float, Limit(0, 100)]


@dataclass(frozen=True)
class Acquisition:
    """V6: the claims, from when on a first order is that of a new customer, and the cohorts of new customers."""

    claimed_ratios: tuple[ClaimedRatio, ...]
    new_after_months: Annotated[int, Limit(0, 60)]
    cohort: Literal["quarter", "year"]
    cohort_months: tuple[Annotated[int, Limit(1, 120)], ...]
    min_cohort_customers: Annotated[int, Limit(1)]
