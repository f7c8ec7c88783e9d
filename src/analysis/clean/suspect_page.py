"""The part of the page on the data that asks the reader to settle what looks wrong."""

from __future__ import annotations

import pandas as pd

from analysis.core.contracts.clean import SUSPECT_ISSUES, SUSPECTS
from analysis.core.text import say
from analysis.draw.page import Look, Page, Section

ISSUE_WORDS = {issue: say(f"clean.suspects.{issue}") for issue in SUSPECT_ISSUES}


def suspects_table(page: Page, found: pd.DataFrame) -> Section:
    """What looks wrong, each with its place."""
    title = say("clean.suspects.title", suspects=len(found)) if len(found) else say("clean.suspects.none")
    return page.table(
        "suspects",
        found,
        SUSPECTS,
        kicker=say("clean.suspects.kicker"),
        title=title,
        deck=say("clean.suspects.deck"),
        look=Look(
            columns=("issue", "customer_id", "other_id", "product_id", "file_no", "row_no", "seen", "usual", "amount_e4"),
            words={"issue": ISSUE_WORDS},
        ),
    )
