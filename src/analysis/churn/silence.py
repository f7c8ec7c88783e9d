"""C1: how unusual a customer's silence is by its own rhythm, and the state that follows.

The state compares a customer with itself: the share of its own usual gaps that its present silence exceeds. A customer who
buys once a year and bought in spring is active, though its risk for the next quarter is high. Only who is silent for
unusually long and is also unlikely to order counts as probably lost. One-time buyers have no gap, so they are a group of
their own.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.core.params import Churn
from analysis.models.gaps import expected_gap, fit_gaps, share_of_shorter_gaps


def silence_of(history: pd.DataFrame) -> dict[str, pd.Series]:
    """Usual gap, and place of the present silence among the own gaps; missing for one-time buyers.

    Customers with few gaps are drawn towards the population by the model of gaps itself. Gaps that are still
    open do not count as gaps, so in a young history the usual gaps come out short and silences long.
    """
    one_time = history["repeats"] == 0
    if one_time.all():
        missing = pd.Series(np.nan, history.index)
        return {"expected_gap_days": missing, "silence_percentile": missing}
    fit = fit_gaps(history)
    own = history["span_days"] / history["repeats"].where(~one_time)
    usual = expected_gap(fit, history) if fit.q > 1 else own  # no finite mean, nothing to be drawn towards
    return {"expected_gap_days": usual, "silence_percentile": share_of_shorter_gaps(fit, history)}


def state_of(silence_percentile: pd.Series, risk: pd.Series, settings: Churn) -> pd.Series:
    """State by the limits of ``params.yaml``; a missing percentile is a one-time buyer."""
    at_risk = silence_percentile >= settings.at_risk_from
    states = pd.Series("active", silence_percentile.index)
    states = states.mask(silence_percentile >= settings.cooling_from, "cooling").mask(at_risk, "at_risk")
    states = states.mask(at_risk & (risk >= settings.probably_lost_from), "probably_lost")
    return states.mask(silence_percentile.isna(), "one_time")
