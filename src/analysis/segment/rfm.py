"""G2: recency, frequency and money of every customer, its scores, and its segment now and a month before.

RFM describes; it predicts nothing. Both months are scored with the cut points of the current window, so that
a customer changes its segment only by what it did, or by what passed out of the window.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.core import params
from analysis.core.contracts.schema import E4
from analysis.core.contracts.segment import AXES, RFM
from analysis.models.periods import months_before
from analysis.segment.purchases import month_end_before, purchases_on
from analysis.segment.rules import GONE, NEW, SILENT, box_of, names_of_boxes
from analysis.segment.scores import distinct, score_steps, score_with

UNSCORED = ("gone", "new", "silent", "back")  # moves from or to a state without scores
_MEASURES = ["recency_days", "purchase_days", "money_e4"]


def measure_customers(
    purchases: pd.DataFrame, day: pd.Timestamp, *, money: str, window_months: int
) -> pd.DataFrame:
    """Recency over all purchases, frequency and money over the window that ends at ``day``.

    Parameters
    ----------
    purchases : by ``purchases_on(..., day)``.
    money : ``contribution`` or ``revenue``.

    Returns
    -------
    ``recency_days, purchase_days, money_e4`` by ``customer_id``; a silent customer has no purchase days.
    """
    inside = purchases["order_date"] > months_before(day, window_months)
    frame = pd.DataFrame(
        {
            "customer_id": purchases["customer_id"],
            "order_date": purchases["order_date"],
            "purchase_days": inside.astype("int64"),
            "money_e4": purchases[f"{money}_e4"].where(inside, 0).astype("int64"),
        }
    )
    by_customer = frame.groupby("customer_id", sort=True).agg(
        last=("order_date", "max"), purchase_days=("purchase_days", "sum"), money_e4=("money_e4", "sum")
    )
    return by_customer.assign(recency_days=(day - by_customer["last"]).dt.days)[_MEASURES]


def measure_both_months(
    days: pd.DataFrame, returns: pd.DataFrame, as_of: pd.Timestamp, *, money: str, window_months: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """``measure_customers`` at ``as_of`` and at the month end before, each with what was known then."""
    now, before = (
        measure_customers(purchases_on(days, returns, day), day, money=money, window_months=window_months)
        for day in (as_of, month_end_before(as_of))
    )
    return now, before


def in_window(measures: pd.DataFrame) -> pd.DataFrame:
    """The customers that bought in the window; the others are silent and get no scores."""
    return measures[measures["purchase_days"] > 0]


def score_customers(
    now: pd.DataFrame, before: pd.DataFrame, cuts: pd.DataFrame, names: pd.Series, settings: params.Segment
) -> pd.DataFrame:
    """Rows of the table ``rfm``.

    Parameters
    ----------
    now, before : by ``measure_both_months``.
    cuts : the table ``rfm_cuts``.
    names : name by ``customer_id``.
    """
    ids = now.index.union(before.index)
    here, there = (_scored(measures, cuts, settings).reindex(ids) for measures in (now, before))
    here["segment"] = here["segment"].fillna(GONE)
    there["segment"] = there["segment"].fillna(NEW)
    move, reason = _moves(here, there, settings.high_from_score)
    frame = here.join(there.add_suffix("_before")).assign(
        customer_name=names.reindex(ids),
        move=move,
        reason=reason,
        money_change=lambda both: both["money_e4"].fillna(0) - both["money_e4_before"].fillna(0),
    )
    for suffix in ("", "_before"):
        frame[f"purchase_days{suffix}"] = frame[f"purchase_days{suffix}"].fillna(0).astype("int64")
        frame[f"money{suffix}"] = frame[f"money_e4{suffix}"].fillna(0) / E4
    frame["money_change"] /= E4
    return frame.rename_axis("customer_id").reset_index()[list(RFM.by_name)]


def unsettled_shares(measures: pd.DataFrame, settings: params.Segment) -> pd.Series:
    """How often each customer would be named otherwise if the cut points came from a redrawn customer base.

    Customers are drawn with replacement ``stability_draws`` times; behaviour stays as it is.

    Parameters
    ----------
    measures : of the customers in the window.
    """
    members = len(measures)
    if not members:
        return pd.Series(dtype="float64", index=measures.index, name="unsettled_share")
    _, codes = np.unique(names_of_boxes(settings.rules).astype(str), return_inverse=True)
    axes = {axis: distinct(measures, axis) for axis in AXES}

    def named(sizes: dict[str, np.ndarray]) -> np.ndarray:
        high = {
            axis: (score_steps(size, settings.scores) >= settings.high_from_score)
            for axis, size in sizes.items()
        }
        return codes[box_of({axis: high[axis][axes[axis][1]] for axis in AXES})]

    settled = named({axis: size for axis, (_, _, size) in axes.items()})
    rng = np.random.default_rng(settings.random_seed)
    other = np.zeros(members)
    for _ in range(settings.stability_draws):
        drawn = np.bincount(rng.integers(0, members, members), minlength=members)
        sizes = {
            axis: np.bincount(place, weights=drawn, minlength=len(steps)).astype(np.int64)
            for axis, (steps, place, _) in axes.items()
        }
        other += named(sizes) != settled
    return pd.Series(other / settings.stability_draws, index=measures.index, name="unsettled_share")


def _scored(measures: pd.DataFrame, cuts: pd.DataFrame, settings: params.Segment) -> pd.DataFrame:
    bought = in_window(measures)
    scores = score_with(cuts, bought)
    high = {axis: (scores[f"{axis}_score"] >= settings.high_from_score).to_numpy() for axis in AXES}
    segment = pd.Series(names_of_boxes(settings.rules)[box_of(high)], index=bought.index, dtype="str")
    frame = measures.join(scores.astype("Int64"))
    frame["recency_days"] = frame["recency_days"].astype("Int64")
    frame["segment"] = segment.reindex(measures.index).fillna(SILENT)
    return frame


def _moves(here: pd.DataFrame, there: pd.DataFrame, high_from: int) -> tuple[np.ndarray, pd.Series]:
    """What became of each customer, and the score behind it: falls are named before rises, recency first."""
    now, before = here["segment"], there["segment"]
    rose, fell = {}, {}
    for axis in AXES:
        is_high, was_high = (side[f"{axis}_score"].fillna(0) >= high_from for side in (here, there))
        rose[axis], fell[axis] = is_high & ~was_high, was_high & ~is_high
    any_rose, any_fell = (np.logical_or.reduce(list(side.values())) for side in (rose, fell))
    fixed = {"gone": now == GONE, "new": before == NEW, "stayed": now == before, "silent": now == SILENT,
             "back": before == SILENT}  # fmt: skip
    move = np.select(
        [*fixed.values(), any_rose & ~any_fell, any_fell & ~any_rose], [*fixed, "up", "down"], "mixed"
    )
    ways = [(fell, "down"), (rose, "up")]
    reason = np.select(
        [np.isin(move, UNSCORED), *(side[axis] for side, _ in ways for axis in AXES)],
        [move, *(f"{axis}_{way}" for _, way in ways for axis in AXES)], "",
    )  # fmt: skip
    found = pd.Series(reason, index=here.index, dtype="str")
    return move, found.mask((move == "stayed") | (found == ""))
