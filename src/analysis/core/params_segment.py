"""The section ``segment`` of ``params.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from analysis.core.checked import Limit


@dataclass(frozen=True)
class SegmentRule:
    """One named box of scores; the first rule that matches names the customer."""

    name: str
    recency: Literal["high", "low", "any"]
    frequency: Literal["high", "low", "any"]
    money: Literal["high", "low", "any"]

    @property
    def is_waiting(self) -> bool:
        """Whether it names customers with much money and no recent order."""
        return self.money == "high" and self.recency == "low"


@dataclass(frozen=True)
class Tiers:
    """G1: tiers by yearly payment, their limits, and what keeps a customer from flickering between two."""

    names: tuple[str, ...]
    from_yearly: tuple[Annotated[float, Limit(0)], ...] | None
    value_shares: tuple[Annotated[float, Limit(0, 1)], ...]
    hysteresis: Annotated[float, Limit(0, 0.5)]
    least_months: Annotated[int, Limit(1, 12)]
    history_months: Annotated[int, Limit(2, 60)]


@dataclass(frozen=True)
class Wallet:
    """G4: how wallets are measured, estimated and checked, and the stand-in where neither is possible."""

    taus: tuple[Annotated[float, Limit(0.5, 0.99)], ...]
    folds: Annotated[int, Limit(3, 50)]
    fitted_customers: Annotated[int, Limit(200, 50_000)]
    level_from: Annotated[int, Limit(2)]
    told_from: Annotated[int, Limit(10)]
    whole_from: Annotated[float, Limit(0, 1)]
    slack_days: Annotated[int, Limit(0, 15)]
    usual_from: Annotated[float, Limit(0, 1)]
    base_from: Annotated[float, Limit(0, 1)]
    bootstrap_draws: Annotated[int, Limit(20, 10_000)]
    listed_customers: Annotated[int, Limit(1, 200)]


@dataclass(frozen=True)
class Quadrant:
    """G5: where a wallet is large and a share high, and how sure a name has to be."""

    potential_from: Annotated[float, Limit(0)] | None
    wallet_share: Annotated[float, Limit(0, 1)]
    share_from: Annotated[float, Limit(0, 1)]
    sure_from: Annotated[float, Limit(0.25, 1)]
    key_share: Annotated[float, Limit(0, 1)]
    moved_months: Annotated[int, Limit(1, 12)]
    drawn_moves: Annotated[int, Limit(0)]


@dataclass(frozen=True)
class GrowthTest:
    """G6: how much must be known of a customer, who its peers are, and what is worth a name."""

    window_months: Annotated[int, Limit(6, 120)]
    min_months: Annotated[int, Limit(6, 120)]
    min_active_months: Annotated[int, Limit(3, 60)]
    silent_months: Annotated[int, Limit(1, 60)]
    min_peers: Annotated[int, Limit(2, 10_000)]
    watch_margin: Annotated[float, Limit(0, 10)]
    false_share: Annotated[float, Limit(0.001, 0.5)]
    listed_customers: Annotated[int, Limit(1, 200)]


@dataclass(frozen=True)
class Habits:
    """G3: what counts as known, as a habit that comes back, and as a group that is no chance."""

    window_months: Annotated[int, Limit(1, 120)]
    known_from: Annotated[float, Limit(0, 1)]
    morning_before: Annotated[int, Limit(1, 23)]
    evening_from: Annotated[int, Limit(1, 23)]
    listed_levels: Annotated[int, Limit(1, 20)]
    min_orders: Annotated[int, Limit(4, 1000)]
    min_customers: Annotated[int, Limit(20)]
    reliable_from: Annotated[float, Limit(0, 1)]
    sampled_customers: Annotated[int, Limit(20, 20_000)]
    most_groups: Annotated[int, Limit(2, 12)]
    chance_draws: Annotated[int, Limit(19, 1_000)]
    chance_up_to: Annotated[float, Limit(0, 0.5)]
    stability_draws: Annotated[int, Limit(10, 10_000)]
    stable_from: Annotated[float, Limit(0, 1)]
    rule_depth: Annotated[int, Limit(1, 3)]


@dataclass(frozen=True)
class Prices:
    """G11: what counts as a discount, as buying on price, as the better goods, and as a promotion."""

    min_orders: Annotated[int, Limit(1, 1000)]
    discount_from: Annotated[float, Limit(0.001, 1)]
    price_minded_from: Annotated[float, Limit(0, 1)]
    coupon_below: Annotated[float, Limit(0, 1)]
    quality_from: Annotated[float, Limit(0, 1)]
    promotion_above: Annotated[float, Limit(0, 1)]
    promotion_spreads: Annotated[float, Limit(0, 100)]
    listed_customers: Annotated[int, Limit(1, 200)]


@dataclass(frozen=True)
class Segment:
    """G1–G6, G10, G11: tiers, boxes and the moves between them, habits, wallets, quadrants, growth, and prices."""

    window_months: Annotated[int, Limit(1, 120)]
    scores: Annotated[int, Limit(2, 10)]
    high_from_score: Annotated[int, Limit(2, 10)]
    rules: tuple[SegmentRule, ...]
    tiers: Tiers
    interval_level: Annotated[float, Limit(0.5, 0.99)]
    dirichlet_prior: Annotated[float, Limit(0.01, 10)]
    stability_draws: Annotated[int, Limit(10, 10_000)]
    chain_draws: Annotated[int, Limit(50, 100_000)]
    listed_movers: Annotated[int, Limit(1, 200)]
    listed_payers: Annotated[int, Limit(1, 500)]
    wallet: Wallet
    quadrant: Quadrant
    growth_test: GrowthTest
    habits: Habits
    prices: Prices
    random_seed: Annotated[int, Limit(0)]
