"""C2: who is at risk when, as the rows that the models of drivers are fitted to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.churn.driver_panel import Panel
from analysis.core.params_churn_drivers import Drivers
from analysis.core.windows import MONTHS_PER_YEAR
from analysis.models.newton import Array

CALENDAR = "month_"


@dataclass(frozen=True)
class Known:
    """What was known of every customer at the end of every month.

    Attributes
    ----------
    panel : what happened.
    values : by driver, (customers, months), in its units; a customer's own columns stand the same in all months.
    controls : what customers who are compared must have in common, in the same form.
    """

    panel: Panel
    values: Mapping[str, Array]
    controls: Mapping[str, Array]
    settings: Drivers

    @property
    def silence(self) -> Array:
        """Months since the last one with an order, at each month's end; 0 in a month with one."""
        return np.asarray(np.arange(len(self.panel.months)) - self.panel.last_active)

    @property
    def at_risk(self) -> Array:
        """Who has ordered, and not so long ago that a return is not expected any more; once the drivers' months are known."""
        ordered = self.panel.last_active >= 0
        known = np.arange(len(self.panel.months)) >= self.settings.memory_months - 1
        return np.asarray(ordered & known & (self.silence < self.settings.silent_months))

    def rows(self, where: Array, *, later: int = 0) -> pd.DataFrame:
        """Drivers and controls of the customers and months ``where``.

        Parameters
        ----------
        where : (customers, months), true or false.
        later : take the drivers as they were to be so many months after.

        Returns
        -------
        ``entity, month`` (places), the drivers and the controls that vary.
        """
        entity, month = np.nonzero(where)
        columns = {name: matrix[entity, month + later] for name, matrix in self.values.items()}
        held = {name: matrix[entity, month] for name, matrix in self.controls.items()}
        return pd.DataFrame({"entity": entity, "month": month, **columns, **held})


def monthly_rows(known: Known, where: Array | None = None, *, later: int = 0) -> pd.DataFrame:
    """One row a customer at risk and month: ``entity, month, period`` (months since the last order), ``happened`` (an order
    in it), the drivers as known at the end of the month before, and the controls.

    A column of zeros and ones for every month of the calendar stands beside them.

    Parameters
    ----------
    where : customers and months, (customers, months), at whose end drivers are known; None: all at risk.
    later : see ``Known.rows``.
    """
    chosen = (known.at_risk if where is None else where).copy()
    chosen[:, -1] = False  # what comes after the last month is not known
    rows = known.rows(chosen, later=later)
    entity, month = rows["entity"].to_numpy(), rows["month"].to_numpy()
    rows = rows.assign(period=known.silence[entity, month] + 1, happened=known.panel.active[entity, month + 1])
    return _in_month(rows, month + 1, known)


def landmark_rows(known: Known, horizon: int) -> pd.DataFrame:
    """One row a landmark and customer at risk that ordered within the memory: ``entity, month, period`` (the landmark's
    number), ``happened`` (no order in the ``horizon`` months after it), ``silence``, the drivers and the controls.
    Landmarks lie a horizon apart.
    """
    last = len(known.panel.months) - 1
    places = last - horizon * np.arange(1, known.settings.landmarks + 1)
    places = places[places >= known.settings.memory_months - 1]
    there = np.zeros_like(known.at_risk)
    there[:, places] = (known.at_risk & (known.silence < known.settings.memory_months))[:, places]
    rows = known.rows(there)
    entity, month = rows["entity"].to_numpy(), rows["month"].to_numpy()
    orders = np.pad(np.cumsum(known.panel.active, axis=1), ((0, 0), (1, 0)))
    came = orders[entity, month + horizon + 1] > orders[entity, month + 1]
    return rows.assign(period=(last - month) // horizon, happened=~came, silence=known.silence[entity, month])


def rows_ahead(known: Known, horizon: int) -> list[pd.DataFrame]:
    """Customers at risk at the end of the last month, once for each of the ``horizon`` months after it, as ``monthly_rows``
    has them, each as the same month of the year before; what comes is not known."""
    there = np.zeros_like(known.at_risk)
    there[:, -1] = known.at_risk[:, -1]
    rows, months = known.rows(there), len(known.panel.months)
    silence = known.silence[rows["entity"].to_numpy(), -1]
    return [
        _in_month(rows.assign(period=np.minimum(silence + ahead, known.settings.silent_months), happened=False),
                  np.full(len(rows), months - 1 + ahead - MONTHS_PER_YEAR), known)
        for ahead in range(1, horizon + 1)
    ]  # fmt: skip


def _in_month(rows: pd.DataFrame, place: Array, known: Known) -> pd.DataFrame:
    """The rows with a column of zeros and ones for every month of the calendar."""
    months = range(known.settings.memory_months, len(known.panel.months))
    return pd.concat([rows, pd.DataFrame({f"{CALENDAR}{month}": (place == month).astype(float) for month in months}, rows.index)], axis=1)
