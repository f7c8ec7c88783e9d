"""Titles of the page: the entry of the catalogue follows from the numbers by a rule."""

from __future__ import annotations

import pandas as pd

from analysis.churn.assessment import Assessment
from analysis.churn.ways import RULES
from analysis.core.text import Phrase, say

SEEN = 0.005  # of AUC: what makes no difference is not named


def value_words(value_name: str) -> Phrase:
    """What value is called in this run."""
    return say(f"churn.value.{value_name}")


def reason_words(reason: str) -> Phrase:
    """Why the data cannot carry a model, or its test."""
    return say(f"churn.reason.{reason}")


def headline_title(assessment: Assessment) -> Phrase:
    """Who has gone quiet, and with how much of last year's value."""
    quiet = assessment.quiet
    if assessment.risk.reason in ("no_customers", "no_repeats"):
        return say("churn.headline.none")
    if quiet.empty:
        return say("churn.headline.calm")
    months = assessment.settings.value_window_months
    value = quiet["recent_value"].clip(lower=0).sum()
    words = value_words(assessment.value_name)
    if value == 0:
        return say("churn.headline.long", customers=len(quiet), months=months, value_name=words)
    return say("churn.headline.quiet", customers=len(quiet), value=value, months=months, value_name=words)


def standfirst(assessment: Assessment) -> Phrase:
    """Scope, date, and what is expected of all customers."""
    risk, settings = assessment.risk, assessment.settings
    values = {"customers": len(assessment.rows), "as_of": assessment.as_of}
    if risk.main.no_order is None:
        return say("churn.standfirst.none", reason=reason_words(risk.reason), **values)
    value, low, high = risk.main.no_order
    values |= {
        "none": value, "lo": low, "hi": high, "level": settings.interval_level, "days": settings.horizon_days,
    }  # fmt: skip
    if risk.reason:
        return say("churn.standfirst.average", reason=reason_words(risk.reason), **values)
    return say("churn.standfirst.modelled", **values)


def calibration_title(model: pd.Series) -> Phrase:
    """Whether the risks meant what they said: slope and level of the calibration."""
    if pd.isna(model["slope"]):
        return say("churn.calibration.untested")
    if model["slope_lo"] > 1:
        return say("churn.calibration.timid", slope=model["slope"])
    if model["slope_hi"] < 1:
        return say("churn.calibration.extreme", slope=model["slope"])
    if model["intercept_lo"] > 0:
        return say("churn.calibration.low")
    if model["intercept_hi"] < 0:
        return say("churn.calibration.high")
    return say("churn.calibration.right")


def method_words(name: str) -> Phrase:
    """What a method is called, as tables name it."""
    plain = name.removesuffix("_corrected")
    words = say(f"churn.method.{plain}")
    return words if plain == name else say("churn.corrected.name", method=words)


def way_words(row: pd.Series) -> Phrase:
    """What a way to score customers is called, by its row."""
    return say(f"churn.clock.{row['clock']}", method=method_words(row["method"]))


def scores_title(scores: pd.DataFrame) -> Phrase:
    """Which way is published, and whether it or the best plain rule ranks better, or whether one cannot tell.

    Parameters
    ----------
    scores : rows of ``risk_scores`` of one time ahead.
    """
    chosen = scores[scores["is_published"]].iloc[0]
    name = way_words(chosen)
    if chosen["method"] in RULES:
        return say("churn.scores.rule", name=name)
    rules = scores[scores["method"].isin(RULES)].sort_values(["auc", "method"], ascending=[False, True])
    best = rules.iloc[0]
    values = {"auc": chosen["auc"], "rival": best["auc"], "name": name, "rule": way_words(best)}
    if best["auc_gain_lo"] > 0:
        return say("churn.scores.model", **values)
    if best["auc_gain_hi"] < 0:
        return say("churn.scores.rival", **values)
    return say("churn.scores.tie", **values)


def origins_title(published: pd.DataFrame) -> Phrase:
    """Whether the published way did much the same at every origin."""
    return say("churn.origins.title", origins=len(published), low=published["auc"].min(), high=published["auc"].max())


def decay_title(decay: pd.DataFrame, horizon_days: int) -> Phrase:
    """How soon a fit ranks surely worse than one of the day, by so much that it can be seen."""
    worse = decay[(decay["auc_lost_lo"] > 0) & (decay["auc_lost"] >= SEEN)]
    if worse.empty:
        return say("churn.decay.keeps", age=int(decay["horizons_later"].max()) * horizon_days)
    first = worse.iloc[0]
    return say("churn.decay.falls", age=int(first["horizons_later"]) * horizon_days, lost=first["auc_lost"])


def states_title(by_state: pd.DataFrame) -> Phrase:
    """What became of the quiet and of the active."""
    observed = by_state.set_index("state")["observed"]
    if not {"active", "probably_lost"} <= set(observed.index):
        return say("churn.states.plain")
    values = {"quiet": observed["probably_lost"], "active": observed["active"]}
    if values["quiet"] > values["active"]:
        return say("churn.states.apart", **values)
    return say("churn.states.alike", **values)
