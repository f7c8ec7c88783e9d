"""The parts of the page on lifetime value that say what it is; ``proof_page`` says how far it holds."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from analysis.core.contracts.clean import CUSTOMER_NAME
from analysis.core.contracts.lifetime_value import CLV, CLV_HISTORY, CLV_SEGMENTS
from analysis.core.contracts.schema import E4, Table
from analysis.core.estimate import Figure
from analysis.core.text import say
from analysis.draw.intervals import plot_intervals
from analysis.draw.page import Check, Kpi, Look, Missing, Page, Section
from analysis.lifetime_value import contracts_page, messages
from analysis.lifetime_value.figures import horizons
from analysis.lifetime_value.proof_page import unproven
from analysis.lifetime_value.valuation import Valuation

LISTED = Table(
    "most_valuable_customers",
    "one customer in the list of the most valuable",
    ("customer_id",),
    (CLV.by_name["customer_id"], CUSTOMER_NAME, *CLV.columns[1:], *CLV_HISTORY.columns[1:]),
)


def headline(page: Page, valuation: Valuation) -> Section:
    """The page's message: what the base will bring."""
    return page.headline(
        kicker=say("lifetime_value.headline.kicker", month=valuation.as_of),
        title=messages.headline_title(valuation),
        standfirst=messages.standfirst(valuation),
    )


def kpis(page: Page, valuation: Valuation, found: list[Figure]) -> Section:
    """Value ahead and so far, and how far off the hold-out was."""
    by_name = {figure.name: figure for figure in found}
    level, holdout = valuation.settings.interval_level, valuation.histories.holdout_months
    months = horizons(valuation)
    ahead = [
        Kpi(say("lifetime_value.kpi.ahead", months=months[name]), by_name[name], level=level)
        for name in months
    ]
    costed = by_name["clv_hist_profit"]
    known = say("lifetime_value.kpi.costed_part") if costed.status == "proxy" else None
    return page.kpis([
        *ahead,
        Kpi(say("lifetime_value.kpi.hist_profit"), costed, note=known),
        Kpi(say("lifetime_value.kpi.hist_revenue"), by_name["clv_hist_revenue"]),
        Kpi(say("lifetime_value.kpi.error"), by_name["holdout_orders_error"],
            note=say("lifetime_value.kpi.error_note", months=holdout)),
    ])  # fmt: skip


def segments(page: Page, valuation: Valuation) -> Section:
    """Value ahead by segment, each with the interval of what will come in."""
    kicker, months = say("lifetime_value.segments.kicker"), horizons(valuation)["clv_near"]
    found = valuation.outcome.prediction.segments
    if found.empty:
        return unproven(page, "segments", kicker, valuation)
    near = found[found["horizon_months"] == months].sort_values(["clv", "segment"], ascending=[False, True])
    words = {name: messages.segment_words(name) for name in near["segment"]}
    return page.figure(
        "segments", kicker=kicker, title=messages.segments_title(near, months),
        deck=say("lifetime_value.segments.deck", months=months, level=valuation.settings.interval_level,
                 value_name=messages.value_words(valuation.value_name)),
        note=say("lifetime_value.segments.note"),
        draw=partial(plot_intervals, near.rename(columns={"clv": "value"})[["value", "lo", "hi"]], list(words.values()), form="money"),
        data=found, contract=CLV_SEGMENTS, look=Look(search=False, words={"segment": words}, forms={"exp_orders": "count"}),
    )  # fmt: skip


def listing(page: Page, valuation: Valuation) -> Section:
    """The most valuable customers of the nearest horizon, with intervals."""
    near = valuation.clv[valuation.clv["horizon_months"] == horizons(valuation)["clv_near"]]
    kicker = say("lifetime_value.listing.kicker")
    if near["clv"].isna().all():
        return unproven(page, "listing", kicker, valuation)
    names = valuation.customers[["customer_id", "customer_name"]]
    top = (
        near.merge(names, on="customer_id", how="left")
        .merge(valuation.history, on="customer_id", how="left")
        .sort_values(["clv", "customer_id"], ascending=[False, True])
        .head(valuation.settings.listed_customers)
    )
    so_far = "clv_hist_profit" if valuation.value_name == "contribution" else "clv_hist_revenue"
    return page.table(
        "listing", top, LISTED, kicker=kicker,
        title=say("lifetime_value.listing.title", customers=len(top), share=top["clv"].sum() / near["clv"].sum()),
        deck=say(
            "lifetime_value.listing.deck", months=horizons(valuation)["clv_near"],
            rate=valuation.settings.discount_rate_yearly, level=valuation.settings.interval_level,
            value_name=messages.value_words(valuation.value_name), n=len(near),
        ),
        note=messages.value_note(valuation),
        look=Look(
            columns=("customer_name", "clv", "lo", "hi", "exp_orders", "value_per_order", "alive", "repeats", so_far,
                     "tenure_years"),
            forms={"exp_orders": "number1", "tenure_years": "number1", "alive": "percent"},
        ),
        names=("customer_name",),
    )  # fmt: skip


