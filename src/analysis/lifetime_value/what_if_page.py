"""V5 on the page: what better retention brings, beside the claim and beside constant retention."""

from __future__ import annotations

from functools import partial

import pandas as pd

from analysis.core.contracts.lifetime_value_what_if import (
    KINDS,
    RETENTION_REFERENCE,
    RETENTION_WHAT_IF,
    VERDICTS,
)
from analysis.core.text import Phrase, joined, say
from analysis.draw.intervals import plot_intervals
from analysis.draw.matrix import plot_matrix
from analysis.draw.page import Look, Page, Section
from analysis.lifetime_value.outlook import Outlook
from analysis.models.constant_retention import retention_elasticity

WORDS = {
    "kind": {kind: say(f"lifetime_value.kind.{kind}") for kind in KINDS},
    "verdict": {verdict: say(f"lifetime_value.verdict.{verdict}") for verdict in VERDICTS},
}


def sections(page: Page, outlook: Outlook) -> list[Section]:
    """What each change brings, where the fitted model can say, and the arithmetic of constant retention."""
    if outlook.what_if.unknown:
        return [_unknown(page, outlook), retention_map(page, outlook)]
    return [what_if(page, outlook), break_even(page, outlook), retention_map(page, outlook)]


def what_if(page: Page, outlook: Outlook) -> Section:
    """Gain of every change over the stage's longest time ahead, with its interval."""
    settings, answers = outlook.settings, outlook.what_if
    months = max(settings.horizon_months)
    shown = _discounted(outlook).query("horizon_months == @months").reset_index(drop=True)
    return page.figure(
        "what_if", kicker=say("lifetime_value.what_if.kicker"), title=what_if_title(outlook),
        deck=say("lifetime_value.what_if.deck", months=months, rate=settings.discount_rate_yearly, level=settings.interval_level),
        note=joined([_base_note(outlook), _reasons_note(outlook), say("lifetime_value.what_if.limits")]),
        draw=partial(
            plot_intervals, shown[["gain", "lo", "hi"]].set_axis(["value", "lo", "hi"], axis=1),
            [change_words(row.kind, row.change) for row in shown.itertuples(index=False)], form="money", line=0.0, above_is_good=True,
        ),
        data=answers.scenarios, contract=RETENTION_WHAT_IF, look=Look(words=WORDS, forms=_FORMS, search=False),
    )  # fmt: skip


def break_even(page: Page, outlook: Outlook) -> Section:
    """What each change may cost, for a customer of the base and for one that is kept, over each time ahead."""
    return page.table(
        "break_even", _discounted(outlook), RETENTION_WHAT_IF, kicker=say("lifetime_value.break_even.kicker"),
        title=_break_even_title(outlook),
        deck=say("lifetime_value.break_even.deck", rate=outlook.settings.discount_rate_yearly),
        note=say("lifetime_value.break_even.note", long=outlook.settings.what_if.long_run_months,
                 low=outlook.settings.what_if.claim.low, high=outlook.settings.what_if.claim.high),
        look=Look(
            columns=("change", "kind", "horizon_months", "retained", "gain", "lo", "hi", "gain_share", "per_active",
                     "per_retained", "verdict"),
            words=WORDS, forms=_FORMS, search=False,
        ),
    )  # fmt: skip


def retention_map(page: Page, outlook: Outlook) -> Section:
    """Heat map: base retention by change, from constant retention; one's own base is a row."""
    rate = outlook.settings.discount_rate_yearly
    reference = outlook.what_if.reference
    rows = reference[reference["discount_rate"] == rate]
    changes = list(rows[["kind", "change"]].drop_duplicates().itertuples(index=False))
    matrix = rows.assign(column=rows["kind"] + rows["change"].map("{:g}".format)).pivot(
        index=["retention", "is_own"], columns="column", values="gain_share"
    )[[f"{kind}{change:g}" for kind, change in changes]]  # fmt: skip
    return page.figure(
        "retention_map", kicker=say("lifetime_value.map.kicker"), title=map_title(outlook),
        deck=say("lifetime_value.map.deck", rate=rate), note=_map_note(outlook),
        draw=partial(
            plot_matrix, matrix,
            [say(f"lifetime_value.map.{'own' if own else 'base'}", retention=base) for base, own in matrix.index],
            [say(f"lifetime_value.head.{kind}", change=change) for kind, change in changes], form="+percent",
            row_name=say("lifetime_value.map.rows"), column_name=say("lifetime_value.map.columns"),
            units=[say(f"lifetime_value.unit.{kind}") for kind, _ in changes],
        ),
        data=reference, contract=RETENTION_REFERENCE,
        look=Look(words=WORDS, forms=_FORMS | {"elasticity": "number2"}, search=False),
    )  # fmt: skip


