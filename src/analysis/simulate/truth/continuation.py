"""What each customer will bring: the same world goes on from the end of the last complete month, many times."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np

from analysis.simulate.truth.gaps import draw_rest
from analysis.simulate.world.chance import Chance, Luck
from analysis.simulate.world.laws import Preset
from analysis.simulate.world.life import WHOLE_BP, Happened, Life
from analysis.simulate.world.lines import NOBODY, WHOLE_RETURN, Baskets, make_lines
from analysis.simulate.world.nature import Nature, drivers_at_work
from analysis.simulate.world.season import DAYS_IN_YEAR, Clock, Week, month_start, weeks_of
from analysis.simulate.world.streams import stream
from analysis.simulate.world.weekly import live
from analysis.simulate.world.world import World, price_rises, shock_of

HORIZON_MONTHS = (12, 24, 36)
SILENCE_DAYS = (30, 90, 180)
DISCOUNT_YEARLY = 0.10
ROWS = 100_000  # futures that are lived at once: what a processor's memory holds nearby
SAMPLED = 48  # orders of each customer that are priced to see what one brings
CENTS = 100
MONEY = ("revenue", "contribution", "discounted", "orders")


@dataclass(frozen=True)
class Future:
    """Means over all futures, one place a customer, by horizon in months. Money in currency, before the cost to
    serve; ``silent`` is the chance of no order in so many days."""

    revenue: dict[int, np.ndarray]
    contribution: dict[int, np.ndarray]
    discounted: dict[int, np.ndarray]
    orders: dict[int, np.ndarray]
    silent: dict[int, np.ndarray]
    error: np.ndarray


@dataclass(frozen=True)
class Worth:
    """What an order brings at the prices of the last complete month, by customer and stock, basket first.

    Money in currency; ``listed_cost`` is the cost for each unit of money of the goods' list price.
    """

    revenue: np.ndarray
    listed_cost: np.ndarray
    kept: np.ndarray


def continue_world(world: World, *, paths: int) -> Future:
    """Let ``world`` go on ``paths`` times for the longest horizon."""
    weeks, ends, first = _weeks_ahead(world)
    start = world.history.at_last_complete
    here = np.flatnonzero(start.left_on >= first)
    n = len(start.left_on)
    worth = order_worth(world)
    rng = stream(world.random_seed, "futures")
    sums = _Sums(n, ends, first)
    block = max(1, min(paths, ROWS // max(len(here), 1)))
    for begun in range(0, paths, block):
        rows = np.repeat(here, min(block, paths - begun))
        nature, life = world.cast.nature.take(rows), start.take(rows)
        life.due = draw_rest(rng, nature, life, world.preset.goods.stock_spread)
        _live_on(world.preset, Luck(rng), nature, life, weeks, worth, sums)
    return sums.means(paths, here)


class _Sums:
    """Sums over all futures."""

    def __init__(self, n: int, ends: dict[int, int], first: int) -> None:
        self.n, self.ends, self.first = n, ends, first
        self.money = {name: {months: np.zeros(n) for months in ends} for name in MONEY}
        self.silent = {days: np.zeros(n) for days in SILENCE_DAYS}
        self.square = np.zeros(n)

    def add(self, who: np.ndarray, day: np.ndarray, brought: dict[str, np.ndarray]) -> None:
        """Orders of ``who`` on ``day``."""
        for months, end in self.ends.items():
            inside = day < end
            for name, values in brought.items():
                self.money[name][months] += np.bincount(who[inside], values[inside], self.n)

    def end_path(self, who: np.ndarray, first_order: np.ndarray, total: np.ndarray) -> None:
        """One future of each row is over."""
        self.square += np.bincount(who, total**2, self.n)
        for days in SILENCE_DAYS:
            self.silent[days] += np.bincount(who, first_order >= self.first + days, self.n)

    def means(self, paths: int, here: np.ndarray) -> Future:
        """The future of each customer; those who have left are silent for sure."""
        gone = np.ones(self.n, bool)
        gone[here] = False
        mean = {name: {key: value / paths for key, value in sums.items()} for name, sums in self.money.items()}
        silent = {days: np.where(gone, 1.0, sums / paths) for days, sums in self.silent.items()}
        longest = mean["contribution"][max(self.ends)]
        error = np.sqrt(np.maximum(self.square / paths - longest**2, 0.0) / paths)
        return Future(silent=silent, error=error, **mean)


def _weeks_ahead(world: World) -> tuple[list[Week], dict[int, int], int]:
    """The weeks to come, the day after each horizon, and the first day to come."""
    clock, preset = world.clock, world.preset
    end = {months: month_start(preset.last_complete, -months - 1) for months in HORIZON_MONTHS}
    last = max(end.values()) - datetime.timedelta(1)
    longer = Clock(clock.first, last, preset.growth_yearly, season=preset.season, shock=shock_of(preset))
    known = (preset.last_complete - clock.first).days
    weeks = weeks_of(longer, known, price_rises(preset, clock.first))
    days = {months: (day - clock.first).days for months, day in end.items()}
    return [week for week in weeks if week.first > known], days, known + 1


def _live_on(
    preset: Preset, luck: Luck, nature: Nature, life: Life, weeks: list[Week], worth: Worth, sums: _Sums
) -> None:
    betas = drivers_at_work(preset, frozenset())
    first_order = np.full(len(nature.who), np.iinfo(np.int64).max)
    total = np.zeros(len(nature.who))
    for week in weeks:
        hazard = preset.contacts.rep_leaves * week.days / DAYS_IN_YEAR
        news = live(luck, preset, nature, life, week, betas, luck.part("rep", nature.who) < hazard)
        np.minimum.at(first_order, news.buyer, news.day)
        brought = _brought(nature, life, worth, news, sums.first)
        total += np.bincount(news.buyer, brought["contribution"], len(total))
        sums.add(nature.who[news.buyer], news.day, brought)
    sums.end_path(nature.who, first_order, total)


def _brought(nature: Nature, life: Life, worth: Worth, news: Happened, first: int) -> dict[str, np.ndarray]:
    """What the orders of a week bring; a discount that was cut leaves more."""
    who, stock = nature.who[news.buyer], news.stock
    paid = 1 - (nature.discount_bp[news.buyer] - life.cut_bp[news.buyer]) / WHOLE_BP
    revenue = worth.revenue[who, stock] * worth.kept[who]
    contribution = revenue * (1 - worth.listed_cost[who, stock] / paid)
    years = (news.day - first) / DAYS_IN_YEAR
    discounted = contribution / (1 + DISCOUNT_YEARLY) ** years
    return {
        "revenue": revenue, "contribution": contribution, "discounted": discounted,
        "orders": np.ones(len(who)),
    }  # fmt: skip


def order_worth(world: World) -> Worth:
    """Price orders of every customer as of the last complete month, of which some goods come back."""
    people, products, preset, cast = world.customers, world.products, world.preset, world.cast
    n, stocks = cast.nature.gap.shape
    day = (preset.last_complete - world.clock.first).days
    rng = stream(world.random_seed, "worth")
    who = np.repeat(np.arange(n), SAMPLED)
    spread = preset.order_spread
    value = people.order_value[who] * np.exp(spread * rng.standard_normal(len(who)) - spread**2 / 2)  # mean one
    slot_who, slot = np.nonzero(world.pack)
    who = np.concatenate([who, slot_who])
    value = np.append(value, np.zeros(len(slot_who)))
    refill = np.append(np.full(n * SAMPLED, NOBODY), cast.nature.stocked[slot_who, slot])
    pack = np.append(np.zeros(n * SAMPLED, np.int64), world.pack[slot_who, slot])
    orders = Baskets(who, np.full(len(who), day), np.zeros(len(who), np.int64), value, refill, pack)
    lines = make_lines(rng, Chance(world.random_seed), people, products, world.clock, preset, [], world.terms, orders)
    key = lines["customer"] * stocks + np.append(np.zeros(n * SAMPLED, np.int64), slot + 1)[lines["order"]]
    revenue = np.bincount(key, lines["amount"] / CENTS, n * stocks)
    cost = np.bincount(key, lines["qty"] * products.cost[lines["product"]] / CENTS, n * stocks)
    part = WHOLE_RETURN + (1 - WHOLE_RETURN) * (lines["qty"] + 1) / (2 * lines["qty"])  # mean of 1 to the whole
    back = np.bincount(lines["customer"], part * lines["amount"] / CENTS, n)
    times = np.ones((n, stocks))
    times[:, 0] = SAMPLED
    revenue, cost = revenue.reshape(n, stocks), cost.reshape(n, stocks)
    paid = 1 - (cast.nature.discount_bp - world.history.at_last_complete.cut_bp)[:, None] / WHOLE_BP
    listed = np.divide(cost * paid, revenue, out=np.zeros_like(cost), where=revenue > 0)
    return Worth(revenue / times, listed, 1 - people.returned * back / np.maximum(revenue.sum(axis=1), 1 / CENTS))
