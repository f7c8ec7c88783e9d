"""(M)BG/CNBD-k: as (M)BG/NBD, for entities whose events come at regular gaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeVar

import numpy as np
import pandas as pd

from analysis.core.errors import FitError
from analysis.models.gamma_rates import repeated_rows
from analysis.models.regular_gaps import RegularGapsModel
from analysis.models.repeat import ordered_events

AnyRegular = TypeVar("AnyRegular", bound=RegularGapsModel)

MOST_REGULAR = 6  # the data of Reutterer, Platzer & Schroeder (2021), table 2, need no larger k


@dataclass(frozen=True, kw_only=True)
class BgCnbd(RegularGapsModel):
    """Fitted BG/CNBD-k model (Reutterer, Platzer & Schroeder 2021).

    * k: how regular gaps are. For 1 events are purely random, and the model is BG/NBD; for larger k the gaps of
      an entity differ among themselves by 1 / sqrt(k) of their mean: 50 % for k = 4.
    * r: how alike the rates are, as in BG/NBD.
    * alpha: unit of time; k alpha / r is the mean time between events at the average rate.
    * a, b, p: the law of stopping, as in BG/NBD.

    The criteria count r, alpha, a and b, and not k.

    References
    ----------
    Reutterer, Platzer & Schroeder (2021), Leveraging purchase regularity for predicting customer behavior the
    easy way, International Journal of Research in Marketing 38(1), 194-215.
    Platzer & Reutterer (2016), Ticking away the moments, Marketing Science 35(5), 779-799.
    """


@dataclass(frozen=True, kw_only=True)
class MbgCnbd(RegularGapsModel):
    """Fitted MBG/CNBD-k model: as ``BgCnbd``, and an entity may stop right after its first event."""

    chance_at_first_event: ClassVar[int] = 1


def fit_bgcnbd(summary: pd.DataFrame, *, k: int | None = None) -> BgCnbd:
    """Fit how regularly events repeat, how often, and how likely each is the last.

    The likelihood is in ``regular_gaps``.

    Parameters
    ----------
    summary : one row per entity: ``repeats`` (count), ``span_days``, ``age_days`` (one unit of time), and
        ``log_gaps``, the sum of ln gap over the entity's gaps in that unit. Only the choice of k and the value
        of the likelihood need ``log_gaps``; without it, give k.
    k : regularity; by default the k of 1 to 6 with the highest likelihood.

    Raises
    ------
    FitError : a column is missing, a value is impossible, or nobody has a repeat event.

    References
    ----------
    Reutterer, Platzer & Schroeder (2021), section 3.
    """
    return _fit(BgCnbd, summary, k)


def fit_mbgcnbd(summary: pd.DataFrame, *, k: int | None = None) -> MbgCnbd:
    """Fit as ``fit_bgcnbd``, with a chance to stop after the first event too."""
    return _fit(MbgCnbd, summary, k)


def _fit(model: type[AnyRegular], summary: pd.DataFrame, k: int | None) -> AnyRegular:
    rows = repeated_rows(summary)
    known = "log_gaps" in summary.columns
    if k is not None:
        return model.fit_rows(rows, k, float(np.sort(summary["log_gaps"]).sum()) if known else 0.0)
    if not known:
        raise FitError("repeat summary", "needs the column log_gaps to choose k", "none",
                       "Add it with summarise_events, or give k")  # fmt: skip
    log_gaps = float(
        np.sort(summary["log_gaps"]).sum()
    )  # in one order, so that the order of rows plays no part
    fits = [model.fit_rows(rows, each, log_gaps) for each in range(1, MOST_REGULAR + 1)]
    return max(fits, key=lambda fit: fit.llf)


def regularity_of_gaps(events: pd.DataFrame, end: pd.Timestamp) -> float:
    """How regular gaps are, from two gaps of each entity alone: a check on k that needs no model of rates.

    For gaps g, h of one entity g / (g + h) is Beta(k, k) whatever its rate, with variance v = 1 / (4 (2k + 1)), so
    k = (1 - 4v) / (8v). Here the latest two gaps; entities with fewer than two do not count.

    Parameters
    ----------
    events, end : as in ``repeat.summarise_events``.

    References
    ----------
    Wheat & Morrison (1990), Estimating purchase regularity with two interpurchase times, Journal of Marketing
    Research 27(1), 87-93.
    """
    entity, day = ordered_events(events, end)[1:3]
    last = np.flatnonzero(np.append(entity[1:] != entity[:-1], True))
    last = last[last >= 2]
    last = last[entity[last - 2] == entity[last]]
    if last.size < 2:
        raise FitError(
            "events", "needs entities with two gaps", f"{last.size} of them", "Use a longer observation"
        )
    share = (day[last] - day[last - 1]) / (day[last] - day[last - 2])
    spread = float(((share - 0.5) ** 2).mean())  # the mean of Beta(k, k) is known
    return (1 - 4 * spread) / (8 * spread)
