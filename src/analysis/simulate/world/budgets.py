"""What the firm spends on winning and keeping customers, what each kind of work costs, and how much time its reps have."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np

from analysis.simulate.world.events import CONTACT_KINDS
from analysis.simulate.world.referrals import first_orders
from analysis.simulate.world.season import month_start
from analysis.simulate.world.side_laws import Budgets
from analysis.simulate.world.streams import stream
from analysis.simulate.world.world import SALE, World

YEAR_MONTHS = 12
MINUTES = {"order": 9.0, "line": 1.5, "delivery": 14.0, "return": 25.0, "visit": 105.0, "ticket_minute": 1.0}


@dataclass(frozen=True)
class Work:
    """One kind of work in the last twelve months. Money in currency: ``pool`` is ``count`` × ``unit_cost`` and what was idle."""

    activity: str
    count: int
    unit_cost: float
    minutes: float
    pool: float


@dataclass(frozen=True)
class Expense:
    """Money of one month, one purpose and one channel; the new customers of the month stand with each channel's part."""

    month: datetime.date
    purpose: str
    channel: str
    amount: float
    new_customers: int | None


@dataclass(frozen=True)
class Hours:
    """Time of one rep in the last month."""

    rep: str
    region: int
    hours: float
    minutes_per_visit: float
    travel_minutes: float


def make_work(world: World, law: Budgets) -> list[Work]:
    """The true cost of each activity, with its pool."""
    after = world.clock.days - world.preset.tail_days
    since = (month_start(world.preset.last_complete, YEAR_MONTHS - 1) - world.clock.first).days

    def during(rows: np.ndarray) -> np.ndarray:
        return rows[(rows["day"] >= since) & (rows["day"] < after)]

    lines, orders, contacts = during(world.lines), during(world.orders), during(world.contacts)
    visits = np.isin(contacts["kind"], [CONTACT_KINDS.index(kind) for kind in ("visit", "executive")])
    count = {
        "order": len(orders), "line": int((lines["kind"] == SALE).sum()), "delivery": int((orders["customer"] < world.counter).sum()),
        "return": int((lines["kind"] != SALE).sum()), "visit": int(visits.sum()),
        "ticket_minute": int(during(world.incidents)["minutes"].sum()),
    }  # fmt: skip
    return [
        Work(name, count.get(name, 0), cost, MINUTES.get(name, 0.0), count.get(name, 0) * cost / (1 - law.idle))
        for name, cost in world.preset.activity_costs.items()
    ]


def make_expenses(world: World, law: Budgets) -> list[Expense]:
    """Every month by purpose and channel."""
    rng, clock = stream(world.random_seed, "expenses"), world.clock
    first_day, _ = first_orders(world)
    fresh = first_day[(first_day >= 0) & ~world.customers.known_before]
    entry, found = world.cast.nature.entry, []
    month, parts = clock.first, np.full(len(law.channels), 1 / len(law.channels))
    while month <= world.preset.last_complete:
        following = month_start(month, -1)
        first, after = (month - clock.first).days, (following - clock.first).days
        new = rng.multinomial(int(((fresh >= first) & (fresh < after)).sum()), parts)
        noise = np.exp(law.spread * rng.standard_normal(len(law.channels) + 2))  # 2: keeping and the brand
        for place, (channel, cost) in enumerate(law.channels.items()):
            found.append(Expense(month, "acquisition", channel, round(float(cost * max(new[place], 1) * noise[place]), 2), int(new[place])))
        active = int(((entry <= first) & (world.left_on >= first)).sum())
        found.append(Expense(month, "retention", "key_accounts", round(float(active * law.keeping_monthly * noise[-2]), 2), None))
        found.append(Expense(month, "brand", "media", round(float(law.brand_monthly * noise[-1]), 2), None))
        month = following
    return found


def make_hours(world: World, law: Budgets) -> list[Hours]:
    """Every rep who looks after somebody at the end."""
    rng, now = stream(world.random_seed, "hours"), world.reps.of[-1]
    minutes = world.preset.contacts.visit_minutes
    return [
        Hours(
            world.reps.names[rep], int(np.bincount(world.customers.region[now == rep]).argmax()),
            float(np.rint(law.hours * (1 - rng.random() / 5))),  # some work less, by a fifth at most
            minutes, float(np.rint(law.travel_minutes * (1 + rng.random()))),
        )
        for rep in np.unique(now).tolist()
    ]  # fmt: skip
