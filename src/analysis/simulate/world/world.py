"""What happened: the purchases and returns of a made-up world, before anybody exports them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np

from analysis.simulate.world.customers import Customers, make_customers
from analysis.simulate.world.presets import DISTRIBUTOR, Preset
from analysis.simulate.world.products import Products, make_products
from analysis.simulate.world.season import DAYS_IN_YEAR, Clock, month_start
from analysis.simulate.world.streams import stream

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
class World:
    """A finished history.

    ``lines`` are in order of their time. ``left_on`` is the day after which a customer buys nothing, of
    which only those before the end are known to anybody. The place after the last customer stands for
    everybody who pays over the counter.
    """

    preset: Preset
    clock: Clock
    products: Products
    customers: Customers
    lines: np.ndarray
    left_on: np.ndarray
    random_seed: int

    @property
    def counter(self) -> int:
        """Place of the walk-in account."""
        return len(self.customers.ids)


def make_world(*, random_seed: int, customers: int, months: int, preset: Preset = DISTRIBUTOR) -> World:
    """Let ``customers`` trade for ``months`` and the days of the month after."""

    def draw(topic: str) -> np.random.Generator:
        return stream(random_seed, topic)

    first = month_start(preset.last_complete, months - 1)
    clock = Clock(first, preset.last_complete + datetime.timedelta(preset.tail_days), preset.growth_yearly)
    products = make_products(draw("products"), missing_cost=preset.missing_cost)
    people = make_customers(draw, preset, products, clock, count=customers)
    who, day, left_on = _purchases(draw("purchases"), people, clock)
    value = _order_values(draw("values"), people, who, preset)
    counter_day, counter_value = _counter(draw("counter"), preset, clock, float(value.sum()))
    who = np.concatenate([who, np.full(len(counter_day), customers)])
    day, value = np.concatenate([day, counter_day]), np.concatenate([value, counter_value])
    minute = _minutes(draw("minutes"), len(who))
    order = np.lexsort((who, minute, day))
    who, day, value, minute = who[order], day[order], value[order], minute[order]
    sales = _lines(draw("lines"), people, products, clock, preset, who, day, minute, value)
    back = _returns(draw("returns"), people, clock, preset, sales)
    return World(preset, clock, products, people, np.concatenate([sales, back]), left_on, random_seed)


def _purchases(
    rng: np.random.Generator, people: Customers, clock: Clock
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Customer and day of every order, and the day after which each customer buys nothing."""
    n = len(people.ids)
    mean_gap = DAYS_IN_YEAR / people.orders_yearly
    shape = people.regularity.astype(float)
    # Of a customer met in the middle of its history, the gap under way is a long one, and partly over.
    under_way = rng.standard_gamma(shape + 1) / shape * mean_gap * rng.random(n)
    time = np.where(people.known_before, under_way, people.arrives)
    entry = np.where(people.known_before, 0, clock.day(people.arrives))
    leaves = np.minimum(entry + people.stays_days, 10.0 * clock.days).astype(np.int64)  # 10: far beyond
    who, when = [], []
    bought = np.zeros(n, bool)
    while (time < clock.length).any():
        day = clock.day(time)
        buys = (day < clock.days) & (day <= leaves) & ~(people.once & bought)
        who.append(np.flatnonzero(buys))
        when.append(day[buys])
        bought |= buys
        time = time + rng.standard_gamma(shape) / shape * mean_gap
    left_on = np.where(people.once, entry, leaves)
    return np.concatenate(who), np.concatenate(when), left_on


def _order_values(rng: np.random.Generator, people: Customers, who: np.ndarray, preset: Preset) -> np.ndarray:
    spread = preset.order_spread
    around_one = np.exp(spread * rng.standard_normal(len(who)) - spread**2 / 2)  # log-normal of mean one
    return people.order_value[who] * around_one


def _counter(
    rng: np.random.Generator, preset: Preset, clock: Clock, revenue: float
) -> tuple[np.ndarray, np.ndarray]:
    """Days and values of what is sold over the counter, so that it makes its share of all revenue."""
    spread, share = preset.walk_in_spread, preset.walk_in_share
    usual = preset.walk_in_order * np.exp(spread**2 / 2)  # mean of a log-normal
    count = round(revenue * share / (1 - share) / usual)
    day = clock.day(rng.random(count) * clock.length)
    value = preset.walk_in_order * np.exp(spread * rng.standard_normal(count))
    return np.minimum(day, clock.days - 1), value


