"""How each customer behaves: the constants of its life, drawn once."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from analysis.simulate.world.chance import Chance
from analysis.simulate.world.customers import Customers
from analysis.simulate.world.laws import DRIVERS, Preset
from analysis.simulate.world.names import INDUSTRIES, REGIONS
from analysis.simulate.world.products import Products
from analysis.simulate.world.season import DAYS_IN_YEAR, Clock

NO_PRODUCT = -1


@dataclass(frozen=True)
class Nature:
    """One row a customer, or a customer in one of its possible futures. Rates are per year.

    ``gap`` is the mean time between orders on the customer's own clock, first of its baskets, then of each
    consumable of which it keeps a stock; infinite where it keeps none.
    """

    who: np.ndarray
    entry: np.ndarray
    tenure_before: np.ndarray
    once: np.ndarray
    exits: np.ndarray
    frailty: np.ndarray
    stop: np.ndarray
    regularity: np.ndarray
    gap: np.ndarray
    logit: np.ndarray
    wallet_growth: np.ndarray
    sensitivity: np.ndarray
    offers: np.ndarray
    visits: np.ndarray
    visits_due: np.ndarray
    calls: np.ndarray
    relation: np.ndarray
    late: np.ndarray
    defects: np.ndarray
    slow: np.ndarray
    satisfaction: np.ndarray
    taste: np.ndarray
    discount_bp: np.ndarray
    region: np.ndarray
    stocked: np.ndarray

    def take(self, rows: np.ndarray) -> Nature:
        """The same for these rows, each as often as it is named."""
        return Nature(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


def make_nature(
    chance: Chance, preset: Preset, people: Customers, products: Products, clock: Clock
) -> Nature:
    """Draw how everybody behaves."""
    n = len(people.ids)
    who = np.arange(n)
    leaving, drift, contacts, service = preset.leaving, preset.drift, preset.contacts, preset.service
    size = people.wallet_yearly / np.exp(np.log(people.wallet_yearly).mean())
    exits = np.array([kind.exits_yearly for kind in preset.segments])[people.segment]
    industries = drift.industry_growth * chance.normal("industry growth", np.arange(len(INDUSTRIES)))
    visits, due = _visits(chance, preset, people, size)
    stocked, refill_gap = _stocks(chance, preset, products, people)
    frailty = np.ones(n)
    if leaving.frailty_shape:
        frailty = chance.gamma("frailty", leaving.frailty_shape, n) / leaving.frailty_shape
    return Nature(
        who=who,
        entry=np.where(people.known_before, 0, clock.day(people.arrives)),
        tenure_before=np.where(people.known_before, -people.registered, 0) / DAYS_IN_YEAR,
        once=people.once,
        exits=exits,
        frailty=frailty,
        stop=chance.beta("stop", leaving.stop, n),
        regularity=people.regularity,
        gap=np.column_stack([DAYS_IN_YEAR / people.orders_yearly, refill_gap]),
        logit=np.log(people.wallet_share / (1 - people.wallet_share)),
        wallet_growth=industries[people.industry] + drift.wallet_growth * chance.normal("growth", who),
        sensitivity=drift.sensitivity * np.exp(drift.sensitivity_spread * chance.normal("sensitivity", who)),
        offers=drift.offers * size**drift.offer_size_power,
        visits=visits,
        visits_due=due,
        calls=np.where(due > 0, visits * contacts.calls, 0.0),
        relation=_settled_relation(preset, visits, visits * contacts.calls),
        late=_logit(service.late) + service.late_spread * chance.normal("late level", who),
        defects=_squeezed(service.defects, service.defects_spread * chance.normal("defect level", who)),
        slow=_squeezed(service.slow, service.slow_spread * chance.normal("slow level", who)),
        satisfaction=preset.mood.level + preset.mood.spread * chance.normal("mood level", who),
        taste=people.taste,
        discount_bp=people.discount_bp,
        region=people.region,
        stocked=stocked,
    )  # fmt: skip


def drivers_at_work(preset: Preset, switched_off: frozenset[str]) -> np.ndarray:
    """The true coefficients, in the order of ``DRIVERS``; 0 for those that are switched off."""
    return np.array([0.0 if name in switched_off else preset.leaving.betas[name] for name in DRIVERS])


def _logit(share: float) -> float:
    return float(np.log(share) - np.log1p(-share)) if 0 < share < 1 else (np.inf if share else -np.inf)


def _squeezed(share: float, shift: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-_logit(share) - shift))


def _visits(
    chance: Chance, preset: Preset, people: Customers, size: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Visits made a year, and those due."""
    law, who = preset.contacts, np.arange(len(people.ids))
    due = np.array([kind.visits_due for kind in preset.segments])[people.segment]
    done = law.done * due * size**law.size_power * np.exp(law.noise * chance.normal("visit level", who))
    lot = np.floor(chance.part("visit lot", who) * len(law.random_rates)).astype(np.int64)
    by_lot = (people.region == law.random_region % len(REGIONS)) & (due > 0)
    done = np.where(by_lot, np.array(law.random_rates)[lot], done)
    return (done if law.always is None else np.where(due > 0, law.always, 0.0)), due


def _settled_relation(preset: Preset, visits: np.ndarray, calls: np.ndarray) -> np.ndarray:
    """Where gains and fading are equal."""
    law = preset.contacts
    gained = (visits * law.gain + calls * law.call_gain) / (DAYS_IN_YEAR / 7)  # 7 days
    return gained / np.maximum(gained + law.fade, np.finfo(float).tiny)


def _stocks(
    chance: Chance, preset: Preset, products: Products, people: Customers
) -> tuple[np.ndarray, np.ndarray]:
    """Consumables of which each customer keeps a stock, and how long a pack lasts."""
    law, n = preset.goods, len(people.ids)
    places = np.flatnonzero(products.consumable)
    stocked = np.full((n, law.stocked), NO_PRODUCT)
    gap = np.full((n, law.stocked), np.inf)
    keeps = (chance.part("stocker", np.arange(n)) < law.stockers) & ~people.once
    for slot in range(law.stocked if len(places) else 0):
        liked = people.taste[:, products.category[places]] * products.popularity[places]
        if slot:
            liked = np.where(places == stocked[:, [slot - 1]], 0.0, liked)
        edges = np.cumsum(liked, axis=1)
        part = chance.part("stocked product", np.arange(n), slot)[:, None] * edges[:, -1:]
        chosen = places[np.minimum((part > edges).sum(axis=1), len(places) - 1)]
        low, high = law.stock_days
        days = low + (high - low) * chance.part("stock days", np.arange(n), slot)
        stocked[:, slot] = np.where(keeps, chosen, NO_PRODUCT)
        gap[:, slot] = np.where(keeps, days, np.inf)
    return stocked, gap
