"""The parts of the page on churn, in reading order: one function a cell of the notebook."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from analysis.churn import messages
from analysis.churn.assessment import Assessment
from analysis.churn.causes import Causes
from analysis.churn.dependence import Dependence
from analysis.churn.driver_messages import NEEDS as DRIVER_NEEDS
from analysis.churn.histories import horizons_of
from analysis.churn.warnings import Warned
from analysis.churn.win_back import WinBack
from analysis.core import tables
from analysis.core.contracts.churn import CALLED, RISK, RISK_CALIBRATION, STATES
from analysis.core.contracts.churn_warnings import NEEDS as SIGNAL_NEEDS
from analysis.core.contracts.clean import CUSTOMERS
from analysis.core.contracts.optional import SUBSCRIPTIONS
from analysis.core.contracts.schema import Column, Table, Words
from analysis.core.estimate import Figure
from analysis.core.text import Phrase, listed, say
from analysis.draw.intervals import plot_intervals
from analysis.draw.lacking import lacking
from analysis.draw.page import Check, Kpi, Look, Missing, Page, Section

STATE_WORDS = {name: say(f"churn.state.{name}") for name in STATES}


def headline(page: Page, assessment: Assessment) -> Section:
    """The page's message: who has gone quiet."""
    return page.headline(
        kicker=say("churn.headline.kicker", month=assessment.as_of),
        title=messages.headline_title(assessment),
        standfirst=messages.standfirst(assessment),
    )


def kpis(page: Page, assessment: Assessment, found: list[Figure]) -> Section:
    """Value at risk, customers by group, and how well the risks of one horizon ago ranked."""
    by_name = {figure.name: figure for figure in found}
    settings = assessment.settings
    recency = by_name["auc_recency"].value
    beside = None if recency is None else say("churn.kpi.recency", auc=recency)
    return page.kpis([
        Kpi(say("churn.kpi.value", days=settings.horizon_days), by_name["value_at_risk"], good="down",
            level=settings.interval_level, note=say("churn.kpi.value_note", months=settings.value_window_months)),
        Kpi(say("churn.kpi.quiet"), by_name["quiet_customers"], good="down"),
        Kpi(say("churn.kpi.no_order", days=settings.horizon_days), by_name["no_order_customers"],
            level=settings.interval_level),
        Kpi(say("churn.kpi.one_time"), by_name["one_time_customers"]),
        Kpi(say("churn.kpi.auc"), by_name["auc_model"], level=settings.interval_level, note=beside),
    ])  # fmt: skip


def listing(page: Page, assessment: Assessment) -> Section:
    """Whom to call first: silent for longer than usual, ranked by value at risk."""
    kicker, settings = say("churn.listing.kicker"), assessment.settings
    rows = assessment.rows[assessment.rows["state"].isin(CALLED) & assessment.rows["risk"].notna()]
    if rows.empty:
        return page.notes("listing", kicker=kicker, title=say("churn.listing.empty"), lines=[
            messages.reason_words(assessment.risk.reason or "calm")
        ])  # fmt: skip
    names = assessment.customers[["customer_id", "customer_name", "sales_rep"]]
    order = rows.sort_values(["value_at_risk", "risk", "customer_id"], ascending=[False, False, True])
    top = order.head(settings.listed_customers).merge(names, on="customer_id", how="left")
    others = {f"risk_{days}": days for days in horizons_of(settings) if days != settings.horizon_days}
    for name, days in others.items():
        top[name] = assessment.risk.ahead[days].customers.set_index("customer_id")["risk"].reindex(top["customer_id"]).to_numpy()
    value, _, _ = assessment.risk.main.value_at_risk or (0.0, 0.0, 0.0)
    share = top["value_at_risk"].sum() / value if value > 0 else 0.0
    return page.table(
        "listing", top, _listed(others), kicker=kicker,
        title=say("churn.listing.title", customers=len(top), share=share),
        deck=say("churn.listing.deck", days=settings.horizon_days, level=settings.interval_level,
                 months=settings.value_window_months, value_name=messages.value_words(assessment.value_name)),
        note=say("churn.listing.note", n=len(rows), cooling=settings.cooling_from, at_risk=settings.at_risk_from,
                 lost=settings.probably_lost_from),
        look=Look(
            columns=("customer_name", "sales_rep", "state", "risk", "lo", "hi", *others, "silence_days",
                     "expected_gap_days", "silence_percentile", "recent_value", "value_at_risk"),
            words={"state": STATE_WORDS}, bars=("risk",),
            forms={**dict.fromkeys(("risk", "lo", "hi", "silence_percentile", *others), "percent"), "expected_gap_days": "number"},
        ),
        names=("customer_name",),
    )  # fmt: skip


def _listed(others: dict[str, int]) -> Table:
    """What the list to call shows; ``others`` are the risks within other times ahead."""
    names = (CUSTOMERS.by_name[name] for name in ("customer_name", "sales_rep"))
    more = (
        Column(name, "ratio", Words(f"Risk, {days} days", f"{days} 天风险"), f"Probability of no order within {days} days.", low=0, high=1, nullable=True)
        for name, days in others.items()
    )
    return Table("customers_to_call", "one customer in the list to call", ("customer_id",), (*names, *RISK.columns, *more))


