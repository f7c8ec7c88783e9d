"""The page's end of the story: why customers leave, what keeping them is worth, and whom to call."""

from __future__ import annotations

from functools import partial

import pandas as pd

from analysis.core.contracts import code_words as codes
from analysis.core.contracts.churn_drivers import DRIVER_EFFECTS, GRADES
from analysis.core.contracts.executive import CALL_LIST
from analysis.core.contracts.lifetime_value_what_if import RETENTION_WHAT_IF
from analysis.core.text import say
from analysis.draw.axis import Mark
from analysis.draw.driver_words import driver_words, owner_words, words_of
from analysis.draw.intervals import plot_intervals
from analysis.draw.line import plot_line
from analysis.draw.page import Look, Page, Section
from analysis.executive import messages
from analysis.executive.briefing import Briefing
from analysis.executive.claims import POINT


def leaving(page: Page, briefing: Briefing) -> Section:
    """C2: what goes with a slower return, with its owner and its money; says so where nothing can be told."""
    kicker, settings = say("executive.leaving.kicker"), briefing.params.churn
    rows = briefing.drivers[briefing.drivers["hazard_ratio"].notna()].sort_values(["hazard_ratio", "driver"], ignore_index=True)
    if rows.empty:
        return page.notes("leaving", kicker=kicker, title=say("executive.leaving.none"), lines=[say("executive.leaving.none_line")], half=True)
    words = words_of(rows)
    labels = [driver_words(row.driver, row.unit, length="brief") for row in rows.itertuples(index=False)]  # type: ignore[arg-type]
    return page.figure(
        "leaving", kicker=kicker, title=messages.leaving_title(rows, words), half=True,
        deck=say("executive.leaving.deck", level=settings.interval_level),
        note=say("executive.leaving.note", tried=len(rows), chance=settings.drivers.named_below),
        draw=partial(
            plot_intervals, rows.rename(columns={"hazard_ratio": "value"})[["value", "lo", "hi"]], labels, line=1.0, log=True,
            above_is_good=True, sides=(say("churn_drivers.effects.slower"), say("churn_drivers.effects.faster")), sure=rows["is_named"].tolist(),
        ),
        data=rows, contract=DRIVER_EFFECTS,
        look=Look(
            columns=("driver", "owner", "hazard_ratio", "lo", "hi", "exposed", "customers", "clv", "clv_lo", "clv_hi", "grade"), search=False,
            words={"driver": words, "owner": {name: owner_words(name) for name in rows["owner"]},
                   "grade": {grade: say(f"churn_drivers.grade.{grade.lower()}") for grade in GRADES}},
            forms={"customers": "number1"},
        ),
    )  # fmt: skip


def keeping(page: Page, briefing: Briefing) -> Section:
    """V5: expected value over the longest time ahead by yearly retention; says so where no model knows of customers who stop."""
    kicker, settings = say("executive.keeping.kicker"), briefing.params.lifetime_value
    rows = briefing.gains[briefing.gains["kind"] == "points"].sort_values("change", ignore_index=True)
    if rows.empty:
        return page.notes("keeping", kicker=kicker, title=say("lifetime_value.what_if.unknown"), lines=[say("executive.keeping.unknown")], half=True)
    base = float(rows["value"].iloc[0])
    today = pd.DataFrame({"x": [float(rows["retention"].iloc[0])], "y": [base], "lo": [base], "hi": [base]})
    ahead = pd.DataFrame({"x": rows["reached"], "y": base + rows["gain"], "lo": base + rows["lo"], "hi": base + rows["hi"]})
    last = rows.iloc[-1]
    marks = [
        Mark(today["x"].iloc[0], base, say("executive.keeping.today", retention=today["x"].iloc[0]), below=True),
        Mark(ahead["x"].iloc[-1], ahead["y"].iloc[-1], say("executive.keeping.more", points=last["change"] / POINT, gain=last["gain"]), strong=True),
    ]
    return page.figure(
        "keeping", kicker=kicker, title=messages.keeping_title(rows), half=True,
        deck=say("executive.keeping.deck", months=max(settings.horizon_months), level=settings.interval_level),
        note=say("executive.keeping.note"),
        draw=partial(plot_line, pd.concat([today, ahead], ignore_index=True), form="money", x_form="percent", zero=False, marks=marks,
                     x_name=say("executive.keeping.x")),
        data=rows, contract=RETENTION_WHAT_IF,
        look=Look(columns=("change", "reached", "retained", "gain", "lo", "hi", "gain_share", "per_active"), search=False,
                  forms={"change": "number", "retained": "number1"}),
    )  # fmt: skip


def calls(page: Page, briefing: Briefing) -> Section:
    """C1 and C3: whom to call, by risk times value, and what stands out."""
    found, kicker = briefing.calls, say("executive.calls.kicker")
    if found.empty:
        line = say("executive.calls.none_line")
        return page.notes("calls", kicker=kicker, title=say("executive.calls.none"), lines=[line])
    settings = briefing.params.churn
    first = found.head(briefing.params.executive.listed_customers)
    columns = ("customer_name", "region", "sales_rep", "state", "risk", "orders_by_month", "stands_out", "value",
               "value_at_risk")  # fmt: skip
    return page.table(
        "calls", found, CALL_LIST, kicker=kicker,
        title=say("executive.calls.title", customers=len(first), money=first["value"].sum()),
        deck=say("executive.calls.deck", days=settings.horizon_days, months=settings.value_window_months,
                 value=say(f"profit.value.{briefing.risk['value_name'].iloc[0]}")),
        note=say("executive.calls.note"), names=("customer_name",),
        look=Look(
            columns=columns, bars=("risk",), series=("orders_by_month",), limit=len(first),
            words={name: codes.words_of(name, found[name].dropna()) for name in ("state", "stands_out")},
            forms={"risk": "percent", "value": "money", "value_at_risk": "money"},
        ),
    )  # fmt: skip
