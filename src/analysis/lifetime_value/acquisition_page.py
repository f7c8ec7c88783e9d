"""V6 on the page: what new customers are worth, what winning one may cost, and what it does cost on average."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from analysis.core.contracts.lifetime_value_new_customers import (
    ACQUISITION_COSTS,
    NEW_CUSTOMER_COHORTS,
    NEW_CUSTOMER_VALUES,
)
from analysis.core.text import Phrase, joined, quoted, say
from analysis.draw.line import plot_line
from analysis.draw.matrix import plot_matrix
from analysis.draw.page import Look, Page, Section
from analysis.lifetime_value.cohorts import change_of_value
from analysis.lifetime_value.messages import value_words
from analysis.lifetime_value.outlook import Outlook
from analysis.lifetime_value.outlook_figures import gains

COST_COLUMNS = (
    "ends_on", "acquisition_spend", "won", "cost_per_won", "retention_spend", "kept", "before", "cost_per_kept", "ratio", "lo",
    "hi", "value_to_cost", "equity_added", "payback_months",
)  # fmt: skip
COST_FORMS = {"ratio": "number1", "lo": "number1", "hi": "number1", "value_to_cost": "number1", "payback_months": "number"}


def sections(page: Page, outlook: Outlook) -> list[Section]:
    """New customers by cohort, the ceiling of what one may cost, and what it costs where spend is on record."""
    return [new_cohorts(page, outlook), ceilings(page, outlook), costs(page, outlook)]


def new_cohorts(page: Page, outlook: Outlook) -> Section:
    """Heat map: value per customer by quarter or year of the first order and by age; the model's expectation below."""
    cohorts = outlook.cohorts
    known = cohorts[cohorts["value"].notna()]
    kicker = say("lifetime_value.cohorts.kicker")
    if known.empty:
        return page.notes("new_cohorts", kicker=kicker, title=say("lifetime_value.cohorts.none"), lines=[_cohorts_note(outlook)])
    matrix = known.pivot(index="cohort", columns="age_months", values="value")
    names = [_cohort_words(cohorts, name) for name in matrix.index]
    expected = cohorts.groupby("age_months")["expected"].first().reindex(matrix.columns)
    if expected.notna().any():
        matrix = pd.concat([matrix, expected.to_frame("expected").T])
        names.append(say("lifetime_value.cohorts.expected"))
    return page.figure(
        "new_cohorts", kicker=kicker, title=cohorts_title(outlook),
        deck=say("lifetime_value.cohorts.deck", value_name=value_words(outlook.value_name)), note=_cohorts_note(outlook),
        draw=partial(
            plot_matrix, matrix, names, [say("lifetime_value.cohorts.age", months=months) for months in matrix], form="money",
            row_name=say("lifetime_value.cohorts.rows"), column_name=say("lifetime_value.cohorts.columns"),
        ),
        data=cohorts, contract=NEW_CUSTOMER_COHORTS, look=Look(forms={"orders": "number1"}, search=False),
    )  # fmt: skip


def ceilings(page: Page, outlook: Outlook) -> Section:
    """What winning a customer may cost, and what a point of retention may: ceilings that need no record of spend."""
    return page.table(
        "ceilings", outlook.new_values, NEW_CUSTOMER_VALUES, kicker=say("lifetime_value.ceilings.kicker"),
        title=ceilings_title(outlook),
        deck=say("lifetime_value.ceilings.deck", rate=outlook.settings.discount_rate_yearly, level=outlook.settings.interval_level),
        note=joined([*_retention_ceiling(outlook), say("lifetime_value.ceilings.note")]),
        look=Look(columns=("horizon_months", "value", "lo", "hi", "level", "measured", "measured_customers"), search=False),
    )  # fmt: skip


def costs(page: Page, outlook: Outlook) -> Section:
    """The ratio of average costs over the years, with the claims; the rule that it decides nothing."""
    kicker, known = say("lifetime_value.costs.kicker"), _with_ratio(outlook)
    if known.empty:
        why = "short" if outlook.has_spend else "missing"
        return page.notes("costs", kicker=kicker, title=say("lifetime_value.costs.none"),
                          lines=[say(f"lifetime_value.costs.{why}"), say("lifetime_value.costs.rule")])  # fmt: skip
    shared = {
        "kicker": kicker, "title": costs_title(outlook), "note": joined([_cost_note(outlook), say("lifetime_value.costs.rule")]),
        "deck": say("lifetime_value.costs.deck", level=outlook.settings.interval_level),
    }  # fmt: skip
    look = Look(columns=COST_COLUMNS, forms=COST_FORMS, search=False)
    if len(known) == 1:
        return page.table("costs", known, ACQUISITION_COSTS, look=look, **shared)
    line = known.rename(columns={"ends_on": "x", "ratio": "y"})[["x", "y", "lo", "hi"]].reset_index(drop=True)
    return page.figure(
        "costs", draw=partial(plot_line, line, form="number", y_name=say("lifetime_value.costs.y"), ranges=_claims(outlook)),
        data=known, contract=ACQUISITION_COSTS, look=look, **shared,
    )  # fmt: skip


