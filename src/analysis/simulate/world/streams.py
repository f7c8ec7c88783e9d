"""Random numbers by topic: a new topic leaves the numbers of the others as they are."""

from __future__ import annotations

import numpy as np


def stream(random_seed: int, topic: str) -> np.random.Generator:
    """Random numbers of one topic of the world with this seed."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([random_seed, *topic.encode()])))
