"""Figures of what could be done: G7 and N9, sales below cost, and the stand-ins where costs are not known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from analysis.core.contracts.profit import RUNGS
from analysis.core.estimate import Figure, estimated, measured, not_available, proxy
from analysis.profit.assumed import margin_of
from analysis.profit.books import Books
from analysis.profit.figures import COSTS, needed_for, window_name
from analysis.profit.losses import Losses

DISCOUNT = "orders.discount"
GUESSES = "three guesses of params.yaml, profit.minimum_order"


def measure_figures(
    books: Books, problems: pd.DataFrame, minima: pd.DataFrame, loads: pd.DataFrame, assumed: pd.DataFrame, losses: Losses
) -> list[Figure]:
    """Every figure of the tables of these names.

    Parameters
    ----------
    problems, minima, loads, assumed : the tables ``problem_customers``, ``minimum_orders``, ``serving_loads`` and
        ``assumed_contributions``.
    """
    return [
        *_problems(books, problems),
        *_minimum(minima),
        *_losses(books, losses),
        *_loads(books, loads),
        *_assumed(books, assumed),
    ]


def saving_of(problems: pd.DataFrame) -> pd.Series:
    """What the rung that is enough brings for each problem customer, with the savings of the rungs before it."""
    savings = problems[[rung for rung in RUNGS if rung not in ("reprice", "release")]].cumsum(axis=1)
    money = savings.assign(reprice=problems["reprice"], release=problems["release"])
    return sum((money[rung].where(problems["rung"] == rung, 0.0) for rung in RUNGS), start=pd.Series(0.0, problems.index))


def best_minimum(minima: pd.DataFrame, by: str = "gain") -> pd.Series | None:
    """The row with the largest gain; none where no gain is known."""
    return None if minima[by].isna().all() else minima.loc[minima[by].idxmax()]


def _problems(books: Books, problems: pd.DataFrame) -> Iterator[Figure]:
    if not books.has_profit:
        needs = needed_for(books, "profit") or COSTS
        yield not_available("problem_customers", "count", needs=needs)
        yield not_available("problem_loss", "money", needs=needs)
        yield not_available("problem_saving", "money", needs=needs)
        return
    count, inputs = len(problems), "customer_profit.profit, serving_costs.cost_e4"
    found = measured("problem_customers", count, "count", n=count, inputs=inputs)
    yield replace(found, method=f"customers whose {books.settings.interval_level:.0%} interval of profit lies below zero, by profit.ladder")
    yield measured("problem_loss", -problems["profit"].sum() + 0.0, "money", n=count, inputs=inputs)
    yield proxy(
        "problem_saving", saving_of(problems).sum(), "money", n=count, inputs=inputs,
        method="shares saved as assumed in params.yaml, profit.ladder, in place of an effect that was measured",
    )  # fmt: skip


def _minimum(minima: pd.DataFrame) -> Iterator[Figure]:
    if minima.empty or minima["contribution"].isna().all():
        for name in ("minimum_order_best", "minimum_order_gain", "minimum_order_break_even"):
            yield not_available(name, "money", needs=COSTS if len(minima) else "order_lines")
        return
    best, inputs = best_minimum(minima), "orders of the window, activity_costs.unit_cost"
    if best is None:
        yield not_available("minimum_order_best", "money", needs="activity_costs")
        yield not_available("minimum_order_gain", "money", needs="activity_costs")
    else:
        count = int(best["orders"])
        ends = sorted(float(minima.loc[minima[name].idxmax(), "minimum"]) for name in ("gain", "gain_lo", "gain_hi"))
        yield estimated(
            "minimum_order_best", best["minimum"], ends[0], ends[-1], "money", method=f"largest gain by {GUESSES}", n=count, inputs=inputs
        )
        yield estimated(
            "minimum_order_gain", best["gain"], best["gain_lo"], best["gain_hi"], "money", method=GUESSES, n=count, inputs=inputs
        )
    row = minima.loc[minima["break_even_cost"].idxmin()] if best is None else best
    yield estimated(
        "minimum_order_break_even", row["break_even_cost"], row["break_even_cost_lo"], row["break_even_cost_hi"], "money",
        method=f"cost of one order at which a minimum of {row['minimum']:g} pays, by {GUESSES}", n=int(row["orders"]),
        inputs="orders of the window",
    )  # fmt: skip


def _losses(books: Books, losses: Losses) -> Iterator[Figure]:
    depths, inputs = losses.depths, "order_lines.contribution_e4, order_lines.discount_e4"
    if depths.empty:
        yield not_available("lines_below_cost_loss", "money", needs=COSTS)
        yield not_available("deep_discount_contribution", "money", needs=COSTS)
        return
    below = int(depths["loss_lines"].sum())
    yield measured("lines_below_cost_loss", depths["losses"].sum(), "money", n=below, inputs=inputs)
    if depths["from_discount"].isna().all():
        yield not_available("deep_discount_contribution", "money", needs=DISCOUNT)
        return
    deep = depths[depths["from_discount"] >= books.settings.deep_discount]
    lines = int(deep["lines"].sum())
    yield measured("deep_discount_contribution", deep["contribution"].sum(), "money", n=lines, inputs=inputs)


def _loads(books: Books, loads: pd.DataFrame) -> Iterator[Figure]:
    """Nothing where the cost of work is known: it needs no stand-in."""
    if books.serving is None:
        method = "serving load: orders, lines and returns for revenue, in place of the cost to serve"
        count = int(loads["is_high"].sum())
        yield proxy("high_load_customers", count, "count", method=method, n=len(loads), inputs="customer_months.orders, lines, return_lines")


def _assumed(books: Books, assumed: pd.DataFrame) -> Iterator[Figure]:
    margin = margin_of(books)
    if margin is not None:
        sums = assumed[["assumed_contribution", "lo", "hi"]].sum()
        yield estimated(
            window_name(books, "assumed_contribution"), sums["assumed_contribution"], sums["lo"], sums["hi"], "money",
            method=f"assumption of params.yaml: {margin.rate:.1%} of revenue, give or take {margin.band:.1%}; not from the data",
            n=len(assumed), inputs="customer_months.revenue_e4",
        )  # fmt: skip
