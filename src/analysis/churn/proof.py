"""C1: which way says best who places no order, over several origins in the past, and how far its word holds.

The published way has the least Brier score over all origins at the main time ahead: a probability is asked for, and that score
asks for the right one (Gneiting & Raftery 2007, Journal of the American Statistical Association 102, 359-378). Plain rules
take part; where one does best, it is published.

What the origins say of the level: at origin k the log-odds of the published way were off by a_k (the intercept with the
slope held at 1), with standard error s_k. What chance does not explain of it, t^2 = mean of (a_k^2 - s_k^2), is what the level may be
off by next time; all intervals allow for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from scipy.special import ndtri

from analysis.churn.correction import Corrections, with_correction
from analysis.churn.histories import Histories, horizons_of
from analysis.churn.silence import silence_of, state_of
from analysis.churn.trials import (
    Pooled,
    Trial,
    comparable,
    judged_at,
    pool,
    reliability_of,
    try_ways,
)
from analysis.churn.ways import Way, reason_against, ways_of
from analysis.core.contracts.churn import STATES
from analysis.core.params import Churn
from analysis.models.newton import Array
from analysis.models.reliability import grouped_reliability, reliability_table

SEEN = 0.1  # of a slope or an intercept: errors of the parameters, which all origins share, come to as much


@dataclass(frozen=True)
class Proof:
    """How the ways did.

    Attributes
    ----------
    reason : why there is no proof; empty where there is one.
    winner : the way to publish.
    trials : from the earliest origin to the latest.
    origins, scores, calibration, decay : the tables ``risk_origins``, ``risk_scores``, ``risk_calibration``, ``risk_decay``.
    shared : by time ahead, what the level may be off by, a standard deviation on the scale of the log-odds.
    corrections : of the published way's risks, from all origins; none where it is published as it is.
    """

    reason: str
    winner: Way
    trials: tuple[Trial, ...] = ()
    origins: pd.DataFrame = field(default_factory=pd.DataFrame)
    scores: pd.DataFrame = field(default_factory=pd.DataFrame)
    calibration: pd.DataFrame = field(default_factory=pd.DataFrame)
    decay: pd.DataFrame = field(default_factory=pd.DataFrame)
    shared: Mapping[int, float] = field(default_factory=dict)
    corrections: Corrections = field(default_factory=dict)

    def scores_at(self, days: int) -> pd.DataFrame:
        """The scores of one time ahead, best first."""
        found = self.scores[self.scores["horizon_days"] == days]
        return found.sort_values(["brier", "auc"], ascending=[True, False], ignore_index=True)

    def published_at(self, days: int) -> pd.Series:
        """The published way's row at one time ahead."""
        found = self.scores_at(days)
        return found[found["is_published"]].iloc[0]


def prove(histories: Histories, settings: Churn) -> Proof:
    """Fit at every origin, compare with what came, and choose."""
    reason = reason_against(histories.now, settings)
    if reason:
        return Proof(reason, Way("common_rate" if reason == "few_repeats" else "not_available"))
    today, origins = histories.today.known, histories.origins
    seasonal = today.seasonal is not None and any(origin.known.seasonal is not None for origin in origins)
    ways = ways_of(settings, seasonal=seasonal)
    trials = comparable([try_ways(origin, ways, settings) for origin in origins], ways, settings.horizon_days)
    if not trials:
        latest = origins[-1].known.rows if origins else today.rows.head(0)
        return Proof(reason_against(latest, settings) or "one_outcome", Way(settings.models[0]))
    raw = _pooled(trials, settings.horizon_days, settings)
    trials, corrections = with_correction(trials, _least_error(raw, [way for way in raw.chances if way.is_model]))
    pooled = {days: _pooled(trials, days, settings) for days in horizons_of(settings) if _seen(trials, days)}
    winner = _best(pooled[settings.horizon_days], settings.interval_level)
    scores = pd.concat([_scores(one, days, winner, trials, settings) for days, one in pooled.items()], ignore_index=True)
    told = {days: one for days, one in pooled.items() if winner in one.chances}
    return Proof(
        "", winner, trials, _origins(trials, winner, settings), scores,
        pd.concat([_calibration(one, days, winner, trials, settings) for days, one in told.items()], ignore_index=True),
        decay_of(trials, winner, settings), {days: _shared(trials, days, winner, settings) for days in told},
        corrections if winner.is_corrected else {},
    )  # fmt: skip


def _least_error(pooled: Pooled, ways: list[Way]) -> Way:
    """The way with the least Brier score; of equal ones the first."""
    return min(ways, key=lambda way: float(((pooled.chances[way] - pooled.outcome) ** 2).mean()))


def _best(pooled: Pooled, level: float) -> Way:
    """The way to publish; a correction only where the model itself was surely off."""
    ways = list(pooled.chances)
    for way in [way for way in ways if way.is_corrected]:
        told = pooled.reliability(replace(way, is_corrected=False), level)
        is_off = told["slope_lo"] > 1 + SEEN or told["slope_hi"] < 1 - SEEN or told["intercept_lo"] > SEEN or told["intercept_hi"] < -SEEN
        if not is_off:
            ways.remove(way)
    return _least_error(pooled, ways)


