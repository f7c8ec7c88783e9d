"""Gamma-Gamma: the values of an entity's events vary around a mean of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.special import digamma, gammaln, polygamma

from analysis.core.errors import FitError
from analysis.models.newton import Array, Maximum, maximise
from analysis.models.result import FitStatus, MaximumLikelihood

WHERE = "event values"
# Starting points of p and q. From p = q = 1 the climb can end on a ridge of ever larger p (on the CDNOW file
# at -4076.79, below the maximum of -4055.92), so it is begun on both sides of the usual range.
SAMPLE = 10_000  # rows that tell the highest top from the others
STARTS = ((1, 1), (6, 4), (50, 2), (2, 50))


@dataclass(frozen=True, kw_only=True)
class GammaGamma(MaximumLikelihood):
    """Fitted Gamma-Gamma model (Fader, Hardie & Lee 2005; Fader & Hardie 2013).

    The value of an event is Gamma(p, nu), with nu of the entity's own; nu varies as Gamma(q, gamma). How
    often events happen must have nothing to do with their value.

    * p: how alike the values of one entity are; their coefficient of variation is 1 / sqrt(p).
    * q: how alike the entities are; with q of 1 or less the mean value of the population is not finite.
    * gamma: unit of value; p gamma / (q - 1) is the mean value of the population.

    References
    ----------
    Fader & Hardie (2013), The gamma-gamma model of monetary value, note 025.
    """

    p: float
    q: float
    gamma: float

    parameter_names: ClassVar[tuple[str, ...]] = ("p", "q", "gamma")

    @property
    def population_mean(self) -> float | None:
        """Mean value of a new entity's events; ``None`` when q is 1 or less, where it is not finite."""
        return self.p * self.gamma / (self.q - 1) if self.q > 1 else None


def fit_gamma_gamma(repeats: pd.Series, mean_value: pd.Series) -> GammaGamma:
    """Fit how values vary within and between entities.

    ln L = ln Gamma(p x + q) - ln Gamma(p x) - ln Gamma(q) + q ln gamma + (p x - 1) ln m + p x ln x
    - (p x + q) ln(gamma + x m)

    Parameters
    ----------
    repeats : number of events x behind each mean, 1 or more.
    mean_value : mean value m of these events, above 0, in any unit; gamma is then in it.

    Returns
    -------
    The fit. Its ``status`` says when values within or between entities could not be told apart, or when the
    population has no finite mean.

    Raises
    ------
    FitError : a mean value is not above 0, or a count is below 1.

    References
    ----------
    Fader & Hardie (2013), equation 1a.
    """
    x, mean = _checked(repeats, mean_value)
    likelihood = GammaGammaLikelihood(x, mean)
    found = likelihood.maximum()
    p, q, gamma = np.exp(found.point)
    status = FitStatus.IDENTIFIED
    if not found.identified:
        status = FitStatus.EQUAL_VALUES
    elif q <= 1:
        status = FitStatus.NO_FINITE_MEAN
    return GammaGamma(p=float(p), q=float(q), gamma=float(gamma * likelihood.unit),
                      log_likelihood=found.value - likelihood.log_unit, n=x.size, status=status,
                      covariance=found.covariance().tolist())  # fmt: skip


def expected_mean_value(fit: GammaGamma, repeats: pd.Series, mean_value: pd.Series) -> pd.Series:
    """What an entity's events are worth on average, its own mean drawn towards that of the population.

    E[M] = p (gamma + x m) / (p x + q - 1): a mean of m with weight p x and of the population's mean with
    weight q - 1.

    Parameters
    ----------
    repeats : number of events x, 0 or more; with 0 the mean value is not looked at.
    mean_value : mean value m of these events.

    Raises
    ------
    FitError : an entity has p x + q of 1 or less, where no finite mean exists.

    References
    ----------
    Fader & Hardie (2013), equation 5.
    """
    x = repeats.to_numpy(dtype=float)
    weight = fit.p * x + fit.q - 1
    if (weight <= 0).any():
        raise FitError(WHERE, "no finite mean exists where p x + q is 1 or less",
                       f"q = {fit.q:.3g} and {int((weight <= 0).sum())} such entities",
                       "Leave out entities without a repeat event, or cap extreme values")  # fmt: skip
    total = np.where(x > 0, x * mean_value.to_numpy(dtype=float, na_value=0), 0)
    return pd.Series(fit.p * (fit.gamma + total) / weight, repeats.index, name="expected_mean_value")