def cohorts_title(outlook: Outlook) -> Phrase:
    """Whether the newest customers are worth less or more than the new ones before them."""
    change = change_of_value(outlook.cohorts, outlook.settings)
    if change is None:
        return say("lifetime_value.cohorts.too_few")
    return say(f"lifetime_value.cohorts.{change.direction}", cohort=quoted(change.cohort), months=change.age_months,
               last=change.last, before=change.before)  # fmt: skip


def ceilings_title(outlook: Outlook) -> Phrase:
    """The ceiling over the longest time ahead, or what new customers have brought where no model expects anything."""
    rows = outlook.new_values
    known = rows[rows["value"].notna()]
    if len(known):
        return say("lifetime_value.ceilings.title", value=known["value"].iloc[-1], months=known["horizon_months"].iloc[-1])
    measured = rows[rows["measured"].notna()]
    if len(measured):
        return say("lifetime_value.ceilings.measured", value=measured["measured"].iloc[-1], months=measured["horizon_months"].iloc[-1])
    return say("lifetime_value.ceilings.none")


def costs_title(outlook: Outlook) -> Phrase:
    """The latest ratio and how many of the claims its interval touches."""
    last = _with_ratio(outlook).iloc[-1]
    claims = outlook.settings.acquisition.claimed_ratios
    met = sum(claim.low <= last["hi"] and claim.high >= last["lo"] for claim in claims)
    values = {"ratio": last["ratio"], "claims": len(claims)}
    return say("lifetime_value.costs.title", met=met, **values) if met else say("lifetime_value.costs.outside", **values)


def _with_ratio(outlook: Outlook) -> pd.DataFrame:
    costs = outlook.costs
    return costs[costs["ratio"].notna() & np.isfinite(costs["hi"])] if len(costs) else costs


def _claims(outlook: Outlook) -> list[tuple[float, float, Phrase]]:
    return [
        (claim.low, claim.high, say("lifetime_value.costs.one", low=claim.low) if claim.low == claim.high
         else say("lifetime_value.costs.range", low=claim.low, high=claim.high))
        for claim in outlook.settings.acquisition.claimed_ratios
    ]  # fmt: skip


def _cost_note(outlook: Outlook) -> Phrase:
    """Costs of the latest year, value over cost and payback."""
    last = _with_ratio(outlook).iloc[-1]
    said = [say("lifetime_value.costs.latest", last=last["ends_on"], won=int(last["won"]), win=last["cost_per_won"],
                kept=int(last["kept"]), keep=last["cost_per_kept"])]  # fmt: skip
    if pd.notna(last["value_to_cost"]):
        said.append(say("lifetime_value.costs.value", months=max(outlook.settings.horizon_months), times=last["value_to_cost"],
                        added=last["equity_added"]))  # fmt: skip
        said.append(
            say("lifetime_value.costs.never", months=outlook.settings.what_if.long_run_months) if pd.isna(last["payback_months"])
            else say("lifetime_value.costs.payback", months=last["payback_months"])
        )  # fmt: skip
    return joined(said)


def _cohorts_note(outlook: Outlook) -> Phrase:
    asked = outlook.settings.acquisition
    said = [say("lifetime_value.cohorts.note", months=asked.new_after_months, fewest=asked.min_cohort_customers,
                level=outlook.settings.interval_level)]  # fmt: skip
    if outlook.cohorts["expected"].isna().all():
        said.append(say("lifetime_value.cohorts.unexpected"))
    return joined(said)


def _cohort_words(cohorts: pd.DataFrame, name: str) -> Phrase:
    row = cohorts[cohorts["cohort"] == name].iloc[0]
    kind = "new" if row["is_new"] else "old"
    return say(f"lifetime_value.cohorts.{kind}", cohort=quoted(name), customers=int(row["customers"]))


def _retention_ceiling(outlook: Outlook) -> list[Phrase]:
    """What a point of retention may cost for each customer; nothing where the fitted model cannot say."""
    if outlook.what_if.unknown or not outlook.settings.what_if.points:
        return []
    months = max(outlook.settings.horizon_months)
    row = gains(outlook, kind="points", change=outlook.what_if.scenarios["change"].iloc[0], months=months)
    return [say("lifetime_value.ceilings.retention", change=say("lifetime_value.change.points", change=row["change"]),
                per=row["per_active"], months=months)]  # fmt: skip
