"""``params.yaml`` as frozen dataclasses: every threshold, rate, date and rule lives there, once."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from analysis.core.checked import Limit, checked_section
from analysis.core.errors import ParamsError
from analysis.core.params_churn_drivers import Drivers as Drivers
from analysis.core.params_churn_failures import Dependence as Dependence
from analysis.core.params_churn_failures import Failures as Failures
from analysis.core.params_churn_failures import Tolerance as Tolerance
from analysis.core.params_churn_failures import WinBack as WinBack
from analysis.core.params_churn_warnings import Warnings as Warnings
from analysis.core.params_lifetime_value import Acquisition as Acquisition
from analysis.core.params_lifetime_value import WhatIf as WhatIf
from analysis.core.params_segment import GrowthTest as GrowthTest
from analysis.core.params_segment import Habits as Habits
from analysis.core.params_segment import Prices as Prices
from analysis.core.params_segment import Quadrant as Quadrant
from analysis.core.params_segment import Segment as Segment
from analysis.core.params_segment import SegmentRule as SegmentRule
from analysis.core.params_segment import Tiers as Tiers
from analysis.core.params_segment import Wallet as Wallet


@dataclass(frozen=True)
class Report:
    """What every page shares."""

    organisation: str
    language: Literal["zh", "en"]
    currency: str | None
    mask_names: bool


@dataclass(frozen=True)
class Source:
    """Where the order lines come from and how to read them; ``null`` means: found in the file itself."""

    path: str
    tables: dict[str, str]
    columns: dict[str, str]
    encoding: str | None
    day_first: bool | None
    decimal: Literal["point", "comma"] | None
    amount_basis: Literal["taxed", "untaxed"] | None
    tax_rate: Annotated[float, Limit(0, 1)] | None
    header: bool
    largest_unpacked_gb: Annotated[float, Limit(0.25, 4096)]
    largest_expansion: Annotated[int, Limit(10, 2000)]


@dataclass(frozen=True)
class Engine:
    """The SQL engine for row-level work."""

    name: Literal["duckdb", "spark"]
    memory_limit_gb: Annotated[float, Limit(0.25, 4096)]
    threads: Annotated[int, Limit(1, 1024)]


@dataclass(frozen=True)
class Clean:
    """F1: what is removed, and what is kept apart."""

    complete_month_slack_days: Annotated[int, Limit(0, 15)]
    thin_month_share: Annotated[float, Limit(0, 1)]
    resumed_month_share: Annotated[float, Limit(0, 12)]
    cancelled_status: tuple[str, ...]
    return_types: tuple[str, ...]
    non_products: tuple[str, ...]
    pseudo_customers: tuple[str, ...]
    total_labels: tuple[str, ...]
    keep_duplicates: bool
    overlap_from_lines: Annotated[int, Limit(2)]
    keep_free_lines: bool
    many_names_from: Annotated[int, Limit(2, 1000)]
    shared_ids_up_to: Annotated[float, Limit(0, 1)]
    odd_times: Annotated[float, Limit(2, 1000)]
    odd_cost_times: Annotated[float, Limit(2, 1000)]
    odd_names_up_to: Annotated[float, Limit(0, 1)]
    costed_from: Annotated[float, Limit(0, 1)]
    coverage_months: Annotated[int, Limit(1, 120)]


@dataclass(frozen=True)
class Claim:
    """A saying about concentration: this share of the customers is said to bring that share of the value."""

    customers: Annotated[float, Limit(0, 1)]
    value: Annotated[float, Limit(0, 1)]


@dataclass(frozen=True)
class MinimumOrder:
    """N9: which minimum orders are tried, and three guesses of what customers would do: low, middle, high."""

    order_shares: tuple[Annotated[float, Limit(0, 1)], ...]
    consolidated: tuple[Annotated[float, Limit(0, 1)], ...]
    lost: tuple[Annotated[float, Limit(0, 1)], ...]


@dataclass(frozen=True)
class AssumedMargin:
    """V1: the part of revenue that is taken to be contribution where no line has a cost, give or take ``band``."""

    rate: Annotated[float, Limit(0, 1)]
    band: Annotated[float, Limit(0, 1)]


@dataclass(frozen=True)
class Ladder:
    """G7: who is called a problem, and what each measure is taken to save."""

    serving_quantile: Annotated[float, Limit(0, 1)]
    costed_from: Annotated[float, Limit(0, 1)]
    new_months: Annotated[int, Limit(0, 60)]
    room_times: Annotated[float, Limit(0)]
    avoidable_share: Annotated[float, Limit(0, 1)]
    self_service_share: Annotated[float, Limit(0, 1)]
    fewer_visits_share: Annotated[float, Limit(0, 1)]


@dataclass(frozen=True)
class Profit:
    """V1, V2, V8, G7, N9: the window, what the curve is measured by, and the claims drawn beside it."""

    window_months: Annotated[int, Limit(1, 120)]
    history_months: Annotated[int, Limit(2, 60)]
    slack_days: Annotated[int, Limit(0, 15)]
    costed_share_slack: Annotated[float, Limit(0, 1)]
    small_order_below: Annotated[float, Limit(0)] | None
    minimum_order: MinimumOrder
    ladder: Ladder
    top_shares: tuple[Annotated[float, Limit(0, 1)], ...]
    headline_top_share: Annotated[float, Limit(0, 1)]
    core_value_share: Annotated[float, Limit(0, 1)]
    claims: tuple[Claim, ...]
    curve_points: Annotated[int, Limit(20, 10_000)]
    bootstrap_draws: Annotated[int, Limit(50, 10_000)]
    interval_level: Annotated[float, Limit(0.5, 0.99)]
    flat_peak: Annotated[float, Limit(1, 2)]
    dependent_top_share: Annotated[float, Limit(0, 1)]
    dependent_value_share: Annotated[float, Limit(0, 1)]
    lost_over_new_months: Annotated[int, Limit(1, 24)]
    listed_customers: Annotated[int, Limit(1, 200)]
    assumed_margin: AssumedMargin | None
    discount_classes: tuple[Annotated[float, Limit(0, 1)], ...]
    deep_discount: Annotated[float, Limit(0, 1)]
    random_seed: Annotated[int, Limit(0)]


@dataclass(frozen=True)
class Contracts:
    """V4 under contract: when a contract counts as lost, and from when on a law is fitted and compared."""

    grace_days: Annotated[int, Limit(0, 365)]
    is_complete: bool
    claimed_renewal: Annotated[float, Limit(0, 1)]
    min_lost: Annotated[int, Limit(2)]
    cutoff_months: Annotated[int, Limit(1, 60)]
    min_cutoffs: Annotated[int, Limit(1, 100)]


@dataclass(frozen=True)
class LifetimeValue:
    """V3 to V6: horizons, discount, the proof at origins in the past, the level of the intervals, retention and new customers."""

    horizon_months: tuple[Annotated[int, Limit(1, 600)], ...]
    discount_rate_yearly: Annotated[float, Limit(0, 1)]
    interval_level: Annotated[float, Limit(0.5, 0.99)]
    holdout_months: Annotated[int, Limit(1, 60)]
    models: tuple[Literal["bgnbd", "mbgnbd", "pareto_nbd", "ggompertz_nbd", "bgcnbd", "mbgcnbd"], ...]
    hiatus_gaps: Annotated[float, Limit(0, 100)]
    origins: Annotated[int, Limit(1, 24)]
    season_below: Annotated[float, Limit(0, 1)]
    sampled_customers: Annotated[int, Limit(100)]
    min_repeat_customers: Annotated[int, Limit(2)]
    min_gaps_of_history: Annotated[float, Limit(0, 100)]
    calibration_repeats: Annotated[int, Limit(1, 50)]
    max_value_correlation: Annotated[float, Limit(0, 1)]
    listed_customers: Annotated[int, Limit(1, 2_000)]
    draws: Annotated[int, Limit(50, 100_000)]
    random_seed: Annotated[int, Limit(0)]
    what_if: WhatIf
    acquisition: Acquisition
    contracts: Contracts


@dataclass(frozen=True)
class Churn:
    """C1 to C8, N2: the questions asked of every customer, their proof at origins in the past, states, and what else is asked of churn."""

    horizon_days: Annotated[int, Limit(1, 1_000)]
    horizons_days: tuple[Annotated[int, Limit(1, 1_000)], ...]
    models: tuple[Literal["bgnbd", "mbgnbd", "pareto_nbd", "ggompertz_nbd", "bgcnbd", "mbgcnbd"], ...]
    hiatus_gaps: Annotated[float, Limit(0, 100)]
    origins: Annotated[int, Limit(1, 24)]
    season_below: Annotated[float, Limit(0, 1)]
    sampled_customers: Annotated[int, Limit(50)]
    value_window_months: Annotated[int, Limit(1, 120)]
    interval_level: Annotated[float, Limit(0.5, 0.99)]
    calibration_groups: Annotated[int, Limit(2, 50)]
    min_repeat_customers: Annotated[int, Limit(2)]
    cooling_from: Annotated[float, Limit(0, 1)]
    at_risk_from: Annotated[float, Limit(0, 1)]
    probably_lost_from: Annotated[float, Limit(0, 1)]
    listed_customers: Annotated[int, Limit(1, 2_000)]
    draws: Annotated[int, Limit(50, 100_000)]
    random_seed: Annotated[int, Limit(0)]
    drivers: Drivers
    failures: Failures
    tolerance: Tolerance
    win_back: WinBack
    dependence: Dependence
    warnings: Warnings


@dataclass(frozen=True)
class ClaimedGains:
    """What single firms are said to have gained: by cross-selling, and by tiers in retention, in upgrades and in value."""

    cross_sell: Annotated[float, Limit(0, 10)]
    kept: Annotated[float, Limit(0, 10)]
    moved_up: Annotated[float, Limit(0, 10)]
    value: Annotated[float, Limit(0, 10)]


@dataclass(frozen=True)
class Executive:
    """X4: what the director's page shows."""

    headline_share: Annotated[float, Limit(0, 1)]
    most_share: Annotated[float, Limit(0, 1)]
    action_from_share: Annotated[float, Limit(0, 1)]
    listed_actions: Annotated[int, Limit(1, 3)]
    listed_customers: Annotated[int, Limit(1, 200)]
    listed_gaps: Annotated[int, Limit(1, 12)]
    drawn_wallets: Annotated[int, Limit(1, 500)]
    grown_part: Annotated[float, Limit(0, 1)]
    least_valued: Annotated[int, Limit(3)]
    claim_tolerance: Annotated[float, Limit(0, 1)]
    claims: ClaimedGains


