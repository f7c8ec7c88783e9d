"""What a model says of simulated histories against what then happened to them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.models.forecast import expected_events, pmf, probability_alive, probability_no_event
from analysis.models.gamma_rates import GammaRateModel

SEEN_DAYS, FUTURE_DAYS = 90, 40


def assert_futures(
    model: GammaRateModel, summary: pd.DataFrame, active: np.ndarray, future: np.ndarray
) -> None:
    """Four predictions for the next 40 days after 90 agree with what happened, whatever was seen before."""
    silence = pd.cut(SEEN_DAYS - summary["span_days"], [-1, 15, 40, SEEN_DAYS])
    groups = [np.minimum(summary["repeats"], 4), silence]
    seen = pd.DataFrame({"active": active, "none": future == 0, "two": future == 2, "events": future})
    said = pd.DataFrame({
        "active": probability_alive(model, summary),
        "none": probability_no_event(model, summary, horizon_days=FUTURE_DAYS),
        "two": pmf(model, summary, 2, horizon_days=FUTURE_DAYS),
        "events": expected_events(model, summary, horizon_days=FUTURE_DAYS),
    })  # fmt: skip
    gap = (seen.astype(float) - said).groupby(groups, observed=True)
    z = (gap.mean() / (gap.std() / np.sqrt(gap.count())).replace(0, 1))[gap.count()["active"] > 100]
    assert len(z) > 10
    assert z.abs().max().max() < 4.5, z
