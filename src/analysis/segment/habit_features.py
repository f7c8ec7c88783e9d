"""G3: habits of customers as numbers, and the proof that a habit is one: what a customer does comes back."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.core import params
from analysis.core.contracts.schema import E4
from analysis.core.contracts.segment_habits import HABIT_PROOFS, HABITS_KNOWN, WEEKDAYS

KINDS = ("category", "channel")  # columns of the order lines that are parted by their commonest values
NEEDS = {"hour": "orders.order_date", "category": "orders.category", "channel": "orders.channel", "discount": "orders.discount"}
RELATIVE = ("median_order", "gap_days")  # compared by their ratio, so by their logarithm
SATURDAY = WEEKDAYS.index("sat")


def columns_of(habit: str, levels: int) -> list[str]:
    """The measures that tell a habit."""
    many = {kind: [f"{kind}_{place}" for place in range(1, levels + 1)] for kind in KINDS}
    return {
        "order_size": ["median_order"], "pace": ["gap_days"], "regularity": ["gap_variation"], "weekend": ["weekend_share"],
        "hour": ["morning_share", "evening_share"], "discount": ["mean_discount"], **many,
    }[habit]  # fmt: skip


def measure_habits(sums: pd.DataFrame, levels: int) -> pd.DataFrame:
    """Every habit in the units in which it is read: money, days, shares; missing where a row does not tell it.

    Parameters
    ----------
    sums : rows of habits.sql.
    levels : categories and channels that are told apart.
    """
    mean = _over(sums["gap_days"], sums["gaps"])
    variance = np.maximum(_over(sums["gap_squares"], sums["gaps"]) - mean**2, 0.0)
    weekend = sums[[f"weekday_{day}" for day in range(SATURDAY, len(WEEKDAYS))]].sum(axis=1)
    found = {
        "median_order": sums["median_e4"].astype("float64") / E4,
        "gap_days": mean,
        "gap_variation": (np.sqrt(variance) / mean).where(sums["gaps"] > 1),
        "weekend_share": _over(weekend, sums["orders"]),
        "morning_share": _over(sums["morning_orders"], sums["timed_orders"]),
        "evening_share": _over(sums["evening_orders"], sums["timed_orders"]),
        "mean_discount": _over(sums["discount_e4"], sums["discount_lines"]) / E4,
    }
    for kind in KINDS:
        found |= {name: _over(sums[name], sums[f"{kind}_lines"]) for name in columns_of(kind, levels)}
    return pd.DataFrame(found)


def prove_habits(sums: pd.DataFrame, halves: pd.DataFrame, settings: params.Habits) -> pd.DataFrame:
    """Rows of ``habit_proofs``.

    A habit is what comes back, so that a customer's odd orders tell of its even ones. With r the correlation between
    the two halves over customers, the whole has the reliability ``2 r / (1 + r)``; for a habit of several measures r
    is the sum of their covariances over the root of the product of the sums of their variances. Where customers are
    all alike, r is about nothing.

    References
    ----------
    Spearman (1910), British Journal of Psychology 3:271-295; Brown (1910), the same volume, 296-322.
    """
    known = known_shares(sums)
    measures = _compared(measure_habits(halves, settings.listed_levels))
    both = [measures.set_index(halves["customer"])[(halves["half"] == half).to_numpy()] for half in (0, 1)]
    rows = []
    for habit in HABITS_KNOWN:
        is_known = known[habit] >= settings.known_from
        columns = columns_of(habit, settings.listed_levels)
        found = _reliability(*(half[columns] for half in both)) if is_known else np.nan
        enough = len(both[0]) >= settings.min_customers
        rows.append((habit, known[habit], None if is_known else NEEDS[habit], found, bool(enough and found >= settings.reliable_from)))
    return pd.DataFrame(rows, columns=list(HABIT_PROOFS.by_name))


def known_shares(sums: pd.DataFrame) -> dict[str, float]:
    """Share of the orders, or of the lines, that tell each habit."""
    orders, lines = max(int(sums["orders"].sum()), 1), max(int(sums["lines"].sum()), 1)
    told = {"hour": sums["timed_orders"].sum() / orders, "discount": sums["discount_lines"].sum() / lines}
    told |= {kind: sums[f"{kind}_lines"].sum() / lines for kind in KINDS}
    return {habit: float(told.get(habit, 1.0)) for habit in HABITS_KNOWN}


def scaled_blocks(measures: pd.DataFrame, habits: list[str], levels: int, sample: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Points for the distances between customers, each habit with the same weight; what is missing is the mean.

    Parameters
    ----------
    sample : rows from which mean and spread are taken.
    """
    compared, blocks = _compared(measures), []
    for habit in habits:
        block = compared[columns_of(habit, levels)].to_numpy(dtype=float)
        mean = np.nanmean(block[sample], axis=0)
        block = np.where(np.isnan(block), mean, block) - mean
        spread = np.sqrt(block[sample].var(axis=0).sum())
        blocks.append(block / (spread or 1.0))
    return np.hstack(blocks)


def weekdays_of(sums: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Orders of each row (rows) on each weekday (columns)."""
    return sums[[f"weekday_{day}" for day in range(len(WEEKDAYS))]].to_numpy(dtype=np.int64)


def _compared(measures: pd.DataFrame) -> pd.DataFrame:
    logs = {name: np.log(measures[name].where(measures[name] > 0)) for name in RELATIVE}
    return measures.assign(**logs)


def _reliability(first: pd.DataFrame, second: pd.DataFrame) -> float:
    common = first.dropna(how="any").index.intersection(second.dropna(how="any").index)
    one, other = (half.loc[common].to_numpy(dtype=float) for half in (first, second))
    if len(common) < 2:  # 2: the fewest that can vary
        return 0.0
    one, other = one - one.mean(axis=0), other - other.mean(axis=0)
    spread = np.sqrt((one**2).sum() * (other**2).sum())
    r = (one * other).sum() / spread if spread > 0 else 0.0
    return float(2 * r / (1 + r)) if r > 0 else 0.0  # Spearman-Brown for two halves


def _over(parts: pd.Series, whole: pd.Series) -> pd.Series:
    return parts.astype("float64") / whole.astype("float64").where(whole > 0)
