"""Customers as a model of orders sees them, and the same under each draw of the parameters.

Whatever is compared (with and without a change) is computed from the same draw, so what both sides share drops out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pandas as pd
from scipy.special import expit, ndtri

from analysis.core.params import LifetimeValue
from analysis.lifetime_value.value_per_order import ValueFit, draw_values, expected_value_per_order
from analysis.models.forecast import RepeatModel
from analysis.models.newton import Array
from analysis.models.repeat import checked_columns


@dataclass(frozen=True)
class Base:
    """Today's customers under one set of parameters.

    Attributes
    ----------
    fit : model or rate of orders.
    x, span, age : histories.
    worth : expected value of an order, in currency.
    """

    fit: RepeatModel
    x: Array
    span: Array
    age: Array
    worth: Array

    @property
    def active(self) -> Array:
        """P(still active)."""
        return np.asarray(expit(-self.fit.log_odds_stopped(self.x, self.span, self.age)))

    def some(self, rows: Array) -> Self:
        """Some of the customers."""
        return replace(self, x=self.x[rows], span=self.span[rows], age=self.age[rows], worth=self.worth[rows])


@dataclass(frozen=True)
class PairedDraws:
    """Attributes
    ----------
    base : all customers under the fitted parameters.
    sample : some of them, under the same.
    draws : those under drawn parameters.
    """

    base: Base
    sample: Base
    draws: Sequence[Base]


def draw_bases(
    history: pd.DataFrame, fit: RepeatModel, drawn: Sequence[RepeatModel], value: ValueFit, settings: LifetimeValue,
    *, factors: Array | float = 1.0,
) -> PairedDraws:  # fmt: skip
    """Customers under the fitted and the drawn parameters.

    Parameters
    ----------
    history : one row a customer, as the fits have seen it.
    fit, drawn : the published way to predict orders, and draws of it.
    factors : what the values of all, or of each customer, are multiplied by, from the origins.
    """
    asked = settings.what_if
    times = np.broadcast_to(factors, len(history))
    base = Base(fit, *checked_columns(history), times * expected_value_per_order(value).to_numpy(float))
    step = max(len(history) // asked.sampled_customers, 1)
    chosen = np.lexsort((base.age, base.span, base.x, base.worth))[step // 2 :: step]  # evenly over the values
    sample, rows = base.some(chosen), value.rows.iloc[chosen]
    count = min(asked.draws, len(drawn))
    values = draw_values(value, draws=count, seed=settings.random_seed)
    draws = [
        replace(sample, fit=one, worth=_worth(replace(value, models=tuple(models), rows=rows), sample.worth, times[chosen]))
        for one, models in zip(drawn[:count], values, strict=True)
    ]
    return PairedDraws(base, sample, draws)


def spread(middle: Array | float, draws: Sequence[Array | float], level: float) -> Array:
    """Half-width of the interval, as a share of ``middle``: normal, from the standard deviation over the draws."""
    middle = np.asarray(middle, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(middle != 0, np.asarray(draws, float) / middle, 1.0)
    return np.asarray(ndtri((1 + level) / 2) * ratio.std(axis=0, ddof=1))


def _worth(value: ValueFit, usual: Array, times: Array) -> Array:
    """Value of an order by drawn parameters; the usual one where they leave none."""
    worth = times * expected_value_per_order(value).to_numpy(float)
    return np.where(np.isnan(worth), usual, worth)
