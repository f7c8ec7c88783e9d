"""C1: every way at every origin, judged by what was known then, beside what happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.churn.histories import Moment
from analysis.churn.ways import Scorer, Way, fit_way, reason_against
from analysis.core.params import Churn
from analysis.models.known import Known
from analysis.models.newton import Array
from analysis.models.ranking import auc_parts, interval_of_parts, lift
from analysis.models.reliability import brier, fit_reliability, log_odds, separates

SLOPES = ("slope", "slope_lo", "slope_hi", "intercept", "intercept_lo", "intercept_hi")


@dataclass(frozen=True)
class Trial:
    """One origin.

    Attributes
    ----------
    scorers : the ways, fitted to what was known at the origin.
    ranks : by time ahead and way: the higher, the less likely an order. chances : the same as probabilities of no order, of
        the ways that give one.
    """

    moment: Moment
    scorers: dict[Way, Scorer]
    ranks: dict[int, dict[Way, Array]]
    chances: dict[int, dict[Way, Array]]

    @property
    def known(self) -> Known:
        """What was known at the origin."""
        return self.moment.known


def try_ways(moment: Moment, ways: list[Way], settings: Churn) -> Trial | None:
    """Fit every way at an origin; None where what was known then cannot carry a model, or where all did the same after it."""
    rows = moment.known.rows
    seen = [days for days, away in moment.stayed_away.items() if 0 < away.sum() < away.size]
    if reason_against(rows, settings) or settings.horizon_days not in seen:
        return None
    scorers: dict[Way, Scorer] = {}
    for way in ways:
        plain = scorers.get(Way(way.method))
        no_season = plain is not None and moment.known.on(way.clock_name)[1].name == "calendar"  # none was seen by then
        scorers[way] = plain if no_season and plain is not None else fit_way(way, moment, settings)
    silence = (rows["age_days"] - rows["span_days"]).to_numpy(float)
    ranks: dict[int, dict[Way, Array]] = {days: {} for days in seen}
    chances: dict[int, dict[Way, Array]] = {days: {} for days in seen}
    for days in seen:
        for way, scorer in scorers.items():
            found = scorer.no_order(moment.known, days).values if days in scorer.fits else None
            if found is not None and scorer.told(days):
                chances[days][way] = found
            if way.method == "recency":
                ranks[days][way] = silence
            elif found is not None:
                ranks[days][way] = found
    return Trial(moment, scorers, ranks, chances)


def comparable(trials: Sequence[Trial | None], ways: list[Way], days: int) -> tuple[Trial, ...]:
    """The origins at which every way gave a probability, so that all are judged by the same; else the latest one alone."""
    found = [trial for trial in trials if trial is not None]
    return tuple([trial for trial in found if len(trial.chances[days]) == len(ways)] or found[-1:])


@dataclass(frozen=True)
class Pooled:
    """Rows of several origins one below the other.

    Attributes
    ----------
    outcome : true where there was no order. entity : number of the customer.
    auc : by name, of each score the mean over the origins, weighed by customers; parts : what each row moves it by.
    """

    outcome: Array
    entity: Array
    auc: dict[Way, float]
    parts: dict[Way, Array]
    lift: dict[Way, float]
    chances: dict[Way, Array]

    def interval(self, way: Way, level: float) -> tuple[float, float]:
        """Ends of the interval of a way's AUC."""
        low, high = interval_of_parts(self.auc[way], self.parts[way], self.entity, level=level)
        return max(low, 0.0), min(high, 1.0)

    def lead(self, way: Way, other: Way, level: float) -> tuple[float, float, float]:
        """AUC of a way less that of another, with its interval."""
        gap, parts = self.auc[way] - self.auc[other], self.parts[way] - self.parts[other]
        return gap, *interval_of_parts(gap, parts, self.entity, level=level)

    def reliability(self, way: Way, level: float, *, once: bool = False) -> dict[str, float]:
        """Brier score, slope and intercept of a way's probabilities; nothing of what gives none.

        Parameters
        ----------
        once : every customer is there once, so that rows are independent.
        """
        if way not in self.chances:
            return dict.fromkeys(("brier", *SLOPES), np.nan)
        return reliability_of(self.chances[way], self.outcome, level, entity=None if once else self.entity)


def reliability_of(chance: Array, outcome: Array, level: float, *, entity: Array | None = None) -> dict[str, float]:
    """Brier score, slope and intercept of probabilities; the latter missing where they tell the outcomes apart wholly."""
    found = {"brier": brier(chance, outcome)}
    if separates(log_odds(chance), outcome):
        return found | dict.fromkeys(SLOPES, np.nan)
    fit = fit_reliability(chance, outcome, level=level, entity=entity)
    names = ("slope", "slope_low", "slope_high", "intercept", "intercept_low", "intercept_high")
    return found | {to: getattr(fit, name) for to, name in zip(SLOPES, names, strict=True)}


Judged = tuple[pd.Series, Array, Mapping[Way, Array], Mapping[Way, Array]]  # customers, outcome, ranks and chances by way


def pool(judged: Sequence[Judged], *, groups: int) -> Pooled:
    """Put origins together; only ways that rank at each of them, and probabilities of those that give one at each."""
    outcome = np.concatenate([one[1] for one in judged])
    entity = pd.factorize(pd.concat([one[0] for one in judged], ignore_index=True))[0]
    ways = [way for way in judged[0][2] if all(way in one[2] for one in judged)]
    told = [way for way in ways if all(way in one[3] for one in judged)]
    weight = [one[1].size / outcome.size for one in judged]
    found = [auc_parts(np.stack([one[2][way] for way in ways]), one[1]) for one in judged]
    auc = sum(share * value for share, (value, _) in zip(weight, found, strict=True))
    parts = np.concatenate([share * part for share, (_, part) in zip(weight, found, strict=True)], axis=1)
    return Pooled(
        outcome, entity, dict(zip(ways, np.asarray(auc, float), strict=True)), dict(zip(ways, parts, strict=True)),
        {way: sum(share * lift(one[2][way], one[1], groups=groups) for share, one in zip(weight, judged, strict=True)) for way in ways},
        {way: np.concatenate([one[3][way] for one in judged]) for way in told},
    )  # fmt: skip


def judged_at(trial: Trial, days: int) -> Judged:
    """A trial as ``pool`` takes it."""
    return trial.known.rows["customer_id"], trial.moment.stayed_away[days], trial.ranks[days], trial.chances[days]
