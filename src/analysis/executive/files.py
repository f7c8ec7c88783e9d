"""What the reader can take away, and what to do this month in a form that other stages read."""

from __future__ import annotations

import pandas as pd

from analysis.core.contracts.executive import MONTH_ACTIONS
from analysis.core.edition import Edition
from analysis.core.takeaways import FOLDER, exchange_file, workbook_file
from analysis.core.text import say
from analysis.draw.page import Page, Section
from analysis.draw.section import Link
from analysis.executive.actions import choose_actions
from analysis.executive.briefing import Briefing


def month_actions(page: Page, briefing: Briefing) -> pd.DataFrame:
    """Rows of the table ``month_actions``."""
    chosen = choose_actions(briefing)
    said = {
        f"{part}_{edition.language}": [getattr(action, part).text(edition) for action in chosen]
        for part in ("order", "reason")
        for edition in page.editions
    }
    frame = pd.DataFrame({"position": range(1, len(chosen) + 1), **said})
    return frame.astype({name: "int64" if name == "position" else "str" for name in frame})[list(MONTH_ACTIONS.by_name)]


def files_section(page: Page, briefing: Briefing) -> Section:
    """The files of the month, written by the stage ``export`` beside the pages."""
    as_of = briefing.facts["as_of"]

    def book(edition: Edition) -> str:
        return f"{FOLDER}/{workbook_file(as_of, edition.language)}"

    return page.links(
        "files", kicker=say("executive.files.kicker"), title=say("executive.files.title"),
        links=[
            Link(book, say("executive.files.book"), say("executive.files.book_is")),
            Link(lambda _: f"{FOLDER}/{exchange_file(as_of)}", say("executive.files.crm"), say("executive.files.crm_is")),
        ],
    )  # fmt: skip
