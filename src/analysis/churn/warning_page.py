"""C3 on the page: how many alarms rang and how many would by chance, who is warned of, the evidence, and the proof."""

from __future__ import annotations

from functools import partial

import pandas as pd

from analysis.churn import warning_messages as messages
from analysis.churn.warnings import Warned
from analysis.churn.worth import KEY
from analysis.core.contracts.churn_warnings import (
    OUTCOMES,
    SIGNALS,
    STATES,
    WARNING_PROOF,
    WARNING_SIGNALS,
    WARNINGS,
)
from analysis.core.contracts.schema import Column, Table, Words
from analysis.core.text import joined, quoted, say
from analysis.draw.multiples import Panel, plot_multiples
from analysis.draw.page import Check, Look, Page, Section

LISTED = Table(
    "warned_customers", "one customer with an open warning", (KEY,),
    (
        *(column for column in WARNINGS.columns if column.name not in ("signal", "strength_months", "baseline", "now")),
        Column("reason", "text", Words("What changed", "变化"), "Every open signal: before and now."),
        Column("by_chance", "float", Words("Once in … months", "多少个月一遇"), "The rarest of its alarms, by chance.", "months", low=0),
    ),
)  # fmt: skip
DRAWN = Table(
    "warned_months", "one month of one customer that is drawn", (KEY, "month"),
    (
        WARNINGS.by_name["customer_name"],
        Column("month", "date", Words("Month", "月份"), "First day of the month."),
        Column("sales", "money", Words("Sales", "销售额"), "Orders of the month, before returns."),
        Column("usual", "money", Words("Before", "变化前均值"), "Mean month before the customer was watched.", nullable=True),
    ),
)  # fmt: skip
SIGNAL_WORDS = {name: say(f"churn.signal.{name}") for name in SIGNALS}


def sections(page: Page, warned: Warned) -> list[Section]:
    """What the page says of early warning, in reading order."""
    head = page.notes("warnings", kicker=say("churn.warned.kicker"), title=messages.title(warned), lines=messages.header(warned))
    if warned.observable == 0:
        return [head, signals(page, warned)]
    drawn = [listing(page, warned), evidence(page, warned)] if len(warned.warnings) else []
    return [head, *drawn, signals(page, warned), *([proof(page, warned)] if len(warned.proof) else [])]


def by_customer(warned: Warned) -> pd.DataFrame:
    """One row a customer in the order of the warnings, with its number in place of the sentence of reasons."""
    rows = warned.warnings.groupby(KEY, sort=False)
    found = rows.first().assign(by_chance=rows["strength_months"].max(), first_seen=rows["first_seen"].min(), days_since=rows["days_since"].max())
    return found.reset_index().assign(reason=lambda table: table[KEY])


def listing(page: Page, warned: Warned) -> Section:
    """Who is warned of: red first, then by what it is worth."""
    settings, rows = warned.settings, by_customer(warned)
    reasons = messages.reasons(warned.warnings)
    return page.table(
        "warned", rows.head(settings.warnings.listed_customers), LISTED, kicker=say("churn.warned.list_kicker"),
        title=messages.list_title(rows),
        deck=say("churn.warned.list_deck", months=settings.warnings.open_months, base=settings.warnings.base_months,
                 watched=settings.warnings.watched_months),
        note=say("churn.warned.list_note", n=len(rows), level=warned.settings.interval_level, months=messages.clv_months(warned),
                 days=settings.horizon_days),
        look=Look(
            columns=("customer_name", "reason", "is_red", "is_key", "sales_rep", "first_seen", "by_chance", "clv_at_risk", "clv_lo", "clv_hi",
                     "risk", *(name for name in ("risk_before", "last_contact") if rows[name].notna().any())),
            words={"reason": reasons}, forms={"by_chance": "number", "risk": "percent", "risk_before": "percent"},
        ),
        names=("customer_name",),
    )  # fmt: skip


