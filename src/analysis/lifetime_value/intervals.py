"""V4: what the origins, where the truth is known by now, say of the level of the predictions and of their intervals.

Where the totals of all origins were off on the same side, by more than chance and than they differ among themselves,
the predictions are corrected by as much. A mean miss m with a variance v of one miss (between origins, and by chance)
counts as far as it is believed (``shrinkage``), so that misses of either side leave the model alone. In the same way values are
spread further apart, or less far, where they were so at the origins (``calibration_slope``); that moves no total.

A model's own interval holds what its parameters leave open and what chance does, and not that the model may be wrong.
The origins show that. Two corrections, for two questions:

* of one customer: the part of the draws outside each end is chosen so that the intervals of past origins held as many
  customers as they promise (split conformal prediction with the draws' distribution function as the score).
* of the base: chance averages out over many customers, errors of the model do not. What the past totals missed
  by, beyond what the model allowed for, is added as a relative error of the total. Each is taken after the correction
  of its level by the others.

References
----------
Vovk, Gammerman & Shafer (2005), Algorithmic Learning in a Random World; Romano, Patterson & Candes (2019), Conformalized
quantile regression; Chernozhukov, Wuethrich & Zhu (2021), Distributional conformal prediction, PNAS 118(48).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from analysis.lifetime_value.orders import OrderModel
from analysis.lifetime_value.value_per_order import ValueFit, draw_values, expected_value_per_order
from analysis.models.calibration_slope import fit_calibration_slope, respread
from analysis.models.newton import Array
from analysis.models.shrinkage import believed
from analysis.models.value_paths import ValuePaths

if TYPE_CHECKING:
    from analysis.core.params import LifetimeValue
    from analysis.lifetime_value.histories import Origin

FEWEST = 3  # origins that tell a level from chance
LONGEST = 3.0  # times the months of the proof; further ahead nothing is known of how errors grow
WIDEST_TAIL = 2.0  # times the part of the draws outside each end that the level itself names


@dataclass(frozen=True)
class Widening:
    """What the origins say of the levels and the intervals.

    Attributes
    ----------
    orders_level, value_level : what expected orders, and expected value, are multiplied by.
    slope : power to which expected values are raised, their sum kept.
    tail : part of the draws outside each end of a customer's interval; None where there is no origin.
    error : relative error of the base's total, ``days`` ahead, beyond what the model allows for.
    held : share of customers that the model's own intervals held, over all origins.
    totals_held : share of the origins whose total lay in the widened interval, with their number ``origins``.
    """

    orders_level: float = 1.0
    value_level: float = 1.0
    slope: float = 1.0
    tail: float | None = None
    error: float = 0.0
    days: float = 1.0
    held: float = float("nan")
    totals_held: float = float("nan")
    origins: int = 0

    def factors(self, value: Array) -> Array:
        """What the expected value of each customer is multiplied by."""
        return self.value_level * respread(value, self.slope)

    def tail_of(self, level: float) -> float:
        """Part of the draws outside each end of an interval of this level."""
        return (1 - level) / 2 if self.tail is None else self.tail

    def ends(self, value: Array, totals: Array, level: float, days: float) -> tuple[Array, Array]:
        """Interval of each total: that of the draws, with the error of the model added.

        The error is one of the logarithm, so that no interval leaves the side of nothing on which its total lies, and grows
        in proportion to the time ahead, as what a model gets wrong of stopping adds up, for up to ``LONGEST`` times
        as long as was tried.

        Parameters
        ----------
        value : expected totals, by group.
        totals : draws (rows) of them.
        days : time ahead.
        """
        from scipy.special import ndtri

        low, high = np.quantile(totals, ((1 - level) / 2, (1 + level) / 2), axis=0)
        off = float(ndtri((1 + level) / 2)) * self.error * min(max(days / self.days, 1.0), LONGEST)
        away, towards = np.abs(value) * np.expm1(off), np.abs(value) * -np.expm1(-off)
        below, above = np.where(value >= 0, (towards, away), (away, towards))
        return value - np.hypot(np.maximum(value - low, 0), below), value + np.hypot(np.maximum(high - value, 0), above)


@dataclass(frozen=True)
class Past:
    """The published way at one origin.

    Attributes
    ----------
    paths : simulated values of the months after it.
    orders : expected sum. value : expected of each customer. came_orders, came : what came of both.
    customers : ids.
    orders_error : standard error of the expected sum, from the customers' misses.
    """

    paths: ValuePaths
    orders: float
    value: Array
    came_orders: float
    came: Array
    customers: Array
    orders_error: float


def widen(trials: Sequence[tuple[ValueFit, OrderModel, Origin, Array]], settings: LifetimeValue) -> Widening:
    """Learn from the published way at every origin: fitted then, its expected orders, and held against what came."""
    level = settings.interval_level
    pasts = [past for past in (_past(*trial, settings) for trial in trials) if past.orders > 0 and past.value.sum() > 0]
    if not pasts:
        return Widening()
    orders_level = shrunken_level(
        np.array([past.came_orders / past.orders - 1 for past in pasts]), np.array([past.orders_error / past.orders for past in pasts])
    )
    held = [past.paths.held_up_to(past.came) for past in pasts]
    missed = np.array([past.came.sum() / past.value.sum() - 1 for past in pasts])
    spread = np.array([totals.std() / past.value.sum() for past, (_, totals) in zip(pasts, held, strict=True)])
    others = [np.arange(len(pasts)) != place for place in range(len(pasts))]
    left = [(1 + miss) / shrunken_level(missed[rest], spread[rest]) - 1 for miss, rest in zip(missed, others, strict=True)]
    found = Widening(orders_level, shrunken_level(missed, spread), shrunken_slope(pasts), days=float(trials[-1][2].days), origins=len(pasts))
    tails = np.concatenate([tails for tails, _ in held])
    corrected = held
    if (found.value_level, found.slope) != (1.0, 1.0):
        corrected = [replace(past.paths, summary=past.paths.summary.assign(factor=found.factors(past.value))).held_up_to(past.came) for past in pasts]
    found = replace(
        found, tail=_tail(np.concatenate([tails for tails, _ in corrected]), level), held=float((tails >= (1 - level) / 2).mean()),
        error=float(np.sqrt(max(np.mean(np.square(left)) - np.mean(np.square(spread)), 0.0))),
    )  # fmt: skip
    ends = [found.ends(np.asarray(past.value.sum() * found.value_level), totals, level, found.days) for past, (_, totals) in zip(pasts, corrected, strict=True)]
    inside = [low <= past.came.sum() <= high for (low, high), past in zip(ends, pasts, strict=True)]
    return replace(found, totals_held=float(np.mean(inside)))


def shrunken_level(missed: Array, spread: Array) -> float:
    """What to multiply a prediction by that was off by ``missed`` at several origins, as shares of the predictions.

    Parameters
    ----------
    spread : standard deviation of each miss by chance alone.
    """
    if missed.size < FEWEST:
        return 1.0
    return 1 + believed(float(missed.mean()), float(missed.var(ddof=1) + np.square(spread).mean()))


def shrunken_slope(pasts: Sequence[Past]) -> float:
    """The power by which expected values of all origins together were spread too little: 1 where that may be chance, 0 (all alike) at least."""
    if len(pasts) < FEWEST:
        return 1.0
    customer = np.unique(np.concatenate([past.customers for past in pasts]), return_inverse=True)[1]
    found = fit_calibration_slope(np.concatenate([past.value for past in pasts]), np.concatenate([past.came for past in pasts]), customer)
    return 1.0 if found is None else max(1 + believed(found.slope - 1, found.std_error**2), 0.0)


def error_of_total(expected: Array, actual: Array) -> float:
    """Standard error of a sum over customers, from how far each was off."""
    return float(np.sqrt(actual.size) * (expected - actual).std())


def _past(value: ValueFit, model: OrderModel, origin: Origin, orders: Array, settings: LifetimeValue) -> Past:
    drawn = draw_values(value, draws=settings.draws, seed=settings.random_seed)
    paths = ValuePaths(
        model.draws, drawn, model.rows.join(value.rows).assign(factor=1.0), horizon_days=float(model.ahead(origin.days)),
        seed=settings.random_seed,
    )  # fmt: skip
    came = origin.after["orders"].to_numpy(float)
    return Past(
        paths, float(orders.sum()), orders * expected_value_per_order(value).to_numpy(float), float(came.sum()),
        origin.after["value"].to_numpy(float), origin.before.rows["customer_id"].to_numpy(), error_of_total(orders, came),
    )  # fmt: skip


def _tail(held_up_to: Array, level: float) -> float:
    """The tail with which intervals held ``level`` of the customers, counting one more that they did not hold.

    Of many customers who bring nothing nearly any tail does; over a longer time they may, so there is a limit.
    """
    missed = int(np.floor((held_up_to.size + 1) * (1 - level)))
    held = float(np.sort(held_up_to)[missed - 1]) if missed > 0 else 0.0
    return min(held, WIDEST_TAIL * (1 - level) / 2)
