"""How high an alarm must hang to ring by chance only so often: run lengths of cumulative sums, simulated.

What the workbook asks for is the first alarm within a year (``first_alarm``). The textbook's run length, of alarms that ring again
and again, stands here so that the reference run (mean gap 30 days, a doubling, 730 days between false alarms: heights 1.80, 2.17, 2.51
for k = 1, 2, 4, and the delays after a stop and after a change) is reproduced by the same laws: ``threshold_for``,
``delay_after_change``, ``delay_after_stop`` and ``silence_rule_run_length`` serve that comparison.

A run length is the mean time between two false alarms of an entity, in its mean gaps (as they are estimated). It is
simulated with what is not known: an entity's level comes from a few observations, and an alarm that takes it for known
rings far too often.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import pdtr

from analysis.models.cusum import Law, Path, advance, watch
from analysis.models.erlang_gaps import ErlangGaps
from analysis.models.newton import Array

HEIGHTS = np.arange(1, 61) / 5  # ln likelihood ratios 0.2, 0.4, ..., 12: certain enough for anybody
FEWEST_ALARMS = 30  # simulated, below which a run length is not known to a fifth
OBSERVATIONS = 250  # of each simulated entity
SETTLED = 30  # of them pass before alarms are counted: the sums start at 0, which is lower than they stay
PAST = (1, 2, 3, 4, 5, 6, 8, 11, 16, 23, 32, 45, 64, 100, 300, 1_000, 10_000, np.inf)  # numbers of past observations told apart
MONTH_DAYS = 365.25 / 12  # 12 months of the mean year


@dataclass(frozen=True)
class RunLengths:
    """Mean time between false alarms, in mean gaps, by the height of the alarm; both rise."""

    height: Array
    length: Array

    def threshold(self, length: Array | float) -> Array:
        """Height of the alarm for a run length; infinite where no height simulated is rare enough."""
        wanted = np.log(np.maximum(length, self.length[0]))
        return np.asarray(np.interp(wanted, np.log(self.length), self.height, right=np.inf))

    def at(self, height: Array | float) -> Array:
        """Run length at which an alarm of this height hangs: how rare by chance it is that the sum stands there."""
        return np.asarray(np.exp(np.interp(height, self.height, np.log(self.length))))


def simulate_run_lengths(law: Law, *, base: float, past: float, entities: int, seed: int) -> RunLengths:
    """Simulate entities that do not change, and count how often alarms of each height ring.

    Parameters
    ----------
    law : of the observations and the change looked for.
    base : estimated level; matters for counts only.
    past : observations behind the estimate; infinite where the level is known.
    entities : simulated; 2,000 give thresholds to about 0.02 for run lengths below 100 mean gaps.
    seed : of the random numbers.
    """
    rng = np.random.default_rng(seed)
    x = law.draw(rng, law.levels(rng, base, past, entities), OBSERVATIONS)
    steps, rises = law.step(x, base), law.height(x, base)
    level = np.zeros((HEIGHTS.size, entities))
    alarms = np.zeros((HEIGHTS.size, entities), int)
    for i in range(OBSERVATIONS):
        level, rings = advance(level, steps[:, i], rises[:, i], HEIGHTS[:, None])
        alarms += rings & (i >= SETTLED)
    rate = (alarms / law.time(x[:, SETTLED:], base).sum(axis=1)).mean(axis=1)
    seen = alarms.sum(axis=1) >= FEWEST_ALARMS
    return RunLengths(HEIGHTS[seen], np.maximum.accumulate(1 / rate[seen]))


def threshold_for(
    arl_days: float, k: int, *, mean_gap_days: float, times: float, past: float, entities: int, seed: int
) -> float:
    """Height of the alarm on an entity's gaps, for a mean time between false alarms.

    Parameters
    ----------
    arl_days : mean days between false alarms of the entity (in-control average run length).
    k : regularity of the gaps.
    mean_gap_days : of the entity.
    times : the change looked for, a mean gap so many times as long.
    past : gaps behind the mean; infinite where it is known.
    entities, seed : of the simulation.
    """
    lengths = simulate_run_lengths(ErlangGaps(k, times), base=1.0, past=past, entities=entities, seed=seed)
    return float(lengths.threshold(arl_days / mean_gap_days))


def silence_rule_run_length(multiple: float, k: int) -> float:
    """Mean time between false alarms of the rule "silent for a multiple of the mean gap", in mean gaps.

    ``1 / P(gap > multiple x mean)`` for Erlang-k gaps: fewer than k pulses while k x multiple are expected.

    Examples
    --------
    >>> [round(30 * silence_rule_run_length(2, k)) for k in (1, 2, 4)]
    [222, 328, 708]
    """
    return float(1 / pdtr(k - 1, k * multiple))


def delay_after_change(law: ErlangGaps, threshold: float, *, times: float, entities: int, seed: int) -> float:
    """Median time until the alarm rings once gaps are ``times`` as long, in mean gaps before the change.

    The sums start at 0, where they mostly are. Infinite where half of the entities ring later than is simulated.
    """
    x = times * law.draw(np.random.default_rng(seed), np.ones(entities), OBSERVATIONS)
    path = _watched(law, x, threshold)
    gap = path.rings.argmax(axis=1)
    each = np.arange(entities)
    passed = x.cumsum(axis=1)[each, gap] - x[each, gap]
    delay = passed + law.silence(threshold - path.before[each, gap], 1.0)
    return float(np.median(np.where(path.rings.any(axis=1), delay, np.inf)))


def delay_after_stop(law: ErlangGaps, threshold: float, *, entities: int, seed: int) -> float:
    """Median time until the alarm rings once there are no events any more, in mean gaps.

    Entities stop at a moment of their own, in the middle of a gap; those whose alarm rings already are left out.
    """
    rng = np.random.default_rng(seed)
    x = law.draw(rng, np.ones(entities), OBSERVATIONS)
    path = _watched(law, x, threshold)
    each, end = np.arange(entities), x.cumsum(axis=1)
    moment = rng.uniform(SETTLED, OBSERVATIONS / 2, entities)  # 2: nearly all have as many gaps by then
    gap = (end > moment[:, None]).argmax(axis=1)
    silent = moment - end[each, gap] + x[each, gap]
    delay = law.silence(threshold - path.before[each, gap], 1.0) - silent
    return float(np.median(delay[delay > 0]))


def _watched(law: ErlangGaps, x: Array, threshold: float) -> Path:
    """The sums of simulated entities, one a row, with mean gap 1."""
    n, each = x.shape
    path = watch(law, x.ravel(), np.arange(n) * each, np.ones(n), np.full(n, threshold))
    return Path(path.before.reshape(n, each), path.rings.reshape(n, each), path.level)
