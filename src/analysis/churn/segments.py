"""C2: which segment a customer stood in at the end of every month, as far as was known then.

A segment that later orders have a say in, such as the tier of today, would choose customers by what is asked of them: those that
came back stand higher. So the tier of a month is that of the year up to the last order in it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.churn.driver_columns import written
from analysis.churn.driver_panel import Panel
from analysis.churn.driver_terms import at_last_order
from analysis.churn.order_columns import levels_of
from analysis.core import tables
from analysis.core.contracts.schema import E4
from analysis.core.contracts.segment_tiers import TIERS
from analysis.core.params_churn_drivers import Drivers
from analysis.core.windows import MONTHS_PER_YEAR
from analysis.models.newton import Array

TIER = "tier"
NONE = -1
OF_SEGMENTS = (f"segments must be {TIER} or name a column", f"Correct the name, or write {TIER}")


@dataclass(frozen=True)
class Segments:
    """Customers in rows, months in columns.

    Attributes
    ----------
    kind : what they are by: ``tier``, or a column of the customers.
    names : of the segments.
    place : of its segment among ``names``, (customers, months); ``NONE`` where a customer is in none.
    """

    kind: str
    names: tuple[str, ...]
    place: Array


def read_segments(panel: Panel, settings: Drivers) -> Segments:
    """The segments that ``settings.segments`` asks for.

    Raises
    ------
    ParamsError : no table has such a column.
    """
    if settings.segments == TIER:
        return tiers_then(panel, tables.read(TIERS), settings.memory_months)
    return segments_of(settings.segments, written(settings.segments, OF_SEGMENTS).reindex(panel.customer_ids), panel, settings.level_from)


def tiers_then(panel: Panel, tiers: pd.DataFrame, least_months: int) -> Segments:
    """By the limits of today's tiers: what a customer had paid in the year up to its last order, returns deducted; of a younger
    one taken to a year as if it were at least ``least_months`` old.

    Parameters
    ----------
    tiers : the table ``tiers``.
    """
    paying = tiers[tiers["customer_share"].notna()].sort_values("position")  # the silent are in no tier
    limits = paying["from_yearly"].dropna().to_numpy(float)
    paid = panel.recent("bought_e4", MONTHS_PER_YEAR) - (panel.recent("returned_e4", MONTHS_PER_YEAR) if "returned_e4" in panel.sums else 0)
    age = np.arange(len(panel.months)) - panel.active.argmax(axis=1)[:, None] + 1
    yearly = paid / E4 * MONTHS_PER_YEAR / np.clip(age, least_months, MONTHS_PER_YEAR)
    place = len(limits) - np.searchsorted(limits[::-1], at_last_order(yearly, panel), side="right")
    return Segments(TIER, tuple(paying["tier"]), place)


def segments_of(kind: str, values: pd.Series, panel: Panel, level_from: int) -> Segments:
    """By what is written of each customer, most customers first; values that fewer than ``level_from`` have make no segment."""
    texts = values.astype("object").where(values.notna(), "").astype(str)
    kept = levels_of(texts[texts != ""].value_counts(), level_from)
    place = pd.Index(kept).get_indexer(texts) if kept else np.full(len(texts), NONE)
    return Segments(kind, tuple(kept), np.broadcast_to(place[:, None], panel.reps.shape))
