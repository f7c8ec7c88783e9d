r"""How the values of events rise or fall over time, apart from which entities have them when.

The values of entity i at times t scatter around a mean of its own that changes alike for all, by a part b of it a day:

    v_it = m_i (1 + b (t - t_i)) + noise,    m_i and t_i the means of its values and times

    b = sum_i C_i / m_i  /  sum_i S_i,    C_i = sum_t (t - t_i) v_it,    S_i = sum_t (t - t_i)^2
    error(b)^2 = sum_i (C_i / m_i - b S_i)^2 / (sum_i S_i)^2

Each entity is its own yardstick: that larger ones come or go moves nothing. The error is that of whole entities, so that the
values of one may go together. In less than two years a season looks like a trend, so none is told.

References
----------
Mundlak (1978), On the pooling of time series and cross section data, Econometrica 46(1), 69-85, for the estimate within entities.
Liang & Zeger (1986), Longitudinal data analysis using generalized linear models, Biometrika 73(1), 13-22, for the error.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.models.periods import DAYS_PER_MONTH
from analysis.models.season import LEAST_MONTHS
from analysis.models.shrinkage import believed


@dataclass(frozen=True)
class ValueTrend:
    """A trend of values.

    * slope: change a day, as a part of the mean; ``std_error`` of it, both 0 where too few entities, or too short a history, tell.
    * entities: with values at two times or more, in a history of two years.
    """

    slope: float = 0.0
    std_error: float = 0.0
    entities: int = 0

    @property
    def believed(self) -> float:
        """The slope that counts: none within two standard errors, and of a larger one the part beyond chance (``shrinkage``)."""
        return believed(self.slope, self.std_error**2)

    def until_now(self, history: pd.DataFrame) -> pd.Series:
        """What the values of each entity are to be multiplied by to stand at the level of the day of the history."""
        ago = history["positive_days"] / history["positive_events"].clip(lower=1)
        return np.exp(self.believed * ago)


def fit_value_trend(history: pd.DataFrame, *, fewest: int) -> ValueTrend:
    """Estimate the trend from values above 0.

    Parameters
    ----------
    history : one row an entity, see ``models.history.History.summary``: its age, and of its events with a value above 0 their
        number, value, and the sums of days until the day of the history, of their squares, and of values times days.
    fewest : entities with values at two times or more below which there is no trend.
    """
    if round(history["age_days"].max() / DAYS_PER_MONTH) < LEAST_MONTHS:
        return ValueTrend()
    some = history[history["positive_events"] > 0]
    events, value, days = (some[name].to_numpy(float) for name in ("positive_events", "positive_value", "positive_days"))
    spread = some["positive_days_squared"].to_numpy(float) - days**2 / events
    moved = (days * value / events - some["positive_value_days"].to_numpy(float)) * events / value  # days count backwards
    apart = spread > 0
    if apart.sum() < fewest:
        return ValueTrend(entities=int(apart.sum()))
    whole = spread[apart].sum()
    slope = moved[apart].sum() / whole
    error = np.sqrt(np.square(moved[apart] - slope * spread[apart]).sum()) / whole
    return ValueTrend(float(slope), float(error), int(apart.sum()))
