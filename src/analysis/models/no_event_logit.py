"""P(no event within a time) learnt from the data themselves: a Logit on what a history of repeat events says of it.

``ln(P / (1 - P)) = b_0 + sum of b_j z_j``, with z the signals below, each less its mean and over its standard deviation.
For an entity with x repeat events of which the last came t_x after the first, T ago, silent for s = T - t_x:

* silence ``ln(1 + s)``; repeats ``ln(1 + x)``; age ``ln(1 + T)``;
* usual gap ``u = (t_x + m) / (x + 1)``, with m the mean gap of all, as one more gap of everybody's: so who has
  no gap has m, and its logarithm is that of the inverse rate, ``ln u``;
* overdue ``ln(1 + s / u)``.

Nothing is assumed of how entities stop or of how regular they are; what they did in a time that has passed says what they
do in one that is as long. The coefficients have a normal prior of mean 0 and standard deviation ``PRIOR``, which moves none
of them visibly and keeps all of them finite. With curvature H of the log-posterior and s_e the sum of the scores of an entity's
rows, of which there may be several, the covariance is H^-1 (sum over e of s_e s_e') H^-1.

References
----------
Malthouse (1999), Ridge regression and direct marketing scoring models, Journal of Interactive Marketing 13(4), 10-23.
Gelman, Jakulin, Pittau & Su (2008), A weakly informative default prior distribution for logistic and other regression
models, Annals of Applied Statistics 2, 1360-1383. Liang & Zeger (1986), Biometrika 73, 13-22 (the covariance).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pandas as pd
from scipy.special import expit

from analysis.models.newton import Array, maximise
from analysis.models.repeat import checked_columns

SIGNALS = ("silence", "repeats", "usual_gap", "age", "overdue")
PRIOR = 2.5  # Gelman et al. 2008
FEWEST_EVENTS = 10  # of the rarer outcome, for every coefficient (Peduzzi et al. 1996)


@dataclass(frozen=True)
class NoEventLogit:
    """A fit.

    * signals: names of the signals, in the order of the coefficients after the first.
    * gap: mean gap of the entities that it was fitted to.
    * centre, scale: mean and standard deviation of each signal there.
    * free: the coefficients; ``covariance`` is theirs.
    """

    signals: tuple[str, ...]
    gap: float
    centre: Array
    scale: Array
    free: Array
    covariance: Array

    def chance(self, x: Array, span: Array, age: Array) -> Array:
        """P(no event within the time that was learnt from)."""
        design = _signals(self.signals, self.gap, x, span, age)
        score = np.full(x.size, self.free[0])
        for column, centre, scale, weight in zip(design, self.centre, self.scale, self.free[1:], strict=True):
            score += weight / scale * (column - centre)
        return np.asarray(expit(score))

    def at(self, free: Array) -> Self:
        """The same with other coefficients."""
        return replace(self, free=free)


def fit_no_event_logit(summary: pd.DataFrame, none: Array, *, signals: tuple[str, ...] = SIGNALS) -> NoEventLogit | None:
    """Learn from entities as they were, and whether each then had no event within the time.

    Parameters
    ----------
    summary : ``customer_id`` of the entity, ``repeats, span_days, age_days``, as known before that time.
    none : true where there was no event within it.

    Returns
    -------
    None where one of the outcomes is too rare to learn from, or nobody has a gap.
    """
    x, span, age = checked_columns(summary)
    rarer = min(int(none.sum()), int((~none).sum()))
    if rarer < FEWEST_EVENTS * (len(signals) + 1) or x.sum() == 0:
        return None
    gap = float(span.sum() / x.sum())
    columns = np.stack(_signals(signals, gap, x, span, age))
    centre, spread = columns.mean(axis=1), columns.std(axis=1)
    scale = np.where(spread > 0, spread, 1.0)
    design = np.vstack([np.ones(x.size), (columns - centre[:, None]) / scale[:, None]])
    start = np.zeros(len(design))
    start[0] = np.log(none.sum() / (~none).sum())
    found = maximise(_posterior(design, none.astype(float)), start, centre=start, n=float(x.size))
    miss = none - expit(np.einsum("i,ij->j", found.point, design))
    entity = pd.factorize(summary["customer_id"])[0]
    scores = np.stack([np.bincount(entity, column * miss) for column in design])
    bread = found.covariance()
    covariance = np.einsum("ij,jk,kl->il", bread, np.einsum("ik,jk->ij", scores, scores), bread)
    return NoEventLogit(signals, gap, centre, scale, found.point, covariance)


def _posterior(design: Array, none: Array) -> Callable[[Array], tuple[float, Array, Array]]:
    """Log-likelihood and log-prior, with gradient and Hessian."""
    tight = np.r_[0.0, np.full(len(design) - 1, PRIOR**-2)]

    def value(free: Array) -> tuple[float, Array, Array]:
        score = np.einsum("i,ij->j", free, design)
        chance = expit(score)
        bend = chance * (1 - chance)
        hessian = -np.einsum("ik,jk->ij", design * bend, design) - np.diag(tight)
        gradient = np.einsum("ij,j->i", design, none - chance) - tight * free
        likelihood = (none * score - np.logaddexp(0, score)).sum()
        return float(likelihood - (tight * free**2).sum() / 2), gradient, hessian

    return value


def _signals(names: tuple[str, ...], gap: float, x: Array, span: Array, age: Array) -> list[Array]:
    silence, usual = age - span, (span + gap) / (x + 1)
    known: dict[str, Callable[[], Array]] = {
        "silence": lambda: np.log1p(silence), "repeats": lambda: np.log1p(x), "usual_gap": lambda: np.log(usual),
        "age": lambda: np.log1p(age), "overdue": lambda: np.log1p(silence / usual),
    }  # fmt: skip
    return [known[name]() for name in names]
