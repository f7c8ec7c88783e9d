"""C2: how likely an order within the horizon is along each driver, all else as it is, and whether the line of the model is straight.

The line is that of the headline fit. Beside it stands a fit in which the ranges of the driver have each a level of their own: where
they leave the line, one unit more does not mean the same everywhere. Only amounts from the 1st to the 99th percentile are told.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.churn.driver_fits import fit_rows, sampled
from analysis.churn.driver_rows import Known, monthly_rows, rows_ahead
from analysis.churn.driver_terms import DRIVERS
from analysis.churn.drivers import Findings, horizon_months
from analysis.core import tables
from analysis.core.contracts.churn_drivers import DRIVER_CURVES
from analysis.core.params import Churn
from analysis.models.attributable import adjust_p_values
from analysis.models.newton import Array
from analysis.models.partial_dependence import p_of_straight_line, partial_dependence
from analysis.models.person_periods import cells_of_each
from analysis.models.return_hazard import ReturnHazard

ENDS = 0.01, 0.99  # percentiles between which a curve is told
POINTS = 9  # of a line
MOST_RANGES = 4  # beside 0, which is a range of its own: nothing happened
UNITS = {driver.name: driver.unit for driver in DRIVERS}


def curves_of(findings: Findings, settings: Churn) -> pd.DataFrame:
    """Rows of ``driver_curves``: every driver of the headline that is a number; none where there is no headline."""
    if findings.hazard is None or findings.known is None:
        return tables.without_rows(DRIVER_CURVES)
    known = findings.known
    drivers = findings.table.loc[findings.table["hazard_ratio"].notna(), "driver"].tolist()
    rows = monthly_rows(known, known.at_risk & sampled(known, settings))
    ahead = rows_ahead(known, horizon_months(settings))
    found = [
        _curve(driver, drivers, rows, ahead, findings.hazard, known, settings)
        for driver in drivers
        if rows[driver].nunique() > 2 and np.ptp(_ends(rows[driver])) > 0  # 2: there or not
    ]  # fmt: skip
    if not found:
        return tables.without_rows(DRIVER_CURVES)
    table = pd.concat(found, ignore_index=True)
    straight = adjust_p_values(table.groupby("driver")["straight_p"].first().dropna())["holm"]
    unit = table["driver"].map(UNITS).fillna(1.0)
    return table.assign(amount=table["amount"] * unit, straight_p=table["driver"].map(straight).astype(float))[list(DRIVER_CURVES.by_name)]


def ranges_of(values: Array, happened: Array, least: int) -> Array:
    """The range of each value, numbered from 0: what is below 0, and what is above it, cut into parts of about as many rows, and 0.

    Parameters
    ----------
    least : rows of either outcome without which a range stands with its neighbour on the side of 0.
    """
    sides = [side for side in (values[values < 0], values[values > 0]) if side.size]
    parts = MOST_RANGES // max(len(sides), 1)
    edges = [0.0, *(edge for side in sides for edge in (*np.quantile(side, np.arange(1, parts) / parts, method="lower"), side.max()))]
    places = np.searchsorted(np.unique(edges), values)
    while True:
        kept, number = np.unique(places, return_inverse=True)
        rarer = np.minimum(np.bincount(number[happened], minlength=len(kept)), np.bincount(number[~happened], minlength=len(kept)))
        if rarer.min() >= least or len(kept) == 1:
            return np.asarray(number)
        worst = int(rarer.argmin())
        up = worst == 0 or (worst < len(kept) - 1 and values[number == worst].max() < 0)
        places = np.where(number == worst, worst + (1 if up else -1), number)


def _curve(
    driver: str, drivers: list[str], rows: pd.DataFrame, ahead: list[pd.DataFrame], hazard: ReturnHazard, known: Known, settings: Churn
) -> pd.DataFrame:
    low, high = _ends(rows[driver])
    points = np.linspace(low, high, POINTS)
    nearest = np.searchsorted((points[1:] + points[:-1]) / 2, rows[driver])
    cells = [cells_of_each(one, hazard.covariates) for one in ahead]
    line = partial_dependence(hazard, cells, [{driver: point} for point in points], settings.interval_level)
    line = line.assign(shape="line", amount=points, share=np.bincount(nearest, minlength=POINTS) / len(rows))
    both = pd.concat([line, _ranges(driver, drivers, rows, ahead, hazard, known, settings)], ignore_index=True)
    both = both[both["amount"].between(low, high)].rename(columns={"lower": "lo", "upper": "hi"})
    return both.assign(driver=driver, straight_p=both["straight_p"].max())


def _ranges(
    driver: str, drivers: list[str], rows: pd.DataFrame, ahead: list[pd.DataFrame], hazard: ReturnHazard, known: Known, settings: Churn
) -> pd.DataFrame:
    """One row a range with a level of its own, the commonest among them, which the others are compared with."""
    number = ranges_of(rows[driver].to_numpy(), rows["happened"].to_numpy(bool), known.settings.exposed_from)
    seen = np.bincount(number)
    commonest = int(seen.argmax())
    levels = {f"{driver} range {place}": place for place in range(len(seen)) if place != commonest}
    others = [name for name in drivers if name != driver]
    part = fit_rows(rows.assign(**{name: (number == place).astype(float) for name, place in levels.items()}), [*others, *levels], hazard.knots, known)
    if not levels or part is None:
        return pd.DataFrame({"straight_p": []}, dtype=float)
    amounts = np.bincount(number, rows[driver]) / seen
    cells = [cells_of_each(one.assign(**dict.fromkeys(levels, 0.0)), part.fit.covariates) for one in ahead]
    asked = [{name: float(place == number) for name, place in levels.items()} for number in range(len(seen))]
    found = partial_dependence(part.fit, cells, asked, settings.interval_level)
    straight = p_of_straight_line(part.fit, list(levels), amounts[list(levels.values())] - amounts[commonest]) if len(levels) > 1 else np.nan
    return found.assign(shape="range", amount=amounts, share=seen / len(rows), straight_p=straight)


def _ends(values: pd.Series) -> tuple[float, float]:
    low, high = np.quantile(values, ENDS)
    return float(low), float(high)
