"""The parts of the page on lifetime value, in reading order: one function a cell of the notebook."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from analysis.core.contracts.clean import CUSTOMER_NAME
from analysis.core.contracts.lifetime_value import (
    CLV,
    CLV_CALIBRATION,
    CLV_HISTORY,
    CLV_MODELS,
    CLV_SCORES,
    CLV_TRACKING,
    FITS,
    MODELLED,
)
from analysis.core.contracts.schema import E4, Table
from analysis.core.estimate import Figure
from analysis.core.text import Phrase, say
from analysis.draw.axis import Mark
from analysis.draw.calibration import plot_calibration
from analysis.draw.line import plot_line
from analysis.draw.page import Check, Kpi, Look, Missing, Page, Section
from analysis.lifetime_value import contracts_page, messages
from analysis.lifetime_value.figures import horizons
from analysis.lifetime_value.valuation import Valuation
from analysis.models.result import FitStatus

LISTED = Table(
    "most_valuable_customers",
    "one customer in the list of the most valuable",
    ("customer_id",),
    (CLV.by_name["customer_id"], CUSTOMER_NAME, *CLV.columns[1:], *CLV_HISTORY.columns[1:]),
)
METHOD_WORDS = {name: say(f"lifetime_value.method.{name}") for name in MODELLED}


def headline(page: Page, valuation: Valuation) -> Section:
    """The page's message: what the base will bring."""
    return page.headline(
        kicker=say("lifetime_value.headline.kicker", month=valuation.as_of),
        title=messages.headline_title(valuation),
        standfirst=messages.standfirst(valuation),
    )


def kpis(page: Page, valuation: Valuation, found: list[Figure]) -> Section:
    """Value ahead and so far, and how far off the hold-out was."""
    by_name = {figure.name: figure for figure in found}
    level, holdout = valuation.settings.interval_level, valuation.settings.holdout_months
    months = horizons(valuation)
    ahead = [
        Kpi(say("lifetime_value.kpi.ahead", months=months[name]), by_name[name], level=level)
        for name in months
    ]
    costed = by_name["clv_hist_profit"]
    known = say("lifetime_value.kpi.costed_part") if costed.status == "proxy" else None
    return page.kpis([
        *ahead,
        Kpi(say("lifetime_value.kpi.hist_profit"), costed, note=known),
        Kpi(say("lifetime_value.kpi.hist_revenue"), by_name["clv_hist_revenue"]),
        Kpi(say("lifetime_value.kpi.error"), by_name["holdout_orders_error"],
            note=say("lifetime_value.kpi.error_note", months=holdout)),
    ])  # fmt: skip


def listing(page: Page, valuation: Valuation) -> Section:
    """The most valuable customers of the nearest horizon, with intervals."""
    near = valuation.clv[valuation.clv["horizon_months"] == horizons(valuation)["clv_near"]]
    kicker = say("lifetime_value.listing.kicker")
    if near["clv"].isna().all():
        return _unproven(page, "listing", kicker, valuation)
    names = valuation.customers[["customer_id", "customer_name"]]
    top = (
        near.merge(names, on="customer_id", how="left")
        .merge(valuation.history, on="customer_id", how="left")
        .sort_values(["clv", "customer_id"], ascending=[False, True])
        .head(valuation.settings.listed_customers)
    )
    so_far = "clv_hist_profit" if valuation.value_name == "contribution" else "clv_hist_revenue"
    return page.table(
        "listing", top, LISTED, kicker=kicker,
        title=say("lifetime_value.listing.title", customers=len(top), share=top["clv"].sum() / near["clv"].sum()),
        deck=say(
            "lifetime_value.listing.deck", months=horizons(valuation)["clv_near"],
            rate=valuation.settings.discount_rate_yearly, level=valuation.settings.interval_level,
            value_name=messages.value_words(valuation.value_name), n=len(near),
        ),
        note=messages.value_note(valuation),
        look=Look(
            columns=("customer_name", "clv", "lo", "hi", "exp_orders", "value_per_order", "alive", "repeats", so_far,
                     "tenure_years"),
            forms={"exp_orders": "number1", "tenure_years": "number1", "alive": "percent"},
        ),
        names=("customer_name",),
    )  # fmt: skip


