"""A group in one line: the shallow classification tree's branch that tells its members best from all others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.models.newton import Array

CUTS = 40  # places at which each feature may be cut: evenly spaced among its sorted values
DIGITS = 2  # significant digits of a bound, so that the rule holds as it is read


@dataclass(frozen=True)
class Condition:
    """``feature`` is at least ``bound``, or below it."""

    feature: str
    at_least: bool
    bound: float

    def holds(self, frame: pd.DataFrame) -> Array:
        """Where it holds; nowhere where the feature is missing."""
        values = frame[self.feature].to_numpy(dtype=float)
        return np.asarray(values >= self.bound if self.at_least else values < self.bound)


@dataclass(frozen=True)
class Rule:
    """Conditions that hold together.

    Attributes
    ----------
    precision : share of those who meet it that belong to the group.
    recall : share of the group that meets it.
    """

    conditions: tuple[Condition, ...]
    precision: float
    recall: float

    @property
    def score(self) -> float:
        """F1: the harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0  # 2: a mean of two


def find_rule(frame: pd.DataFrame, is_in: Array, *, depth: int) -> Rule | None:
    """The branch of a tree of ``depth`` levels with the largest F1 for the members; the shorter of equal ones.

    The tree halves its nodes where the Gini impurity ``2 p (1 - p)`` falls most (Breiman, Friedman, Olshen & Stone
    1984, ch. 4). None where no branch tells anybody apart.

    Parameters
    ----------
    frame : features of all, one column each, in the units in which the rule is read.
    is_in : who belongs to the group.
    """
    everybody = np.ones(len(frame), dtype=bool)
    rules = [measure_rule(frame, is_in, path) for path in _branches(frame, is_in, everybody, (), depth)]
    best = None
    for rule in rules:
        if rule.score > (best.score if best else 0.0):
            best = rule
    return best


def measure_rule(frame: pd.DataFrame, is_in: Array, conditions: tuple[Condition, ...]) -> Rule:
    """The rule of these conditions, with how well it tells the members of ``frame``."""
    meets = np.logical_and.reduce([condition.holds(frame) for condition in conditions])
    hits = int((meets & is_in).sum())
    return Rule(conditions, hits / max(int(meets.sum()), 1), hits / max(int(is_in.sum()), 1))


def _branches(
    frame: pd.DataFrame, is_in: Array, here: Array, path: tuple[Condition, ...], depth: int
) -> Iterator[tuple[Condition, ...]]:
    """Paths to all nodes below, the upper ones first."""
    cut = _best_cut(frame, is_in, here) if depth else None
    if cut is None:
        return
    sides = [Condition(cut.feature, at_least, cut.bound) for at_least in (True, False)]
    paths = [_with(path, side) for side in sides]
    yield from paths
    for side, longer in zip(sides, paths, strict=True):
        yield from _branches(frame, is_in, here & side.holds(frame), longer, depth - 1)


def _with(path: tuple[Condition, ...], new: Condition) -> tuple[Condition, ...]:
    """``path`` and one condition more, which takes the place of a weaker one on the same side."""
    return (*(old for old in path if (old.feature, old.at_least) != (new.feature, new.at_least)), new)


def _best_cut(frame: pd.DataFrame, is_in: Array, here: Array) -> Condition | None:
    inside = is_in[here]
    n, hits = len(inside), int(inside.sum())
    if hits in (0, n):
        return None
    best, least = None, float(_impurity(hits, n))
    for feature in frame:
        values = frame[feature].to_numpy(dtype=float)[here]
        order = np.argsort(values, kind="stable")
        ranked, running = values[order], np.concatenate([[0], np.cumsum(inside[order])])
        bounds = _bounds(ranked)
        below = np.searchsorted(ranked, bounds, side="left")
        mixed = _impurity(running[below], below) + _impurity(hits - running[below], n - below)
        if len(bounds) and mixed.min() < least * (1 - 1e-9):  # less by more than rounding
            best, least = Condition(str(feature), True, float(bounds[mixed.argmin()])), float(mixed.min())
    return best


def _impurity(hits: Array | int, n: Array | int) -> Array:
    """Gini impurity times the size of the node."""
    return np.asarray(2 * hits * (n - hits) / np.maximum(n, 1), dtype=float)  # 2 p (1 - p) n


def _bounds(ranked: Array) -> Array:
    """Rounded bounds that part ``ranked``: midway between neighbours at evenly spaced places."""
    known = ranked[np.isfinite(ranked)]
    distinct = np.unique(known)
    if len(distinct) < 2:  # 2: one value cannot be parted
        return np.array([])
    places = np.unique(np.linspace(0, len(distinct) - 2, CUTS).round().astype(int))  # 2: the last place with a neighbour
    middle = (distinct[places] + distinct[places + 1]) / 2  # 2: midway
    size = np.where(middle != 0, np.abs(middle), 1.0)
    scale = 10.0 ** (DIGITS - 1 - np.floor(np.log10(size)))
    rounded = np.unique(np.round(middle * scale) / scale)
    return np.asarray(rounded[(rounded > distinct[0]) & (rounded <= distinct[-1])])
