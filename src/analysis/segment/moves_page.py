"""G5 on the page: who has come to another quadrant, how many and with how much money, and the arrows on the chart."""

from __future__ import annotations

import pandas as pd

from analysis.core.contracts.schema import Column, Table, Words
from analysis.core.contracts.segment_potential import QUADRANT_MOVES
from analysis.core.text import Phrase, say
from analysis.core.windows import MONTHS_PER_YEAR
from analysis.draw.bubbles import Arrow
from analysis.draw.page import Look, Page, Section
from analysis.segment.potential import Potential
from analysis.segment.quadrant_moves import count_ways, most_important
from analysis.segment.wallet_messages import QUADRANTS

WAYS = Table(
    "quadrant_ways",
    "customers by the quadrant they stood in and the one they stand in",
    ("quadrant_before", "quadrant_after"),
    (
        *(QUADRANT_MOVES.by_name[name] for name in ("quadrant_before", "quadrant_after")),
        Column("customers", "int", Words("Customers", "客户数"), "Customers that went this way, or stayed.", low=1),
        *(QUADRANT_MOVES.by_name[name] for name in ("wallet", "sales_before", "sales_after")),
        Column("change", "money", Words("Change", "变化"), "Sales now less sales before."),
    ),
)
WORDS = {f"quadrant_{time}": QUADRANTS for time in ("before", "after")}


def moves(page: Page, potential: Potential, moves: pd.DataFrame) -> list[Section]:
    """All customers by where they stood and stand, and those who surely moved.

    Parameters
    ----------
    moves : the table ``quadrant_moves``.
    """
    settings, kicker = potential.settings, say("segment.quadrant_move.kicker")
    if moves.empty:
        moved = settings.quadrant.moved_months
        lines = [say("segment.quadrant_move.short", months=MONTHS_PER_YEAR + moved, moved=moved)]
        return [page.notes("quadrant_moves", kicker=kicker, title=say("segment.quadrant_move.short_title"), lines=lines)]
    ways = count_ways(moves)
    stayed = ways["quadrant_before"] == ways["quadrant_after"]
    ways = ways.assign(stayed=stayed).sort_values(["stayed", "wallet"], ascending=[True, False], ignore_index=True)
    whole = page.table(
        "quadrant_moves", ways.drop(columns="stayed"), WAYS, kicker=kicker, title=moves_title(potential, moves),
        deck=say("segment.quadrant_move.deck", customers=len(moves), since=potential.since, as_of=potential.as_of),
        note=say("segment.quadrant_move.note", sure=settings.quadrant.sure_from),
        look=Look(words=WORDS, changes=("change",), limit=len(ways), search=False),
    )  # fmt: skip
    listed = most_important(moves, settings.wallet.listed_customers)
    return [whole, _movers(page, listed)] if len(listed) else [whole]


def moves_title(potential: Potential, moves: pd.DataFrame) -> Phrase:
    """How many surely moved, and how much more or less they buy."""
    moved = moves[moves["is_moved"]]
    if moved.empty:
        return say("segment.quadrant_move.none", since=potential.since)
    change = float(moved["sales_after"].sum() - moved["sales_before"].sum())
    return say(f"segment.quadrant_move.{'more' if change >= 0 else 'less'}", count=len(moved), since=potential.since, change=abs(change))


def arrows_of(page: Page, potential: Potential, moves: pd.DataFrame) -> list[Arrow]:
    """How the share moved of those who surely came to another quadrant, the largest wallets only."""
    drawn = most_important(moves, potential.settings.quadrant.drawn_moves)
    return [
        Arrow(*(min(max(share, 0.0), 1.0) for share in (row.sow_before, row.sow_after)), row.wallet, _tip(page, potential, row))
        for row in drawn.itertuples(index=False)
    ]


def arrows_note(potential: Potential, arrows: list[Arrow]) -> list[Phrase]:
    """What the arrows are; nothing where there are none."""
    return [say("segment.quadrant_move.arrows", count=len(arrows), since=potential.since)] if arrows else []


def _tip(page: Page, potential: Potential, row: object) -> Phrase:
    """What an arrow says; ``row`` is one of ``quadrant_moves``."""
    return say(
        "segment.quadrant_move.tip", name=page.shown_name(row.customer_name), since=potential.since,  # type: ignore[attr-defined]
        before=row.sow_before, after=row.sow_after,  # type: ignore[attr-defined]
        was=QUADRANTS[row.quadrant_before], is_now=QUADRANTS[row.quadrant_after],  # type: ignore[attr-defined]
    )  # fmt: skip


def _movers(page: Page, listed: pd.DataFrame) -> Section:
    return page.table(
        "quadrant_movers", listed, QUADRANT_MOVES, kicker=say("segment.quadrant_move.list_kicker"),
        title=say("segment.quadrant_move.list_title", count=len(listed)), deck=say("segment.quadrant_move.list_deck"),
        look=Look(
            columns=("customer_name", "quadrant_before", "quadrant_after", "wallet", "sales_before", "sales_after", "sow_before", "sow_after"),
            words=WORDS, search=False,
        ),
        names=("customer_name",),
    )  # fmt: skip
