"""Whether predicted probabilities mean what they say: of those given 30 %, 30 % have the outcome."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit, logit, ndtri

from analysis.core.errors import FitError
from analysis.models.newton import Array

MOST_STEPS = 100
CLOSE = 1e-8  # a change of the deviance that ends the steps
CERTAIN = np.finfo(float).eps  # a probability nearer to 0 or 1 is as certain


@dataclass(frozen=True)
class Reliability:
    """Calibration of probabilities: outcome ~ intercept + slope x log-odds of the prediction.

    * slope: 1 is right; below 1 the predictions are too extreme, above 1 too timid.
    * intercept: 0 is right; above 0 the outcome is more frequent than predicted (slope held at 1).

    References
    ----------
    Cox (1958), Biometrika 45, 562-565; Van Calster et al. (2019), BMC Medicine 17:230.
    """

    slope: float
    slope_low: float
    slope_high: float
    intercept: float
    intercept_low: float
    intercept_high: float


def brier(predicted: Array, outcome: Array) -> float:
    """Mean squared distance of prediction and outcome (Brier 1950); 0 is perfect."""
    return float(((predicted - outcome) ** 2).mean())


def log_odds(predicted: Array) -> Array:
    """ln of the odds of probabilities; 0 and 1 are read as half an entity in all, 1 / (2 n), away from certainty."""
    edge = 1 / (2 * predicted.size)
    return np.asarray(logit(np.clip(predicted, edge, 1 - edge)))


def fit_reliability(predicted: Array, outcome: Array, *, level: float, entity: Array | None = None) -> Reliability:
    """Regress the outcome on the log-odds of its prediction.

    Parameters
    ----------
    predicted : probabilities, read as ``log_odds`` does.
    outcome : true or false.
    level : of the intervals.
    entity : whose row it is (0, 1, ...), where several rows of one may go together: the errors are then clustered.

    Raises
    ------
    FitError : the predictions do not vary, or they separate the outcomes wholly.
    """
    odds, chosen = log_odds(predicted), np.asarray(outcome, bool)
    if separates(odds, chosen):
        raise FitError("calibration", "predictions must vary and overlap between outcomes",
                       f"{chosen.sum()} of {chosen.size} with the outcome", "Observe for longer")  # fmt: skip
    both = fit_logit(odds[:, None], chosen, entity=entity)
    alone = fit_logit(np.empty((odds.size, 0)), chosen, offset=odds, start=[_shift(odds, chosen)], entity=entity)
    slope, intercept = both.conf_int(level)[1], alone.conf_int(level)[0]
    return Reliability(
        slope=float(both.params[1]), slope_low=float(slope[0]), slope_high=float(slope[1]),
        intercept=float(alone.params[0]), intercept_low=float(intercept[0]),
        intercept_high=float(intercept[1]),
    )  # fmt: skip


@dataclass(frozen=True)
class Logit:
    """A fitted Logit: its coefficients, the constant first, and their covariance."""

    params: Array
    covariance: Array

    def conf_int(self, level: float) -> Array:
        """Ends of the interval of each coefficient, one row each."""
        half = ndtri((1 + level) / 2) * np.sqrt(np.diag(self.covariance))
        return np.column_stack([self.params - half, self.params + half])


def fit_logit(
    columns: Array, outcome: Array, *, offset: Array | float = 0.0, start: list[float] | None = None,
    entity: Array | None = None,
) -> Logit:  # fmt: skip
    """Logit of the outcome on a constant and ``columns``, by iteratively reweighted least squares.

    Its steps are not guarded: with an offset of certain but wrong predictions they overflow from a start
    that is far off, so give one.

    References
    ----------
    McCullagh & Nelder (1989), Generalized Linear Models, 2nd ed., section 2.5, and 4.4.1 for the start.
    """
    hit = np.asarray(outcome, float)
    design = np.column_stack([np.ones(columns.shape[0]), columns])
    score = logit((hit + 1 / 2) / 2) if start is None else design @ start + offset
    before = np.inf
    for _ in range(MOST_STEPS):
        fitted = np.clip(expit(score), CERTAIN, 1 - CERTAIN)
        deviance = -2 * float(np.log(np.where(hit > 0, fitted, 1 - fitted)).sum())
        if abs(before - deviance) <= CLOSE:
            break
        before, weight = deviance, fitted * (1 - fitted)
        bread = np.linalg.inv(np.einsum("ni,n,nj->ij", design, weight, design))
        params = bread @ np.einsum("ni,n->i", design, weight * (score - offset) + hit - fitted)
        score = design @ params + offset
    return Logit(params, bread if entity is None else _clustered(design, hit, fitted, entity))


def _clustered(design: Array, outcome: Array, fitted: Array, entity: Array) -> Array:
    """Covariance of a Logit whose rows of one entity may go together, with statsmodels' correction for few entities."""
    bread = np.linalg.inv(np.einsum("ni,n,nj->ij", design, fitted * (1 - fitted), design))
    sums = pd.DataFrame(design * (outcome - fitted)[:, None]).groupby(np.asarray(entity)).sum().to_numpy()
    groups, (rows, width) = len(sums), design.shape
    few = groups / max(groups - 1, 1) * (rows - 1) / max(rows - width, 1)
    return np.asarray(few * bread @ np.einsum("gi,gj->ij", sums, sums) @ bread)


