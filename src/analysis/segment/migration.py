"""G10: who moved between the segments since the month before, and the money that moved with them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.core import params
from analysis.models.chain import steady_state
from analysis.models.shares import beta_interval
from analysis.segment.rules import GONE, NEW, SILENT


def segment_names(rules: Sequence[params.SegmentRule]) -> list[str]:
    """Every state a customer can be in now, in shown order."""
    return [*(rule.name for rule in rules), SILENT]


def size_segments(rfm: pd.DataFrame, unsettled: pd.Series, settings: params.Segment) -> pd.DataFrame:
    """Rows of the table ``segments``: sizes and money, now and a month before, in the order of the rules.

    Parameters
    ----------
    rfm : the table.
    unsettled : by ``unsettled_shares``.
    """
    names = segment_names(settings.rules)
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
    sizes = sizes.join(long_run(migrate(rfm, settings), names, settings))
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
    """Rows of the table ``migration`` for the segments: every way out of every one that had customers."""
    names = segment_names(settings.rules)
    return count_ways(rfm, [NEW, *names], [*names, GONE], settings, grading="rfm")


def count_ways(
    moved: pd.DataFrame, starts: Sequence[str], ends: Sequence[str], settings: params.Segment, *, grading: str
) -> pd.DataFrame:
    """Every way out of every one of ``starts`` that had customers, with its share and money.

    The shares out of a start have a posterior ``Dirichlet(customers + dirichlet_prior)``; the interval of
    one share is that of its marginal ``Beta(customers + prior, rest + prior (ways - 1))``.

    Parameters
    ----------
    moved : ``customer_id, segment_before, segment, money_before, money`` of each customer.
    """
    moved = moved.groupby(["segment_before", "segment"]).agg(
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
        grading=grading,
        customers=moved["customers"].astype("int64"),
        share=moved["customers"] / left,
        lo=lo,
        hi=hi,
        money_change=moved["money"] - moved["money_before"],
    ).reset_index()


def all_ways(*parts: pd.DataFrame) -> pd.DataFrame:
    """The table ``migration`` from the ways of each grading; those without any do not count."""
    return pd.concat([part for part in parts if len(part)], ignore_index=True)


def count_matrix(migration: pd.DataFrame, names: Sequence[str], value: str) -> pd.DataFrame:
    """``value`` of the ways of one grading from the name before (rows) to the one now (columns), in the order of ``names``."""
    wide = migration.pivot(index="segment_before", columns="segment", values=value)
    rows = [*names, *({NEW} & set(wide.index))]
    is_gone = migration["segment"] == GONE
    columns = [*names, *([GONE] if migration.loc[is_gone, "customers"].any() else [])]
    return wide.reindex(index=rows, columns=columns).fillna(0)


def long_run(ways: pd.DataFrame, names: Sequence[str], settings: params.Segment) -> pd.DataFrame:
    """``steady_share, steady_share_lo, steady_share_hi`` by name: where these moves, made again and again, lead the customers.

    Customers that came or left for good are no part of it: it says where those there are go.
    """
    counts = count_matrix(ways, names, "customers").reindex(index=names, columns=names).fillna(0).to_numpy(dtype=np.int64)
    shares = steady_state(
        counts, prior=settings.dirichlet_prior, draws=settings.chain_draws, level=settings.interval_level,
        random_seed=settings.random_seed,
    )  # fmt: skip
    columns = [f"steady_share{end}" for end in ("", "_lo", "_hi")]
    known = np.column_stack(shares) if counts.any() else np.full((len(names), len(columns)), np.nan)
    return pd.DataFrame(known, index=pd.Index(names, name="segment"), columns=columns)


def top_movers(rfm: pd.DataFrame, count: int) -> pd.DataFrame:
    """The customers whose change of segment moved most money, largest first; equal ones by id."""
    movers = rfm[rfm["move"] != "stayed"]
    return top_moved(movers, movers["money_change"], count)


def top_moved(movers: pd.DataFrame, change: pd.Series, count: int) -> pd.DataFrame:
    """The first ``count`` of ``movers`` by the size of their ``change``; equal ones by id."""
    order = change.abs().loc[movers.sort_values("customer_id").index].sort_values(ascending=False, kind="stable").index
    return movers.loc[order].head(count).reset_index(drop=True)
