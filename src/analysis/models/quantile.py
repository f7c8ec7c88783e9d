"""High quantiles of a value given what is known: fit, prediction, and the proof on entities left out of the fit.

The tau-quantile of y given x is ``x b`` with the b that makes the pinball loss smallest,
``sum max(tau (y - x b), (tau - 1) (y - x b))``: of the entities like this one a share tau lies below it.

References
----------
Koenker & Bassett (1978), Econometrica 46, 33-50, equation 2.1. Perlich, Rosset, Lawrence & Zadrozny (2007), KDD, use a
high quantile of what comparable entities do as what is within reach.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.models.newton import Array


@dataclass(frozen=True)
class HeldOut:
    """A quantile on entities left out of the fit, beside one value for all; losses are means.

    Attributes
    ----------
    coverage, constant_coverage : share of the entities left out that lie at or below; should be tau.
    gain_lo, gain_hi : interval of the mean gain in loss, paired over the folds.
    """

    n: int
    coverage: float
    constant_coverage: float
    loss: float
    constant_loss: float
    gain_lo: float
    gain_hi: float

    @property
    def helps(self) -> bool:
        """Whether what is known predicts better than one value for all, by more than chance."""
        return self.gain_lo > 0


def fit_quantile(design: Array, values: Array, *, tau: float) -> Array:
    """The coefficients b of the tau-quantile ``design b``, by the dual linear program, which is exact:

    ``max values a`` with ``design' a = (1 - tau) design' 1`` and a from 0 to 1; b are the prices of the equations.

    Parameters
    ----------
    design : entities x columns, the first of ones.
    values : one an entity.

    References
    ----------
    Koenker & Bassett (1978), section 3; Koenker (2005), Quantile Regression, equation 6.10.
    """
    from scipy.optimize import linprog

    found = linprog(
        -values, A_eq=design.T, b_eq=(1 - tau) * design.sum(axis=0), bounds=(0, 1), method="highs"
    )
    return np.asarray(-found.eqlin.marginals)


def drawn_rows(count: int, most: int, *, seed: int) -> Array:
    """Places of at most ``most`` of ``count`` entities, drawn by lot: a fit needs no more."""
    rows = np.arange(count)
    return rows if count <= most else np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))


def pinball(values: Array, predicted: Array, *, tau: float) -> Array:
    """Loss of each prediction: tau times what it lies too low, 1 - tau times what it lies too high."""
    short = values - predicted
    return np.maximum(tau * short, (tau - 1) * short)


def hold_out(design: Array, values: Array, *, tau: float, folds: int, level: float, seed: int) -> HeldOut:
    """Predict every fold from the others, with what is known and without.

    The mean gain over K folds has the standard error ``s sqrt(1 / K + 1 / (K - 1))``, since the fits share most of
    their entities, and K - 1 degrees of freedom.

    References
    ----------
    Nadeau & Bengio (2003), Machine Learning 52, 239-281, section 3.
    """
    from scipy.special import stdtrit

    fold = np.random.default_rng(seed).permutation(len(values)) % folds
    with_it, without = np.empty(len(values)), np.empty(len(values))
    for part in range(folds):
        inside = fold == part
        with_it[inside] = design[inside] @ fit_quantile(design[~inside], values[~inside], tau=tau)
        without[inside] = np.quantile(values[~inside], tau)
    losses = pinball(values, with_it, tau=tau), pinball(values, without, tau=tau)
    gains = np.array([(losses[1] - losses[0])[fold == part].mean() for part in range(folds)])
    reach = stdtrit(folds - 1, (1 + level) / 2) * gains.std(ddof=1) * np.sqrt(1 / folds + 1 / (folds - 1))
    return HeldOut(
        len(values), float((values <= with_it).mean()), float((values <= without).mean()),
        float(losses[0].mean()), float(losses[1].mean()), float(gains.mean() - reach), float(gains.mean() + reach),
    )  # fmt: skip


def bootstrap_quantile(design: Array, values: Array, *, tau: float, draws: int, seed: int) -> Array:
    """Coefficients fitted to entities drawn with replacement; one row a draw."""
    rng = np.random.default_rng(seed)
    chosen = (rng.integers(0, len(values), len(values)) for _ in range(draws))
    return np.array([fit_quantile(design[rows], values[rows], tau=tau) for rows in chosen])
