"""Where everybody stands from week to week, and what a week can bring."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from analysis.simulate.world.chance import Draws
from analysis.simulate.world.laws import Preset
from analysis.simulate.world.nature import Nature
from analysis.simulate.world.season import DAYS_IN_YEAR

NEVER = np.iinfo(np.int64).max
NO_CAUSE = -1
HERE_STILL = -1  # no decline has begun
WHOLE_BP = 10_000  # basis points
SLOTS = 1 << 24  # orders of one customer and one stock, at most
# What is remembered of the last weeks, by its place in Life.recent.
LATE, ORDERED, INCIDENTS, SLOW, VISITS, RISE_BP, REP_CHANGES, LOSSES = range(8)


@dataclass
class Life:
    """Where everybody stands at the end of a week; one row a customer, or one of its possible futures.

    ``age`` is the customer's own business time, ``due`` the time of its next order, basket first, ``drift`` the
    shift of the logit of its share, ``narrow`` the part of the share left after giving up categories.
    """

    age: np.ndarray
    due: np.ndarray
    number: np.ndarray
    past: np.ndarray
    drift: np.ndarray
    narrow: np.ndarray
    held: np.ndarray
    relation: np.ndarray
    hurt: np.ndarray
    satisfaction: np.ndarray
    cut_bp: np.ndarray
    recent: np.ndarray
    recent_sum: np.ndarray
    left_on: np.ndarray
    decline_from: np.ndarray
    decline_days: np.ndarray
    cause: np.ndarray

    def take(self, rows: np.ndarray) -> Life:
        """A copy with these rows, each as often as it is named; ``recent`` has them last."""
        return Life(**{
            field.name: getattr(self, field.name)[..., rows] if field.name.startswith("recent")
            else getattr(self, field.name)[rows] for field in fields(self)
        })  # fmt: skip


@dataclass(frozen=True)
class Happened:
    """What a week brought. Orders and incidents by row; the rest has one place for each row."""

    buyer: np.ndarray
    stock: np.ndarray
    number: np.ndarray
    day: np.ndarray
    late: np.ndarray
    severity: np.ndarray
    slow: np.ndarray
    visits: np.ndarray
    calls: np.ndarray
    offer: np.ndarray
    cut_bp: np.ndarray
    lost: np.ndarray
    drivers: np.ndarray
    share: np.ndarray


def begin(draws: Draws, preset: Preset, nature: Nature, arrives: np.ndarray, known: np.ndarray) -> Life:
    """Everybody on the eve of the first day."""
    n, stocks = nature.gap.shape
    age = np.zeros(n)
    due = np.full((n, stocks), np.inf)
    # Of a customer met in the middle of its history, the gap under way is a long one, and partly over.
    under_way = draws.erlang("gap under way", nature.regularity + 1, nature.who)
    under_way *= (nature.regularity + 1) / nature.regularity * nature.gap[:, 0]
    due[:, 0] = np.where(known, under_way * draws.part("gap over", nature.who), arrives)
    for stock in range(1, stocks):
        part = draws.part("stock at first", nature.who, stock)
        due[:, stock] = np.where(known, 0.0, arrives) + part * nature.gap[:, stock]
    past = np.where(known, nature.tenure_before * DAYS_IN_YEAR / nature.gap[:, 0], 0.0)
    weeks = preset.leaving.memory_weeks
    return Life(
        age=age, due=due, number=np.ones((n, stocks), np.int64), past=past, drift=np.zeros(n),
        narrow=np.ones(n), held=nature.taste >= preset.drift.loss_floor, relation=nature.relation.copy(),
        hurt=np.zeros(n), satisfaction=nature.satisfaction.copy(), cut_bp=np.zeros(n, np.int64),
        recent=np.zeros((weeks, LOSSES + 1, n), np.int16), recent_sum=np.zeros((LOSSES + 1, n), np.int32),
        left_on=np.full(n, NEVER), decline_from=np.full(n, HERE_STILL), decline_days=np.zeros(n, np.int64),
        cause=np.full(n, NO_CAUSE),
    )  # fmt: skip
