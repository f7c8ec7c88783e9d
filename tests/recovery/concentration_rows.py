"""V2: the whale curve against the customers' true contributions."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.profit.concentration import facts_of
from tests.recovery.harness import Band, Estimate, Findings, Row
from tests.recovery.scenes import EQUAL, TRADE, TRADE_WITH_GAPS
from tests.recovery.truth import booked
from tests.recovery.worlds import Trial

TOP = 0.2
EXACT = 1e-9  # tables keep ten digits


def true_values(trial: Trial) -> np.ndarray:
    """Contribution in cents of every customer with a line in the window, largest first."""
    window = trial.books.now
    found = booked(trial.world, trial.day(window.first), trial.day(window.end))
    return np.sort(found["contribution"].to_numpy())[::-1]


def facts(trial: Trial) -> pd.Series:
    """The row of ``concentration_facts`` for contribution in the present window."""
    return facts_of(trial.concentration.facts, "contribution")


def peak(trial: Trial) -> Estimate:
    """The highest point of the curve: what those above zero bring, over what all bring."""
    values, told = true_values(trial), facts(trial)
    return Estimate(told["peak"], values[values > 0].sum() / values.sum(), told["peak_lo"], told["peak_hi"])


def peak_position(trial: Trial) -> Estimate:
    """The share of customers above zero."""
    return Estimate(facts(trial)["peak_position"], float((true_values(trial) > 0).mean()))


def top_share(trial: Trial) -> Estimate:
    """What the top fifth brings, of all."""
    values, tiers = true_values(trial), trial.concentration.tiers
    tier = tiers[(tiers["measure"] == "contribution") & (tiers["period"] == "now") & (tiers["top_share"] == TOP)].iloc[0]
    true = values[: int(len(values) * TOP + EXACT)].sum() / values.sum()
    return Estimate(tier["value_share"], true, tier["lo"], tier["hi"])


def gini(trial: Trial) -> Estimate:
    """The normalised Gini, as its definition says: all pairs of customers."""
    values, told = true_values(trial).astype(float), facts(trial)
    apart = np.abs(values[:, None] - values).sum() / (2 * (len(values) - 1) * np.abs(values).sum())
    return Estimate(told["gini"], apart, told["gini_lo"], told["gini_hi"])


def total(trial: Trial) -> Estimate:
    """What all named customers bring, in currency."""
    return Estimate(facts(trial)["value"], true_values(trial).sum() / 100)  # 100 cents


MEASURES = {
    "peak": peak, "peak position": peak_position, "share of the top 20 %": top_share, "Gini": gini, "total": total,
}  # fmt: skip
EXACTLY = Band(
    bias=(-EXACT, EXACT), spread=0.0, measured="0 in all worlds",
    reason="with every cost known the curve is a sum of recorded money, so there is nothing to estimate",
)  # fmt: skip



def whale_found(trial: Trial) -> Findings:
    """Curves that say that the base hangs on a few customers, or that some eat what others bring."""
    found = trial.concentration.facts
    claims = [found["is_dependent"].fillna(False), found["shape"] == "humped"]
    return Findings(int(np.logical_or.reduce(claims).sum()), len(found))


def _with_gaps(bias: tuple[float, float], spread: float, measured: str) -> Band:
    return Band(
        bias=bias, spread=spread, covers=(0.9, 1.0), level=0.99, measured=measured,
        reason="what has no cost is left out of every customer about alike; the bootstrap band is wider than that",
    )  # fmt: skip


GAPS = {
    "peak": _with_gaps((-0.003, 0.003), 0.0017, "-0.00 %, inside the band in 30 of 30"),
    "share of the top 20 %": _with_gaps((-0.005, 0.005), 0.0062, "-0.1 %, inside the band in 30 of 30"),
    "Gini": _with_gaps((-0.005, 0.005), 0.0047, "-0.2 %, inside the band in 30 of 30"),
    "peak position": Band(
        bias=(-0.005, 0.005), spread=0.0031, measured="-0.2 %",
        reason="customers without any costed line are not ranked, and there are few of them",
    ),
    "total": Band(
        bias=(-0.2, -0.1), spread=0.03, measured="-15.7 %",
        reason="a contribution that is not known is left out and never guessed; the page tells the share without cost",
    ),
}  # fmt: skip
NO_WHALE = Band(findings=0.0, measured="0 in 120 curves", reason="who differs by chance alone is no whale")
ROWS = [
    *(Row(f"whale curve: {name}, full costs", TRADE, measure, EXACTLY) for name, measure in MEASURES.items()),
    *(Row(f"whale curve: {name}, cost gaps", TRADE_WITH_GAPS, MEASURES[name], band) for name, band in GAPS.items()),
    Row("whale curve: a whale where all customers are equal", EQUAL, whale_found, NO_WHALE),
]
