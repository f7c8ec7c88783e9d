"""What serving each customer costs, activity by activity."""

from __future__ import annotations

import numpy as np

from analysis.simulate.world.lines import SALE
from analysis.simulate.world.records import EXECUTIVE, VISIT
from analysis.simulate.world.world import World


def activities(world: World, first: int, after: int) -> dict[str, np.ndarray]:
    """How often each activity was done for each customer, from day ``first`` to the day before ``after``."""
    n = len(world.customers.ids)

    def count(events: np.ndarray, wanted: np.ndarray | None = None, times: np.ndarray | None = None) -> np.ndarray:
        inside = (events["day"] >= first) & (events["day"] < after) & (events["customer"] < n)
        if wanted is not None:
            inside &= wanted
        return np.bincount(events["customer"][inside], None if times is None else times[inside], n)

    sold = world.lines["kind"] == SALE
    visits = (world.contacts["kind"] == VISIT) | (world.contacts["kind"] == EXECUTIVE)
    return {
        "order": count(world.orders),
        "line": count(world.lines, sold),
        "delivery": count(world.orders),
        "return": count(world.lines, ~sold),
        "visit": count(world.contacts, visits),
        "ticket_minute": count(world.incidents, None, world.incidents["minutes"]),
    }


def costs_to_serve(world: World, first: int, after: int) -> dict[str, np.ndarray]:
    """Cost in currency of each activity, by customer."""
    unit = world.preset.activity_costs
    return {name: times * unit[name] for name, times in activities(world, first, after).items()}
