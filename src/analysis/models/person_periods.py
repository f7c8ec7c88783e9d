"""Time since an event cut into periods, and equal periods counted once: what a discrete-time hazard is fitted to.

A spell begins with an event and ends with the next one, or with what is known. Each of its periods is a row: the next
event came in it or not. Rows of one period and equal covariates are one cell with the number of rows (its exposure) and of
events; the likelihood of the cells is that of the rows. Which entity stood in which cell is kept for its errors.

References
----------
Allison (1982), Discrete-time methods for the analysis of event histories, Sociological Methodology 13, 61-98. Singer &
Willett (2003), Applied Longitudinal Data Analysis, chapters 10-12.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.core.errors import FitError
from analysis.models.distinct import distinct_rows, number_values
from analysis.models.newton import Array

SPELLS = ("entity", "periods", "ended")
ROWS = ("entity", "period", "happened")


@dataclass(frozen=True)
class Cells:
    """Rows of equal period and covariates, counted.

    * period, values: of each cell; ``values`` is cells x covariates, in the order of ``names``.
    * exposure, events: rows in each cell, and those in which the event came.
    * entity, cell, happened: of each row; entities are numbered from 0.
    """

    names: tuple[str, ...]
    period: Array
    values: Array
    exposure: Array
    events: Array
    entity: Array
    cell: Array
    happened: Array

    @property
    def entities(self) -> int:
        """Number of entities with a row."""
        return int(self.entity.max()) + 1


def cells_of_spells(spells: pd.DataFrame, covariates: Sequence[str], *, most_periods: int) -> Cells:
    """Cells of spells whose covariates stay as they were when the spell began; rows with covariates are never made.

    Parameters
    ----------
    spells : one row a spell: ``entity``, ``periods`` (whole, 1 or more), ``ended`` (the next event came in the last of
        them; otherwise it had not come when they were over), and the covariates, numbers.
    covariates : names of their columns.
    most_periods : longer spells are cut there, as without an event.

    Raises
    ------
    FitError : a column is missing, or holds what it must not.
    """
    _check(spells, SPELLS, covariates)
    spell, period, happened = _unroll(spells, most_periods)
    chosen, kind = _kinds(spells, covariates, len(spells))
    place, seen = number_values(kind.astype(np.int64)[spell] * most_periods + period - 1)
    values = _numbers(spells, covariates)[chosen[seen // most_periods]]
    return _count(tuple(covariates), seen % most_periods + 1, values, spells["entity"], spell, place, happened)


def cells_of_rows(rows: pd.DataFrame, covariates: Sequence[str]) -> Cells:
    """Cells of rows that carry covariates of their own, such as those that vary in time, or those of a landmark.

    Parameters
    ----------
    rows : one row an entity and period: ``entity, period`` (a number), ``happened``, and the covariates, numbers.
    covariates : names of their columns.

    Raises
    ------
    FitError : a column is missing, or holds what it must not.
    """
    _check(rows, ROWS, covariates)
    chosen, cell = _kinds(rows, ["period", *covariates], len(rows))
    period, values = rows["period"].to_numpy()[chosen], _numbers(rows, covariates)[chosen]
    happened = rows["happened"].to_numpy(bool)
    return _count(tuple(covariates), period, values, rows["entity"], np.arange(len(rows)), cell, happened)


def cells_of_each(rows: pd.DataFrame, covariates: Sequence[str]) -> Cells:
    """A cell for every row, in the order of the rows: to ask a fit about each of them; parameters as for ``cells_of_rows``."""
    _check(rows, ROWS, covariates)
    happened = rows["happened"].to_numpy(bool)
    return Cells(tuple(covariates), rows["period"].to_numpy(), _numbers(rows, covariates), np.ones(len(rows)), happened.astype(float),
                 number_values(rows["entity"].to_numpy())[0], np.arange(len(rows)), happened)  # fmt: skip


def rows_of_spells(spells: pd.DataFrame, *, most_periods: int) -> pd.DataFrame:
    """One row a period at risk, for covariates that vary in time.

    Parameters
    ----------
    spells : as for ``cells_of_spells``, and ``begins``: the number of the calendar period of the event they begin with.
    most_periods : longer spells are cut there, as without an event.

    Returns
    -------
    The columns of ``spells`` but ``periods, ended, begins``, and ``period`` (from 1), ``moment`` (the calendar period,
    ``begins + period``) and ``happened``.
    """
    _check(spells, (*SPELLS, "begins"), ())
    spell, period, happened = _unroll(spells, most_periods)
    rows = spells.drop(columns=["periods", "ended", "begins"]).iloc[spell].reset_index(drop=True)
    moment = spells["begins"].to_numpy()[spell] + period
    return rows.assign(period=period, moment=moment, happened=happened)


def with_lagged(rows: pd.DataFrame, panel: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Give each row what was true in the calendar period before its own, so that no covariate knows its outcome.

    Parameters
    ----------
    rows : of ``rows_of_spells``.
    panel : one row an entity and calendar period: ``entity, moment`` and ``columns``.

    Raises
    ------
    FitError : a row has no calendar period before it in ``panel``, or two.
    """
    twice = int(panel.duplicated(["entity", "moment"]).sum())
    if twice:
        raise FitError("covariates that vary in time", "an entity has one row a period", f"{twice} rows more",
                       "Sum up what belongs to one period")  # fmt: skip
    before = panel[["entity", "moment", *columns]].assign(moment=panel["moment"] + 1)
    found = rows.merge(before, on=["entity", "moment"], how="left", indicator=True)
    absent = int((found["_merge"] == "left_only").sum())
    if absent:
        raise FitError("covariates that vary in time", "each row needs those of the period before",
                       f"{absent} of {len(found)} rows without", "Give every entity a row in every period")  # fmt: skip
    return found.drop(columns="_merge")


