"""V1 and G7 on the page where costs are not known: an assumed margin, and the serving load. Neither is a profit."""

from __future__ import annotations

import pandas as pd

from analysis.core.contracts import profit as contracts
from analysis.core.estimate import Figure
from analysis.core.text import Phrase, joined, say
from analysis.draw.page import Kpi, Look, Page, Section
from analysis.profit.assumed import margin_of
from analysis.profit.books import Books
from analysis.profit.notes import period_of


def assumed(page: Page, books: Books, found: pd.DataFrame) -> Section | None:
    """Contribution at the assumed margin, largest customers first; nothing where none is assumed."""
    margin = margin_of(books)
    if margin is None or found.empty:
        return None
    sums = found[["assumed_contribution", "lo", "hi"]].sum()
    return page.table(
        "assumed", found[~found["is_pseudo_customer"]].sort_values(["revenue", "customer_id"], ascending=[False, True]),
        contracts.ASSUMED_CONTRIBUTIONS, kicker=say("profit.assumed.kicker"),
        title=say("profit.assumed.title", rate=margin.rate, total=sums["assumed_contribution"], lo=sums["lo"], hi=sums["hi"]),
        deck=say("profit.assumed.deck", period=period_of(books.now)),
        note=say("profit.assumed.note", rate=margin.rate, band=margin.band),
        look=Look(
            columns=("customer_name", "revenue", "assumed_contribution", "lo", "hi"), limit=books.settings.listed_customers
        ),
        names=("customer_name",),
    )  # fmt: skip


def assumed_tile(books: Books, figure: Figure) -> Kpi:
    """The tile that stands where contribution is not known."""
    margin = margin_of(books)
    assert margin is not None
    note = say("profit.assumed.tile_note", rate=margin.rate, band=margin.band)
    return Kpi(say("profit.assumed.tile", months=books.now.months), figure, note=note)


def high_load(page: Page, books: Books, loads: pd.DataFrame) -> Section | None:
    """G7: customers with a high serving load, most orders first; nothing where work has a price."""
    if loads.empty:
        return None
    high, ladder = loads[loads["is_high"]], books.settings.ladder
    unknown = int((books.values["now"]["revenue_e4"] <= 0).sum())
    rules = [say("profit.load.rules", quantile=ladder.serving_quantile, months=ladder.new_months)]
    rules += [say("profit.load.unknown", count=unknown)] if unknown else []
    if high.empty:
        return page.notes("load", kicker=say("profit.load.kicker"), title=say("profit.load.none"), lines=rules)
    return page.table(
        "load", high.sort_values(["orders", "customer_id"], ascending=[False, True]), contracts.SERVING_LOADS,
        kicker=say("profit.load.kicker"), title=load_title(loads, ladder.serving_quantile),
        deck=say("profit.load.deck", period=period_of(books.now)), note=joined(rules),
        look=Look(
            columns=("customer_name", "load", "orders", "lines", "return_lines", "revenue", "order_rate", "line_rate", "return_rate"),
            limit=books.settings.listed_customers,
        ),
        names=("customer_name",),
    )  # fmt: skip


def load_title(loads: pd.DataFrame, quantile: float) -> Phrase:
    """What part of the orders these customers place for what part of revenue; where it is not more, only what they are."""
    high = loads[loads["is_high"]]
    shares = {name: float(high[name].sum() / loads[name].sum()) for name in ("orders", "revenue")}
    if shares["orders"] > shares["revenue"]:
        return say("profit.load.much", count=len(high), **shares)
    return say("profit.load.plain", count=len(high), quantile=quantile)
