"""How well scores put those with an outcome before those without, and how sure a difference of two scores
is."""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy.special import ndtri

from analysis.models.newton import Array


def rankdata(values: Array, method: Literal["average", "min", "max"] = "average") -> Array:
    """Ranks from 1 on within each row; equal values get the mean, the first or the last of their places.

    ``scipy.stats`` has the same, and takes half a second to load.
    """
    order = np.argsort(values, axis=-1, kind="stable")
    ordered = np.take_along_axis(values, order, axis=-1)
    first = np.ones(values.shape, bool)
    first[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    begins = np.flatnonzero(first)
    counts = np.diff(begins, append=values.size)
    places = begins % max(values.shape[-1], 1) + 1
    places = places + {"average": (counts - 1) / 2, "min": 0, "max": counts - 1}[method]
    ranks = np.empty(values.shape)
    np.put_along_axis(ranks, order, np.repeat(places, counts).reshape(values.shape), axis=-1)
    return ranks


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


def auc_parts(scores: Array, outcome: Array) -> tuple[Array, Array]:
    """AUC of each score, and by how much each entity moves it: the squares of a row add up to its variance.

    An entity with the outcome beats the share V of those without it, and moves the mean of such shares by
    (V - AUC) / their number; one without it likewise.

    References
    ----------
    DeLong, DeLong & Clarke-Pearson (1988), equation 5, with n in place of n - 1.
    """
    chosen = np.asarray(outcome, bool)
    ahead, behind = _placements(scores, chosen)
    value = ahead.mean(axis=1)
    parts = np.empty((value.size, chosen.size))
    parts[:, chosen] = (ahead - value[:, None]) / ahead.shape[1]
    parts[:, ~chosen] = (behind - value[:, None]) / behind.shape[1]
    return value, parts


def interval_of_parts(value: float, parts: Array, entity: Array, *, level: float) -> tuple[float, float]:
    """Interval of a number from what each row moves it by; rows of one entity may go together.

    Parameters
    ----------
    parts : as ``auc_parts`` gives them, or their sum or difference over several scores and times.
    entity : whose row it is, 0, 1, ...

    References
    ----------
    Obuchowski (1997), Nonparametric analysis of clustered ROC curve data, Biometrics 53, 567-578.
    """
    half = float(ndtri((1 + level) / 2) * np.sqrt((np.bincount(entity, parts) ** 2).sum()))
    return value - half, value + half


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
    overall = rankdata(rows)
    ahead = (overall[:, chosen] - rankdata(rows[:, chosen])) / outside
    behind = 1 - (overall[:, ~chosen] - rankdata(rows[:, ~chosen])) / inside
    return ahead, behind
