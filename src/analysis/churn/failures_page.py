"""Failures on the page: how often, whether it gets worse, promises by tier, and who is failed again and again."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from analysis.churn.failures import Failures
from analysis.core.contracts.churn_failures import (
    ALL,
    FAILING_CUSTOMERS,
    FAILURE_MONTHS,
    FAILURE_RATES,
    PROMISE_BREACHES,
    PROMISES,
    SERVICE_LEVELS,
    TYPES,
)
from analysis.core.text import Phrase, joined, say
from analysis.draw.axis import Mark
from analysis.draw.intervals import plot_intervals
from analysis.draw.line import plot_line
from analysis.draw.page import Look, Page, Section

TYPE_WORDS = {name: say(f"churn.fail_type.{name}") for name in (*TYPES, ALL)}
RATES = dict.fromkeys(("rate", "usual", "lo", "hi"), "number1")


def sections(page: Page, failures: Failures) -> list[Section]:
    """What the page says of failures, in reading order."""
    if failures.tickets is None:
        return [absent(page, failures)]
    found = [rates(page, failures), control(page, failures), levels(page, failures), breaches(page, failures), again(page, failures)]
    return [section for section in found if section is not None]


def absent(page: Page, failures: Failures) -> Section:
    """What is missing, and what stands in for it."""
    share, low, high, n = failures.returned
    lines = [say("churn.fail.needs"), *late_lines(failures)]
    if n:
        lines.append(say("churn.fail.returned", n=n, share=share, lo=low, hi=high, level=failures.level, since=failures.since))
    return page.notes("failures", kicker=say("churn.fail.kicker"), title=say("churn.fail.none"), lines=lines)


def late_lines(failures: Failures) -> list[Phrase]:
    """How many orders came late, complained of or not; nothing where the data does not tell deliveries."""
    share, low, high, n = failures.late
    months = failures.settings.window_months
    return [say("churn.fail.late", n=n, months=months, share=share, lo=low, hi=high, level=failures.level)] if n else []


def rates(page: Page, failures: Failures) -> Section | None:
    """Failures per 100 orders by type; nothing without orders in the window."""
    rows = failures[FAILURE_RATES].sort_values(["rate", "type"], ascending=[False, True])
    together = rows.set_index("type").loc[ALL]
    if not together["orders"]:
        return None
    shown = rows[rows["type"] != ALL]
    labels = [say("churn.fail.label", type=TYPE_WORDS[one.type], tickets=one.tickets) for one in shown.itertuples()]
    return page.figure(
        "failures", kicker=say("churn.fail.kicker"), title=rates_title(rows),
        deck=say("churn.fail.deck", since=failures.since, level=failures.level, tickets=int(together["tickets"]), orders=int(together["orders"])),
        note=joined(late_lines(failures) or [say("churn.fail.note")]),
        draw=partial(plot_intervals, shown.rename(columns={"rate": "value"})[["value", "lo", "hi"]], labels, form="number1"),
        data=rows, contract=FAILURE_RATES, look=Look(words={"type": TYPE_WORDS}, search=False, forms=RATES),
    )  # fmt: skip


def rates_title(rows: pd.DataFrame) -> Phrase:
    """How many orders bring a complaint, and which is the most frequent."""
    by_type = rows.set_index("type")["rate"]
    if not by_type[ALL]:
        return say("churn.fail.quiet")
    first = by_type.drop(ALL).sort_index().idxmax()
    return say("churn.fail.title", all=by_type[ALL], type=TYPE_WORDS[first], rate=by_type[first])


def control(page: Page, failures: Failures) -> Section | None:
    """Complaints by month with the limits of chance; nothing for a single month."""
    rows = failures[FAILURE_MONTHS]
    line = rows[(rows["type"] == ALL) & rows["rate"].notna()].sort_values("month")
    if len(line) < 2:  # no line through one point
        return None
    marks = tuple(
        Mark(one.month, one.rate, say("churn.share_of.number", value=one.rate), strong=True) for one in line[line["is_unusual"]].itertuples()
    )
    return page.figure(
        "failure_months", kicker=say("churn.control.kicker"), title=control_title(rows),
        deck=say("churn.control.deck", level=failures.settings.control_level), note=say("churn.control.note"),
        draw=partial(plot_line, line.rename(columns={"month": "x", "rate": "y"})[["x", "y", "lo", "hi"]], form="number",
                     y_name=say("churn.control.y"), marks=marks),
        data=rows.sort_values(["month", "type"], ascending=[False, True]), contract=FAILURE_MONTHS,
        look=Look(words={"type": TYPE_WORDS}, search=False, forms=RATES),
    )  # fmt: skip


def control_title(rows: pd.DataFrame) -> Phrase:
    """Which months stand out, or which type's."""
    unusual = rows[rows["is_unusual"].astype(bool)].sort_values("month")
    whole = unusual[unusual["type"] == ALL]
    if unusual.empty:
        return say("churn.control.steady")
    if whole.empty:
        counts = unusual["type"].value_counts().sort_index()
        return say("churn.control.types", type=TYPE_WORDS[counts.idxmax()], months=int(counts.max()))
    last = whole.iloc[-1]
    values = {"month": last["month"], "rate": last["rate"], "usual": last["usual"]}
    return say("churn.control.one", **values) if len(whole) == 1 else say("churn.control.many", months=len(whole), **values)


