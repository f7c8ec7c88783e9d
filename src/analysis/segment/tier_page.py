"""G1 and G10 on the page: what the tiers pay and bring, who rose and who fell, and what each may expect."""

from __future__ import annotations

from functools import partial

import pandas as pd

from analysis.core import params
from analysis.core.contracts import segment as contracts
from analysis.core.contracts import segment_tiers as tier_contracts
from analysis.core.contracts.schema import E4
from analysis.core.text import Phrase, joined, listed, say
from analysis.draw.bars import plot_bars
from analysis.draw.matrix import plot_matrix
from analysis.draw.page import Check, Look, Page, Section
from analysis.segment.migration import count_matrix, top_moved
from analysis.segment.rules import SILENT
from analysis.segment.tiers import Tiering

CHANGES = {change: say(f"segment.tier_change.{change}") for change in tier_contracts.CHANGES}


def tiers(page: Page, tiering: Tiering, sizes: pd.DataFrame, settings: params.Segment) -> Section:
    """G1: payments, customers and value of each tier."""
    shown = sizes.sort_values("position", ignore_index=True)
    bars = shown[shown["tier"] != SILENT]
    return page.figure(
        "tiers",
        kicker=say("segment.tiers.kicker"),
        title=_title(bars, tiering),
        deck=say("segment.tiers.deck", last=tiering.payments.years[-1].last),
        note=_note(tiering, settings),
        draw=partial(
            plot_bars, bars["payment"], [tier_name(name) for name in bars["tier"]],
            texts=[say("segment.tiers.bar", money=row.payment, customers=row.customers) for row in bars.itertuples(index=False)],
        ),
        data=shown,
        contract=tier_contracts.TIERS,
        look=Look(
            columns=(
                "tier", "from_yearly", "customers", "customer_share", "payment", "payment_share", "value", "value_share",
                "customers_before", "kept_share", "up_share", "down_share", "steady_share",
            ),
            words={"tier": tier_words(tiering)}, search=False,
        ),
    )  # fmt: skip


def entitlements(page: Page, tiering: Tiering) -> Section:
    """G1: the service that each tier may expect."""
    return page.notes(
        "entitlements", kicker=say("segment.tiers.entitled_kicker"), title=say("segment.tiers.entitled_title"),
        lines=[
            *(say(f"segment.entitlement.{name}", tier=tier_name(name)) for name in tiering.tiers),
            say("segment.tiers.entitled_note"),
        ],
    )  # fmt: skip


def tier_moves(page: Page, tiering: Tiering, sizes: pd.DataFrame, ways: pd.DataFrame, settings: params.Segment) -> Section | None:
    """G10: from tier to tier in a year; nothing where the data does not reach back two years."""
    ways = ways[ways["grading"] == "tier"]
    if ways.empty:
        return None
    words, names = tier_words(tiering), [*tiering.tiers, SILENT]
    matrix = count_matrix(ways, names, "customers")
    data = ways[ways["customers"] > 0].sort_values(
        ["segment_before", "segment"], key=lambda values: values.map(list(words).index), ignore_index=True
    )
    return page.figure(
        "tier_moves",
        kicker=say("segment.tier_moves.kicker"),
        title=_moves_title(sizes),
        deck=say("segment.tier_moves.deck", before=tiering.payments.years[tiering.year_before or 0].last, last=tiering.payments.years[-1].last),
        note=_moves_note(tiering, sizes, settings),
        draw=partial(
            plot_matrix, matrix, [words[name] for name in matrix.index], [words[name] for name in matrix],
            row_name=say("segment.tier_moves.rows"), column_name=say("segment.tier_moves.columns"), kept=True,
        ),
        data=data,
        contract=contracts.MIGRATION,
        look=Look(
            columns=contracts.WAYS, words={"segment": words, "segment_before": words}, changes=("money_change",), search=False,
        ),
    )  # fmt: skip


def tier_movers(page: Page, tiering: Tiering, settings: params.Segment) -> Section | None:
    """G10: the customers whose change of tier moved most money."""
    moved = tiering.customer_tiers
    moved = moved[moved["change"].isin(["up", "down", "back", "silent"])]
    if moved.empty:
        return None
    counts = moved["change"].value_counts()
    return page.table(
        "tier_movers",
        top_moved(moved, moved["payment_change"], settings.listed_movers),
        tier_contracts.CUSTOMER_TIERS,
        kicker=say("segment.tier_movers.kicker"),
        title=say(
            "segment.tier_movers.title", count=len(moved), up=int(counts.get("up", 0)), down=int(counts.get("down", 0)),
            silent=int(counts.get("silent", 0)),
        ),
        deck=say("segment.tier_movers.deck", last=tiering.payments.years[-1].last),
        look=Look(
            columns=("customer_name", "tier_year_before", "tier", "change", "payment_before", "payment", "payment_change", "is_annualised"),
            words={"tier": tier_words(tiering), "tier_year_before": tier_words(tiering), "change": CHANGES}, changes=("payment_change",),
        ),
        names=("customer_name",),
    )  # fmt: skip


