"""V2: the curve of a ranked total, with intervals: peak, shares of the top, the fewest that bring most, Gini.

Values are integers, so that sums are exact and equal on every machine.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

Values = npt.NDArray[np.int64]

EXACT = 9  # digits behind the point in which 0.29 * 100 is 29 and not 28.999999999999996
BLOCK_CELLS = 2**21  # draws are made in blocks of this many cells, which bounds the memory


def top_count(members: int, share: float) -> int:
    """How many of ``members`` are the top ``share``: rounded down, at least one."""
    return max(1, math.floor(round(members * share, EXACT)))


def top_name(share: float) -> str:
    """Name of the figure for the top ``share``: ``top_20_share``."""
    return f"top_{share * 100:g}_share"


def measure_curve(ranked: Values, top_shares: Sequence[float], core_share: float) -> dict[str, float]:
    """What the curve ``W(p) = sum of the largest p n values / total`` says of ``ranked``.

    Returns
    -------
    ``top_<percent>_share`` W at each of ``top_shares``; ``peak`` the maximum of W; ``peak_position`` the
    share of members there; ``break_even_position`` where W first reaches 1; ``core_members`` the fewest that
    bring ``core_share`` of the total; ``gini`` of ``normalised_gini``. All but ``gini`` and ``peak_position``
    are missing where the total is not positive, because a share of such a total says nothing.
    """
    counts = np.ones((1, len(ranked)), dtype=np.int64)
    return {name: float(found[0]) for name, found in _measure(ranked, counts, top_shares, core_share).items()}


def curve_intervals(
    ranked: Values,
    top_shares: Sequence[float],
    core_share: float,
    *,
    draws: int,
    level: float,
    random_seed: int,
) -> dict[str, tuple[float, float]]:
    """Bootstrap intervals of ``measure_curve``: how far its numbers hang on the very members there are.

    Members are drawn with replacement; percentile method (Efron & Tibshirani 1993, ch. 13). An interval is
    missing where some draw has no positive total.
    """
    rng = np.random.default_rng(random_seed)
    parts = [_measure(ranked, counts, top_shares, core_share) for counts in _redrawn(len(ranked), draws, rng)]
    sides = ((1 - level) / 2, (1 + level) / 2)
    found = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return {name: tuple(map(float, np.quantile(drawn, sides))) for name, drawn in found.items()}  # type: ignore[misc]


def normalised_gini(ranked: Values) -> float:
    """Gini coefficient for data with losses, between 0 and 1.

    Formula: ``sum over i and j of |v_i - v_j| / (2 (n - 1) (gains + losses))``, which is the usual
    small-sample Gini where nothing is negative.

    References
    ----------
    Chen, Tsaur & Rhai 1982; Raffinetti, Siletti & Vernizzi 2015.

    Examples
    --------
    >>> normalised_gini(np.array([4, 0, 0, 0]))
    1.0
    """
    return measure_curve(ranked, (), 1.0)["gini"]


def thin_curve(ranked: Values, keep: Sequence[int], limit: int) -> pd.DataFrame:
    """At most ``limit`` points of the curve, spread evenly over members and value, with those of ``keep``.

    Returns
    -------
    ``members`` counted from the top, and ``value`` they bring together; from (0, 0) to everybody.
    """
    sums = np.concatenate([[0], np.cumsum(ranked)])
    members, peak = len(ranked), int((ranked > 0).sum())
    fixed = {0, peak, members, *keep}
    each = max(limit - len(fixed), 0) // 2
    by_member = np.linspace(0, members, each).round()
    by_value = np.searchsorted(sums[: peak + 1], np.linspace(0, sums[peak], each))
    chosen = np.unique(np.concatenate([by_member, by_value, sorted(fixed)]).astype(np.int64))
    return pd.DataFrame({"members": chosen, "value": sums[chosen]})


def _redrawn(members: int, draws: int, rng: np.random.Generator) -> Iterator[npt.NDArray[np.int64]]:
    """Blocks of rows, each telling how often every member was drawn."""
    rows = max(1, BLOCK_CELLS // members)
    for start in range(0, draws, rows):
        block = min(rows, draws - start)
        drawn = rng.integers(0, members, size=(block, members))
        cells = drawn + np.arange(block)[:, None] * members
        yield np.bincount(cells.ravel(), minlength=block * members).reshape(block, members)


def _measure(
    ranked: Values, counts: npt.NDArray[np.int64], top_shares: Sequence[float], core_share: float
) -> dict[str, npt.NDArray[np.float64]]:
    """The measures for every row of ``counts``, which tells how often each of ``ranked`` is there."""
    places = np.cumsum(counts, axis=1)
    sums = np.cumsum(counts * ranked, axis=1)
    members, total = places[:, -1], sums[:, -1]
    whole = np.where(total > 0, total, np.nan)
    gainers = int((ranked > 0).sum())
    gains = sums[:, gainers - 1] if gainers else np.zeros_like(total)
    found = {
        top_name(share): _top_sum(ranked, places, sums, top_count(len(ranked), share)) / whole
        for share in top_shares
    }
    found["peak"] = np.where(total > 0, gains, np.nan) / whole
    found["peak_position"] = (places[:, gainers - 1] if gainers else np.zeros_like(members)) / members
    found["break_even_position"] = _fewest(ranked, places, sums, total) / members + 0 * whole
    core = np.ceil(np.round(total * core_share, EXACT)).astype(np.int64)
    found["core_members"] = _fewest(ranked, places, sums, core) + 0 * whole
    found["gini"] = _gini(ranked, counts, places, gains, total)
    return found


def _top_sum(ranked: Values, places: npt.NDArray, sums: npt.NDArray, count: int) -> npt.NDArray:
    last = np.argmax(places >= count, axis=1)
    row = np.arange(len(places))
    return sums[row, last] - (places[row, last] - count) * ranked[last]


def _fewest(ranked: Values, places: npt.NDArray, sums: npt.NDArray, target: npt.NDArray) -> npt.NDArray:
    """The smallest number of members from the top whose values reach ``target``."""
    last = np.argmax(sums >= target[:, None], axis=1)
    row = np.arange(len(places))
    spare = sums[row, last] - target
    step = np.where(ranked[last] > 0, ranked[last], 1)
    return places[row, last] - np.maximum(spare, 0) // step


def _gini(
    ranked: Values, counts: npt.NDArray, places: npt.NDArray, gains: npt.NDArray, total: npt.NDArray
) -> npt.NDArray:
    """Ranks stand in for the double sum: equals at places a+1..b count n - a - b times their value."""
    members = places[:, -1]
    weight = members[:, None] - 2 * places + counts
    spread = ((counts * ranked).astype(np.float64) * weight).sum(axis=1)
    size = (members - 1) * (2.0 * gains - total)
    return np.divide(spread, size, out=np.full(len(spread), np.nan), where=size > 0)
