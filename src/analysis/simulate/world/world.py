"""A made-up world: who lives in it, and all that happened, before anybody exports it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np

from analysis.simulate.world.assortments import ASSORTMENTS
from analysis.simulate.world.chance import Chance
from analysis.simulate.world.customers import Customers, make_customers
from analysis.simulate.world.history import History, run
from analysis.simulate.world.laws import Preset
from analysis.simulate.world.life import begin
from analysis.simulate.world.lines import (
    LINE,
    NOBODY,
    RETURN_SAME,
    RETURN_SEPARATE,
    SALE,
    Baskets,
    Terms,
    line_amount,
    make_lines,
    make_returns,
    minutes_of_day,
)
from analysis.simulate.world.nature import NO_PRODUCT, Nature, drivers_at_work, make_nature
from analysis.simulate.world.pairs import Pair, make_pairs
from analysis.simulate.world.presets import DISTRIBUTOR
from analysis.simulate.world.products import Products, make_products
from analysis.simulate.world.records import (
    make_contacts,
    make_incidents,
    make_offers,
    make_orders,
    make_rep_changes,
)
from analysis.simulate.world.reps import Reps, make_reps
from analysis.simulate.world.season import DAYS_IN_YEAR, WHOLE_BP, Clock, Week, month_start, weeks_of
from analysis.simulate.world.streams import stream

__all__ = ["LINE", "RETURN_SAME", "RETURN_SEPARATE", "SALE", "World", "line_amount", "make_world"]

FAR = np.iinfo(np.int32).max


@dataclass(frozen=True)
class Cast:
    """Everybody and everything before the first day. All worlds of one preset and seed begin alike."""

    preset: Preset
    clock: Clock
    products: Products
    customers: Customers
    nature: Nature
    reps: Reps
    weeks: list[Week]
    random_seed: int


@dataclass(frozen=True)
class World:
    """A finished history. Events are in order of their day, with the types of events.py.

    The place after the last customer stands for everybody who pays over the counter. ``left_on`` is the day
    after which a customer buys nothing, of which only those before the end are known to anybody;
    ``decline_from`` the day from which its share drifts down before that, -1 where it leaves at once or stays;
    ``exit_cause`` a place in EXIT_CAUSES, -1 for none. ``wallet`` is yearly, by year, customer and category;
    ``share`` and ``satisfaction`` are by week and customer. ``runs_out_on`` is, for each order of ``orders``
    that fills up a stock, the day on which the stock will be empty; -1 for the others.
    """

    preset: Preset
    clock: Clock
    products: Products
    customers: Customers
    random_seed: int
    lines: np.ndarray
    orders: np.ndarray
    incidents: np.ndarray
    contacts: np.ndarray
    rep_changes: np.ndarray
    offers: np.ndarray
    left_on: np.ndarray
    exit_cause: np.ndarray
    decline_from: np.ndarray
    share: np.ndarray
    wallet: np.ndarray
    satisfaction: np.ndarray
    pairs: list[Pair]
    reps: Reps
    cast: Cast
    history: History
    terms: Terms
    pack: np.ndarray

    @property
    def counter(self) -> int:
        """Place of the walk-in account."""
        return len(self.customers.ids)

    @property
    def weeks(self) -> list[Week]:
        """The weeks that ``share`` and ``satisfaction`` are told by."""
        return self.cast.weeks


def make_cast(*, preset: Preset, random_seed: int, customers: int | None = None, months: int | None = None) -> Cast:
    """Draw who and what there is."""

    def draw(topic: str) -> np.random.Generator:
        return stream(random_seed, topic)

    chance = Chance(random_seed)
    first = month_start(preset.last_complete, (months or preset.months) - 1)
    last = preset.last_complete + datetime.timedelta(preset.tail_days)
    clock = Clock(first, last, preset.growth_yearly, season=preset.season, shock=_shock(preset))
    assortment = ASSORTMENTS[preset.goods.assortment]
    products = make_products(draw("products"), assortment, missing_cost=preset.missing_cost)
    people = make_customers(draw, preset, products, clock, count=customers or preset.customers)
    nature = make_nature(chance, preset, people, products, clock)
    weeks = weeks_of(clock, (preset.last_complete - first).days, price_rises(preset, first))
    reps = make_reps(chance, preset, people, weeks)
    return Cast(preset, clock, products, people, nature, reps, weeks, random_seed)


def _shock(preset: Preset) -> tuple[datetime.date, int, float] | None:
    if preset.shock is None:
        return None
    months, weeks, factor = preset.shock
    return month_start(preset.last_complete, months), weeks, factor


def price_rises(preset: Preset, first: datetime.date) -> dict[int, int]:
    """Basis points by which our list prices rise against the rivals', by day."""
    found: dict[int, int] = {}
    for sign, changes in ((1, preset.price_changes), (-1, preset.rival_changes)):
        for months, raised in changes:
            day = (month_start(preset.last_complete, months) - first).days
            found[day] = found.get(day, 0) + sign * round(raised * WHOLE_BP)
    return found


def let_live(cast: Cast, switched_off: frozenset[str] = frozenset()) -> History:
    """The history of ``cast``, with the drivers that are ``switched_off`` driving nobody away."""
    chance, nature, people = Chance(cast.random_seed), cast.nature, cast.customers
    life = begin(chance, cast.preset, nature, people.arrives, people.known_before)
    betas = drivers_at_work(cast.preset, switched_off)
    return run(chance, cast.preset, nature, life, cast.weeks, cast.reps, betas)


