"""G7 and N9 on the page: who surely loses money through serving, the ladder of measures, and the minimum order."""

from __future__ import annotations

from functools import partial

import pandas as pd

from analysis.core.contracts import profit as contracts
from analysis.core.text import Phrase, joined, say
from analysis.draw.intervals import plot_intervals
from analysis.draw.page import Look, Page, Section
from analysis.profit.books import Books
from analysis.profit.notes import period_of
from analysis.profit.serving_page import WORK

RUNGS = {rung: say(f"profit.rung.{rung}") for rung in contracts.RUNGS}
COSTS = ("break_even_cost", "break_even_cost_lo", "break_even_cost_hi")
ROOMS = {room: say(f"profit.room.{room}") for room in ("low", "unknown")}


def problems(page: Page, books: Books, found: pd.DataFrame) -> Section | None:
    """G7: the list, worst first; nothing where profit is not known."""
    if not books.has_profit:
        return None
    ladder, kicker = books.settings.ladder, say("profit.problems.kicker")
    rules = say("profit.problems.rules", quantile=ladder.serving_quantile, months=ladder.new_months,
                level=books.settings.interval_level, costed=ladder.costed_from)  # fmt: skip
    if found.empty:
        return page.notes("problems", kicker=kicker, title=say("profit.problems.none"), lines=[rules])
    shares = say(
        "profit.problems.assumed", self_service=ladder.self_service_share, visits=ladder.fewer_visits_share,
        avoidable=ladder.avoidable_share,
    )  # fmt: skip
    return page.table(
        "problems",
        found.sort_values(["profit", "customer_id"], ignore_index=True),
        contracts.PROBLEM_CUSTOMERS,
        kicker=kicker,
        title=_problems_title(found),
        deck=say("profit.problems.deck", period=period_of(books.now)),
        note=joined([rules, shares, say("profit.problems.person")]),
        look=Look(
            columns=(
                "customer_name", "profit", "rung", "work", "work_share", "next_work", "next_work_share", "price_rise",
                "minimum_order", "self_service", "fewer_visits", "release", "room", "revenue", "serving_share",
            ),
            words={"work": WORK, "next_work": WORK, "rung": RUNGS, "room": ROOMS}, limit=books.settings.listed_customers,
        ),
        names=("customer_name",),
    )  # fmt: skip


def minimum_order(page: Page, books: Books, found: pd.DataFrame) -> Section | None:
    """N9: the gain of each minimum order as a band; without the cost of an order, what it would have to be; without any
    cost, what lies below it."""
    if found.empty:
        return None
    kicker, known = say("profit.minimum.kicker"), found["gain"].notna().all()
    if found["contribution"].isna().all():
        return page.table(
            "minimum", found, contracts.MINIMUM_ORDERS, kicker=kicker, title=_count_title(found),
            deck=say("profit.minimum.deck_count", period=period_of(books.now)), note=say("profit.minimum.uncosted"),
            look=Look(columns=("minimum", "orders", "customers", "top_customers", "sales"), search=False),
        )  # fmt: skip
    guesses = books.settings.minimum_order
    note = say(
        "profit.minimum.assumed", kept_lo=guesses.consolidated[0], kept_hi=guesses.consolidated[-1],
        lost_lo=guesses.lost[0], lost_hi=guesses.lost[-1],
    )  # fmt: skip
    columns = ("minimum", "orders", "customers", "top_customers", "sales", "contribution", "order_cost", "gain", "gain_lo", "gain_hi", "break_even_lost")
    name, ends = ("gain", columns[6:]) if known else ("break_even_cost", COSTS)
    return page.figure(
        "minimum", kicker=kicker, title=_minimum_title(found) if known else _cost_title(found),
        deck=say(f"profit.minimum.{'deck' if known else 'deck_cost'}", period=period_of(books.now)),
        note=note if known else joined([say("profit.minimum.unknown"), note]),
        draw=partial(
            plot_intervals, found.rename(columns={name: "value", f"{name}_lo": "lo", f"{name}_hi": "hi"}),
            [say("profit.minimum.row", minimum=row.minimum, orders=row.orders) for row in found.itertuples(index=False)],
            form="money", line=0.0 if known else None, above_is_good=True,
        ),
        data=found, contract=contracts.MINIMUM_ORDERS, look=Look(columns=(*columns[:6], *ends), search=False),
    )  # fmt: skip


def _problems_title(found: pd.DataFrame) -> Phrase:
    costs = found.groupby("work")["serving_cost"].sum()
    return say(
        "profit.problems.title", count=len(found), money=found["profit"].sum(), work=WORK[str(costs.idxmax())],
    )  # fmt: skip


def _count_title(found: pd.DataFrame) -> Phrase:
    least = found.iloc[0]
    counts = {name: int(least[name]) for name in ("orders", "customers")}
    return say("profit.minimum.counted", minimum=least["minimum"], sales=least["sales"], **counts)


def _cost_title(found: pd.DataFrame) -> Phrase:
    least = found.loc[found["break_even_cost"].idxmin()]
    if least["break_even_cost"] == 0:
        return say("profit.minimum.any_cost", minimum=least["minimum"])
    words = {"minimum": least["minimum"], "cost": least["break_even_cost"]}
    return say("profit.minimum.from_cost", lo=least["break_even_cost_lo"], hi=least["break_even_cost_hi"], **words)


def _minimum_title(found: pd.DataFrame) -> Phrase:
    best = found.loc[found["gain"].idxmax()]
    if best["gain"] <= 0:
        return say("profit.minimum.never")
    words = {"minimum": best["minimum"], "lo": best["gain_lo"]}
    if best["gain_lo"] > 0:
        return say("profit.minimum.sure", gain=best["gain"], **words)
    return say("profit.minimum.open", hi=best["gain_hi"], lost=best["break_even_lost"], **words)