def missing(page: Page, valuation: Valuation) -> Section | None:
    """What the model cannot see, and the table that would show it."""
    gate = valuation.capabilities.set_index("capability")
    gaps = [
        Missing(say(f"lifetime_value.missing.{name}"), needs, say(f"lifetime_value.missing.{name}_gives"))
        for name, needs in (
            ("subscriptions", "subscriptions"), ("service", "activity_costs"), ("wallet", "wallet"),
        )
        if name != "subscriptions" or valuation.contracts is None
    ]  # fmt: skip
    if valuation.history["clv_hist_profit"].isna().all():
        gaps.append(Missing(say("lifetime_value.missing.cost"), "orders.unit_cost",
                            say("lifetime_value.missing.cost_gives")))  # fmt: skip
    if gate.loc["V6", "status"] == "not_available":
        gaps.append(
            Missing(say("lifetime_value.missing.spend"), "spend", say("lifetime_value.missing.spend_gives"))
        )
    return page.missing(gaps)


def checks(page: Page, valuation: Valuation) -> Section:
    """What must hold between the tables."""
    history, clv = valuation.history, valuation.clv
    booked = valuation.months[valuation.months["customer_id"].isin(history["customer_id"])][
        "revenue_e4"
    ].sum()
    product = history["tenure_years"] * history["avg_year_revenue"]
    per_customer = clv.groupby("customer_id")["horizon_months"].size()
    totals = valuation.outcome.prediction.totals
    sums = clv.groupby("horizon_months")["clv"].sum(min_count=1).reindex(totals["horizon_months"])
    parted = valuation.outcome.prediction.segments
    by_segment = parted.groupby("horizon_months")["clv"].sum().to_numpy() if len(parted) else totals["clv"]
    lines = [
        (say("lifetime_value.check.booked"), _close(history["clv_hist_revenue"].sum() * E4, booked)),
        (say("lifetime_value.check.identity"), _close(product, history["clv_hist_revenue"])),
        (say("lifetime_value.check.rows"), set(per_customer) <= {len(totals)}
         and len(per_customer) == len(valuation.histories.now)),
        (say("lifetime_value.check.sums"), _close(sums, totals["clv"])),
        (say("lifetime_value.check.segments"), _close(by_segment, totals["clv"])),
        (say("lifetime_value.check.inside"), bool(clv["clv"].between(clv["lo"], clv["hi"])[clv["clv"].notna()].all())),
    ]  # fmt: skip
    notes = [say("lifetime_value.method.note"), say("lifetime_value.method.limits")]
    widening, now = valuation.outcome.proof.widening, valuation.histories.now
    if (widening.orders_level, widening.value_level) != (1.0, 1.0):
        notes.append(say("lifetime_value.method.level", orders=widening.orders_level, value=widening.value_level))
    if widening.slope != 1.0:
        notes.append(say(f"lifetime_value.method.{'apart' if widening.slope > 1 else 'closer'}", slope=widening.slope))
    value = valuation.outcome.value
    if value is not None and (trend := messages.trend_note(value.trend, valuation.settings.interval_level)) is not None:
        notes.append(trend)
    if now["filled_events"].any():
        share = now["filled_events"].sum() / (now["repeats"] + 1).sum()
        notes.append(say("lifetime_value.method.filled", share=share))
    held = [Check(said, bool(holds)) for said, holds in lines]
    return page.provenance(checks=[*held, *contracts_page.checks(valuation.contracts)], notes=notes)


def _close(left: object, right: object) -> bool:
    """Equal but for the last bits of floating-point sums."""
    return bool(np.allclose(pd.to_numeric(left), pd.to_numeric(right), rtol=1e-9, equal_nan=True))
