"""The parts of the page on lifetime value that say how far the predictions hold: the proof at the origins, and the models."""

from __future__ import annotations

from functools import partial
from typing import Literal

from analysis.core.contracts.lifetime_value import (
    CLOCKS,
    CLV_CALIBRATION,
    CLV_MODELS,
    CLV_ORIGINS,
    CLV_SCORES,
    CLV_SEASON,
    CLV_TRACKING,
    FITS,
    MODELLED,
    MODELS,
)
from analysis.core.text import Phrase, say
from analysis.draw.axis import Mark
from analysis.draw.bars import plot_bars
from analysis.draw.calibration import plot_calibration
from analysis.draw.line import plot_line
from analysis.draw.page import Look, Page, Section
from analysis.lifetime_value import messages
from analysis.lifetime_value.valuation import Valuation
from analysis.models.result import FitStatus

METHOD_WORDS = {name: say(f"lifetime_value.method.{name}") for name in MODELLED}
CLOCK_WORDS = {name: say(f"lifetime_value.clock.{name}") for name in CLOCKS}
SCORE_WORDS = {"method": METHOD_WORDS, "clock": CLOCK_WORDS}


def calibration(page: Page, valuation: Valuation) -> Section:
    """Predicted and actual orders of the hold-out, by how often customers had bought before."""
    kicker, proof = say("lifetime_value.calibration.kicker"), valuation.outcome.proof
    if proof.reason:
        return unproven(page, "calibration", kicker, valuation)
    dots = proof.calibration.rename(columns={"actual": "observed"})
    return page.figure(
        "calibration", kicker=kicker, title=messages.calibration_title(proof.calibration),
        deck=say("lifetime_value.calibration.deck", months=valuation.histories.holdout_months, model=messages.way_words(proof.model),
                 level=valuation.settings.interval_level),
        note=say("lifetime_value.calibration.note", n=int(proof.calibration["customers"].sum()),
                 top=valuation.settings.calibration_repeats),
        draw=partial(
            plot_calibration, dots, x_name=say("lifetime_value.calibration.x"),
            y_name=say("lifetime_value.calibration.y"), form="number1",
        ),
        data=proof.calibration, contract=CLV_CALIBRATION, look=Look(search=False),
    )  # fmt: skip


def tracking(page: Page, valuation: Valuation) -> Section:
    """Cumulated orders week by week, expected and actual, into the months that the model had not seen."""
    kicker, proof = say("lifetime_value.tracking.kicker"), valuation.outcome.proof
    if proof.reason:
        return unproven(page, "tracking", kicker, valuation)
    weeks = proof.tracking
    known = weeks[~weeks["is_holdout"]].iloc[-1]
    drawn = weeks.tail(2 * int(weeks["is_holdout"].sum()))  # as many weeks before it as there are in it
    actual = drawn.rename(columns={"day": "x", "actual": "y"})[["x", "y"]]
    forecast = drawn.rename(columns={"day": "x", "forecast": "y"})[["x", "y"]].dropna()
    way = proof.model
    rows = proof.origins[(proof.origins["method"] == way.method) & (proof.origins["clock"] == way.clock_name)]
    latest = rows.sort_values("origin").iloc[-1]
    return page.figure(
        "tracking", kicker=kicker, title=messages.tracking_title(latest),
        deck=say("lifetime_value.tracking.deck", model=messages.way_words(way)),
        note=say(
            "lifetime_value.tracking.note", n=int(latest["customers"]), actual=latest["actual_orders"],
            predicted=latest["predicted_orders"],
        ),
        draw=partial(
            plot_line, actual, form="count", y_name=say("lifetime_value.tracking.y"),
            marks=(Mark(known["day"], known["actual"], say("lifetime_value.tracking.cut"), strong=True),),
            before=(forecast, say("lifetime_value.tracking.forecast")), zero=False,
        ),
        data=weeks.iloc[::-1], contract=CLV_TRACKING, look=Look(search=False),
    )  # fmt: skip


def scores(page: Page, valuation: Valuation) -> Section:
    """Models and plain rules over all origins, the best first."""
    kicker, proof = say("lifetime_value.scores.kicker"), valuation.outcome.proof
    if proof.reason:
        return unproven(page, "scores", kicker, valuation)
    return page.table(
        "scores", proof.scores.sort_values(["rmse", "method", "clock"]), CLV_SCORES, kicker=kicker, title=messages.scores_title(proof),
        deck=say("lifetime_value.scores.deck", months=valuation.histories.holdout_months, origins=len(proof.trials),
                 first=proof.origins["origin"].min(), last=proof.origins["origin"].max()),
        note=messages.scores_note(proof, valuation.settings.hiatus_gaps),
        look=Look(
            columns=("method", "clock", "is_published", "rmse", "deviance", "mae", "total_error", "worst_total_error", "rank_correlation",
                     "value_error", "actual_orders", "predicted_orders"),
            words=SCORE_WORDS, search=False, changes=("total_error", "value_error"),
            forms={"predicted_orders": "count", "mae": "number3", "rmse": "number3", "deviance": "number3"},
        ),
    )  # fmt: skip


