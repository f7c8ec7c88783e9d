"""G3 and G11: groups only where customers differ, and discounts against what was truly let off."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from analysis.simulate.world.world import SALE
from tests.recovery.harness import Band, Estimate, Findings, Row
from tests.recovery.scenes import DISCOUNTED_EQUAL, DISCOUNTED_TRADE
from tests.recovery.truth import CENTS
from tests.recovery.worlds import Trial

BP = 10_000  # basis points
ROUNDED = 0.0005  # of a share of the list value: lines are rounded to the cent


def true_discounts(trial: Trial) -> pd.DataFrame:
    """``listed, let_off`` in currency of the sales of the window, ``negotiated`` and ``segment``, by customer."""
    world, people = trial.world, trial.world.customers
    lines = world.lines
    inside = (lines["kind"] == SALE) & (lines["day"] >= trial.day(trial.habits.start)) & (lines["day"] <= trial.last_known)
    lines = lines[inside & (lines["customer"] < world.counter)]
    listed = lines["qty"] * lines["price"] / CENTS
    found = pd.DataFrame({"customer": lines["customer"], "listed": listed, "let_off": listed - lines["amount"] / CENTS})
    sums = found.groupby("customer").sum()
    place = sums.index.to_numpy()
    return sums.assign(
        negotiated=people.discount_bp[place] / BP, framework=people.framework[place],
        segment=[world.preset.segments[kind].name for kind in people.segment[place]],
    ).set_index(np.array(people.ids, object)[place])  # fmt: skip


def told(trial: Trial) -> pd.DataFrame:
    """The table ``price_preferences`` beside the truth."""
    return trial.habits.preferences.set_index("customer_id").join(true_discounts(trial), how="outer")


def published_groups(trial: Trial) -> Findings:
    """Groups that are published."""
    return Findings(len(trial.habits.groups.rules), 1)


def habits_that_come_back(trial: Trial) -> Findings:
    """Habits that are said to come back."""
    known = trial.habits.proofs["reliability"].notna()
    return Findings(int(trial.habits.proofs["is_used"].sum()), int(known.sum()))


def said_to_buy_on_price(trial: Trial) -> Findings:
    """Customers that are said to buy on price."""
    return Findings(int(trial.habits.preferences["tag"].isin(["price", "both"]).sum()), len(trial.habits.preferences))


def wrong_discounts(trial: Trial) -> Findings:
    """Customers whose share of the list value that was let off is not what it was."""
    both = told(trial)
    off = (both["let_off_share"] - both["let_off"] / both["listed"]).abs()
    return Findings(int((~(off <= ROUNDED)).sum()), len(both))


def all_let_off(trial: Trial) -> Estimate:
    """The sum of all discounts."""
    both = told(trial)
    return Estimate(both["let_off_e4"].sum() / BP, both["let_off"].sum())


def negotiated_discount(trial: Trial) -> Estimate:
    """Mean share that was let off, against the mean discount that was agreed on before any promotion or cut."""
    both = told(trial)
    both = both[~both["framework"].astype(bool)]
    return Estimate(both["let_off_share"].mean(), both["negotiated"].mean())


def wrongly_on_price(trial: Trial) -> Findings:
    """Of the customers that are said to buy on price, those whose agreed discount is smaller than a discounted order's."""
    both = told(trial)
    named = both[both["tag"].isin(["price", "both"])]
    return Findings(int((named["negotiated"] < trial.habits.settings.prices.discount_from).sum()), len(named))


def deep_discount_group(trial: Trial) -> Estimate:
    """Jaccard similarity of the true problem customers with the published group nearest to them, of those with enough orders."""
    records = trial.habits
    judged = (records.sums["orders"] >= records.settings.habits.min_orders).to_numpy()
    ids, group = records.sums["customer_id"][judged], records.groups.published[judged]
    true = (true_discounts(trial)["segment"] == "problem").reindex(ids).to_numpy(dtype=bool)
    likeness = [
        (true & (group == number).to_numpy(dtype=bool, na_value=False)).sum() / (true | (group == number).to_numpy(dtype=bool, na_value=False)).sum()
        for number in records.groups.rules
    ]
    return Estimate(max(likeness, default=math.nan), 1.0)


def _nothing(measured: str, reason: str, findings: float = 0.0) -> Band:
    return Band(findings=findings, measured=measured, reason=reason)


ROWS = [
    Row("habits: groups where all customers are equal", DISCOUNTED_EQUAL, published_groups,
        _nothing("0 in 30 worlds", "only chance tells the customers apart")),
    Row("habits: habits where all customers are equal", DISCOUNTED_EQUAL, habits_that_come_back,
        _nothing("0 in 180", "odd orders say nothing of even ones")),
    Row("prices: customers on price where all are equal", DISCOUNTED_EQUAL, said_to_buy_on_price,
        _nothing("0 in 11,816", "all have the same small discount")),
    Row("prices: customers with a wrong discount", DISCOUNTED_TRADE, wrong_discounts,
        _nothing("0 in 14,667", "all of it is in the lines, to the cent")),
    Row("prices: all discounts", DISCOUNTED_TRADE, all_let_off,
        Band(bias=(-0.0005, 0.0005), spread=0.0001, measured="+0.00 % (30 worlds)", reason="lines are rounded to the cent")),
    Row("prices: discount given against the one agreed on", DISCOUNTED_TRADE, negotiated_discount,
        Band(bias=(-0.01, 0.01), spread=0.002, measured="-0.0045 (30 worlds)", reason="promotions add to it and cuts take away"), scale="absolute"),
    Row("prices: customers wrongly said to buy on price", DISCOUNTED_TRADE, wrongly_on_price,
        _nothing("0 in 1,257", "discounts are cut, never raised", 0.02)),
    Row("habits: likeness of a group to the customers with a deep discount", DISCOUNTED_TRADE, deep_discount_group,
        Band(bias=(-0.6, 0.0), spread=0.51, measured="0.58 alike (30 worlds)", reason="in some worlds other habits part the customers more", missing=1.0), scale="absolute"),
]  # fmt: skip
