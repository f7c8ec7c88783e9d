"""Discounted sums over the months ahead from what a model says of a few times.

What is expected up to a time t bends smoothly in ln(1 + t), so a polynomial through a few times gives every month's
end. The sum over the months is then a weighted sum of those few values, with the same weights for every model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import chebyshev

from analysis.models.newton import Array
from analysis.models.periods import DAYS_PER_MONTH, discount_factors

TIMES = 14  # up to twenty years: six digits of every sum, five of a small difference


@dataclass(frozen=True)
class MonthSums:
    """At which times to ask a model, and what its answers mean for the sums that are wanted.

    Attributes
    ----------
    days : times to ask for the expected value up to then.
    weights : one row a wanted sum, one column a time.
    """

    days: Array
    weights: Array

    def of(self, value: Array) -> Array:
        """The sums, from the value expected up to each of ``days`` (along the first axis)."""
        return np.asarray(self.weights @ value)


def month_sums(wanted: Sequence[tuple[int, float]]) -> MonthSums:
    """The sums over so many months at such a yearly discount rate, each discounted from its month's end.

    Parameters
    ----------
    wanted : months and rate of each sum.
    """
    last = max(months for months, _ in wanted)
    ends = np.log1p(np.arange(last + 1))
    nodes = (1 + chebyshev.chebpts1(TIMES)) * ends[-1] / 2
    through = chebyshev.chebvander(2 * ends / ends[-1] - 1, TIMES - 1)
    by_month = np.diff(through @ np.linalg.inv(chebyshev.chebvander(chebyshev.chebpts1(TIMES), TIMES - 1)), axis=0)
    weights = [discount_factors(months, rate_yearly=rate) @ by_month[:months] for months, rate in wanted]
    return MonthSums(np.expm1(nodes) * DAYS_PER_MONTH, np.stack(weights))
