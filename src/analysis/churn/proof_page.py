"""The parts of the page on churn that say how far the risks hold: times ahead, calibration, scores, origins, decay."""

from __future__ import annotations

from functools import partial

import pandas as pd

from analysis.churn import messages
from analysis.churn.assessment import Assessment
from analysis.churn.page import untested
from analysis.churn.ways import RULES
from analysis.core.contracts.churn import (
    CLOCKS,
    RISK_CALIBRATION,
    RISK_DECAY,
    RISK_ORIGINS,
    RISK_SCORES,
    SCORES,
)
from analysis.core.contracts.schema import Column, Table, Words
from analysis.core.text import say
from analysis.draw.calibration import plot_calibration
from analysis.draw.line import plot_line
from analysis.draw.page import Look, Page, Section

WORDS = {
    "method": {name: messages.method_words(name) for name in SCORES},
    "clock": {name: say(f"churn.on.{name}") for name in CLOCKS},
}
THIRD = dict.fromkeys(
    ("auc", "auc_lo", "auc_hi", "auc_gain", "auc_gain_lo", "auc_gain_hi", "auc_anew", "auc_lost", "auc_lost_lo", "auc_lost_hi",
     "brier", "brier_anew"), "number3",
)  # fmt: skip
AHEAD = Table(
    "risk_ahead", "one time ahead, and what is expected of all customers in it", ("horizon_days",),
    (
        RISK_SCORES.by_name["horizon_days"],
        Column("order", "float", Words("Will order", "将下单客户"), "Customers expected to place an order within it.", "customers", low=0, nullable=True),
        Column("order_lo", "float", Words("Will order, low", "将下单下限"), "Lower end of its interval.", "customers", low=0, nullable=True),
        Column("order_hi", "float", Words("Will order, high", "将下单上限"), "Upper end of its interval.", "customers", low=0, nullable=True),
        Column("none", "float", Words("Will not", "不下单客户"), "Customers expected to place none.", "customers", low=0, nullable=True),
        *(RISK_SCORES.by_name[name] for name in ("auc", "brier", "slope", "slope_lo", "slope_hi")),
    ),
)  # fmt: skip


def horizons(page: Page, assessment: Assessment) -> Section:
    """N2: who will order again within each time ahead, and how well the same was told before."""
    kicker, found = say("churn.ahead.kicker"), assessment.proof
    if assessment.risk.main.no_order is None:
        return untested(page, "ahead", kicker, assessment.risk.reason)
    n, nothing = len(assessment.rows), (float("nan"),) * 3
    expected = {days: ahead.no_order or nothing for days, ahead in assessment.risk.ahead.items()}
    table = pd.DataFrame.from_dict(expected, orient="index", columns=["none", "least", "most"]).rename_axis("horizon_days").reset_index()
    table = table.assign(order=n - table["none"], order_lo=n - table["most"], order_hi=n - table["least"])
    proven = ("auc", "brier", "slope", "slope_lo", "slope_hi") if len(found.scores) else ()
    if proven:
        told = found.scores.loc[found.scores["is_published"], ["horizon_days", *proven]]
        table = table.merge(told, on="horizon_days", how="left")
    near, far = table.iloc[0], table.iloc[-1]
    return page.table(
        "ahead", table, AHEAD, kicker=kicker,
        title=say("churn.ahead.title", near=near["order"], near_days=int(near["horizon_days"]), far=far["order"], far_days=int(far["horizon_days"])),
        deck=say("churn.ahead.deck", as_of=assessment.as_of, level=assessment.settings.interval_level), note=say("churn.ahead.note"),
        look=Look(columns=("horizon_days", "order", "order_lo", "order_hi", "none", *proven), search=False,
                  forms={**THIRD, **dict.fromkeys(("order", "order_lo", "order_hi", "none"), "count")}),
    )  # fmt: skip


