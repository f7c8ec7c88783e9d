"""C3: alarms where nobody changes beside those that chance explains, and how soon they ring where customers drift away.

The truth is the world's: the day from which a customer's share of wallet drifts down, and its last order.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.churn.signal_records import Orders, Records
from analysis.churn.signals import day_number
from analysis.churn.warning_proof import equally_rare_silence
from analysis.churn.watching import Watching, watch_on
from analysis.core import tables
from analysis.core.contracts.clean import CUSTOMER_MONTHS, CUSTOMERS
from analysis.core.engine import open_engine
from analysis.models.periods import months_before
from analysis.simulate.world.life import HERE_STILL
from tests.recovery.harness import Band, Estimate, Findings, Row
from tests.recovery.payments import PaidScene, PaidTrial
from tests.recovery.scenes import TRADE, UNCHANGED
from tests.recovery.worlds import Trial

WATCHED_UNCHANGED, WATCHED_TRADE = replace(UNCHANGED, served=True), replace(TRADE, served=True)
PAID, SLIPPING = PaidScene(), PaidScene(slipping=0.05)
OPEN_MONTHS = 3  # in which alarms count
KEY_SHARE = 0.2  # of the customers, by what they paid before they were watched, are key
AHEAD_DAYS = 90


@dataclass(frozen=True)
class Seen:
    """What is watched in one world: ``who``, the place in the world of each customer."""

    watching: Watching
    orders: Orders
    who: np.ndarray



def seen(trial: Trial) -> Seen:
    """Watch the world on its last known day."""

    def make() -> Seen:
        with trial.inside():
            stage = trial.stage("churn")
            people, booked = tables.read(CUSTOMERS), tables.read(CUSTOMER_MONTHS)
            people = people[~people["is_pseudo_customer"]].sort_values("customer_id", ignore_index=True)
            before = booked[booked["month"] <= months_before(stage.as_of, stage.settings.warnings.watched_months)]
            paid = people["customer_id"].map(before.groupby("customer_id")["revenue_e4"].sum()).fillna(0)
            people = people.assign(is_key=paid.rank(ascending=False) <= KEY_SHARE * len(people))
            with open_engine(stage.params.engine) as engine:
                records = Records(engine, people, stage.settings.warnings)
                return Seen(
                    watch_on(records, stage.as_of, stage.settings),
                    records.orders(stage.as_of),
                    trial.places(people["customer_id"]),
                )

    return trial.once("warnings", make)


def by_chance(*signals: str) -> Callable[[Trial], Estimate]:
    """Alarms of the last months beside those by chance; of some signals, or of all."""

    def measure(trial: Trial) -> Estimate:
        found = seen(trial)
        chosen = signals or tuple(found.watching.signals)
        raised = found.watching.raised(OPEN_MONTHS)["signal"].isin(chosen).sum()
        return Estimate(float(raised), sum(found.watching.expected(OPEN_MONTHS, name) for name in chosen))

    return measure


def red_by_chance(trial: Trial) -> Findings:
    """Customers with two independent signals where nobody changes."""
    found = seen(trial).watching
    rows = found.warnings(OPEN_MONTHS)
    return Findings(int(rows.loc[rows["is_red"], "place"].nunique()), int(found.watched().size))


def drifting(trial: Trial) -> pd.DataFrame:
    """Watched customers that began to drift away in the watched months, one a row.

    ``alarm`` and ``silence``: day numbers of the first alarm since, and of the first silence as rare as its alarms; the day
    after the last one where there is none. ``last_order``, and whether it ``is_key``.
    """

    def make() -> pd.DataFrame:
        found, world = seen(trial), trial.world
        start, until = day_number(found.watching.spans.watched_from), day_number(found.watching.spans.until)
        zero = day_number(pd.Timestamp(world.clock.first))
        rare, alarms, rows = equally_rare_silence(found.watching), found.watching.alarms, []
        for place in found.watching.watched():
            who = found.who[place]
            began = zero + world.decline_from[who]
            if world.decline_from[who] == HERE_STILL or not start < began <= until or math.isnan(rare[place]):
                continue
            days = found.orders.day[found.orders.place == place]
            rang = alarms["day"][(alarms["place"] == place) & (alarms["day"] >= began)]
            long = days + np.ceil(rare[place])
            silent = long[(long < np.append(days[1:], until + 1)) & (long >= began)]
            rows.append({
                "alarm": min(rang, default=until + 1), "silence": min(silent, default=until + 1), "last_order": days[-1],
                "is_key": bool(found.watching.is_key[place]), "is_gone": world.left_on[who] + zero <= until, "until": until,
            })  # fmt: skip
        return pd.DataFrame(rows)

    return trial.once("drifting", make)


def lead_before_silence(trial: Trial) -> list[Estimate]:
    """Days from the alarm to the silence that would have told, of each that drifts away and was told of by either."""
    found = drifting(trial)
    told = found[found[["alarm", "silence"]].min(axis=1) <= found["until"]]
    return [Estimate(float(np.median(told["silence"] - told["alarm"])), 0.0)]


def lead_before_last_order(trial: Trial) -> Estimate:
    """Median days from the alarm to the last order of key customers that drifted away and are gone; not a number without."""
    found = drifting(trial)
    gone = found[found["is_key"] & found["is_gone"] & (found["alarm"] <= found["until"])]
    return Estimate(float(np.median(gone["last_order"] - gone["alarm"])) if len(gone) else math.nan, 0.0)


def ahead_of_last_order(trial: Trial) -> list[Estimate]:
    """Of each key customer that drifted away and is gone, whether its alarm came before its last order, against a half.

    More than a half of all worlds' customers means a median lead above 0; one that no alarm told of counts as late.
    """
    found = drifting(trial)
    gone = found[found["is_key"] & found["is_gone"]]
    return [Estimate(float(early), 1 / 2) for early in gone["alarm"] < gone["last_order"]]


def hits(trial: Trial) -> Estimate:
    """Share of those with an open warning that placed no order in the days ahead, less that of those never warned of."""
    found, world = seen(trial), trial.world
    last = trial.last_known
    lines = world.lines
    ahead = np.unique(lines["customer"][(lines["day"] > last) & (lines["day"] <= last + AHEAD_DAYS) & (lines["kind"] == 0)])
    gone = ~np.isin(found.who, ahead)
    opened = found.watching.warnings(OPEN_MONTHS)["place"].unique().astype(int)
    quiet = np.setdiff1d(found.watching.watched(), found.watching.alarms["place"].astype(int))
    return Estimate(float(gone[opened].mean() - gone[quiet].mean()), 0.0)


def told_of_slipping(trial: PaidTrial) -> Estimate:
    """Share of the customers that began to pay later who were told of by their payments, less that of the others."""
    found = seen(trial)
    alarms = found.watching.alarms
    told = np.isin(np.arange(found.who.size), alarms.loc[alarms["signal"] == "overdue_days", "place"])
    slipped = found.who < round(trial.scene.slipping * trial.scene.customers)
    return Estimate(float(told[slipped].mean() - told[~slipped].mean()), 0.0)


RARE = "SPEC 5.6: within 20 %. A few alarms a world, so that worlds differ much; the bias is that of all worlds together"


def _chance(spread: float, measured: str) -> Band:
    return Band(bias=(-0.2, 0.2), spread=spread, measured=measured, reason=RARE)


ROWS = [
    Row("warnings: alarms by chance", WATCHED_UNCHANGED, by_chance(), _chance(0.17, "-0.3 %")),
    Row("warnings: alarms of order gaps by chance", WATCHED_UNCHANGED, by_chance("order_gap"), _chance(0.23, "+4.7 %")),
    Row("warnings: alarms of values and categories by chance", WATCHED_UNCHANGED, by_chance("order_value", "category_breadth", "peer_share"),
        _chance(0.5, "-10.1 %")),
    Row("warnings: alarms of refusals and complaints by chance", WATCHED_UNCHANGED, by_chance("contacts_declined", "complaints"),
        _chance(0.28, "-1.3 %")),
    Row("warnings: alarms of overdue payments by chance", PAID, by_chance("overdue_days"), _chance(0.92, "-2.4 %")),
    Row("warnings: told of by overdue payments who pay later, over the others", SLIPPING, told_of_slipping, Band(
        bias=(0.15, 1.0), spread=0.08, measured="+0.225",
        reason="one alarm in a few months is all that the budget leaves to this signal, and yet it must find customers that pay late four times as often",
    ), scale="absolute"),
    Row("warnings: red by chance", WATCHED_UNCHANGED, red_by_chance, Band(
        findings=0.002, measured="14 in 8,637", reason="two independent signals of one customer within three months",
    )),
    Row("warnings: days before silence alone, where customers drift away", WATCHED_TRADE, lead_before_silence, Band(
        bias=(0.0, 60.0), spread=20.2, measured="+12.1 days", reason="warnings that come no sooner than a rule by silence with as many false alarms are not worth it",
    ), scale="absolute"),
    Row("warnings: days before the last order of key customers that drift away", WATCHED_TRADE, lead_before_last_order, Band(
        bias=(0.0, 60.0), spread=44.0, missing=0.2, measured="+1.9 days", reason="SPEC 5.6: median lead above 0; the mean of the medians of worlds with a few such customers each",
    ), scale="absolute"),
    Row("warnings: key customers that drift away told of before their last order, over a half", WATCHED_TRADE, ahead_of_last_order, Band(
        bias=(0.0, 0.5), spread=0.5, measured="+0.041", reason="SPEC 5.6: median lead above 0, of all worlds' customers together, those never told of among them",
    ), scale="absolute"),
    Row("warnings: hits over the rate without a warning", WATCHED_TRADE, hits, Band(
        bias=(0.1, 1.0), spread=0.14, measured="+0.157", reason="a warning after which as many order as without one is none",
    ), scale="absolute", fast_seeds=4),
]  # fmt: skip
