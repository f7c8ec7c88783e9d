"""Who the customers are: everything about them that no export tells, drawn once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analysis.simulate.world import names
from analysis.simulate.world.presets import Preset
from analysis.simulate.world.products import Products
from analysis.simulate.world.season import DAYS_IN_YEAR, Clock

CHINESE_NAMES = 0.62
MOST_SHARE = 0.95  # of a wallet that is drawn apart from the spend
DISCOUNT_STEP_BP = 100
KNOWN_FOR_YEARS = 6.0  # customers older than the history opened their account at most so long before it
REGISTERED_BEFORE_DAYS = 10

Draw = Callable[[str], np.random.Generator]


@dataclass(frozen=True)
class Customers:
    """All customers, one place each. Money in currency, days from the first day of the history.

    ``arrived`` is the day of the first order, below zero for those who were customers before; those who
    order ``once`` are gone with it.
    """

    ids: list[str]
    names: list[str]
    segment: np.ndarray
    region: np.ndarray
    industry: np.ndarray
    desk: np.ndarray
    desks: list[str]
    employees: np.ndarray
    wallet_yearly: np.ndarray
    wallet_share: np.ndarray
    orders_yearly: np.ndarray
    regularity: np.ndarray
    order_value: np.ndarray
    lines: np.ndarray
    discount_bp: np.ndarray
    returned: np.ndarray
    taste: np.ndarray
    known_before: np.ndarray
    arrives: np.ndarray
    registered: np.ndarray
    once: np.ndarray
    framework: np.ndarray


def make_customers(draw: Draw, preset: Preset, products: Products, clock: Clock, *, count: int) -> Customers:
    """Draw ``count`` customers; ``draw`` gives the random numbers of a named topic."""
    kinds = preset.segments
    segment = names.draw_share(draw("segments"), {kind.name: kind.share for kind in kinds}, count)

    def law(field: str) -> np.ndarray:
        return np.array([getattr(kind, field) for kind in kinds], float)[segment]

    who, size = draw("who"), draw("wallets")
    region = names.draw_share(who, names.REGIONS, count)
    abroad = np.array([" " not in place for place in names.REGIONS])[region]
    industry = names.draw_share(draw("industry"), names.INDUSTRIES, count)
    employees = np.rint(law("employees") * np.exp(preset.employee_spread * size.standard_normal(count)))
    employees = np.maximum(employees, 1)
    wallet = preset.wallet_base * employees**preset.wallet_power
    wallet *= np.exp(preset.wallet_spread * size.standard_normal(count))
    logit = np.log(law("wallet_share") / (1 - law("wallet_share")))
    wallet *= np.exp(preset.industry_spread * draw("industries").standard_normal(len(names.INDUSTRIES)))[industry]
    share = 1 / (1 + np.exp(-logit - preset.share_spread * size.standard_normal(count)))
    rate, regularity = _rhythm(draw("rhythm"), preset, segment)
    if preset.own_spend is not None:
        median, spread = preset.own_spend
        spend = median * np.exp(spread * size.standard_normal(count))
        wallet = np.maximum(wallet, spend / MOST_SHARE)
        share = spend / wallet
    # Under the law "bgnbd" what an order is worth has nothing to do with how often one is made.
    usual = law("orders_yearly") if preset.leaving.law == "bgnbd" else rate
    order_value = np.maximum(wallet * share / usual, preset.order_floor)
    conduct = draw("conduct")
    arrival = _arrivals(draw("arrivals"), preset, segment, clock)
    desks, desk = names.desks(region, who)
    taste = draw("taste").dirichlet(np.full(len(products.categories), preset.goods.taste), count)
    company = names.company_names(who, abroad=abroad, chinese=CHINESE_NAMES)
    company[int(np.argmin(law("once")))] = names.NAME_OF_NOBODY
    framework = np.zeros(count, bool)
    framework[np.lexsort((np.arange(count), -order_value * rate))[: preset.framework_customers]] = True
    return Customers(
        ids=[f"KH{number + 1:05d}" for number in range(count)], names=company, segment=segment, region=region,
        industry=industry, desk=desk, desks=desks, employees=employees,
        wallet_yearly=wallet, wallet_share=share, orders_yearly=rate, regularity=regularity,
        order_value=order_value, lines=law("lines"), discount_bp=_discounts(conduct, preset, segment),
        returned=law("returned"), taste=taste, once=law("once") > 0, framework=framework, **arrival,
    )  # fmt: skip


def _rhythm(rng: np.random.Generator, preset: Preset, segment: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Orders a year, and the Erlang number of the gaps."""
    mean = np.array([kind.orders_yearly for kind in preset.segments])[segment]
    shape = np.array([kind.rate_shape for kind in preset.segments])[segment]
    low, high = np.array([kind.regularity for kind in preset.segments])[segment].T
    rate = np.maximum(rng.standard_gamma(shape) * mean / shape, mean * preset.least_rate)
    if preset.leaving.law == "bgnbd":
        r, alpha = preset.leaving.rate
        rate = rng.standard_gamma(r, len(segment)) / alpha * DAYS_IN_YEAR
    return rate, low + np.floor(rng.random(len(segment)) * (high - low + 1)).astype(np.int64)


def _discounts(rng: np.random.Generator, preset: Preset, segment: np.ndarray) -> np.ndarray:
    low, high = np.array([kind.discount for kind in preset.segments])[segment].T * 10_000  # basis points
    wanted = low + rng.random(len(segment)) * (high - low)
    return np.rint(wanted / DISCOUNT_STEP_BP).astype(np.int64) * DISCOUNT_STEP_BP


def _arrivals(
    rng: np.random.Generator, preset: Preset, segment: np.ndarray, clock: Clock
) -> dict[str, np.ndarray]:
    """When each customer comes, and when its account was opened."""
    n = len(segment)
    known = rng.random(n) < np.array([kind.known_before for kind in preset.segments])[segment]
    part = rng.random(n)
    grown = preset.arrival_growth
    # The density 1 + grown × part, turned into a draw by solving its quadratic distribution function.
    later = (np.sqrt(1 + grown * (grown + 2) * part) - 1) / grown if grown else part
    arrives = np.where(known, 0.0, later * clock.length)
    before = np.rint(rng.random(n) * KNOWN_FOR_YEARS * DAYS_IN_YEAR).astype(np.int64) + 1
    ahead = np.rint(rng.random(n) * REGISTERED_BEFORE_DAYS).astype(np.int64)
    registered = np.where(known, -before, np.minimum(clock.day(arrives), clock.days - 1) - ahead)
    return {"known_before": known, "arrives": arrives, "registered": registered}

