"""Groups around typical members (k-medoids): how many there are, whether there are any, and whether they come again.

Members are grouped by their distances alone, so that every group has a member that stands for it. No random start:
medoids are built up one by one, and ties go to the first member.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from analysis.models.newton import Array
from analysis.models.ranking import rankdata

BINS = 64  # of the histogram of one measure
MOST_MOVES = 100  # of the medoids; each shortens the total distance, so that few are ever needed


class Grouping(NamedTuple):
    """Members in groups.

    Attributes
    ----------
    medoids : place of the member that stands for each group.
    group : number of each member's group.
    width : mean silhouette width, -1 to 1; how much nearer members are to their own group than to the next.
    """

    medoids: Array
    group: Array
    width: float


def distances_between(points: Array, others: Array) -> Array:
    """Squared Euclidean distance of each of ``points`` (rows) to each of ``others`` (columns).

    Squared, because a small group far away then weighs more than a cut through the middle of a large one.
    """
    squares = (points**2).sum(axis=1)[:, None] + (others**2).sum(axis=1) - 2 * points @ others.T
    return np.asarray(np.maximum(squares, 0.0))


def k_medoids(distance: Array, groups: int, weight: Array) -> Array:
    """Places of the medoids of ``groups`` groups.

    Minimises the sum over members of weight times distance to the nearest medoid: built up greedily, then each group
    takes its most central member until none changes.

    Parameters
    ----------
    distance : n × n.
    weight : how often each member counts; not negative.

    References
    ----------
    Kaufman & Rousseeuw (1990), Finding Groups in Data, ch. 2 (BUILD); Park & Jun (2009), Expert Systems with
    Applications 36:3336-3341.
    """
    return _settled(distance, built_up(distance, groups, weight), weight)


def built_up(distance: Array, groups: int, weight: Array) -> Array:
    """Medoids one by one, each where it shortens the distances most; the first k are the start for k groups."""
    medoids = [int(np.argmin(weight @ distance))]
    nearest = distance[:, medoids[0]]
    for _ in range(1, groups):
        gain = weight @ np.maximum(nearest[:, None] - distance, 0.0)
        medoids.append(int(np.argmax(gain)))
        nearest = np.minimum(nearest, distance[:, medoids[-1]])
    return np.array(medoids)


def _settled(distance: Array, start: Array, weight: Array) -> Array:
    """Each group takes its most central member, until none changes."""
    found = start
    for _ in range(MOST_MOVES):
        group = np.argmin(distance[:, found], axis=1)
        moved = found.copy()
        for number in range(len(found)):
            inside = np.flatnonzero(group == number)
            if len(inside):
                moved[number] = inside[np.argmin(weight[inside] @ distance[np.ix_(inside, inside)])]
        if (moved == found).all():
            break
        found = moved
    return found


def silhouette_width(distance: Array, group: Array) -> float:
    """Mean over members of ``(b - a) / max(a, b)``: mean distance to the own group a, to the nearest other b.

    A member alone in its group counts 0 (Rousseeuw 1987, Journal of Computational and Applied Mathematics 20:53-65).
    """
    member = np.eye(group.max() + 1)[group]
    size = member.sum(axis=0)
    sums = distance @ member
    own_size = size[group]
    own = sums[np.arange(len(group)), group] / np.maximum(own_size - 1, 1)
    means = np.where(member > 0, np.inf, sums / np.maximum(size, 1))
    means[:, size == 0] = np.inf
    other = means.min(axis=1)
    larger = np.maximum(own, other)
    width = np.where((own_size > 1) & np.isfinite(other) & (larger > 0), (other - own) / np.where(larger > 0, larger, 1.0), 0.0)
    return float(width.mean())


def best_grouping(distance: Array, most: int) -> Grouping:
    """The grouping into 2 to ``most`` groups with the largest mean silhouette width; fewer groups win a tie."""
    weight, best = np.ones(len(distance)), None
    start = built_up(distance, most, weight)
    for groups in range(2, most + 1):  # 2: one group is no grouping
        medoids = _settled(distance, start[:groups], weight)
        group = np.argmin(distance[:, medoids], axis=1)
        width = silhouette_width(distance, group)
        if best is None or width > best.width:
            best = Grouping(medoids, group, width)
    if best is None:
        raise ValueError(f"most is {most}; two groups are the fewest")
    return best


def chance_of_width(
    points: Array, width: float, most: int, *, draws: int, up_to: float, rng: np.random.Generator
) -> float:
    """How often members without groups would look as grouped: the p-value of ``width``, grouped by the same rule.

    p = (1 + draws of ``one_cloud`` that reach it) / (1 + draws). As soon as p is sure to exceed ``up_to`` no more are
    drawn, and p = draws that reach it / draws made.

    References
    ----------
    Besag & Clifford (1991), Biometrika 78:301-304: sequential Monte Carlo p-values.
    """
    reached = 0
    for made, cloud in enumerate(one_cloud(points, draws, rng), start=1):
        reached += best_grouping(distances_between(cloud, cloud), most).width >= width
        if 1 + reached > up_to * (1 + draws):
            return reached / made
    return (1 + reached) / (1 + draws)


def one_cloud(points: Array, draws: int, rng: np.random.Generator) -> Iterator[Array]:
    """Members like ``points`` but without groups: nothing that has a valley is left.

    Each column keeps its skewness and its tails: it is drawn from the histogram that rises to one peak and falls from
    there, the nearest to the column's own by least squares. Columns hang together as before, by a normal copula.

    References
    ----------
    Robertson, Wright & Dykstra (1988), Order Restricted Statistical Inference, ch. 1 (the fit on either side of the
    peak); Liu, Hayes, Nobel & Marron (2008), Journal of the American Statistical Association 103:1281-1293 (grouping
    held against one cloud; theirs is normal, and takes a long tail for a group).
    """
    from scipy.special import ndtr, ndtri

    n = len(points)
    scores = ndtri((rankdata(points.T).T - 0.5) / n)  # 0.5: the middle of a place
    centred = (scores - scores.mean(axis=0)) / np.maximum(scores.std(axis=0), np.finfo(float).tiny)
    shapes = [one_peak(column) for column in points.T]
    for _ in range(draws):
        drawn = ndtr(rng.standard_normal((n, n)) @ centred / np.sqrt(n))
        yield np.column_stack([np.interp(u, reached, edges) for u, (edges, reached) in zip(drawn.T, shapes, strict=True)])


def one_peak(values: Array) -> tuple[Array, Array]:
    """Edges of the bins of ``values``, and the share below each edge, by the nearest histogram with one peak."""
    from scipy.optimize import isotonic_regression

    counts, edges = np.histogram(values, bins=BINS)
    best, least = counts.astype(float), np.inf
    for peak in range(BINS):
        left = isotonic_regression(counts[: peak + 1]).x
        right = isotonic_regression(counts[peak:], increasing=False).x
        fit = np.concatenate([left[:-1], [max(left[-1], right[0])], right[1:]])
        off = float(((fit - counts) ** 2).sum())
        if off < least:
            best, least = fit, off
    return edges, np.concatenate([[0.0], np.cumsum(best) / best.sum()])


def bootstrap_jaccard(distance: Array, found: Grouping, *, draws: int, rng: np.random.Generator) -> Array:
    """How well each group comes again when members are drawn anew: mean over draws of its largest Jaccard similarity.

    ``J(A, B) = |A and B| / |A or B|`` between the group, as far as it was drawn, and each group of the redrawn
    members. From 0.75 on a group counts as stable.

    References
    ----------
    Hennig (2007), Computational Statistics & Data Analysis 52:258-271.
    """
    n, groups = len(distance), len(found.medoids)
    total = np.zeros(groups)
    for _ in range(draws):
        weight = np.bincount(rng.integers(0, n, n), minlength=n)
        drawn = np.flatnonzero(weight)
        inside = distance[np.ix_(drawn, drawn)]
        medoids = k_medoids(inside, groups, weight[drawn].astype(float))
        again = np.argmin(inside[:, medoids], axis=1)
        both = np.zeros((groups, groups))
        np.add.at(both, (found.group[drawn], again), 1)
        either = both.sum(axis=1)[:, None] + both.sum(axis=0) - both
        total += (both / np.maximum(either, 1)).max(axis=1)
    return total / draws
