"""V4: the ways to predict orders: the models by name, on the calendar or on the clock of the season, their average, and plain rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd

from analysis.models.averaged import AveragedModel
from analysis.models.catalogue import ALL_MODELS
from analysis.models.forecast import RepeatModel
from analysis.models.gamma_rates import GammaRateModel
from analysis.models.known import Known
from analysis.models.newton import Array
from analysis.models.rates import TrailingRate, draw_common_rates, fit_common_rate, fit_hiatus
from analysis.models.season import Clock
from analysis.models.value_paths import draw_known_parameters

if TYPE_CHECKING:  # the models need no reader of params.yaml
    from analysis.core.params import LifetimeValue

Reason = Literal["", "no_customers", "no_repeats", "few_repeats", "short_history"]
BASELINES = ("trailing_rate", "hiatus")
AVERAGE = "average"
SAME_LAW = 1e-3  # of a log-likelihood: how far optimisers leave one law apart


@dataclass(frozen=True)
class Way:
    """A way to predict orders.

    * method: a model of the catalogue, ``average`` of several, ``trailing_rate``, ``hiatus`` or ``common_rate``.
    * clock_name: ``calendar``, or ``season`` for a model on the clock of the season.
    * parts: what an average is of, all on its clock; empty for any other way.
    """

    method: str
    clock_name: str = "calendar"
    parts: tuple[Way, ...] = ()

    @property
    def is_model(self) -> bool:
        """Whether it has a law of stopping that was fitted."""
        return self.method in ALL_MODELS or bool(self.parts)

    @property
    def methods(self) -> tuple[str, ...]:
        """Its method, or those that it averages."""
        return tuple(part.method for part in self.parts) or (self.method,)


@dataclass(frozen=True)
class OrderModel:
    """A way, fitted to histories, with draws of its parameters.

    Attributes
    ----------
    rows : the histories on the way's clock.
    """

    way: Way
    fit: RepeatModel
    draws: Sequence[RepeatModel]
    rows: pd.DataFrame
    clock: Clock
    day: pd.Timestamp

    def ahead(self, days: Array | float) -> Array:
        """Time on the way's clock from the last day on."""
        return self.clock.ahead(self.day, days)


def ways_of(settings: LifetimeValue, *, seasonal: bool) -> list[Way]:
    """Every way to be compared: the models of ``params.yaml`` on the calendar, on the clock of the season too where there
    is one, and the rules."""
    clocks = ("calendar", "season") if seasonal else ("calendar",)
    models = [Way(method, clock) for clock in clocks for method in settings.models]
    return [*models, *(Way(method) for method in BASELINES)]


def fit_way(way: Way, rows: pd.DataFrame, settings: LifetimeValue) -> RepeatModel:
    """Fit a way to histories that stand on its clock."""
    if way.method == "trailing_rate":
        return TrailingRate()
    if way.method == "hiatus":
        return fit_hiatus(rows, gaps=settings.hiatus_gaps)
    return fit_common_rate(rows) if way.method == "common_rate" else ALL_MODELS[way.method](rows)


def average_of(way: Way, fits: Mapping[Way, RepeatModel]) -> AveragedModel:
    """An average, from its fitted parts; those that came to one law count once."""
    return AveragedModel(tuple(fits[part] for part in laws_of(way, fits)))


def laws_of(way: Way, fits: Mapping[Way, RepeatModel]) -> tuple[Way, ...]:
    """The parts of an average without those that came to the law of one before them: a model of regular gaps does where gaps turn
    out to come by chance. Their log-likelihood tells, as no two laws have the same one of the same data."""
    found: dict[float, Way] = {}
    for part in way.parts:
        fit = fits[part]
        assert isinstance(fit, GammaRateModel)
        if not any(abs(fit.log_likelihood - other) < SAME_LAW for other in found):
            found[fit.log_likelihood] = part
    return tuple(found.values())


def draw_way(fit: RepeatModel, rows: pd.DataFrame, settings: LifetimeValue) -> Sequence[RepeatModel]:
    """Draws of what the data leave open of the parameters, of an average those of each model in turn; a rule has none."""
    draws, seed = settings.draws, settings.random_seed
    if isinstance(fit, AveragedModel):
        each = [draw_way(model, rows, settings) for model in fit.models]
        return [each[draw % len(each)][draw] for draw in range(draws)]
    if isinstance(fit, GammaRateModel):
        return draw_known_parameters(fit, draws=draws, seed=seed)
    return [fit] * draws if isinstance(fit, TrailingRate) else draw_common_rates(rows, draws=draws, seed=seed)


def order_model(way: Way, known: Known, settings: LifetimeValue, fit: RepeatModel | None = None) -> OrderModel:
    """The way fitted to all that is known, unless it has been, and its draws."""
    rows, clock = known.on(way.clock_name)
    found = fit or fit_way(way, rows, settings)
    return OrderModel(way, found, draw_way(found, rows, settings), rows, clock, known.day)


def reason_against(history: pd.DataFrame, settings: LifetimeValue) -> Reason:
    """Why a history cannot carry a model; empty where it can."""
    repeaters = history[history["repeats"] > 0]
    if history.empty:
        return "no_customers"
    if repeaters.empty:
        return "no_repeats"
    if len(repeaters) < settings.min_repeat_customers:
        return "few_repeats"
    usual_gap = (repeaters["span_days"] / repeaters["repeats"]).median()
    return "short_history" if history["age_days"].max() < settings.min_gaps_of_history * usual_gap else ""