def tier_checks(tiering: Tiering, sizes: pd.DataFrame) -> list[Check]:
    """Every customer is in one tier, and the tiers' payments are all payments, to the last unit."""
    everybody = int(sizes["customers"].sum()) == len(tiering.payments.customers)
    paid = int(tiering.payments.paid_e4[:, -1].sum())
    return [Check(say("segment.check.tiers"), everybody and round(sizes["payment"].sum() * E4) == paid)]


def tier_name(name: str) -> Phrase:
    """The word for a tier, or for those that are in none."""
    return say(f"segment.tier.{name}")


def tier_words(tiering: Tiering) -> dict[str, Phrase]:
    """The word for every state that a customer's payments can be in."""
    return {name: tier_name(name) for name in tiering.names}


def _measure(tiering: Tiering) -> Phrase:
    return say(f"segment.money_name.{tiering.value_name}")


def _title(bars: pd.DataFrame, tiering: Tiering) -> Phrase:
    if not bars["customers"].sum():
        return say("segment.tiers.none")
    filled = bars[bars["customers"] > 0]
    if len(filled) == 1:
        return say("segment.tiers.alike")
    top = filled.iloc[0]
    words = {"tier": tier_name(top["tier"]), "customers": top["customer_share"], "payment": top["payment_share"]}
    if tiering.value_name == "revenue" or pd.isna(top["value_share"]):
        return say("segment.tiers.few_paid", **words)
    return say("segment.tiers.few", value=top["value_share"], measure=_measure(tiering), **words)


def _note(tiering: Tiering, settings: params.Segment) -> Phrase:
    given, young = settings.tiers.from_yearly is not None, int(tiering.customer_tiers["is_annualised"].sum())
    shares = [say("segment.tiers.share", share=share) for share in settings.tiers.value_shares]
    limits = [
        say("segment.tiers.from", tier=tier_name(name), limit=limit)
        for name, limit in zip(tiering.names, tiering.limits, strict=False)
    ]
    lines = [
        *limits,
        say("segment.tiers.limits_given") if given else say("segment.tiers.limits_fitted", shares=listed(shares), measure=_measure(tiering)),
        say("segment.tiers.held", band=settings.tiers.hysteresis),
    ]
    return joined([*lines, say("segment.tiers.young", count=young)] if young else lines)


def _moves_title(sizes: pd.DataFrame) -> Phrase:
    had = sizes[(sizes["customers_before"].fillna(0) > 0) & (sizes["tier"] != SILENT)]
    if had.empty:
        return say("segment.tier_moves.none")
    top = had.sort_values("position").iloc[0]
    told = {"before": int(top["customers_before"]), "tier": tier_name(top["tier"]), "kept": top["kept_share"]}
    if pd.isna(top["down_share"]):  # of the lowest tier nobody can fall
        return say("segment.tier_moves.kept", **told)
    return say("segment.tier_moves.lost", down=top["down_share"], **told)


def _moves_note(tiering: Tiering, sizes: pd.DataFrame, settings: params.Segment) -> Phrase:
    moved = tiering.customer_tiers.groupby("change")["payment_change"].sum().reindex(["up", "down", "silent"]).fillna(0.0)
    by_name = sizes.set_index("tier")
    top, silent = by_name.loc[tiering.tiers[0]], by_name.loc[SILENT]
    lines = [say("segment.tier_moves.money", **moved.to_dict())]
    if pd.notna(top["steady_share"]):
        lines.append(say(
            "segment.tier_moves.long_run", share=top["steady_share"], lo=top["steady_share_lo"], hi=top["steady_share_hi"],
            tier=tier_name(tiering.tiers[0]), silent=silent["steady_share"],
        ))  # fmt: skip
    lines.append(say("segment.tier_moves.level", level=settings.interval_level))
    middle = by_name.loc[tiering.tiers[1]] if len(tiering.tiers) > 1 else None
    if middle is not None and pd.notna(top["kept_share"]) and pd.notna(middle["up_share"]):
        lines.append(say(
            "segment.tier_moves.claim", kept=top["kept_share"], kept_lo=top["kept_share_lo"], kept_hi=top["kept_share_hi"],
            middle=tier_name(tiering.tiers[1]), up=middle["up_share"], up_lo=middle["up_share_lo"], up_hi=middle["up_share_hi"],
        ))  # fmt: skip
    return joined(lines)
