"""C2: the return hazard of some of the customers, such as a segment or a sample, where their months carry it."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.churn.driver_choice import FEWEST_KNOTS, adjusters, carried
from analysis.churn.driver_rows import Known
from analysis.core.errors import FitError
from analysis.core.params import Churn
from analysis.models.apart import Part
from analysis.models.newton import Array
from analysis.models.person_periods import cells_of_rows
from analysis.models.return_hazard import fit_return_hazard


def sampled(known: Known, settings: Churn) -> Array:
    """Customers whose rows are looked at, (customers, 1)."""
    n, most = len(known.panel.customer_ids), settings.drivers.checked_customers
    chosen = np.zeros((n, 1), bool)
    chosen[np.random.default_rng(settings.random_seed).choice(n, min(n, most), replace=False)] = True
    return chosen


def fit_rows(rows: pd.DataFrame, names: Sequence[str], knots: tuple[float, ...] | None, known: Known) -> Part | None:
    """The hazard of ``rows`` with the covariates ``names`` that vary in them; None where the rows do not carry it.

    Parameters
    ----------
    rows : of ``monthly_rows``.
    knots : of the headline fit.
    """
    if rows.empty:
        return None
    there = [name for name in names if np.ptp(rows[name].to_numpy()) > 0]
    curve = tuple(knot for knot in knots or () if knot <= rows["period"].max())
    curve = curve if len(curve) >= FEWEST_KNOTS else None
    columns = len(curve) if curve else rows["period"].nunique()
    held = adjusters(rows, there, known, columns)
    if not carried(rows, [*there, *held], columns):
        return None
    with contextlib.suppress(FitError):
        cells = cells_of_rows(rows, [*there, *held])
        return Part(fit_return_hazard(cells, knots=curve), cells, rows["entity"].unique())
    return None
