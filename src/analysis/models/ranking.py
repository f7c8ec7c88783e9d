"""How well scores put those with an outcome before those without, and how sure a difference of two scores
is."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from analysis.models.newton import Array


def rankdata(values: Array, *, method: str = "average", axis: int | None = None) -> Array:
    """Ranks as ``scipy.stats.rankdata`` gives them; that module takes a third of a second to load, for those who rank."""
    from scipy.stats import rankdata

    return np.asarray(rankdata(values, method=method, axis=axis))


def auc(scores: Array, outcome: Array) -> Array:
    """Probability that a random entity with the outcome scores above one without; ties count half.

    Parameters
    ----------
    scores : one score, or one a row.
    outcome : true or false per entity; both must occur.

    References
    ----------
    DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44, 837-845.
    """
    return np.asarray(_placements(scores, outcome)[0].mean(axis=1))


def auc_intervals(scores: Array, outcome: Array, *, level: float) -> tuple[Array, Array, Array]:
    """AUC of each score with an interval of the given level; rows are scores."""
    value, covariance = auc_covariance(scores, outcome)
    half = ndtri((1 + level) / 2) * np.sqrt(np.diag(covariance))
    return value, np.maximum(value - half, 0), np.minimum(value + half, 1)


def auc_difference(
    first: Array, second: Array, outcome: Array, *, level: float
) -> tuple[float, float, float]:
    """AUC of ``first`` less that of ``second`` with an interval; the scores are of the same entities."""
    value, covariance = auc_covariance(np.stack([first, second]), outcome)
    half = ndtri((1 + level) / 2) * np.sqrt(
        max(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1], 0)
    )
    gap = float(value[0] - value[1])
    return gap, gap - float(half), gap + float(half)


def auc_covariance(scores: Array, outcome: Array) -> tuple[Array, Array]:
    """AUC of each score and their covariance (DeLong, DeLong & Clarke-Pearson 1988, equation 5)."""
    with_it, without = _placements(scores, outcome)
    parts = [_covariance(part) / part.shape[1] for part in (with_it, without)]
    return with_it.mean(axis=1), parts[0] + parts[1]


def lift(score: Array, outcome: Array, *, groups: int) -> float:
    """Rate of the outcome in the top 1 / ``groups`` by score, over the rate of all.

    Where the limit falls among equal scores, they count in part, so that the order of rows does not matter.
    """
    size = score.size / groups
    rank = rankdata(-score, method="min") - 1
    last = rankdata(-score, method="max")
    inside = np.clip((size - rank) / (last - rank), 0, 1)
    return float((inside * outcome).sum() / size / outcome.mean())


def rank_correlation(a: Array, b: Array) -> float | None:
    """Spearman's rank correlation; ``None`` where one of the two does not vary."""
    ranks = np.stack([rankdata(a), rankdata(b)])
    if (ranks.std(axis=1) == 0).any():
        return None
    return float(np.corrcoef(ranks)[0, 1])


def _placements(scores: Array, outcome: Array) -> tuple[Array, Array]:
    """For each entity, the share of the other side that it beats; one row a score."""
    rows = np.atleast_2d(scores)
    chosen = np.asarray(outcome, bool)
    inside, outside = int(chosen.sum()), int((~chosen).sum())
    overall = rankdata(rows, axis=1)
    ahead = (overall[:, chosen] - rankdata(rows[:, chosen], axis=1)) / outside
    behind = 1 - (overall[:, ~chosen] - rankdata(rows[:, ~chosen], axis=1)) / inside
    return ahead, behind


def _covariance(parts: Array) -> Array:
    return np.atleast_2d(np.cov(parts)) if parts.shape[1] > 1 else np.zeros((parts.shape[0],) * 2)