def reliability_table(
    predicted: Array, outcome: Array, *, groups: int, level: float, entity: Array | None = None
) -> pd.DataFrame:
    """Predicted and observed rates in groups of equal size, lowest prediction first.

    Equal predictions are never split, so there may be fewer groups.

    Returns
    -------
    ``group`` (from 1), ``entities``, ``predicted`` (mean), ``observed``, ``lo``, ``hi`` (Wilson interval).
    """
    _, place, size = np.unique(predicted, return_inverse=True, return_counts=True)
    middle = np.cumsum(size) - size / 2
    group = np.unique(np.floor(middle / predicted.size * groups), return_inverse=True)[1][place]
    return grouped_reliability(group + 1, predicted, outcome, level=level, entity=entity)


def grouped_reliability(
    group: Array, predicted: Array, outcome: Array, *, level: float, entity: Array | None = None
) -> pd.DataFrame:
    """Predicted and observed rates by ``group``, as ``reliability_table`` gives them.

    Parameters
    ----------
    entity : whose row it is (0, 1, ...). Where one entity has several rows, they count as so many independent ones as give
        the rate the same variance (Kish's effective sample size).
    """
    frame = pd.DataFrame({"group": group, "predicted": predicted, "outcome": np.asarray(outcome, float)})
    found = frame.groupby("group").agg(
        entities=("outcome", "size"), predicted=("predicted", "mean"), observed=("outcome", "mean")
    )
    n = found["entities"].to_numpy(float)
    if entity is not None:
        n = n / _design_effect(frame.assign(entity=entity), found["observed"])
    low, high = wilson(found["observed"].to_numpy() * n, n, level=level)
    return found.assign(lo=low, hi=high).rename_axis("group").reset_index()


def _design_effect(frame: pd.DataFrame, rate: pd.Series) -> Array:
    """Variance of each group's rate with rows of one entity going together, over that of independent rows; at least 1."""
    miss = frame["outcome"] - frame["group"].map(rate)
    together = (miss.groupby([frame["group"], frame["entity"]]).sum() ** 2).groupby(level=0).sum()
    alone = (miss**2).groupby(frame["group"]).sum()
    return np.maximum(np.where(alone > 0, together / alone.where(alone > 0, 1), 1.0), 1.0)


def wilson(hits: Array, n: Array, *, level: float) -> tuple[Array, Array]:
    """Interval of a share that also holds for few and for none (Wilson 1927)."""
    z = ndtri((1 + level) / 2)
    share = hits / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)


def _shift(odds: Array, outcome: Array) -> float:
    """What all log-odds must move by for the predictions to add up to the outcomes."""
    centre = logit(outcome.mean())
    ends = centre - odds.max() - 1, centre - odds.min() + 1
    return float(brentq(lambda shift: (expit(odds + shift) - outcome).mean(), *ends))


def separates(score: Array, outcome: Array) -> bool:
    """Whether a threshold tells the outcomes apart without error, so that a Logit has no finite estimate.

    Also true where the score does not vary, or only one outcome is there.
    """
    chosen = np.asarray(outcome, bool)
    ahead, behind = score[chosen], score[~chosen]
    if not ahead.size or not behind.size or np.ptp(score) == 0:
        return True
    return bool(ahead.min() >= behind.max() or behind.min() >= ahead.max())
