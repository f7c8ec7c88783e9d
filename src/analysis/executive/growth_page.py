"""The page's middle: where to grow, what customers of each tier are worth, and who moved between the tiers."""

from __future__ import annotations

from functools import partial

import pandas as pd

from analysis.core.contracts.code_words import words_of
from analysis.core.contracts.executive import TIER_VALUES
from analysis.core.contracts.segment import MIGRATION
from analysis.core.contracts.segment_potential import (
    QUADRANT_NAMES,
    QUADRANTS,
    TO_VERIFY,
    WALLET_STATUSES,
    WALLETS,
)
from analysis.core.text import Phrase, quoted, say
from analysis.draw.alluvial import plot_alluvial
from analysis.draw.bars import plot_bars
from analysis.draw.bubbles import plot_bubbles
from analysis.draw.half_eye import plot_half_eyes
from analysis.draw.page import Look, Page, Section
from analysis.executive import messages
from analysis.executive.briefing import Briefing
from analysis.executive.tiers import density_of, values_by_tier, yearly_moves

NAMES = words_of("quadrant", (*QUADRANT_NAMES, TO_VERIFY))
STATUSES = words_of("wallet_status", WALLET_STATUSES)
CORNERS = ("potential", "key", "marginal", "ordinary")  # upper left, upper right, lower left, lower right
STANDS_IN = 10  # categories, and customers behind them, of the stand-in


def growth(page: Page, briefing: Briefing) -> Section | None:
    """G5: wallet against our share of it; without wallets the categories that customers lack; nothing without either."""
    found = briefing.quadrants
    shown = found[found["sow"] <= 1].sort_values(["wallet", "customer_id"], ascending=[False, True])
    if shown.empty:
        return _lacking(page, briefing)
    settings, large = briefing.params.segment.quadrant, briefing.published["segment"]["large_wallet_from"].value
    shown = shown.assign(customer_name=shown["customer_name"].map(page.shown_name))
    drawn = shown.head(briefing.params.executive.drawn_wallets)
    drawn = drawn.assign(
        x=drawn["sow"].clip(lower=0.0), y=drawn["wallet"], area=drawn["money"], name=drawn["customer_name"].fillna(""),
        strong=drawn["quadrant"] == "potential", hollow=drawn["wallet_status"] == "estimated",
    ).sort_values("strong", ascending=False, kind="stable", ignore_index=True)  # fmt: skip
    return page.figure(
        "growth", kicker=say("executive.growth.kicker"), title=messages.growth_title(found),
        deck=say("executive.growth.deck", large=large, high=settings.share_from),
        note=say("executive.growth.note", drawn=len(drawn), customers=len(found), sure=settings.sure_from),
        draw=partial(
            plot_bubbles, drawn, [_tip(row) for row in drawn.itertuples(index=False)], x_line=settings.share_from, y_line=large,
            corners=tuple(NAMES[name] for name in CORNERS), x_name=say("segment.quadrant.x"), y_name=say("segment.quadrant.y"),
        ),
        data=shown, contract=QUADRANTS,
        look=Look(
            columns=("customer_name", "quadrant", "probability", "wallet", "wallet_lo", "wallet_hi", "sow", "wallet_gap", "money"),
            words={"quadrant": NAMES}, limit=briefing.params.executive.drawn_wallets, search=False,
        ),
    )  # fmt: skip


def _tip(row: object) -> Phrase:
    return say(
        "segment.quadrant.tip", name=str(row.name), wallet=row.wallet, status=STATUSES[row.wallet_status], share=row.sow,  # type: ignore[attr-defined]
        quadrant=NAMES[row.quadrant], probability=row.probability,  # type: ignore[attr-defined]
    )  # fmt: skip


