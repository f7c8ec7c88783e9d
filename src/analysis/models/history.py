"""Histories of events as they were known on any day: later events, and later reversals of events, are not
there.

The rows stay in the engine; what comes out has the size of the number of entities. An event that was wholly
reversed by the day of the question never happened; one that is reversed later still counts on that day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import pandas as pd

from analysis.core import tables
from analysis.core.contracts.schema import E4, Table
from analysis.core.dialect import render
from analysis.core.engine import Engine
from analysis.models.season import Clock

FOLDER = Path(__file__).parent
BILLION = 10**9
E2 = 100  # hundredths of the currency


@dataclass(frozen=True)
class History:
    """The stored events, ready to be asked about any day.

    Parameters
    ----------
    engine : where the rows are read.
    events, reversals : stored tables with the columns of ``customer_days`` and ``customer_returns``.
    value_name : what the value of an event is, ``contribution`` or ``revenue``.
    suffix : of the names of the tables in the engine.
    """

    engine: Engine
    events: Table
    reversals: Table
    value_name: str
    suffix: str = ""

    def __post_init__(self) -> None:
        if not self.suffix:
            for table in (self.events, self.reversals):
                self.engine.view(table.name, [tables.path(table)])

    def part(self, entities: pd.Series) -> Self:
        """The same of some entities alone: what is stored of them is copied once, so that many questions cost little."""
        chosen = self.engine.scratch / "entities.parquet"
        entities.rename("customer_id").to_frame().to_parquet(chosen, index=False)
        self.engine.view("entities_part", [chosen])
        for table in (self.events, self.reversals):
            file = self.engine.scratch / f"{table.name}_part.parquet"
            self.engine.store(f"SELECT t.* FROM {table.name} t JOIN entities_part p ON t.customer_id = p.customer_id", file)
            self.engine.view(f"{table.name}_part", [file])
        return replace(self, suffix="_part")

    def summary(self, cut: pd.Timestamp, *, since: pd.Timestamp) -> pd.DataFrame:
        """Each entity's history as known on day ``cut``.

        Parameters
        ----------
        cut : last day that counts; what happened or was reversed later is not known.
        since : ``recent_value`` is what came after this day.

        Returns
        -------
        One row an entity, sorted by ``customer_id``: ``repeats`` (events after the first), ``span_days``
        (first to last event), ``age_days`` (first event to ``cut``), ``first_day, last_day``, ``value`` of
        the events, ``filled_events`` (their contribution was not known and follows from their revenue),
        ``positive_events`` (value above 0) and their ``positive_value``, ``recent_value``. Values are in the
        currency. Of the days from each positive event to ``cut``: their sum ``positive_days``, that of their squares
        ``positive_days_squared``, and of days times value ``positive_value_days``.
        """
        frame = self._rows("history", "customer_id", known=self._known(cut), cut=_iso(cut), since=_iso(since))
        names = {"value_e4": "value", "positive_e4": "positive_value", "recent_e4": "recent_value"}
        found = _in_currency(frame, names)
        return found.assign(positive_value_days=found.pop("positive_days_e2") / E2)

    def events_known(self, cut: pd.Timestamp) -> str:
        """Name of the view of the events known on day ``cut``: ``customer_id, day, value_e4``, one row a day with any."""
        return self._known(cut)

    def recent(self, cut: pd.Timestamp, *, since: pd.Timestamp) -> pd.DataFrame:
        """What each entity did after day ``since``, as known on day ``cut``.

        Returns
        -------
        One row an entity with any event by ``cut``, sorted by ``customer_id``: ``silent_days`` since its last event,
        ``events`` and their ``value_e4`` after ``since``, and ``filled_events`` among them.
        """
        return self._rows("recent", "customer_id", known=self._known(cut), cut=_iso(cut), since=_iso(since))

    def following(self, cut: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
        """What entities did after ``cut`` and on or before ``end``: ``events`` and their ``value``, as
        known at ``end``.

        Entities without an event in that time have no row.
        """
        frame = self._rows("following", "customer_id", known=self._known(end), cut=_iso(cut))
        return _in_currency(frame, {"value_e4": "value"})

    def log_gaps(self, cut: pd.Timestamp, clock: Clock | None = None) -> pd.DataFrame:
        """What models of regular gaps need beside the summary of day ``cut``: ``log_gaps``, the sum of ln gap.

        Gaps are in days, or in those of ``clock``. Entities without a repeat event have no row; their sum is 0. It
        sorts every event, so it is no part of the summary.
        """
        known = self._known(cut)
        months: list[tuple[str, float, float]] = []
        if clock is not None and clock.name != "calendar":
            ends = self.engine.frame(f"SELECT min(day) AS first_day, max(day) AS last_day FROM {known}").iloc[0]
            months = list(clock.months(ends["first_day"], ends["last_day"]))
        frame = self._rows("log_gaps", "customer_id", known=known, months=months)
        return pd.DataFrame({"customer_id": frame["customer_id"], "log_gaps": frame["log_gaps_e9"] / BILLION})

    def repeats_by_month(self, cut: pd.Timestamp) -> pd.DataFrame:
        """Repeat ``events`` by ``first_month`` of the entity and ``month``, later than that; as known on day ``cut``."""
        frame = self.engine.frame(self._sql("repeats_by_month", known=self._known(cut)))
        frame = frame.astype({"first_month": "datetime64[ns]", "month": "datetime64[ns]"})
        return frame.sort_values(["first_month", "month"], ignore_index=True)

    def repeats_by_day(self, cut: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
        """Repeat ``events`` by ``day`` up to ``end``, of entities that had begun by ``cut``."""
        return self._rows("repeats_by_day", "day", known=self._known(end), cut=_iso(cut))

    def by_age(self, cut: pd.Timestamp, ages: Sequence[int]) -> pd.DataFrame:
        """What entities brought up to each of some ages, as known on day ``cut``.

        Returns
        -------
        One row a first day, sorted: ``first_day, entities``, and of every age in days ``events_<age>``, in
        ten-thousandths of the currency ``value_<age>``, the first event included, and ``square_<age>``, the sum of the
        squares of the entities' values, each rounded to the whole currency.
        """
        return self._rows("by_age", "first_day", known=self._known(cut), ages=list(ages))

    def stayed(self, cut: pd.Timestamp, windows: Sequence[tuple[pd.Timestamp, pd.Timestamp, pd.Timestamp]]) -> pd.DataFrame:
        """Who began and who stayed, as known on day ``cut``.

        Parameters
        ----------
        windows : three days each; the window is from after the second to the third, the one before it from after the
            first to the second.

        Returns
        -------
        One row a window, sorted by ``ends_on``: entities that had ``begun`` in it, that had an event ``earlier``, in the
        window before, and that did both, ``stayed``.
        """
        days = [tuple(_iso(day) for day in window) for window in windows]
        return self._rows("stayed", "ends_on", known=self._known(cut), windows=days)

    def _known(self, cut: pd.Timestamp) -> str:
        name = f"known_{cut:%Y%m%d}{self.suffix}"
        sources = {"events": f"{self.events.name}{self.suffix}", "reversals": f"{self.reversals.name}{self.suffix}"}
        self.engine.define(name, self._sql("known", **sources, cut=_iso(cut), value_name=self.value_name))
        return name

    def _rows(self, step: str, key: str, **values: Any) -> pd.DataFrame:
        """Rows of a step, sorted here: not every engine keeps a query's order, and draws depend on it."""
        return self.engine.frame(self._sql(step, **values), by=[key])

    def _sql(self, step: str, **values: Any) -> str:
        text = (FOLDER / f"{step}.sql").read_text(encoding="utf-8")
        return render(text, self.engine.dialect, **values)


def open_history(
    engine: Engine,
    events: Table,
    reversals: Table,
    value_name: str,
    cut: pd.Timestamp,
    *,
    since: pd.Timestamp,
) -> tuple[History, pd.DataFrame]:
    """The stored events by ``value_name``, and their ``summary`` on day ``cut``.

    By ``revenue`` where that value adds up to nothing: a model of values needs a base that is worth something.
    """
    history = History(engine, events, reversals, value_name)
    found = history.summary(cut, since=since)
    if found["value"].sum() > 0 or value_name == "revenue":
        return history, found
    return open_history(engine, events, reversals, "revenue", cut, since=since)


def _iso(day: pd.Timestamp) -> str:
    return f"{day:%Y-%m-%d}"


def _in_currency(frame: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    values = {new: frame[old] / E4 for old, new in names.items()}
    return frame.drop(columns=list(names)).assign(**values)
