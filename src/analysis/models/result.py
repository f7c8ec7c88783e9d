"""What a fit by maximum likelihood reports, under the names that statsmodels uses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from scipy.special import expit, logit, ndtri

from analysis.models.newton import FARTHEST, Array

CONFIDENCE = 0.95  # the level that a reader expects where no level is named


class FitStatus(StrEnum):
    """What the data could tell about the parameters."""

    IDENTIFIED = "identified"
    EQUAL_DROPOUT = "dropout heterogeneity not identified"
    NO_DROPOUT = "no dropout"
    NO_AGEING = "dropout ageing not identified"
    EXTREME_DROPOUT = "dropout all or nothing"
    EQUAL_RATES = "rate heterogeneity not identified"
    EQUAL_RENEWALS = "renewal heterogeneity not identified"
    EQUAL_VALUES = "value heterogeneity not identified"
    NO_FINITE_MEAN = "no finite mean value"


class Likelihood:
    """What every fit by likelihood says of itself, from its log-likelihood, its rows and the names of its parameters."""

    log_likelihood: float
    n: int

    @property
    def names(self) -> tuple[str, ...]:
        """Parameters that this fit has."""
        raise NotImplementedError

    @property
    def llf(self) -> float:
        """Log-likelihood at the estimates."""
        return self.log_likelihood

    @property
    def nobs(self) -> int:
        """Number of entities, or of rows."""
        return self.n

    @property
    def aic(self) -> float:
        """Akaike's criterion, smaller is better."""
        return 2 * len(self.names) - 2 * self.log_likelihood


@dataclass(frozen=True, kw_only=True)
class MaximumLikelihood(Likelihood):
    """Numbers that every fit has; a model adds its parameters as fields.

    A parameter lives on a free scale while it is estimated: its logarithm, or its log-odds when it is a
    probability. ``covariance`` belongs to that scale; intervals are made there and carried back, so no
    interval leaves the range of its parameter. A parameter that the fitted model does not have is ``None``.
    """

    log_likelihood: float
    n: int
    status: FitStatus
    covariance: tuple[tuple[float, ...], ...]

    parameter_names: ClassVar[tuple[str, ...]] = ()
    probability_names: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        """Take lists and plain strings as well, so that a fit read back from JSON is the same fit."""
        object.__setattr__(self, "status", FitStatus(self.status))
        object.__setattr__(self, "covariance", tuple(tuple(float(v) for v in row) for row in self.covariance))

    @property
    def names(self) -> tuple[str, ...]:
        """Parameters that this fit has, in the order of ``covariance``."""
        return tuple(name for name in self.parameter_names if getattr(self, name) is not None)

    @property
    def params(self) -> pd.Series:
        """Estimates, by parameter."""
        values = [self._value(name) for name in self.names]
        return pd.Series(values, self.names, dtype=float, name="estimate")

    @property
    def free(self) -> Array:
        """Estimates on the free scale."""
        return np.array([self._to_free(name, self._value(name)) for name in self.names], float)

    def at(self, free: Array) -> Self:
        """Give the same fit with its parameters moved to a point of the free scale."""
        moved = zip(self.names, free, strict=True)
        values: dict[str, Any] = {name: self._from_free(name, value) for name, value in moved}
        return replace(self, **values)

    def cov_params(self) -> pd.DataFrame:
        """Covariance of the estimates (delta method)."""
        slope = np.array([self._slope(name) for name in self.names], float)
        values = np.array(self.covariance, float).reshape(slope.size, slope.size)
        return pd.DataFrame(values * slope[:, None] * slope, self.names, self.names)

    @property
    def bse(self) -> pd.Series:
        """Standard errors of the estimates."""
        return pd.Series(np.sqrt(np.diag(self.cov_params())), self.names, dtype=float, name="std_error")

    def conf_int(self, level: float = CONFIDENCE) -> pd.DataFrame:
        """Intervals made on the free scale; columns ``lower`` and ``upper``."""
        half = self._half_width(level)
        ends = {"lower": self.free - half, "upper": self.free + half}
        back = {side: [self._from_free(n, v) for n, v in zip(self.names, free, strict=True)]
                for side, free in ends.items()}  # fmt: skip
        return pd.DataFrame(back, self.names, dtype=float)

    def known_intervals(self, level: float = CONFIDENCE) -> pd.DataFrame:
        """The intervals of ``conf_int``; both ends missing where the data leave a parameter open.

        An open parameter was held at the end of its range, so that it has no variance, or its interval is wider than the range
        in which a parameter is looked for.
        """
        half = self._half_width(level)
        with np.errstate(over="ignore"):
            ends = self.conf_int(level)
        return ends.where(np.broadcast_to(((half > 0) & (2 * half < FARTHEST))[:, None], ends.shape))

    def _half_width(self, level: float) -> Array:
        """Of the intervals, on the free scale."""
        return np.asarray(ndtri((1 + level) / 2) * np.sqrt([row[i] for i, row in enumerate(self.covariance)]))

    @property
    def bic(self) -> float:
        """Schwarz's criterion, smaller is better."""
        return float(np.log(self.n)) * len(self.names) - 2 * self.log_likelihood

    def summary(self, level: float = CONFIDENCE) -> pd.DataFrame:
        """One row per parameter: ``estimate, std_error, lower, upper``."""
        return pd.concat([self.params, self.bse, self.conf_int(level)], axis=1).rename_axis("parameter")

    def _value(self, name: str) -> float:
        return float(getattr(self, name))

    def _to_free(self, name: str, value: float) -> float:
        return float(logit(value) if name in self.probability_names else np.log(value))

    def _from_free(self, name: str, value: float) -> float:
        return float(expit(value) if name in self.probability_names else np.exp(value))

    def _slope(self, name: str) -> float:
        value = self._value(name)
        return value * (1 - value) if name in self.probability_names else value