def _minutes(rng: np.random.Generator, n: int) -> np.ndarray:
    """Minute of the day, most often about noon."""
    part = (rng.random(n) + rng.random(n)) / 2  # 2: the mean of two is a triangle
    return np.floor((OPENS_HOUR + part * (CLOSES_HOUR - OPENS_HOUR)) * 60).astype(np.int64)  # 60 minutes


def _lines(
    rng: np.random.Generator, people: Customers, products: Products, clock: Clock, preset: Preset,
    who: np.ndarray, day: np.ndarray, minute: np.ndarray, value: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Fill every order with lines whose values make up the order's value as nearly as whole packs can."""
    mean = np.append(people.lines, people.lines.min())[who]
    count = np.minimum(1 + rng.poisson(mean - 1), MOST_LINES)
    order = np.repeat(np.arange(len(who)), count)
    customer = who[order]
    product = _choose_products(rng, people, products, customer)
    weight = rng.standard_exponential(len(order)) + 1 / MOST_LINES
    _, kept = np.unique(order * len(products.ids) + product, return_index=True)
    order, customer, product, weight = order[kept], customer[kept], product[kept], weight[kept]
    target = value[order] * weight / np.bincount(order, weight, minlength=len(who))[order]
    out = np.zeros(len(order), LINE)
    out["order"], out["customer"], out["product"] = order, customer, product
    out["day"], out["minute"], out["of_line"] = day[order], minute[order], NOBODY
    out["price"], out["discount_bp"] = _prices(people, products, clock, preset, out)
    net = out["price"] * (1 - out["discount_bp"] / WHOLE_BP)
    out["qty"] = np.maximum(np.rint(target * 100 / net), 1)  # 100 cents
    out["amount"] = line_amount(out["qty"], out["price"], out["discount_bp"])
    return out


def line_amount(qty: np.ndarray, price: np.ndarray, discount_bp: np.ndarray) -> np.ndarray:
    """Cents to pay for ``qty``, rounded half up on whole numbers."""
    return (qty * price * (WHOLE_BP - discount_bp.astype(np.int64)) + WHOLE_BP // 2) // WHOLE_BP


def _choose_products(
    rng: np.random.Generator, people: Customers, products: Products, customer: np.ndarray
) -> np.ndarray:
    """A product for each line: a category to the customer's taste, then by popularity."""
    shares = np.bincount(products.category, products.popularity) / products.popularity.sum()
    edges = np.cumsum(np.vstack([people.taste, shares]), axis=1)
    category = (rng.random(len(customer))[:, None] > edges[customer] / edges[customer, -1:]).sum(axis=1)
    part, product = rng.random(len(customer)), np.empty(len(customer), np.int64)
    for number in range(len(products.categories)):
        places = products.of_category(number)
        steps = np.cumsum(products.popularity[places])
        here = category == number
        step = np.searchsorted(steps, part[here] * steps[-1], side="right")
        product[here] = places[step.clip(0, len(places) - 1)]
    return product


def _prices(
    people: Customers, products: Products, clock: Clock, preset: Preset, lines: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Price in cents and discount in basis points of each line; contract prices are net, in whole units."""
    months, raised = preset.price_changes[0]
    change = (month_start(preset.last_complete, months) - clock.first).days
    listed = products.list_price[lines["product"]] * np.where(lines["day"] >= change, 1 + raised, 1.0)
    dates = [clock.date(n) for n in range(clock.days)]
    start, end, off = PROMOTION
    promoted = np.array([start <= (date.month, date.day) <= end for date in dates])[lines["day"]]
    discount = np.append(people.discount_bp, 0)[lines["customer"]] + np.where(promoted, off, 0)
    contract = np.append(people.framework, False)[lines["customer"]]
    whole = np.rint(listed * (1 - discount / WHOLE_BP) / 100) * 100  # 100 cents
    price = np.where(contract, np.maximum(whole, 100), np.maximum(np.rint(listed), 1))
    return price.astype(np.int64), np.where(contract, 0, discount)


def _returns(
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
    back["minute"] = _minutes(rng, n)
    back["qty"], back["amount"] = -qty, -line_amount(qty, back["price"], back["discount_bp"])
    back["kind"] = np.where(separate, RETURN_SEPARATE, RETURN_SAME)
    back["of_line"] = chosen
    back = back[back["day"] < clock.days]
    return back[np.lexsort((back["of_line"], back["minute"], back["day"]))]
