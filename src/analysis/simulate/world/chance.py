"""Chance that depends on nothing but the seed, the topic, whose it is and its number.

Two worlds of one seed thus meet with the same luck, event by event, whatever else differs between them.
``Luck`` has the same methods and draws anew each time, for futures that nobody compares event by event.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from analysis.simulate.world.streams import key

# SplitMix64, Steele, Lea & Flood 2014, "Fast splittable pseudorandom number generators", figure 16.
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
FIRST, SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
SHIFTS = (np.uint64(30), np.uint64(27), np.uint64(31))
MANTISSA_SHIFT, MANTISSA = np.uint64(11), 2.0**-53  # of a double

Numbers = np.ndarray | int


class Draws(Protocol):
    """Random numbers by topic; ``who`` gives the shape."""

    def part(self, topic: str, who: np.ndarray, number: Numbers = 0) -> np.ndarray:
        """Uniform between 0 and 1."""

    def normal(self, topic: str, who: np.ndarray, number: Numbers = 0) -> np.ndarray:
        """Of mean 0 and spread 1."""

    def erlang(self, topic: str, shape: np.ndarray, who: np.ndarray, number: Numbers = 0) -> np.ndarray:
        """Of mean 1 and whole ``shape``."""


class Chance:
    """The chance of the world with this seed."""

    def __init__(self, random_seed: int) -> None:
        self._seed = random_seed
        self._keys: dict[str, np.uint64] = {}

    def seed(self, topic: str) -> int:
        """A seed of this topic's own, for laws that are drawn once."""
        return int(key(self._seed, topic))

    def beta(self, topic: str, shape: tuple[float, float], count: int) -> np.ndarray:
        """A beta law of a and b, drawn once."""
        return np.random.Generator(np.random.PCG64(self.seed(topic))).beta(*shape, count)

    def gamma(self, topic: str, shape: float, count: int) -> np.ndarray:
        """A gamma law of mean ``shape``, drawn once."""
        return np.random.Generator(np.random.PCG64(self.seed(topic))).standard_gamma(shape, count)

    def part(self, topic: str, who: np.ndarray, number: Numbers = 0) -> np.ndarray:
        """Uniform between 0 and 1, never either."""
        if topic not in self._keys:
            self._keys[topic] = key(self._seed, topic)
        owner = _mixed(np.asarray(who, np.uint64) * GOLDEN + self._keys[topic])
        bits = _mixed(owner + np.atleast_1d(np.asarray(number, np.uint64)) * GOLDEN)
        return ((bits >> MANTISSA_SHIFT) + 0.5) * MANTISSA

    def normal(self, topic: str, who: np.ndarray, number: Numbers = 0) -> np.ndarray:
        """Of mean 0 and spread 1: Box & Muller 1958, equation 1."""
        radius = np.sqrt(-2 * np.log(self.part(topic, who, number)))
        return radius * np.cos(2 * np.pi * self.part(f"{topic} angle", who, number))

    def erlang(self, topic: str, shape: np.ndarray, who: np.ndarray, number: Numbers = 0) -> np.ndarray:
        """Of mean 1 and whole ``shape``: the mean of so many exponentials."""
        total = np.zeros(len(who))
        for step in range(int(shape.max(initial=0))):
            part = self.part(f"{topic} {step}", who, number)
            total -= np.where(step < shape, np.log(part), 0.0)
        return total / shape


class Luck:
    """Random numbers that are new with each call."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng

    def part(self, topic: str, who: np.ndarray, number: Numbers = 0) -> np.ndarray:  # noqa: ARG002
        """Uniform between 0 and 1."""
        return self._rng.random(len(who))

    def normal(self, topic: str, who: np.ndarray, number: Numbers = 0) -> np.ndarray:  # noqa: ARG002
        """Of mean 0 and spread 1."""
        return self._rng.standard_normal(len(who))

    def erlang(
        self, topic: str, shape: np.ndarray, who: np.ndarray, number: Numbers = 0,  # noqa: ARG002
    ) -> np.ndarray:
        """Of mean 1 and whole ``shape``."""
        return self._rng.standard_gamma(shape) / shape


def _mixed(bits: np.ndarray) -> np.ndarray:
    """Every bit of the result depends on every bit of ``bits``."""
    bits = (bits ^ (bits >> SHIFTS[0])) * FIRST
    bits = (bits ^ (bits >> SHIFTS[1])) * SECOND
    return bits ^ (bits >> SHIFTS[2])
