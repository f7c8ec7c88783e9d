"""The price list: categories, products, costs and how often each is asked for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.simulate.world.assortments import Assortment

SIZES = (("小号 S", 1.0), ("中号 M", 1.7), ("大号 L", 2.9))
PRICE_SPREAD = 0.06
MARGIN_SPREAD = 0.035
POPULARITY_POWER = 0.8  # of the rank within its category
PRICE_STEP = 10  # list prices end in ten cents


@dataclass(frozen=True)
class Products:
    """The price list, best seller of each category first. Money in cents."""

    ids: list[str]
    names: list[str]
    units: list[str]
    categories: list[str]
    category: np.ndarray
    list_price: np.ndarray
    cost: np.ndarray
    cost_is_entered: np.ndarray
    popularity: np.ndarray
    consumable: np.ndarray

    def of_category(self, number: int) -> np.ndarray:
        """Places of the products of category ``number``."""
        return np.flatnonzero(self.category == number)


def make_products(rng: np.random.Generator, assortment: Assortment, *, missing_cost: float) -> Products:
    """Draw the price list."""
    ids, names, units, category, price, margin, rank, consumable = [], [], [], [], [], [], [], []
    for number, (usual_margin, used_up, kinds) in enumerate(assortment.values()):
        ranks = rng.permutation(len(kinds) * len(SIZES))
        for place, (name, unit, small) in enumerate(kinds):
            for step, (size, times) in enumerate(SIZES):
                ids.append(f"P{number + 1}{place * len(SIZES) + step + 1:02d}0")
                names.append(f"{name} {size}")
                units.append(unit)
                category.append(number)
                price.append(small * times)
                margin.append(usual_margin)
                consumable.append(used_up)
                rank.append(ranks[place * len(SIZES) + step] + 1)
    n = len(ids)
    listed = np.array(price) * np.exp(PRICE_SPREAD * rng.standard_normal(n))
    list_price = np.rint(listed * 100 / PRICE_STEP).astype(np.int64) * PRICE_STEP  # 100 cents
    margins = np.array(margin) + MARGIN_SPREAD * rng.standard_normal(n)
    entered = np.ones(n, bool)
    entered[rng.permutation(n)[: round(missing_cost * n)]] = False
    return Products(
        ids=ids, names=names, units=units, categories=list(assortment), category=np.array(category),
        list_price=list_price, cost=np.rint(list_price * (1 - margins)).astype(np.int64),
        cost_is_entered=entered, popularity=np.array(rank, float) ** -POPULARITY_POWER,
        consumable=np.array(consumable),
    )  # fmt: skip
