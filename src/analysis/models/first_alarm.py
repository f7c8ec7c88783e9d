"""How high an alarm must hang to ring by chance only so often in the last part of the time that is watched, simulated.

Whoever asks every month watches from 0 again, some time back, and is told of a change once: what counts is the first alarm,
and whether it lies in the last part. So the sums are simulated from their start without change, with a level that is known
from a few observations only, and with gaps that are open at the beginning and at the end. With M0 and M1 the highest that a
sum has been by the beginning and by the end of the last part, an alarm at height h is first heard in it if M0 < h <= M1.

    run length at h = length of the last part / P(M0 < h <= M1)          in mean gaps, or observations

References
----------
Montgomery, Introduction to Statistical Quality Control, chapter 9: what the sums start from decides how soon they ring.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from analysis.models.cusum import Law
from analysis.models.erlang_gaps import ErlangGaps, look_up
from analysis.models.newton import Array
from analysis.models.run_length import FEWEST_ALARMS, PAST, RunLengths

TIME_STEP = 0.4  # of ln time: entities that are watched for nearly as many mean gaps share a threshold
BASE_STEP = 0.2  # of ln base: levels of counts nearer to one another share a threshold
HEIGHTS = np.arange(5, 1001) / 50  # 0.1, 0.12, ..., 20
BETWEEN = np.sqrt(np.multiply(PAST[1:-1], PAST[:-2]))  # numbers of past observations count as the nearest of ``PAST``
KEPT = 4096  # kinds of entities whose run lengths are remembered
OPEN = np.linspace(0, 100, 20_001)  # gaps in mean gaps: their heights are taken from straight lines between these


@dataclass(frozen=True)
class Asked:
    """What is simulated.

    Attributes
    ----------
    last_part : of the time, in which alarms count.
    entities : simulated of each kind: 10,000 give run lengths of up to 333 times the last part.
    """

    last_part: float
    entities: int
    seed: int


@dataclass(frozen=True, eq=False)
class Kinds:
    """Entities with as many past observations, watched for as long and, for counts, with a like level: one simulation each.

    Attributes
    ----------
    which : kind of each entity, (entities,); -1 for one without a past, or whose level is 0 already.
    lengths : run lengths of each kind.
    """

    which: Array
    lengths: tuple[RunLengths, ...]

    def threshold(self, length: Array) -> Array:
        """Lowest height of the alarm of each entity with at least its run length in mean gaps; infinite where none is rare enough.

        Sums of counts jump, so that the run length at that height, ``reached``, may be longer than was asked for.
        """
        return self._each(length, lambda of, wanted: np.append(of.height, np.inf)[np.searchsorted(of.length, wanted)])

    def reached(self, length: Array) -> Array:
        """Run length in mean gaps of each entity at its ``threshold``; infinite likewise."""
        return self._each(length, lambda of, wanted: np.append(of.length, np.inf)[np.searchsorted(of.length, wanted)])

    def at(self, height: Array, who: Array) -> Array:
        """Run length in mean gaps at which an alarm of such a height would hang, for the entities ``who``."""
        return self.of(who)._each(height, RunLengths.at)

    def of(self, who: Array) -> Kinds:
        """Some of the entities."""
        return Kinds(self.which[who], self.lengths)

    @cached_property
    def members(self) -> tuple[Array, ...]:
        """The entities of each kind."""
        order = np.argsort(self.which, kind="stable")
        return tuple(np.split(order, np.searchsorted(self.which[order], np.arange(len(self.lengths) + 1)))[1:-1])

    def _each(self, values: Array, read: Callable[[RunLengths, Array], Array]) -> Array:
        found = np.full(self.which.size, np.inf)
        for own, lengths in zip(self.members, self.lengths, strict=True):
            found[own] = read(lengths, values[own])
        return found


def simulate_kinds(law: Law, time: Array, past: Array, base: Array | None, asked: Asked) -> Kinds:
    """Simulate each kind of entity once.

    Parameters
    ----------
    time : for how many mean gaps or observations each entity is watched, (entities,).
    past : observations behind its level, (entities,).
    base : its level, for counts; None where thresholds do not depend on it.
    """
    level = np.ones(past.size) if base is None else base
    watched = (level > 0) & (past >= PAST[0]) & (time * asked.last_part > 0)
    ladder = np.searchsorted(BETWEEN, past[watched])
    rung = np.round(np.log(level[watched]) / BASE_STEP).astype(int)
    span = np.round(np.log(time[watched]) / TIME_STEP).astype(int)
    kinds, which = np.unique(np.stack([ladder, rung, span]), axis=1, return_inverse=True)
    found = np.full(past.size, -1)
    found[watched] = which
    return Kinds(found, tuple(
        simulate_first_alarms(law, float(np.exp(of_time * TIME_STEP)), float(PAST[step]), float(np.exp(of_level * BASE_STEP)), asked)
        for step, of_level, of_time in kinds.T
    ))  # fmt: skip


@lru_cache(maxsize=KEPT)
def simulate_first_alarms(law: Law, time: float, past: float, base: float, asked: Asked) -> RunLengths:
    """Run lengths of one kind, from the height on at which they rise."""
    own = (asked.seed, *(round(1000 * one) for one in (time, min(past, PAST[-2]), base)))  # 1000: so that kinds do not err alike
    rng, entities = np.random.default_rng(own), asked.entities
    if isinstance(law, ErlangGaps):
        length = asked.last_part * time
        before, after = _highest_of_gaps(law, rng, law.levels(rng, base, past, entities), (time - length, time))
    else:
        n = max(round(time), 1)
        length = max(round(asked.last_part * time), 1)
        before, after = _highest_of_values(law, law.draw(rng, law.levels(rng, base, past, entities), n), base, int(length))
    rang = np.searchsorted(np.sort(before), HEIGHTS) - np.searchsorted(np.sort(after), HEIGHTS)
    first = int(rang.argmax())
    rare = np.minimum.accumulate(rang[first:])
    seen = rare >= FEWEST_ALARMS
    if not seen.any():  # even the lowest alarm rings more rarely than can be told, so at most as often as can
        return RunLengths(HEIGHTS[:1], np.array([length * entities / FEWEST_ALARMS]))
    return RunLengths(HEIGHTS[first:][seen], length * entities / rare[seen])


def _highest_of_gaps(
    law: ErlangGaps, rng: np.random.Generator, level: Array, moments: tuple[float, float]
) -> tuple[Array, Array]:
    """Highest sums by the beginning and the end of the last part, with the gap that is open at each moment.

    The gap under way when watching begins is a long one, of shape k + 1, and partly over.
    """
    gap = level * rng.gamma(law.k + 1, 1 / law.k, level.size)
    begun, noise, rises = -gap * rng.random(level.size), rng.standard_normal(level.size), _rises(law)
    total, top, here = np.zeros(level.size), np.zeros(level.size), np.arange(level.size)
    highest = np.zeros((2, level.size))
    while here.size:
        ended = begun + gap
        is_on = ended < moments[1]
        for place, is_open in enumerate([(begun < moments[0]) & (ended >= moments[0]), ~is_on]):
            some = np.flatnonzero(is_open)
            risen = look_up(moments[place] - begun[some], OPEN, rises)
            highest[place, here[some]] = np.maximum(top[some], total[some] + risen)
        on = np.flatnonzero(is_on)
        here, begun, gap, before = here[on], ended[on], gap[on], noise[on]
        total, top, level = total[on], top[on], level[on]
        top = np.maximum(top, total + look_up(gap, OPEN, rises))
        total = np.maximum(total + law.step(gap, 1.0), 0.0)
        noise = rng.standard_normal(here.size)
        gap = level * law.gap(noise, before)
    return highest[0], highest[1]


@lru_cache
def _rises(law: ErlangGaps) -> Array:
    """What a gap adds that has been open for so many mean gaps, at each of ``OPEN``."""
    return law.height(OPEN, 1.0)


def _highest_of_values(law: Law, x: Array, base: float, last: int) -> tuple[Array, Array]:
    """The same of observations that come one by one, the last of which count; (entities, observations)."""
    steps = law.step(x, base)
    total, before, after = np.zeros(len(x)), np.zeros(len(x)), np.zeros(len(x))
    for place in range(x.shape[1]):
        total = np.maximum(total + steps[:, place], 0.0)
        after = np.maximum(after, total)
        if place == x.shape[1] - last - 1:
            before = after
    return before, after
