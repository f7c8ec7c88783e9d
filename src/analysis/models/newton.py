"""Find the maximum of a log-likelihood whose gradient and Hessian are known.

Every parameter is on a scale without limits (a logarithm, or a log-odds), so a step is a relative change
and the same bounds serve every model and every unit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
Objective = Callable[[Array], tuple[float, Array, Array]]

LONGEST_STEP = 1.5  # a parameter changes at most by a factor e^1.5 at once, where the parabola is still near
FARTHEST = np.log(1e6)  # a shape of a million is no heterogeneity, to every digit that a page shows
FLATTEST = 1e-8  # smallest curvature per observation at which a direction still counts as identified
SHARE = 0.1  # part of a flat direction from which a parameter counts as moving along
STEEPEST = 1e-12  # largest gradient per observation at the maximum
SMALLEST_STEP = 1e-6  # relative change of a parameter within which the parabola is exact to twelve digits
STALLED = 1e-7  # the gradient at which rounding, not the model, explains that no step helps
ARMIJO = 1e-4  # share of the promised gain that a step must deliver (Nocedal & Wright 2006, eq. 3.4)
ROUNDING = 1000 * np.finfo(float).eps  # of a sum of many terms that partly cancel, relative
MOST_STEPS = 200
MOST_HALVINGS = 40


@dataclass(frozen=True)
class Maximum:
    """Where a log-likelihood is largest, and how sharply it bends there.

    ``held`` marks the parameters that would still move outwards at the bound: the likelihood has no maximum
    inside, and a simpler model fits as well.
    """

    point: Array
    value: float
    hessian: Array
    held: Array
    steps: int
    converged: bool
    n: float

    @property
    def loose(self) -> Array:
        """Parameters that the data do not pin down: held at the bound, or moving along a flat direction."""
        values, vectors = self._bends()
        flat = (vectors[:, values <= FLATTEST * self.n] ** 2).sum(axis=1)
        return np.asarray(self.held | (flat > SHARE))

    @property
    def identified(self) -> bool:
        """Whether the maximum lies inside and every direction is bent."""
        return bool(self.converged and not self.loose.any())

    def covariance(self) -> Array:
        """Inverse of the negative Hessian; what is held or flat gets no variance."""
        values, vectors = self._bends()
        bent = values > FLATTEST * self.n
        inverse = np.where(bent, 1 / np.where(bent, values, 1), 0)
        return np.asarray(np.einsum("ik,k,jk->ij", vectors, inverse, vectors))

    def _bends(self) -> tuple[Array, Array]:
        values, vectors = np.linalg.eigh(np.where(self.held | self.held[:, None], 0, -self.hessian))
        return values, vectors


def maximise(objective: Objective, start: Array, *, centre: Array, n: float, enough: float = SMALLEST_STEP) -> Maximum:
    """Climb to the maximum with Newton steps that always point upwards.

    Parameters
    ----------
    objective : gives value, gradient and Hessian at a point.
    start : first point.
    centre : a plain guess; a parameter is kept within ``FARTHEST`` of it.
    n : number of observations, the scale of gradient and curvature.
    enough : relative change of every parameter that ends the climb; what it leads to is then not looked at.

    References
    ----------
    Nocedal & Wright (2006), Numerical Optimization, 2nd ed., section 3.4: eigenvalue modification; section
    16.7: projection on bounds.
    """
    low, high = centre - FARTHEST, centre + FARTHEST
    point, steps = np.clip(start, low, high), 0
    value, gradient, hessian = objective(point)
    while True:
        held = ((point <= low) & (gradient < 0)) | ((point >= high) & (gradient > 0))
        free = np.where(held, 0, gradient)
        size = np.abs(free).max(initial=0) / n
        if size < STEEPEST or steps == MOST_STEPS:
            break
        step = _uphill(free, np.where(held | held[:, None], -np.eye(held.size), hessian))
        if np.abs(step).max(initial=0) < enough and _is_inside(point + step, low, high, held):
            return Maximum(point + step, float(value + free @ step / 2), hessian, held, steps + 1, True, n)
        found = _search(lambda tried: objective(np.clip(tried, low, high)), point, value, free, step)
        if found is None:
            break
        point, (value, gradient, hessian) = np.clip(found[0], low, high), found[1]
        steps += 1
    return Maximum(point, float(value), hessian, held, steps, bool(size < STALLED), n)


def _uphill(gradient: Array, hessian: Array) -> Array:
    """Newton step with every eigenvalue made positive, cut to the longest allowed change."""
    values, vectors = np.linalg.eigh(-hessian)
    values = np.maximum(np.abs(values), np.finfo(float).eps * np.abs(values).max())
    along = np.einsum("ik,i->k", vectors, gradient) / np.where(values > 0, values, 1)
    step = np.einsum("ik,k->i", vectors, along)
    return np.asarray(step * min(1, LONGEST_STEP / max(np.abs(step).max(), LONGEST_STEP)))


def _is_inside(point: Array, low: Array, high: Array, held: Array) -> bool:
    """Whether every parameter that is free to move stays off its bounds."""
    return bool((held | (point > low) & (point < high)).all())


def _search(
    objective: Objective, point: Array, value: float, gradient: Array, step: Array
) -> tuple[Array, tuple[float, Array, Array]] | None:
    """Halve the step until it delivers; ``None`` when no length does.

    A promise smaller than the rounding of the value cannot be checked on the value. There, a smaller gradient
    is what delivers.
    """
    promised, rounding = float((gradient * step).sum()), ROUNDING * abs(value)
    for halving in range(MOST_HALVINGS):
        share = 0.5**halving
        tried = point + share * step
        with np.errstate(over="ignore", invalid="ignore"):  # a step too far is not finite, and a shorter one is tried
            outcome = objective(tried)
        gain = outcome[0] - value
        if np.isfinite(gain) and gain >= ARMIJO * share * promised:
            return tried, outcome
        if share * promised <= rounding:
            smaller = np.abs(outcome[1]).max(initial=0) < np.abs(gradient).max(initial=0)
            return (tried, outcome) if smaller and abs(gain) <= rounding else None
    return None
