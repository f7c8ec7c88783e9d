"""The first half of the director's page, in reading order: the message, the figures, what to do, where value comes from."""

from __future__ import annotations

import pandas as pd

from analysis.core.contracts.profit import BRIDGE, CONCENTRATION_TIERS, PERIODS
from analysis.core.estimate import Figure
from analysis.core.text import Phrase, joined, say
from analysis.core.windows import MONTHS_PER_YEAR
from analysis.draw.page import Change, Kpi, Look, Page, Section
from analysis.executive import messages, plots
from analysis.executive.actions import choose_actions
from analysis.executive.briefing import Briefing

VERSUS = {1: say("executive.versus.month"), MONTHS_PER_YEAR: say("executive.versus.year")}  # by months ago
NOTHING = Change(None, "ratio", say("executive.versus.earlier"))


def headline(page: Page, briefing: Briefing) -> Section:
    """The message of the month, and what value means."""
    now = briefing.now
    title = messages.headline(
        briefing.measure, briefing.value, briefing.change, now.months, briefing.quiet, briefing.steps,
        threats=briefing.threats, deep=briefing.params.profit.deep_discount,
    )  # fmt: skip
    return page.headline(
        kicker=say("executive.headline.kicker", month=now.last), title=title,
        standfirst=joined(_standfirst(briefing)),
    )  # fmt: skip


def _standfirst(briefing: Briefing) -> list[Phrase]:
    now, facts = briefing.now, briefing.facts
    active = int(briefing.ends["active_customers"].iloc[-1])
    lines = [
        say(
            "executive.headline.standfirst",
            first=now.first,
            last=now.last,
            customers=active,
        )
    ]
    if facts["value_name"] == "revenue":
        lines.append(say("executive.headline.revenue"))
    elif briefing.measure == "revenue":
        lines.append(say("executive.headline.by_revenue"))
    else:
        lines.append(say("executive.headline.contribution"))
        if facts["costed_share"] < 1:
            lines.append(say("executive.headline.partly", share=facts["costed_share"]))
    if briefing.steps.empty:
        lines.append(say("executive.headline.alone", first=facts["first_date"]))
    return lines


def kpis(page: Page, briefing: Briefing, figures: list[Figure]) -> Section:
    """Value, customers, retention, and what is expected and at risk."""
    found = {figure.name: figure for figure in figures}
    params, months = briefing.params, briefing.now.months
    ahead, risk = params.lifetime_value, params.churn
    return page.kpis([
        Kpi(say("executive.kpi.value", value=_value_first(briefing), months=months), found["value"], good="up",
            changes=_changes(briefing, "value", "ratio"), trend=_trend(briefing.ends["value"])),
        Kpi(say("executive.kpi.active"), found["active_customers"], good="up",
            changes=_changes(briefing, "active_customers", "count"), trend=_trend(briefing.ends["active_customers"])),
        Kpi(say("executive.kpi.retention"), found["net_retention"], good="up",
            changes=_changes(briefing, "net_retention", "points"), trend=_trend(briefing.ends["net_retention"])),
        Kpi(say("executive.kpi.predicted", months=min(ahead.horizon_months)), found["predicted_value"], good="up",
            changes=_estimate_changes(briefing, "predicted_value"), trend=_trend(briefing.estimates["predicted_value"]["value"]), level=ahead.interval_level),
        Kpi(say("executive.kpi.risk", days=risk.horizon_days), found["value_at_risk"], good="down",
            changes=_estimate_changes(briefing, "value_at_risk"), trend=_trend(briefing.estimates["value_at_risk"]["value"]), level=risk.interval_level, note=say("executive.kpi.risk_note")),
    ])  # fmt: skip


def _changes(briefing: Briefing, column: str, unit: str) -> tuple[Change, ...]:
    return _told({versus: briefing.change_of(column, back) for back, versus in VERSUS.items()}, unit)


def _estimate_changes(briefing: Briefing, name: str) -> tuple[Change, ...]:
    return _told({versus: briefing.change_of_estimate(name, back) for back, versus in VERSUS.items()}, "ratio")


