"""A Markov chain that was counted once: where its moves lead in the end, and how sure that is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def steady_state(
    counts: npt.NDArray[np.int64], *, prior: float, draws: int, level: float, random_seed: int
) -> tuple[Array, Array, Array]:
    """Share of each state once the same moves have been made for long, with the ends of its interval.

    Each row of moves has the posterior ``Dirichlet(counts + prior)``. The share is the stationary law of the mean
    moves, ``s = s P`` with ``sum s = 1``; the interval is that of the laws of moves drawn from the posterior.

    Parameters
    ----------
    counts : members by the state they were in (rows) and the one they are in now (columns).
    prior : counted in each cell before anything is; above zero, so that every state can be reached.

    References
    ----------
    Kemeny & Snell 1960, Finite Markov Chains, theorem 4.1.4.

    Examples
    --------
    >>> shares, low, high = steady_state(np.array([[900, 100], [200, 800]]), prior=0.5, draws=200, level=0.9, random_seed=1)
    >>> [round(float(share), 2) for share in shares]
    [0.67, 0.33]
    """
    alpha = counts + prior
    rng = np.random.default_rng(random_seed)
    drawn = rng.standard_gamma(np.broadcast_to(alpha, (draws, *alpha.shape)))
    found = _stationary(drawn / drawn.sum(axis=2, keepdims=True))
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return _stationary((alpha / alpha.sum(axis=1, keepdims=True))[None])[0], low, high


def _stationary(moves: Array) -> Array:
    """The law ``s`` of each chain: one equation of ``s = s P`` follows from the others and gives way to the sum."""
    states = moves.shape[1]
    equations = np.swapaxes(moves, 1, 2) - np.eye(states)
    equations[:, -1, :] = 1.0
    right = np.zeros((len(moves), states, 1))
    right[:, -1] = 1.0
    return np.asarray(np.linalg.solve(equations, right)[:, :, 0])
