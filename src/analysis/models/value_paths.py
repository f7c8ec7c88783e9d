"""Futures of entities with repeat events that have values: simulated totals, entity by entity and for all
together.

A draw is one set of parameters and one future under it, so the spread of the draws holds what the
parameters leave open and what chance does. It does not know whether the model is right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.special import expit

from analysis.models.forecast import RepeatModel
from analysis.models.gamma_gamma import GammaGamma
from analysis.models.newton import FARTHEST, Array
from analysis.models.repeat import checked_columns
from analysis.models.result import MaximumLikelihood
from analysis.models.uncertainty import AnyFit, draw_parameters

BLOCK_CELLS = 4_000_000  # entities x draws at once: 32 MB


@dataclass(frozen=True)
class Spread:
    """What the draws say.

    Attributes
    ----------
    low, high : ends of each entity's interval.
    totals : sum over the entities of each group, one row a draw and one column a group.
    """

    low: Array
    high: Array
    totals: Array


def is_vague(fit: MaximumLikelihood) -> bool:
    """Whether a parameter is known only within a factor beyond any that makes a difference.

    The likelihood then runs along a ridge, and the normal approximation on it means nothing.
    """
    return bool(np.sqrt(np.diag(np.array(fit.covariance))).max(initial=0) > FARTHEST)


def draw_known_parameters(fit: AnyFit, *, draws: int, seed: int) -> list[AnyFit]:
    """Draws of the parameters; the fit itself each time where the data leave them vague."""
    return [fit] * draws if is_vague(fit) else draw_parameters(fit, draws=draws, seed=seed)


@dataclass(frozen=True)
class ValuePaths:
    """Simulated futures: what the events of each entity are worth until a horizon.

    Parameters
    ----------
    fits : one model of repeat events per draw.
    values : per draw the value models, one for each ``value_group``.
    summary : ``repeats, span_days, age_days``; ``valued`` events so far and their ``valued_total``;
        ``value_group``, the place of the entity's model in ``values``; ``share`` of events that have such a
        value, ``loss`` that each event brings on average, and ``factor`` for both, as for discounting. The
        draws depend on the order of the rows: sort them first.
    horizon_days : in the unit of the summary's times.
    seed : of the random numbers.
    """

    fits: Sequence[RepeatModel]
    values: Sequence[Sequence[GammaGamma]]
    summary: pd.DataFrame
    horizon_days: float
    seed: int

    def spread(self, *, tail: float, group: Array | None = None) -> Spread:
        """Each entity's interval with ``tail`` of the draws outside at either end, and the totals by ``group``."""
        return spread_of(self._future, len(self.fits), len(self.summary), tail=tail, seed=self.seed, group=group)

    def held_up_to(self, actual: Array) -> tuple[Array, Array]:
        """The largest tail of the interval with which ``actual`` would still lie inside, by entity; and the totals.

        With F the draws' distribution function it is min(F(y), 1 - F(y-)): 0 for what no draw reaches.
        """
        at_most, below = np.zeros(actual.size), np.zeros(actual.size)
        totals = np.zeros(len(self.fits))
        for rows, cells in blocks_of(self._future, len(self.fits), actual.size, seed=self.seed):
            at_most[rows] = (cells <= actual[rows]).mean(axis=0)
            below[rows] = (cells < actual[rows]).mean(axis=0)
            totals += cells.sum(axis=1)
        return np.minimum(at_most, 1 - below), totals

    @cached_property
    def _future(self) -> Callable[[int, slice, np.random.Generator], Array]:
        x, span, age = checked_columns(self.summary)
        valued, total, share, loss, factor = (
            self.summary[name].to_numpy(float) for name in ("valued", "valued_total", "share", "loss", "factor")
        )
        group = self.summary["value_group"].to_numpy(np.int64)
        shapes = np.array([[(one.p, one.q, one.gamma) for one in each] for each in self.values])

        def future(draw: int, rows: slice, rng: np.random.Generator) -> Array:
            fit = self.fits[draw]
            p, q, gamma = shapes[draw, group[rows]].T
            active = np.flatnonzero(rng.random(p.size) < expit(-fit.log_odds_stopped(x[rows], span[rows], age[rows])))
            counts = fit.sample_if_active(rng, x[rows][active], span[rows][active], age[rows][active], self.horizon_days)
            some, counts = active[counts > 0], counts[counts > 0]
            scale = (gamma + total[rows])[some] / rng.standard_gamma((p * valued[rows] + q)[some])
            worth = np.zeros(p.size)
            gained = rng.standard_gamma(p[some] * counts) * scale
            worth[some] = share[rows][some] * gained - loss[rows][some] * counts
            return np.asarray(worth * factor[rows])

        return future


def spread_of(
    draw_rows: Callable[[int, slice, np.random.Generator], Array], draws: int, n: int, *, tail: float, seed: int,
    group: Array | None = None,
) -> Spread:  # fmt: skip
    """Intervals by entity, and totals by draw and ``group`` of the entities (0, 1, ...; all are one by default)."""
    low, high = np.zeros(n), np.zeros(n)
    groups = np.zeros(n, np.int64) if group is None else group
    totals = np.zeros((draws, int(groups.max(initial=0)) + 1))
    outside = min(int(np.ceil(tail * draws)), (draws + 1) // 2) - 1  # draws on the outer side of an end
    ends = (max(outside, 0), draws - 1 - max(outside, 0))
    for rows, cells in blocks_of(draw_rows, draws, n, seed=seed):
        for draw, row in enumerate(cells):
            totals[draw] += np.bincount(groups[rows], row, totals.shape[1])
        low[rows], high[rows] = np.partition(cells, ends, axis=0)[list(ends)]
    return Spread(low, high, totals)


def blocks_of(
    draw_rows: Callable[[int, slice, np.random.Generator], Array], draws: int, n: int, *, seed: int
) -> Iterator[tuple[slice, Array]]:
    """Entities and their draws, one row a draw; block by block, so that memory does not grow with n."""
    size = max(BLOCK_CELLS // draws, 1)
    for number, first in enumerate(range(0, n, size)):
        rows = slice(first, min(first + size, n))
        rng = np.random.default_rng((seed, number))
        yield rows, np.stack([draw_rows(draw, rows, rng) for draw in range(draws)])