def calibration(page: Page, valuation: Valuation) -> Section:
    """Predicted and actual orders of the hold-out, by how often customers had bought before."""
    kicker, proof = say("lifetime_value.calibration.kicker"), valuation.outcome.proof
    if proof.reason:
        return _unproven(page, "calibration", kicker, valuation)
    dots = proof.calibration.rename(columns={"actual": "observed"})
    return page.figure(
        "calibration", kicker=kicker, title=messages.calibration_title(proof.calibration),
        deck=say("lifetime_value.calibration.deck", months=valuation.settings.holdout_months,
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
        return _unproven(page, "tracking", kicker, valuation)
    weeks = proof.tracking
    known = weeks[~weeks["is_holdout"]].iloc[-1]
    actual = weeks.rename(columns={"day": "x", "actual": "y"})[["x", "y"]]
    expected = weeks.rename(columns={"day": "x", "predicted": "y"})[["x", "y"]]
    model = proof.scores.set_index("method").loc["bgnbd"]
    return page.figure(
        "tracking", kicker=kicker, title=messages.tracking_title(model),
        deck=say("lifetime_value.tracking.deck"),
        note=say(
            "lifetime_value.tracking.note", n=int(model["customers"]), actual=model["actual_orders"],
            predicted=model["predicted_orders"], lo=model["lo"], hi=model["hi"],
            level=valuation.settings.interval_level,
        ),
        draw=partial(
            plot_line, actual, form="count", y_name=say("lifetime_value.tracking.y"),
            marks=(Mark(known["day"], known["actual"], say("lifetime_value.tracking.cut"), strong=True),),
            before=(expected, say("lifetime_value.tracking.model")),
        ),
        data=weeks, contract=CLV_TRACKING, look=Look(search=False, limit=len(weeks)),
    )  # fmt: skip


def scores(page: Page, valuation: Valuation) -> Section:
    """The model beside the baseline on the hold-out."""
    kicker, proof = say("lifetime_value.scores.kicker"), valuation.outcome.proof
    if proof.reason:
        return _unproven(page, "scores", kicker, valuation)
    return page.table(
        "scores", proof.scores, CLV_SCORES, kicker=kicker, title=messages.scores_title(proof.scores),
        deck=say("lifetime_value.scores.deck", months=valuation.settings.holdout_months),
        note=say("lifetime_value.scores.note"),
        look=Look(
            columns=("method", "is_published", "actual_orders", "predicted_orders", "lo", "hi", "total_error", "mae",
                     "rmse", "rank_correlation", "value_error"),
            words={"method": METHOD_WORDS}, search=False, changes=("total_error", "value_error"),
            forms={"predicted_orders": "count", "lo": "count", "hi": "count", "mae": "number3", "rmse": "number3"},
        ),
    )  # fmt: skip


def models(page: Page, valuation: Valuation) -> Section:
    """Parameters with intervals, for those who know the models."""
    found = valuation.outcome.models
    statuses = {status.value: say(f"lifetime_value.status.{status.name.lower()}") for status in FitStatus}
    return page.table(
        "models", found, CLV_MODELS, kicker=say("lifetime_value.models.kicker"),
        title=say("lifetime_value.models.title"),
        deck=say("lifetime_value.models.deck", level=valuation.settings.interval_level),
        note=say("lifetime_value.models.note"),
        look=Look(
            words={
                "fit": {name: say(f"lifetime_value.fit.{name}") for name in FITS},
                "model": {name: say(f"lifetime_value.method.{name}") for name in ("bgnbd", "gamma_gamma")},
                "status": statuses,
            },
            forms={"estimate": "number4", "lo": "number4", "hi": "number4", "log_likelihood": "number4"},
            search=False,
        ),
    )  # fmt: skip


def missing(page: Page, valuation: Valuation) -> Section:
    """What the model cannot see, and the table that would show it."""
    gate = valuation.capabilities.set_index("capability")
    gaps = [
        Missing(say(f"lifetime_value.missing.{name}"), needs, say(f"lifetime_value.missing.{name}_gives"))
        for name, needs in (
            ("subscriptions", "subscriptions"), ("service", "activity_costs"), ("wallet", "wallet"),
        )
        if name != "subscriptions" or valuation.contracts is None
    ]  # fmt: skip
    if valuation.history["clv_hist_profit"].isna().all():
        gaps.append(Missing(say("lifetime_value.missing.cost"), "orders.unit_cost",
                            say("lifetime_value.missing.cost_gives")))  # fmt: skip
    if gate.loc["V6", "status"] == "not_available":
        gaps.append(
            Missing(say("lifetime_value.missing.spend"), "spend", say("lifetime_value.missing.spend_gives"))
        )
    return page.missing(gaps)


def checks(page: Page, valuation: Valuation) -> Section:
    """What must hold between the tables."""
    history, clv = valuation.history, valuation.clv
    booked = valuation.months[valuation.months["customer_id"].isin(history["customer_id"])][
        "revenue_e4"
    ].sum()
    product = history["tenure_years"] * history["avg_year_revenue"]
    per_customer = clv.groupby("customer_id")["horizon_months"].size()
    totals = valuation.outcome.prediction.totals
    sums = clv.groupby("horizon_months")["clv"].sum(min_count=1).reindex(totals["horizon_months"])
    lines = [
        (say("lifetime_value.check.booked"), _close(history["clv_hist_revenue"].sum() * E4, booked)),
        (say("lifetime_value.check.identity"), _close(product, history["clv_hist_revenue"])),
        (say("lifetime_value.check.rows"), set(per_customer) <= {len(totals)}
         and len(per_customer) == len(valuation.histories.now)),
        (say("lifetime_value.check.sums"), _close(sums, totals["clv"])),
        (say("lifetime_value.check.inside"), bool(clv["clv"].between(clv["lo"], clv["hi"])[clv["clv"].notna()].all())),
    ]  # fmt: skip
    notes = [say("lifetime_value.method.note"), say("lifetime_value.method.limits")]
    now = valuation.histories.now
    if now["filled_events"].any():
        share = now["filled_events"].sum() / (now["repeats"] + 1).sum()
        notes.append(say("lifetime_value.method.filled", share=share))
    held = [Check(said, bool(holds)) for said, holds in lines]
    return page.provenance(checks=[*held, *contracts_page.checks(valuation.contracts)], notes=notes)


def _unproven(page: Page, name: str, kicker: Phrase, valuation: Valuation) -> Section:
    """A part that the data cannot fill says why."""
    reason = valuation.outcome.proof.reason or valuation.outcome.prediction.reason
    title = say("lifetime_value.unproven.title")
    return page.notes(name, kicker=kicker, title=title, lines=[messages.reason_words(reason)])


def _close(left: object, right: object) -> bool:
    """Equal but for the last bits of floating-point sums."""
    return bool(np.allclose(pd.to_numeric(left), pd.to_numeric(right), rtol=1e-9, equal_nan=True))
