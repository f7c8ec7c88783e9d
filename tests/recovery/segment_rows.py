"""G2 and G10: recency, frequency, money, segments and moves against the world's own purchases.

The scores are told once more from their definition: ``ceil(scores * (middle rank - 1/2) / customers)``.
"""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd

from analysis.core.contracts.clean import CUSTOMER_MONTHS
from tests.recovery.harness import Band, Estimate, Findings, Row
from tests.recovery.scenes import TRADE
from tests.recovery.truth import CENTS, booked, lines_of, purchases
from tests.recovery.worlds import ONE_DAY, Trial

E4 = 10_000  # ten-thousandths of the currency
AXES = {"recency": -1, "frequency": 1, "money": 1}
HALF_A_CENT = 0.005
ROUNDED = 0.05  # two significant digits


def true_measures(trial: Trial, day: datetime.date) -> pd.DataFrame:
    """``recency`` in days, ``frequency`` in purchase days and ``money`` in cents of the year up to ``day``."""
    last = trial.day(pd.Timestamp(day))
    after = day + ONE_DAY
    first = trial.day(pd.Timestamp(after.replace(year=after.year - 1)))
    made = purchases(trial.world, known_on=last)
    inside = made[made["day"] >= first].groupby("customer").agg(frequency=("day", "size"), money=("contribution", "sum"))
    recency = last - made.groupby("customer")["day"].max()
    found = pd.DataFrame({"recency": recency}).join(inside)
    return found.fillna({"frequency": 0, "money": 0}).astype(np.int64)


def true_segments(trial: Trial) -> pd.DataFrame:
    """``now`` and ``before``: the segment of each customer by the rules, with the limits of the present window."""
    settings = trial.records.settings
    now, before = true_measures(trial, trial.as_of), true_measures(trial, trial.as_of.replace(day=1) - ONE_DAY)
    active = now[now["frequency"] > 0]
    limits = {}
    for axis, sign in AXES.items():
        values = sign * active[axis]
        scores = np.ceil(settings.scores * (values.rank() - 0.5) / len(values))  # the middle of a place
        limits[axis] = values[scores >= settings.high_from_score].min()
    found = pd.DataFrame(index=now.index)
    for name, measures in {"now": now, "before": before}.items():
        high = {axis: sign * measures[axis] >= limits[axis] for axis, sign in AXES.items()}
        named = pd.Series(None, measures.index, dtype="object")
        for rule in reversed(settings.rules):
            fits = pd.Series(True, measures.index)
            for axis in AXES:
                wanted = getattr(rule, axis)
                fits &= True if wanted == "any" else high[axis] == (wanted == "high")
            named[fits] = rule.name
        found[name] = named.mask(measures["frequency"] == 0, "silent")
    return found.fillna({"before": "new"})


def stored(trial: Trial) -> pd.DataFrame:
    """The table ``rfm`` by the customers' places in the world, of those with a purchase that stayed."""
    rfm = trial.rfm[trial.rfm["segment"] != "gone"]
    return rfm.set_index(pd.Index(trial.places(rfm["customer_id"]), name="customer"))


def booked_revenue(trial: Trial) -> Estimate:
    """All revenue booked up to as_of, the walk-in account included."""
    lines = lines_of(trial.world)
    true = lines.loc[lines["day"] <= trial.last_known, "revenue"].sum() / CENTS
    return Estimate(trial.table(CUSTOMER_MONTHS)["revenue_e4"].sum() / E4, true)


def money_of_segments(trial: Trial) -> Estimate:
    """Money of the window over all segments."""
    segments = trial.records.size(trial.rfm)
    return Estimate(segments["money"].sum(), true_measures(trial, trial.as_of)["money"].sum() / CENTS)


def _differ(trial: Trial, told: dict[str, str], off: float) -> Findings:
    both = true_measures(trial, trial.as_of).join(stored(trial)[list(told)].add_prefix("told "), how="outer")
    wrong = np.zeros(len(both), bool)
    for name, axis in told.items():
        unit = CENTS if axis == "money" else 1
        close = (both[f"told {name}"].fillna(-1).astype(float) - both[axis].fillna(-1) / unit).abs() <= off
        wrong |= ~close.to_numpy()
    return Findings(int(wrong.sum()), len(both))


