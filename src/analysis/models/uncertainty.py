"""How far the estimates and the futures could differ: draws of parameters, and of what happens next.

A draw of the parameters is a fit of its own, so whatever can be computed from a fit can be computed from
every draw, and the spread of the answers is the uncertainty of the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import pandas as pd
from scipy.special import expit

from analysis.models.forecast import RepeatModel
from analysis.models.gamma_rates import GammaRateModel
from analysis.models.newton import Array
from analysis.models.repeat import RepeatRows, compress
from analysis.models.result import MaximumLikelihood

AnyFit = TypeVar("AnyFit", bound=MaximumLikelihood)
AnyRateFit = TypeVar("AnyRateFit", bound=GammaRateModel)

BLOCK = 200_000  # entities simulated at once: a few megabytes, whatever the number of entities


def draw_parameters(fit: AnyFit, *, draws: int, seed: int) -> list[AnyFit]:
    """Draw parameters from the normal approximation on their free scale.

    Parameters
    ----------
    draws : number of fits to return.
    seed : of the random numbers; the same seed gives the same draws.
    """
    values, vectors = np.linalg.eigh(np.array(fit.covariance, float).reshape(len(fit.names), -1))
    root = vectors * np.sqrt(np.maximum(values, 0))
    normal = np.random.default_rng(seed).standard_normal((draws, len(fit.names)))
    return [fit.at(point) for point in fit.free + np.einsum("dk,ik->di", normal, root)]


def bootstrap_parameters(
    fit: AnyRateFit, summary: pd.DataFrame, *, draws: int, seed: int
) -> list[AnyRateFit]:
    """Fit again to entities drawn with replacement: makes no use of the model being right.

    On the CDNOW sample its standard errors are about a fifth larger than those from the Hessian. Equal rows
    are one row with a weight, so a draw of all entities is one draw of the weights.

    Parameters
    ----------
    fit : the fit of ``summary``; its kind of model is fitted again.
    summary : what it was fitted to.
    draws : number of fits to return.
    seed : of the random numbers.

    References
    ----------
    Efron & Tibshirani (1993), An Introduction to the Bootstrap, chapter 6.
    """
    rows = compress(summary)
    rng = np.random.default_rng(seed)
    fits: list[AnyRateFit] = []
    while len(fits) < draws:
        weight = rng.multinomial(round(rows.n), rows.weight / rows.n).astype(float)
        drawn = weight > 0
        if rows.x[drawn].any():
            fits.append(fit.refit(
                RepeatRows(rows.x[drawn], rows.span[drawn], rows.age[drawn], weight[drawn])))  # fmt: skip
    return fits


def simulate_future(
    draws: Sequence[RepeatModel], summary: pd.DataFrame, *, horizon_days: float, seed: int
) -> Array:
    """Simulate the total number of events of all entities in the next ``horizon_days``, once per draw.

    With draws of the parameters the spread is that of parameters and chance together; with the same fit
    repeated it is that of chance alone. Neither knows whether the model is right: on the CDNOW sample the
    actual total lies outside the 95 % interval, so show how often past intervals held the truth beside it.

    Parameters
    ----------
    draws : fits, from ``draw_parameters`` or ``bootstrap_parameters``.
    summary : ``repeats``, ``span_days``, ``age_days``.
    seed : of the random numbers.

    Returns
    -------
    Totals, one per draw (events). Time grows with entities x draws, memory does not.
    """
    rows = compress(summary)
    rng = np.random.default_rng(seed)
    return np.array([_simulate_total(fit, rows, float(horizon_days), rng) for fit in draws], np.int64)


def _simulate_total(fit: RepeatModel, rows: RepeatRows, horizon: float, rng: np.random.Generator) -> int:
    active = rng.binomial(
        rows.weight.astype(np.int64), expit(-fit.log_odds_stopped(rows.x, rows.span, rows.age))
    )
    ends = np.cumsum(active)
    total = 0
    for start in range(0, int(ends[-1]), BLOCK):
        row = np.searchsorted(ends, np.arange(start, min(start + BLOCK, ends[-1])), side="right")
        total += int(fit.sample_if_active(rng, rows.x[row], rows.span[row], rows.age[row], horizon).sum())
    return total
