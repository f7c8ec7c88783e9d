"""What share is still there after each step, without any law: the Kaplan-Meier curve."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import ndtri


def survival_curve(steps: pd.Series, left: pd.Series, weights: pd.Series, *, level: float) -> pd.DataFrame:
    """The share still there after each number of steps, with its interval.

    Parameters
    ----------
    steps : whole steps at which an entity left, or up to which it was seen, 1 or more.
    left : whether it left at the last of them.
    weights : how many entities a row stands for.
    level : of the intervals, which are made on the scale ln(-ln S) so that they stay between 0 and 1.

    Returns
    -------
    One row a step at which somebody left: ``step, at_risk, share, lo, hi``. Where nobody is left, or everybody, there
    is no interval.

    References
    ----------
    Kaplan & Meier (1958), JASA 53, 457-481; Kalbfleisch & Prentice (2002), The Statistical Analysis of Failure Time
    Data, 2nd ed., section 1.4, for the scale.
    """
    weight = weights.to_numpy(float)
    gone = np.bincount(steps, weight * left.to_numpy(float))
    seen = np.bincount(steps, weight)[::-1].cumsum()[::-1]
    step = np.flatnonzero(gone)
    gone, seen = gone[step], seen[step]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.cumprod(1 - gone / seen)
        error = np.sqrt(np.cumsum(gone / (seen * (seen - gone))))  # Greenwood's, of ln S
        half = ndtri((1 + level) / 2) * error / np.abs(np.log(share))
        low, high = (share ** np.exp(side * half) for side in (1, -1))
    inside = (share > 0) & (share < 1)
    return pd.DataFrame({
        "step": step, "at_risk": seen.astype(np.int64), "share": share, "lo": np.where(inside, low, np.nan), "hi": np.where(inside, high, np.nan),
    })  # fmt: skip
