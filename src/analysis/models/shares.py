"""Shares counted in a few, with what the count leaves open."""

from __future__ import annotations

from scipy import stats

from analysis.models.newton import Array


def beta_interval(hits: Array | float, misses: Array | float, *, level: float) -> tuple[Array, Array]:
    """Interval of a share with the posterior ``Beta(hits, misses)``; a prior is counted in both already."""
    low, high = (stats.beta.ppf(side, hits, misses) for side in ((1 - level) / 2, (1 + level) / 2))
    return low, high


def one_side_leads(first: int, second: int, *, prior: float, level: float) -> bool:
    """Whether more than chance speaks for one of two sides: the interval of its share leaves out one half.

    Parameters
    ----------
    prior : counted on both sides before anything is; one half is Jeffreys'.

    Examples
    --------
    >>> one_side_leads(20, 60, prior=0.5, level=0.9), one_side_leads(21, 23, prior=0.5, level=0.9)
    (True, False)
    """
    low, high = beta_interval(first + prior, second + prior, level=level)
    return bool(low > 1 / 2 or high < 1 / 2)
