"""C1: the ways to say how likely a customer places no order: models of orders, what is learnt from the data, and plain rules.

* a model of the catalogue, on the calendar or on the clock of the season;
* ``rate_and_recency``: a Logit on silence and frequency together, learnt from what customers like these did before;
* ``recency``: the same on silence alone. It ranks as days of silence do;
* ``hiatus``: who is silent for several usual gaps orders no more, everybody else goes on at the own rate so far;
* ``trailing_rate``: everybody goes on at the own rate so far;
* ``common_rate``: one rate for all, where there is too little to tell customers apart.

Managers' rules are strong (Wuebben & von Wangenheim 2008, Journal of Marketing 72(3), 82-93), so they are held to the same
measures, and published where they do best.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from analysis.churn.histories import Moment, horizons_of
from analysis.core.params import Churn
from analysis.models.catalogue import ALL_MODELS, REGULAR_MODELS
from analysis.models.known import Known
from analysis.models.no_event import Fit, NoEvent, axes_of, no_event
from analysis.models.no_event_logit import SIGNALS, fit_no_event_logit
from analysis.models.rates import TrailingRate, fit_common_rate, fit_hiatus
from analysis.models.season import Clock

LEARNT = {"rate_and_recency": SIGNALS, "recency": ("silence",)}
RULES = ("recency", "hiatus", "trailing_rate")


@dataclass(frozen=True)
class Way:
    """A way to say how likely no order is.

    * method: one of those above.
    * clock_name: ``calendar``, or ``season`` for a model on the clock of the season.
    * is_corrected: whether a model's risks are corrected by what earlier days taught of them.
    """

    method: str
    clock_name: str = "calendar"
    is_corrected: bool = False

    @property
    def name(self) -> str:
        """The method as tables name it."""
        return f"{self.method}_corrected" if self.is_corrected else self.method

    @property
    def is_model(self) -> bool:
        """Whether it is a model of the catalogue."""
        return self.method in ALL_MODELS


@dataclass(frozen=True)
class Scorer:
    """A way, fitted on one day, ready to be asked on any.

    Attributes
    ----------
    fits : by time ahead.
    ranks_only : times ahead of which it ranks customers and gives no probability.
    corrections : by time ahead, level and factor of the log-odds.
    """

    way: Way
    fits: Mapping[int, Fit]
    ranks_only: frozenset[int]
    clock: Clock
    corrections: Mapping[int, tuple[float, float]] = field(default_factory=dict)

    def told(self, days: int) -> bool:
        """Whether it gives a probability of no order in so many days."""
        return days in self.fits and days not in self.ranks_only

    def no_order(self, known: Known, days: int, *, uncertain: bool = False) -> NoEvent:
        """P(no order in so many days) of every customer; with what its parameters leave open where that is asked."""
        rows = self.clock.summary(known.rows, known.day)
        fit = self.fits[days]
        found = no_event(fit, axes_of(fit) if uncertain else (), rows, float(self.clock.ahead(known.day, days)))
        return found.corrected(*self.corrections[days]) if days in self.corrections else found


def ways_of(settings: Churn, *, seasonal: bool) -> list[Way]:
    """Every way to be compared; the models on the clock of the season too where there is one."""
    clocks = ("calendar", "season") if seasonal else ("calendar",)
    models = [Way(method, clock) for clock in clocks for method in settings.models]
    return [*models, *map(Way, dict.fromkeys((*LEARNT, *RULES)))]


def fit_way(way: Way, moment: Moment, settings: Churn) -> Scorer:
    """Fit a way to what was known at a moment; what is learnt knows the times ahead that it could learn of."""
    if way.method in LEARNT:
        found = {
            days: fit_no_event_logit(lesson.rows, lesson.stayed_away, signals=LEARNT[way.method])
            for days, lesson in moment.lessons.items()
        }
        short = frozenset(days for days, lesson in moment.lessons.items() if not lesson.is_whole)
        return Scorer(way, {days: fit for days, fit in found.items() if fit is not None}, short, Clock())
    (rows, clock), (sample, _) = moment.known.on(way.clock_name), moment.sample.on(way.clock_name)
    return Scorer(way, dict.fromkeys(horizons_of(settings), _fit(way, rows, sample, settings)), frozenset(), clock)


def _fit(way: Way, rows: pd.DataFrame, sample: pd.DataFrame, settings: Churn) -> Fit:
    """Fit to all; how regular gaps are is known of the sample alone."""
    if way.method == "trailing_rate":
        return TrailingRate()
    if way.method == "hiatus":
        return fit_hiatus(rows, gaps=settings.hiatus_gaps)
    if way.method in REGULAR_MODELS and len(rows) > len(sample):
        regular = REGULAR_MODELS[way.method]
        return regular(rows, k=regular(sample).k)
    return fit_common_rate(rows) if way.method == "common_rate" else ALL_MODELS[way.method](rows)


def reason_against(history: pd.DataFrame, settings: Churn) -> str:
    """Why a history cannot carry a model; empty where it can."""
    repeaters = int((history["repeats"] > 0).sum())
    if history.empty:
        return "no_customers"
    if repeaters == 0:
        return "no_repeats"
    return "few_repeats" if repeaters < settings.min_repeat_customers else ""
