"""Who is asked, who answers, and what: the less content a customer is, the likelier it stays silent."""

from __future__ import annotations

import numpy as np

from analysis.simulate.world.side_laws import Asking
from analysis.simulate.world.streams import stream
from analysis.simulate.world.world import World

INSTRUMENTS = ("NPS", "CSAT", "rank", "need")
NPS, CSAT, RANK, NEED = range(len(INSTRUMENTS))
NEEDS = ("price", "delivery", "quality", "service", "range")
NPS_MAX, CSAT_MAX = 10, 5
WAITS_DAYS = 7  # an answer comes within so many days
NONE = -1

# One question put to one customer. ``mood`` is its satisfaction, ``chance`` that it answers; the answer stands in the rest.
SURVEY = np.dtype([
    ("customer", np.int32), ("day", np.int32), ("instrument", np.int8), ("mood", np.float64), ("chance", np.float64),
    ("answered", np.bool_), ("score", np.int8), ("suppliers", np.int8), ("our_rank", np.int8), ("need", np.int8),
])  # fmt: skip


def make_surveys(world: World, law: Asking) -> np.ndarray:
    """All questions, those without an answer among them, in order of their day."""
    rng, clock = stream(world.random_seed, "surveys"), world.clock
    asked = [_wave(rng, world, law, day) for day in range(law.first_day, clock.days, law.every_days)]
    asked.append(_after_tickets(rng, world, law))
    rows = np.concatenate([np.zeros(0, SURVEY), *asked])
    rows = rows[rows["day"] < clock.days]
    return rows[np.lexsort((rows["instrument"], rows["customer"], rows["day"]))]


def mood_on(world: World, customer: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Satisfaction of each customer in the week of each day."""
    week = np.searchsorted([week.first for week in world.weeks], day, side="right") - 1
    return world.satisfaction[week, customer].astype(float)


def _asked(rng: np.random.Generator, world: World, law: Asking, customer: np.ndarray, day: np.ndarray, instrument: int) -> np.ndarray:
    rows = np.zeros(len(customer), SURVEY)
    rows["customer"], rows["instrument"] = customer, instrument
    rows["mood"] = mood_on(world, customer, day)
    logit = np.log(law.answered / (1 - law.answered)) + law.mood * (rows["mood"] - world.preset.mood.level)
    rows["chance"] = 1 / (1 + np.exp(-logit))
    rows["answered"] = rng.random(len(customer)) < rows["chance"]
    rows["day"] = day + np.floor(rng.random(len(customer)) * WAITS_DAYS).astype(np.int64)
    rows["score"] = rows["suppliers"] = rows["our_rank"] = rows["need"] = NONE
    return rows


def _score(rng: np.random.Generator, law: Asking, mood: np.ndarray, best: int) -> np.ndarray:
    return np.clip(np.rint(best * (mood + law.noise * rng.standard_normal(len(mood)))), 0, best)


def _wave(rng: np.random.Generator, world: World, law: Asking, day: int) -> np.ndarray:
    """Everybody who is a customer on this day: the recommendation, for some also the rank and a need."""
    here = np.flatnonzero((world.cast.nature.entry <= day) & (world.left_on >= day) & ~world.customers.once)
    rows = _asked(rng, world, law, here, np.full(len(here), day), NPS)
    rows["score"] = _score(rng, law, rows["mood"], NPS_MAX)
    ranked, needing = rows.copy(), rows.copy()
    ranked["instrument"], ranked["score"] = RANK, NONE
    ranked["suppliers"] = 2 + rng.poisson(law.rivals, len(here))  # 2: we and one other
    ranked["our_rank"] = _ranks(rng, world, here, day, ranked["suppliers"].astype(np.int64))
    needing["instrument"], needing["score"], needing["need"] = NEED, NONE, rng.integers(0, len(NEEDS), len(here))
    more = [ranked[rng.random(len(here)) < law.ranked], needing[rng.random(len(here)) < law.needs]]
    return np.concatenate([rows, *more])


def _ranks(rng: np.random.Generator, world: World, customer: np.ndarray, day: int, suppliers: np.ndarray) -> np.ndarray:
    """Our place among the suppliers, who share at random what is not ours."""
    week = int(np.searchsorted([week.first for week in world.weeks], day, side="right")) - 1
    share = world.share[week, customer].astype(float)
    parts = rng.standard_exponential((len(customer), int(suppliers.max(initial=2)) - 1))
    parts *= np.arange(parts.shape[1]) < (suppliers - 1)[:, None]
    theirs = (1 - share)[:, None] * parts / parts.sum(axis=1, keepdims=True)
    return 1 + (theirs > share[:, None]).sum(axis=1)


def _after_tickets(rng: np.random.Generator, world: World, law: Asking) -> np.ndarray:
    """Those whose trouble was settled are asked about it; the harder it was, the lower the score."""
    incidents = world.incidents[rng.random(len(world.incidents)) < law.after_ticket]
    day = incidents["day"] + np.ceil(incidents["resolved_hours"] / 24).astype(np.int64)  # hours of a day
    inside = day < world.clock.days
    incidents, day = incidents[inside], day[inside]
    rows = _asked(rng, world, law, incidents["customer"], day, CSAT)
    spoiled = law.noise * (incidents["severity"] - np.where(incidents["within_sla"], 1, 0))
    rows["score"] = np.maximum(_score(rng, law, rows["mood"] - spoiled, CSAT_MAX), 1)
    return rows
