"""What is on the lines of every order, at which price, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.simulate.world.chance import Chance
from analysis.simulate.world.customers import Customers
from analysis.simulate.world.laws import Preset
from analysis.simulate.world.pairs import Pair, follow_ups
from analysis.simulate.world.products import Products
from analysis.simulate.world.season import Clock, month_start

SALE, RETURN_SAME, RETURN_SEPARATE = 0, 1, 2
OPENS_HOUR, CLOSES_HOUR = 8, 19
PROMOTION = ((11, 10), (11, 12), 500)  # 双11: from, to, basis points off
MOST_LINES = 9
WHOLE_RETURN = 0.55
RETURN_WINDOW_DAYS = 40
NOBODY = -1
WHOLE_BP = 10_000  # basis points

# One line of an order. Money in cents, days from the history's first; ``price`` is before the discount.
LINE = np.dtype([
    ("order", np.int32), ("customer", np.int32), ("day", np.int32), ("minute", np.int32),
    ("product", np.int32), ("qty", np.int64), ("price", np.int64), ("discount_bp", np.int32),
    ("amount", np.int64), ("kind", np.int8), ("of_line", np.int64),
])  # fmt: skip


@dataclass(frozen=True)
class Baskets:
    """Every order before it has lines. ``refill`` is the consumable of which it is a pack of ``pack``, -1 for a
    basket of whatever; ``value`` what a basket is worth. Days are in order."""

    who: np.ndarray
    day: np.ndarray
    minute: np.ndarray
    value: np.ndarray
    refill: np.ndarray
    pack: np.ndarray


@dataclass(frozen=True)
class Terms:
    """What customers pay: their own discount, cut day by day, and what they stopped buying.

    ``cut_key`` is customer × ``span`` + day of each cut, in order, ``cut_sum`` the cuts up to it over all
    customers; ``lost_on`` is the day on which each customer gave up each category.
    """

    span: int
    cut_key: np.ndarray
    cut_sum: np.ndarray
    lost_on: np.ndarray

    def cut_bp(self, who: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Basis points by which the discount of ``who`` had been cut by ``day``."""
        sums = np.append(0, self.cut_sum)
        start = np.searchsorted(self.cut_key, who.astype(np.int64) * self.span, side="left")
        end = np.searchsorted(self.cut_key, who.astype(np.int64) * self.span + day, side="right")
        return sums[end] - sums[start]


