"""G6: growth of each customer, of its peers and against them, beside what was to be expected of it in the world.

The truth is the trend of the expected purchases, season aside: the wallet and the pace of business grow, and the share of
the wallet moves from week to week. It is told from the weeks between the customer's first and last order.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from analysis.core.contracts.clean import CUSTOMERS
from analysis.core.engine import open_engine
from analysis.segment.growth import judge_growth, read_months
from analysis.simulate.world.names import INDUSTRIES
from analysis.simulate.world.season import DAYS_IN_YEAR
from tests.recovery.harness import Band, Estimate, Findings, Row
from tests.recovery.scenes import EQUAL, TRADE, UNCHANGED
from tests.recovery.truth import purchases
from tests.recovery.worlds import Trial

STEEPEST = 50.0  # a yearly slope beyond any


def tested(trial: Trial) -> pd.DataFrame:
    """Customers with a growth, by place in the world, and ``true``: the yearly slope that was to be expected."""

    def make() -> pd.DataFrame:
        records, customers = trial.records, trial.table(CUSTOMERS)
        people = customers[~customers["is_pseudo_customer"]]
        industry = trial.world.customers.industry[trial.places(people["customer_id"])]
        people = people.assign(industry=np.array(list(INDUSTRIES), object)[industry])
        window = records.settings.growth_test.window_months
        with trial.inside(), open_engine(trial.stage("segment").params.engine) as engine:
            months = read_months(engine, customers["customer_id"], records.as_of, window)
        found = judge_growth(months, people, records.settings, None)
        found = found[found["status"] == "estimated"]
        found = found.set_index(pd.Index(trial.places(found["customer_id"]), name="customer"))
        return found.assign(true=true_slopes(trial, found.index))

    return trial.once("growth tests", make)


def true_slopes(trial: Trial, who: pd.Index) -> pd.Series:
    """Yearly slopes of the expected purchases, from the month after the first order to that before the last.

    It is the slope of the exponential that has the same mean time of a purchase.
    """
    world, month = trial.world, lambda days: pd.Timestamp(world.clock.first) + pd.to_timedelta(days, "D")
    made = purchases(world, known_on=trial.last_known).groupby("customer")["day"].agg(["min", "max"]).loc[who]
    start = month(made["min"]).dt.to_period("M").dt.end_time.dt.normalize() + pd.Timedelta(days=1)
    end = month(made["max"]).dt.to_period("M").dt.start_time
    first = np.array([week.first for week in world.weeks])
    day, years = month(first), first / DAYS_IN_YEAR
    found = []
    for place, begin, stop in zip(who, start, end, strict=True):
        inside = np.asarray((day >= begin) & (day < stop))
        own = (1 + world.cast.nature.wallet_growth[place]) * (1 + world.preset.growth_yearly)
        expected = world.share[inside, place] * own ** years[inside]
        time = years[inside] - np.average(years[inside], weights=expected)
        found.append(
            brentq(lambda slope, time=time: np.sum(time * np.exp(slope * time)), -STEEPEST, STEEPEST)
        )
    return pd.Series(found, who)


def growths(trial: Trial) -> list[Estimate]:
    """Logarithm of each customer's yearly growth."""
    return [
        Estimate(row.growth_yearly, row.true, row.lo, row.hi)
        for row in _logs(tested(trial)).itertuples(index=False)
    ]


def relative_growths(trial: Trial) -> list[Estimate]:
    """The same less the median of the peers."""
    found = _logs(tested(trial).dropna(subset=["relative_growth"]))
    off = found["true"] - _of_peers(found)
    return [
        Estimate(row.relative_growth, true, row.relative_lo, row.relative_hi)
        for row, true in zip(found.itertuples(index=False), off, strict=True)
    ]


def peers(trial: Trial) -> list[Estimate]:
    """The growth of each industry that is large enough, and of all."""
    found = _logs(tested(trial).dropna(subset=["relative_growth"]))
    groups = (
        found.assign(true=_of_peers(found))
        .fillna({"peer_group": ""})
        .drop_duplicates(["peer_kind", "peer_group"])
    )
    return [Estimate(row.peer_growth, row.true) for row in groups.itertuples(index=False)]


def named(trial: Trial) -> Findings:
    """Customers that are said to grow faster or slower than their peers."""
    found = tested(trial)
    return Findings(int(found["verdict"].isin(["faster", "slower"]).sum()), len(found))


def outside(trial: Trial) -> Findings:
    """Customers whose interval leaves out the growth of the peers."""
    found = tested(trial).dropna(subset=["relative_growth"])
    return Findings(int(((found["relative_lo"] > 0) | (found["relative_hi"] < 0)).sum()), len(found))


def _logs(found: pd.DataFrame) -> pd.DataFrame:
    columns = ["growth_yearly", "lo", "hi", "peer_growth", "relative_growth", "relative_lo", "relative_hi"]
    return found.assign(**np.log1p(found[columns]))


def _of_peers(found: pd.DataFrame) -> pd.Series:
    """Median of the true slopes of those who are compared with the same peers."""
    return found.fillna({"peer_group": ""}).groupby(["peer_kind", "peer_group"])["true"].transform("median")


def _close(bias: float, spread: float, measured: str, reason: str) -> Band:
    return Band(
        bias=(-bias, bias), spread=spread, covers=(0.87, 0.95), level=0.93, measured=measured, reason=reason
    )


def _few(most: float, measured: str, reason: str) -> Band:
    return Band(findings=most, measured=measured, reason=reason)


REGULAR = "orders come more regularly than by chance alone, which months show less than years: intervals are a little wide"
NAMED = "of those named at most a tenth may be so by chance; where all are so, hardly anybody is named at all"
APART = "an interval of 90 % leaves out the truth of one in ten"
ROWS = [
    Row("growth: of each customer", TRADE, growths, _close(0.02, 0.286, "+0.005, coverage 0.927 (30 worlds)", REGULAR), scale="absolute"),
    Row("growth: against the peers", TRADE, relative_growths, _close(0.02, 0.286, "-0.003, coverage 0.935 (30 worlds)", REGULAR), scale="absolute"),
    Row("growth: of the peers", TRADE, peers, Band(
        bias=(-0.02, 0.02), spread=0.051, measured="+0.007 (30 worlds)", reason="a median of some twenty growths, each unsure by itself",
    ), scale="absolute"),
    Row("growth: named where nobody changes", UNCHANGED, named, _few(0.002, "2 in 6,287", NAMED), fast_seeds=1),
    Row("growth: intervals apart from the peers where nobody changes", UNCHANGED, outside, _few(0.1, "429 in 6,287", APART), fast_seeds=1),
    Row("growth: named where all are equal", EQUAL, named, _few(0.002, "1 in 5,561", NAMED)),
    Row("growth: intervals apart from the peers where all are equal", EQUAL, outside, _few(0.1, "392 in 5,561", APART)),
]  # fmt: skip
