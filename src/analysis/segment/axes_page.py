"""Every customer at a glance: what is known of it on each axis, and its name in each grading."""

from __future__ import annotations

import pandas as pd

from analysis.core import params
from analysis.core.contracts.segment_axes import CUSTOMER_AXES
from analysis.core.text import say
from analysis.draw.page import Look, Page, Section
from analysis.segment import growth_page, price_page, wallet_messages
from analysis.segment.rules import GONE, NEW, SILENT
from analysis.segment.tier_page import tier_words
from analysis.segment.tiers import Tiering

COLUMNS = (
    "customer_name", "tier", "segment", "quadrant", "growth", "price_tag", "payment", "profit", "serving_share", "wallet", "sow",
    "relative_growth", "is_problem",
)  # fmt: skip


def axes(page: Page, tiering: Tiering, found: pd.DataFrame, settings: params.Segment) -> Section:
    """The largest payers; the stored table has everybody."""
    names = [*(rule.name for rule in settings.rules), SILENT, NEW, GONE]
    known = tuple(column for column in COLUMNS if found[column].notna().any())
    return page.table(
        "axes",
        found.sort_values(["payment", "customer_id"], ascending=[False, True], ignore_index=True),
        CUSTOMER_AXES,
        kicker=say("segment.axes.kicker"),
        title=say("segment.axes.title", customers=len(found), gradings=sum(found[name].notna().any() for name in COLUMNS[1:6])),
        deck=say("segment.axes.deck", measure=say(f"segment.money_name.{tiering.value_name}")),
        note=say("segment.axes.note"),
        look=Look(
            columns=known, limit=settings.listed_payers,
            words={
                "tier": tier_words(tiering), "segment": {name: say(f"segment.name.{name}") for name in names},
                "quadrant": wallet_messages.QUADRANTS, "growth": growth_page.WORDS["verdict"], "price_tag": price_page.TAGS,
            },
            forms={"relative_growth": "+percent"},
        ),
        names=("customer_name",),
    )  # fmt: skip
