"""The page on the data: which optional tables the source brings, how many of their rows count, and why others do not."""

from __future__ import annotations

import pandas as pd

from analysis.clean.optional import Brought
from analysis.core.contracts.clean import OPTIONAL_REMARKS, OPTIONAL_TABLES
from analysis.core.contracts.optional import READINGS
from analysis.core.contracts.schema import Column, Table, Words
from analysis.core.text import say
from analysis.draw.page import Look, Page, Section

OPTIONAL_WORDS = {name: say(f"clean.table_name.{name}") for name in READINGS}
ISSUE_WORDS = {name: say(f"clean.issue.{name}") for name in OPTIONAL_REMARKS.by_name["issue"].values}

_REMARK = OPTIONAL_REMARKS.by_name
ISSUES = Table(
    "optional_issues", "one reason why rows or cells of an optional table are not used as written", ("table_name", "issue", "column_name"),
    (
        _REMARK["table_name"], _REMARK["issue"], _REMARK["column_name"], _REMARK["rows"],
        Column("seen_values", "int", Words("Different values", "不同值"), "Different values among them.", low=1),
    ),
)  # fmt: skip


def optional_tables(page: Page, brought: Brought) -> Section:
    """Each optional table of the source with its rows and the part of the revenue whose customers it names."""
    found = brought.tables
    if found.empty:
        return page.notes("optional", kicker=say("clean.optional.kicker"), title=say("clean.optional.none"),
                          lines=[say("clean.optional.none_line")])  # fmt: skip
    rows, used = int(found["rows_read"].sum()), int(found["accepted"].sum())
    return page.table(
        "optional", found, OPTIONAL_TABLES, kicker=say("clean.optional.kicker"),
        title=say("clean.optional.title", tables=len(found), used=used, rows=rows),
        deck=say("clean.optional.deck"),
        note=say("clean.optional.note"),
        look=Look(words={"table_name": OPTIONAL_WORDS}, bars=("coverage",), search=False),
    )  # fmt: skip


def optional_issues(page: Page, brought: Brought) -> Section:
    """What is not used as written, by table, reason and column; the values themselves stand in ``optional_remarks``."""
    found = brought.remarks
    if found.empty:
        return page.notes("optional_issues", kicker=say("clean.issue.kicker"), title=say("clean.issue.none"),
                          lines=[say("clean.issue.none_line")])  # fmt: skip
    issues = found.groupby(["table_name", "issue", "column_name"], as_index=False).agg(
        rows=("rows", "sum"), seen_values=("seen", "nunique")
    )
    return page.table(
        "optional_issues", pd.DataFrame(issues), ISSUES, kicker=say("clean.issue.kicker"),
        title=say("clean.issue.title", rows=int(issues["rows"].sum())), deck=say("clean.issue.deck"),
        look=Look(words={"table_name": OPTIONAL_WORDS, "issue": ISSUE_WORDS}, search=False),
    )  # fmt: skip
