"""The director's page, in reading order: one function a part."""

from __future__ import annotations

import pandas as pd

from analysis.core.contracts.executive import CALL_LIST, TOP_VALUES, VALUE_STATES
from analysis.core.contracts.profit import BRIDGE, CONCENTRATION
from analysis.core.contracts.segment import MIGRATION, SEGMENTS
from analysis.core.estimate import Figure
from analysis.core.text import Phrase, say
from analysis.draw.page import Change, Kpi, Look, Page, Section
from analysis.executive import messages, plots
from analysis.executive.actions import choose_actions
from analysis.executive.briefing import Briefing

UNSCORED = ("silent", "gone")  # segments of customers that bought nothing in the window


def headline(page: Page, briefing: Briefing) -> Section:
    """The message of the month, and what value means."""
    now = briefing.now
    is_large = briefing.quiet_share >= briefing.params.executive.headline_share
    title = messages.headline(
        briefing.measure, briefing.value, briefing.change, now.months, briefing.quiet, briefing.steps,
        is_quiet_large=is_large and briefing.quiet.customers > 0,
    )  # fmt: skip
    return page.headline(
        kicker=say("executive.headline.kicker", month=now.last.start_time), title=title,
        standfirst=_joined(_standfirst(briefing)),
    )  # fmt: skip


