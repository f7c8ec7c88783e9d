"""Gamma-Gompertz/NBD: as Pareto/NBD, and the rate of stopping grows with age."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from analysis.models.ageing import AgeingLifetime
from analysis.models.lifetime import EndlessLifetime, EqualLifetime, GammaLifetime
from analysis.models.result import FitStatus
from analysis.models.time_dropout import TimeDropoutModel


@dataclass(frozen=True, kw_only=True)
class GGompertzNbd(TimeDropoutModel):
    """Fitted gamma-Gompertz/NBD model (Bemmaor & Glady 2012).

    The parameters mean what they mean in Pareto/NBD (``pareto_nbd.ParetoNbd``), and

    * b: how fast entities age. The rate of stopping of each grows by a factor e^(b u) up to the age u, so it
      doubles every ln 2 / b units of time. b is None where no ageing shows: the model is then Pareto/NBD.
    * beta: beta / s is the mean lifetime at the average rate of stopping, if that rate stayed as at the start.
      The paper's beta is b times this one; so written, b towards 0 gives Pareto/NBD with the same beta.

    References
    ----------
    Bemmaor & Glady (2012), Modeling purchasing behavior with sudden "death", Management Science 58(5),
    1012-1021.
    """

    laws: ClassVar[dict[type[Any], FitStatus]] = {
        AgeingLifetime: FitStatus.EQUAL_DROPOUT,
        GammaLifetime: FitStatus.NO_AGEING,
        EqualLifetime: FitStatus.EQUAL_DROPOUT,
        EndlessLifetime: FitStatus.NO_DROPOUT,
    }


def fit_ggompertz_nbd(summary: pd.DataFrame) -> GGompertzNbd:
    """Fit how often events repeat, how long entities stay active, and how fast they age.

    L as in Pareto/NBD with S(u) = (beta / (beta + v))^s, v = (e^(b u) - 1) / b.

    Parameters
    ----------
    summary : one row per entity: ``repeats`` (count), ``span_days``, ``age_days`` (one unit of time).

    Raises
    ------
    FitError : a column is missing, a value is impossible, or nobody has a repeat event.

    References
    ----------
    Bemmaor & Glady (2012), equations 3 to 6.
    """
    return GGompertzNbd.fit(summary)
