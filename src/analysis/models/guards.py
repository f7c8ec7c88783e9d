"""What a regression must not be asked, and what a date must not allow: each check stops with a remedy.

References
----------
Peduzzi, Concato, Kemper, Holford & Feinstein (1996), Journal of Clinical Epidemiology 49, 1373-1379 (events per
coefficient). Marquardt (1970), Technometrics 12, 591-612 (variance inflation). Konis (2007), Linear programming algorithms
for detecting separated data in binary logistic regression models, Oxford, section 4. Suissa (2008), Immortal time bias in
pharmacoepidemiology, American Journal of Epidemiology 167, 492-499.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.core.errors import FitError
from analysis.models.newton import Array

FEWEST_EVENTS = 10  # a coefficient, Peduzzi et al. 1996
LARGEST_INFLATION = 10.0  # of a coefficient's variance, Marquardt 1970
LARGEST_CORRELATION = 0.8  # with recency, of which the outcome is made
LEFT_OVER = 1e-6  # of a column's length, once what follows from the others is taken away
AT_BOUND = 1 / 2  # between the 0 and the 1 of a linear programme
SOLVED = 1e-6  # digits of a linear programme


def check_variation(values: Array, names: Sequence[str], where: str) -> None:
    """Every covariate must take more than one value."""
    constant = [name for name, column in zip(names, values.T, strict=True) if np.ptp(column) == 0]
    if constant:
        raise FitError(where, "every covariate must vary", ", ".join(constant), "Leave it out")


def check_clusters(entities: int, coefficients: int, where: str) -> None:
    """Errors that are clustered by entity need more entities than coefficients."""
    if entities <= coefficients:
        raise FitError(where, f"{coefficients} coefficients need more entities than that", entities,
                       "Take fewer covariates or periods, or more entities")  # fmt: skip


def check_events(exposure: Array, events: Array, coefficients: int, where: str) -> None:
    """The rarer of event and no event must be there ten times for every coefficient."""
    rarer = min(events.sum(), exposure.sum() - events.sum())
    if rarer < FEWEST_EVENTS * coefficients:
        raise FitError(where, f"{coefficients} coefficients need {FEWEST_EVENTS * coefficients} rows with the event and as many "
                       "without", int(rarer), "Take fewer covariates or periods, or observe for longer")  # fmt: skip


def check_collinear(values: Array, exposure: Array, names: Sequence[str], where: str, recency: Array | None) -> None:
    """No covariate may be told from the others, nor stand in for the time since the last event."""
    if len(names) > 1:
        inflation = variance_inflation(values, exposure)
        worst = int(np.argmax(inflation))
        if inflation[worst] > LARGEST_INFLATION:
            raise FitError(where, f"{names[worst]} follows from the other covariates: its variance inflation must be at most "
                           f"{LARGEST_INFLATION:g}", round(float(inflation[worst]), 1), "Leave one of them out")  # fmt: skip
    if recency is None or np.ptp(recency) == 0:
        return
    for name, column in zip(names, values.T, strict=True):
        found = _correlation(np.column_stack([column, recency]), exposure)[0, 1]
        if abs(found) > LARGEST_CORRELATION:
            raise FitError(where, f"{name} stands in for the time since the last event: their correlation must be within "
                           f"{LARGEST_CORRELATION:g}", round(float(found), 2), "Leave it out of the drivers")  # fmt: skip


def check_rank(design: Array, names: Sequence[str], where: str) -> None:
    """No column may follow from those before it, the level over the periods among them."""
    bends, turns = np.linalg.eigh(_products(design / np.linalg.norm(design, axis=0)))
    left_over = np.abs(np.diag(np.linalg.qr((turns * np.sqrt(np.maximum(bends, 0))).T, mode="r")))
    exact = [name for name, left in zip(names, left_over, strict=True) if left < LEFT_OVER]
    if exact:
        raise FitError(where, "every covariate must vary within the periods, and in its own way", ", ".join(exact), "Leave it out")


def check_separation(design: Array, exposure: Array, events: Array, names: Sequence[str], where: str) -> None:
    """No combination of columns may tell the event from its absence without error: its coefficient would be endless.

    A linear programme: are there coefficients from -1 to 1 under which no row scores on the wrong side of 0, and some on the
    right side? Where there are, one of them reaches its bound; otherwise all are 0.
    """
    from scipy.optimize import linprog

    scaled = design / np.abs(design).max(axis=0)
    never = events == 0
    alike = never | (events == exposure)
    mixed = scaled[~alike]
    if len(mixed) and np.linalg.eigvalsh(_products(mixed) / len(mixed))[0] > LEFT_OVER**2:
        return  # cells with both outcomes must score 0, which leaves no direction
    right = scaled[alike] * np.where(never, -1.0, 1.0)[alike, None]
    fixed = {"A_eq": mixed, "b_eq": np.zeros(len(mixed))} if len(mixed) else {}
    found = linprog(-right.sum(axis=0), A_ub=-right, b_ub=np.zeros(len(right)), bounds=(-1, 1), **fixed)
    if np.abs(found.x).max() > AT_BOUND:
        endless = [name for name, value in zip(names, found.x, strict=True) if abs(value) > SOLVED]
        raise FitError(where, "no column may tell the event from its absence without error", ", ".join(endless),
                       "Leave it out, or take a level over fewer periods")  # fmt: skip


def check_known_by(name: str, days: pd.Series, cut: pd.Timestamp | pd.Series, where: str) -> None:
    """No part of a feature may be dated after the day on which it is used; missing days are of what never came."""
    late = int((days > cut).sum())
    if late:
        raise FitError(where, f"{name} must be known by the cut-off", f"{late} of {len(days)} dated after it",
                       "Compute it from what had happened by then")  # fmt: skip


def check_label_window(cuts: Sequence[pd.Timestamp], *, horizon_days: int, data_end: pd.Timestamp, where: str) -> None:
    """What happened within the horizon of every cut-off must have been seen to its end."""
    ends = max(cuts) + pd.Timedelta(days=horizon_days)
    if ends > data_end:
        raise FitError(where, f"the data must reach to the end of the last label window, {ends:%Y-%m-%d}",
                       f"{data_end:%Y-%m-%d}", "Take an earlier cut-off or a shorter horizon")  # fmt: skip


def check_known_at_entry(
    name: str, known: pd.Series, entry: pd.Series, *, varies_in_time: bool, where: str
) -> None:
    """What became true after an entity was at risk says that it lasted until then, unless it counts only from then on.

    Parameters
    ----------
    known : day from which the covariate was true, missing where never; of each row.
    entry : first day at risk, of each row.
    varies_in_time : the covariate is 0 before that day in every row.
    """
    late = int((known > entry).sum())
    if late and not varies_in_time:
        raise FitError(where, f"{name} must be known when the time at risk begins (immortal time)",
                       f"{late} of {len(known)} rows in which it became known later",
                       "Let it vary in time, or begin at a landmark and take what was known there")  # fmt: skip


def variance_inflation(values: Array, weights: Array) -> Array:
    """By covariate, how many times its coefficient's variance is what it would be without the others; endless is 1 / eps."""
    correlation = _correlation(values, weights)
    bends, turns = np.linalg.eigh(correlation)
    return np.asarray((turns**2 / np.maximum(bends, np.finfo(float).eps)).sum(axis=1))


def _products(columns: Array) -> Array:
    """Sum over rows of every column times every other."""
    return np.asarray(columns.T @ columns)


def _correlation(values: Array, weights: Array) -> Array:
    centred = values - np.average(values, axis=0, weights=weights)
    moments = _products(centred * np.sqrt(weights)[:, None])
    spread = np.sqrt(np.diag(moments))
    return np.asarray(moments / np.outer(spread, spread))
