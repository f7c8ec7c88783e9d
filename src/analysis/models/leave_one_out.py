"""Least squares whose uncertainty is what it gets wrong of entities left out: no law of the errors is assumed.

The error of entity i, left out of the fit, is ``e_i / (1 - h_i)`` with its residual ``e_i`` and leverage ``h_i``. A new
value is the fit plus one of these errors: with n of them the k-th smallest is not reached in a share ``k / (n + 1)`` of
new entities, if they are like those of the fit.

References
----------
Allen (1974), Technometrics 16, 125-127 (the error of one left out). Barber, Candès, Ramdas & Tibshirani (2021), Annals of
Statistics 49, 486-507, section 1 (the jackknife interval).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.models.newton import Array


@dataclass(frozen=True)
class LeaveOneOut:
    """Coefficients, and the errors of every entity when left out.

    Attributes
    ----------
    errors : of each entity of the fit, in their order.
    constant_errors : of the mean of the others as the prediction.
    """

    coefficients: Array
    errors: Array
    constant_errors: Array

    def gain(self, *, level: float) -> tuple[float, float, float]:
        """By how much the mean absolute error is smaller than that of the mean, with a Student interval."""
        from scipy.special import stdtrit

        gains, n = np.abs(self.constant_errors) - np.abs(self.errors), len(self.errors)
        reach = stdtrit(n - 1, (1 + level) / 2) * gains.std(ddof=1) / np.sqrt(n)
        return float(gains.mean()), float(gains.mean() - reach), float(gains.mean() + reach)

    def quantile(self, share: float) -> float:
        """The error that a share of new entities stays below."""
        known = np.sort(self.errors)
        return float(np.interp(share, np.arange(1, len(known) + 1) / (len(known) + 1), known))

    def share_below(self, error: Array) -> Array:
        """Share of new entities whose error is smaller; never nought or one, since nobody has seen all errors."""
        known = np.sort(self.errors)
        return np.interp(error, known, np.arange(1, len(known) + 1) / (len(known) + 1))


def fit_left_out(design: Array, values: Array) -> LeaveOneOut:
    """Fit ``values`` to ``design`` (entities x columns of full rank, the first of ones)."""
    n = len(values)
    basis, _ = np.linalg.qr(design)
    coefficients = np.linalg.lstsq(design, values, rcond=None)[0]
    leverage = np.minimum(
        (basis**2).sum(axis=1), 1 - 1 / n
    )  # a column for one entity alone would divide by nought
    constant = (values - values.mean()) * n / (n - 1)
    return LeaveOneOut(coefficients, (values - design @ coefficients) / (1 - leverage), constant)
