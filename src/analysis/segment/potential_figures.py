"""G4 and G5: the figures that other months are compared by."""

from __future__ import annotations

import pandas as pd

from analysis.core.contracts.segment_potential import QUADRANT_NAMES, TO_VERIFY
from analysis.core.estimate import Figure, estimated, measured, not_available
from analysis.segment.potential import Potential


def potential_figures(potential: Potential, wallets: pd.DataFrame, quadrants: pd.DataFrame) -> list[Figure]:
    """Told and estimated wallets, what is bought elsewhere, and the size of every quadrant."""
    inputs = "wallet, order_lines, customer_list"
    status = wallets["wallet_status"].value_counts()
    found = [
        measured(f"wallets_{name}", int(status.get(name, 0)), "count", n=len(wallets), inputs=inputs)
        for name in ("measured", "estimated")
    ]
    if quadrants.empty:
        return [*found, not_available("bought_elsewhere", "money", needs="wallet.annual_spend")]
    found.append(measured("large_wallet_from", potential.large, "money", n=len(quadrants), inputs=inputs))
    counts = quadrants["quadrant"].value_counts()
    told = quadrants[quadrants["wallet_status"] == "measured"]
    found += [
        measured(f"quadrant_{name}", int(counts.get(name, 0)), "count", n=len(quadrants), inputs=inputs)
        for name in (*QUADRANT_NAMES, TO_VERIFY)
    ]
    if len(told):
        found.append(
            measured("told_elsewhere", told["wallet_gap"].sum(), "money", n=len(told), inputs=inputs)
        )
    if potential.published.fit is not None:
        gain, lo, hi = potential.published.fit.gain(level=potential.settings.interval_level)
        method = f"smaller mean absolute error of the logarithm on wallets left out, {potential.settings.interval_level:.0%} interval"
        found.append(
            estimated(
                "wallet_gain",
                gain,
                lo,
                hi,
                "number",
                method=method,
                n=potential.published.told,
                inputs=inputs,
            )
        )
    return found
