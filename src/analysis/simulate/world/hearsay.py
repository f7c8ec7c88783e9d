"""What is noted down about leavers, and what customers say in public."""

from __future__ import annotations

import numpy as np

from analysis.simulate.world.events import EXIT_CAUSES
from analysis.simulate.world.referrals import Referrals
from analysis.simulate.world.season import DAYS_IN_YEAR
from analysis.simulate.world.side_laws import Telling
from analysis.simulate.world.streams import stream
from analysis.simulate.world.surveys import mood_on
from analysis.simulate.world.world import World

UNKNOWN = EXIT_CAUSES.index("unknown")
WORDS = ("share", "review", "post", "event_host")
MORE_KINDS = (0.4, 0.35, 0.2, 0.05)  # how often each is
MOOD_NOISE = 0.25

# Why a customer left, as it is noted and as it was.
EXIT_NOTE = np.dtype([("customer", np.int32), ("day", np.int32), ("noted", np.int8), ("true", np.int8)])
WORD = np.dtype([
    ("customer", np.int32), ("day", np.int32), ("kind", np.int8), ("reach", np.int64), ("sentiment", np.float64),
])  # fmt: skip


def make_exit_notes(world: World, law: Telling) -> np.ndarray:
    """Notes on a part of the leavers, some of them wrong."""
    rng = stream(world.random_seed, "exit notes")
    left = np.flatnonzero((world.left_on < world.clock.days) & (world.exit_cause >= 0))
    part, told, wrong, delay = rng.random(len(left)), rng.random(len(left)), rng.random(len(left)), rng.standard_exponential(len(left))
    rows = np.zeros(len(left), EXIT_NOTE)
    rows["customer"], rows["true"] = left, world.exit_cause[left]
    other = (rows["true"] + 1 + np.floor(wrong * (UNKNOWN - 1))) % UNKNOWN
    rows["noted"] = np.where(told < law.exits_right, rows["true"], np.where(told < law.exits_right + law.exits_unknown, UNKNOWN, other))
    rows["day"] = world.left_on[left] + 1 + np.floor(delay * law.after_days)
    rows = rows[(part < law.exits_told) & (rows["day"] < world.clock.days)]
    return rows[np.lexsort((rows["customer"], rows["day"]))]


def make_words(world: World, law: Telling, referrals: Referrals) -> np.ndarray:
    """Public words: the more social capital, the more of them and the more people they reach."""
    rng, nature, n = stream(world.random_seed, "words"), world.cast.nature, len(world.customers.ids)
    ends = np.minimum(world.left_on, world.clock.days - 1)
    years = np.maximum(ends - nature.entry + 1, 0) / DAYS_IN_YEAR
    capital = referrals.capital / referrals.capital.mean()
    who = np.repeat(np.arange(n), rng.poisson(law.words * years * capital))
    rows = np.zeros(len(who), WORD)
    rows["customer"] = who
    rows["day"] = nature.entry[who] + np.floor(rng.random(len(who)) * (ends - nature.entry + 1)[who])
    rows["kind"] = np.minimum(np.searchsorted(np.cumsum(MORE_KINDS), rng.random(len(who)), side="right"), len(WORDS) - 1)
    reach = law.reach * capital[who] * np.exp(law.reach_spread * rng.standard_normal(len(who)))
    rows["reach"] = np.rint(reach)
    mood = mood_on(world, who, rows["day"]) - world.preset.mood.level
    rows["sentiment"] = np.clip(2 * mood + MOOD_NOISE * rng.standard_normal(len(who)), -1, 1)  # 2: of a mood from 0 to 1
    return rows[np.lexsort((rows["kind"], rows["customer"], rows["day"]))]
