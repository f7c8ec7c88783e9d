"""Poisson deviance: how far counts lie from what was expected of them."""

from __future__ import annotations

import numpy as np

from analysis.models.newton import Array


def poisson_deviance(actual: Array, expected: Array) -> Array:
    """2 (y ln(y / f) - y + f) of each count y; without limit where nothing was expected and something came.

    References
    ----------
    McCullagh & Nelder (1989), Generalized Linear Models, section 2.3.
    """
    from scipy.special import kl_div

    return np.asarray(2 * kl_div(actual, expected))
