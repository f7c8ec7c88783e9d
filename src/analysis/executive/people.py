"""The second half of the director's page: who the customers are, what they are worth, and whom to call."""

from __future__ import annotations

import pandas as pd

from analysis.core.contracts.churn import QUIET
from analysis.core.contracts.executive import CALL_LIST, SEGMENT_VALUES, TOP_VALUES, VALUE_STATES
from analysis.core.contracts.segment import MIGRATION
from analysis.core.text import Phrase, say
from analysis.draw.page import Look, Page, Section
from analysis.executive import messages, plots
from analysis.executive.briefing import Briefing

UNSCORED = ("silent", "gone")  # segments of customers that bought nothing in the window


def segments(page: Page, briefing: Briefing, found: pd.DataFrame) -> Section | None:
    """G2: who the customers are; nothing where nobody has bought."""
    rules = briefing.params.segment.rules
    slipping = [rule.name for rule in rules if rule.is_waiting]
    shown = found[~found["segment"].isin(UNSCORED)]
    if not shown["customers"].sum():
        return None
    return page.figure(
        "segments", kicker=say("executive.segments.kicker"), title=messages.segments_title(briefing.measure, shown, slipping),
        deck=say(
            "executive.segments.deck", value=say(f"profit.value_first.{briefing.measure}"), months=briefing.now.months
        ),
        draw=plots.draw_segments(shown, slipping), data=found, contract=SEGMENT_VALUES,
        look=Look(columns=("segment", "customers", "customers_before", "value", "value_share"), search=False,
                  words={"segment": {name: say(f"segment.name.{name}") for name in found["segment"]}}),
    )  # fmt: skip


def moves(page: Page, briefing: Briefing) -> Section | None:
    """G10: who moved between the segments in a month; nothing where nobody did."""
    moved = briefing.rfm[briefing.rfm["move"] != "stayed"]
    if moved.empty:
        return None
    counts = moved["move"].value_counts()
    found = counts.reindex([move for move in plots.MOVE_WORDS if move in counts.index])
    ways = briefing.migration
    ways = ways[(ways["customers"] > 0) & (ways["segment"] != ways["segment_before"])]
    ways = ways.sort_values(["customers", "segment_before", "segment"], ascending=[False, True, True])
    words = {name: say(f"segment.name.{name}") for name in {*ways["segment"], *ways["segment_before"]}}
    return page.figure(
        "moves", kicker=say("executive.moves.kicker"), title=messages.moves_title(
            found, level=briefing.params.segment.interval_level,
            prior=briefing.params.segment.dirichlet_prior,
        ),
        deck=say("executive.moves.deck", month=briefing.now.earlier(1).last),
        draw=plots.draw_moves(found), data=ways, contract=MIGRATION, half=True,
        look=Look(columns=("segment_before", "segment", "customers", "share", "lo", "hi"), search=False,
                  words={"segment_before": words, "segment": words}),
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
        draw=plots.draw_worth(shown, names), data=shown.assign(customer_name=names), contract=TOP_VALUES,
        look=Look(columns=("customer_name", "segment", "exp_orders", "clv", "lo", "hi"), search=False,
                  words={"segment": _segment_words(shown)}, forms={"exp_orders": "number1"}),
    )  # fmt: skip


def states(page: Page, briefing: Briefing, found: pd.DataFrame) -> Section | None:
    """C1: where the value sits by present silence; nothing where nobody has a rhythm."""
    if found.empty:
        return None
    quiet = int(found.loc[found["state"].isin(QUIET), "customers"].sum())
    idle = quiet - briefing.quiet.customers
    return page.figure(
        "states", note=say("executive.states.note", quiet=quiet, idle=idle) if idle else None, kicker=say("executive.states.kicker"), title=messages.states_title(briefing.quiet),
        deck=say("executive.states.deck", months=briefing.params.churn.value_window_months),
        draw=plots.draw_states(found), data=found, contract=VALUE_STATES, half=True,
        look=Look(words={"state": _state_words(found)}, search=False),
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
    columns = ("customer_name", "region", "sales_rep", "segment", "state", "risk", "last_order_date", "expected_gap_days",
               "value", "value_at_risk")  # fmt: skip
    return page.table(
        "calls", found, CALL_LIST, kicker=kicker,
        title=say("executive.calls.title", customers=len(first), money=first["value"].sum()),
        deck=say("executive.calls.deck", days=settings.horizon_days, months=settings.value_window_months,
                 value=say(f"profit.value.{briefing.risk['value_name'].iloc[0]}")),
        note=say("executive.calls.note"), names=("customer_name",),
        look=Look(
            columns=tuple(name for name in columns if name not in empty), bars=("risk",), limit=len(first),
            words={"segment": _segment_words(found), "state": _state_words(found)}, forms={"risk": "percent", "expected_gap_days": "days", "value": "money", "value_at_risk": "money"},
        ),
    )  # fmt: skip


def _state_words(frame: pd.DataFrame) -> dict[str, Phrase]:
    return {name: say(f"churn.state.{name}") for name in sorted(set(frame["state"].dropna()))}


def _segment_words(frame: pd.DataFrame) -> dict[str, Phrase]:
    return {name: say(f"segment.name.{name}") for name in sorted(set(frame["segment"].dropna()))}
