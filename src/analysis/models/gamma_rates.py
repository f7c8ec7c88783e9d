"""Entities whose events repeat at a gamma-distributed rate and that may stop for good: the common ground.

The models differ in the law of stopping. Each has a ladder of laws, from the general one down to "nobody
stops"; where the data cannot tell the entities apart, the next lower law is fitted and the status says so.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self

import numpy as np
import pandas as pd

from analysis.core.errors import FitError
from analysis.models.newton import SMALLEST_STEP, Array, Maximum, maximise
from analysis.models.repeat import RepeatRows, compress
from analysis.models.result import FitStatus, MaximumLikelihood

SAMPLE = 10_000  # rows that bring the start near enough for two or three steps on all rows
NEAR = 0.01  # relative change of a parameter that ends the climb on a sample: all rows change it by about as much
NEGLIGIBLE = 0.01  # a gain in log-likelihood that is no evidence for one more parameter


class Law(Protocol):
    """A law of stopping as the ladder sees it."""

    names: ClassVar[tuple[str, ...]]

    @classmethod
    def from_free(cls, free: Array) -> Self: ...
    @classmethod
    def centre(cls, age: float) -> list[float]: ...


@dataclass(frozen=True, kw_only=True)
class GammaRateModel(MaximumLikelihood):
    """Rates vary between entities as Gamma(r, alpha); a model adds its laws, from general to bare.

    ``laws`` says of each what a fit that ends with it tells: that the data could not tell more.

    * r: how alike the rates are. Near 0 a few entities have nearly all events; above 10 all are much alike.
    * alpha: unit of time; alpha / r is the mean time between events at the average rate.
    """

    r: float
    alpha: float

    laws: ClassVar[dict[type[Any], FitStatus]] = {}
    looks_at_silence: ClassVar[bool] = False

    @classmethod
    def likelihood(cls, rows: RepeatRows) -> RateLikelihood:
        """The log-likelihood of the rows as a function of a point and a law."""
        raise NotImplementedError

    @classmethod
    def fit(cls, summary: pd.DataFrame) -> Self:
        """Estimate by maximum likelihood; where the data cannot tell, estimate the limit model and say so."""
        return cls.fit_rows(repeated_rows(summary))

    @classmethod
    def fit_rows(cls, rows: RepeatRows) -> Self:
        """Estimate from distinct weighted rows, from the general law of stopping to the bare one."""
        return cls.result(*climb_down(cls.laws, cls.likelihood(rows)))

    def refit(self, rows: RepeatRows) -> Self:
        """Estimate the same model from other rows."""
        return type(self).fit_rows(rows)

    @classmethod
    def result(cls, found: Maximum, law: type[Law], status: FitStatus) -> Self:
        """The fit that belongs to a maximum."""
        r, alpha = np.exp(found.point[:2])
        own = law.from_free(found.point[2:])
        if found.loose[:2].any():
            status = FitStatus.EQUAL_RATES
        return cls(r=float(r), alpha=float(alpha), **vars(own), log_likelihood=found.value, n=round(found.n),
                   status=status, covariance=found.covariance().tolist())  # fmt: skip


def climb_down(
    laws: dict[type[Any], FitStatus], likelihood: RateLikelihood
) -> tuple[Maximum, type[Law], FitStatus]:
    """Fit the general law; where the data do not pin it down, the barest law that fits as well."""
    general, *lower = laws
    found = likelihood.maximum(general)
    if found.identified:
        return found, general, FitStatus.IDENTIFIED
    maxima = [likelihood.maximum(law) for law in lower]
    best = max(one.value for one in (found, *maxima))
    for law, one in zip(reversed(lower), reversed(maxima), strict=True):
        if one.value >= best - NEGLIGIBLE:
            return one, law, laws[law]
    return found, general, laws[general]


def repeated_rows(summary: pd.DataFrame) -> RepeatRows:
    """Distinct rows of a summary in which somebody has a repeat event."""
    rows = compress(summary)
    if (rows.x * rows.weight).sum() == 0:
        raise FitError("repeat summary", "needs repeat events", f"{rows.n:.0f} entities with 0 repeats",
                       "Use a longer observation or a wider group")  # fmt: skip
    return rows


class RateLikelihood(ABC):
    """Log-likelihood of weighted rows with gradient and Hessian in ln r, ln alpha and the law's own scale.

    ``pulses`` is how many hidden pulses make one event: 1, unless gaps are regular. Terms in x alone are sums
    over how many entities have more than j pulses, so no gamma function is needed and no digit is lost when
    a shape is large.
    """

    def __init__(self, rows: RepeatRows, pulses: int = 1) -> None:
        self.rows = rows
        self.pulses = pulses
        self.beyond = counts_beyond(rows.x * pulses, rows.weight)

    @abstractmethod
    def __call__(self, free: Array, law: type[Any]) -> tuple[float, Array, Array]:
        """Value, gradient and Hessian."""

    @abstractmethod
    def on(self, rows: RepeatRows) -> Self:
        """The same likelihood of other rows."""

    def maximum(self, law: type[Law]) -> Maximum:
        """Maximise for one law of stopping; the centre makes the climb the same in every unit of time."""
        time = (self.rows.weight * self.rows.age).sum()
        centre = np.array([0.0, np.log(time / self.beyond.sum()), *law.centre(time / self.rows.n)])
        start = centre
        if self.rows.x.size > 2 * SAMPLE:
            sample = self.on(self.rows.thinned(SAMPLE))
            start = sample._climb(law, centre, centre, NEAR).point if sample.beyond.size else centre
        return self._climb(law, start, centre)

    def _climb(self, law: type[Law], start: Array, centre: Array, enough: float = SMALLEST_STEP) -> Maximum:
        return maximise(lambda free: self(free, law), start, centre=centre, n=self.rows.n, enough=enough)

    def add_counts(self, r: float, alpha: float, gradient: Array, hessian: Array) -> float:
        """Add ln [Gamma(r + kx) / Gamma(r) alpha^-kx], k pulses an event, and its derivatives in r in place."""
        rate = r + np.arange(self.beyond.size)
        gradient[0] += r * (self.beyond / rate).sum()
        hessian[0, 0] += r * (self.beyond / rate).sum() - r * r * (self.beyond / rate**2).sum()
        return float((self.beyond * np.log(rate)).sum() - np.log(alpha) * self.beyond.sum())

    def add_time(
        self, rows: RepeatRows, time: Array, r: float, alpha: float, gradient: Array, hessian: Array
    ) -> float:
        """Add -(r + kx) ln(1 + time / alpha), the time passed while active, and its derivatives in place."""
        x, weight = rows.x * self.pulses, rows.weight
        log_gap, later = np.log1p(time / alpha), time / (alpha + time)
        passed = r * (weight * log_gap).sum()
        gradient[0] -= passed
        gradient[1] += (weight * ((r + x) * later - x)).sum()
        hessian[0, 0] -= passed
        hessian[0, 1] += r * (weight * later).sum()
        hessian[1, 0] = hessian[0, 1]
        hessian[1, 1] -= (weight * (r + x) * later * (1 - later)).sum()
        return float(-passed - (weight * x * log_gap).sum())


def counts_beyond(x: Array, weight: Array) -> Array:
    """How many entities have more than j events, for j = 0, 1, ..., max - 1."""
    per_count = np.bincount(x, weights=weight)
    return np.asarray(per_count[::-1].cumsum()[::-1][1:])