def states(page: Page, assessment: Assessment) -> Section:
    """What became of each state: the share that then placed no order."""
    kicker, found = say("churn.states.kicker"), assessment.proof
    if found.reason:
        return untested(page, "states", kicker, found.reason)
    rows = found.calibration[found.calibration["grouping"] == "state"].sort_values("group")
    shown = rows.rename(columns={"observed": "value"})[["value", "lo", "hi"]]
    labels = [
        say("churn.states.label", state=STATE_WORDS[state], customers=customers)
        for state, customers in zip(rows["state"], rows["customers"], strict=True)
    ]
    return page.figure(
        "states", kicker=kicker, title=messages.states_title(rows),
        deck=say("churn.states.deck", days=assessment.settings.horizon_days, origins=len(found.trials),
                 level=assessment.settings.interval_level),
        note=say("churn.states.note"),
        draw=partial(plot_intervals, shown, labels, form="percent"), data=rows, contract=RISK_CALIBRATION,
        look=Look(columns=("state", "customers", "predicted", "observed", "lo", "hi"),
                  words={"state": STATE_WORDS}, search=False),
    )  # fmt: skip


def reading(page: Page, assessment: Assessment) -> Section:
    """What the risk is, and what it is not."""
    settings, now = assessment.settings, assessment.histories.now
    lines = [
        say("churn.reading.risk", days=settings.horizon_days), say("churn.reading.alive"), say("churn.reading.interval"),
        say("churn.reading.state"), say("churn.reading.value", months=settings.value_window_months),
        say("churn.reading.words"),
    ]  # fmt: skip
    if now["filled_events"].any():
        share = now["filled_events"].sum() / (now["repeats"] + 1).sum()
        lines.append(say("churn.reading.filled", share=share))
    return page.notes(
        "reading", kicker=say("churn.reading.kicker"), title=say("churn.reading.title"), lines=lines
    )


def missing(
    page: Page, assessment: Assessment, causes: Causes, warned: Warned, win_back: WinBack, dependence: Dependence
) -> Section | None:
    """What the data cannot show, and the table that would show it."""
    gaps = lacking(assessment.capabilities, "churn")
    effects, signals = causes.findings.table, warned.signals
    absent = effects.loc[effects["reason"] == "absent", "driver"]
    unseen = signals.loc[signals["state"] == "not_available", "signal"]
    parts = (("watched", unseen, SIGNAL_NEEDS, "churn.signal"), ("driven", absent, DRIVER_NEEDS, "churn_drivers.short"))
    for part, names, needs, words in parts:
        if len(names):
            said = listed([say(f"{words}.{name}") for name in names])
            needed = ", ".join(dict.fromkeys(names.map(needs)))
            gaps.append(Missing(say(f"churn.missing.{part}", names=said), needed, say(f"churn.missing.{part}_gives")))
    if not tables.path(SUBSCRIPTIONS).is_file():
        gaps.append(Missing(say("churn.missing.subscriptions"), "subscriptions", say("churn.missing.subscriptions_gives")))
    if win_back.offers is None:
        gaps.append(Missing(say("churn.missing.offers"), "actions.arm", say("churn.missing.offers_gives")))
    if not dependence.referrals_known:
        gaps.append(Missing(say("churn.missing.referrals"), "referrals", say("churn.missing.referrals_gives")))
    return page.missing(gaps)


def checks(page: Page, assessment: Assessment, others: Sequence[Check] = ()) -> Section:
    """What must hold between the tables; ``others`` are those of the other parts."""
    rows, found = assessment.risk.table, assessment.proof
    n, main = len(assessment.histories.now), assessment.settings.horizon_days
    value = rows["risk"] * rows["recent_value"].clip(lower=0)
    by_time = rows.pivot(index="customer_id", columns="horizon_days", values="risk").dropna(axis=1).to_numpy(float)
    judged = sum(len(trial.known.rows) for trial in found.trials)
    groups = found.calibration[found.calibration["horizon_days"] == main] if len(found.calibration) else found.calibration
    lines = [
        (say("churn.check.rows"), not rows.duplicated(["customer_id", "horizon_days"]).any() and len(rows) == n * len(horizons_of(assessment.settings))),
        (say("churn.check.states"), bool(rows["state"].isin(STATES).all())),
        (say("churn.check.inside"), bool(rows["risk"].between(rows["lo"], rows["hi"])[rows["risk"].notna()].all())),
        (say("churn.check.longer"), bool((np.diff(by_time, axis=1) <= 0).all())),
        (say("churn.check.value"), bool(np.allclose(value, rows["value_at_risk"], equal_nan=True))),
        (say("churn.check.groups"), groups.empty or set(groups.groupby("grouping")["customers"].sum()) == {judged}),
    ]  # fmt: skip
    return page.provenance(checks=[*(Check(said, bool(holds)) for said, holds in lines), *others])


def untested(page: Page, name: str, kicker: Phrase, reason: str) -> Section:
    """A part that the data cannot fill says why."""
    return page.notes(
        name, kicker=kicker, title=say("churn.untested.title", what=kicker), lines=[messages.reason_words(reason)]
    )
