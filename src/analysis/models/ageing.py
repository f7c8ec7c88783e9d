"""A law of stopping at any moment whose rate grows with age."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from analysis.models.lifetime import TAIL, GammaLifetime, Terms
from analysis.models.newton import Array

FASTEST = 600.0  # e^600: nobody lives to see it, and the differences of two such times stay finite


@dataclass(frozen=True)
class AgeingLifetime(GammaLifetime):
    """The rate of stopping of every entity grows by a factor e^(b u) with its age: gamma-Gompertz lifetimes.

    S(u) = (beta / (beta + v))^s with v = (e^(b u) - 1) / b. For b towards 0 it is ``GammaLifetime``.
    """

    b: float
    names: ClassVar[tuple[str, ...]] = ("s", "beta", "b")

    @classmethod
    def centre(cls, age: float) -> list[float]:
        """A plain guess on the free scale: the rate of stopping doubles or so over the mean age."""
        return [0.0, float(np.log(age)), -float(np.log(age))]

    @property
    def unit(self) -> Array:
        """Time on the clock over which the law bends."""
        return np.asarray(np.minimum(self.beta, 1 / self.b))

    def clock(self, u: Array) -> Array:
        """(e^(b u) - 1) / b."""
        return np.asarray(np.expm1(np.minimum(self.b * u, FASTEST)) / self.b)

    def unclock(self, v: Array) -> Array:
        """ln(1 + b v) / b."""
        return np.asarray(np.log1p(self.b * v) / self.b)

    def pace(self, v: Array) -> Array:
        """du / dv = 1 / (1 + b v)."""
        return np.asarray(1 / (1 + self.b * v))

    def points(self, age: float) -> int:
        """Points that an integral up to this age takes: ten more for every factor e^10 of ageing."""
        return 20 + 10 * int(np.ceil(min(self.b * age, TAIL) / 10))

    def stay(self, age: Array) -> Terms:
        """ln S(age), with slopes and bends in ln b too."""
        value, slopes, bends = super().stay(age)
        _, share, turn, bend = self._turns(age)
        bends |= {(2, 0): -self.s * turn, (2, 1): self.s * share * turn, (2, 2): -self.s * bend}
        return value, [*slopes, -self.s * turn], bends

    def leave(self, u: Array, end: Array) -> Terms:
        """As without ageing, with slopes and bends in ln b too, at the age u and not at the clock's time."""
        value, slopes, bends = super().leave(u, end)
        _, share, turn, bend = self._turns(u)
        _, last_share, last_turn, last_bend = self._turns(end)
        slope = self.s * (last_turn - turn)
        bends |= {
            (2, 0): slope,
            (2, 1): self.s * (share * turn - last_share * last_turn) + share * turn,
            (2, 2): self.s * (last_bend - bend) - bend + self.b * u,
        }
        return value, [*slopes, slope - turn + self.b * u], bends

    def _turns(self, u: Array) -> tuple[Array, Array, Array, Array]:
        """Clock, beta / (beta + v), and slope and bend of ln(beta + v) in ln b."""
        v = self.clock(u)
        with np.errstate(over="ignore", invalid="ignore"):
            grown = u * np.exp(self.b * u)
            first = grown - v
            second = self.b * u * grown - first
            turn = first / (self.beta + v)
            return v, self.beta / (self.beta + v), turn, second / (self.beta + v) - turn * turn

    def after(self, age: Array) -> Self:
        """The law of an entity that is still active at ``age``: its clock starts anew, and faster."""
        return replace(self, beta=(self.beta + self.clock(age)) * np.exp(-self.b * age))
