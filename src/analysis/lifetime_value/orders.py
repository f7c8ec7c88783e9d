"""V4: the ways to predict orders: the models by name, on the calendar or on the clock of the season, their average, and plain rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from analysis.models.averaged import AveragedModel
from analysis.models.catalogue import ALL_MODELS
from analysis.models.forecast import RepeatModel, expected_events
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
    """Every way to be compared: the models of ``params.yaml`` and their average on the calendar, the same on the clock of the season
    where there is one, and the rules."""
    clocks = ("calendar", "season") if seasonal else ("calendar",)
    models = [way for clock in clocks for way in _models_on(clock, settings.models)]
    return [*models, *(Way(method) for method in BASELINES)]


def _models_on(clock_name: str, methods: Sequence[str]) -> list[Way]:
    """The models on a clock, and their average after them."""
    models = tuple(Way(method, clock_name) for method in methods)
    return [*models, Way(AVERAGE, clock_name, models)] if len(models) > 1 else [*models]


def average_on(clock_name: str, ways: Iterable[Way]) -> Way | None:
    """The average on a clock, where there is one among the ways."""
    return next((way for way in ways if way.parts and way.clock_name == clock_name), None)


def fit_ways(ways: Iterable[Way], known: Known, settings: LifetimeValue) -> dict[Way, RepeatModel]:
    """Every way fitted to all that is known; an average stands after its parts. Without a season its clock is the calendar."""
    fits: dict[Way, RepeatModel] = {}
    for way in ways:
        rows, clock = known.on(way.clock_name)
        plain = Way(way.method)
        if way.parts:
            fits[way] = AveragedModel(tuple(fits[part] for part in laws_of(way, fits)))
        else:
            fits[way] = fits[plain] if clock.name == "calendar" and plain in fits else fit_way(way, rows, settings)
    return fits


def expected_orders(fits: Mapping[Way, RepeatModel], known: Known, days: int) -> dict[Way, Array]:
    """Orders that each way expects of each customer in the next ``days``."""
    found: dict[Way, Array] = {}
    for way, fit in fits.items():
        rows, clock = known.on(way.clock_name)
        plain = Way(way.method)
        if way.parts:
            found[way] = np.mean([found[part] for part in laws_of(way, fits)], axis=0)
        elif plain in found and fit is fits[plain]:
            found[way] = found[plain]
        else:
            found[way] = expected_events(fit, rows, horizon_days=float(clock.ahead(known.day, days))).to_numpy()
    return found


def fit_way(way: Way, rows: pd.DataFrame, settings: LifetimeValue) -> RepeatModel:
    """Fit a way to histories that stand on its clock."""
    if way.method == "trailing_rate":
        return TrailingRate()
    if way.method == "hiatus":
        return fit_hiatus(rows, gaps=settings.hiatus_gaps)
    return fit_common_rate(rows) if way.method == "common_rate" else ALL_MODELS[way.method](rows)


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


def order_model(way: Way, known: Known, settings: LifetimeValue, fit: RepeatModel) -> OrderModel:
    """The way, fitted to all that is known, and its draws."""
    rows, clock = known.on(way.clock_name)
    return OrderModel(way, fit, draw_way(fit, rows, settings), rows, clock, known.day)


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
