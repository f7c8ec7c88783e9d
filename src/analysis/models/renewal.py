"""Renewals of contracts: entities that leave at a renewal, each with a probability of its own.

The share that is still there after t renewals, and the share r_t that passes the t-th, are

    S(t) = B(alpha, beta + t^c) / B(alpha, beta),    r_t = S(t) / S(t - 1)

which for c = 1 is the shifted beta-geometric law, r_t = (beta + t - 1) / (alpha + beta + t - 1). A contract that is
still running tells of the renewals that it has passed, one that began before the records of those in them, so

    ln L = sum over t of renewed_t ln r_t + lost_t ln(1 - r_t)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.special import betaln, digamma, polygamma

from analysis.core.errors import FitError
from analysis.models.newton import Array, Maximum, maximise
from analysis.models.result import FitStatus, MaximumLikelihood

WHERE = "renewal table"
COLUMNS = ("renewal", "at_risk", "renewed")
NEGLIGIBLE = 0.01  # a gain in log-likelihood that is no evidence for one more parameter
SMALLEST_TERM = 1e-12  # of the sum of discounted renewals, relative to its first term
MOST_TERMS = 100_000
LARGEST_LOG = 700.0  # e to it is still a number


@dataclass(frozen=True, kw_only=True)
class Renewals(MaximumLikelihood):
    """Fitted shifted beta-geometric law, or beta-discrete-Weibull law where ``c`` is given.

    * alpha, beta: alpha / (alpha + beta) is the share that leaves at the first renewal; the smaller alpha + beta, the
      more the entities differ, and the more the share that renews rises from one renewal to the next.
    * c: above 1 the single entity becomes likelier to leave with time, below 1 less likely.
    * p: one probability of leaving for all, where the data could not tell them apart (then alpha and beta are None).

    References
    ----------
    Fader & Hardie (2007), How to project customer retention, Journal of Interactive Marketing 21(1), 76-90.
    Fader, Hardie, Liu, Davin & Steenburgh (2018), "How to project customer retention" revisited: the role of duration
    dependence, Journal of Interactive Marketing 43, 1-16.
    """

    alpha: float | None = None
    beta: float | None = None
    c: float | None = None
    p: float | None = None

    parameter_names: ClassVar[tuple[str, ...]] = ("alpha", "beta", "c", "p")
    probability_names: ClassVar[tuple[str, ...]] = ("p",)

    def survival(self, renewals: Array) -> Array:
        """Share still there after so many renewals."""
        t = np.asarray(renewals, float)
        if self.alpha is None or self.beta is None:
            return np.asarray((1 - (self.p or 0.0)) ** t)
        power = t if self.c is None else np.where(t > 0, np.exp(np.minimum(self.c * np.log(np.maximum(t, 1)), LARGEST_LOG)), 0)
        return np.asarray(np.exp(betaln(self.alpha, self.beta + power) - betaln(self.alpha, self.beta)))

    def retention(self, renewals: Array) -> Array:
        """Share of those at the renewal of this number, 1 or more, that pass it."""
        t = np.asarray(renewals, float)
        return self.survival(t) / self.survival(t - 1)

    def residual(self, passed: int, *, rate_per_period: float, periods: int | None = None) -> float:
        """Discounted expected renewals of an entity that stands before the renewal after ``passed`` renewals.

        DERL = sum over k = 0, 1, ... of S(passed + 1 + k) / S(passed) (1 + d)^-k: the first payment falls on the renewal
        itself and is not discounted.

        Parameters
        ----------
        rate_per_period : d, for the time from one renewal to the next.
        periods : number of renewals that count; ``None`` counts all to come, which needs d above 0.

        References
        ----------
        Fader & Hardie (2010), Customer-base valuation in a contractual setting: the perils of ignoring heterogeneity,
        Marketing Science 29(1), 85-93, equation 5.
        """
        if periods is None and rate_per_period <= 0:
            raise FitError("residual renewals", "all renewals to come need a discount rate above 0", rate_per_period,
                           "Give the number of periods")  # fmt: skip
        last = periods or min(MOST_TERMS, int(np.ceil(-np.log(SMALLEST_TERM) / np.log1p(rate_per_period))))
        k = np.arange(last)
        left = self.survival(passed + 1 + k) / self.survival(np.asarray(passed))
        return float((left * (1 + rate_per_period) ** -k.astype(float)).sum())


def fit_sbg(table: pd.DataFrame) -> Renewals:
    """Fit the shifted beta-geometric law.

    Parameters
    ----------
    table : one row a ``renewal`` (1, 2, ...): the contracts ``at_risk`` at it, and how many of them ``renewed``.

    Returns
    -------
    The fit; where nobody differs from the others as far as the data tell, one probability for all, and its status says so.

    Raises
    ------
    FitError : a column is missing, a value is impossible, or all renewed or all left.

    References
    ----------
    Fader & Hardie (2007), equations 6 and 7.
    """
    likelihood = RenewalLikelihood(table)
    found = likelihood.maximum(weibull=False)
    equal = likelihood.equal()
    if not found.identified and equal.log_likelihood >= found.value - NEGLIGIBLE:
        return equal
    return _result(
        found, likelihood.n, FitStatus.IDENTIFIED if found.identified else FitStatus.EXTREME_DROPOUT
    )


def fit_bdw(table: pd.DataFrame) -> Renewals:
    """Fit the beta-discrete-Weibull law; where its ``c`` cannot be told from 1, the law without it.

    References
    ----------
    Fader et al. (2018), equation 5.
    """
    likelihood = RenewalLikelihood(table)
    found, simple = likelihood.maximum(weibull=True), fit_sbg(table)
    if found.identified:
        return _result(found, likelihood.n, FitStatus.IDENTIFIED)
    if simple.log_likelihood >= found.value - NEGLIGIBLE:
        return simple
    return _result(found, likelihood.n, FitStatus.EXTREME_DROPOUT)


def cohort_table(survivors: list[int]) -> pd.DataFrame:
    """The renewals of one cohort, from its size and the survivors after each renewal."""
    return pd.DataFrame({
        "renewal": np.arange(1, len(survivors)), "at_risk": survivors[:-1], "renewed": survivors[1:],
    })  # fmt: skip


class RenewalLikelihood:
    """Log-likelihood of a renewal table, with gradient and Hessian in ln alpha, ln beta and ln c."""

    def __init__(self, table: pd.DataFrame) -> None:
        self.t, self.renewed, self.lost = _checked(table)
        self.n = float((self.renewed + self.lost).max())

    def __call__(self, free: Array) -> tuple[float, Array, Array]:
        """Value, gradient and Hessian; ln(1 - r) bends with ln r by the chain rule."""
        value, slope, bend = _log_retention(self.t, free)
        kept = np.exp(value)
        gone = -np.expm1(value)
        with np.errstate(divide="ignore", invalid="ignore"):
            log_gone = np.where(self.lost > 0, np.log(gone), 0.0)
            odds = np.where(self.lost > 0, self.lost * kept / gone, 0.0)
            curve = np.where(self.lost > 0, odds / gone, 0.0)
        weight = self.renewed - odds
        gradient = (weight * slope).sum(axis=-1)
        hessian = (weight * bend - curve * slope[:, None] * slope[None]).sum(axis=-1)
        return float((self.renewed * value + self.lost * log_gone).sum()), gradient, hessian

    def maximum(self, *, weibull: bool) -> Maximum:
        """Climb from alike contracts with the average share that leaves."""
        share = self.lost.sum() / (self.renewed + self.lost).sum()
        start = np.log([2 * share, 2 * (1 - share), 1.0])[: 3 if weibull else 2]  # 2: any share is as likely
        return maximise(self, start, centre=start, n=self.n)

    def equal(self) -> Renewals:
        """The limit of alike contracts, a share of losses."""
        lost, renewed = self.lost.sum(), self.renewed.sum()
        p = lost / (lost + renewed)
        value = lost * np.log(p) + renewed * np.log1p(-p)
        return Renewals(p=float(p), log_likelihood=float(value), n=round(self.n), status=FitStatus.EQUAL_RENEWALS,
                        covariance=((1 / (lost + renewed) / p / (1 - p),),))  # fmt: skip


def _log_retention(t: Array, free: Array) -> tuple[Array, Array, Array]:
    """ln r_t with its slopes (parameters x t) and bends (parameters x parameters x t)."""
    if free.size == 2:
        return _log_retention_plain(t, *np.exp(free))
    later, earlier = (_log_survival(step, *np.exp(free)) for step in (t, t - 1))
    return later[0] - earlier[0], later[1] - earlier[1], later[2] - earlier[2]


def _log_retention_plain(t: Array, alpha: float, beta: float) -> tuple[Array, Array, Array]:
    """ln((beta + t - 1) / (alpha + beta + t - 1)), without the loss of digits of a difference."""
    low = beta + t - 1
    high = alpha + low
    a, b, own = alpha / high, beta / high, beta / low
    slope = np.array([-a, own - b])
    cross = a * b
    bend = np.array([[-a * (1 - a), cross], [cross, own * (1 - own) - b * (1 - b)]])
    return -np.log1p(alpha / low), slope, bend


def _log_survival(t: Array, alpha: float, beta: float, c: float) -> tuple[Array, Array, Array]:
    """ln S(t) = ln B(alpha, beta + t^c) - ln B(alpha, beta), with slopes and bends in the logarithms."""
    log_t = np.log(np.maximum(t, 1))
    tau = np.where(t > 0, t**c, 0.0)
    low, high, both = beta + tau, alpha + beta + tau, alpha + beta
    grow = c * log_t * tau  # slope of tau in ln c
    d_alpha = digamma(both) - digamma(high)
    d_beta = digamma(low) - digamma(high) - digamma(beta) + digamma(both)
    d_tau = digamma(low) - digamma(high)
    aa = polygamma(1, both) - polygamma(1, high)
    bb = polygamma(1, low) - polygamma(1, high) - polygamma(1, beta) + polygamma(1, both)
    at, bt = -polygamma(1, high), polygamma(1, low) - polygamma(1, high)
    slope = np.array([alpha * d_alpha, beta * d_beta, grow * d_tau])
    bend = np.array([
        [alpha * d_alpha + alpha**2 * aa, alpha * beta * aa, alpha * grow * at],
        [alpha * beta * aa, beta * d_beta + beta**2 * bb, beta * grow * bt],
        [alpha * grow * at, beta * grow * bt, grow**2 * bt + grow * (1 + c * log_t) * d_tau],
    ])  # fmt: skip
    return betaln(alpha, low) - betaln(alpha, beta), slope, bend


def _result(found: Maximum, n: float, status: FitStatus) -> Renewals:
    values = dict(zip(("alpha", "beta", "c"), (float(one) for one in np.exp(found.point)), strict=False))
    return Renewals(**values, log_likelihood=found.value, n=round(n), status=status,
                    covariance=found.covariance().tolist())  # fmt: skip


def _checked(table: pd.DataFrame) -> tuple[Array, Array, Array]:
    """t, renewed and lost, after refusing what no table can be."""
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        raise FitError(WHERE, f"needs the columns {', '.join(COLUMNS)}", f"none named {', '.join(missing)}",
                       "Rename or add them")  # fmt: skip
    t, risk, renewed = (table[name].to_numpy(float) for name in COLUMNS)
    good = (t >= 1) & (renewed >= 0) & (renewed <= risk)
    if not good.all():
        raise FitError(WHERE, "renewals count from 1, and at most those at risk renew",
                       f"{int((~good).sum())} of {len(table)} rows that break it", "Count the contracts again")  # fmt: skip
    lost = risk - renewed
    if not (lost.sum() > 0 and renewed.sum() > 0):
        raise FitError(WHERE, "needs contracts that renewed and contracts that did not",
                       f"{renewed.sum():.0f} renewed and {lost.sum():.0f} lost", "Wait for more renewals")  # fmt: skip
    return t, renewed, lost
