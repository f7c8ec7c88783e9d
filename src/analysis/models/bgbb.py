"""BG/BB: entities that act or not at each of a fixed number of occasions, and may stop before any of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.special import betaln

from analysis.core.errors import FitError
from analysis.models.newton import Array, maximise
from analysis.models.result import FitStatus, MaximumLikelihood

WHERE = "occasion summary"
COLUMNS = ("repeats", "last_occasion", "occasions", "entities")


@dataclass(frozen=True, kw_only=True)
class BgBb(MaximumLikelihood):
    """Fitted BG/BB model (Fader, Hardie & Shang 2010).

    While active, an entity acts at an occasion with a probability of its own, which varies as Beta(alpha, beta).
    Before each occasion it stops for good with a probability of its own, which varies as Beta(gamma, delta).

    * alpha, beta: alpha / (alpha + beta) is the mean probability of acting; the larger the sum, the more alike.
    * gamma, delta: the same for the probability of stopping.

    References
    ----------
    Fader, Hardie & Shang (2010), Customer-base analysis in a discrete-time noncontractual setting, Marketing
    Science 29(6), 1086-1108.
    """

    alpha: float
    beta: float
    gamma: float
    delta: float

    parameter_names: ClassVar[tuple[str, ...]] = ("alpha", "beta", "gamma", "delta")

    def log_likelihoods(self, summary: pd.DataFrame) -> Array:
        """ln of the probability of each row's history."""
        likelihood = BgBbLikelihood(summary)
        _, top, shares = likelihood.lives(_rising(self.free, int(likelihood.n.max())))
        return np.asarray(top + np.log(shares.sum(axis=1)))


def fit_bgbb(summary: pd.DataFrame) -> BgBb:
    """Fit how likely entities act at an occasion, and how likely they stop before one.

    L = sum over the number of occasions lived j, from t_x to n, of
    B(alpha + x, beta + j - x) / B(alpha, beta) times
    B(gamma + 1, delta + j) / B(gamma, delta), or for j = n B(gamma, delta + n) / B(gamma, delta)

    Parameters
    ----------
    summary : one row a kind of history: ``repeats`` x (occasions acted at), ``last_occasion`` t_x (number of the
        last of them, 0 without one), ``occasions`` n, and how many ``entities`` have it.

    Raises
    ------
    FitError : a column is missing or a value is impossible.

    References
    ----------
    Fader, Hardie & Shang (2010), equation 7.
    """
    likelihood = BgBbLikelihood(summary)
    centre = np.zeros(len(BgBb.parameter_names))
    found = maximise(likelihood, centre, centre=centre, n=likelihood.weight.sum())
    alpha, beta, gamma, delta = (float(value) for value in np.exp(found.point))
    status = FitStatus.IDENTIFIED
    if not found.identified:
        status = FitStatus.EQUAL_RATES if found.loose[:2].any() else FitStatus.EQUAL_DROPOUT
    return BgBb(alpha=alpha, beta=beta, gamma=gamma, delta=delta, log_likelihood=found.value,
                n=round(likelihood.weight.sum()), status=status, covariance=found.covariance().tolist())  # fmt: skip


def bgbb_alive(fit: BgBb, summary: pd.DataFrame) -> pd.Series:
    """How likely each kind of history is still active at the next occasion, n + 1.

    B(alpha + x, beta + n - x) / B(alpha, beta) B(gamma, delta + n + 1) / B(gamma, delta) / L

    References
    ----------
    Fader, Hardie & Shang (2010), equation 11.
    """
    x, _, n = (summary[name].to_numpy(float) for name in COLUMNS[:3])
    acted = betaln(fit.alpha + x, fit.beta + n - x) - betaln(fit.alpha, fit.beta)
    lived = betaln(fit.gamma, fit.delta + n + 1) - betaln(fit.gamma, fit.delta)
    share = np.exp(acted + lived - fit.log_likelihoods(summary))
    return pd.Series(share, summary.index, name="probability_alive")


def bgbb_expected(fit: BgBb, summary: pd.DataFrame, *, occasions_ahead: int) -> pd.Series:
    """At how many of the next ``occasions_ahead`` each kind of history is expected to act.

    Sum over k = 1 .. n* of B(alpha + x + 1, beta + n - x) / B(alpha, beta) B(gamma, delta + n + k) / B(gamma, delta)
    / L, which is the sum behind the closed form.

    References
    ----------
    Fader, Hardie & Shang (2010), equation 13.
    """
    x, _, n = (summary[name].to_numpy(float) for name in COLUMNS[:3])
    acted = betaln(fit.alpha + x + 1, fit.beta + n - x) - betaln(fit.alpha, fit.beta)
    ahead = np.arange(1, occasions_ahead + 1)
    lived = np.exp(betaln(fit.gamma, fit.delta + n[:, None] + ahead) - betaln(fit.gamma, fit.delta)).sum(
        axis=1
    )
    value = np.exp(acted - fit.log_likelihoods(summary)) * lived
    return pd.Series(value, summary.index, name="expected_events")


def bgbb_pmf_new(fit: BgBb, counts: Array | int, *, occasions: int) -> Array:
    """How likely a new entity acts at exactly ``counts`` of its first ``occasions``.

    Sum over the number of occasions lived j, from x to n, of C(j, x) times the term of the likelihood.

    References
    ----------
    Fader, Hardie & Shang (2010), equation 8.
    """
    x = np.atleast_1d(np.asarray(counts, float))[:, None]
    j = np.arange(occasions + 1)
    lived = np.maximum(j, x)
    ways = -betaln(x + 1, lived - x + 1) - np.log(lived + 1)
    acted = betaln(fit.alpha + x, fit.beta + lived - x) - betaln(fit.alpha, fit.beta)
    stopped = (j < occasions).astype(float)
    life = betaln(fit.gamma + stopped, fit.delta + j) - betaln(fit.gamma, fit.delta)
    return np.asarray(np.where(j >= x, np.exp(ways + acted + life), 0).sum(axis=1))


