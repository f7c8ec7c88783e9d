"""Titles of the page: the entry of the catalogue follows from the numbers by a rule."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from analysis.core.text import Phrase, joined, listed, say
from analysis.lifetime_value.figures import horizons, saved, yearly_trend
from analysis.lifetime_value.orders import Way, average_on
from analysis.lifetime_value.proof import Proof
from analysis.lifetime_value.valuation import Valuation
from analysis.models import shrinkage
from analysis.models.periods import DAYS_PER_YEAR
from analysis.models.value_trend import ValueTrend

SURE = 1.96  # standard errors beyond which a miss is not chance, at 95 %


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
    if valuation.outcome.proof.winner.method == "common_rate":
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
    values |= {"holdout": valuation.histories.holdout_months, "origins": proof.widening.origins}
    if proof.widening.orders_level != 1:
        side = "raised" if proof.widening.orders_level > 1 else "lowered"
        return say(f"lifetime_value.standfirst.{side}", change=abs(proof.widening.orders_level - 1), **values)
    if proof.widening.error > 0:
        return say("lifetime_value.standfirst.widened", error=proof.widening.error, **values)
    return say("lifetime_value.standfirst.proven", **values)


def calibration_title(calibration: pd.DataFrame) -> Phrase:
    """In how many groups the prediction lies inside the interval of what came."""
    right = int(calibration["predicted"].between(calibration["lo"], calibration["hi"]).sum())
    if right == len(calibration):
        return say("lifetime_value.calibration.all", groups=right)
    if right == 0:
        return say("lifetime_value.calibration.none")
    return say("lifetime_value.calibration.some", right=right, groups=len(calibration))


def tracking_title(latest: pd.Series) -> Phrase:
    """Whether the model expected as many orders after the latest origin as came.

    Parameters
    ----------
    latest : row of ``clv_origins``.
    """
    error = latest["predicted_orders"] - latest["actual_orders"]
    if abs(error) <= SURE * latest["std_error"] or pd.isna(latest["total_error"]):
        return say("lifetime_value.tracking.inside")
    if error < 0:
        return say("lifetime_value.tracking.few", error=-latest["total_error"])
    return say("lifetime_value.tracking.many", error=latest["total_error"])


def way_words(way: Way) -> Phrase:
    """A way to predict, by name."""
    return say(f"lifetime_value.way.{way.clock_name}", method=say(f"lifetime_value.method.{way.method}"))


def scores_title(proof: Proof) -> Phrase:
    """Which way to predict won, and by how much."""
    kind = "model" if proof.winner.is_model else "baseline"
    return say(f"lifetime_value.scores.{kind}", way=way_words(proof.winner), saved=saved(proof))


def scores_note(proof: Proof, gaps: float) -> Phrase:
    """How the published way was chosen: what was averaged, or that one model did clearly better.

    Parameters
    ----------
    gaps : usual gaps after which the silence rule takes a customer as lost.
    """
    note, winner = say("lifetime_value.scores.note", gaps=gaps), proof.winner
    if winner.parts:
        names = listed([say(f"lifetime_value.method.{method}") for method in winner.methods])
        return joined([say("lifetime_value.scores.averaged", names=names, times=shrinkage.SURE), note])
    if average_on(winner.clock_name, proof.trials[-1].fits) is None or not winner.is_model:
        return note
    return joined([say("lifetime_value.scores.alone", times=shrinkage.SURE), note])


def origins_title(origins: pd.DataFrame) -> Phrase:
    """How far the published totals lay from what came."""
    errors = origins.loc[origins["is_published"], "total_error"].dropna()
    if errors.empty:
        return say("lifetime_value.origins.none")
    return say("lifetime_value.origins.title", origins=len(errors), worst=errors.abs().max())


def season_title(season: pd.DataFrame, used: Literal["used", "unused", "untried"]) -> Phrase:
    """The busiest and the quietest month, and whether the published way uses it."""
    by_month = season.set_index("month")["index"]
    peak, trough = int(by_month.idxmax()), int(by_month.idxmin())
    return say(
        f"lifetime_value.season.{used}", peak=say(f"lifetime_value.month.{peak}"), trough=say(f"lifetime_value.month.{trough}"),
        more=by_month.max() - 1, less=1 - by_month.min(),
    )  # fmt: skip


def segment_words(name: str) -> Phrase:
    """A segment, by name; customers without one have no scores."""
    return say("lifetime_value.segments.unknown") if name == "unknown" else say(f"segment.name.{name}")


def segments_title(segments: pd.DataFrame, months: int) -> Phrase:
    """The segment that will bring most."""
    top = segments.sort_values(["clv", "segment"], ascending=[False, True]).iloc[0]
    whole = segments["clv"].sum()
    return say(
        "lifetime_value.segments.title", segment=segment_words(top["segment"]), months=months,
        share=top["clv"] / whole if whole > 0 else 0.0, people=top["customers"] / segments["customers"].sum(),
    )  # fmt: skip


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


def trend_note(trend: ValueTrend, level: float) -> Phrase | None:
    """How the value of an order has changed over time; None where it has not, beyond chance."""
    if not trend.believed:
        return None
    kind = "risen" if trend.slope > 0 else "fallen"
    ends = sorted(abs(end) for end in yearly_trend(trend, level)[1:])
    return say(f"lifetime_value.method.{kind}", change=abs(trend.believed) * DAYS_PER_YEAR, level=level, lo=ends[0], hi=ends[1])
