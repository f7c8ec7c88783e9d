"""The worlds of the fast version: each is made once for all tests."""

from functools import cache

import pytest


@pytest.fixture(scope="session")
def play(tmp_path_factory):
    """From a scene and a seed to its world."""
    home = tmp_path_factory.mktemp("worlds")
    return cache(lambda scene, seed: scene.play(seed, home))
