"""X2 on the page: what is often said, what is so here, and whether the two agree."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.core.contracts.executive import CLAIMS, VERDICTS
from analysis.core.contracts.schema import Column, Table, Words
from analysis.core.text import Phrase, joined, say
from analysis.draw.html import needs_in_words
from analysis.draw.page import Look, Page, Section
from analysis.executive.briefing import Briefing

SHOWN = Table(
    "claims", "one claim beside the number of this data", ("claim",),
    (
        CLAIMS.by_name["claim"], Column("here", "text", Words("Here", "本公司"), "The same number of this data, with its interval."),
        CLAIMS.by_name["verdict"], Column("why", "text", Words("Based on", "依据"), "How the number came about, or what it needs."),
    ),
)  # fmt: skip
FORMS = {"cost": "times", "kept": "at_most"}  # all other numbers are shares


def claims(page: Page, briefing: Briefing, found: pd.DataFrame) -> Section:
    """X2: every claim with the number of this data, its interval and the verdict.

    Parameters
    ----------
    found : the table ``claims``.
    """
    rows = found.sort_values("position", ignore_index=True)
    shown = pd.DataFrame({"claim": rows["claim"], "here": rows["claim"], "verdict": rows["verdict"], "why": rows["claim"]})
    by_claim = {row.claim: row for row in rows.itertuples(index=False)}
    return page.table(
        "claims", shown, SHOWN, kicker=say("executive.claims.kicker"), title=title(rows),
        deck=say("executive.claims.deck", level=briefing.params.lifetime_value.interval_level),
        note=joined([say("executive.claims.note", slack=briefing.params.executive.claim_tolerance), say("executive.claims.kept_note")]),
        look=Look(
            words={
                "claim": {name: said(row) for name, row in by_claim.items()}, "here": {name: here(row) for name, row in by_claim.items()},
                "verdict": {name: say(f"executive.verdict.{name}") for name in VERDICTS},
                "why": {name: _why(row) for name, row in by_claim.items()},
            },
            search=False,
        ),
    )  # fmt: skip


def title(rows: pd.DataFrame) -> Phrase:
    """How many of the claims that this data can test hold."""
    counts = rows["verdict"].value_counts()
    if not counts.get("in_line", 0) and not counts.get("different", 0):
        return say("executive.claims.untested", claims=len(rows))
    return say("executive.claims.title", claims=len(rows), held=int(counts.get("in_line", 0)), different=int(counts.get("different", 0)))


def said(row: Any) -> Phrase:
    """The claim in one sentence, with the numbers that are said."""
    values = {"low": row.said_low} | ({} if pd.isna(row.of) else {"of": row.of})
    if row.kind in ("cost", "gain_points", "gain_relative", "few_keys"):
        values["high"] = row.said_high
    if row.kind == "cost" and row.said_low == row.said_high:
        return say("executive.claim.cost_one", low=row.said_low)
    if row.kind == "few_keys":
        values.pop("low")
    return say(f"executive.claim.{row.kind}", **values)


def here(row: Any) -> Phrase:
    """Our number with its interval; nothing is shown as a number where there is none."""
    if pd.isna(row.value):
        return say("executive.here.nothing")
    form = FORMS.get(row.kind, "share")
    if form == "at_most":
        return say("executive.here.at_most", hi=row.hi)
    if row.lo == row.hi:
        return say(f"executive.here.{form}_counted", value=row.value)
    return say(f"executive.here.{form}", value=row.value, lo=row.lo, hi=row.hi)


def _why(row: Any) -> Phrase:
    if pd.notna(row.needs):
        return say("page.status.needs", needs=needs_in_words(row.needs))
    is_of_revenue = row.kind == "concentration" and row.status == "proxy"
    return say("executive.basis.revenue" if is_of_revenue else f"executive.basis.{row.status}")
