"""G4 and G5: wallets, their intervals and the names of the quadrants, against the world's own wallets.

A wallet of the truth is what a customer spends in a year on the categories that are compared; a share is what it bought from
us in the same time, over that. The years of the world that hold the middle of the time compared are meant.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis.core.contracts.segment_potential import QUADRANT_NAMES, TO_VERIFY
from analysis.simulate.world.spending_elsewhere import true_wallets
from tests.recovery.harness import Band, Estimate, Findings, Row
from tests.recovery.scenes import TOLD_NOTHING, TOLD_TRADE
from tests.recovery.truth import CENTS
from tests.recovery.worlds import Trial

TAU = 0.9
HALF_A_YEAR = pd.Timedelta(days=182)


def known(trial: Trial) -> pd.DataFrame:
    """Measured and estimated wallets by customer, with the ``truth`` of each and its true quadrant."""
    return trial.once("known wallets", lambda: _known(trial))


def _known(trial: Trial) -> pd.DataFrame:
    rfm = trial.rfm
    potential = trial.potential
    found = potential.quadrants(rfm).set_index("customer_id")
    if found.empty:
        return found.assign(truth=0.0, true_quadrant="")
    place = trial.places(found.index.to_series())
    now = true_wallets(trial.world, (pd.Timestamp(trial.as_of) - HALF_A_YEAR).year).sum(axis=1) / CENTS
    truth = pd.Series(now[place], found.index)
    told = potential.rows.merge(potential.latest[["customer_id", "wallet_year"]])
    year = int(told["wallet_year"].max())
    wallets = true_wallets(trial.world, year) / CENTS
    of = {name: number for number, name in enumerate(trial.world.products.categories)}
    told = told[told["wallet_year"] == year]
    each = wallets[trial.places(told["customer_id"]), told["category"].map(of)]
    measured = pd.Series(each).groupby(told["customer_id"].to_numpy()).sum()
    truth.update(measured)
    found = found[(found["wallet_status"] == "estimated") | found.index.isin(measured.index)].copy()
    truth = truth[found.index]
    large = (truth >= potential.large).to_numpy()
    high = (found["sales"] >= potential.settings.quadrant.share_from * truth).to_numpy()
    names = np.array(QUADRANT_NAMES)
    return found.assign(
        truth=truth, true_quadrant=names[np.where(large, np.where(high, 0, 1), np.where(high, 2, 3))]
    )


def left_out(trial: Trial) -> Estimate:
    """Share of the customers left out who buy less than the high quantile predicted for them."""
    return Estimate(trial.potential.peers.checks[TAU].coverage, TAU)


def _estimated(trial: Trial) -> pd.DataFrame:
    found = known(trial)
    return found[found["wallet_status"] == "estimated"]


def rank_gain(trial: Trial) -> Estimate:
    """Rank correlation of estimated wallets with the true ones, over that of own sales alone."""
    found = _estimated(trial)
    if found.empty:
        return Estimate(np.nan, 0.0)
    own, told = (found[name].corr(found["truth"], method="spearman") for name in ("sales", "wallet"))
    return Estimate(told, own)


def covered(status: str) -> Callable[[Trial], Estimate]:
    """Share of the wallets of one kind whose interval holds the true one."""

    def measure(trial: Trial) -> Estimate:
        found = known(trial)
        own = found[found["wallet_status"] == status]
        return Estimate(own["truth"].between(own["wallet_lo"], own["wallet_hi"]).mean(), trial.potential.settings.interval_level)

    return measure


def right_names(trial: Trial) -> Estimate:
    """Share of the named customers whose true quadrant it is, against the mean of the probabilities stated."""
    found = known(trial)
    named = found[found["quadrant"] != TO_VERIFY]
    return Estimate((named["quadrant"] == named["true_quadrant"]).mean(), named["probability"].mean())


def estimates_of_nothing(trial: Trial) -> Findings:
    """Customers named by an estimated wallet where neither purchases nor anything known has to do with wallets."""
    found = trial.potential.quadrants(trial.rfm)
    estimated = (found["wallet_status"] == "estimated") & (found["quadrant"] != TO_VERIFY)
    return Findings(int(estimated.sum()), len(trial.potential.people))


def _share(low: float, high: float, spread: float, measured: str, reason: str) -> Band:
    return Band(bias=(low, high), spread=spread, measured=measured, reason=reason)


ROWS = [
    Row("wallet: customers left out who buy less than predicted, tau 0.9", TOLD_TRADE, left_out,
        _share(-0.03, 0.01, 0.0042, "0.888 of them, 0.9 claimed (30 worlds)", "some thirty values are fitted to the sales of 800 customers"), scale="absolute", fast_seeds=1),
    Row("wallet: rank correlation over that of own sales", TOLD_TRADE, rank_gain,
        _share(0.1, 1.0, 0.015, "+0.152 (30 worlds)", "the size of a customer says more about its wallet than what it buys here"), scale="absolute", fast_seeds=1),
    Row("wallet: share of the estimated inside their interval", TOLD_TRADE, covered("estimated"),
        _share(-0.04, 0.02, 0.024, "0.881 of them, 0.9 claimed (30 worlds)", "larger wallets are told more often, and stand for smaller ones"), scale="absolute", fast_seeds=1),
    Row("wallet: share of the told inside their interval", TOLD_TRADE, covered("measured"),
        _share(0.0, 0.07, 0.018, "0.941 of them, 0.9 claimed (30 worlds)", "what wallets really grow by counts as error of the source"), scale="absolute", fast_seeds=1),
    Row("quadrant: share of right names over the probability stated", TOLD_TRADE, right_names,
        _share(-0.01, 0.03, 0.01, "+1.1 points (30 worlds)", "a name is as often right as it says"), scale="absolute", fast_seeds=1),
    Row("quadrant: customers named by estimates where wallets have to do with nothing", TOLD_NOTHING, estimates_of_nothing,
        Band(findings=0.0, measured="0 in 35,407", reason="two proofs at 95 % each stand before an estimate"), fast_seeds=1),
    Row("quadrant: share of right names over the probability stated, told wallets alone", TOLD_NOTHING, right_names,
        _share(-0.02, 0.02, 0.0125, "-0.3 points (30 worlds)", "reps tell too little by a tenth, which two tellings show in part"), scale="absolute", fast_seeds=1),
]  # fmt: skip
