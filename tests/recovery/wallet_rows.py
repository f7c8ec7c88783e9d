"""G4 and G5: wallets, their intervals and the names of the quadrants, against the world's own wallets.

A wallet of the truth is what a customer spends in a year on the categories that are compared; a share is what it bought from
us in the same time, over that. The years of the world that hold the middle of the time compared are meant.
"""

from __future__ import annotations

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
