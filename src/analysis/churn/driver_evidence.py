"""C2: whether a driver tells customers apart or moves with one and the same customer, and whether it comes too late.

Two further fits of the return hazard. Beside a driver stands the customer's own mean of it: what is left to the driver is
that within a customer (Mundlak 1978). And beside a driver stands what it was to be ``memory_months`` later, of customers who
were to order again in any case: an order of today that goes with a driver of tomorrow is a sign that both have another cause.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.churn.driver_fits import fit_rows, sampled
from analysis.churn.driver_rows import Known, monthly_rows
from analysis.core.params import Churn
from analysis.models.newton import Array

LEAST_WITHIN = 0.2  # of a driver's variance: with less, its own mean stands in for it
STEPS = 5  # in which a mean is told apart
COLUMNS = ("driver", "within_ratio", "within_lo", "within_hi", "placebo_p")


def evidence(known: Known, names: list[str], knots: tuple[float, ...] | None, settings: Churn) -> pd.DataFrame:
    """``driver, within_ratio, within_lo, within_hi, placebo_p``; missing where it cannot be told.

    Parameters
    ----------
    names, knots : drivers and curve of the headline fit.
    """
    chosen = sampled(known, settings)
    rows = monthly_rows(known, known.at_risk & chosen)
    moving = [name for name in names if _within_share(rows, name) >= LEAST_WITHIN]
    found = pd.DataFrame({"driver": moving}).reindex(columns=COLUMNS)
    if not moving:
        return found
    means = {f"mean_{name}": np.round(rows.groupby("entity")[name].transform("mean") * STEPS) / STEPS for name in moving}
    within = fit_rows(rows.assign(**means), [*names, *means], knots, known)
    ahead = _ahead(known, chosen, moving)
    later = fit_rows(ahead, [*names, *(f"later_{name}" for name in moving)], knots, known)
    if within is not None:
        ratios = within.fit.hazard_ratios(settings.interval_level).reindex(moving)
        found = found.assign(within_ratio=ratios["hazard_ratio"].to_numpy(), within_lo=ratios["lower"].to_numpy(), within_hi=ratios["upper"].to_numpy())
    if later is not None:
        found = found.assign(placebo_p=later.fit.pvalues.reindex([f"later_{name}" for name in moving]).to_numpy())
    return found


def _within_share(rows: pd.DataFrame, name: str) -> float:
    whole = float(rows[name].var(ddof=0))
    apart = rows[name] - rows.groupby("entity")[name].transform("mean")
    return float(apart.var(ddof=0)) / whole if whole > 0 else 0.0


def _ahead(known: Known, chosen: Array, moving: list[str]) -> pd.DataFrame:
    """Monthly rows of customers who order again after the next month and within the memory, with the drivers of later."""
    months = known.settings.memory_months + 1  # so that they begin after the month that is asked about
    last = np.full_like(known.panel.last_active, -1)
    last[:, :-months] = known.panel.last_active[:, months:]
    again = last >= np.arange(last.shape[1]) + 2  # not in the next month, whose order is asked about, but after it
    where = known.at_risk & chosen & again
    later = monthly_rows(known, where, later=months)
    return monthly_rows(known, where).assign(**{f"later_{name}": later[name].to_numpy() for name in moving})
