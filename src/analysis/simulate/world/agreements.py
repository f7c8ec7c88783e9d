"""Yearly contracts, and how much the service is used before and towards the end."""

from __future__ import annotations

import numpy as np

from analysis.simulate.world.season import DAYS_IN_YEAR, month_start
from analysis.simulate.world.side_laws import Using
from analysis.simulate.world.streams import stream
from analysis.simulate.world.world import SALE, World

YEAR_DAYS = int(DAYS_IN_YEAR)
PLANS = ("basic", "standard", "premium")
BILLINGS = ("yearly", "monthly")
RENEWS_DAYS, NOTICE_DAYS = 20, 45  # at most so long before the end
NEVER = np.iinfo(np.int32).min  # contracts began before the history, so that days below zero are days

# One contract year; money in cents. ``renewed_day`` and ``cancelled_day`` are NEVER where that did
# not happen by the end.
CONTRACT_YEAR = np.dtype([
    ("customer", np.int32), ("number", np.int32), ("start_day", np.int32), ("end_day", np.int32), ("renewed_day", np.int32),
    ("cancelled_day", np.int32), ("plan", np.int8), ("billing", np.int8), ("value", np.int64),
])  # fmt: skip
# Use in one month; ``month`` counts from the first.
USE = np.dtype([("customer", np.int32), ("month", np.int32), ("day", np.int32), ("value", np.int64)])


def make_contracts(world: World, *, for_all: bool) -> np.ndarray:
    """Every contract year that was under way in the history: of all customers, or of those with a framework contract."""
    rng, nature, people = stream(world.random_seed, "contracts"), world.cast.nature, world.customers
    who = np.flatnonzero(~people.once if for_all else people.framework)
    start = np.where(nature.tenure_before > 0, -np.rint(nature.tenure_before * DAYS_IN_YEAR), nature.entry).astype(np.int64)
    if not len(who):
        return np.zeros(0, CONTRACT_YEAR)
    usual = people.order_value * people.orders_yearly
    plan = np.searchsorted(np.quantile(usual[who], [1 / 3, 2 / 3]), usual)  # thirds
    billing, notice, soon = rng.integers(0, len(BILLINGS), len(people.ids)), *rng.random((2, len(people.ids)))
    rows = []
    for one in who.tolist():
        end_of_all = min(int(world.left_on[one]), world.clock.days - 1)
        for number in range(max(-start[one] // YEAR_DAYS, 0), (end_of_all - start[one]) // YEAR_DAYS + 1):
            first, last = start[one] + number * YEAR_DAYS, start[one] + (number + 1) * YEAR_DAYS - 1
            leaves = first <= world.left_on[one] <= last
            renewed = last - int(soon[one] * RENEWS_DAYS) if world.left_on[one] > last else NEVER
            told = max(int(world.left_on[one]) - int(notice[one] * NOTICE_DAYS), first) if leaves else NEVER
            rows.append((one, number, first, last, renewed if renewed < world.clock.days else NEVER,
                         told if told < world.clock.days else NEVER, plan[one], billing[one], 0))  # fmt: skip
    found = np.array(rows, CONTRACT_YEAR)
    found["value"] = np.maximum(_sold(world, found), np.rint(usual[found["customer"]]).astype(np.int64) * 100)  # 100 cents
    return found[np.lexsort((found["customer"], found["start_day"]))]


def _sold(world: World, contracts: np.ndarray) -> np.ndarray:
    """Cents sold to each customer within each contract year."""
    lines = world.lines[(world.lines["kind"] == SALE) & (world.lines["customer"] < world.counter)]
    span = 4 * world.clock.days  # wide enough for contracts that began before the history
    keys = lines["customer"].astype(np.int64) * span + lines["day"]
    order = np.argsort(keys, kind="stable")
    sums = np.concatenate([[0], np.cumsum(lines["amount"][order])])
    base = contracts["customer"].astype(np.int64) * span
    low = np.searchsorted(keys[order], base + np.maximum(contracts["start_day"], 0), side="left")
    high = np.searchsorted(keys[order], base + np.minimum(contracts["end_day"], world.clock.days), side="right")
    return sums[high] - sums[low]


def make_usage(world: World, law: Using) -> np.ndarray:
    """Use by month, from the month of entry to that of the exit; it falls before the purchases do."""
    rng, nature, n = stream(world.random_seed, "usage"), world.cast.nature, len(world.customers.ids)
    covered = (rng.random(n) < law.covered) & ~world.customers.once
    usual = law.usual * np.exp(law.spread * rng.standard_normal(n))
    months = (world.clock.last.year - world.clock.first.year) * 12 + world.clock.last.month - world.clock.first.month + 1
    firsts = [week.first for week in world.weeks]
    level = np.maximum(world.share.astype(float).max(axis=0), np.finfo(float).tiny)
    found = []
    for month in range(months):
        day = (month_start(world.clock.first, -month) - world.clock.first).days
        week = int(np.searchsorted(firsts, day, side="right")) - 1
        ahead = min(week + law.lead_weeks, len(firsts) - 1)
        ending = np.where(world.left_on - day < law.before_days, law.before_factor, 1.0)
        mean = usual * world.share[ahead].astype(float) / level * ending
        value = np.rint(mean * np.exp(law.noise * rng.standard_normal(n))).astype(np.int64)
        here = np.flatnonzero(covered & (nature.entry <= day) & (world.left_on >= day))
        rows = np.zeros(len(here), USE)
        rows["customer"], rows["month"], rows["day"], rows["value"] = here, month, day, value[here]
        found.append(rows)
    return np.concatenate(found)
