"""The profit page: its message, its figures and what stands behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from math import isclose

import pandas as pd

from analysis.core.contracts import profit as contracts
from analysis.core.contracts.schema import E4
from analysis.core.estimate import Figure
from analysis.core.tables import ROUNDING
from analysis.core.text import Phrase, say
from analysis.draw.lacking import lacking
from analysis.draw.page import Change, Check, Kpi, Look, Missing, Page, Section, Term
from analysis.profit import messages, plots
from analysis.profit.books import Books
from analysis.profit.bridge import closes, lost_over_new_streak
from analysis.profit.concentration import Concentration, facts_of
from analysis.profit.curve import top_name
from analysis.profit.figures import COSTS, history_needed, is_fully_costed, needed_for, window_name
from analysis.profit.ladder_page import minimum_order as minimum_order  # parts of this page as the others are
from analysis.profit.ladder_page import problems as problems
from analysis.profit.notes import bridge_deck, bridge_note, curve_note, customers_note, period_of, standfirst
from analysis.profit.serving_page import WORK, serving_check
from analysis.profit.serving_page import serving as serving
from analysis.profit.stand_ins_page import assumed_tile

TERMS = ("contribution", "profit", "curve", "gini", "retention")
PERIODS = {name: say(f"profit.period_of.{name}") for name in contracts.PERIODS}
MEASURES = {name: say(f"profit.value.{name}") for name in contracts.MEASURES}
KPIS = {name: partial(say, f"profit.kpi.{name}") for name in contracts.MEASURES}


def headline(page: Page, books: Books, found: Concentration, bridge: pd.DataFrame) -> Section:
    """How the value moved, and who brings it."""
    value = books.headline_name
    total = books.total(value)
    before = books.total(value, "before") if books.before else 0.0
    change = total / before - 1 if before > 0 else None
    streak = lost_over_new_streak(bridge[bridge["measure"] == books.compared_name])
    title = messages.headline(
        value, total, change, streak, facts_of(found.facts, value), _tiers(found.tiers, value), books.settings
    )
    return page.headline(
        kicker=say("profit.headline.kicker", month=books.now.last), title=title, standfirst=standfirst(books)
    )


def kpis(page: Page, books: Books, found: Concentration, figures: list[Figure]) -> Section:
    """Value, customers, concentration and retention, each against the month and the year before."""
    by_name = {figure.name: figure for figure in figures}
    settings = books.settings
    tiles = [
        Kpi(
            KPIS[measure](months=books.now.months),
            by_name[window_name(books, measure)],
            changes=_changes(books, measure),
            good="up",
            note=_costed_note(books, measure),
            trend=() if needed_for(books, measure) else tuple(books.trailing(measure)),
        )
        for measure in ("revenue", "profit" if books.has_profit else "contribution")
    ]
    if assumed := by_name.get(window_name(books, "assumed_contribution")):
        tiles[-1] = assumed_tile(books, assumed)
    active = _compared(books, {name: float(count) for name, count in books.active_customers().items()})
    tiles.append(Kpi(say("profit.kpi.customers"), by_name["customers_active"], changes=active, good="up"))
    top = settings.headline_top_share
    if top_name(top) in by_name:
        label, level = say("profit.kpi.top", top=top), settings.interval_level
        changes = (_share_change(books, found, top),)
        tiles.append(Kpi(label, by_name[top_name(top)], changes=changes, level=level))
    gross = by_name["gross_retention"].value
    note = None if gross is None else say("profit.kpi.retention_note", gross=gross)
    tiles.append(Kpi(say("profit.kpi.retention"), by_name["net_retention"], good="up", note=note))
    return page.kpis(tiles)


def _costed_note(books: Books, measure: str) -> Phrase | None:
    if measure == "revenue" or needed_for(books, measure) or is_fully_costed(books):
        return None
    return say("profit.kpi.costed", share=books.costed_shares["now"])


def _changes(books: Books, measure: str) -> tuple[Change, ...]:
    if needed_for(books, measure):
        return ()
    found = {"now": books.total(measure), "month": books.trailing(measure).get(books.now.earlier(1).last)}
    if books.before and measure in ("revenue", books.compared_name, books.headline_name):
        found["before"] = books.total(measure, "before")
    return _compared(books, found)


def _compared(books: Books, found: Mapping[str, float | None]) -> tuple[Change, ...]:
    """The value ``now`` against those a ``month`` ago and in the window ``before``, where there are any."""
    ends = {"month": books.now.earlier(1).last, "before": books.now.earlier(books.now.months).last}
    bases = {name: found.get(name) for name in ends}
    return tuple(
        Change(found["now"] / base - 1 if base and base > 0 else None, "ratio", _versus(name, ends[name]))
        for name, base in bases.items()
    )


def _share_change(books: Books, found: Concentration, top: float) -> Change:
    shares = {period: _tiers(found.tiers, books.ranked_name, period).get(top) for period in contracts.PERIODS}
    known = all(share is not None and pd.notna(share) for share in shares.values())
    end = books.now.earlier(books.now.months).last
    return Change(shares["now"] - shares["before"] if known else None, "points", _versus("before", end))


def _versus(name: str, month: pd.Timestamp) -> Phrase:
    return say("profit.versus.month" if name == "month" else "profit.versus.year", month=month)


def whale(page: Page, books: Books, found: Concentration) -> Section | None:
    """V2: the curve of the run's value, last year's behind it; the shares of the top as its data."""
    return _curve(page, books, found, books.ranked_name, "whale", messages.curve_title)


def beside(page: Page, books: Books, found: Concentration) -> Section | None:
    """V2: the curve by revenue beside that of profit or contribution; nothing where revenue is the value."""
    if books.value_name == "revenue":
        return None
    top = books.settings.headline_top_share
    shares = [_tiers(found.tiers, measure).get(top) for measure in ("revenue", books.ranked_name)]
    if any(share is None or pd.isna(share) for share in shares):
        return None
    title = messages.beside_title(*shares, top, books.ranked_name)
    return _curve(page, books, found, "revenue", "beside", lambda *_: title)


def _curve(
    page: Page, books: Books, found: Concentration, measure: str, name: str, title_of: Callable[..., Phrase]
) -> Section | None:
    told = facts_of(found.facts, measure)
    if told.empty:
        return None
    settings, word = books.settings, say(f"profit.value.{measure}")
    tiers = _tiers(found.tiers, measure)
    points = {
        period: found.points[(found.points["measure"] == measure) & (found.points["period"] == period)]
        for period in contracts.PERIODS
    }
    kind = "deck_money" if told["value"] <= 0 else "deck_before" if books.before else "deck"
    is_value = measure == books.ranked_name
    share = tiers[settings.headline_top_share]
    kicker = say("profit.curve.kicker", value=word) if measure != "revenue" else say(
        "profit.curve.concentration" if is_value else "profit.curve.beside_kicker"
    )
    return page.figure(
        name,
        kicker=kicker,
        title=title_of(measure, told, tiers, settings),
        deck=say(f"profit.curve.{kind}", value=word, period=period_of(books.now)),
        note=curve_note(books, found, measure, claims=is_value and told["value"] > 0),
        draw=plots.draw_curve(points["now"], points["before"], told, share, settings, claims=is_value),
        data=found.tiers[found.tiers["measure"] == measure],
        contract=contracts.CONCENTRATION_TIERS,
        look=Look(
            columns=("period", "top_share", "customers", "value", "value_share", "lo", "hi"),
            words={"period": PERIODS}, forms={"top_share": "percent"}, search=False,
        ),
    )  # fmt: skip


def bridge_figure(page: Page, books: Books, bridge: pd.DataFrame) -> Section | None:
    """V8: the bridge over the longest comparison that the data allows; nothing where it allows none."""
    measure = books.compared_name
    kinds = [kind for kind in contracts.COMPARISONS if len(books.steps(bridge, measure, kind))]
    if not kinds:
        return None
    steps = books.steps(bridge, measure, kinds[0])
    return page.figure(
        "bridge",
        kicker=say("profit.bridge.kicker"),
        title=messages.bridge_title(measure, steps),
        deck=bridge_deck(books, kinds[0], measure),
        note=bridge_note(books, bridge, kinds[0]),
        draw=plots.draw_bridge(steps),
        data=steps.reset_index(),
        contract=contracts.BRIDGE,
        look=Look(
            columns=("part", "customers", "base_e4", "value_e4"),
            words={"part": plots.STEP_WORDS},
            search=False,
        ),
    )


def customers(page: Page, books: Books, ranked: pd.DataFrame) -> Section:
    """The customers behind the title: those below zero, else the largest falls, else the largest."""
    frame, title, columns = _listed(books, ranked)
    deck = "profit.customers.deck" if "revenue_before" in columns else "profit.customers.deck_alone"
    note = customers_note(books) if books.value_name == "contribution" else None
    return page.table(
        "customers",
        frame,
        contracts.CUSTOMER_PROFIT,
        kicker=say("profit.customers.kicker"),
        title=title,
        deck=say(deck, period=period_of(books.now)),
        note=note,
        look=Look(columns=columns, words={"part": plots.STEP_WORDS, "main_work": WORK}),
        names=("customer_name",),
    )


def _listed(books: Books, ranked: pd.DataFrame) -> tuple[pd.DataFrame, Phrase, tuple[str, ...]]:
    people = ranked[~ranked["is_pseudo_customer"]]
    limit = books.settings.listed_customers
    before = ("revenue_before",) if books.before else ()
    value = books.ranked_name
    losing = people[people[value] < 0] if value != "revenue" else people[:0]
    if len(losing):
        title = say("profit.customers.losing", count=len(losing), money=losing[value].sum(), value=MEASURES[value])
        served = ("serving_cost", "profit", "main_work", "main_work_share") if value == "profit" else ()
        columns = ("customer_name", "orders", "lines", "loss_lines", "return_lines", "revenue", "contribution", *served)
        return _top(losing, losing[value], limit), title, columns
    fall = people["revenue"] - people["revenue_before"]
    if books.before and (fall < 0).any():
        falls = _top(people[fall < 0], fall[fall < 0], limit)
        taken = fall[falls.index].sum()
        title = say(
            "profit.customers.falling", count=len(falls), money=-taken, share=taken / fall[fall < 0].sum()
        )
        return falls, title, ("customer_name", "part", "orders", "revenue", *before)
    largest = _top(people, -people["revenue"], limit)
    whole = ranked["revenue"].sum()
    share = largest["revenue"].sum() / whole if whole > 0 else None
    title = say("profit.customers.largest", count=len(largest), share=share, value=MEASURES["revenue"])
    return largest, title, ("customer_name", "orders", "lines", "revenue", *before)


def _top(frame: pd.DataFrame, order: pd.Series, limit: int) -> pd.DataFrame:
    """The first ``limit`` rows by ``order``; equal ones by id."""
    chosen = order.loc[frame.sort_values("customer_id").index].sort_values(kind="stable").index
    return frame.loc[chosen].head(limit)


def missing(page: Page, books: Books) -> Section | None:
    """What this data cannot show, and which column would."""
    gaps = []
    if books.value_name == "revenue":
        gaps.append(Missing(say("profit.gap.cost"), COSTS, say("profit.gap.cost_enables")))
    if books.before is None:
        enables = say("profit.gap.history_enables", first=books.facts["first_date"])
        gaps.append(Missing(say("profit.gap.history"), history_needed(books), enables))
    gaps += lacking(books.gate, "profit")
    return page.missing(gaps)


def glossary(page: Page, books: Books) -> Section:
    """The terms of this run's page."""
    used = [name for name in TERMS if name not in contracts.MEASURES or not needed_for(books, name)]
    terms = [Term(say(f"profit.term.{name}"), say(f"profit.meaning.{name}")) for name in used]
    return page.glossary(terms)


def checks(
    page: Page, books: Books, found: Concentration, bridge: pd.DataFrame, ranked: pd.DataFrame
) -> Section:
    """Totals before are totals after, from the stored tables."""
    booked = books.months.loc[books.now.holds(books.months["month"]), "revenue_e4"].sum() / E4
    told = facts_of(found.facts, "revenue")
    points = found.points[(found.points["measure"] == "revenue") & (found.points["period"] == "now")]
    end = points["value"].iloc[-1] + told["pseudo_value"] if len(points) else booked
    return page.provenance(
        checks=[
            Check(say("profit.check.total"), isclose(ranked["revenue"].sum(), booked, rel_tol=ROUNDING)),
            Check(say("profit.check.curve"), isclose(end, booked, rel_tol=ROUNDING)),
            Check(say("profit.check.bridge"), closes(bridge)),
            *serving_check(books),
        ]
    )


def _tiers(tiers: pd.DataFrame, measure: str, period: str = "now") -> pd.Series:
    own = tiers[(tiers["measure"] == measure) & (tiers["period"] == period)]
    return own.set_index("top_share")["value_share"]