def recency_and_frequency(trial: Trial) -> Findings:
    """Customers whose days since the last purchase, or purchase days, are not what they were."""
    return _differ(trial, {"recency_days": "recency", "purchase_days": "frequency"}, 0)


def money_of_customers(trial: Trial) -> Findings:
    """Customers whose money is off by a cent or more."""
    return _differ(trial, {"money": "money"}, HALF_A_CENT)


def segments(trial: Trial) -> Findings:
    """Customers who are in another segment than their purchases and the rules say."""
    both = true_segments(trial).join(stored(trial)[["segment"]], how="outer")
    return Findings(int((both["now"] != both["segment"]).sum()), len(both))


def moves(trial: Trial) -> Findings:
    """Customers whose move since the month before is another."""
    both = true_segments(trial).join(stored(trial)[["segment", "segment_before"]], how="outer")
    wrong = (both["now"] != both["segment"]) | (both["before"] != both["segment_before"])
    return Findings(int(wrong.sum()), len(both))


def payments(trial: Trial) -> Findings:
    """Customers whose payments of the year, or of the year before, are not what was booked to the ten-thousandth."""
    paid, wrong = trial.tiering.payments, 0
    for at in (-1, trial.tiering.year_before):
        year = paid.years[at]
        true = booked(trial.world, trial.day(year.first), trial.day(year.end))["revenue"] * (E4 // CENTS)
        told = pd.Series(paid.paid_e4[:, at], index=trial.places(pd.Series(paid.customers)))
        wrong += int((told.sub(true, fill_value=0) != 0).sum())
    return Findings(wrong, 2 * len(paid.customers))


def tier_limits(trial: Trial) -> Findings:
    """Tiers above which more than the fewest payers bring the chosen share of the true value, or fewer do not.

    A limit is rounded to two digits, so that the payers within its rounding may stand on either side.
    """
    tiering, settings = trial.tiering, trial.records.settings.tiers
    year = tiering.payments.years[-1]
    true = booked(trial.world, trial.day(year.first), trial.day(year.end))["contribution"] / CENTS
    order = np.argsort(-tiering.payments.yearly_e4[:, -1], kind="stable")
    places = trial.places(pd.Series(tiering.payments.customers))[order]
    brought = true.reindex(places).fillna(0.0).cumsum().to_numpy() / true.sum()
    yearly = tiering.payments.yearly_e4[order, -1] / E4
    edges = [yearly[int(np.argmax(brought >= share))] for share in settings.value_shares]
    far = [abs(limit / edge - 1) > ROUNDED for limit, edge in zip(tiering.limits, edges, strict=True)]
    return Findings(sum(far), len(far))


def _seldom(most: float, measured: str) -> Band:
    return Band(
        findings=most, measured=measured,
        reason="a return names no purchase: it is tied to the latest one of the product, which may be another",
    )  # fmt: skip


EXACTLY = Band(bias=(-1e-9, 1e-9), spread=0.0, measured="0 in all worlds", reason="a sum of recorded money")
ROWS = [
    Row("totals: booked revenue", TRADE, booked_revenue, EXACTLY),
    Row("RFM: money of all segments", TRADE, money_of_segments,
        Band(bias=(-0.001, 0.001), spread=0.0002, measured="-0.00 %",
             reason="some returns are tied to a purchase in or before the window that was not theirs")),
    Row("RFM: recency and frequency of each customer", TRADE, recency_and_frequency, _seldom(0.006, "54 in 14,353")),
    Row("RFM: money of each customer", TRADE, money_of_customers, _seldom(0.03, "341 in 14,353")),
    Row("RFM: segment of each customer", TRADE, segments, _seldom(0.002, "0 in 14,353")),
    Row("tiers: payments of each customer", TRADE, payments,
        Band(findings=0.0, measured="0 in all worlds", reason="a sum of booked money")),
    Row("tiers: limits that do not hold the fewest payers", TRADE, tier_limits,
        Band(findings=0.0, measured="0 in 60 limits", reason="fitted to the contribution, which is known to the cent")),
    Row("migration: move of each customer", TRADE, moves, _seldom(0.002, "1 in 14,353")),
]  # fmt: skip
