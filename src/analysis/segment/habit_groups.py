"""G3: groups of customers with like habits, published only with proof.

Three questions in turn. Do habits come back (``prove_habits``)? Are there groups at all: does the best grouping part
the customers better than any of one smooth cloud would be parted? And does each group come again among redrawn
customers? What passes gets a line that says who belongs to it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.core import params, tables
from analysis.core.contracts.segment_habits import HABIT_GROUPS, WEEKDAYS
from analysis.models.medoids import best_grouping, bootstrap_jaccard, chance_of_width, distances_between
from analysis.models.rules import Condition, Rule, find_rule, measure_rule
from analysis.segment.habit_features import SATURDAY, columns_of, scaled_blocks, weekdays_of


@dataclass(frozen=True)
class Groups:
    """What was found.

    Attributes
    ----------
    outcome : why all, some or no groups are published; one of ``OUTCOMES``.
    judged : customers with enough orders.
    published : number of the published group of each customer, missing where it has none.
    table : rows of ``habit_groups``.
    rules : the rule of each published group.
    chance : how often customers without groups would look as grouped; missing where that was not asked.
    """

    outcome: str
    judged: int
    published: pd.Series
    table: pd.DataFrame
    rules: dict[int, Rule] = field(default_factory=dict)
    chance: float = float("nan")


def find_groups(
    sums: pd.DataFrame, measures: pd.DataFrame, value: npt.NDArray[np.float64], proofs: pd.DataFrame,
    levels: Callable[[str], list[str]], settings: params.Segment,
) -> Groups:  # fmt: skip
    """Group the customers with enough orders by the habits that come back.

    Parameters
    ----------
    sums, measures, value : one row a customer, in one order.
    levels : names of the categories or channels that are told apart.
    """
    asked = settings.habits
    judged = np.flatnonzero((sums["orders"] >= asked.min_orders).to_numpy())
    nobody = pd.Series(pd.NA, sums.index, dtype="Int64")
    none = tables.without_rows(HABIT_GROUPS)
    habits = proofs.loc[proofs["is_used"], "habit"].tolist()
    if len(judged) < asked.min_customers:
        return Groups("few_customers", len(judged), nobody, none)
    if not habits:
        return Groups("no_habit", len(judged), nobody, none)
    rng = np.random.default_rng(settings.random_seed)
    inside = measures.iloc[judged].reset_index(drop=True)
    sample = np.sort(rng.permutation(len(judged))[: asked.sampled_customers])
    points = scaled_blocks(inside, habits, asked.listed_levels, sample)
    distance = distances_between(points[sample], points[sample])
    found = best_grouping(distance, asked.most_groups)
    chance = chance_of_width(
        points[sample], found.width, asked.most_groups, draws=asked.chance_draws, up_to=asked.chance_up_to, rng=rng
    )
    if chance > asked.chance_up_to:
        return Groups("no_groups", len(judged), nobody, none, chance=chance)
    stability = bootstrap_jaccard(distance, found, draws=asked.stability_draws, rng=rng)
    medoids = sample[found.medoids]
    nearest = np.argmin(distances_between(points, points[medoids]), axis=1)
    size = np.bincount(nearest, minlength=len(medoids))
    order = np.lexsort((medoids, -size))
    number = np.argsort(order)[nearest] + 1
    columns = [column for habit in habits for column in columns_of(habit, asked.listed_levels)]
    rules = {}
    for place in np.flatnonzero(stability[order] >= asked.stable_from) + 1:
        if rule := find_rule(inside.loc[sample, columns], number[sample] == place, depth=asked.rule_depth):
            rules[int(place)] = measure_rule(inside, number == place, rule.conditions)
    published = nobody.copy()
    published.iloc[judged] = pd.array(np.where(np.isin(number, list(rules)), number, 0), dtype="Int64")
    table = _table(sums, value, judged, number, rules, levels)
    ids = sums["customer_id"].to_numpy()[judged]
    table["stability"], table["typical_customer"] = stability[order], ids[medoids[order]]
    outcome = "all_stable" if len(rules) == len(medoids) else "some_stable" if rules else "none_stable"
    return Groups(outcome, len(judged), published.mask(published == 0), table[list(HABIT_GROUPS.by_name)], rules, chance)


def _table(
    sums: pd.DataFrame, value: npt.NDArray[np.float64], judged: npt.NDArray[np.int64], number: npt.NDArray[np.int64],
    rules: dict[int, Rule], levels: Callable[[str], list[str]],
) -> pd.DataFrame:  # fmt: skip
    """What each group does, from the sums of its customers."""
    inside = sums.iloc[judged]
    money = pd.Series(value[judged])
    whole = value.sum()
    groups = inside.drop(columns=["customer_id", "customer_name", "region", "median_e4"]).groupby(number).sum()
    days = weekdays_of(groups)
    category = groups[columns_of("category", len([name for name in groups if name.startswith("category_")]) - 1)]
    names = np.array([*levels("category"), *[None] * category.shape[1]], dtype=object)
    largest = category.to_numpy().argmax(axis=1)
    has_category = category.to_numpy().max(axis=1) > 0
    by_group = money.groupby(number).sum()
    return pd.DataFrame({
        "habit_group": groups.index, "is_published": groups.index.isin(list(rules)),
        "rule": [rule_text(rules[place], levels) if place in rules else None for place in groups.index],
        "precision": [rules[place].precision if place in rules else np.nan for place in groups.index],
        "recall": [rules[place].recall if place in rules else np.nan for place in groups.index],
        "customers": np.bincount(number)[1:], "customer_share": np.bincount(number)[1:] / len(sums),
        "value": by_group.to_numpy(), "value_share": by_group.to_numpy() / whole if whole > 0 else np.nan,
        "median_order": (inside["median_e4"].groupby(number).median() / 10_000).to_numpy(),
        "gap_days": (groups["gap_days"] / groups["gaps"]).to_numpy(dtype=float),
        "main_category": np.where(has_category, names[largest], None),
        "main_category_share": _over(category.to_numpy().max(axis=1), groups["category_lines"]),
        "main_weekday": np.array(WEEKDAYS, dtype=object)[days.argmax(axis=1)],
        "weekend_share": days[:, SATURDAY:].sum(axis=1) / days.sum(axis=1),
        "morning_share": _over(groups["morning_orders"], groups["timed_orders"]),
        "mean_discount": _over(groups["discount_e4"], groups["discount_lines"]) / 10_000,
    })  # fmt: skip


def rule_text(rule: Rule, levels: Callable[[str], list[str]]) -> str:
    """The rule as the table keeps it: ``weekend_share >= 0.3, category [Paper] < 0.5``."""
    return ", ".join(
        f"{_named(one, levels)} {'>=' if one.at_least else '<'} {one.bound:g}" for one in rule.conditions
    )


def _named(condition: Condition, levels: Callable[[str], list[str]]) -> str:
    kind, _, place = condition.feature.rpartition("_")
    return f"{kind} [{levels(kind)[int(place) - 1]}]" if place.isdigit() else condition.feature


def _over(parts: npt.ArrayLike, whole: pd.Series) -> npt.NDArray[np.float64]:
    counted = whole.to_numpy(dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(counted > 0, np.asarray(parts, dtype=float) / counted, np.nan)