def _standfirst(briefing: Briefing) -> list[Phrase]:
    now, facts = briefing.now, briefing.facts
    active = int(briefing.ends["active_customers"].iloc[-1])
    lines = [
        say(
            "executive.headline.standfirst",
            first=now.first.start_time,
            last=now.last.start_time,
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
    quiet = say("executive.kpi.quiet_note", money=briefing.quiet.money)
    nothing = tuple(Change(None, "ratio", versus) for versus in _versus(briefing).values())
    return page.kpis([
        Kpi(say("executive.kpi.value", value=_value_first(briefing), months=months), found["value"], good="up",
            changes=_changes(briefing, "value", "ratio"), trend=tuple(briefing.ends["value"])),
        Kpi(say("executive.kpi.active"), found["active_customers"], good="up",
            changes=_changes(briefing, "active_customers", "count"), trend=tuple(briefing.ends["active_customers"])),
        Kpi(say("executive.kpi.retention"), found["net_retention"], good="up",
            changes=_changes(briefing, "net_retention", "points"), trend=_trend(briefing.ends["net_retention"])),
        Kpi(say("executive.kpi.predicted", months=min(ahead.horizon_months)), found["predicted_value"], good="up",
            changes=nothing, level=ahead.interval_level),
        Kpi(say("executive.kpi.risk", days=risk.horizon_days), found["value_at_risk"], good="down",
            changes=nothing, level=risk.interval_level, note=quiet if briefing.quiet.customers else None),
    ])  # fmt: skip


def _versus(briefing: Briefing) -> dict[int, Phrase]:
    """What the tiles compare with, by how many months ago it was."""
    last, year = briefing.now.last, briefing.now.months
    return {
        1: say("executive.versus.month", month=(last - 1).start_time),
        year: say("executive.versus.year", month=(last - year).start_time),
    }


def _changes(briefing: Briefing, column: str, unit: str) -> tuple[Change, ...]:
    return tuple(
        Change(briefing.change_of(column, back), unit, versus)  # type: ignore[arg-type]
        for back, versus in _versus(briefing).items()
    )


def _trend(values: pd.Series) -> tuple[float, ...]:
    return tuple(values) if values.notna().any() else ()


def actions(page: Page, briefing: Briefing) -> Section | None:
    """What to do this month; nothing where the data supports nothing."""
    chosen = choose_actions(briefing)
    return page.actions(chosen) if chosen else None


def whale(page: Page, briefing: Briefing) -> Section | None:
    """V2: where the value comes from; nothing where nobody can be ranked or the total is not above zero."""
    measure, settings = briefing.measure, briefing.params.profit
    top = settings.headline_top_share
    told = _of(briefing.curve_facts, measure, "now")
    if told.empty or told["value"].iloc[0] <= 0:
        return None
    facts, tier = told.iloc[0], _top(briefing, "now", top)
    before, points = _top(briefing, "before", top), _of(briefing.curves, measure, "now")
    past = _of(briefing.curves, measure, "before")
    share = float(tier["value_share"])
    deck = say(f"executive.curve.{'deck' if len(past) else 'deck_alone'}", value=_value(briefing))
    return page.figure(
        "whale", kicker=say("executive.curve.kicker", value=_value(briefing)),
        title=messages.curve_title(measure, facts, top, share), deck=deck,
        note=messages.curve_note(
            top, settings.interval_level, tier, None if before is None else before["value_share"]
        ),
        draw=plots.draw_curve(points, past, facts, top, share), data=points, contract=CONCENTRATION,
        look=Look(columns=("customers", "customer_share", "value", "value_share"), search=False),
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
            "executive.bridge.deck", value=_value_first(briefing), before=past.first.start_time,
            base=past.last.start_time, first=now.first.start_time, last=now.last.start_time,
        ),
        note=note, draw=plots.draw_bridge(steps), data=steps.reset_index(), contract=BRIDGE,
        look=Look(columns=("part", "customers", "base_e4", "value_e4"), words={"part": plots.STEPS}, search=False),
    )  # fmt: skip


def segments(page: Page, briefing: Briefing) -> Section | None:
    """G2: who the customers are; nothing where nobody has bought."""
    rules = briefing.params.segment.rules
    slipping = [rule.name for rule in rules if (rule.recency, rule.money) == ("low", "high")]
    found = briefing.segments.sort_values("position", ignore_index=True)
    shown = found[~found["segment"].isin(UNSCORED)]
    if not shown["customers"].sum():
        return None
    return page.figure(
        "segments", kicker=say("executive.segments.kicker"), title=messages.segments_title(shown),
        deck=say("executive.segments.deck", months=briefing.params.segment.window_months),
        draw=plots.draw_segments(shown, slipping), data=found, contract=SEGMENTS, half=True,
        look=Look(columns=("segment", "customers", "customers_before", "money", "money_before"), search=False,
                  words={"segment": {name: say(f"segment.name.{name}") for name in found["segment"]}}),
    )  # fmt: skip


def moves(page: Page, briefing: Briefing) -> Section | None:
    """G10: who moved between the segments in a month; nothing where nobody did."""
    moved = briefing.rfm[briefing.rfm["move"] != "stayed"]
    if moved.empty:
        return None
    found = moved.groupby("move").agg(customers=("customer_id", "size"), money_change=("money_change", "sum"))
    found = found.reindex([move for move in plots.MOVE_WORDS if move in found.index]).reset_index()
    ways = briefing.migration
    ways = ways[(ways["customers"] > 0) & (ways["segment"] != ways["segment_before"])]
    ways = ways.sort_values(["customers", "segment_before", "segment"], ascending=[False, True, True])
    words = {name: say(f"segment.name.{name}") for name in {*ways["segment"], *ways["segment_before"]}}
    return page.figure(
        "moves", kicker=say("executive.moves.kicker"), title=messages.moves_title(found.set_index("move")["customers"]),
        deck=say("executive.moves.deck", month=(briefing.now.last - 1).start_time),
        draw=plots.draw_moves(found), data=ways, contract=MIGRATION, half=True,
        look=Look(columns=("segment_before", "segment", "customers", "money_before", "money", "money_change"),
                  words={"segment_before": words, "segment": words}, changes=("money_change",), search=False),
    )  # fmt: skip


def worth(page: Page, briefing: Briefing, top: pd.DataFrame) -> Section:
    """V4: who is expected to bring most; says so where nothing can be expected yet."""
    kicker = say("executive.worth.kicker")
    total = briefing.published["lifetime_value"]["clv_near"]
    if top.empty or total.value is None:
        line = say("executive.worth.missing_line")
        return page.notes("worth", kicker=kicker, title=say("executive.worth.missing"), lines=[line])
    level = briefing.params.lifetime_value.interval_level
    shown = top.sort_values(["clv", "customer_id"], ascending=[False, True], ignore_index=True)
    names = shown["customer_name"].map(page.shown_name)
    return page.figure(
        "worth", kicker=kicker,
        title=say("executive.worth.title", customers=len(shown), share=shown["clv"].sum() / total.value, total=total.value),
        deck=say("executive.worth.deck", months=int(shown["horizon_months"].iloc[0]), level=level,
                 value=say(f"profit.value.{briefing.clv['value_name'].iloc[0]}")),
        note=say("executive.worth.note", level=level, lo=total.lo, hi=total.hi),
        draw=plots.draw_worth(shown, names), data=shown.assign(customer_name=names), contract=TOP_VALUES, half=True,
        look=Look(columns=("customer_name", "segment", "exp_orders", "clv", "lo", "hi"), search=False,
                  words={"segment": _segment_words(shown)}, forms={"exp_orders": "number1"}),
    )  # fmt: skip


def states(page: Page, briefing: Briefing, found: pd.DataFrame) -> Section | None:
    """C1: where the value sits by present silence; nothing where nobody has a rhythm."""
    if found.empty:
        return None
    return page.figure(
        "states", kicker=say("executive.states.kicker"), title=messages.states_title(briefing.quiet),
        deck=say("executive.states.deck", months=briefing.params.churn.value_window_months),
        draw=plots.draw_states(found), data=found, contract=VALUE_STATES, half=True,
        look=Look(words={"state": {state: say(f"churn.state.{state}") for state in found["state"]}}, search=False),
    )  # fmt: skip


def calls(page: Page, briefing: Briefing) -> Section:
    """C1: whom to call, by risk times value."""
    found, kicker = briefing.calls, say("executive.calls.kicker")
    if found.empty:
        line = say("executive.calls.none_line")
        return page.notes("calls", kicker=kicker, title=say("executive.calls.none"), lines=[line])
    settings = briefing.params.churn
    first = found.head(briefing.params.executive.listed_customers)
    empty = [name for name in ("region", "sales_rep") if found[name].isna().all()]
    columns = ("customer_name", "region", "sales_rep", "segment", "risk", "last_order_date", "expected_gap_days",
               "value", "value_at_risk")  # fmt: skip
    return page.table(
        "calls", found, CALL_LIST, kicker=kicker,
        title=say("executive.calls.title", customers=len(first), share=first["value"].sum() / briefing.quiet.money),
        deck=say("executive.calls.deck", days=settings.horizon_days, months=settings.value_window_months,
                 value=say(f"profit.value.{briefing.risk['value_name'].iloc[0]}")),
        note=say("executive.calls.note"), names=("customer_name",),
        look=Look(
            columns=tuple(name for name in columns if name not in empty), bars=("risk",), limit=len(first),
            words={"segment": _segment_words(found)}, forms={"risk": "percent", "expected_gap_days": "number"},
        ),
    )  # fmt: skip


def _segment_words(frame: pd.DataFrame) -> dict[str, Phrase]:
    return {name: say(f"segment.name.{name}") for name in sorted(set(frame["segment"].dropna()))}


def _of(frame: pd.DataFrame, measure: str, period: str) -> pd.DataFrame:
    return frame[(frame["measure"] == measure) & (frame["period"] == period)]


def _top(briefing: Briefing, period: str, top: float) -> pd.Series | None:
    """The tier of the top share; None where there was nobody to rank."""
    rows = _of(briefing.tiers, briefing.measure, period)
    found = rows[rows["top_share"] == top]
    return None if found.empty else found.iloc[0]


def _value(briefing: Briefing) -> Phrase:
    return say(f"profit.value.{briefing.measure}")


def _value_first(briefing: Briefing) -> Phrase:
    return say(f"profit.value_first.{briefing.measure}")


def _joined(lines: list[Phrase]) -> Phrase:
    first, *rest = lines
    return say("executive.joined", first=first, rest=_joined(rest)) if rest else first
