"""What the firm knows of its customers' wallets: for a part of them, from sources of unequal worth."""

from __future__ import annotations

import datetime

import numpy as np

from analysis.simulate.world.season import DAYS_IN_YEAR
from analysis.simulate.world.side_laws import Knowing
from analysis.simulate.world.streams import stream
from analysis.simulate.world.world import SALE, World

# One record, money in cents; ``own`` is what the customer spent with us in that year and category.
WALLET_RECORD = np.dtype([
    ("customer", np.int32), ("category", np.int32), ("year", np.int32), ("told", np.int64), ("true", np.int64), ("own", np.int64),
    ("source", np.int8), ("confidence", np.float64), ("share_told", np.bool_),
])  # fmt: skip


def make_wallet_records(world: World, law: Knowing) -> np.ndarray:
    """Records of the latest whole calendar years."""
    rng, people = stream(world.random_seed, "wallet records"), world.customers
    size = people.wallet_yearly / np.exp(np.log(people.wallet_yearly).mean())
    known = np.flatnonzero((rng.random(len(people.ids)) < law.covered * size**law.size_power) & ~people.once)
    last = world.clock.last.year - 1
    found = [_year(rng, world, law, known, year) for year in range(last - law.years + 1, last + 1)]
    rows = np.concatenate(found)
    return rows[np.lexsort((rows["category"], rows["customer"], rows["year"]))]


def true_wallets(world: World, year: int) -> np.ndarray:
    """Cents that each customer spends on each category in a calendar year: the world's year that holds its middle."""
    middle = (datetime.date(year, 7, 1) - world.clock.first).days / DAYS_IN_YEAR  # the first of July
    place = int(np.clip(np.floor(middle), 0, len(world.wallet) - 1))
    return np.rint(world.wallet[place] * 100).astype(np.int64)  # 100 cents


def own_sales(world: World, year: int) -> np.ndarray:
    """Cents that each customer spent with us on each category in a calendar year, returns not taken off."""
    first, after = ((datetime.date(one, 1, 1) - world.clock.first).days for one in (year, year + 1))
    lines = world.lines
    lines = lines[(lines["kind"] == SALE) & (lines["customer"] < world.counter) & (lines["day"] >= first) & (lines["day"] < after)]
    sums = np.zeros((len(world.customers.ids), len(world.products.categories)), np.int64)
    np.add.at(sums, (lines["customer"], world.products.category[lines["product"]]), lines["amount"])
    return sums


def _year(rng: np.random.Generator, world: World, law: Knowing, known: np.ndarray, year: int) -> np.ndarray:
    true, own = true_wallets(world, year), own_sales(world, year)
    here = known[(world.cast.nature.entry[known] < (datetime.date(year, 12, 31) - world.clock.first).days)]
    worth = true[here] >= law.least * true[here].sum(axis=1, keepdims=True)
    place, category = np.nonzero(worth)
    who = here[place]
    rows = np.zeros(len(who), WALLET_RECORD)
    rows["customer"], rows["category"], rows["year"] = who, category, year
    rows["true"], rows["own"] = true[who, category], own[who, category]
    share, error, bias, confidence = np.array(list(law.sources.values())).T
    by_customer = np.searchsorted(np.cumsum(share), rng.random(len(here)) * share.sum(), side="right")
    rows["source"] = np.minimum(by_customer, len(share) - 1)[place]
    shift = bias[rows["source"]] + error[rows["source"]] * rng.standard_normal(len(who))
    rows["told"] = np.rint(rows["true"] * np.exp(shift) / 100_000) * 100_000  # cents of 1,000, to which people round
    rows["confidence"] = confidence[rows["source"]]
    rows["share_told"] = rng.random(len(who)) < law.share_told
    return rows[rows["told"] > 0]
