"""Sentences under the titles: period and scope, method and number of customers, definitions."""

from __future__ import annotations

import pandas as pd

from analysis.core.params import Profit
from analysis.core.text import Phrase, joined, say
from analysis.core.windows import Window
from analysis.profit import plots
from analysis.profit.books import Books
from analysis.profit.bridge import lost_over_new_streak, retention
from analysis.profit.concentration import Concentration, facts_of
from analysis.profit.figures import is_fully_costed, loss_line_share


def standfirst(books: Books) -> Phrase:
    """Period, customers, and what value means here."""
    active = books.active_customers()["now"]
    lines = [say("profit.headline.standfirst", period=period_of(books.now), customers=active)]
    if books.facts["first_date"] >= books.now.first + pd.DateOffset(months=1):
        lines.append(say("profit.headline.short", first=books.facts["first_date"]))
    lines.append(say(f"profit.headline.{books.ranked_name}"))
    shares = books.costed_shares
    if books.value_name == "contribution" and not is_fully_costed(books):
        lines.append(
            say("profit.headline.costed_both", **shares)
            if books.before
            else say("profit.headline.costed", **shares)
        )
    if books.facts["as_of"] > books.now.end:
        lines.append(say("profit.headline.cut", as_of=books.facts["as_of"]))
    return joined(lines)


def curve_note(books: Books, found: Concentration, measure: str, *, claims: bool) -> Phrase:
    """Customers, interval and method, and who is left out."""
    told, settings = facts_of(found.facts, measure), books.settings
    own = found.tiers[(found.tiers["measure"] == measure) & (found.tiers["period"] == "now")]
    row = own.set_index("top_share").loc[settings.headline_top_share]
    customers = int(told["customers"])
    lines = []
    if pd.isna(row["lo"]):
        lines.append(say("profit.curve.counted", customers=customers, gini=told["gini"]))
    else:
        lines.append(
            say(
                "profit.curve.interval", customers=customers, gini=told["gini"], lo=row["lo"], hi=row["hi"],
                top=settings.headline_top_share, level=settings.interval_level,
                draws=settings.bootstrap_draws,
            )
        )  # fmt: skip
    if pd.notna(told["core_members"]):
        lines.append(
            say("profit.curve.core", core=int(told["core_members"]), share=settings.core_value_share)
        )
    if told["value"] <= 0:
        lines.append(say("profit.curve.undefined"))
    lines += _classes(told, own.set_index("top_share")["value_share"], settings)
    if measure == "revenue" and told["losing_customers"]:
        lines.append(say("profit.curve.bent"))
    if claims:
        lines.append(say("profit.curve.claims", sayings=plots.sayings(settings)))
    if told["pseudo_customers"]:
        count, money = int(told["pseudo_customers"]), told["pseudo_value"]
        lines.append(say("profit.curve.pseudo", count=count, money=money))
    if told["unknown_customers"]:
        lines.append(say("profit.curve.unknown", count=int(told["unknown_customers"])))
    return joined(lines)


def _classes(told: pd.Series, shares: pd.Series, settings: Profit) -> list[Phrase]:
    """Whether the curve is flat or humped, which nobody says of revenue, and whether the base hangs on few."""
    lines = []
    if pd.notna(told["shape"]):
        lines.append(say(f"profit.curve.shape.{told['shape']}", erosion=told["erosion"], limit=settings.flat_peak - 1))
    if pd.notna(told["is_dependent"]):
        kind, few = "is_dependent" if told["is_dependent"] else "is_spread", settings.dependent_top_share
        lines.append(say(f"profit.curve.{kind}", few=few, share=shares[few], limit=settings.dependent_value_share))
    return lines


def bridge_deck(books: Books, kind: str, measure: str) -> Phrase:
    """What is compared with what."""
    value = say(f"profit.value_first.{measure}")
    if kind == "year" and books.before:
        return say(
            "profit.bridge.deck_year", value=value, base=period_of(books.before), now=period_of(books.now)
        )
    back = books.now.months if kind == "month_on_year" else 1
    return say("profit.bridge.deck_month", value=value, base=books.now.earlier(back).last, now=books.now.last)


def bridge_note(books: Books, bridge: pd.DataFrame, kind: str) -> Phrase:
    """The definitions of the parts, and retention."""
    lines = [say("profit.bridge.definitions", first=books.facts["first_date"])]
    kept = retention(books.steps(bridge, "revenue", kind))
    if kind == "year" and pd.notna(kept["net_retention"]):
        lines.append(say("profit.bridge.retention", gross=kept["gross_retention"], net=kept["net_retention"]))
    if books.compared_name != books.value_name:
        lines.append(say("profit.bridge.by_revenue"))
    streak = lost_over_new_streak(bridge[bridge["measure"] == books.compared_name])
    if streak:
        lines.append(say("profit.bridge.streak", months=streak))
    return joined(lines)


def customers_note(books: Books) -> Phrase:
    """What contribution leaves out, and how many lines were sold below cost."""
    share = loss_line_share(books)
    kind = "loss_lines" if is_fully_costed(books) else "loss_lines_least"
    lines = [] if share is None else [say(f"profit.customers.{kind}", share=share)]
    return joined([*lines, say("profit.customers.served" if books.has_profit else "profit.customers.note")])


def period_of(window: Window) -> Phrase:
    """The months of ``window``."""
    return say("profit.period", first=window.first, last=window.last)
