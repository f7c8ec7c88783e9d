"""The stage's headline figures, each with how it was come by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.core.contracts.profit import MEASURES, PARTS
from analysis.core.contracts.schema import E4
from analysis.core.estimate import Figure, measured, not_available, proxy
from analysis.profit.books import Books
from analysis.profit.bridge import growth_from_existing, lost_over_new_streak, retention
from analysis.profit.concentration import facts_of
from analysis.profit.curve import top_name

COSTS = "orders.unit_cost"  # any cost or contribution of the line would do
WHOLE_PERCENT = 2  # decimals of a share
_MONTHS = "customer_months"


def profit_figures(
    books: Books, bridge: pd.DataFrame, tiers: pd.DataFrame, facts: pd.DataFrame
) -> list[Figure]:
    """Every figure that the stage publishes.

    Parameters
    ----------
    bridge, tiers, facts : the tables ``bridge``, ``concentration_tiers`` and ``concentration_facts``.
    """
    return [
        *_totals(books),
        *_serving(books),
        *_curve(books, tiers, facts),
        *_bridge(books, bridge),
    ]


def window_name(books: Books, measure: str) -> str:
    """Name of a total over the window: ``revenue_12m``."""
    return f"{measure}_{books.now.months}m"


def _totals(books: Books) -> Iterator[Figure]:
    lines = int(books.values["now"]["lines"].sum())
    for measure in MEASURES:
        if (needs := needed_for(books, measure)) is not None:
            yield not_available(window_name(books, measure), "money", needs=needs)
            yield not_available(f"{measure}_change", "ratio", needs=needs)
            continue
        column = f"{measure}_e4"
        total = int(books.values["now"][column].sum())
        yield _total(books, measure, total, lines)
        yield _change(books, measure, total)
    active = books.active_customers()["now"]
    yield measured("customers_active", active, "count", n=active, inputs=f"{_MONTHS}.orders")


def needed_for(books: Books, measure: str) -> str | None:
    """What the data lacks for ``measure``; ``None`` where it lacks nothing."""
    if measure == "revenue" or measure in books.measures:
        return None
    if measure == "profit" and books.value_name == "contribution":
        return None if books.has_profit else "activity_costs"
    return COSTS


def _inputs(measure: str) -> str:
    """The column that ``measure`` is added up from."""
    return "customer_profit.profit" if measure == "profit" else f"{_MONTHS}.{measure}_e4"


def _serving(books: Books) -> Iterator[Figure]:
    """V1: what serving cost, and what of its pools is nobody's."""
    name = window_name(books, "serving_cost")
    if books.serving is None:
        yield not_available(name, "money", needs="activity_costs")
        return
    inputs = "activity_costs.unit_cost, customer_months.orders"
    costs, pools = books.serving.costs, books.serving.pools
    done = costs[costs["period"] == "now"]
    yield measured(name, done["cost_e4"].sum() / E4, "money", n=len(done), inputs=inputs)
    known = pools.dropna(subset=["unallocated_e4"])
    if len(known):
        rest = int(known["unallocated_e4"].sum()) / E4
        yield measured(window_name(books, "serving_unallocated"), rest, "money", n=len(known), inputs="activity_costs.pool_total")


def _total(books: Books, measure: str, total: int, lines: int) -> Figure:
    inputs = _inputs(measure)
    figure = measured(window_name(books, measure), total / E4, "money", n=lines, inputs=inputs)
    if measure == "revenue" or is_fully_costed(books):
        return figure
    return replace(figure, method=f"sum of records with a cost, {books.costed_shares['now']:.0%} of revenue")


def _change(books: Books, measure: str, total: int) -> Figure:
    name, column = f"{measure}_change", f"{measure}_e4"
    if books.before is None:
        return not_available(name, "ratio", needs=history_needed(books))
    if measure not in ("revenue", books.compared_name, books.headline_name):
        return not_available(name, "ratio", needs="a cost for the same share of the lines in both windows")
    base = int(books.values["before"][column].sum())
    if base <= 0:
        return not_available(name, "ratio", needs="a positive value in the window before")
    lines = int(books.values["now"]["lines"].sum())
    return measured(name, total / base - 1, "ratio", n=lines, inputs=_inputs(measure))


def history_needed(books: Books) -> str:
    """What a comparison with the window before lacks."""
    return f"order_lines of {2 * books.now.months} months"


