"""Week after week from the first day to the last, and what is kept of it."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from analysis.simulate.world.chance import Draws
from analysis.simulate.world.laws import Preset
from analysis.simulate.world.life import Happened, Life
from analysis.simulate.world.nature import Nature
from analysis.simulate.world.reps import Reps
from analysis.simulate.world.season import DAYS_IN_YEAR, Week
from analysis.simulate.world.weekly import live


@dataclass(frozen=True)
class Bought:
    """Every order of a customer, in the order of the weeks."""

    who: np.ndarray
    stock: np.ndarray
    number: np.ndarray
    day: np.ndarray
    late: np.ndarray
    severity: np.ndarray
    slow: np.ndarray


@dataclass(frozen=True)
class History:
    """What happened to everybody.

    ``visits``, ``calls``, ``inbound``, ``offer``, ``cut_bp`` and ``lost`` have one row a week and one column a
    customer, as have ``share``, ``relation`` and ``satisfaction``; ``drivers`` has one more dimension, last.
    ``at_last_complete`` is where everybody stood when the last complete month ended.
    """

    weeks: list[Week]
    bought: Bought
    visits: np.ndarray
    calls: np.ndarray
    inbound: np.ndarray
    offer: np.ndarray
    cut_bp: np.ndarray
    lost: np.ndarray
    share: np.ndarray
    relation: np.ndarray
    satisfaction: np.ndarray
    drivers: np.ndarray
    at_last_complete: Life
    at_end: Life


def run(
    draws: Draws, preset: Preset, nature: Nature, life: Life, weeks: list[Week], reps: Reps, betas: np.ndarray
) -> History:
    """Let all weeks pass."""
    found: list[Happened] = []
    kept: dict[str, list[np.ndarray]] = {"inbound": [], "relation": [], "satisfaction": []}
    last_complete = weeks[-1].after - preset.tail_days
    at_last_complete = life
    everybody = np.arange(len(nature.who))
    for week in weeks:
        found.append(live(draws, preset, nature, life, week, betas, reps.changed[week.number]))
        kept["inbound"].append(_inbound(draws, preset, nature, life, week))
        kept["relation"].append(life.relation.astype(np.float32))
        kept["satisfaction"].append(life.satisfaction.astype(np.float32))
        if week.after == last_complete:
            at_last_complete = life.take(everybody)
    bought = {
        field.name: np.concatenate([getattr(one, "buyer" if field.name == "who" else field.name) for one in found])
        for field in fields(Bought)
    }
    return History(
        weeks=weeks,
        bought=Bought(**bought),
        visits=np.stack([one.visits for one in found]).astype(np.int8),
        calls=np.stack([one.calls for one in found]).astype(np.int8),
        inbound=np.stack(kept["inbound"]),
        offer=np.stack([one.offer for one in found]).astype(np.float32),
        cut_bp=np.stack([one.cut_bp for one in found]).astype(np.int16),
        lost=np.stack([one.lost for one in found]).astype(np.int8),
        share=np.stack([one.share for one in found]).astype(np.float32),
        relation=np.stack(kept["relation"]),
        satisfaction=np.stack(kept["satisfaction"]),
        drivers=np.stack([one.drivers.T.astype(np.float32) for one in found]),
        at_last_complete=at_last_complete,
        at_end=life,
    )  # fmt: skip


def _inbound(draws: Draws, preset: Preset, nature: Nature, life: Life, week: Week) -> np.ndarray:
    """Who calls us in this week."""
    here = (nature.entry < week.first) & (life.left_on >= week.first)
    chance = preset.contacts.inbound * week.days / DAYS_IN_YEAR
    return here & (draws.part("inbound", nature.who, week.number) < chance)