@dataclass(frozen=True)
class Export:
    """Files that people take away. A sheet holds 1,048,576 rows, its header among them (Excel specifications and limits)."""

    listed_customers: Annotated[int, Limit(1, 1_048_575)]


@dataclass(frozen=True)
class Demo:
    """The simulated history that stands in until a source is named."""

    random_seed: Annotated[int, Limit(0)]
    customers: Annotated[int, Limit(30, 100_000)]
    months: Annotated[int, Limit(6, 120)]


@dataclass(frozen=True)
class Params:
    """All of ``params.yaml``. ``as_of`` is the last day that counts; ``None`` is the last complete month."""

    as_of: datetime.date | None
    report: Report
    source: Source
    engine: Engine
    demo: Demo
    clean: Clean
    profit: Profit
    segment: Segment
    lifetime_value: LifetimeValue
    churn: Churn
    executive: Executive
    export: Export


def load(file: Path) -> Params:
    """Read and check ``file``; one error names the file, section, key, limit and value."""
    try:
        content = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ParamsError(file.name, "the file is not there", None, "Restore it with `git checkout params.yaml`") from None
    except YAMLError as fault:
        line = getattr(getattr(fault, "problem_mark", None), "line", 0) + 1
        reason = getattr(fault, "problem", None) or "it is not valid YAML"
        raise ParamsError(f"{file.name}, line {line}", str(reason), None, "Mend that line") from None
    return checked_section(Params, content, file.name)
