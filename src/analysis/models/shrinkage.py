"""How much of a number that was estimated to believe in, where none at all is what to expect."""

from __future__ import annotations

SURE = 2.0  # standard errors from nothing


def believed(estimate: float, variance: float) -> float:
    """The part ``1 - variance / estimate^2`` of an estimate further than two standard errors from nothing; else nothing.

    References
    ----------
    James & Stein (1961), Estimation with quadratic loss, Proc. 4th Berkeley Symposium 1, 361-379, for the part that counts.
    """
    return estimate * (1 - variance / estimate**2) if estimate**2 > SURE**2 * variance else 0.0
