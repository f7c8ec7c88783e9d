"""The models of repeat events by name: a new one is a line here, and whoever compares them finds it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import pandas as pd

from analysis.models.bgcnbd import fit_bgcnbd, fit_mbgcnbd
from analysis.models.bgnbd import fit_bgnbd
from analysis.models.gamma_rates import GammaRateModel
from analysis.models.ggompertz_nbd import fit_ggompertz_nbd
from analysis.models.mbgnbd import fit_mbgnbd
from analysis.models.pareto_nbd import fit_pareto_nbd
from analysis.models.regular_gaps import RegularGapsModel

Fitting = Callable[[pd.DataFrame], GammaRateModel]


class RegularFitting(Protocol):
    """Fits a model of regular gaps; how regular they are is chosen unless ``k`` says it."""

    def __call__(self, summary: pd.DataFrame, *, k: int | None = None) -> RegularGapsModel: ...


# by repeats, span_days and age_days alone
REPEAT_MODELS: dict[str, Fitting] = {
    "bgnbd": fit_bgnbd,
    "mbgnbd": fit_mbgnbd,
    "pareto_nbd": fit_pareto_nbd,
    "ggompertz_nbd": fit_ggompertz_nbd,
}
# by log_gaps too, which tells how regular gaps are
REGULAR_MODELS: dict[str, RegularFitting] = {"bgcnbd": fit_bgcnbd, "mbgcnbd": fit_mbgcnbd}
ALL_MODELS: dict[str, Fitting] = {**REPEAT_MODELS, **REGULAR_MODELS}
NO_STOP_AT_FIRST = ("bgnbd", "bgcnbd")  # in these an entity without a repeat event cannot have stopped