def origins(page: Page, valuation: Valuation) -> Section:
    """Every origin by itself, the published way first, and how often the intervals held."""
    kicker, proof = say("lifetime_value.origins.kicker"), valuation.outcome.proof
    if proof.reason:
        return unproven(page, "origins", kicker, valuation)
    widening, level = proof.widening, valuation.settings.interval_level
    return page.table(
        "origins", proof.origins.sort_values(["origin", "is_published", "rmse"], ascending=[False, False, True]), CLV_ORIGINS, kicker=kicker,
        title=messages.origins_title(proof.origins), deck=say("lifetime_value.origins.deck", months=valuation.histories.holdout_months),
        note=say("lifetime_value.origins.note", level=level, held=widening.held, tail=widening.tail_of(level), error=widening.error,
                 totals=widening.totals_held),
        look=Look(
            columns=("origin", "method", "clock", "is_published", "actual_orders", "predicted_orders", "std_error", "total_error",
                     "rmse", "deviance", "mae", "rank_correlation", "value_error"),
            words=SCORE_WORDS, changes=("total_error", "value_error"), limit=60,
            forms={"predicted_orders": "count", "std_error": "count", "mae": "number3", "rmse": "number3", "deviance": "number3"},
        ),
    )  # fmt: skip


def season(page: Page, valuation: Valuation) -> Section:
    """Busy and quiet months, where the orders reach over two years."""
    kicker, found, proof = say("lifetime_value.season.kicker"), valuation.season, valuation.outcome.proof
    if found.empty:
        return page.notes("season", kicker=kicker, title=say("lifetime_value.unproven.title", what=kicker), lines=[say("lifetime_value.season.short")])
    p_value, below = found["p_value"].iloc[0], valuation.settings.season_below
    if p_value >= below:
        return page.notes("season", kicker=kicker, title=say("lifetime_value.season.absent"),
                          lines=[say("lifetime_value.season.chance", p_value=p_value, below=below)])  # fmt: skip
    used: Literal["used", "unused", "untried"] = "used" if proof.winner.clock_name == "season" else "unused"
    if not valuation.histories.is_seasonal:
        used = "untried"
    labels = [say(f"lifetime_value.month.{month}") for month in found["month"]]
    return page.figure(
        "season", kicker=kicker, title=messages.season_title(found, used),
        deck=say("lifetime_value.season.deck"), note=say("lifetime_value.season.note", p_value=p_value),
        draw=partial(plot_bars, found["index"], labels, form="number2"), data=found, contract=CLV_SEASON,
        look=Look(search=False, forms={"index": "number2"}),
    )  # fmt: skip


def models(page: Page, valuation: Valuation) -> Section:
    """Parameters with intervals, for those who know the models."""
    found = valuation.outcome.models
    found = found.assign(no_interval=found["parameter"].eq("k").map({True: "chosen", False: "not_identified"}))
    statuses = {status.value: say(f"lifetime_value.status.{status.name.lower()}") for status in FitStatus}
    return page.table(
        "models", found, CLV_MODELS, kicker=say("lifetime_value.models.kicker"),
        title=say("lifetime_value.models.title"),
        deck=say("lifetime_value.models.deck", level=valuation.settings.interval_level),
        note=say("lifetime_value.models.note"),
        look=Look(
            columns=("fit", "model", "clock", "value_group", "parameter", "estimate", "lo", "hi", "log_likelihood", "customers", "status"),
            words={
                "fit": {name: say(f"lifetime_value.fit.{name}") for name in FITS},
                "model": {name: say(f"lifetime_value.method.{name}") for name in (*MODELS, "gamma_gamma")},
                "clock": CLOCK_WORDS,
                "status": statuses,
                "no_interval": {name: say(f"lifetime_value.no_interval.{name}") for name in ("chosen", "not_identified")},
            },
            forms=dict.fromkeys(("estimate", "lo", "hi"), "parameter4") | {"log_likelihood": "number1"},
            gaps={"lo": "no_interval"}, search=False,
        ),
    )  # fmt: skip


def unproven(page: Page, name: str, kicker: Phrase, valuation: Valuation) -> Section:
    """A part that the data cannot fill says why."""
    reason = valuation.outcome.proof.reason or valuation.outcome.prediction.reason
    title = say("lifetime_value.unproven.title", what=kicker)
    return page.notes(name, kicker=kicker, title=title, lines=[messages.reason_words(reason)])