class BgBbLikelihood:
    """Log-likelihood of weighted rows with gradient and Hessian in the logarithms of the four parameters.

    Every beta function is a quotient of rising factorials, so all terms are sums of logarithms of shape + i: exact
    for any size of the shapes, and tabulated once for all rows.
    """

    def __init__(self, summary: pd.DataFrame) -> None:
        self.x, self.last, self.n, self.weight = _checked(summary)

    def __call__(self, free: Array) -> tuple[float, Array, Array]:
        """Value, gradient and Hessian."""
        tables = _rising(free, int(self.n.max()))
        lived, top, shares = self.lives(tables)
        total = shares.sum(axis=1)
        part = shares / total[:, None]
        slopes, bends = self._derivatives(tables, lived)
        mean = (part[..., None] * slopes).sum(axis=1)
        inside = (part[..., None, None] * (bends + slopes[..., :, None] * slopes[..., None, :])).sum(axis=1)
        value = (self.weight * (top + np.log(total))).sum()
        gradient = (self.weight[:, None] * mean).sum(axis=0)
        bent = inside - mean[:, :, None] * mean[:, None, :]
        return float(value), gradient, (self.weight[:, None, None] * bent).sum(axis=0)

    def lives(self, tables: list[Array]) -> tuple[Array, Array, Array]:
        """Numbers of occasions lived, the largest logarithm of a row, and each term over it (0 where impossible)."""
        a, b, ab, g, d, gd = (table[0] for table in tables)
        j = np.arange(int(self.n.max()) + 1)
        possible = (j >= self.last[:, None]) & (j <= self.n[:, None])
        lived = np.where(possible, j, self.last[:, None])
        stopped = lived < self.n[:, None]
        term = a[self.x][:, None] + b[lived - self.x[:, None]] - ab[lived]
        term = term + np.where(stopped, g[1], 0.0) + d[lived] - gd[lived + stopped]
        top = np.where(possible, term, -np.inf).max(axis=1)
        return lived, top, np.where(possible, np.exp(term - top[:, None]), 0.0)

    def _derivatives(self, tables: list[Array], lived: Array) -> tuple[Array, Array]:
        """Slopes and bends of every term, in the order alpha, beta, gamma, delta."""
        stopped = (lived < self.n[:, None]).astype(np.int64)
        own = [self.x[:, None] + 0 * lived, lived - self.x[:, None], stopped, lived]
        pairs = [(0, 1, tables[2], lived), (2, 3, tables[5], lived + stopped)]
        slopes = np.zeros((*lived.shape, 4))
        bends = np.zeros((*lived.shape, 4, 4))
        for place, (table, count) in enumerate(
            zip([tables[0], tables[1], tables[3], tables[4]], own, strict=True)
        ):
            slopes[..., place] += table[1, count]
            bends[..., place, place] += table[1, count] + table[2, count]
        for left, right, table, count in pairs:
            shares = table[3:5]  # of the two parameters in their sum
            for one, share in ((left, shares[0]), (right, shares[1])):
                slopes[..., one] -= share[0] * table[1, count]
                bends[..., one, one] -= share[0] * table[1, count]
                for other, by in ((left, shares[0]), (right, shares[1])):
                    bends[..., one, other] -= share[0] * by[0] * table[2, count]
        return slopes, bends


def _rising(free: Array, most: int) -> list[Array]:
    """For alpha, beta, alpha + beta, gamma, delta, gamma + delta: the rows ln of the rising factorial of 0, 1, ...
    factors, its slope and its bend in the logarithm; for a sum also the share that each of its two parameters has."""
    alpha, beta, gamma, delta = np.exp(free)
    steps = np.arange(most + 1)
    found = []
    for shape, parts in ((alpha, ()), (beta, ()), (alpha + beta, (alpha, beta)), (gamma, ()), (delta, ()),
                         (gamma + delta, (gamma, delta))):  # fmt: skip
        each = shape + steps
        rows = [np.log(each), shape / each, -((shape / each) ** 2)]
        sums = [np.concatenate([[0.0], np.cumsum(row)]) for row in rows]
        found.append(np.array([*sums, *(np.full(most + 2, part / shape) for part in parts)]))
    return found


def _checked(summary: pd.DataFrame) -> tuple[Array, Array, Array, Array]:
    """x, t_x, n and the weights, after refusing what no history can be."""
    missing = [name for name in COLUMNS if name not in summary.columns]
    if missing:
        raise FitError(WHERE, f"needs the columns {', '.join(COLUMNS)}", f"none named {', '.join(missing)}",
                       "Rename or add them")  # fmt: skip
    if summary.empty:
        raise FitError(WHERE, "needs at least one entity", "no rows", "Check the filter before it")
    x, last, n = (summary[name].to_numpy(np.int64) for name in COLUMNS[:3])
    good = (x >= 0) & (x <= last) & (last <= n) & ((x == 0) == (last == 0)) & (n >= 1)
    if not good.all():
        raise FitError(WHERE, "x occasions need 0 <= x <= t_x <= n, with t_x = 0 exactly where x is 0",
                       f"{int((~good).sum())} of {len(summary)} rows that break it", "Count the occasions again")  # fmt: skip
    return x, last, n, summary["entities"].to_numpy(float)
