"""V4 under contract: customers who may have been under contract before the table begins have a law of their own.

They have renewed at least as often as the table shows, and nobody knows how often before. Who has stayed long renews
oftener, so the law of the others would make them out too young. Counted from their first renewal in the table, their
decisions follow a law of the same kind with other parameters: m renewals earlier turn the shifted beta-geometric law with
(alpha, beta) into that with (alpha, beta + m).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.models.newton import Array
from analysis.models.renewal import Renewals


@dataclass(frozen=True)
class Renewing:
    """A law of renewal for lines whose age is known, and the law of the older ones."""

    law: Renewals
    older: Renewals

    def survival(self, renewals: int) -> Array:
        """Share still there after 0, 1, ... renewals in the table: of the older lines, and of those whose age is known."""
        return np.stack([law.survival(np.arange(renewals + 1)) for law in (self.older, self.law)])
