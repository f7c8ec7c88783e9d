"""BG/NBD with covariates: what goes with acting more often, and what with stopping, told apart.

Entity i with covariates z_i has the rate of an average one times e^(z_i' g), and odds of stopping at an event
times e^(z_i' d). The concentration c = a + b is common, so that a covariate has one odds ratio:

    alpha_i = alpha e^(-z_i' g),  logit p_i = logit p + z_i' d,  a_i = c p_i,  b_i = c (1 - p_i)

and L is that of BG/NBD. All parameters enter through ln r, ln alpha_i, logit p_i and ln c, linearly, so slopes
and bends are those of four numbers an entity, carried over by its covariates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from scipy.special import betaln, digamma, expit, logit, zeta

from analysis.core.errors import FitError
from analysis.models.bgnbd import BgNbd
from analysis.models.gamma_rates import counts_beyond, repeated_rows
from analysis.models.newton import Array, maximise
from analysis.models.repeat import RepeatRows, checked_columns
from analysis.models.result import FitStatus, MaximumLikelihood

BASE = ("r", "alpha", "p", "concentration")


@dataclass(frozen=True, kw_only=True)
class BgNbdCovariates(MaximumLikelihood):
    """Fitted BG/NBD model with covariates, in the form that gives one odds ratio each.

    * r, alpha: as in BG/NBD, for an entity whose covariates are all 0.
    * p: mean probability that an event is the last, for such an entity.
    * concentration: how alike the probabilities are; a + b of BG/NBD. Above 100 all are nearly one.
    * rate_effects: e^effect is how many times more often an entity acts per unit of the covariate.
    * dropout_effects: e^effect is the odds ratio, per unit of the covariate, that an event is the last.

    Effects are associations; what causes what, the model does not know.

    References
    ----------
    Fader & Hardie (2007), Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD models,
    www.brucehardie.com/notes/019; there each covariate has two effects on stopping, on a and on b.
    """

    r: float
    alpha: float
    p: float
    concentration: float
    covariates: tuple[str, ...]
    rate_effects: tuple[float, ...]
    dropout_effects: tuple[float, ...]

    probability_names: ClassVar[tuple[str, ...]] = ("p",)

    def __post_init__(self) -> None:
        """Take lists as well, so that a fit read back from JSON is the same fit."""
        super().__post_init__()
        for name in ("covariates", "rate_effects", "dropout_effects"):
            object.__setattr__(self, name, tuple(getattr(self, name)))

    @property
    def names(self) -> tuple[str, ...]:
        """``r, alpha, p, concentration``, then ``rate:name`` and ``dropout:name`` of each covariate."""
        effects = [f"{kind}:{name}" for kind in ("rate", "dropout") for name in self.covariates]
        return (*BASE, *effects)

    def at(self, free: Array) -> Self:
        """Give the same fit with its parameters moved to a point of the free scale."""
        values = [self._from_free(name, value) for name, value in zip(self.names, free, strict=True)]
        base, effects = values[: len(BASE)], values[len(BASE) :]
        width = len(self.covariates)
        moved: dict[str, Any] = dict(zip(BASE, base, strict=True))
        return replace(self, **moved, rate_effects=tuple(effects[:width]),
                       dropout_effects=tuple(effects[width:]))  # fmt: skip

    def model(self, covariates: Sequence[float]) -> BgNbd:
        """The BG/NBD model of entities with these covariates, for the functions of ``forecast``.

        It has no covariance: uncertainty is drawn from this fit, and each draw asked for its model.
        """
        z = np.asarray(covariates, float)
        p = float(expit(logit(self.p) + (z * self.dropout_effects).sum()))
        return BgNbd(r=self.r, alpha=float(self.alpha * np.exp(-(z * self.rate_effects).sum())),
                     a=self.concentration * p, b=self.concentration * (1 - p),
                     log_likelihood=self.log_likelihood, n=self.n, status=self.status, covariance=())  # fmt: skip

    def _value(self, name: str) -> float:
        if name in BASE:
            return super()._value(name)
        return (*self.rate_effects, *self.dropout_effects)[self.names.index(name) - len(BASE)]

    def _to_free(self, name: str, value: float) -> float:
        return super()._to_free(name, value) if name in BASE else value

    def _from_free(self, name: str, value: float) -> float:
        return super()._from_free(name, value) if name in BASE else float(value)

    def _slope(self, name: str) -> float:
        return super()._slope(name) if name in BASE else 1.0


def fit_bgnbd_covariates(summary: pd.DataFrame, covariates: Sequence[str]) -> BgNbdCovariates:
    """Fit how covariates go with the rate of events and with the odds that an event is the last.

    Parameters
    ----------
    summary : one row per entity: ``repeats`` (count), ``span_days``, ``age_days``, and the covariates, numbers
        that were known when the entity began. A unit step is what an effect is for: scale them first.
    covariates : names of their columns.

    Returns
    -------
    The fit, with the standard errors of all effects. Where its ``status`` is not identified, trust no effect.

    Raises
    ------
    FitError : a column is missing, a value is impossible or missing, or a covariate follows from the others.
    """
    repeated_rows(summary)
    rows, z = _compressed(summary, _checked(summary, covariates))
    width = z.shape[1]
    centre = np.zeros(4 + 2 * width)
    centre[1] = np.log((rows.weight * rows.age).sum() / (rows.weight * rows.x).sum())
    found = maximise(lambda free: _likelihood(free, rows, z), centre, centre=centre, n=rows.n)
    status = FitStatus.IDENTIFIED if found.identified else FitStatus.EQUAL_DROPOUT
    if found.loose[:2].any():
        status = FitStatus.EQUAL_RATES
    r, alpha, concentration = (float(value) for value in np.exp(found.point[[0, 1, 3]]))
    effects = [float(value) for value in found.point[4:]]
    return BgNbdCovariates(
        r=r, alpha=alpha, p=float(expit(found.point[2])), concentration=concentration,
        covariates=tuple(covariates), rate_effects=tuple(effects[:width]),
        dropout_effects=tuple(effects[width:]), log_likelihood=found.value, n=round(found.n), status=status,
        covariance=found.covariance().tolist(),
    )  # fmt: skip


def _checked(summary: pd.DataFrame, covariates: Sequence[str]) -> Array:
    where = "covariates"
    missing = [name for name in covariates if name not in summary.columns]
    if missing:
        raise FitError(where, "need a column each", f"none named {', '.join(missing)}", "Add them")
    z: Array = summary[list(covariates)].to_numpy(dtype=float, na_value=np.nan)
    if not np.isfinite(z).all():
        bad = int((~np.isfinite(z)).any(axis=1).sum())
        raise FitError(where, "must be numbers", f"{bad} of {len(z)} rows without",
                       "Leave these rows out, or add a covariate that says so")  # fmt: skip
    if np.linalg.matrix_rank(np.column_stack([np.ones(len(z)), z])) <= z.shape[1]:
        raise FitError(where, "must vary, each in its own way", ", ".join(covariates),
                       "Leave out those that follow from the others")  # fmt: skip
    return z


def _compressed(summary: pd.DataFrame, z: Array) -> tuple[RepeatRows, Array]:
    """Distinct rows of history and covariates, sorted, with the number of entities in each."""
    frame = pd.DataFrame(np.column_stack([*checked_columns(summary), z]))
    sizes = frame.groupby(list(frame.columns)).size().reset_index(name="weight").to_numpy(float)
    x, span, age, *_ = sizes.T
    return RepeatRows(x.astype(np.int64), span, age, sizes[:, -1]), sizes[:, 3:-1]


def _likelihood(free: Array, rows: RepeatRows, z: Array) -> tuple[float, Array, Array]:
    """Value, gradient and Hessian in ln r, ln alpha, logit p, ln c, rate effects and dropout effects."""
    width = z.shape[1]
    rate, dropout = free[4 : 4 + width], free[4 + width :]
    r, c = np.exp(free[[0, 3]])
    alpha = np.exp(free[1] - np.einsum("nj,j->n", z, rate))
    p = expit(free[2] + np.einsum("nj,j->n", z, dropout))
    terms = [_active(rows, r, alpha), _stay(rows.x, p, c), _stopped(rows, r, alpha, p, c)]
    beyond = counts_beyond(rows.x, rows.weight)
    shape = r + np.arange(beyond.size)
    value = (beyond * np.log(shape)).sum() + sum((rows.weight * one[0]).sum() for one in terms)
    slopes = rows.weight * sum(one[1] for one in terms)
    bends = rows.weight * sum(one[2] for one in terms)
    places, one = (
        [[0], [1, *range(4, 4 + width)], [2, *range(4 + width, 4 + 2 * width)], [3]],
        np.ones((len(z), 1)),
    )
    carriers = [one, np.column_stack([one, -z]), np.column_stack([one, z]), one]
    gradient, hessian = np.zeros(free.size), np.zeros((free.size, free.size))
    for i in range(4):
        gradient[places[i]] += np.einsum("n,na->a", slopes[i], carriers[i])
        for j in range(4):
            block = np.einsum("na,n,nb->ab", carriers[i], bends[i, j], carriers[j])
            hessian[np.ix_(places[i], places[j])] += block
    counted = r * (beyond / shape).sum()
    gradient[0] += counted
    hessian[0, 0] += counted - r * r * (beyond / shape**2).sum()
    return float(value), gradient, hessian


Parts = tuple[Array, Array, Array]  # value, four slopes, and four by four bends, an entity a column


def _active(rows: RepeatRows, r: float, alpha: Array) -> Parts:
    """-x ln alpha - (r + x) ln(1 + T / alpha)."""
    x, later = rows.x, rows.age / (alpha + rows.age)
    longer = np.log1p(rows.age / alpha)
    slopes, bends = np.zeros((4, x.size)), np.zeros((4, 4, x.size))
    slopes[0], slopes[1] = -r * longer, (r + x) * later - x
    bends[0, 0] = slopes[0]
    bends[0, 1] = bends[1, 0] = r * later
    bends[1, 1] = -(r + x) * later * (1 - later)
    return -x * np.log(alpha) - (r + x) * longer, slopes, bends


def _stay(x: Array, p: Array, c: float) -> Parts:
    """ln B(a, b + x) / B(a, b), with a + b = c."""
    b = c * (1 - p)
    first, second = digamma(b + x) - digamma(b), zeta(2, b + x) - zeta(2, b)
    all_first, all_second = digamma(c + x) - digamma(c), zeta(2, c + x) - zeta(2, c)
    slopes, bends = np.zeros((4, x.size)), np.zeros((4, 4, x.size))
    slopes[2], slopes[3] = -first * b * p, first * b - all_first * c
    bends[2, 2] = second * (b * p) ** 2 - first * b * p * (1 - 2 * p)
    bends[2, 3] = bends[3, 2] = -second * b * b * p - first * b * p
    bends[3, 3] = second * b * b + first * b - all_second * c * c - all_first * c
    return betaln(c * p, b + x) - betaln(c * p, b), slopes, bends


def _stopped(rows: RepeatRows, r: float, alpha: Array, p: Array, c: float) -> Parts:
    """ln(1 + odds of having stopped), odds = a / (b + x - 1) ((alpha + T) / (alpha + t_x))^(r + x)."""
    x, b = rows.x, c * (1 - p)
    share = b / (b + np.maximum(x, 1) - 1)
    shape, silence = r + x, rows.age - rows.span
    longer = np.log1p(silence / (alpha + rows.span))
    near, far = alpha / (alpha + rows.span), alpha / (alpha + rows.age)
    gap = -near * silence / (alpha + rows.age)
    log_odds = np.log(c * p) - np.log(b) + np.log(share) + shape * longer
    log_odds = np.where(x > 0, log_odds, -np.inf)
    stopped = expit(log_odds)
    first = np.array([r * longer, shape * gap, 1 - p + share * p, 1 - share])
    bends = np.zeros((4, 4, x.size))
    bends[0, 0] = r * longer
    bends[0, 1] = bends[1, 0] = r * gap
    bends[1, 1] = shape * gap * (1 - near - far)
    bends[2, 2] = -p * (1 - p) + share * p * (1 - 2 * p) + (share * p) ** 2
    bends[2, 3] = bends[3, 2] = share * p * (1 - share)
    bends[3, 3] = -share * (1 - share)
    spread = stopped * (1 - stopped) * first * first[:, None]
    return np.logaddexp(0, log_odds), stopped * first, stopped * bends + spread
