"""C1 on a time split: judged by what was known one horizon ago, compared with what then happened.

Beside the model stand two plain rules. Recency ranks by days of silence; its probabilities come from a
Logit of the window before, so that it knows no more than the model does. The trailing rate takes every
customer to go on at its own rate so far. Managers' rules are strong (Wübben & von Wangenheim 2008,
Journal of Marketing 72(3), 82-93): the page says which one wins.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit

from analysis.churn.histories import Histories
from analysis.churn.risk import fit_risk, reason_against, silence_of, state_of
from analysis.core.contracts.churn import STATES
from analysis.core.params import Churn
from analysis.models.forecast import probability_no_event
from analysis.models.newton import Array
from analysis.models.ranking import auc_difference, auc_intervals, lift
from analysis.models.rates import TrailingRate
from analysis.models.reliability import (
    brier,
    fit_logit,
    fit_reliability,
    log_odds,
    reliability_table,
    separates,
    wilson,
)

SLOPES = ("slope", "slope_lo", "slope_hi", "intercept", "intercept_lo", "intercept_hi")


@dataclass(frozen=True)
class Backtest:
    """How the scores did.

    Attributes
    ----------
    scores : the table ``risk_scores``.
    calibration : the table ``risk_calibration``.
    reason : why there is no test; empty where there is one.
    """

    scores: pd.DataFrame
    calibration: pd.DataFrame
    reason: str


def backtest(histories: Histories, settings: Churn) -> Backtest:
    """Fit one horizon ago, score every customer known then, and compare with what happened."""
    before, outcome = histories.before, histories.stayed_away.to_numpy(bool)
    reason = reason_against(before, settings) or ("" if 0 < outcome.sum() < outcome.size else "one_outcome")
    model = fit_risk(before, settings)
    if reason or model is None:
        return Backtest(pd.DataFrame(), pd.DataFrame(), reason)
    horizon = settings.horizon_days
    risk = probability_no_event(model.fit, before, horizon_days=horizon).to_numpy()
    silence = _silence(before)
    trailing = probability_no_event(TrailingRate(), before, horizon_days=horizon).to_numpy()
    ranks = {"model": risk, "recency": silence, "trailing_rate": trailing}
    chances = {"model": risk, "recency": recency_probability(histories), "trailing_rate": trailing}
    scores = score_table(ranks, chances, outcome, settings)
    return Backtest(scores, calibration_table(risk, before, outcome, settings), "")


def score_table(
    ranks: dict[str, Array], chances: dict[str, Array | None], outcome: Array, settings: Churn
) -> pd.DataFrame:
    """Rows of ``risk_scores``: ranking, sharpness and calibration of every score, and the model's lead
    over it."""
    level = settings.interval_level
    value, low, high = auc_intervals(np.stack(list(ranks.values())), outcome, level=level)
    rows = []
    for place, (name, score) in enumerate(ranks.items()):
        gain = (
            auc_difference(ranks["model"], score, outcome, level=level)
            if name != "model"
            else (0.0, 0.0, 0.0)
        )
        rows.append({
            "score": name, "customers": outcome.size, "no_order_share": outcome.mean(), "auc": value[place],
            "auc_lo": low[place], "auc_hi": high[place],
            "lift": lift(score, outcome, groups=settings.calibration_groups),
            "auc_gain": gain[0], "auc_gain_lo": gain[1], "auc_gain_hi": gain[2],
            **_reliability(chances[name], outcome, level),
        })  # fmt: skip
    return pd.DataFrame(rows)


def calibration_table(risk: Array, before: pd.DataFrame, outcome: Array, settings: Churn) -> pd.DataFrame:
    """Rows of ``risk_calibration``: predicted and observed shares by risk and by state."""
    level = settings.interval_level
    by_risk = reliability_table(risk, outcome, groups=settings.calibration_groups, level=level)
    by_risk = by_risk.rename(columns={"entities": "customers"}).assign(grouping="risk", state=None)
    states = state_of(silence_of(before)["silence_percentile"], pd.Series(risk, before.index), settings)
    frame = pd.DataFrame({"state": states, "risk": risk, "outcome": outcome.astype(float)})
    found = frame.groupby("state").agg(
        customers=("risk", "size"), predicted=("risk", "mean"), hits=("outcome", "sum")
    )
    found = found.reindex([state for state in STATES if state in found.index]).reset_index()
    low, high = wilson(found["hits"].to_numpy(), found["customers"].to_numpy(), level=level)
    by_state = found.assign(
        observed=found["hits"] / found["customers"], lo=low, hi=high, grouping="state",
        group=found["state"].map({state: place for place, state in enumerate(STATES, start=1)}),
    ).drop(columns="hits")  # fmt: skip
    return pd.concat([by_risk, by_state], ignore_index=True)


def recency_probability(histories: Histories) -> Array | None:
    """P(no order) by days of silence alone: a Logit on the logarithm of silence, learnt one horizon earlier.

    None where the earlier window is not there, or where silence separates its outcomes wholly.
    """
    outcome = histories.stayed_away_earlier.to_numpy(bool)
    past = np.log1p(_silence(histories.earlier))
    if separates(past, outcome):
        return None
    constant, slope = fit_logit(past[:, None], outcome).params
    return np.asarray(expit(constant + slope * np.log1p(_silence(histories.before))))


def _silence(history: pd.DataFrame) -> Array:
    return (history["age_days"] - history["span_days"]).to_numpy(float)


def _reliability(chance: Array | None, outcome: Array, level: float) -> dict[str, float]:
    if chance is None:
        return dict.fromkeys(("brier", *SLOPES), np.nan)
    found = {"brier": brier(chance, outcome)}
    if separates(log_odds(chance), outcome):
        return found | dict.fromkeys(SLOPES, np.nan)
    fit = fit_reliability(chance, outcome, level=level)
    names = ("slope", "slope_low", "slope_high", "intercept", "intercept_low", "intercept_high")
    return found | {to: getattr(fit, name) for to, name in zip(SLOPES, names, strict=True)}