def tier_words(failures: Failures) -> dict[str, Phrase]:
    """The words for all customers and for every tier of the run."""
    names = [*failures.tiers, *failures.worth["tier"].dropna().unique()]
    return {ALL: say("churn.promise.all"), **{name: say(f"segment.tier.{name}") for name in names}}


def levels(page: Page, failures: Failures) -> Section:
    """How often the promised answer came in time, by tier."""
    kicker, hours = say("churn.promise.kicker"), failures.settings.response_hours[-1]
    table = failures[SERVICE_LEVELS]
    rows = table[(table["promise"] == PROMISES[0]) & (table["hours"] == hours) & table["kept"].notna()]
    if rows.empty:
        return page.notes("promises", kicker=kicker, title=say("churn.promise.none"), lines=[say("churn.fail.needs")])
    words = tier_words(failures)
    labels = [say("churn.promise.label", tier=words[one.tier], decided=one.decided) for one in rows.itertuples()]
    return page.figure(
        "promises", kicker=kicker, title=levels_title(rows, failures),
        deck=say("churn.promise.deck", hours=hours, since=failures.since, level=failures.level), note=say("churn.promise.note"),
        draw=partial(plot_intervals, rows.rename(columns={"kept": "value"})[["value", "lo", "hi"]], labels, form="percent"),
        data=table, contract=SERVICE_LEVELS,
        look=Look(words={"tier": words, "promise": {one: say(f"churn.promise.{one}") for one in PROMISES}}, search=False,
                  forms={"hours": "number", "median_hours": "number1", "slow_hours": "number1"}),
    )  # fmt: skip


def levels_title(rows: pd.DataFrame, failures: Failures) -> Phrase:
    """Whether the highest tier is served better than all customers, as far as the interval tells."""
    by_tier, hours = rows.set_index("tier"), failures.settings.response_hours[-1]
    whole = by_tier.loc[ALL]
    if not failures.tiers or failures.tiers[0] not in by_tier.index:
        return say("churn.promise.plain", all=whole["kept"], hours=hours)
    top = by_tier.loc[failures.tiers[0]]
    side = "worse" if top["hi"] < whole["kept"] else "better" if top["lo"] > whole["kept"] else "alike"
    return say(f"churn.promise.{side}", top=tier_words(failures)[failures.tiers[0]], kept=top["kept"], all=whole["kept"], hours=hours)


def breaches(page: Page, failures: Failures) -> Section | None:
    """Every ticket of the highest tier that waited for too long, by name; nothing without tiers or hours."""
    if not failures.tiers or failures[SERVICE_LEVELS].empty:
        return None
    kicker, top, hours = say("churn.breach.kicker"), tier_words(failures)[failures.tiers[0]], failures.settings.response_hours[-1]
    rows = failures[PROMISE_BREACHES].sort_values(["opened_at", "file_no", "row_no"], ascending=[False, True, True])
    if rows.empty:
        lines = [say("churn.breach.none_note", hours=hours, since=failures.since)]
        return page.notes("breaches", kicker=kicker, title=say("churn.breach.none", top=top), lines=lines)
    return page.table(
        "breaches", rows, PROMISE_BREACHES, kicker=kicker,
        title=say("churn.breach.title", tickets=len(rows), top=top, customers=rows["customer_id"].nunique()),
        deck=say("churn.breach.deck", since=failures.since, hours=hours, level=failures.level),
        look=Look(columns=("customer_name", "sales_rep", "opened_at", "type", "severity", "response_hours", "clv", "clv_lo", "clv_hi"),
                  words={"type": TYPE_WORDS}, forms={"response_hours": "number1"}, limit=failures.settings.listed_customers),
        names=("customer_name",),
    )  # fmt: skip


def again(page: Page, failures: Failures) -> Section:
    """Who was failed several times lately, and how often a failure comes again."""
    settings, kicker = failures.settings, say("churn.again.kicker")
    rows = failures[FAILING_CUSTOMERS].sort_values(["clv", "failures", "customer_id"], ascending=[False, False, True])
    values = {"failures": settings.often_failures, "days": settings.often_days}
    lines = again_lines(failures)
    if rows.empty:
        return page.notes("again", kicker=kicker, title=say("churn.again.none", **values), lines=lines or late_lines(failures) or [say("churn.fail.note")])
    return page.table(
        "again", rows, FAILING_CUSTOMERS, kicker=kicker, title=say("churn.again.title", customers=len(rows), **values),
        deck=say("churn.again.deck", level=failures.level), note=joined(lines) if lines else None,
        look=Look(columns=("customer_name", "sales_rep", "tier", "failures", "answered_late", "still_open", "worst", "last_opened_on",
                           "clv", "clv_lo", "clv_hi"),
                  words={"tier": tier_words(failures)}, limit=settings.listed_customers),
        names=("customer_name",),
    )  # fmt: skip


def again_lines(failures: Failures) -> list[Phrase]:
    """How often failures were followed by others, and how often they were answered too late."""
    known = failures.repeats[failures.repeats["share"].notna()]
    lines = [
        say("churn.again.followed", n=int(one.failures), share=one.share, lo=one.lo, hi=one.hi, days=one.within_days, level=failures.level)
        for one in known.itertuples()
    ]
    if not np.isnan(failures.double):
        lines.append(say("churn.again.double", share=failures.double))
    return lines