def _told(amounts: dict[Phrase, float | None], unit: str) -> tuple[Change, ...]:
    if all(amount is None for amount in amounts.values()):
        return (NOTHING,)
    return tuple(Change(amount, unit, versus) for versus, amount in amounts.items())  # type: ignore[arg-type]


def _trend(values: pd.Series) -> tuple[float, ...]:
    return tuple(values) if values.count() > 1 else ()


def actions(page: Page, briefing: Briefing) -> Section | None:
    """What to do this month; nothing where the data supports nothing."""
    chosen = choose_actions(briefing)
    return page.actions(chosen) if chosen else None


def whale(page: Page, briefing: Briefing) -> Section | None:
    """V2: where the value comes from; nothing where the top would be less than one customer or the total is not above zero."""
    measure, settings = briefing.ranked_measure, briefing.params.profit
    top = settings.headline_top_share
    told = _of(briefing.curve_facts, measure, "now")
    if told.empty or told["value"].iloc[0] <= 0 or told["customers"].iloc[0] * top < 1:
        return None
    facts, tier = told.iloc[0], _top(briefing, "now", top)
    before, points = _top(briefing, "before", top), _of(briefing.curves, measure, "now")
    past = _of(briefing.curves, measure, "before")
    share = float(tier["value_share"])
    value = say(f"profit.value.{measure}")
    deck = say(f"executive.curve.{'deck' if len(past) else 'deck_alone'}", value=value)
    return page.figure(
        "whale", kicker=say("executive.curve.kicker", value=value),
        title=messages.curve_title(measure, facts, top, share), deck=deck,
        note=messages.curve_note(
            top, settings.interval_level, tier, None if before is None else before["value_share"]
        ),
        draw=plots.draw_curve(points, past, facts, top, share),
        data=briefing.tiers[briefing.tiers["measure"] == measure], contract=CONCENTRATION_TIERS,
        look=Look(
            columns=("period", "top_share", "customers", "value", "value_share", "lo", "hi"), search=False,
            words={"period": {name: say(f"profit.period_of.{name}") for name in PERIODS}}, forms={"top_share": "percent"},
        ),
    )  # fmt: skip


def bridge(page: Page, briefing: Briefing) -> Section:
    """V8: what changed since the year before; what is needed where there is no year before."""
    steps, now, kicker = briefing.steps, briefing.now, say("executive.bridge.kicker")
    if steps.empty:
        line = say(
            "executive.bridge.needed", first=briefing.facts["first_date"], months=now.months + now.months,
            value=_value(briefing),
        )  # fmt: skip
        return page.notes("bridge", kicker=kicker, title=say("executive.bridge.alone"), lines=[line])
    past = now.earlier(now.months)
    kept = [briefing.published["profit"][name].value for name in ("net_retention", "gross_retention")]
    note = None if None in kept else say("executive.bridge.note", net=kept[0], gross=kept[1])
    return page.figure(
        "bridge", kicker=kicker, title=messages.bridge_title(briefing.measure, steps),
        deck=say(
            "executive.bridge.deck", value=_value_first(briefing), before=past.first,
            base=past.last, first=now.first, last=now.last,
        ),
        note=note, draw=plots.draw_bridge(steps), data=steps.reset_index(), contract=BRIDGE,
        look=Look(columns=("part", "customers", "base_e4", "value_e4"), words={"part": plots.STEPS}, search=False),
    )  # fmt: skip


def _of(frame: pd.DataFrame, measure: str, period: str) -> pd.DataFrame:
    return frame[(frame["measure"] == measure) & (frame["period"] == period)]


def _top(briefing: Briefing, period: str, top: float) -> pd.Series | None:
    """The tier of the top share; None where there was nobody to rank."""
    rows = _of(briefing.tiers, briefing.ranked_measure, period)
    found = rows[rows["top_share"] == top]
    return None if found.empty else found.iloc[0]


def _value(briefing: Briefing) -> Phrase:
    return say(f"profit.value.{briefing.measure}")


def _value_first(briefing: Briefing) -> Phrase:
    return say(f"profit.value_first.{briefing.measure}")