def evidence(page: Page, warned: Warned) -> Section:
    """Monthly sales of those at the top, beside what was usual for each."""
    rows = by_customer(warned).head(warned.settings.warnings.drawn_customers)
    names = rows[KEY].map(rows.set_index(KEY)["customer_name"].map(page.shown_name))
    reasons = messages.reasons(warned.warnings)
    months = warned.months.rename(columns={"month": "x", "sales": "y"})
    panels = [
        Panel(quoted(name), reasons[customer], own[["x", "y"]], None if own["usual"].isna().any() else float(own["usual"].iloc[0]),
              warned.now.spans.watched_from, first)
        for customer, name, first in zip(rows[KEY], names, rows["first_seen"], strict=True)
        for own in (months[months[KEY] == customer],)
    ]  # fmt: skip
    months_behind = warned.months.sort_values(["month", KEY], ascending=[False, True])
    data = months_behind.assign(customer_name=months_behind[KEY].map(dict(zip(rows[KEY], names, strict=True))))
    return page.figure(
        "warning_evidence", kicker=say("churn.warned.evidence_kicker"), title=say("churn.warned.evidence_title", customers=len(rows)),
        deck=say("churn.warned.evidence_deck"), note=say("churn.warned.evidence_note", day=warned.now.spans.watched_from),
        draw=partial(plot_multiples, panels), data=data, contract=DRAWN,
    )  # fmt: skip


def signals(page: Page, warned: Warned) -> Section:
    """The nine signals: what each needs, whom it watches, and alarms beside chance."""
    settings = warned.settings.warnings
    notes = [say("churn.warned.signals_note", least=settings.least_past)]
    if "overdue_days" in warned.now.signals:
        notes.append(say("churn.warned.signals_overdue", most=settings.overdue_most_days))
    return page.table(
        "warning_signals", warned.signals, WARNING_SIGNALS, kicker=say("churn.warned.signals_kicker"), title=messages.signals_title(warned),
        deck=say("churn.warned.signals_deck", key_budget=settings.alarms_monthly.key, other_budget=settings.alarms_monthly.other),
        note=joined(notes),
        look=Look(
            columns=("signal", "state", "watched", "not_watched", "key_run_months", "other_run_months", "expected", "raised", "open_warnings",
                     "needs"),
            words={"signal": SIGNAL_WORDS, "state": {name: say(f"churn.signal_state.{name}") for name in STATES}},
            forms={"key_run_months": "number", "other_run_months": "number", "expected": "number1"}, search=False,
        ),
    )  # fmt: skip


def proof(page: Page, warned: Warned) -> Section:
    """What became of the warnings of a while ago."""
    settings = warned.settings
    return page.table(
        "warning_proof", warned.proof, WARNING_PROOF, kicker=say("churn.warned.proof_kicker"), title=messages.proof_title(warned),
        deck=say("churn.warned.proof_deck", day=warned.proof["watched_on"].iloc[0], days=settings.horizon_days, level=settings.interval_level),
        note=say("churn.warned.proof_note"),
        look=Look(
            columns=("outcome", "customers", "stayed_away", "rate", "lo", "hi", "led", "lead_days", "lead_lo", "lead_hi"),
            words={"outcome": {name: say(f"churn.outcome.{name}") for name in OUTCOMES}}, search=False,
            intervals={"lead_lo": say("churn.warned.middle_half")},
            forms={"rate": "percent", "lo": "percent", "hi": "percent", "lead_days": "number", "lead_lo": "number", "lead_hi": "number"},
        ),
    )  # fmt: skip


def warning_checks(warned: Warned) -> list[Check]:
    """What must hold between the tables of warnings."""
    table = warned.signals
    counted = warned.warnings["signal"].value_counts().reindex(table["signal"]).fillna(0).to_numpy()
    return [
        Check(say("churn.warned.check_signals"), bool((counted == table["open_warnings"].to_numpy()).all())),
        Check(say("churn.warned.check_budget"), table["expected"].sum() <= sum(vars(warned.settings.warnings.alarms_monthly).values()) * (1 + SLACK)),
    ]  # fmt: skip


SLACK = 0.02  # months have 28 to 31 days, the budget those of a mean month
