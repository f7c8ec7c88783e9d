"""Products that are bought after others, and pairs that look alike and have nothing to do with each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.simulate.world.chance import Chance
from analysis.simulate.world.products import Products
from analysis.simulate.world.treatment import Goods


@dataclass(frozen=True)
class Pair:
    """Who buys ``first`` buys ``then`` with chance ``lift`` in a basket about ``lag_days`` later; 0: by accident."""

    first: int
    then: int
    lift: float
    lag_days: float


def make_pairs(chance: Chance, law: Goods, products: Products) -> list[Pair]:
    """The true pairs, then the null pairs; no product is in two of them."""
    known = np.argsort(-products.popularity, kind="stable")
    count = min(law.pairs + law.null_pairs, len(known) // 2)  # 2 products a pair
    firsts = known[:count]
    order = np.argsort(chance.part("pair partners", np.arange(len(known) - count)), kind="stable")
    thens = known[count:][order][:count]
    shuffled = np.argsort(chance.part("pair kinds", np.arange(count)), kind="stable")
    places = np.arange(count)
    lift = law.lift[0] + (law.lift[1] - law.lift[0]) * chance.part("pair lift", places)
    lag = law.lag_days[0] + (law.lag_days[1] - law.lag_days[0]) * chance.part("pair lag", places)
    return [
        Pair(int(firsts[one]), int(thens[one]), round(float(lift[n]), 3) * (n < law.pairs), round(float(lag[n]), 1))
        for n, one in enumerate(shuffled.tolist())
    ]  # fmt: skip


def follow_ups(
    chance: Chance, pairs: list[Pair], order: np.ndarray, product: np.ndarray, who: np.ndarray, day: np.ndarray,
    takes: np.ndarray, window_days: int,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Order and product of the lines that follow from true pairs.

    ``who``, ``day`` and ``takes`` are by order; only an order that ``takes`` another line can be the later one.
    """
    ready = np.flatnonzero(takes)
    ready = ready[np.lexsort((ready, day[ready], who[ready]))]
    span = int(day.max(initial=0)) + window_days + 1
    keys = who[ready].astype(np.int64) * 2 * span + day[ready]  # 2: no customer reaches into the next
    orders, products = [], []
    for number, pair in enumerate(pairs):
        if not pair.lift:
            continue
        bought = order[product == pair.first]
        part = chance.part(f"follow up {number}", who[bought], day[bought])
        later = 1 + np.floor(2 * pair.lag_days * chance.part(f"follow up lag {number}", who[bought], day[bought]))
        wanted = who[bought].astype(np.int64) * 2 * span + day[bought] + later.astype(np.int64)
        at = np.searchsorted(keys, wanted)
        found = (part < pair.lift) & (at < len(keys))
        found &= np.append(keys, 0)[np.minimum(at, len(keys))] - wanted <= window_days
        orders.append(ready[at[found]])
        products.append(np.full(int(found.sum()), pair.then))
    none = np.zeros(0, np.int64)
    return np.concatenate([none, *orders]), np.concatenate([none, *products])
