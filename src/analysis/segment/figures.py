"""The stage's headline figures, each with how it was come by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from analysis.core.estimate import Figure, estimated, measured, not_available
from analysis.core.params import SegmentRule
from analysis.models.shares import beta_interval
from analysis.segment.records import Records
from analysis.segment.rules import SILENT

_INPUTS = "customer_days, customer_returns"
_PAID = "customer_months.revenue_e4"


def segment_figures(records: Records, rfm: pd.DataFrame, segments: pd.DataFrame, tiers: pd.DataFrame) -> list[Figure]:
    """Sizes of the segments, moves since the month before, how settled the names are, and the tiers.

    Parameters
    ----------
    rfm, segments, tiers : the tables.
    """
    by_name = segments.set_index("segment")
    everybody = int(by_name["customers"].sum())
    active = everybody - int(by_name.loc[SILENT, "customers"])
    sizes = [
        measured(name, int(row["customers"]), "count", n=everybody, inputs=_INPUTS)
        for name, row in by_name.iterrows()
    ]
    moves = count_moves(rfm)
    return [
        *sizes,
        measured("customers_active", active, "count", n=everybody, inputs=_INPUTS),
        _important_share(by_name, records.settings.rules),
        *(measured(name, count, "count", n=len(rfm), inputs=_INPUTS) for name, count in moves.items()),
        measured("money_moved", money_moved(rfm), "money", n=len(rfm), inputs=_INPUTS),
        _stayed(rfm, records),
        measured("unsettled_share", _mean(by_name), "ratio", n=active, inputs=_INPUTS)
        if active
        else not_available("unsettled_share", "ratio", needs="a purchase in the window"),
        *_tiers(tiers, records.settings.interval_level),
    ]


def _tiers(tiers: pd.DataFrame, level: float) -> Iterator[Figure]:
    """Customers of each tier and, of those of a year before, the share that still order, rose and fell."""
    everybody = int(tiers["customers"].sum())
    for row in tiers[tiers["tier"] != SILENT].itertuples(index=False):
        yield measured(f"tier_{row.tier}", row.customers, "count", n=everybody, inputs=_PAID)
        for name in ("kept_share", "up_share", "down_share"):
            value, lo, hi = (getattr(row, f"{name}{end}") for end in ("", "_lo", "_hi"))
            if pd.isna(value):
                yield not_available(f"tier_{row.tier}_{name}", "ratio", needs="customers of that tier a year before")
            else:
                yield estimated(
                    f"tier_{row.tier}_{name}", value, lo, hi, "ratio", method=f"beta posterior, {level:.0%} interval",
                    n=int(row.customers_before), inputs=_PAID,
                )  # fmt: skip


def important(rules: Sequence[SegmentRule]) -> list[str]:
    """Names of the rules that ask for much money."""
    return [rule.name for rule in rules if rule.money == "high"]


def count_moves(rfm: pd.DataFrame) -> dict[str, int]:
    """How many customers moved: up, down, either way at once, came, came back, fell silent, returned everything.

    ``upgraded`` and ``downgraded`` are moves between named segments; the silent are told apart.
    """
    counts = rfm["move"].value_counts()
    names = {"up": "upgraded", "down": "downgraded", "mixed": "changed", "new": "arrived", "back": "came_back",
             "silent": "fell_silent", "gone": "returned_all"}  # fmt: skip
    return {name: int(counts.get(move, 0)) for move, name in names.items()}


def money_moved(rfm: pd.DataFrame) -> float:
    """Money of the window that changed hands with customers that changed their segment, in sum."""
    return float(rfm.loc[rfm["move"] != "stayed", "money_change"].sum())


def _important_share(by_name: pd.DataFrame, rules: Sequence[SegmentRule]) -> Figure:
    total, n = by_name["money"].sum(), int(by_name["customers"].sum())
    if total <= 0:
        return not_available("important_money_share", "ratio", needs="a positive total")
    share = by_name.loc[important(rules), "money"].sum() / total
    return measured("important_money_share", share, "ratio", n=n, inputs=_INPUTS)


def _stayed(rfm: pd.DataFrame, records: Records) -> Figure:
    """Share of the month before's active customers that kept their segment, with a Jeffreys interval."""
    was_active = rfm[(rfm["recency_score_before"].notna())]
    if was_active.empty:
        return not_available("stayed_share", "ratio", needs="a purchase before this month")
    stayed, level = int((was_active["move"] == "stayed").sum()), records.settings.interval_level
    prior = records.settings.dirichlet_prior
    lo, hi = beta_interval(stayed + prior, len(was_active) - stayed + prior, level=level)
    return estimated(
        "stayed_share", stayed / len(was_active), float(lo), float(hi), "ratio",
        method=f"beta posterior, {level:.0%} interval", n=len(was_active), inputs=_INPUTS,
    )  # fmt: skip


def _mean(by_name: pd.DataFrame) -> float:
    """Mean of ``unsettled_share`` over the customers of the window."""
    known = by_name.dropna(subset=["unsettled_share"])
    return float((known["unsettled_share"] * known["customers"]).sum() / known["customers"].sum())