def decay_of(trials: tuple[Trial, ...], way: Way, settings: Churn) -> pd.DataFrame:
    """Rows of ``risk_decay``: the way as fitted at one origin, used 0, 1, 2, ... horizons later on what was known then, beside
    the way as fitted anew."""
    days, level = settings.horizon_days, settings.interval_level
    old, new = Way("old"), Way("new")
    rows = []
    for later in range(len(trials)):
        pairs = zip(trials[: len(trials) - later], trials[later:], strict=True)
        judged = []
        for earlier, at in pairs:
            customers, away, _, chances = judged_at(at, days)
            used = chances[way] if later == 0 else earlier.scorers[way].no_order(at.known, days).values
            both = {old: used, new: chances[way]}
            judged.append((customers, away, both, both))
        found = pool(judged, groups=settings.calibration_groups)
        low, high = found.interval(old, level)
        told = found.reliability(old, level)
        fresh = reliability_of(found.chances[new], found.outcome, level, entity=found.entity)
        lost = found.lead(new, old, level)
        rows.append({
            "horizons_later": later, "origins": len(judged), "customers": found.outcome.size, "auc": found.auc[old], "auc_lo": low,
            "auc_hi": high, "auc_anew": found.auc[new], "auc_lost": lost[0], "auc_lost_lo": min(lost[1], lost[0]), "auc_lost_hi": max(lost[2], lost[0]),
            "brier": told["brier"], "brier_anew": fresh["brier"],
            **{name: told[name] for name in ("slope", "slope_lo", "slope_hi", "intercept", "intercept_lo", "intercept_hi")},
        })  # fmt: skip
    return pd.DataFrame(rows)


def _seen(trials: tuple[Trial, ...], days: int) -> list[Trial]:
    return [trial for trial in trials if days in trial.ranks]


def _pooled(trials: tuple[Trial, ...], days: int, settings: Churn) -> Pooled:
    return pool([judged_at(trial, days) for trial in _seen(trials, days)], groups=settings.calibration_groups)


def _scores(pooled: Pooled, days: int, winner: Way, trials: tuple[Trial, ...], settings: Churn) -> pd.DataFrame:
    """Rows of ``risk_scores``: ranking, sharpness and calibration of every way over all origins, and the published way's lead."""
    level = settings.interval_level
    rows = []
    for way, value in pooled.auc.items():
        low, high = pooled.interval(way, level)
        gain = pooled.lead(winner, way, level) if winner in pooled.auc else (np.nan,) * 3
        rows.append({
            "horizon_days": days, "method": way.name, "clock": way.clock_name, "is_published": way == winner,
            "origins": len(_seen(trials, days)), "customers": pooled.outcome.size, "no_order_share": pooled.outcome.mean(),
            "auc": value, "auc_lo": low, "auc_hi": high, "lift": pooled.lift[way], **pooled.reliability(way, level),
            "auc_gain": gain[0], "auc_gain_lo": gain[1], "auc_gain_hi": gain[2],
        })  # fmt: skip
    return pd.DataFrame(rows)


def _origins(trials: tuple[Trial, ...], winner: Way, settings: Churn) -> pd.DataFrame:
    """Rows of ``risk_origins``: the same of every origin, at the main time ahead."""
    days, level = settings.horizon_days, settings.interval_level
    rows = []
    for trial in trials:
        found = pool([judged_at(trial, days)], groups=settings.calibration_groups)
        for way, value in found.auc.items():
            low, high = found.interval(way, level)
            rows.append({
                "origin": trial.known.day, "method": way.name, "clock": way.clock_name, "is_published": way == winner,
                "customers": found.outcome.size, "no_order_share": found.outcome.mean(), "auc": value, "auc_lo": low, "auc_hi": high,
                "lift": found.lift[way], **found.reliability(way, level, once=True),
            })  # fmt: skip
    return pd.DataFrame(rows)


def _calibration(pooled: Pooled, days: int, winner: Way, trials: tuple[Trial, ...], settings: Churn) -> pd.DataFrame:
    """Rows of ``risk_calibration``: predicted and observed shares by risk, and at the main time ahead by state."""
    level, chance = settings.interval_level, pooled.chances[winner]
    found = [reliability_table(chance, pooled.outcome, groups=settings.calibration_groups, level=level, entity=pooled.entity)
             .assign(grouping="risk", state=None)]  # fmt: skip
    if days == settings.horizon_days:
        states = np.concatenate([_states(trial, trial.chances[days][winner], settings) for trial in trials])
        place = pd.Series(states).map({state: number for number, state in enumerate(STATES, start=1)}).to_numpy()
        by_state = grouped_reliability(place, chance, pooled.outcome, level=level, entity=pooled.entity)
        found.append(by_state.assign(grouping="state", state=[STATES[number - 1] for number in by_state["group"]]))
    rows = pd.concat(found, ignore_index=True)
    return rows.rename(columns={"entities": "customers"}).assign(horizon_days=days)


def _states(trial: Trial, chance: Array, settings: Churn) -> Array:
    rows = trial.known.rows
    states = state_of(silence_of(rows)["silence_percentile"], pd.Series(chance, rows.index), settings)
    return states.to_numpy(object)


def _shared(trials: tuple[Trial, ...], days: int, winner: Way, settings: Churn) -> float:
    """What the level may be off by, beyond chance."""
    found = [reliability_of(trial.chances[days][winner], trial.moment.stayed_away[days], settings.interval_level) for trial in _seen(trials, days)]
    off = np.array([one["intercept"] for one in found])
    half = np.array([one["intercept_hi"] - one["intercept_lo"] for one in found]) / 2
    error = half / ndtri((1 + settings.interval_level) / 2)
    beyond = (off**2 - error**2)[np.isfinite(off)]
    return float(np.sqrt(max(beyond.mean(), 0.0))) if beyond.size else 0.0
