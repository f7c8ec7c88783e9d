"""Titles of the page: the entry of the catalogue follows from the numbers by a rule."""

from __future__ import annotations

import pandas as pd

from analysis.core.text import Phrase, say
from analysis.lifetime_value.figures import horizons
from analysis.lifetime_value.valuation import Valuation


def value_words(value_name: str) -> Phrase:
    """What value is called in this run."""
    return say(f"lifetime_value.value.{value_name}")


def reason_words(reason: str) -> Phrase:
    """Why the data cannot carry a model."""
    return say(f"lifetime_value.reason.{reason}")


def headline_title(valuation: Valuation) -> Phrase:
    """The base's predicted value, or why there is none."""
    months = horizons(valuation)["clv_near"]
    total = valuation.outcome.prediction.totals.set_index("horizon_months").loc[months, "clv"]
    if pd.isna(total):
        return say("lifetime_value.headline.none")
    values = {"value": total, "months": months, "value_name": value_words(valuation.value_name)}
    if valuation.outcome.proof.winner == "common_rate":
        return say("lifetime_value.headline.average", **values)
    return say("lifetime_value.headline.proven", **values)


def standfirst(valuation: Valuation) -> Phrase:
    """Scope, date, and how far the prediction is proved."""
    proof, prediction = valuation.outcome.proof, valuation.outcome.prediction
    customers = len(valuation.histories.now)
    if prediction.totals["clv"].isna().all():
        reason = reason_words(prediction.reason)
        return say(
            "lifetime_value.standfirst.none", customers=customers, as_of=valuation.as_of, reason=reason
        )
    months = horizons(valuation)["clv_near"]
    row = prediction.totals.set_index("horizon_months").loc[months]
    values = {
        "customers": customers, "as_of": valuation.as_of, "level": valuation.settings.interval_level,
        "lo": row["lo"], "hi": row["hi"],
    }  # fmt: skip
    if proof.reason:
        return say("lifetime_value.standfirst.average", reason=reason_words(proof.reason), **values)
    values |= {"holdout": valuation.settings.holdout_months}
    if proof.widening > 1:
        return say("lifetime_value.standfirst.widened", widening=proof.widening, **values)
    return say("lifetime_value.standfirst.proven", **values)


def calibration_title(calibration: pd.DataFrame) -> Phrase:
    """In how many groups the prediction lies inside the interval of what came."""
    right = int(calibration["predicted"].between(calibration["lo"], calibration["hi"]).sum())
    if right == len(calibration):
        return say("lifetime_value.calibration.all", groups=right)
    if right == 0:
        return say("lifetime_value.calibration.none")
    return say("lifetime_value.calibration.some", right=right, groups=len(calibration))


def tracking_title(model: pd.Series) -> Phrase:
    """Whether the model expected as many orders in the hold-out as came."""
    if model["lo"] <= model["actual_orders"] <= model["hi"] or pd.isna(model["total_error"]):
        return say("lifetime_value.tracking.inside")
    if model["total_error"] < 0:
        return say("lifetime_value.tracking.few", error=-model["total_error"])
    return say("lifetime_value.tracking.many", error=model["total_error"])


def scores_title(scores: pd.DataFrame) -> Phrase:
    """Which way to predict won, and by how much."""
    error = scores.set_index("method")["rmse"]
    won = scores.loc[scores["is_published"], "method"].iloc[0]
    lost = "trailing_rate" if won == "bgnbd" else "bgnbd"
    saved = 1 - error[won] / error[lost] if error[lost] > 0 else 0.0
    if won == "bgnbd":
        return say("lifetime_value.scores.model", saved=saved)
    return say("lifetime_value.scores.baseline", saved=saved)


def value_note(valuation: Valuation) -> Phrase:
    """How the value of an order was estimated, and what had to be left out or filled in."""
    value, settings = valuation.outcome.value, valuation.settings
    if value is None:
        return reason_words("no_values")
    shared = {"left_out": value.left_out, "value_name": value_words(valuation.value_name)}
    if value.correlation is None:
        return say("lifetime_value.note.untested", **shared)
    limits = {"correlation": value.correlation, "limit": settings.max_value_correlation}
    if value.is_grouped:
        return say("lifetime_value.note.grouped", **shared, **limits)
    return say("lifetime_value.note.apart", **shared, **limits)
