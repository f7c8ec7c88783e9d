"""Who recommends us to whom. Those who come are customers of the world like all others; who sent them is drawn among
those who are customers at that time, by satisfaction and social capital, mostly within their region."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.simulate.world.events import REFERRAL, REFERRAL_STATES
from analysis.simulate.world.side_laws import Recommending
from analysis.simulate.world.streams import stream
from analysis.simulate.world.world import SALE, World

NOBODY = -1
LEAD, WON, LOST = (REFERRAL_STATES.index(state) for state in ("lead", "won", "lost"))


@dataclass(frozen=True)
class Referrals:
    """``events`` in order of their day; by event the amount of the first order, in cents. By customer its social capital,
    whether it is a hub, and the chance that whom it sends would not have come otherwise."""

    events: np.ndarray
    first_order: np.ndarray
    capital: np.ndarray
    hub: np.ndarray
    type_one: np.ndarray


def make_referrals(world: World, law: Recommending) -> Referrals:
    """All recommendations of the history."""
    rng, n = stream(world.random_seed, "referrals"), len(world.customers.ids)
    hub = rng.random(n) < law.hubs
    capital = np.exp(law.capital_spread * rng.standard_normal(n)) * np.where(hub, law.hub_times, 1.0)
    type_one = rng.beta(*law.type_one, n)
    first_day, amount = first_orders(world)
    comers = np.flatnonzero(~world.customers.known_before & (first_day > 0))
    sent = comers[rng.random(len(comers)) < law.referred]
    referrer = _referrers(rng, world, law, capital, sent, first_day[sent])
    sent, referrer = sent[referrer != NOBODY], referrer[referrer != NOBODY]
    won = np.zeros(len(sent), REFERRAL)
    won["referrer"], won["referred"], won["state"] = referrer, sent, WON
    before = 1 + np.floor(rng.standard_exponential(len(sent)) * law.lead_days).astype(np.int64)
    won["day"] = np.maximum(first_day[sent] - before, 0)
    won["would_not_have_come"] = rng.random(len(sent)) < type_one[referrer]
    paid = rng.random(len(sent)) < law.rewarded
    won["reward"] = np.where(paid, np.rint(amount[sent] * law.reward), 0)
    lost = _leads(rng, world, law, capital, round(len(sent) * law.lost))
    events = np.concatenate([won, lost])
    order = np.lexsort((events["referred"], events["referrer"], events["day"]))
    return Referrals(events[order], np.append(amount[sent], np.zeros(len(lost), np.int64))[order], capital, hub, type_one)


def first_orders(world: World) -> tuple[np.ndarray, np.ndarray]:
    """Day and amount in cents of each customer's first order; -1 and 0 where there is none."""
    lines = world.lines[(world.lines["kind"] == SALE) & (world.lines["customer"] < world.counter)]
    n = len(world.customers.ids)
    day = np.full(n, world.clock.days)
    np.minimum.at(day, lines["customer"], lines["day"])
    first = lines[lines["day"] == day[lines["customer"]]]
    amount = np.zeros(n, np.int64)
    np.add.at(amount, first["customer"], first["amount"])
    return np.where(day < world.clock.days, day, -1), amount


def _weights(world: World, law: Recommending, capital: np.ndarray, week: int) -> np.ndarray:
    """How much each customer recommends in this week; nothing where it is not there."""
    first = world.weeks[week].first
    here = (world.cast.nature.entry < first) & (world.left_on >= first) & ~world.customers.once
    mood = world.satisfaction[week].astype(float)
    return np.where(here, capital * np.exp(law.mood * (mood - world.preset.mood.level)), 0.0)


def _referrers(
    rng: np.random.Generator, world: World, law: Recommending, capital: np.ndarray, sent: np.ndarray, day: np.ndarray
) -> np.ndarray:
    """One for each new customer, -1 where nobody was there who could have sent it."""
    weeks = np.searchsorted([week.first for week in world.weeks], day, side="right") - 1
    inside, part = rng.random(len(sent)) < law.inside, rng.random(len(sent))
    found, region = np.full(len(sent), NOBODY), world.customers.region
    for week in np.unique(weeks).tolist():
        weight = _weights(world, law, capital, week)
        for at in np.flatnonzero(weeks == week).tolist():
            near = weight * (region == region[sent[at]])
            edges = np.cumsum(near if inside[at] and near.any() else weight)
            if edges[-1] > 0:
                found[at] = min(int(np.searchsorted(edges, part[at] * edges[-1], side="right")), len(edges) - 1)
    return found


def _leads(rng: np.random.Generator, world: World, law: Recommending, capital: np.ndarray, count: int) -> np.ndarray:
    """Recommendations that nothing came of."""
    rows = np.zeros(count, REFERRAL)
    rows["day"], rows["referred"] = np.sort(rng.integers(0, world.clock.days, count)), NOBODY
    weeks = np.searchsorted([week.first for week in world.weeks], rows["day"], side="right") - 1
    part = rng.random(count)
    for week in np.unique(weeks).tolist():
        here = np.flatnonzero(weeks == week)
        edges = np.cumsum(_weights(world, law, capital, week))
        rows["referrer"][here] = np.searchsorted(edges, part[here] * edges[-1], side="right") if edges[-1] else NOBODY
    rows["state"] = np.where(rows["day"] >= world.clock.days - law.open_days, LEAD, LOST)
    return rows[rows["referrer"] != NOBODY]
