"""G1 and G10: how large the tiers are, what their customers bring, and what became of those of the year before."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.core import params
from analysis.core.contracts.schema import E4
from analysis.core.contracts.segment_tiers import TIERS
from analysis.models.shares import beta_interval
from analysis.segment.migration import count_ways, long_run
from analysis.segment.rules import NEW, SILENT
from analysis.segment.tiers import Tiering


def migrate_tiers(tiering: Tiering, settings: params.Segment) -> pd.DataFrame:
    """Rows of the table ``migration`` for the tiers since the year before; none where the data is too short for it."""
    moved = tiering.customer_tiers.dropna(subset=["tier_year_before"]).rename(columns={
        "tier_year_before": "segment_before", "tier": "segment", "payment_before": "money_before", "payment": "money",
    })  # fmt: skip
    *names, new = tiering.names
    return count_ways(moved[moved["segment"] != NEW], [new, *names], names, settings, grading="tier")


def size_tiers(tiering: Tiering, ways: pd.DataFrame, settings: params.Segment) -> pd.DataFrame:
    """Rows of the table ``tiers``, from the largest payers to the silent.

    Parameters
    ----------
    ways : by ``migrate_tiers``.
    """
    *names, _ = tiering.names
    paid, codes = tiering.payments, tiering.codes[:, -1]
    customers = np.bincount(codes, minlength=len(tiering.names))[: len(names)]
    payment = np.array([int(paid.paid_e4[codes == code, -1].sum()) for code in range(len(names))]) / E4
    value = tiering.value.groupby(codes).sum(min_count=1).reindex(range(len(names))).to_numpy(dtype=np.float64)
    frame = pd.DataFrame({
        "tier": names, "position": range(1, len(names) + 1),
        "from_yearly": [*tiering.limits, *[np.nan] * (len(names) - len(tiering.limits))],
        "customers": customers, "customer_share": _shares(np.where(np.array(names) == SILENT, np.nan, customers)),
        "payment": payment, "payment_share": _shares(payment), "value": value, "value_share": _shares(value),
    }).set_index("tier")  # fmt: skip
    frame = frame.join(_fates(ways, names, settings)).join(long_run(ways, names, settings))
    return frame.reset_index(names="tier").astype({"customers_before": "Int64"})[list(TIERS.by_name)]


def _shares(values: np.ndarray) -> np.ndarray:
    whole = np.nansum(values)
    return values / whole if whole > 0 else values * np.nan


def _fates(ways: pd.DataFrame, names: list[str], settings: params.Segment) -> pd.DataFrame:
    """Of the customers of each tier a year before: how many there were, and which share stayed, rose and fell.

    Jeffreys intervals: ``Beta(hits + prior, others + prior)``.
    """
    place = {name: at for at, name in enumerate(names)}
    known = ways[ways["segment_before"].isin(names[:-1])]
    start, end = (known[column].map(place) for column in ("segment_before", "segment"))
    gone = known["segment"] == SILENT
    hits = {"kept_share": ~gone, "up_share": end < start, "down_share": ~gone & (end > start)}
    cannot = {"up_share": names[0], "down_share": names[-2]}  # there is nothing above the highest or below the lowest
    found = pd.DataFrame({"customers_before": known.groupby("segment_before")["customers"].sum()}).reindex(names)
    for name, inside in hits.items():
        count = known["customers"].where(inside, 0).groupby(known["segment_before"]).sum().reindex(names)
        rest = found["customers_before"] - count
        lo, hi = beta_interval(count + settings.dirichlet_prior, rest + settings.dirichlet_prior, level=settings.interval_level)
        found = found.assign(**{name: count / found["customers_before"], f"{name}_lo": lo, f"{name}_hi": hi})
        found.loc[found.index == cannot.get(name), [name, f"{name}_lo", f"{name}_hi"]] = np.nan
    return found