def minutes_of_day(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Minute of the day from two uniform parts, most often about noon."""
    part = (one + other) / 2  # 2: the mean of two is a triangle
    return np.floor((OPENS_HOUR + part * (CLOSES_HOUR - OPENS_HOUR)) * 60).astype(np.int64)  # 60 minutes


def make_lines(
    rng: np.random.Generator, chance: Chance, people: Customers, products: Products, clock: Clock, preset: Preset,
    pairs: list[Pair], terms: Terms, baskets: Baskets,
) -> np.ndarray:  # fmt: skip
    """Fill every order with lines whose values make up the order's value as nearly as whole packs can."""
    who = baskets.who
    refills = baskets.refill != NOBODY
    mean = np.append(people.lines, people.lines.min())[who]
    count = np.where(refills, 1, np.minimum(1 + rng.poisson(mean - 1), MOST_LINES))
    order = np.repeat(np.arange(len(who)), count)
    product = _choose_products(rng, people, products, terms, who[order], baskets.day[order])
    product = np.where(refills[order], baskets.refill[order], product)
    takes = ~refills & (who < len(people.ids))
    more, then = follow_ups(
        chance, pairs, order, product, who, baskets.day, takes, preset.goods.window_days
    )
    order, product = np.concatenate([order, more]), np.concatenate([product, then])
    weight = rng.standard_exponential(len(order)) + 1 / MOST_LINES
    _, kept = np.unique(order * len(products.ids) + product, return_index=True)
    order, product, weight = order[kept], product[kept], weight[kept]
    target = baskets.value[order] * weight / np.bincount(order, weight, minlength=len(who))[order]
    out = np.zeros(len(order), LINE)
    out["order"], out["customer"], out["product"] = order, who[order], product
    out["day"], out["minute"], out["of_line"] = baskets.day[order], baskets.minute[order], NOBODY
    out["price"], out["discount_bp"] = _prices(people, products, clock, preset, terms, out)
    net = out["price"] * (1 - out["discount_bp"] / WHOLE_BP)
    out["qty"] = np.where(refills[order], baskets.pack[order], np.maximum(np.rint(target * 100 / net), 1))  # 100 cents
    out["amount"] = line_amount(out["qty"], out["price"], out["discount_bp"])
    return out


def line_amount(qty: np.ndarray, price: np.ndarray, discount_bp: np.ndarray) -> np.ndarray:
    """Cents to pay for ``qty``, rounded half up on whole numbers."""
    return (qty * price * (WHOLE_BP - discount_bp.astype(np.int64)) + WHOLE_BP // 2) // WHOLE_BP


def _choose_products(
    rng: np.random.Generator, people: Customers, products: Products, terms: Terms, customer: np.ndarray,
    day: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """A product for each line: a category to the customer's taste that it has not given up, then by popularity."""
    shares = np.bincount(products.category, products.popularity) / products.popularity.sum()
    taste = np.vstack([people.taste, shares]).astype(np.float32)
    still = terms.lost_on[customer] > day[:, None]
    edges = np.cumsum(taste[customer] * still, axis=1)
    category = (rng.random(len(customer))[:, None] >= edges / edges[:, -1:]).sum(axis=1)
    category = np.minimum(category, len(shares) - 1)
    part, product = rng.random(len(customer)), np.empty(len(customer), np.int64)
    for number in range(len(products.categories)):
        places = products.of_category(number)
        steps = np.cumsum(products.popularity[places])
        here = category == number
        step = np.searchsorted(steps, part[here] * steps[-1], side="right")
        product[here] = places[step.clip(0, len(places) - 1)]
    return product


def _prices(
    people: Customers, products: Products, clock: Clock, preset: Preset, terms: Terms, lines: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Price in cents and discount in basis points of each line; contract prices are net, in whole units."""
    factor = np.ones(clock.days)
    for months, raised in preset.price_changes:
        change = (month_start(preset.last_complete, months) - clock.first).days
        factor[max(change, 0) :] *= 1 + raised
    listed = products.list_price[lines["product"]] * factor[lines["day"]]
    dates = [clock.date(n) for n in range(clock.days)]
    start, end, off = PROMOTION
    promoted = np.array([start <= (date.month, date.day) <= end for date in dates])[lines["day"]]
    own = np.append(people.discount_bp, 0)[lines["customer"]] - terms.cut_bp(lines["customer"], lines["day"])
    discount = own + np.where(promoted, off, 0)
    contract = np.append(people.framework, False)[lines["customer"]]
    whole = np.rint(listed * (1 - discount / WHOLE_BP) / 100) * 100  # 100 cents
    price = np.where(contract, np.maximum(whole, 100), np.maximum(np.rint(listed), 1))
    return price.astype(np.int64), np.where(contract, 0, discount)


def make_returns(
    rng: np.random.Generator, people: Customers, clock: Clock, preset: Preset, sales: np.ndarray
) -> np.ndarray:
    """What comes back, in time order: under the order's number, or in a later month under one of its own."""
    chance = np.append(people.returned, people.returned.min())[sales["customer"]]
    chosen = np.flatnonzero(rng.random(len(sales)) < chance)
    back = sales[chosen].copy()
    n = len(back)
    separate = rng.random(n) < preset.mess.return_separate
    soon = back["day"] + 1 + np.floor(rng.standard_exponential(n) * preset.return_delay_days).astype(np.int64)
    dates = [clock.date(day) for day in back["day"]]
    next_month = np.array([(month_start(date, -1) - clock.first).days for date in dates], np.int64)
    later = next_month + np.floor(rng.random(n) * RETURN_WINDOW_DAYS).astype(np.int64)
    part = np.ceil(rng.random(n) * back["qty"]).astype(np.int64).clip(1)
    qty = np.where(rng.random(n) < WHOLE_RETURN, back["qty"], part)
    back["day"] = np.where(separate, later, soon)
    back["minute"] = minutes_of_day(rng.random(n), rng.random(n))
    back["qty"], back["amount"] = -qty, -line_amount(qty, back["price"], back["discount_bp"])
    back["kind"] = np.where(separate, RETURN_SEPARATE, RETURN_SAME)
    back["of_line"] = chosen
    back = back[back["day"] < clock.days]
    return back[np.lexsort((back["of_line"], back["minute"], back["day"]))]
