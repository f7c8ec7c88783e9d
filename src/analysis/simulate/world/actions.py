"""Actions that were given out by lot, and what they changed in the orders.

Both futures of every action are known: the orders of its window with and without it. The lines of the world follow
what truly happened, so that an estimate from orders can be held against the difference.
"""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from analysis.simulate.world.chance import Chance
from analysis.simulate.world.history import Bought, History
from analysis.simulate.world.laws import Preset
from analysis.simulate.world.nature import Nature
from analysis.simulate.world.side_laws import Acting

NUMBERED_FROM = 1 << 22  # numbers of orders that an action brought, above those of all others
DAYS_IN_MONTH = 30
SOONEST_DAYS, LONGEST_DAYS = 3, 45  # an order that an action brings comes so long after it
DUE_DAYS = 14
NOT_DONE = -1

# One action. ``uplift`` is what it does to the mean number of orders of this customer; ``with_it`` and ``without_it`` are the
# orders of its window in both futures.
ACTION = np.dtype([
    ("customer", np.int32), ("day", np.int32), ("type", np.int8), ("treated", np.bool_), ("due_day", np.int32),
    ("done_day", np.int32), ("uplift", np.float64), ("with_it", np.int32), ("without_it", np.int32),
])  # fmt: skip


def act(chance: Chance, preset: Preset, law: Acting, nature: Nature, history: History) -> tuple[History, np.ndarray]:
    """Give out the actions, and let them work."""
    actions = _given_out(chance, preset, law, nature, history)
    extra, lost = _effects(chance, law, history, actions)
    bought = history.bought
    kept = np.ones(len(bought.who), bool)
    kept[lost[(lost >= 0) & actions["treated"]]] = False
    comes = np.flatnonzero(extra & actions["treated"])
    day = actions["day"][comes] + _delay(chance, actions["customer"][comes], comes)
    columns = {field.name: np.zeros(len(comes), getattr(bought, field.name).dtype) for field in fields(Bought)}
    columns |= {"who": actions["customer"][comes].astype(bought.who.dtype), "day": day.astype(bought.day.dtype),
                "number": (NUMBERED_FROM + comes).astype(bought.number.dtype)}  # fmt: skip
    whole = {name: np.concatenate([getattr(bought, name)[kept], columns[name]]) for name in columns}
    return replace(history, bought=Bought(**whole)), actions


def _given_out(chance: Chance, preset: Preset, law: Acting, nature: Nature, history: History) -> np.ndarray:
    """Every month a part of those who bought before; no customer twice within one window."""
    n, last = len(nature.who), history.weeks[-1].after - preset.tail_days
    types, who = list(law.uplift), np.arange(n)
    found, busy_until = [], np.full(n, -1)
    for month in range(law.months, 0, -1):
        day = last - law.window_days - month * DAYS_IN_MONTH
        met = (nature.entry < day) & (history.at_end.left_on >= day - law.window_days) & (busy_until < day) & ~nature.once
        if day < 0 or not met.any():
            continue
        chosen = np.flatnonzero(met & (chance.part("action", who, month) < law.a_month / 1000))
        busy_until[chosen] = day + law.window_days
        rows = np.zeros(len(chosen), ACTION)
        rows["customer"], rows["day"] = chosen, day
        rows["type"] = np.floor(chance.part("action type", chosen, month) * len(types))
        rows["treated"] = chance.part("held out", chosen, month) >= law.held_out
        rows["due_day"] = day + DUE_DAYS
        done = rows["treated"] & (chance.part("action done", chosen, month) < law.done)
        rows["done_day"] = np.where(done, day + 1 + np.floor(chance.part("done day", chosen, month) * DUE_DAYS), NOT_DONE)
        mean = np.array([law.uplift[name] for name in types])[rows["type"]]
        rows["uplift"] = mean * (1 + law.uplift_spread * chance.normal("uplift", chosen, month))
        found.append(rows)
    actions = np.concatenate([np.zeros(0, ACTION), *found])
    return actions[np.lexsort((actions["customer"], actions["day"]))]


def _effects(chance: Chance, law: Acting, history: History, actions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whether each action would bring an order, and the order that it would cost, -1 for none; both futures are noted."""
    bought, who = history.bought, actions["customer"]
    here = history.at_end.left_on[who] >= actions["day"] + LONGEST_DAYS
    number = np.arange(len(actions))
    part = chance.part("action works", who, number)
    extra = here & (part < actions["uplift"])
    in_order = np.lexsort((bought.day, bought.who))
    span = history.weeks[-1].after + law.window_days + 1
    keys = bought.who[in_order].astype(np.int64) * span + bought.day[in_order]
    start = np.searchsorted(keys, who.astype(np.int64) * span + actions["day"], side="right")
    end = np.searchsorted(keys, who.astype(np.int64) * span + actions["day"] + law.window_days, side="right")
    actions["without_it"] = end - start
    loses = (part < -actions["uplift"]) & (end > start)
    lost = np.where(loses, in_order[np.minimum(start, len(in_order) - 1)], -1)
    actions["with_it"] = actions["without_it"] + extra - loses
    return extra, lost


def _delay(chance: Chance, who: np.ndarray, number: np.ndarray) -> np.ndarray:
    return SOONEST_DAYS + np.floor(chance.part("action delay", who, number) * (LONGEST_DAYS - SOONEST_DAYS)).astype(np.int64)
