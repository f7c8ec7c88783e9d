"""Lifetime where the same share stays every period: the textbook arithmetic beside any fitted model."""

from __future__ import annotations

from analysis.models.newton import Array


def lifetime(retention: Array | float, *, rate: float) -> Array | float:
    """Discounted number of periods that an entity stays, the present one included: (1 + d) / (1 + d - r).

    Parameters
    ----------
    retention : r, the share that stays from one period to the next.
    rate : d, the discount rate of a period.

    References
    ----------
    Gupta, Lehmann & Stuart (2004), Valuing customers, Journal of Marketing Research 41(1), 7-18.
    """
    return (1 + rate) / (1 + rate - retention)


def lifetime_gain(retention: Array | float, better: Array | float, *, rate: float) -> Array | float:
    """By what share the lifetime grows where retention rises to ``better``: (r' - r) / (1 + d - r')."""
    return (better - retention) / (1 + rate - better)


def retention_elasticity(retention: Array | float, *, rate: float) -> Array | float:
    """Per cent more lifetime for one per cent more retention, with the margin at the start of a period."""
    return lifetime(retention, rate=rate)
