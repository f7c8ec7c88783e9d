"""G5: potential x relationship: how large the wallet is, and how much of it is ours.

Share and wallet are tied, ``share = sales / wallet``, so that with F the law of the wallet, c the wallet that counts as
large and s the share that counts as high, ``b = sales / s`` is the wallet at which the share is just high, and

    P(key) = F(b) - F(c),  P(potential) = 1 - F(max(b, c)),  P(ordinary) = F(min(b, c)),  P(marginal) = F(c) - F(b),

each at least nought. A customer gets the name of the likeliest quadrant if that is likely enough.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.core import params
from analysis.core.contracts.segment_potential import QUADRANT_NAMES, TO_VERIFY
from analysis.models.newton import Array
from analysis.segment.wallet import Law

DECIMALS = 9  # of a probability: 0.6 is 0.6 whatever the last bits say


def large_from(wallets: Array, settings: params.Quadrant) -> float:
    """From where on a wallet counts as large: as the parameters say, else the smallest of those that hold most of all.

    Parameters
    ----------
    wallets : of the customers whose wallet is measured or estimated, in the currency.
    """
    if settings.potential_from is not None:
        return settings.potential_from
    ordered = np.sort(wallets)[::-1]
    held = np.cumsum(ordered)
    return float(ordered[np.searchsorted(held, settings.wallet_share * held[-1])])


def probabilities(law: Law, *, large: float, high: float) -> Array:
    """Probability of each quadrant, in the order of ``QUADRANT_NAMES``; one row a customer.

    Parameters
    ----------
    large : from where on a wallet is large, in the currency.
    high : from where on a share is high.
    """
    small = law.share_below(np.full(len(law.sales), large))
    ours = law.share_below(law.sales / high, included=True)
    key, marginal = np.maximum(ours - small, 0.0), np.maximum(small - ours, 0.0)
    return np.stack([key, 1 - np.maximum(small, ours), np.minimum(small, ours), marginal], axis=1)


def name_quadrants(known: pd.DataFrame, law: Law, settings: params.Quadrant) -> pd.DataFrame:
    """``quadrant``, ``probability`` and the probability of every quadrant.

    Parameters
    ----------
    known : ``wallet`` and ``sow`` of the customers of ``law``. A share above one contradicts itself: to be verified.
    """
    large = large_from(known["wallet"].to_numpy(), settings)
    found = np.round(np.clip(probabilities(law, large=large, high=settings.share_from), 0.0, 1.0), DECIMALS)
    best = found.argmax(axis=1)
    likeliest = found[np.arange(len(found)), best]
    sure = (likeliest >= settings.sure_from) & (known["sow"].to_numpy() <= 1)
    frame = pd.DataFrame(found, known.index, [f"p_{name}" for name in QUADRANT_NAMES])
    named = np.where(sure, np.array(QUADRANT_NAMES, dtype=object)[best], TO_VERIFY)
    return frame.assign(quadrant=named, probability=likeliest)