class GammaGammaLikelihood:
    """Log-likelihood with gradient and Hessian in ln p, ln q, ln gamma, on values of geometric mean 1."""

    def __init__(self, x: Array, mean: Array) -> None:
        order = np.argsort(x)
        self.x, mean = x[order], mean[order]
        self.counts, first = np.unique(self.x, return_index=True)
        self.first = first
        self.size = np.diff(np.append(first, self.x.size))
        for begin, size in zip(first, self.size, strict=True):
            mean[begin : begin + size].sort()  # so that the order of rows cannot matter
        self.unit = float(np.exp(np.log(mean).mean()))
        self.log_unit = self.x.size * float(np.log(self.unit))
        self.total = self.x * mean / self.unit
        self.log_total = np.log(self.total)
        self.constant = -float(np.log(mean / self.unit).sum())
        self.total_logs = np.add.reduceat(self.log_total, first)

    def maximum(self) -> Maximum:
        """Climb from every start, on a sample where there are many rows, and finish from the highest top."""
        sample = self
        if self.x.size > 2 * SAMPLE:
            thin = slice(None, None, self.x.size // SAMPLE)
            sample = GammaGammaLikelihood(self.x[thin], self.total[thin] / self.x[thin])
        tops = [sample._climb(np.log([p, q, max(q - 1, 1) / p])) for p, q in STARTS]
        best = max(tops, key=lambda top: top.value)
        return best if sample is self else self._climb(best.point)

    def _climb(self, start: Array) -> Maximum:
        return maximise(self, start, centre=np.zeros(start.size), n=self.x.size)

    def __call__(self, free: Array) -> tuple[float, Array, Array]:
        """Value, gradient and Hessian; what depends on x alone is computed once per x."""
        p, q, gamma = np.exp(free)
        x, size = self.counts, self.size
        rest = gamma / (gamma + self.total)  # of the weight, the part that belongs to the population
        log_rest = np.add.reduceat(np.log(rest), self.first)
        rests, squares = (np.add.reduceat(v, self.first) for v in (rest, rest * rest))
        px, pxq = p * x, p * x + q
        # ln(gamma + x m) = ln gamma - ln rest
        logs = self.total_logs - size * np.log(gamma) + log_rest
        value = (size * (gammaln(pxq) - gammaln(px) - gammaln(q)) + px * logs + q * log_rest).sum()
        d_p = p * (x * (size * (digamma(pxq) - digamma(px)) + logs)).sum()
        d_q = q * (size * (digamma(pxq) - digamma(q)) + log_rest).sum()
        d_gamma = (q * size - pxq * rests).sum()
        tri = polygamma(1, pxq)
        pp = d_p + p * p * (size * x * x * (tri - polygamma(1, px))).sum()
        pq = p * q * (size * x * tri).sum()
        qq = d_q + q * q * (size * (tri - polygamma(1, q))).sum()
        pg = -p * (x * rests).sum()
        qg = q * (size - rests).sum()
        gg = -(pxq * (rests - squares)).sum()
        hessian = np.array([[pp, pq, pg], [pq, qq, qg], [pg, qg, gg]])
        return float(value) + self.constant, np.array([d_p, d_q, d_gamma]), hessian


def _checked(repeats: pd.Series, mean_value: pd.Series) -> tuple[Array, Array]:
    x = repeats.to_numpy(dtype=float, na_value=np.nan)
    mean = mean_value.to_numpy(dtype=float, na_value=np.nan)
    if x.size == 0:
        raise FitError(WHERE, "needs at least one entity with a repeat event", "none", "Observe for longer")
    counted, valued = (x >= 1) & (x < np.inf), (mean > 0) & (mean < np.inf)
    if not counted.all():
        raise FitError(WHERE, "repeats must be 1 or more", f"{(~counted).sum()} of {x.size} that are not",
                       "Leave out entities without a repeat event")  # fmt: skip
    if not valued.all():
        raise FitError(WHERE, "mean_value must be above 0", f"{(~valued).sum()} of {x.size} that are not",
                       "Leave out returns, gifts and zero values, and count them")  # fmt: skip
    return x, mean
