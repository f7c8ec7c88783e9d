"""How many events go with a driver, and which of many findings may be named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.core.errors import FitError
from analysis.models.binary_regression import BinaryRegression, score
from analysis.models.newton import Array
from analysis.models.person_periods import Cells


@dataclass(frozen=True)
class Attributable:
    """Events that go with a driver.

    * events: expected with the driver as it was, less those expected with it at its reference; below 0 where the driver
      goes with fewer events.
    * lower, upper: interval from draws of the coefficients.
    * exposed: rows in which the driver was not at its reference.
    """

    events: float
    lower: float
    upper: float
    exposed: int


def attributable_events(
    fit: BinaryRegression, cells: Cells, references: Mapping[str, float], *, draws: int, seed: int, level: float
) -> Attributable:
    """Sum over rows of the fitted chance less the chance with the driver at its reference.

    The rows at risk are taken as they were; that fewer events now leave more rows at risk later is not counted. The sum is
    an association, not what would happen without the driver.

    Parameters
    ----------
    fit : a return hazard (events are returns) or a landmark logit (events are silences).
    cells : whose rows are summed.
    references : value of each covariate of the driver that counts as its absence.
    draws, seed : draws of the coefficients from their normal approximation, and the seed of the random numbers.
    level : of the interval.

    Raises
    ------
    FitError : the fit has no covariate of a name.

    References
    ----------
    Greenland & Drescher (1993), Maximum likelihood estimation of the attributable fraction from logistic models, Biometrics
    49, 865-872; King, Tomz & Wittenberg (2000), American Journal of Political Science 44, 347-361 (draws).
    """
    unknown = [name for name in references if name not in fit.covariates]
    if unknown:
        raise FitError("attributable events", f"a driver must be one of {', '.join(fit.covariates)}", ", ".join(unknown),
                       "Fit it as a covariate first")  # fmt: skip
    values = cells.values.copy()
    for name, value in references.items():
        values[:, fit.covariates.index(name)] = value
    moved = (values != cells.values).any(axis=1)
    design = fit.design(cells)[moved]
    change = np.zeros_like(design)
    change[:, design.shape[1] - values.shape[1] :] = (values - cells.values)[moved]
    weights = cells.exposure[moved]

    def events(point: Array) -> float:
        before = score(design, point)
        return float((weights * (fit.at(before).mean - fit.at(before + score(change, point)).mean)).sum())

    point = np.array(fit.coefficients)
    bends, turns = np.linalg.eigh(np.array(fit.covariance))
    normal = np.random.default_rng(seed).standard_normal((draws, len(point)))
    drawn = point + (normal * np.sqrt(np.maximum(bends, 0))) @ turns.T
    tail = (1 - level) / 2
    lower, upper = np.quantile([events(one) for one in drawn], (tail, 1 - tail))
    return Attributable(events(point), float(lower), float(upper), int(weights.sum()))


def adjust_p_values(p_values: pd.Series) -> pd.DataFrame:
    """P-values of a family of findings, allowing for its size.

    Naming those with ``holm`` up to a share names any wrong one with at most that chance; naming those with
    ``benjamini_hochberg`` up to it leaves at most that share of wrong ones among the named, on average.

    Parameters
    ----------
    p_values : one a finding; all that were looked at, not only those that were liked.

    Returns
    -------
    With the same index: ``p_value, holm, benjamini_hochberg``.

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6, 65-70. Benjamini & Hochberg (1995), Journal of the Royal Statistical
    Society B 57, 289-300.
    """
    from scipy.stats import false_discovery_control

    values = p_values.to_numpy(float)
    order = np.argsort(values, kind="stable")
    steps = values[order] * np.arange(len(values), 0, -1)
    holm = np.empty(len(values))
    holm[order] = np.minimum(np.maximum.accumulate(steps), 1)
    found = false_discovery_control(values) if len(values) else values
    return pd.DataFrame({"p_value": values, "holm": holm, "benjamini_hochberg": found}, p_values.index)