def make_world(
    *, random_seed: int, preset: Preset = DISTRIBUTOR, customers: int | None = None, months: int | None = None,
    switched_off: frozenset[str] = frozenset(),
) -> World:  # fmt: skip
    """Let ``customers`` trade for ``months`` and the days of the month after."""
    cast = make_cast(preset=preset, random_seed=random_seed, customers=customers, months=months)
    history = let_live(cast, switched_off)
    return tell(cast, history)


def tell(cast: Cast, history: History) -> World:
    """Everything that ``history`` left in the books."""
    preset, clock, people, products = cast.preset, cast.clock, cast.customers, cast.products
    chance, nature = Chance(cast.random_seed), cast.nature
    terms, pack = terms_of(cast, history), packs(cast)
    baskets, place = _baskets(cast, history, pack)
    orders = make_orders(
        chance, preset, history, cast.reps, baskets.who, place, baskets.day, baskets.minute, len(people.ids)
    )
    pairs = make_pairs(chance, preset.goods, products)
    sales = make_lines(
        stream(cast.random_seed, "lines"), chance, people, products, clock, preset, pairs, terms, baskets
    )
    back = make_returns(stream(cast.random_seed, "returns"), people, clock, preset, sales)
    last = history.at_end
    return World(
        preset=preset, clock=clock, products=products, customers=people, random_seed=cast.random_seed,
        lines=np.concatenate([sales, back]), orders=orders,
        incidents=make_incidents(chance, preset, history, orders, place),
        contacts=make_contacts(chance, preset, history, cast.reps),
        rep_changes=make_rep_changes(nature, history, cast.reps),
        offers=make_offers(chance, preset, history),
        left_on=last.left_on, exit_cause=last.cause, decline_from=last.decline_from, share=history.share,
        wallet=wallets(cast), satisfaction=history.satisfaction, pairs=pairs, reps=cast.reps, cast=cast,
        history=history, terms=terms, pack=pack,
    )  # fmt: skip


def wallets(cast: Cast) -> np.ndarray:
    """Yearly wallet by year of the history, customer and category.

    What is spent here follows the customer's taste, what is spent elsewhere a taste of its own.
    """
    people, preset = cast.customers, cast.preset
    rng = stream(cast.random_seed, "taste elsewhere")
    other = rng.dirichlet(np.full(people.taste.shape[1], preset.goods.taste), len(people.ids))
    share = people.wallet_share[:, None]
    years = np.arange(int(np.ceil(cast.clock.days / DAYS_IN_YEAR)))
    growth = (1 + cast.nature.wallet_growth)[None, :] * (1 + preset.growth_yearly)
    yearly = people.wallet_yearly * growth ** years[:, None]
    return yearly[:, :, None] * (share * people.taste + (1 - share) * other)


def packs(cast: Cast) -> np.ndarray:
    """How much of each stocked consumable a customer buys at a time."""
    stocked, people = cast.nature.stocked, cast.customers
    price = cast.products.list_price[np.maximum(stocked, 0)] * (1 - people.discount_bp[:, None] / WHOLE_BP)
    wanted = cast.preset.goods.stock_value * people.order_value[:, None] * 100 / price  # 100 cents
    return np.where(stocked == NO_PRODUCT, 0, np.maximum(np.rint(wanted), 1)).astype(np.int64)


def terms_of(cast: Cast, history: History) -> Terms:
    """Discounts that were cut, and categories that were given up."""
    first = np.array([week.first for week in history.weeks])
    who, week = np.nonzero(history.cut_bp.T)
    span = cast.clock.days + 1
    lost_on = np.full((len(cast.customers.ids) + 1, len(cast.products.categories)), FAR)
    at, loser = np.nonzero(history.lost >= 0)
    lost_on[loser, history.lost[at, loser]] = first[at]
    return Terms(
        span=span, cut_key=who.astype(np.int64) * span + first[week],
        cut_sum=np.cumsum(history.cut_bp[week, who], dtype=np.int64), lost_on=lost_on,
    )  # fmt: skip


def _baskets(cast: Cast, history: History, pack: np.ndarray) -> tuple[Baskets, np.ndarray]:
    """All orders in their order, and the place of each in the history; -1 for those at the counter."""
    people, preset, bought, seed = cast.customers, cast.preset, history.bought, cast.random_seed
    chance, spread, counter = Chance(seed), preset.order_spread, len(people.ids)
    around_one = np.exp(spread * chance.normal("value", bought.who, bought.number) - spread**2 / 2)  # mean one
    refills = bought.stock > 0
    slot = np.maximum(bought.stock - 1, 0)
    refill = np.where(refills, cast.nature.stocked[bought.who, slot], NOBODY)
    packs_of = np.where(refills, pack[bought.who, slot], 0)
    value = people.order_value[bought.who] * around_one
    their = float(np.where(refills, value * preset.goods.stock_value, value).sum())
    counter_day, counter_value = _counter(stream(seed, "counter"), preset, cast.clock, their)
    count = len(counter_day)
    who = np.concatenate([bought.who, np.full(count, counter)])
    day = np.concatenate([bought.day, counter_day])
    minute = np.concatenate([
        minutes_of_day(chance.part("hour", bought.who, bought.number), chance.part("minute", bought.who, bought.number)),
        minutes_of_day(*stream(seed, "counter minutes").random((2, count))),  # 2: see there
    ])  # fmt: skip
    order = np.lexsort((who, minute, day))
    value, refill = np.append(value, counter_value), np.append(refill, np.full(count, NOBODY))
    packs_of = np.append(packs_of, np.zeros(count, np.int64))
    place = np.append(np.arange(len(bought.who)), np.full(count, NOBODY))
    return Baskets(who[order], day[order], minute[order], value[order], refill[order], packs_of[order]), place[order]


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
