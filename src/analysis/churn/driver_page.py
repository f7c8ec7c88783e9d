"""C2 on the page: what goes with a slower return, in money and with its owner; why customers left; and how it was found."""

from __future__ import annotations

from functools import partial

import pandas as pd

from analysis.churn import driver_curves_page, driver_segments_page
from analysis.churn import driver_messages as messages
from analysis.churn.causes import Causes
from analysis.core.contracts.churn_drivers import (
    DRIVER_EFFECTS,
    DRIVER_STRUCTURE,
    EXIT_REASONS_FOUND,
    GRADES,
    REASONS,
    UNKNOWN,
)
from analysis.core.text import Phrase, joined, listed, say
from analysis.draw.bars import plot_bars
from analysis.draw.driver_words import owner_words, words_of
from analysis.draw.intervals import plot_intervals
from analysis.draw.page import Check, Look, Page, Section

GRADE_WORDS = {grade: say(f"churn_drivers.grade.{grade.lower()}") for grade in GRADES}
REASON_WORDS = {reason: say(f"churn_drivers.reason.{reason}") for reason in REASONS}


def sections(page: Page, causes: Causes) -> list[Section]:
    """What the page says of why customers stay away, in reading order."""
    findings = causes.findings
    kicker = say("churn_drivers.kicker")
    if findings.reason:
        lines = [say(f"churn_drivers.without.{findings.reason}"), *_left_out(causes)]
        drawn = [page.notes("drivers", kicker=kicker, title=messages.drivers_title(findings), lines=lines)]
    else:
        drawn = [effects(page, causes), weights(page, causes), *driver_curves_page.sections(page, causes)]
        drawn += [*driver_segments_page.sections(page, causes), models(page, causes)]
        drawn += [] if causes.structure.empty else [structure(page, causes)]
        drawn.append(reading(page, causes))
    return [*drawn, *([] if causes.reasons is None or causes.reasons.empty else [reasons(page, causes)])]


def effects(page: Page, causes: Causes) -> Section:
    """Forest plot: how much slower or faster the next order follows."""
    rows, settings = causes.findings.judged, causes.settings
    return page.figure(
        "drivers", kicker=say("churn_drivers.kicker"), title=messages.drivers_title(causes.findings),
        deck=say("churn_drivers.effects.deck", level=settings.interval_level),
        note=say("churn_drivers.effects.note", tried=len(rows), chance=settings.drivers.named_below),
        draw=partial(
            plot_intervals, rows.rename(columns={"hazard_ratio": "value"})[["value", "lo", "hi"]],
            list(words_of(rows).values()), line=1.0, log=True, above_is_good=True,
            sides=(say("churn_drivers.effects.slower"), say("churn_drivers.effects.faster")), sure=rows["is_named"].tolist(),
        ),
        data=rows, contract=DRIVER_EFFECTS,
        look=Look(columns=("driver", "hazard_ratio", "lo", "hi", "p_value", "holm", "exposed"), words={"driver": words_of(rows)},
                  forms={"p_value": "number3", "holm": "number3"}, search=False),
    )  # fmt: skip


def weights(page: Page, causes: Causes) -> Section:
    """How many customers and how much lifetime value go with each driver of a slower return, and whose it is."""
    rows, settings = causes.findings.judged, causes.settings
    rows = rows[rows["hazard_ratio"] < 1]
    return page.table(
        "driver_weights", rows, DRIVER_EFFECTS, kicker=say("churn_drivers.weights.kicker"), title=weights_title(causes),
        deck=say("churn_drivers.weights.deck", days=settings.horizon_days, level=settings.interval_level),
        note=say("churn_drivers.weights.note", customers=causes.findings.at_risk, months=settings.drivers.silent_months),
        look=Look(
            columns=("driver", "owner", "exposed", "customers", "customers_lo", "customers_hi", "clv", "clv_lo", "clv_hi", "points", "grade"),
            words={"driver": words_of(rows), "owner": {name: owner_words(name) for name in rows["owner"]}, "grade": GRADE_WORDS},
            forms=dict.fromkeys(("customers", "customers_lo", "customers_hi", "points"), "number1"), search=False,
        ),
    )  # fmt: skip


def weights_title(causes: Causes) -> Phrase:
    """All named drivers of a slower return together are not a sum: how many stand out in money."""
    found = messages.slowing(causes.findings.table)
    sure = found[found["clv_lo"] > 0] if found["clv"].notna().any() else found[found["customers_lo"] > 0]
    if sure.empty:
        return say("churn_drivers.weights.nothing")
    owners = dict.fromkeys(map(owner_words, sure["owner"]))  # each once, in the order of the money
    return say("churn_drivers.weights.title", owners=listed(list(owners)), drivers=len(sure))