def _unroll(spells: pd.DataFrame, most_periods: int) -> tuple[Array, Array, Array]:
    """Spell, period (from 1) and whether the event came, of every row."""
    whole = spells["periods"].to_numpy(np.int64)
    length = np.minimum(whole, most_periods)
    ends = np.cumsum(length)
    spell = np.repeat(np.arange(len(length), dtype=np.int32), length)
    period = np.arange(1, len(spell) + 1) - np.repeat(ends - length, length)
    happened = np.zeros(len(spell), bool)
    happened[ends - 1] = spells["ended"].to_numpy(bool) & (whole <= most_periods)
    return spell, period, happened


def _kinds(frame: pd.DataFrame, columns: Sequence[str], rows: int) -> tuple[Array, Array]:
    numbers = [frame[column].to_numpy(float) for column in columns]
    return distinct_rows(*numbers) if numbers else (np.zeros(1, np.int64), np.zeros(rows, np.int64))


def _numbers(frame: pd.DataFrame, columns: Sequence[str]) -> Array:
    return np.asarray(frame[list(columns)].to_numpy(float))


def _count(names: tuple[str, ...], period: Array, values: Array, entities: pd.Series, source: Array,
           cell: Array, happened: Array) -> Cells:  # fmt: skip
    exposure = np.bincount(cell, minlength=len(period)).astype(float)
    events = np.bincount(cell[happened], minlength=len(period)).astype(float)
    entity = pd.factorize(entities)[0][source]
    return Cells(names, period, values, exposure, events, entity, cell, happened)


def _check(frame: pd.DataFrame, needed: Sequence[str], covariates: Sequence[str]) -> None:
    where = "spells" if "periods" in needed else "rows at risk"
    missing = [column for column in (*needed, *covariates) if column not in frame]
    if missing:
        raise FitError(where, f"needs the columns {', '.join((*needed, *covariates))}", f"none named {', '.join(missing)}",
                       "Add them")  # fmt: skip
    if frame.empty:
        raise FitError(where, "needs at least one row", "none", "Check the filter before it")
    empty = [name for name in needed if frame[name].isna().any()]
    if empty:
        raise FitError(where, "every row needs its value", f"rows without {', '.join(empty)}", "Leave them out")
    unknown = [name for name in covariates if not np.isfinite(pd.to_numeric(frame[name], errors="coerce")).all()]
    if unknown:
        raise FitError(where, "every covariate must be a number in every row", ", ".join(unknown),
                       "Leave these rows out, or mark the unknown by a covariate of their own")  # fmt: skip
    if "periods" in needed and not ((frame["periods"] >= 1) & (frame["periods"] % 1 == 0)).all():
        raise FitError(where, "periods must be whole and 1 or more", f"as few as {frame['periods'].min()}",
                       "Round the time up to whole periods")  # fmt: skip
