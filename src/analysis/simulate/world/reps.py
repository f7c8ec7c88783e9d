"""Who looks after whom: reps leave, and hand all their customers to a successor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.simulate.world.chance import Chance
from analysis.simulate.world.customers import Customers
from analysis.simulate.world.laws import Preset
from analysis.simulate.world.season import DAYS_IN_YEAR, Week


@dataclass(frozen=True)
class Reps:
    """``of`` is the rep of each customer in each week, a place in ``names``; ``changed`` where it is a new one."""

    names: list[str]
    of: np.ndarray
    changed: np.ndarray


def make_reps(chance: Chance, preset: Preset, people: Customers, weeks: list[Week]) -> Reps:
    """Draw who leaves when; a successor has a name of its own."""
    desks = np.arange(len(people.desks))
    now, names = desks.copy(), list(people.desks)
    of = np.empty((len(weeks), len(desks)), np.int64)
    changed = np.zeros((len(weeks), len(desks)), bool)
    for week in weeks:
        hazard = preset.contacts.rep_leaves * week.days / DAYS_IN_YEAR
        changed[week.number] = (chance.part("rep leaves", desks, week.number) < hazard) & (week.number > 0)
        for desk in np.flatnonzero(changed[week.number]).tolist():
            now[desk] = len(names)
            names.append(_successor(people.desks[desk], len(names) + 1))
        of[week.number] = now
    return Reps(names, of[:, people.desk], changed[:, people.desk])


def _successor(name: str, number: int) -> str:
    """A name in the language of the one before."""
    return f"{name.rstrip('0123456789')}{number:02d}"
