"""Random numbers by topic: a new topic leaves the numbers of the others as they are."""

from __future__ import annotations

import numpy as np


def stream(random_seed: int, topic: str) -> np.random.Generator:
    """Random numbers of one topic of the world with this seed."""
    return np.random.Generator(np.random.PCG64(_seeds(random_seed, topic)))


def key(random_seed: int, topic: str) -> np.uint64:
    """A number of its own for each topic of the world with this seed."""
    return _seeds(random_seed, topic).generate_state(1, np.uint64)[0]


def _seeds(random_seed: int, topic: str) -> np.random.SeedSequence:
    return np.random.SeedSequence([random_seed, *topic.encode()])
