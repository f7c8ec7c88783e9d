"""Who leaves in a week, and what drives them."""

from __future__ import annotations

import numpy as np

from analysis.simulate.world.chance import Draws
from analysis.simulate.world.events import EXIT_CAUSES
from analysis.simulate.world.laws import DRIVERS, Preset
from analysis.simulate.world.life import (
    HERE_STILL,
    INCIDENTS,
    LATE,
    LOSSES,
    ORDERED,
    REP_CHANGES,
    RISE_BP,
    SLOW,
    VISITS,
    WHOLE_BP,
    Life,
)  # fmt: skip
from analysis.simulate.world.nature import Nature
from analysis.simulate.world.season import DAYS_IN_WEEK, DAYS_IN_YEAR, WEEKS_IN_YEAR, Week

# The cause that a leaver gives, by the driver that drove it away, and where it was none of them.
CAUSE_OF_DRIVER = np.array([EXIT_CAUSES.index(cause) for cause in (
    "service", "product", "service", "price", "service", "service", "competitor", "competitor")])  # fmt: skip


def seen_drivers(preset: Preset, nature: Nature, life: Life, week: Week) -> np.ndarray:
    """The drivers as they stand before the week, one row each, from what is remembered of the weeks before."""
    last = life.recent_sum
    weeks = np.clip(week.number - nature.entry // DAYS_IN_WEEK, 0, preset.leaving.memory_weeks)
    due = nature.visits_due * weeks / WEEKS_IN_YEAR
    missed = 1 - np.minimum(last[VISITS] / np.where(due > 0, due, 1.0), 1.0)
    held = life.held.sum(axis=1)
    return np.stack([
        last[LATE] / np.maximum(last[ORDERED], 1),
        last[INCIDENTS] / np.maximum(last[ORDERED], 1),
        last[SLOW] / np.maximum(last[INCIDENTS], 1),
        last[RISE_BP] / WHOLE_BP,
        np.where(due > 0, missed, 0.0),
        last[REP_CHANGES] > 0,
        last[LOSSES] / np.maximum(last[LOSSES] + held, 1),
    ])  # fmt: skip


def exit_hazard(preset: Preset, nature: Nature, life: Life, week: Week, drive: np.ndarray) -> np.ndarray:
    """Yearly hazard of leaving us for somebody else; ``drive`` is what the drivers add to its logarithm."""
    law = preset.leaving
    tenure = nature.tenure_before + (week.first - nature.entry) / DAYS_IN_YEAR
    young = 1 + law.young_extra * np.exp(-np.maximum(tenure, 0.0) / law.young_years)
    return nature.exits * nature.frailty * young * np.exp(drive + life.hurt)


def leave(
    draws: Draws, preset: Preset, nature: Nature, life: Life, week: Week,
    drivers: np.ndarray, betas: np.ndarray, here: np.ndarray,
) -> None:  # fmt: skip
    law, who = preset.leaving, nature.who
    years = week.days / DAYS_IN_YEAR
    settled = here & (nature.entry < week.first) & ~nature.once
    chance = -np.expm1(-years * exit_hazard(preset, nature, life, week, betas @ drivers))
    driven = settled & (life.decline_from == HERE_STILL)
    driven &= draws.part("exit", who, week.number) < chance
    day = week.first - 1 + np.floor(draws.part("exit day", who) * week.days).astype(np.int64)
    slowly = draws.part("exit slowly", who) < law.partial
    low, high = law.decline_weeks
    weeks = low + np.floor(draws.part("exit weeks", who) * (high - low + 1)).astype(np.int64)
    life.decline_from = np.where(driven & slowly, day, life.decline_from)
    life.decline_days = np.where(driven & slowly, weeks * DAYS_IN_WEEK, life.decline_days)
    life.left_on = np.where(driven, day + np.where(slowly, weeks * DAYS_IN_WEEK, 0), life.left_on)
    life.cause = np.where(driven, _causes(draws, who, drivers, betas), life.cause)
    ends = settled & (life.left_on >= week.first)
    ends &= draws.part("end", who, week.number) < -np.expm1(-years * law.uncontrollable)
    life.left_on = np.where(ends, np.minimum(life.left_on, day), life.left_on)
    closes = draws.part("closes", who) < law.closed
    closed = np.where(closes, EXIT_CAUSES.index("closed"), EXIT_CAUSES.index("no need"))
    life.cause = np.where(ends, closed, life.cause)


def _causes(draws: Draws, who: np.ndarray, drivers: np.ndarray, betas: np.ndarray) -> np.ndarray:
    """A cause for each, the likelier the more its driver adds; one unit stands for all that is unknown."""
    weight = np.vstack([np.maximum(betas[:, None] * drivers, 0.0), np.ones(len(who))])
    edges = np.cumsum(weight, axis=0)
    chosen = (draws.part("cause", who) * edges[-1] > edges).sum(axis=0)
    return CAUSE_OF_DRIVER[np.minimum(chosen, len(DRIVERS))]


def end_contracts(draws: Draws, nature: Nature, life: Life, week: Week, here: np.ndarray) -> None:
    """A contract ends on the eve of an anniversary of its start."""
    start = np.where(nature.tenure_before > 0, -np.rint(nature.tenure_before * DAYS_IN_YEAR), nature.entry)
    year = DAYS_IN_YEAR // 1
    number = (week.after - 1 - start) // year
    anniversary = start + number * year
    renews = here & (number > 0) & (anniversary >= week.first) & ~nature.once
    ends = renews & (draws.part("renewal", nature.who, np.maximum(number, 0).astype(np.int64)) < nature.stop)
    life.left_on = np.where(ends, anniversary.astype(np.int64) - 1, life.left_on)
    life.cause = np.where(ends, EXIT_CAUSES.index("competitor"), life.cause)
