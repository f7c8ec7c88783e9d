"""Which of many findings are more than chance, when all of them were looked at."""

from __future__ import annotations

import numpy as np

from analysis.models.newton import Array


def benjamini_hochberg(p_values: Array) -> Array:
    """P-values adjusted so that a threshold bounds the share of false findings among those below it: the least of
    ``p_(j) n / j`` over the places j from its own on.

    References
    ----------
    Benjamini & Hochberg (1995), Journal of the Royal Statistical Society B 57, 289-300.
    """
    order = np.argsort(p_values)
    steps = p_values[order] * (len(p_values) / np.arange(1, len(p_values) + 1))
    found = np.empty(len(p_values))
    found[order] = np.clip(np.minimum.accumulate(steps[::-1])[::-1], 0, 1)
    return found
