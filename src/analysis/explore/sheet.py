"""A customer's story as a page in a notebook, drawn by the builders that draw the reports."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.core.contracts.churn import QUIET, RISK
from analysis.core.contracts.churn_warnings import WARNINGS
from analysis.core.contracts.code_words import words_of
from analysis.core.contracts.explore import ORDERS_OF_CUSTOMER
from analysis.core.contracts.lifetime_value import CLV
from analysis.core.edition import is_missing
from analysis.core.estimate import estimated, measured
from analysis.core.text import Phrase, joined, listed, quoted, say
from analysis.draw.page import Change, Kpi, Look, Page, Section, open_page
from analysis.draw.section import in_notebook
from analysis.explore.timeline import plot_timeline

if TYPE_CHECKING:
    from analysis.explore.story import Story

GRADES = ("tier", "segment", "quadrant")


def page_of(story: Story) -> str:
    """The page in the language of the report, its style kept to itself."""
    page = open_page(story.params.report)
    return in_notebook("".join(section.html[page.language] for section in sections(page, story)), page.language)


def sections(page: Page, story: Story) -> list[Section]:
    """The parts in reading order; what there is nothing to say of is said in the last one."""
    if story.orders.empty:
        return [headline(page, story), standing(page, story), why(page, story)]
    found = [headline(page, story), kpis(page, story), orders(page, story), standing(page, story)]
    if len(story.risk):
        found.append(_table(page, "risk", story.risk, RISK, ("horizon_days", "risk", "lo", "hi", "value_at_risk"), story.params.churn.interval_level))
    if len(story.lifetime):
        columns = ("horizon_months", "exp_orders", "value_per_order", "clv", "lo", "hi")
        found.append(_table(page, "lifetime", story.lifetime, CLV, columns, story.params.lifetime_value.interval_level))
    if len(story.warnings):
        columns = ("signal", "is_red", "first_seen", "baseline", "now", "strength_months")
        found.append(_table(page, "warnings", story.warnings, WARNINGS, columns, None))
    return [*found, why(page, story)]


def headline(page: Page, story: Story) -> Section:
    """What the customer is like now, judged by its own rhythm."""
    name, now = quoted(page.shown_name(story.name)), _now(story)
    state = "none" if story.orders.empty else "silent" if now is None or is_missing(now["state"]) else str(now["state"])
    title = say(f"explore.state.{state}", name=name)
    if now is not None and state in ("cooling", *QUIET) and not is_missing(now["expected_gap_days"]):
        title = say("explore.state.quiet", state=title, days=int(now["silence_days"]), gap=float(now["expected_gap_days"]))
    known = [quoted(str(story.profile[part])) for part in ("region", "industry", "sales_rep") if not is_missing(story.profile.get(part))]
    told = [say("explore.known", known=listed(known))] if known else []
    if len(story.orders):
        first, last = story.orders["order_date"].iloc[0], story.orders["order_date"].iloc[-1]
        told.append(say("explore.since", days=len(story.orders), first=first, last=last))
    else:
        told.append(say("explore.nothing"))
    return page.headline(
        kicker=say("explore.kicker", customer=story.customer_id, as_of=story.facts["as_of"]), title=title,
        standfirst=joined(told),
    )  # fmt: skip


def kpis(page: Page, story: Story) -> Section:
    """Value now, rank, lifetime value and risk; what nobody can tell says so."""
    now, ahead = _now(story), story.lifetime.sort_values("horizon_months").head(1)
    churn, worth = story.params.churn, story.params.lifetime_value
    tiles = [_value(story), _rank(story), _silence(story, now)]
    clv = _row(ahead)
    months = min(worth.horizon_months)
    tiles.append(_estimate("clv", clv, "clv", "money", say("explore.kpi.clv", months=months), worth.interval_level))
    tiles.append(_estimate("risk", now, "risk", "ratio", say("explore.kpi.risk", days=churn.horizon_days), churn.interval_level))
    return page.kpis(tiles)


def orders(page: Page, story: Story) -> Section:
    """The purchases over time and the present silence."""
    kicker = say("explore.orders.kicker")
    now, gaps = _now(story), story.orders["gap_days"].dropna()
    silent = int((story.facts["as_of"] - story.orders["order_date"].iloc[-1]).days)
    title = say("explore.orders.once") if gaps.empty else say("explore.orders.title", gap=float(gaps.median()), silent=silent)
    percentile = None if now is None else now["silence_percentile"]
    deck = say("explore.orders.deck") if is_missing(percentile) else say("explore.orders.longer", share=float(percentile))  # type: ignore[arg-type]
    return page.figure(
        "orders", kicker=kicker, title=title, deck=deck,
        draw=partial(plot_timeline, story.orders, story.facts["as_of"], say("explore.orders.silence", days=silent)),
        data=story.orders, contract=ORDERS_OF_CUSTOMER,
        look=Look(columns=("order_date", "gap_days", "orders", "lines", "value", "returned", "contribution"), search=False),
    )  # fmt: skip


def standing(page: Page, story: Story) -> Section:
    """Tier, segment and quadrant, and the next action."""
    grades = _row(story.grades)
    lines = [
        say(f"explore.grade.{name}", grade=words_of(name, [str(grades[name])])[str(grades[name])])
        for name in GRADES
        if grades is not None and not is_missing(grades[name])
    ]
    action = _row(story.action)
    if action is not None:
        kind = words_of("action_type", [action["action_type"]])[action["action_type"]]
        lines.append(say("explore.action.next", action=kind, money=float(action["at_stake"]), number=str(action["action_id"])))
    else:
        lines.append(say("explore.action.none"))
    return page.notes("standing", kicker=say("explore.grade.kicker"), title=say("explore.grade.title"), lines=lines)


def why(page: Page, story: Story) -> Section:
    """Likely reasons, and what is missing."""
    codes = words_of("reason", story.reasons["reason"].dropna())
    lines = [
        say("explore.why.noted", reason=codes[row.reason], day=row.date)
        for row in story.reasons.sort_values("date").dropna(subset=["reason"]).itertuples()
    ]
    if len(story.drivers):
        lines.append(say("explore.why.drivers", named=len(story.drivers)))
    empty = [
        say(f"explore.part.{part}")
        for part in ("value", "grades", "risk", "lifetime", "warnings", "reasons", "action")
        if getattr(story, part).empty
    ]  # fmt: skip
    if empty:
        lines.append(say("explore.why.without", parts=listed(empty)))
    if story.lacking:
        lines.append(say("explore.why.lacking", tables=listed([quoted(name) for name in story.lacking])))
    return page.notes("why", kicker=say("explore.why.kicker"), title=say("explore.why.title"), lines=lines or [say("explore.why.nothing")])


def _value(story: Story) -> Kpi:
    row, name = _row(story.value), str(story.facts["value_name"])
    label = say(f"explore.kpi.{name}", months=story.params.profit.window_months)
    if row is None or is_missing(row[name]):
        return Kpi(label, say("explore.kpi.untold"))
    now, before = float(row[name]), row[f"{name}_before"]
    change = None if is_missing(before) or before <= 0 else now / float(before) - 1
    partly = say("explore.kpi.partly") if name == "contribution" and row["profit_status"] == "partial" else say("explore.status.measured")
    figure = measured("value", now, "money", n=int(row["lines"]), inputs="customer_profit")
    return Kpi(label, figure, good="up", changes=(Change(change, "ratio", say("explore.kpi.before")),), note=partly)


def _rank(story: Story) -> Kpi:
    row, label = _row(story.value), say("explore.kpi.rank", customers=story.ranked)
    if row is None or is_missing(row["rank"]):
        return Kpi(label, say("explore.kpi.untold"))
    return Kpi(label, measured("rank", float(row["rank"]), "count", n=story.ranked, inputs="customer_profit"), note=say("explore.status.measured"))


def _silence(story: Story, now: pd.Series | None) -> Kpi:
    days = float((story.facts["as_of"] - story.orders["order_date"].iloc[-1]).days)
    usual = None if now is None else now["expected_gap_days"]
    note = say("explore.status.measured") if is_missing(usual) else say("explore.kpi.usual", gap=float(usual))  # type: ignore[arg-type]
    return Kpi(say("explore.kpi.silence"), measured("silence", days, "days", n=len(story.orders), inputs="customer_days"), note=note)


def _estimate(name: str, row: pd.Series | None, column: str, unit: Any, label: Phrase, level: float) -> Kpi:
    """A tile of one estimate with its interval."""
    if row is None or any(is_missing(row[part]) for part in (column, "lo", "hi")):
        return Kpi(label, say("explore.kpi.untold"))
    figure = estimated(name, row[column], row["lo"], row["hi"], unit, method=str(row["method"]), n=1, inputs=name)
    return Kpi(label, figure, level=level, note=say("explore.status.estimated"))


def _table(page: Page, name: str, rows: pd.DataFrame, contract: Any, columns: tuple[str, ...], level: float | None) -> Section:
    note = say("explore.status.measured") if level is None else say("explore.interval", level=level)
    words = {column: words_of(column, rows[column].dropna()) for column in columns if contract.by_name[column].kind == "text"}
    return page.table(
        name, rows, contract, kicker=say(f"explore.part.{name}"), title=say(f"explore.{name}.title"), note=note,
        look=Look(columns=columns, words=words, search=False),
    )  # fmt: skip


def _row(frame: pd.DataFrame) -> pd.Series | None:
    return None if frame.empty else frame.iloc[0]


def _now(story: Story) -> pd.Series | None:
    """Risk over the horizon by which states are told."""
    return _row(story.risk[story.risk["horizon_days"] == story.params.churn.horizon_days])