def _lacking(page: Page, briefing: Briefing) -> Section | None:
    """The stand-in: what comparable customers buy in the categories that these do not."""
    lacking = briefing.wallets[briefing.wallets["missed_categories"] > 0]
    if lacking.empty:
        return None
    by_category = lacking.groupby("largest_gap")["category_gap"].agg(["sum", "count"])
    by_category = by_category.reset_index().sort_values(["sum", "largest_gap"], ascending=[False, True]).head(STANDS_IN)
    first = lacking.sort_values(["category_gap", "customer_id"], ascending=[False, True]).head(STANDS_IN)
    first = first.assign(customer_name=first["customer_name"].map(page.shown_name))
    return page.figure(
        "growth", kicker=say("executive.growth.kicker"),
        title=say("executive.growth.lacking", customers=len(lacking), money=lacking["category_gap"].sum()),
        deck=say("executive.growth.lacking_deck"), note=say("executive.growth.lacking_note"),
        draw=partial(
            plot_bars, by_category["sum"].reset_index(drop=True), [quoted(name) for name in by_category["largest_gap"]],
            texts=[say("executive.growth.lacking_bar", money=row["sum"], customers=int(row["count"])) for _, row in by_category.iterrows()],
        ),
        data=first, contract=WALLETS,
        look=Look(columns=("customer_name", "sales", "category_gap", "missed_categories", "largest_gap"), search=False),
    )  # fmt: skip


def worth(page: Page, briefing: Briefing, found: pd.DataFrame) -> Section:
    """V4 by G1: how lifetime values are spread in each tier; says so where nothing can be expected yet.

    Parameters
    ----------
    found : the table ``tier_values``.
    """
    kicker, total = say("executive.worth.kicker"), briefing.published["lifetime_value"]["clv_far"]
    shown = found[(found["tier"] != "silent") & (found["valued"] >= briefing.params.executive.least_valued)].sort_values("position", ignore_index=True)
    if shown.empty or total.value is None:
        line = say("executive.worth.missing_line")
        return page.notes("worth", kicker=kicker, title=say("executive.worth.missing"), lines=[line], half=True)
    values = values_by_tier(briefing.clv, briefing.of_customers)
    words = tier_words(briefing)
    return page.figure(
        "worth", kicker=kicker, title=messages.worth_title(shown, words), half=True,
        deck=say("executive.worth.deck", months=int(briefing.clv["horizon_months"].max()),
                 value=say(f"profit.value.{briefing.clv['value_name'].iloc[0]}")),
        note=say("executive.worth.note", level=briefing.params.lifetime_value.interval_level, total=total.value, lo=total.lo, hi=total.hi),
        draw=partial(plot_half_eyes, shown, [density_of(values[tier]) for tier in shown["tier"]], [words[tier] for tier in shown["tier"]]),
        data=found, contract=TIER_VALUES, look=Look(columns=("tier", "customers", "valued", "clv", "tail_low", "half_low", "median", "half_high", "tail_high"),
                                                   words={"tier": words}, search=False),
    )  # fmt: skip


def moves(page: Page, briefing: Briefing) -> Section | None:
    """G10: who moved between the tiers in a year; nothing where nobody was there a year ago."""
    flows, words = yearly_moves(briefing.moves, briefing.pay_tiers), tier_words(briefing)
    if flows.empty or not (flows["before"] != "new").any():
        return None
    settings = briefing.params.segment
    ways = briefing.moves[briefing.moves["customers"] > 0]
    return page.figure(
        "moves", kicker=say("executive.moves.kicker"),
        title=messages.moves_title(flows, level=settings.interval_level, prior=settings.dirichlet_prior),
        deck=say("executive.moves.deck"), half=True,
        draw=partial(plot_alluvial, flows, words, heads=(say("segment.tier_moves.rows"), say("segment.tier_moves.columns"))),
        data=ways, contract=MIGRATION,
        look=Look(columns=("segment_before", "segment", "customers", "share", "money_before", "money", "money_change"), search=False,
                  words={"segment_before": words, "segment": words}, changes=("money_change",)),
    )  # fmt: skip


def tier_words(briefing: Briefing) -> dict[str, Phrase]:
    """The tiers from the largest payers down, then who bought nothing in either year."""
    tiers = briefing.pay_tiers.sort_values("position")["tier"]
    order = dict.fromkeys([*tiers, "silent", "new"])
    words = words_of("tier", order)
    return {str(name): words[name] for name in order}
