"""G11: who buys on price and who buys the better goods, what discounts cost, and where a coupon cannot pay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.core import params
from analysis.core.contracts.schema import E4
from analysis.core.contracts.segment_habits import PRICE_MONTHS, PRICE_PREFERENCES
from analysis.core.dialect import render
from analysis.core.engine import Engine
from analysis.models.shares import beta_interval, fit_beta, normal_spread

SQL = Path(__file__).parent
DIGITS = 9  # of a share; what is less is nothing
MAD_TO_SD = 1.4826  # standard deviation of a normal distribution over its median absolute deviation


@dataclass(frozen=True)
class Prices:
    """What prices and discounts say.

    Attributes
    ----------
    sums : by customer, by prices.sql.
    months : rows of ``price_months``.
    responses : by customer, by promotions.sql; no rows where no promotion can be seen.
    category_share : share of the lines whose category is known; below ``habits.known_from`` all goods are one pool.
    """

    sums: pd.DataFrame
    months: pd.DataFrame
    responses: pd.DataFrame
    category_share: float
    is_pooled: bool

    @property
    def knows_discounts(self) -> bool:
        """Whether any line tells its discount."""
        return bool(self.sums["known_orders"].any())

    @property
    def knows_tiers(self) -> bool:
        """Whether any line tells a unit price."""
        return bool(self.sums["tier_orders"].any())


def read_prices(engine: Engine, settings: params.Segment) -> Prices:
    """Sum prices and discounts in ``engine``, in which ``people`` and ``bought`` are defined."""

    def frame(name: str, by: Sequence[str] = (), **given: Any) -> pd.DataFrame:
        return engine.frame(render((SQL / f"{name}.sql").read_text(encoding="utf-8"), engine.dialect, e4=E4, **given), by)

    known = engine.frame("SELECT count(category) AS known, count(*) AS lines FROM bought").iloc[0]
    share = float(known["known"] / max(known["lines"], 1))
    pooled = share < settings.habits.known_from
    sums = frame("prices", ["customer"], pooled=pooled, discount_from=settings.prices.discount_from)
    months = find_promotions(frame("price_months"), settings.prices)
    promotions = ", ".join(f"DATE '{month:%Y-%m-%d}'" for month in months.loc[months["is_promotion"], "month"])
    responses = frame("promotions", promotions=promotions) if promotions else pd.DataFrame()
    return Prices(sums.drop(columns="customer"), months, responses, share, pooled)


def find_promotions(months: pd.DataFrame, settings: params.Prices) -> pd.DataFrame:
    """Rows of ``price_months``.

    A promotion is a month whose discount is deeper than the median month's by ``promotion_above``, and by
    ``promotion_spreads`` robust standard deviations of the months (1.4826 times the median absolute deviation).
    """
    found = months.sort_values("month", ignore_index=True)
    depth = found["let_off_e4"] / found["list_e4"].where(found["list_e4"] > 0)
    above = depth.fillna(0.0) - depth.median()
    spread = MAD_TO_SD * above.abs().median() if len(found) else 0.0
    is_promotion = (above >= settings.promotion_above) & (above > settings.promotion_spreads * spread)
    return found.assign(depth=depth.fillna(0.0), is_promotion=is_promotion)[list(PRICE_MONTHS.by_name)]


def prefer(prices: Prices, settings: params.Segment) -> pd.DataFrame:
    """Rows of the table ``price_preferences``.

    Of many customers with few orders some are extreme by chance, so that intervals lean on how customers differ in
    general (empirical Bayes): that of a discount share is of the posterior ``Beta(discounted + a, others + b)`` with a
    and b fitted over all, that of a price tier of the normal posterior with the variances within and between.
    """
    sums, asked, level = prices.sums, settings.prices, settings.interval_level
    known, hits = (sums[name].to_numpy(dtype=float) for name in ("known_orders", "discounted_orders"))
    a, b = fit_beta(hits, known, prior=settings.dirichlet_prior)
    lo, hi = (end.round(DIGITS) for end in beta_interval(hits + a, known - hits + b, level=level))
    with np.errstate(invalid="ignore"):
        share = hits / np.where(known > 0, known, np.nan)
    tier, *ends = tier_intervals(sums, level)
    frame = pd.DataFrame({
        "customer_id": sums["customer_id"], "customer_name": sums["customer_name"], "orders": sums["orders"],
        "discounted_orders": sums["discounted_orders"].astype("Int64").where(known > 0),
        "discount_share": share, "discount_lo": np.where(known > 0, lo, np.nan), "discount_hi": np.where(known > 0, hi, np.nan),
        "let_off_e4": sums["let_off_e4"].astype("Int64"),
        "let_off_share": (sums["let_off_e4"] / sums["list_e4"].where(sums["list_e4"] > 0)).astype("float64"),
        "price_tier": tier, "tier_lo": ends[0], "tier_hi": ends[1],
    })  # fmt: skip
    frame = frame.assign(tag=name_tags(frame, asked), coupon=advise(frame, asked))
    return frame.assign(**respond(prices.responses, frame["customer_id"], level))[list(PRICE_PREFERENCES.by_name)]


def name_tags(frame: pd.DataFrame, settings: params.Prices) -> np.ndarray:
    """What is sure: buys on price, buys the better goods, both, neither; ``open`` where an interval crosses a cut."""
    on_price = (frame["discount_lo"] >= settings.price_minded_from).to_numpy()
    better = (frame["tier_lo"] >= settings.quality_from).to_numpy()
    not_on_price = ((frame["discount_hi"] < settings.price_minded_from) | frame["discount_hi"].isna()).to_numpy()
    not_better = ((frame["tier_hi"] < settings.quality_from) | frame["tier_hi"].isna()).to_numpy()
    is_known = (frame["discount_hi"].notna() | frame["tier_hi"].notna()).to_numpy()
    few = (frame["orders"] < settings.min_orders).to_numpy()
    return np.select(
        [few, on_price & better, on_price, better, not_on_price & not_better & is_known],
        ["open", "both", "price", "quality", "neither"], "open",
    )


def advise(frame: pd.DataFrame, settings: params.Prices) -> pd.Series:
    """``no`` coupon for who surely buys at full price, ``test`` one with who surely buys on price, else ``open``."""
    enough = frame["orders"] >= settings.min_orders
    sure = [enough & (frame["discount_hi"] < settings.coupon_below), enough & (frame["discount_lo"] >= settings.price_minded_from)]
    found = np.select(sure, ["no", "test"], "open")
    return pd.Series(found, frame.index, dtype="str").where(frame["discount_hi"].notna())


def tier_intervals(sums: pd.DataFrame, level: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean price tier of each customer's orders, and the ends of its interval; no ends where nobody ordered twice."""
    from scipy.special import ndtri

    orders, sum_of_tiers = sums["tier_orders"].to_numpy(dtype=float), sums["tier_e4"].to_numpy(dtype=float) / E4
    counted = np.where(orders > 0, orders, np.nan)
    tier = sum_of_tiers / counted
    within = np.nansum(sums["tier_squares"].to_numpy(dtype=float) / E4**2 - sum_of_tiers**2 / counted)
    free = np.maximum(orders - 1, 0).sum()
    if not free:
        return tier, np.full(len(tier), np.nan), np.full(len(tier), np.nan)
    variance = max(within / free, 0.0)
    mean, between = normal_spread(tier, orders, variance)
    weight = between / (between + variance / counted) if between else np.zeros(len(tier))
    middle = weight * tier + (1 - weight) * mean
    half = ndtri((1 + level) / 2) * np.sqrt(between * (1 - weight))  # 2: both sides
    ends = (np.where(orders > 0, np.clip(middle + side * half, 0, 1), np.nan) for side in (-1, 1))
    return (tier, *ends)  # type: ignore[return-value]


def respond(responses: pd.DataFrame, customers: pd.Series, level: float) -> dict[str, np.ndarray]:
    """How much likelier an order is in a promotion month, with its interval; missing where that cannot be asked.

    The interval adds one month with and one without an order on each side (Agresti & Caffo 2000, The American
    Statistician 54:280-288).
    """
    names = ("promotion_response", "response_lo", "response_hi")
    if responses.empty:
        return dict.fromkeys(names, np.full(len(customers), np.nan))
    from scipy.special import ndtri

    known = responses.set_index("customer_id").reindex(customers).astype("float64")
    months, hits = known["promotion_months"], known["promotion_bought"]
    others, other_hits = known["months"] - months, known["bought"] - hits
    both = (months > 0) & (others > 0)
    change = (hits / months.where(both) - other_hits / others.where(both)).to_numpy()
    p, q = (hits + 1) / (months + 2), (other_hits + 1) / (others + 2)  # 2: one with, one without
    half = ndtri((1 + level) / 2) * np.sqrt(p * (1 - p) / (months + 2) + q * (1 - q) / (others + 2))
    ends = [np.where(both, np.clip(p - q + side * half, -1, 1), np.nan) for side in (-1, 1)]
    return dict(zip(names, (change, *ends), strict=True))
