"""The first sheet: the month, what to do, what each list is, how far it can be trusted, and where more stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.core.contracts.schema import Words
from analysis.core.params import Params
from analysis.core.text import Phrase, quoted, say
from analysis.export.sheets import Sheet

Line = tuple[Phrase, ...]
HEADERS = tuple(say(f"export.about.{part}") for part in ("list", "what", "rows", "status", "page"))


@dataclass(frozen=True)
class About:
    """What the first sheet says, not yet in a language.

    Attributes
    ----------
    facts, actions : lines of cells, the first one bold.
    headers, lines : a line for each list, without its name.
    """

    as_of: pd.Timestamp
    title: Phrase
    facts: Sequence[Line]
    actions: Sequence[Line]
    headers: Line
    lines: Sequence[Line]
    notes: Sequence[Phrase]


def about(facts: pd.Series, actions: pd.DataFrame, sheets: Sequence[Sheet], params: Params) -> About:
    """The first sheet of ``sheets``.

    Parameters
    ----------
    facts : the one row of ``run_facts``.
    actions : the table ``month_actions``.
    """
    told = [
        (say("export.about.organisation"), quoted(params.report.organisation)),
        (say("export.about.as_of"), say("export.about.day", day=facts["as_of"])),
        (say("export.about.period"), say("export.about.days", first=facts["first_date"], last=facts["as_of"])),
        *([(say("export.about.currency"), quoted(facts["currency"]))] if facts["currency"] else []),
        (say("export.about.value_means"), say(f"export.about.value.{facts['value_name']}", share=float(facts["costed_share"]))),
        (say("export.about.data"), quoted(str(facts["data_sha256"]))),
    ]
    steps = [
        (say("export.about.step", place=row.position), quoted_in(row.order_zh, row.order_en), quoted_in(row.reason_zh, row.reason_en))
        for row in actions.itertuples()
    ]  # fmt: skip
    return About(
        as_of=facts["as_of"], title=say("export.about.title", month=facts["as_of"]), facts=told,
        actions=[(say("export.about.steps"),), *steps] if steps else [], headers=HEADERS,
        lines=[_line(sheet, params) for sheet in sheets],
        notes=[say("export.about.note_status"), say("export.about.note_text"), say("export.about.note_crm")],
    )  # fmt: skip


def quoted_in(zh: str, en: str) -> Phrase:
    """A sentence that is stored in both languages."""
    return say("export.about.stored", words=Words(en=en, zh=zh))


def _line(sheet: Sheet, params: Params) -> Line:
    what = say(f"export.{sheet.name}.what")
    cut = say("export.about.first", rows=len(sheet.rows), total=sheet.total)
    rows = say("export.about.count", rows=sheet.total) if sheet.total == len(sheet.rows) else cut
    if sheet.missing:
        status = say("export.about.needs", needs=sheet.missing)
    else:
        status = say(f"export.{sheet.name}.status", level=level_of(sheet, params))
    return what, rows, status, say(f"{sheet.stage}.page.name")


def level_of(sheet: Sheet, params: Params) -> float:
    """Level of the list's intervals."""
    section = {"profit": params.profit, "segment": params.segment}.get(sheet.stage, params.churn)
    return float(section.interval_level)
