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
STEEPEST = 1e-10  # largest gradient per observation at the maximum
STALLED = 1e-7  # the gradient at which rounding, not the model, explains that no step helps
ARMIJO = 1e-4  # share of the promised gain that a step must deliver (Nocedal & Wright 2006, eq. 3.4)
MOST_STEPS = 200
MOST_HALVINGS = 40


@dataclass(frozen=True)
class Maximum:
    """Where a log-likelihood is largest, and how sharply it bends there.

    ``runaway`` marks the parameters that were still moving outwards when they reached the bound: the
    likelihood has no maximum inside, and a simpler model fits as well.
    """

    point: Array
    value: float
    gradient: Array
    hessian: Array
    steps: int
    converged: bool
    runaway: Array
    n: float

    @property
    def identified(self) -> bool:
        """Whether the maximum lies inside and every direction is bent."""
        curvature = np.linalg.eigvalsh(-self.hessian / self.n)
        return bool(self.converged and not self.runaway.any() and curvature.min(initial=1) > FLATTEST)

    def covariance(self) -> Array:
        """Inverse of the negative Hessian; a direction that is not identified gets no variance."""
        if self.point.size == 0:
            return np.zeros((0, 0))
        values, vectors = np.linalg.eigh(-self.hessian)
        bent = values > FLATTEST * self.n
        inverse = np.where(bent, 1 / np.where(bent, values, 1), 0)
        return np.einsum("ik,k,jk->ij", vectors, inverse, vectors)


def maximise(objective: Objective, start: Array, *, n: float) -> Maximum:
    """Climb to the maximum with Newton steps that always point upwards.

    Parameters
    ----------
    objective : gives value, gradient and Hessian at a point.
    start : first point; a parameter may move away from it by at most ``FARTHEST``.
    n : number of observations, the scale of gradient and curvature.

    References
    ----------
    Nocedal & Wright (2006), Numerical Optimization, 2nd ed., section 3.4: eigenvalue modification.
    """
    point, steps, converged = np.array(start, float), 0, False
    value, gradient, hessian = objective(point)
    while steps < MOST_STEPS:
        runaway = np.abs(point - start) >= FARTHEST
        size = np.abs(gradient).max(initial=0) / n
        converged = size < STEEPEST
        if converged or runaway.any():
            break
        step = _uphill(gradient, hessian)
        found = _search(objective, point, value, gradient, step)
        if found is None:
            converged = size < STALLED
            break
        point, (value, gradient, hessian) = found
        steps += 1
    runaway = np.abs(point - start) >= FARTHEST
    return Maximum(point, float(value), gradient, hessian, steps, bool(converged), runaway, n)


def _uphill(gradient: Array, hessian: Array) -> Array:
    """Newton step with every eigenvalue made positive, cut to the longest allowed change."""
    values, vectors = np.linalg.eigh(-hessian)
    values = np.maximum(np.abs(values), np.finfo(float).eps * np.abs(values).max())
    along = np.einsum("ik,i->k", vectors, gradient) / np.where(values > 0, values, 1)
    step = np.einsum("ik,k->i", vectors, along)
    return step * min(1, LONGEST_STEP / max(np.abs(step).max(), LONGEST_STEP))


def _search(
    objective: Objective, point: Array, value: float, gradient: Array, step: Array
) -> tuple[Array, tuple[float, Array, Array]] | None:
    """Halve the step until it delivers; ``None`` when no length does."""
    promised = float((gradient * step).sum())
    for halving in range(MOST_HALVINGS):
        share = 0.5**halving
        tried = point + share * step
        if (tried == point).all():
            return None
        outcome = objective(tried)
        if np.isfinite(outcome[0]) and outcome[0] >= value + ARMIJO * share * promised:
            return tried, outcome
    return None