def _curve(books: Books, tiers: pd.DataFrame, facts: pd.DataFrame) -> Iterator[Figure]:
    told = facts_of(facts, books.ranked_name)
    if told.empty:
        return
    settings = books.settings
    count, inputs = int(told["customers"]), _inputs(books.ranked_name)
    method = (
        f"bootstrap by customer, {settings.bootstrap_draws} draws, {settings.interval_level:.0%} interval"
    )
    own = tiers[(tiers["measure"] == books.ranked_name) & (tiers["period"] == "now")]
    for row in own.itertuples(index=False):
        yield _with_interval(
            top_name(row.top_share), "ratio", row.value_share, row.lo, row.hi, method, count, inputs
        )
    for name in ("peak", "gini"):
        value, lo, hi = told[name], told[f"{name}_lo"], told[f"{name}_hi"]
        yield _with_interval(
            name, "number" if name == "gini" else "ratio", value, lo, hi, method, count, inputs
        )
    yield measured("peak_position", told["peak_position"], "ratio", n=count, inputs=inputs)
    if pd.notna(told["core_members"]):
        yield measured("customers_core", int(told["core_members"]), "count", n=count, inputs=inputs)
    if books.value_name == "contribution":
        yield measured("customers_losing", int(told["losing_customers"]), "count", n=count, inputs=inputs)
        yield from _loss_lines(books)
        yield measured("losses", told["losses"], "money", n=int(told["losing_customers"]), inputs=inputs)
    else:
        yield not_available("customers_losing", "count", needs=COSTS)
        yield not_available("losses", "money", needs=COSTS)


def _with_interval(
    name: str, unit: str, value: float, lo: float, hi: float, method: str, count: int, inputs: str
) -> Figure:
    """A direct ratio of records, with how far it hangs on the very customers there are."""
    if np.isnan(value):
        return not_available(name, unit, needs="a positive total")  # type: ignore[arg-type]
    ends = {} if np.isnan(lo) else {"lo": float(lo), "hi": float(hi)}
    return Figure(name, unit, "measured", method, float(value), n=count, inputs_used=inputs, **ends)  # type: ignore[arg-type]


def _bridge(books: Books, bridge: pd.DataFrame) -> Iterator[Figure]:
    by_revenue = books.steps(bridge, "revenue")
    by_value = books.steps(bridge, books.compared_name)
    names = [
        *(f"bridge_{part}" for part in PARTS),
        "net_retention",
        "gross_retention",
        "growth_from_existing",
    ]
    if by_value.empty:
        for name in names:
            unit = "money" if name.startswith("bridge") else "ratio"
            yield not_available(name, unit, needs=history_needed(books))  # type: ignore[arg-type]
        return
    inputs = f"{_MONTHS}.{books.compared_name}_e4"
    for part in PARTS:
        step = by_value.loc[part]
        count = int(step["customers"])
        yield measured(f"bridge_{part}", step["value_e4"] / E4, "money", n=count, inputs=inputs)
        yield measured(f"customers_{part}", count, "count", n=count, inputs=inputs)
    base = int(by_revenue.loc["base", "customers"])
    shares = {**retention(by_revenue), "growth_from_existing": growth_from_existing(by_value)}
    for name, value in shares.items():
        if np.isnan(value):
            yield not_available(name, "ratio", needs="a positive value to compare with")
        else:
            yield measured(name, value, "ratio", n=base, inputs=f"{_MONTHS}.revenue_e4")
    streak = lost_over_new_streak(bridge[bridge["measure"] == books.compared_name])
    yield measured("lost_over_new_streak", streak or 0, "count", n=base, inputs=inputs)


def _loss_lines(books: Books) -> Iterator[Figure]:
    share, lines, inputs = (
        loss_line_share(books),
        int(books.values["now"]["lines"].sum()),
        f"{_MONTHS}.loss_lines",
    )
    if share is None:
        return
    if is_fully_costed(books):
        yield measured("loss_line_share", share, "ratio", n=lines, inputs=inputs)
    else:
        method = "lower bound: a line without a cost counts as none"
        yield proxy("loss_line_share", share, "ratio", method=method, n=lines, inputs=inputs)


def is_fully_costed(books: Books) -> bool:
    """Whether every line has a cost, as far as a whole percentage shows."""
    return round(min(books.costed_shares.values()), WHOLE_PERCENT) == 1


def loss_line_share(books: Books) -> float | None:
    """Share of the lines sold in the window whose contribution is below zero; ``None`` where nothing was sold."""
    sums = books.values["now"][["lines", "return_lines", "loss_lines"]].sum()
    sold = int(sums["lines"] - sums["return_lines"])
    return int(sums["loss_lines"]) / sold if sold else None
