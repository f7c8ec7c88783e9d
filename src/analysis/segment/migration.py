"""G10: who moved between the segments since the month before, and the money that moved with them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.core import params
from analysis.models.shares import beta_interval
from analysis.segment.rules import GONE, NEW, SILENT


def segment_names(rules: Sequence[params.SegmentRule]) -> list[str]:
    """Every state a customer can be in now, in shown order."""
    return [*(rule.name for rule in rules), SILENT]


def size_segments(
    rfm: pd.DataFrame, unsettled: pd.Series, rules: Sequence[params.SegmentRule]
) -> pd.DataFrame:
    """Rows of the table ``segments``: sizes and money, now and a month before, in the order of the rules.

    Parameters
    ----------
    rfm : the table.
    unsettled : by ``unsettled_shares``.
    """
    names = segment_names(rules)
    now = rfm[rfm["segment"] != GONE]
    groups = now.groupby("segment")
    before = rfm.groupby("segment_before").agg(
        customers=("customer_id", "size"), money=("money_before", "sum")
    )
    sizes = groups.agg(
        customers=("customer_id", "size"),
        money=("money", "sum"),
        median_recency_days=("recency_days", "median"),
        mean_purchase_days=("purchase_days", "mean"),
    ).reindex(names)
    segments = rfm.set_index("customer_id")["segment"].reindex(unsettled.index)
    sizes["unsettled_share"] = unsettled.groupby(segments.to_numpy()).mean()
    counts = sizes["customers"].fillna(0).astype("int64")
    money = sizes["money"].fillna(0.0)
    return sizes.assign(
        position=range(1, len(names) + 1),
        customers=counts,
        customer_share=counts / counts.sum(),
        money=money,
        money_share=money / money.sum() if money.sum() > 0 else np.nan,
        customers_before=before["customers"].reindex(names).fillna(0).astype("int64"),
        money_before=before["money"].reindex(names).fillna(0.0),
        median_recency_days=sizes["median_recency_days"].astype("float64"),
    ).reset_index(names="segment")


def migrate(rfm: pd.DataFrame, settings: params.Segment) -> pd.DataFrame:
    """Rows of the table ``migration``: every way out of every segment that had customers.

    The shares out of a segment have a posterior ``Dirichlet(customers + dirichlet_prior)``; the interval of
    one share is that of its marginal ``Beta(customers + prior, rest + prior (ways - 1))``.
    """
    starts = [NEW, *segment_names(settings.rules)]
    ends = [*segment_names(settings.rules), GONE]
    moved = rfm.groupby(["segment_before", "segment"]).agg(
        customers=("customer_id", "size"), money_before=("money_before", "sum"), money=("money", "sum")
    )
    every = pd.MultiIndex.from_product([starts, ends], names=["segment_before", "segment"])
    moved = moved.reindex(every).fillna(0.0)
    left = moved["customers"].groupby("segment_before").transform("sum")
    moved, left = moved[left > 0], left[left > 0]
    alpha = moved["customers"] + settings.dirichlet_prior
    rest = left + settings.dirichlet_prior * len(ends) - alpha
    lo, hi = beta_interval(alpha, rest, level=settings.interval_level)
    return moved.assign(
        customers=moved["customers"].astype("int64"),
        share=moved["customers"] / left,
        lo=lo,
        hi=hi,
        money_change=moved["money"] - moved["money_before"],
    ).reset_index()


def count_matrix(migration: pd.DataFrame, rules: Sequence[params.SegmentRule], value: str) -> pd.DataFrame:
    """``value`` of ``migration`` from the segment before (rows) to the one now (columns), in shown order."""
    names = segment_names(rules)
    wide = migration.pivot(index="segment_before", columns="segment", values=value)
    rows = [*names, *({NEW} & set(wide.index))]
    is_gone = migration["segment"] == GONE
    columns = [*names, *([GONE] if migration.loc[is_gone, "customers"].any() else [])]
    return wide.reindex(index=rows, columns=columns).fillna(0)


def top_movers(rfm: pd.DataFrame, count: int) -> pd.DataFrame:
    """The customers whose change of segment moved most money, largest first; equal ones by id."""
    movers = rfm[rfm["move"] != "stayed"].sort_values("customer_id")
    order = movers["money_change"].abs().sort_values(ascending=False, kind="stable").index
    return movers.loc[order].head(count).reset_index(drop=True)
