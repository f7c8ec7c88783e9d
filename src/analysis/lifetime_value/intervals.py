"""V4: how wide the intervals must be, learnt from the origins where the truth is known by now.

A model's own interval holds what its parameters leave open and what chance does, and not that the model may be wrong.
The origins show that. Two corrections, for two questions:

* of one customer: the part of the draws outside each end is chosen so that the intervals of past origins held as many
  customers as they promise (split conformal prediction with the draws' distribution function as the score).
* of the base: chance averages out over many customers, errors of the model do not. What the past totals missed
  by, beyond what the model allowed for, is added as a relative error of the total.

References
----------
Vovk, Gammerman & Shafer (2005), Algorithmic Learning in a Random World; Romano, Patterson & Candes (2019), Conformalized
quantile regression; Chernozhukov, Wuethrich & Zhu (2021), Distributional conformal prediction, PNAS 118(48).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.core.params import LifetimeValue
from analysis.lifetime_value.histories import Origin
from analysis.lifetime_value.orders import OrderModel
from analysis.lifetime_value.value_per_order import ValueFit, draw_values, expected_value_per_order
from analysis.models.forecast import expected_events
from analysis.models.newton import Array
from analysis.models.value_paths import ValuePaths


@dataclass(frozen=True)
class Widening:
    """What the origins say of the intervals.

    Attributes
    ----------
    tail : part of the draws outside each end of a customer's interval; None where there is no origin.
    error : relative error of the base's total beyond what the model allows for.
    held : share of customers that the model's own intervals held, over all origins.
    totals_held : share of the origins whose total lay in the widened interval, with their number ``origins``.
    """

    tail: float | None = None
    error: float = 0.0
    held: float = float("nan")
    totals_held: float = float("nan")
    origins: int = 0

    def tail_of(self, level: float) -> float:
        """Part of the draws outside each end of an interval of this level."""
        return (1 - level) / 2 if self.tail is None else self.tail

    def ends(self, value: Array, totals: Array, level: float) -> tuple[Array, Array]:
        """Interval of each total: that of the draws, with the error of the model added.

        Parameters
        ----------
        value : expected totals, by group.
        totals : draws (rows) of them.
        """
        from scipy.special import ndtri

        low, high = np.quantile(totals, ((1 - level) / 2, (1 + level) / 2), axis=0)
        added = float(ndtri((1 + level) / 2)) * self.error * np.abs(value)
        return value - np.hypot(np.maximum(value - low, 0), added), value + np.hypot(np.maximum(high - value, 0), added)


def widen(trials: Sequence[tuple[ValueFit, OrderModel, Origin]], settings: LifetimeValue) -> Widening:
    """Learn from the published way at every origin: fitted then, and held against what came."""
    level = settings.interval_level
    drawn = [_paths(*trial, settings) for trial in trials]
    held_up_to, missed, spread, within = [], [], [], []
    for paths, expected, actual in drawn:
        tails, totals = paths.held_up_to(actual)
        held_up_to.append(tails)
        if expected > 0:
            missed.append(actual.sum() / expected - 1)
            spread.append(totals.std() / expected)
        within.append((expected, totals, actual.sum()))
    tails = np.concatenate(held_up_to)
    error = float(np.sqrt(max(np.mean(np.square(missed)) - np.mean(np.square(spread)), 0.0))) if missed else 0.0
    found = Widening(_tail(tails, level), error, float((tails >= (1 - level) / 2).mean()), origins=len(drawn))
    ends = [found.ends(np.asarray(expected), totals, level) for expected, totals, _ in within]
    inside = [low <= came <= high for (low, high), (_, _, came) in zip(ends, within, strict=True)]
    return Widening(found.tail, found.error, found.held, float(np.mean(inside)), len(drawn))


def _paths(
    value: ValueFit, model: OrderModel, origin: Origin, settings: LifetimeValue
) -> tuple[ValuePaths, float, Array]:
    """Simulated values of the months after an origin, their expected sum, and what came."""
    ahead = float(model.ahead(origin.days))
    drawn = draw_values(value, draws=settings.draws, seed=settings.random_seed)
    paths = ValuePaths(
        model.draws, drawn, model.rows.join(value.rows).assign(factor=1.0), horizon_days=ahead, seed=settings.random_seed
    )
    expected = (expected_events(model.fit, model.rows, horizon_days=ahead) * expected_value_per_order(value)).sum()
    return paths, float(expected), origin.after["value"].to_numpy(float)


def _tail(held_up_to: Array, level: float) -> float:
    """The tail with which intervals held ``level`` of the customers, counting one more that they did not hold."""
    missed = int(np.floor((held_up_to.size + 1) * (1 - level)))
    return float(np.sort(held_up_to)[missed - 1]) if missed > 0 else 0.0