def models(page: Page, causes: Causes) -> Section:
    """For analysts: the same drivers asked in other ways."""
    rows = causes.findings.judged
    return page.table(
        "driver_models", rows, DRIVER_EFFECTS, kicker=say("churn_drivers.models.kicker"), title=say("churn_drivers.models.title"),
        deck=say("churn_drivers.models.deck", days=causes.settings.horizon_days, level=causes.settings.interval_level),
        note=say("churn_drivers.models.note", months=causes.settings.drivers.memory_months),
        look=Look(
            columns=("driver", "hazard_ratio", "lo", "hi", "within_ratio", "within_lo", "within_hi", "placebo_p", "points", "points_lo",
                     "points_hi", "points_knowing_silence"),
            words={"driver": words_of(rows)}, forms={"placebo_p": "number3"}, search=False,
        ),
    )  # fmt: skip


def structure(page: Page, causes: Causes) -> Section:
    """For analysts: buying less often and leaving told apart."""
    rows = causes.structure
    known = {name: messages.term_words(name) for name in rows["term"]}
    return page.table(
        "driver_structure", rows, DRIVER_STRUCTURE, kicker=say("churn_drivers.structure.kicker"), title=structure_title(rows),
        deck=say("churn_drivers.structure.deck", level=causes.settings.interval_level), note=say("churn_drivers.structure.note"),
        look=Look(words={"term": known}, search=False),
    )  # fmt: skip


def structure_title(rows: pd.DataFrame) -> Phrase:
    """Which of what the first order told goes surely with leaving."""
    sure = rows[(rows["stop_odds_lo"] > 1) | (rows["stop_odds_hi"] < 1)]
    if sure.empty:
        return say("churn_drivers.structure.nothing")
    top = sure.loc[(sure["stop_odds"].map(lambda odds: max(odds, 1 / odds))).idxmax()]
    side = "sooner" if top["stop_odds"] > 1 else "later"
    return say(f"churn_drivers.structure.{side}", term=messages.term_words(top["term"]), odds=top["stop_odds"])


def reasons(page: Page, causes: Causes) -> Section:
    """What was written down of those who left."""
    assert causes.reasons is not None
    rows = causes.reasons.sort_values(["customers", "reason"], ascending=[False, True], ignore_index=True)
    named = rows[rows["reason"] != UNKNOWN]
    unknown = int(rows.loc[rows["reason"] == UNKNOWN, "customers"].sum())
    return page.figure(
        "exit_reasons", kicker=say("churn_drivers.reasons.kicker"), title=messages.reasons_title(rows),
        deck=say("churn_drivers.reasons.deck", level=causes.settings.interval_level),
        note=say("churn_drivers.reasons.note", unknown=unknown),
        draw=partial(
            plot_bars, named["customers"], [REASON_WORDS[reason] for reason in named["reason"]], strong=[0],
            texts=[say("churn_drivers.reasons.bar", customers=row.customers, share=row.share, revenue=row.revenue) for row in named.itertuples(index=False)],
        ),
        data=rows, contract=EXIT_REASONS_FOUND, look=Look(words={"reason": REASON_WORDS}, search=False),
    )  # fmt: skip


def reading(page: Page, causes: Causes) -> Section:
    """What the models ask, what they hold alike, and what was left out."""
    settings = causes.settings
    lines = [
        say("churn_drivers.reading.associated"), say("churn_drivers.reading.alike", months=settings.drivers.memory_months),
        say("churn_drivers.reading.grades"), say("churn_drivers.reading.unseen"), say("churn_drivers.reading.counted"), *_left_out(causes),
    ]  # fmt: skip
    table = causes.findings.table
    if table.loc[table["driver"] == "unsatisfied", "hazard_ratio"].notna().any():
        lines.insert(2, say("churn_drivers.reading.answered", months=settings.drivers.answers_months))
    if causes.drawn < 1:
        lines.append(say("churn_drivers.reading.drawn", share=causes.drawn))
    return page.notes("driver_reading", kicker=say("churn_drivers.reading.kicker"), title=say("churn_drivers.reading.title"), lines=lines)


def checks(causes: Causes) -> list[Check]:
    """What must hold between the numbers."""
    rows = causes.findings.judged
    inside = rows["hazard_ratio"].between(rows["lo"], rows["hi"]) & rows["customers"].between(rows["customers_lo"], rows["customers_hi"])
    return [Check(say("churn_drivers.check.inside"), bool(inside.all()))]


def _left_out(causes: Causes) -> list[Phrase]:
    """Drivers that could not be judged, by reason."""
    rows = causes.findings.table
    out = rows[rows["reason"].notna()]
    lines = []
    for reason, group in out.groupby("reason", sort=True):
        if reason == "absent":
            parts = [say("churn_drivers.left_out.needs", driver=say(f"churn_drivers.short.{name}"), needs=messages.NEEDS[name]) for name in group["driver"]]
        else:
            parts = [say(f"churn_drivers.short.{name}") for name in group["driver"]]
        lines.append(joined([say(f"churn_drivers.left_out.{reason}"), listed(parts)]))
    return lines
