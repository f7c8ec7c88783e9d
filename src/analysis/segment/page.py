"""The segment page: its message, its figures and what stands behind them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import isclose

import pandas as pd

from analysis.core.contracts import segment as contracts
from analysis.core.contracts.schema import E4
from analysis.core.estimate import Figure
from analysis.core.tables import ROUNDING
from analysis.core.text import Phrase, joined, say
from analysis.draw.bars import plot_bars
from analysis.draw.lacking import lacking
from analysis.draw.matrix import plot_matrix
from analysis.draw.page import Change, Check, Kpi, Look, Missing, Page, Section
from analysis.segment import messages
from analysis.segment.migration import all_ways as all_ways  # called from the notebook as the parts are
from analysis.segment.migration import count_matrix, segment_names, top_movers
from analysis.segment.records import Records
from analysis.segment.rfm import in_window
from analysis.segment.rules import GONE, NEW, SILENT
from analysis.segment.tier_page import entitlements as entitlements  # parts of this page as the others are
from analysis.segment.tier_page import tier_checks as tier_checks
from analysis.segment.tier_page import tier_movers as tier_movers
from analysis.segment.tier_page import tier_moves as tier_moves
from analysis.segment.tier_page import tiers as tiers

REASONS = {reason: say(f"segment.reason.{reason}") for reason in contracts.REASONS}


def headline(page: Page, records: Records, rfm: pd.DataFrame, figures: list[Figure]) -> Section:
    """How many moved which way since the month before."""
    by_name = {figure.name: figure.value for figure in figures}
    lines = [
        say(
            "segment.headline.standfirst", customers=int(by_name["customers_active"] or 0),
            silent=int(by_name[SILENT] or 0), start=records.start, as_of=records.as_of,
        )
    ]  # fmt: skip
    if by_name["important_money_share"] is not None:
        share = by_name["important_money_share"]
        lines.append(say("segment.headline.important", share=share, money=_money(records)))
    lines.append(say("segment.headline.describes"))
    return page.headline(
        kicker=say("segment.headline.kicker", month=records.as_of),
        title=messages.headline(rfm, records.as_of, records.settings),
        standfirst=joined(lines),
    )


def kpis(page: Page, records: Records, figures: list[Figure]) -> Section:
    """Customers, the money of the important ones, and the moves."""
    by_name = {figure.name: figure for figure in figures}
    now, before = by_name["customers_active"].value or 0, len(in_window(records.measures[1]))
    versus = say("segment.kpi.versus", month=records.before)
    grown = now / before - 1 if before else None
    tiles = [
        Kpi(
            say("segment.kpi.active", months=records.settings.window_months),
            by_name["customers_active"],
            changes=(Change(grown, "ratio", versus),),
            good="up",
        ),
        Kpi(
            say("segment.kpi.share"),
            by_name["important_money_share"],
            note=say("segment.kpi.money", money=_money(records)),
        ),
        Kpi(say("segment.kpi.up"), by_name["upgraded"], good="up"),
        Kpi(say("segment.kpi.down"), by_name["downgraded"], good="down"),
        Kpi(say("segment.kpi.silent"), by_name["fell_silent"], good="down"),
    ]
    return page.kpis(tiles)


def sizes(page: Page, records: Records, segments: pd.DataFrame, figures: list[Figure]) -> Section:
    """G2: money and customers of every segment."""
    shown = segments.sort_values("position", ignore_index=True)
    bars = shown[shown["segment"] != SILENT]
    waiting = {rule.name for rule in records.settings.rules if rule.is_waiting}
    by_name = {figure.name: figure for figure in figures}
    notes = [
        say(
            "segment.sizes.note", customers=int(bars["customers"].sum()),
            unsettled=by_name["unsettled_share"].value,
        )
    ]  # fmt: skip
    if records.money_name == "revenue" and records.facts["value_name"] == "contribution":
        notes.append(say("segment.sizes.by_revenue"))
    return page.figure(
        "sizes",
        kicker=say("segment.sizes.kicker"),
        title=messages.sizes_title(segments, records.settings.rules, records.money_name),
        deck=say("segment.sizes.deck", measure=say(f"segment.money_first.{records.money_name}"), start=records.start, as_of=records.as_of),
        note=joined(notes),
        draw=partial(
            plot_bars, bars["money"], [_name(name) for name in bars["segment"]],
            strong=[place for place, name in enumerate(bars["segment"]) if name in waiting],
            texts=[
                say("segment.sizes.bar", money=row.money, customers=row.customers)
                for row in bars.itertuples(index=False)
            ],
        ),
        data=shown,
        contract=contracts.SEGMENTS,
        look=Look(
            columns=(
                "segment", "customers", "customers_before", "money", "money_share", "median_recency_days",
                "mean_purchase_days", "unsettled_share",
            ),
            words={"segment": _words(records)},
            forms={"median_recency_days": "number", "mean_purchase_days": "number1"},
            search=False,
        ),
    )  # fmt: skip


def rules(page: Page, records: Records, cuts: pd.DataFrame) -> Section:
    """How the segments are named, in words made from the rules and cut points themselves."""
    settings = records.settings
    return page.notes(
        "rules",
        kicker=say("segment.rules.kicker"),
        title=say("segment.rules.title", rules=len(settings.rules)),
        lines=[
            *messages.cut_lines(cuts, settings, records.money_name),
            *messages.rule_lines(settings.rules),
        ],
    )


def moves(page: Page, records: Records, rfm: pd.DataFrame, ways: pd.DataFrame) -> Section:
    """G10: the matrix from the month before to this one, with the shares and the money behind it."""
    ways = ways[ways["grading"] == "rfm"]
    matrix = count_matrix(ways, segment_names(records.settings.rules), "customers")
    words = _words(records)
    order = list(words)
    places = {name: place for place, name in enumerate(segment_names(records.settings.rules), start=1)}
    numbered = {
        name: say("segment.moves.row", position=place, name=words[name]) for name, place in places.items()
    }
    numbers = {name: say("segment.moves.column", position=place) for name, place in places.items()}
    data = ways[ways["customers"] > 0].sort_values(
        ["segment_before", "segment"], key=lambda names: names.map(order.index), ignore_index=True
    )
    return page.figure(
        "moves",
        kicker=say("segment.moves.kicker"),
        title=messages.moves_title(rfm, records.money_name),
        deck=say("segment.moves.deck", before=records.before, as_of=records.as_of),
        note=say("segment.moves.note", customers=len(rfm), level=records.settings.interval_level),
        draw=partial(
            plot_matrix, matrix, [numbered.get(name, words[name]) for name in matrix.index],
            [numbers.get(name, words[name]) for name in matrix],
            row_name=say("segment.moves.rows"), column_name=say("segment.moves.columns"), kept=True,
        ),
        data=data,
        contract=contracts.MIGRATION,
        look=Look(columns=contracts.WAYS, words={"segment": words, "segment_before": words}, changes=("money_change",), search=False),
    )  # fmt: skip


def movers(page: Page, records: Records, rfm: pd.DataFrame) -> Section:
    """G10: the customers whose change of segment moved most money, each with its reason."""
    top = top_movers(rfm, records.settings.listed_movers)
    words, kicker = _words(records), say("segment.movers.kicker")
    deck = say("segment.movers.deck", measure=_money(records), before=records.before)
    if top.empty:
        return page.notes("movers", kicker=kicker, title=say("segment.movers.none"), lines=[deck])
    title = say(
        "segment.movers.title",
        count=len(top),
        money=top["money_change"].sum(),
        gained=int((top["money_change"] > 0).sum()),
        fell=int((top["money_change"] < 0).sum()),
    )
    return page.table(
        "movers",
        top,
        contracts.RFM,
        kicker=kicker,
        title=title,
        deck=deck,
        look=Look(
            columns=(
                "customer_name", "segment_before", "segment", "reason", "recency_days", "purchase_days", "money",
                "money_change",
            ),
            words={"segment": words, "segment_before": words, "reason": REASONS},
            changes=("money_change",),
        ),
        names=("customer_name",),
    )  # fmt: skip


def missing(page: Page, records: Records) -> Section | None:
    """What this data cannot show, and which column would."""
    gaps = []
    if records.money_name == "revenue":
        gaps.append(Missing(say("segment.gap.cost"), "orders.unit_cost", say("segment.gap.cost_enables")))
    gaps += lacking(records.gate, "segment")
    return page.missing(gaps)


def checks(
    page: Page, records: Records, segments: pd.DataFrame, ways: pd.DataFrame, others: Sequence[Check] = ()
) -> Section:
    """Totals before are totals after, from the stored tables."""
    now, before = records.measures
    money = now["money_e4"].sum() / E4
    ways = ways[ways["grading"] == "rfm"]
    moved = (
        ways[ways["segment"] != GONE]["customers"].sum(),
        ways[ways["segment_before"] != NEW]["customers"].sum(),
    )
    return page.provenance(
        checks=[
            Check(say("segment.check.customers"), int(segments["customers"].sum()) == len(now)),
            Check(say("segment.check.money"), isclose(segments["money"].sum(), money, rel_tol=ROUNDING)),
            Check(say("segment.check.moves"), moved == (len(now), len(before))),
            *others,
        ]
    )


def _name(name: str) -> Phrase:
    return say(f"segment.name.{name}")


def _words(records: Records) -> dict[str, Phrase]:
    """The phrase of every state, in shown order."""
    return {
        name: _name(name) for name in (*(rule.name for rule in records.settings.rules), SILENT, NEW, GONE)
    }


def _money(records: Records) -> Phrase:
    return say(f"segment.money_name.{records.money_name}")
