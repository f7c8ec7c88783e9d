"""C1, N2: how likely each customer places no order within each time ahead, by the way that did best at the origins.

The risk is P(no order in the horizon), stopped or not; for BG/NBD

    1 - P(active) + P(active) ((alpha + T) / (alpha + T + h))^(r + x).

It is never BG/NBD's P(active) itself. That model gives every one-time buyer P(active) = 1, because a
customer may stop only after a repeat order; as a score it puts those who never came back among the safest
(on the CDNOW sample, AUC .316).

A longer time has no fewer orders, so no risk exceeds that of a shorter one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.churn.histories import Histories, horizons_of
from analysis.churn.proof import Proof
from analysis.churn.silence import silence_of, state_of
from analysis.churn.ways import Scorer, Way, fit_way
from analysis.core.params import Churn
from analysis.models.known import Known
from analysis.models.newton import Array
from analysis.models.no_event import NoEvent

Estimate = tuple[float, float, float]  # value, and the ends of its interval


@dataclass(frozen=True)
class Ahead:
    """Risk within one time ahead.

    Attributes
    ----------
    customers : its rows of the table ``risk``.
    value_at_risk : risk times value of the past window over the base; its value and the ends of its interval.
    no_order : customers that are likely to place no order, in the same form. Both are None where there is no
        risk to tell.
    """

    customers: pd.DataFrame
    value_at_risk: Estimate | None = None
    no_order: Estimate | None = None


@dataclass(frozen=True)
class Risk:
    """Risk of every customer, and of the base.

    Attributes
    ----------
    ahead : by time ahead. main : the one of the headline.
    way : how it was computed.
    reason : why there is no model; empty where there is one.
    scorer : the way, fitted on the last day; None where there is none.
    """

    ahead: Mapping[int, Ahead]
    main: Ahead
    way: Way
    reason: str
    scorer: Scorer | None = None

    @property
    def table(self) -> pd.DataFrame:
        """The table ``risk``."""
        return pd.concat([one.customers for one in self.ahead.values()], ignore_index=True)


def assess_risk(histories: Histories, proof: Proof, settings: Churn) -> Risk:
    """Risk, silence and state of every customer, and the value that stands behind them."""
    now, way = histories.now, proof.winner
    weight = now["recent_value"].clip(lower=0).to_numpy(float)
    scorer = None
    if proof.winner.method != "not_available":
        scorer = replace(fit_way(proof.winner, histories.today, settings), corrections=proof.corrections)
    found = no_order(scorer, histories.today.known, settings, uncertain=True) if scorer else {}
    main = found.get(settings.horizon_days)
    silence = silence_of(now)
    risk = pd.Series(np.nan if main is None else main.values, now.index)
    known = pd.DataFrame({
        "customer_id": now["customer_id"], "state": state_of(silence["silence_percentile"], risk, settings), **silence,
        "orders": now["repeats"] + 1, "last_order_date": now["last_day"], "silence_days": now["age_days"] - now["span_days"],
        "recent_value": now["recent_value"], "value_name": histories.value_name,
    })  # fmt: skip
    ahead = {days: _ahead(known, found.get(days), weight, days, proof, settings) for days in horizons_of(settings)}
    return Risk(ahead, ahead[settings.horizon_days], way, proof.reason if way.method in ("common_rate", "not_available") else "", scorer)


def no_order(scorer: Scorer, known: Known, settings: Churn, *, uncertain: bool = False) -> dict[int, NoEvent]:
    """P(no order) by time ahead, the shortest first; with what the parameters leave open where that is asked."""
    found: dict[int, NoEvent] = {}
    before: NoEvent | None = None
    for days in horizons_of(settings):
        if not scorer.told(days):
            continue
        here = scorer.no_order(known, days, uncertain=uncertain)
        before = here if before is None else here.at_most(before)
        found[days] = before
    return found


def _ahead(
    known: pd.DataFrame, found: NoEvent | None, weight: Array, days: int, proof: Proof, settings: Churn
) -> Ahead:
    told = known.assign(horizon_days=days, method="not_available" if found is None else proof.winner.name)
    if found is None:
        return Ahead(told.assign(**dict.fromkeys(("risk", "lo", "hi", "value_at_risk"), np.nan)))
    level, shared = settings.interval_level, proof.shared.get(days, 0.0)
    risk, (low, high) = found.values, found.ends(level=level, shared=shared)
    told = told.assign(risk=risk, lo=np.minimum(low, risk), hi=np.maximum(high, risk), value_at_risk=risk * weight)
    everybody = np.ones(len(known))
    return Ahead(
        told, found.total(weight, level=level, shared=shared), found.total(everybody, level=level, shared=shared)
    )
