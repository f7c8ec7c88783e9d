"""G2: recency, frequency and money of every customer, its scores, and its segment now and a month before.

RFM describes; it predicts nothing. Both months are scored with the cut points of the current window, so that
a customer changes its segment only by what it did, or by what passed out of the window.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.core import params
from analysis.core.contracts.schema import E4
from analysis.core.contracts.segment import AXES, RFM
from analysis.segment.rules import GONE, NEW, SILENT, box_of, names_of_boxes
from analysis.segment.scores import distinct, score_steps, score_with

UNSCORED = ("gone", "new", "silent", "back")  # moves from or to a state without scores


def in_window(measures: pd.DataFrame) -> pd.DataFrame:
    """The customers that bought in the window; the others are silent and get no scores."""
    return measures[measures["purchase_days"] > 0]


def score_customers(
    now: pd.DataFrame, before: pd.DataFrame, cuts: pd.DataFrame, names: pd.Series, settings: params.Segment
) -> pd.DataFrame:
    """Rows of the table ``rfm``.

    Parameters
    ----------
    now, before : ``Measures`` of purchases.py.
    cuts : the table ``rfm_cuts``.
    names : name by ``customer_id``.
    """
    ids = now.index.union(before.index)
    here = _scored(now.reindex(ids), cuts, settings, absent=GONE)
    there = _scored(before.reindex(ids), cuts, settings, absent=NEW)
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


def _scored(measures: pd.DataFrame, cuts: pd.DataFrame, settings: params.Segment, *, absent: str) -> pd.DataFrame:
    """``measures`` with scores and ``segment``; who has no measures is ``absent``."""
    bought = (measures["purchase_days"] > 0).to_numpy()
    scores = score_with(cuts, measures[bought])
    high = {axis: (scores[f"{axis}_score"] >= settings.high_from_score).to_numpy() for axis in AXES}
    names = [*names_of_boxes(settings.rules), SILENT, absent]
    place = np.where(measures["purchase_days"].isna(), names.index(absent), names.index(SILENT))
    place[bought] = box_of(high)
    frame = measures.astype({"recency_days": "Int64"})
    for name, given in scores.items():
        whole = np.zeros(len(frame), dtype=np.int64)
        whole[bought] = given
        frame[name] = pd.arrays.IntegerArray(whole, ~bought)
    return frame.assign(segment=_texts(names, place))


def _moves(here: pd.DataFrame, there: pd.DataFrame, high_from: int) -> tuple[pd.api.extensions.ExtensionArray, pd.Series]:
    """What became of each customer, and the score behind it: falls are named before rises, recency first."""
    now, before = here["segment"], there["segment"]
    rose, fell = {}, {}
    for axis in AXES:
        is_high, was_high = (side[f"{axis}_score"].fillna(0) >= high_from for side in (here, there))
        rose[axis], fell[axis] = is_high & ~was_high, was_high & ~is_high
    any_rose, any_fell = (np.logical_or.reduce(list(side.values())) for side in (rose, fell))
    ways = {"gone": now == GONE, "new": before == NEW, "stayed": now == before, "silent": now == SILENT,
            "back": before == SILENT, "up": any_rose & ~any_fell, "down": any_fell & ~any_rose}  # fmt: skip
    move = _first(ways, "mixed")
    unscored = {name: move == name for name in UNSCORED}
    behind = {f"{axis}_{way}": side[axis] for way, side in (("down", fell), ("up", rose)) for axis in AXES}
    reason = pd.Series(_first(unscored | behind, ""), here.index)
    return move, reason.mask((move == "stayed") | (reason == ""))


def _first(tests: Mapping[str, pd.Series], other: str) -> pd.api.extensions.ExtensionArray:
    """The name of the first of ``tests`` that holds, else ``other``."""
    held = [np.asarray(test, dtype=bool) for test in tests.values()]
    return _texts([*tests, other], np.select(held, range(len(tests)), len(tests)))


def _texts(names: Sequence[str], place: np.ndarray) -> pd.api.extensions.ExtensionArray:
    return pd.array(names, dtype="str").take(place)