_FORMS = {"change": "number", "retained": "number1", "discount_rate": "percent"}


def change_words(kind: str, change: float) -> Phrase:
    """A change with its unit: five percentage points, or five per cent."""
    return say(f"lifetime_value.change.{kind}", change=change)


def what_if_title(outlook: Outlook) -> Phrase:
    """What the claimed change would bring, and where that lies beside the claim; else what the largest one would."""
    settings = outlook.settings
    claim, months = settings.what_if.claim, max(settings.horizon_months)
    rows = _discounted(outlook)
    rows = rows[rows["horizon_months"] == months]
    claimed = rows[rows["verdict"].notna()]
    row = (claimed if len(claimed) else rows).iloc[0]
    values = {"change": change_words(row["kind"], row["change"]), "gain": row["gain"], "months": months}
    if row["gain"] <= 0:
        return say("lifetime_value.what_if.nothing", change=values["change"], months=months)
    if pd.isna(row["verdict"]):
        return say("lifetime_value.what_if.plain", **values)
    return say(f"lifetime_value.what_if.{row['verdict']}", **values, share=row["gain_share"], low=claim.low, high=claim.high)


def map_title(outlook: Outlook) -> Phrase:
    """What the claimed points add at one's own base, or how much the base decides where it is unknown."""
    settings, reference = outlook.settings, outlook.what_if.reference
    rows = reference[(reference["discount_rate"] == settings.discount_rate_yearly) & (reference["kind"] == reference["kind"].iloc[0])]
    rows = rows[rows["change"] == rows["change"].max()]
    own = rows[rows["is_own"] & rows["gain_share"].notna()]
    if len(own):
        row = own.iloc[0]
        return say("lifetime_value.map.own_title", change=change_words(row["kind"], row["change"]), retention=row["retention"],
                   share=row["gain_share"])  # fmt: skip
    known = rows[rows["gain_share"].notna()].sort_values("retention")
    if known.empty:
        return say("lifetime_value.map.no_title")
    first, last = known.iloc[0], known.iloc[-1]
    return say("lifetime_value.map.title", change=change_words(first["kind"], first["change"]), low=first["retention"],
               high=last["retention"], low_share=first["gain_share"], high_share=last["gain_share"])  # fmt: skip


def _discounted(outlook: Outlook) -> pd.DataFrame:
    rows = outlook.what_if.scenarios
    return rows[rows["discount_rate"] == outlook.settings.discount_rate_yearly].reset_index(drop=True)


def _break_even_title(outlook: Outlook) -> Phrase:
    months = max(outlook.settings.horizon_months)
    rows = _discounted(outlook)
    row = rows[rows["horizon_months"] == months].iloc[0]
    if row["gain"] <= 0:
        return say("lifetime_value.break_even.nothing", change=change_words(row["kind"], row["change"]), months=months)
    return say("lifetime_value.break_even.title", change=change_words(row["kind"], row["change"]), per=row["per_active"], months=months)


def _base_note(outlook: Outlook) -> Phrase:
    """Retention of the base, with its interval, plain and by value."""
    answers = outlook.what_if
    return say(
        "lifetime_value.what_if.base", active=answers.active, retention=answers.retention.value, lo=answers.retention.lo,
        hi=answers.retention.hi, by_value=answers.by_value.value, level=outlook.settings.interval_level,
    )  # fmt: skip


def _reasons_note(outlook: Outlook) -> Phrase:
    """Which part of the exits an effort can change, and whether a change is out of reach."""
    answers = outlook.what_if
    if answers.reasons is None:
        return say("lifetime_value.what_if.no_reasons")
    said = say("lifetime_value.what_if.reasons", known=answers.reasons.known, share=answers.reasons.share)
    if answers.scenarios["is_capped"].any():
        return joined([said, say("lifetime_value.what_if.capped")])
    return said


def _map_note(outlook: Outlook) -> Phrase:
    settings, own = outlook.settings, outlook.what_if.retention
    claim = settings.what_if.claim
    said = [say("lifetime_value.map.note", low=claim.low, high=claim.high)]
    if not outlook.what_if.unknown:
        rate = settings.discount_rate_yearly
        said.append(say("lifetime_value.map.elasticity", retention=own.value, rate=rate,
                        elasticity=float(retention_elasticity(own.value, rate=rate))))  # fmt: skip
    return joined(said)


def _unknown(page: Page, outlook: Outlook) -> Section:
    """The fitted way knows nothing of customers who stop."""
    return page.notes(
        "what_if", kicker=say("lifetime_value.what_if.kicker"), title=say("lifetime_value.what_if.unknown"),
        lines=[say(f"lifetime_value.what_if.{outlook.what_if.unknown}")],
    )  # fmt: skip
