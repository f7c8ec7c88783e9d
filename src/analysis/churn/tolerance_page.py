"""Tolerance on the page: who stays after a failure, what softens it, whether it is retention, and whom not to fail next."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from analysis.churn.failures import Failures
from analysis.churn.failures_page import tier_words
from analysis.churn.tolerance import Tolerance
from analysis.core.contracts.churn_failures import (
    CARE_CUSTOMERS,
    CUSHIONS,
    GROUPINGS,
    TOLERANCE_CUSHIONS,
    TOLERANCES,
)
from analysis.core.text import Phrase, listed, say
from analysis.draw.intervals import plot_intervals
from analysis.draw.page import Look, Page, Section

DRAWN = ("all", "severity", "gap")
ENDS = ["value", "lo", "hi"]


def sections(page: Page, failures: Failures, tolerance: Tolerance) -> list[Section]:
    """What the page says of tolerance, in reading order."""
    if tolerance.reason:
        return [absent(page, tolerance)]
    found = [by_class(page, tolerance), softened(page, failures, tolerance), equation(page, tolerance), care(page, failures, tolerance)]
    return [section for section in found if section is not None]


def absent(page: Page, tolerance: Tolerance) -> Section:
    """Why nothing is told."""
    line = (
        say("churn.tolerance.no_tickets") if tolerance.reason == "no_tickets"
        else say("churn.tolerance.few_incidents", n=len(tolerance.incidents), needed=tolerance.settings.min_incidents)
    )  # fmt: skip
    kicker = say("churn.tolerance.kicker")
    return page.notes("tolerance", kicker=kicker, title=say("churn.untested.title", what=kicker), lines=[line])


def by_class(page: Page, tolerance: Tolerance) -> Section:
    """T of all incidents, by severity and by the customers' rhythm."""
    rows = pd.concat([tolerance.classes(name) for name in DRAWN], ignore_index=True)
    shown = rows.rename(columns={"tolerance": "value"})[ENDS]
    return page.figure(
        "tolerance", kicker=say("churn.tolerance.kicker"), title=tolerance_title(tolerance.classes("all").iloc[0]),
        deck=say("churn.tolerance.deck", days=tolerance.settings.stay_days, level=tolerance.level), note=say("churn.tolerance.note"),
        draw=partial(plot_intervals, shown, [label(one) for one in rows.itertuples()], form="percent1", line=1.0,
                     sides=(say("churn.tolerance.fewer"), say("churn.tolerance.more")), above_is_good=True),
        data=tolerance[TOLERANCES], contract=TOLERANCES,
        look=Look(words={"grouping": {name: say(f"churn.grouping.{name}") for name in GROUPINGS}}, search=False,
                  forms={"from_value": "number", "to_value": "number"}),
    )  # fmt: skip


def tolerance_title(together: pd.Series) -> Phrase:
    """Whether incidents cost customers, as far as the interval tells."""
    side = "hurts" if together["hi"] < 1 else "gains" if together["lo"] > 1 else "unclear"
    return say(f"churn.tolerance.{side}", tolerance=together["tolerance"], lo=together["lo"], hi=together["hi"])


def label(one: Any) -> Phrase:
    """The name of a class with its number of incidents."""
    if one.grouping == "all":
        return say("churn.tolerance.label_all", n=one.incidents)
    if one.grouping == "severity" and one.from_value == one.to_value:
        return say("churn.tolerance.label_severity", from_value=one.from_value, n=one.incidents)
    if pd.isna(one.from_value):
        return say("churn.tolerance.label_single", n=one.incidents)
    key = "label_severe" if one.grouping == "severity" else "label_gap"
    return say(f"churn.tolerance.{key}", from_value=one.from_value, to_value=one.to_value, n=one.incidents)


def cushion_words(failures: Failures, tolerance: Tolerance) -> dict[str, Phrase]:
    """What softens, in words."""
    return {
        "orders": say("churn.cushion.orders"), "recent": say("churn.cushion.recent", days=tolerance.settings.apart_days),
        "fix": say("churn.cushion.fix", hours=failures.settings.response_hours[-1]),
    }  # fmt: skip


def softened(page: Page, failures: Failures, tolerance: Tolerance) -> Section | None:
    """What softens an incident; nothing where no two classes can be compared."""
    rows = tolerance[TOLERANCE_CUSHIONS].sort_values("cushion", key=lambda names: names.map(CUSHIONS.index))
    if rows.empty:
        return None
    words = cushion_words(failures, tolerance)
    clear = [words[name] for name in rows.loc[rows["lo"] > 1, "cushion"]]
    labels = [say("churn.cushion.label", what=words[one.cushion], with_it=one.with_it, all=one.with_it + one.without_it) for one in rows.itertuples()]
    return page.figure(
        "cushions", kicker=say("churn.cushion.kicker"),
        title=say("churn.cushion.title", what=listed(clear)) if clear else say("churn.cushion.none"),
        deck=say("churn.cushion.deck", level=tolerance.level), note=say("churn.cushion.note"),
        draw=partial(plot_intervals, rows.rename(columns={"ratio": "value"})[ENDS], labels, form="number2", line=1.0,
                     sides=(say("churn.cushion.sharpens"), say("churn.cushion.softens")), above_is_good=True),
        data=rows, contract=TOLERANCE_CUSHIONS,
        look=Look(words={"cushion": words}, search=False, forms=dict.fromkeys(("ratio", "lo", "hi"), "number2")),
    )  # fmt: skip


def equation(page: Page, tolerance: Tolerance) -> Section | None:
    """The test of "tolerance = retention" in one sentence."""
    if tolerance.tests is None:
        return None
    nothing, same = tolerance.tests
    level = tolerance.settings.test_level
    key = "nothing" if nothing.p_value >= level else "same" if same.p_value >= level else "adds"
    line = say("churn.equation.line", groups=nothing.df, nothing=nothing.p_value, same=same.p_value, level=level)
    return page.notes("equation", kicker=say("churn.equation.kicker"), title=say(f"churn.equation.{key}"), lines=[line])


def care(page: Page, failures: Failures, tolerance: Tolerance) -> Section:
    """Whom one more incident would cost most."""
    kicker, settings = say("churn.care.kicker"), tolerance.settings
    rows = tolerance[CARE_CUSTOMERS].sort_values(["at_stake", "customer_id"], ascending=[False, True])
    if rows.empty:
        return page.notes("care", kicker=kicker, title=say("churn.care.none"), lines=[say("churn.care.note", days=settings.apart_days)])
    sure = rows[rows["hi"] < 1]
    top = (sure if len(sure) else rows).head(settings.listed_customers)
    title = (
        say("churn.care.sure", customers=len(top), value=top["at_stake"].sum(), lo=top["at_stake_lo"].sum(), hi=top["at_stake_hi"].sum())
        if len(sure)
        else say("churn.care.unsure", customers=len(top))
    )  # fmt: skip
    months = int(failures.worth["clv_months"].dropna().iloc[0])
    return page.table(
        "care", top, CARE_CUSTOMERS, kicker=kicker, title=title, deck=say("churn.care.deck", months=months, level=tolerance.level),
        note=say("churn.care.note", days=settings.apart_days),
        look=Look(columns=("customer_name", "sales_rep", "tier", "recent_failures", "tolerance", "lo", "hi", "clv", "at_stake", "at_stake_lo", "at_stake_hi"),
                  words={"tier": tier_words(failures)}),
        names=("customer_name",),
    )  # fmt: skip