def calibration(page: Page, assessment: Assessment) -> Section:
    """Whether risks of 30 % mean 30 %."""
    kicker, found, days = say("churn.calibration.kicker"), assessment.proof, assessment.settings.horizon_days
    if found.reason:
        return untested(page, "calibration", kicker, found.reason)
    rows = found.calibration[(found.calibration["grouping"] == "risk") & (found.calibration["horizon_days"] == days)].sort_values("group")
    told = found.published_at(days)
    return page.figure(
        "calibration", kicker=kicker, title=messages.calibration_title(told),
        deck=say("churn.calibration.deck", days=days, origins=len(found.trials), level=assessment.settings.interval_level),
        note=say("churn.calibration.note", n=int(told["customers"]), slope=told["slope"], lo=told["slope_lo"],
                 hi=told["slope_hi"], intercept=told["intercept"], brier=told["brier"]),
        draw=partial(plot_calibration, rows, x_name=say("churn.calibration.x"), y_name=say("churn.calibration.y")),
        data=rows, contract=RISK_CALIBRATION,
        look=Look(columns=("group", "customers", "predicted", "observed", "lo", "hi"), search=False),
    )  # fmt: skip


def scores(page: Page, assessment: Assessment) -> Section:
    """The published way beside the other models, what is learnt from the data, and plain rules."""
    kicker, found, settings = say("churn.scores.kicker"), assessment.proof, assessment.settings
    if found.reason:
        return untested(page, "scores", kicker, found.reason)
    rows = found.scores_at(settings.horizon_days)
    return page.table(
        "scores", rows, RISK_SCORES, kicker=kicker, title=messages.scores_title(rows),
        deck=say("churn.scores.deck", days=settings.horizon_days, origins=len(found.trials), level=settings.interval_level),
        note=say("churn.scores.note", groups=settings.calibration_groups, gaps=settings.hiatus_gaps),
        look=Look(
            columns=("method", "clock", "is_published", "brier", "auc", "auc_lo", "auc_hi", "lift", "slope", "intercept", "auc_gain",
                     "auc_gain_lo", "auc_gain_hi"),
            words=WORDS, search=False, forms=THIRD,
        ),
    )  # fmt: skip


def origins(page: Page, assessment: Assessment) -> Section:
    """Every origin by itself, the published way beside plain rules."""
    kicker, found, settings = say("churn.origins.kicker"), assessment.proof, assessment.settings
    if found.reason:
        return untested(page, "origins", kicker, found.reason)
    shown = found.origins["is_published"] | found.origins["method"].isin(RULES)
    rows = found.origins[shown].sort_values(["origin", "is_published", "brier"], ascending=[False, False, True])
    return page.table(
        "origins", rows, RISK_ORIGINS, kicker=kicker, title=messages.origins_title(rows[rows["is_published"]]),
        deck=say("churn.origins.deck", days=settings.horizon_days), note=say("churn.origins.note"),
        look=Look(
            columns=("origin", "method", "clock", "is_published", "brier", "auc", "auc_lo", "auc_hi", "lift",
                     "slope", "intercept"),
            words=WORDS, search=False, forms=THIRD,
        ),
    )  # fmt: skip


def decay(page: Page, assessment: Assessment) -> Section:
    """How long a fit can be used before it ranks worse than one of the day."""
    kicker, found, settings = say("churn.decay.kicker"), assessment.proof, assessment.settings
    if found.reason:
        return untested(page, "decay", kicker, found.reason)
    if len(found.decay) < 2:  # 2: a fit and its use later
        return page.notes("decay", kicker=kicker, title=say("churn.untested.title", what=kicker), lines=[say("churn.decay.short")])
    last = found.decay.iloc[-1]
    line = found.decay.rename(columns={"horizons_later": "x", "auc": "y", "auc_lo": "lo", "auc_hi": "hi"})
    anew = found.decay.rename(columns={"horizons_later": "x", "auc_anew": "y"})[["x", "y"]]
    return page.figure(
        "decay", kicker=kicker, title=messages.decay_title(found.decay, settings.horizon_days),
        deck=say("churn.decay.deck", days=settings.horizon_days, level=settings.interval_level),
        note=say("churn.decay.note", brier=last["brier"], anew=last["brier_anew"]),
        draw=partial(
            plot_line, line[["x", "y", "lo", "hi"]], form="number2", x_form="count", zero=False, before=(anew, say("churn.decay.anew")),
            x_name=say("churn.decay.x", days=settings.horizon_days), y_name=say("churn.decay.y"),
        ),
        data=found.decay, contract=RISK_DECAY,
        look=Look(columns=("horizons_later", "origins", "customers", "auc", "auc_lo", "auc_hi", "auc_anew", "auc_lost", "auc_lost_lo",
                           "auc_lost_hi", "brier", "brier_anew", "slope", "intercept"), search=False, forms=THIRD),
    )  # fmt: skip
