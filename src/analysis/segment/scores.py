"""G2: scores by quantile, with cut points that are kept so that months can be compared.

The score of a value is ``ceil(scores * middle rank / customers)``, where the middle rank of a group of equal
values is the middle of its places. Equal values therefore get equal scores, and neither end of the scale is
favoured: where most customers bought once, once is a middling score and not a low or a high one.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.core.contracts.segment import AXES

MEASURES = {"recency": "recency_days", "frequency": "purchase_days", "money": "money_e4"}


def fit_cuts(measures: pd.DataFrame, scores: int) -> pd.DataFrame:
    """Rows of the table ``rfm_cuts``, from the customers that bought in the window.

    Parameters
    ----------
    measures : ``recency_days, purchase_days, money_e4``.

    Returns
    -------
    ``axis, score, bound``: the least value that got the score or a higher one (for recency the most days).
    """
    rows = []
    for axis in AXES:
        steps, _, size = distinct(measures, axis)
        given = score_steps(size, scores)
        for score in range(1, scores + 1):
            reached = steps[given >= score]
            rows.append((axis, score, _sign(axis) * reached[0] if len(reached) else np.nan))
    return pd.DataFrame(rows, columns=["axis", "score", "bound"]).astype({"bound": "float64"})


def score_with(cuts: pd.DataFrame, measures: pd.DataFrame) -> pd.DataFrame:
    """Scores ``recency_score, frequency_score, money_score`` of ``measures`` by the stored cut points."""
    return pd.DataFrame(
        {f"{axis}_score": _scores(cuts, measures, axis) for axis in AXES}, index=measures.index
    )


def distinct(
    measures: pd.DataFrame, axis: str
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Distinct values of an axis from worst to best, each row's place among them, how often each occurs."""
    values = _sign(axis) * measures[MEASURES[axis]].to_numpy(dtype=np.int64)
    return np.unique(values, return_inverse=True, return_counts=True)


def score_steps(size: npt.NDArray[np.int64], scores: int) -> npt.NDArray[np.int64]:
    """Score of each distinct value, from how often each occurs; exact in integers."""
    ends = np.cumsum(size)
    middle = 2 * ends - size  # twice the middle rank
    return -(-middle * scores // (2 * ends[-1:]))


def _scores(cuts: pd.DataFrame, measures: pd.DataFrame, axis: str) -> npt.NDArray[np.int64]:
    of_axis = cuts[cuts["axis"] == axis].sort_values("score")
    bounds = (_sign(axis) * of_axis["bound"]).fillna(np.inf).to_numpy()
    values = _sign(axis) * measures[MEASURES[axis]].to_numpy(dtype=np.float64)
    return np.maximum(np.searchsorted(bounds, values, side="right"), 1)


def _sign(axis: str) -> int:
    return -1 if axis == "recency" else 1
