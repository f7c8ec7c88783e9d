"""G4 and G5 on the page: wallet against share, what to do with whom, and what stands in where wallets are not known."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from analysis.core.contracts import segment_potential as contracts
from analysis.core.text import Phrase, joined, quoted, say
from analysis.draw.bubbles import plot_bubbles
from analysis.draw.page import Look, Page, Section
from analysis.segment import moves_page
from analysis.segment import wallet_messages as messages
from analysis.segment.potential import Potential
from analysis.segment.wallet import middle

DRAWN = 240  # bubbles that still tell customers apart
SOURCES = ("declared", "tender", "rep_estimate", "external")
CORNERS = ("potential", "key", "marginal", "ordinary")
SHOWN = (
    "customer_name", "quadrant", "probability", "wallet_status", "wallet_year", "sales", "wallet", "wallet_lo", "wallet_hi",
    "sow", "sow_lo", "sow_hi", "wallet_gap", "money",
)  # fmt: skip


def potential_sections(
    page: Page, potential: Potential, wallets: pd.DataFrame, quadrants: pd.DataFrame, moves: pd.DataFrame, money: str
) -> list[Section]:
    """What the page says of wallets, in reading order.

    Parameters
    ----------
    wallets, quadrants, moves : the tables.
    money : what the money of a customer is: ``contribution`` or ``revenue``.
    """
    if quadrants.empty:
        found = [absent(page, potential), gaps(page, potential, wallets)]
    else:
        found = [
            scatter(page, potential, wallets, quadrants, moves, money), *moves_page.moves(page, potential, moves),
            actions(page, potential, wallets, quadrants), errors(page, potential, wallets), None if potential.published.holds else gaps(page, potential, wallets),
        ]  # fmt: skip
    return [section for section in found if section is not None]


def scatter(
    page: Page, potential: Potential, wallets: pd.DataFrame, quadrants: pd.DataFrame, moves: pd.DataFrame, money: str
) -> Section | None:
    """G5: one bubble a customer, wallet over share, and the fields between the two lines; nothing without any to draw."""
    settings = potential.settings
    shown = quadrants.assign(customer_name=quadrants["customer_name"].map(page.shown_name)).sort_values(
        ["wallet", "customer_id"], ascending=[False, True], ignore_index=True
    )
    drawn = bubbles_of(shown)
    if drawn.empty:
        return None
    decks = [say(
        "segment.quadrant.deck", customers=len(quadrants), large=potential.large, high=settings.quadrant.share_from,
        measure=say(f"segment.money_name.{money}"),
    )]  # fmt: skip
    if drawn["hollow"].any():
        decks.append(say("segment.quadrant.hollow"))
    arrows = moves_page.arrows_of(page, potential, moves)
    notes = [
        *moves_page.arrows_note(potential, arrows),
        messages.coverage(potential, wallets),
        say("segment.quadrant.sure", sure=settings.quadrant.sure_from),
        *messages.key_warning(potential, quadrants),
    ]
    if len(drawn) < int((quadrants["sow"] <= 1).sum()):
        notes.append(say("segment.quadrant.drawn", drawn=len(drawn), customers=len(quadrants)))
    return page.figure(
        "potential", kicker=say("segment.quadrant.kicker"), title=messages.quadrant_title(quadrants),
        deck=joined(decks), note=joined(notes),
        draw=partial(
            plot_bubbles, drawn, [messages.tip(row) for row in drawn.itertuples(index=False)], x_line=settings.quadrant.share_from,
            y_line=potential.large, corners=tuple(messages.QUADRANTS[name] for name in CORNERS), x_name=say("segment.quadrant.x"),
            y_name=say("segment.quadrant.y"), arrows=arrows,
        ),
        data=shown, contract=contracts.QUADRANTS,
        look=Look(
            columns=SHOWN, words={"quadrant": messages.QUADRANTS, "wallet_status": messages.STATUSES},
            limit=settings.wallet.listed_customers * len(messages.QUADRANTS), search=False,
        ),
    )  # fmt: skip


def bubbles_of(shown: pd.DataFrame) -> pd.DataFrame:
    """The rows that are drawn, those to grow first and then by their wallet; a share above one is no place.

    Parameters
    ----------
    shown : rows of ``quadrants``, the largest wallet first.
    """
    placed = shown[shown["sow"] <= 1]
    half = DRAWN // 2
    if len(placed) > DRAWN:
        rest = np.unique(np.linspace(half, len(placed) - 1, half).round().astype(int))
        placed = placed.iloc[[*range(half), *rest]]
    strong = placed["quadrant"] == "potential"
    return placed.assign(
        x=placed["sow"].clip(lower=0.0), y=placed["wallet"], area=placed["money"], name=placed["customer_name"].fillna(""),
        strong=strong, hollow=placed["wallet_status"] == "estimated",
    ).sort_values("strong", ascending=False, kind="stable", ignore_index=True)  # fmt: skip


def actions(page: Page, potential: Potential, wallets: pd.DataFrame, quadrants: pd.DataFrame) -> Section:
    """G5: what each quadrant asks for, with its money; and where the wallets come from."""
    return page.notes(
        "quadrant_actions", kicker=say("segment.quadrant.action_kicker"), title=messages.action_title(quadrants),
        lines=[*messages.action_lines(quadrants), *messages.wallet_lines(potential, wallets)],
    )  # fmt: skip


def errors(page: Page, potential: Potential, wallets: pd.DataFrame) -> Section | None:
    """G4: customers whose share of wallet is above one; nothing where there are none."""
    wrong = wallets[(wallets["wallet_status"] == "measured") & (wallets["sow"] > 1)]
    if wrong.empty:
        return None
    single = len(potential.errors())
    return page.table(
        "wallet_errors", wrong.sort_values(["sow", "customer_id"], ascending=[False, True], ignore_index=True), contracts.WALLETS,
        kicker=say("segment.wallet.errors_kicker"), title=say("segment.wallet.errors_title", count=len(wrong)),
        deck=say("segment.wallet.errors_deck"), note=say("segment.wallet.errors_note", count=single) if single else None,
        look=Look(
            columns=("customer_name", "wallet_year", "wallet_source", "sales", "wallet", "sow"),
            words={"wallet_source": _sources(wrong)}, limit=potential.settings.wallet.listed_customers, search=False,
        ),
        names=("customer_name",),
    )  # fmt: skip


def absent(page: Page, potential: Potential) -> Section:
    """G4 and G5 without wallets: what is needed, and why nothing is drawn."""
    needed = potential.settings.wallet.told_from
    return page.notes(
        "potential", kicker=say("segment.quadrant.kicker"), title=say("segment.wallet.absent_title"),
        lines=[say("segment.wallet.absent_why"), say("segment.wallet.absent_needs", told=needed), *messages.peer_line(potential)],
    )  # fmt: skip


def gaps(page: Page, potential: Potential, wallets: pd.DataFrame) -> Section | None:
    """The stand-in: categories that comparable customers buy and this one does not; nothing without categories."""
    settings, lacking = potential.settings, wallets[wallets["missed_categories"] > 0]
    if lacking.empty:
        return None
    columns = ["customer_name", "sales", "category_gap", "missed_categories", "largest_gap"]
    notes = None
    if lacking["peer_high"].notna().any():
        columns += ["peer_high", "peer_high_lo", "peer_high_hi"]
        notes = say(
            "segment.wallet.peer_note", tau=middle(settings.wallet.taus), level=settings.interval_level
        )
    return page.table(
        "category_gap", lacking.sort_values(["sales", "customer_id"], ascending=[False, True], ignore_index=True),
        contracts.WALLETS, kicker=say("segment.wallet.gap_kicker"),
        title=say("segment.wallet.gap_title", count=len(lacking), money=lacking["category_gap"].sum()),
        deck=say("segment.wallet.gap_deck", usual=settings.wallet.usual_from), note=notes,
        look=Look(columns=tuple(columns), limit=settings.wallet.listed_customers), names=("customer_name",),
    )  # fmt: skip


def _sources(wallets: pd.DataFrame) -> dict[str, Phrase]:
    """Words of the sources that the workbook knows; others as they were written."""
    return {
        source: say(f"segment.wallet_source.{source}") if source in SOURCES else quoted(source)
        for source in wallets["wallet_source"].dropna().unique()
    }
