"""V1: the cost to serve and the profit after it, against what was truly done for each customer."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.core.contracts.schema import E4
from analysis.profit.concentration import facts_of
from analysis.simulate.truth.profit import costs_to_serve
from tests.recovery.harness import Band, Estimate, Findings, Row
from tests.recovery.scenes import SERVED_TRADE
from tests.recovery.truth import CENTS, booked
from tests.recovery.worlds import Trial

BOOKED = ("order", "line", "delivery", "return")
UNRECORDED = "a second visit of one day and tickets that are still open are in no table, and cost all the same"


def true_costs(trial: Trial) -> pd.DataFrame:
    """Cost in currency of each activity in the window, by customer."""
    window = trial.books.now
    found = costs_to_serve(trial.world, trial.day(window.first), trial.day(window.end) + 1)
    ids = list(trial.world.customers.ids)
    return pd.DataFrame({name: costs[: len(ids)] for name, costs in found.items()}, index=ids)


def told_costs(trial: Trial) -> pd.DataFrame:
    """The same as the stage has it."""
    costs = trial.books.serving_costs
    now = costs[costs["period"] == "now"]
    wide = now.pivot_table(index="customer_id", columns="activity", values="cost_e4", aggfunc="sum", fill_value=0) / E4
    true = true_costs(trial)
    return wide.reindex(index=true.index, columns=true.columns).fillna(0.0)


def wrong_costs(trial: Trial) -> Findings:
    """Customers whose orders, lines, deliveries or returns cost another sum."""
    true, told = (costs[list(BOOKED)].to_numpy() for costs in (true_costs(trial), told_costs(trial)))
    return Findings(int((np.abs(told - true) > 1 / E4).any(axis=1).sum()), len(true))


def total_cost(trial: Trial) -> Estimate:
    """What serving all customers cost."""
    return Estimate(told_costs(trial).to_numpy().sum(), true_costs(trial).to_numpy().sum())


def true_profits(trial: Trial) -> pd.Series:
    """Contribution less the cost to serve, in currency, of every customer for whom there was either."""
    window = trial.books.now
    sold = booked(trial.world, trial.day(window.first), trial.day(window.end))["contribution"] / CENTS
    sold.index = [trial.world.customers.ids[place] for place in sold.index]
    cost = true_costs(trial).sum(axis=1)
    return sold.reindex(cost.index).sub(cost, fill_value=0.0)[(cost > 0) | sold.reindex(cost.index).notna()]


def peak(trial: Trial) -> Estimate:
    """What the customers above zero bring, over what all bring."""
    profit, told = true_profits(trial), facts_of(trial.concentration.facts, "profit")
    return Estimate(told["peak"], profit[profit > 0].sum() / profit.sum(), told["peak_lo"], told["peak_hi"])


def losers(trial: Trial) -> Estimate:
    """The share of customers below zero."""
    profit, told = true_profits(trial), facts_of(trial.concentration.facts, "profit")
    return Estimate(told["losing_customers"] / told["customers"], float((profit < 0).mean()))


def _near(allowed: float, spread: float, measured: str) -> Band:
    return Band(bias=(-allowed, allowed), spread=spread, measured=measured, reason=UNRECORDED)


ROWS = [
    Row("serving: customers with a wrong cost of orders, lines, deliveries or returns", SERVED_TRADE, wrong_costs,
        Band(findings=0.0, measured="0 in all worlds", reason="all of them are counted in the books"), fast_seeds=1),
    Row("serving: total cost", SERVED_TRADE, total_cost, _near(0.05, 0.003, "-4.5 %"), fast_seeds=1),
    Row("profit: peak of the whale curve", SERVED_TRADE, peak, _near(0.003, 0.00026, "-0.21 %"), fast_seeds=1),
    Row("profit: share of customers below zero", SERVED_TRADE, losers, _near(0.01, 0.001, "-0.1 points"), scale="absolute", fast_seeds=1),
]  # fmt: skip
