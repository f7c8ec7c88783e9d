"""C2: which drivers can be judged at all, and whether there is enough to judge any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.churn.driver_rows import CALENDAR, Known
from analysis.churn.driver_terms import BEFORE, BUILT_IN, DRIVERS, LATELY
from analysis.models.guards import FEWEST_EVENTS, LARGEST_INFLATION, variance_inflation

FEWEST_KNOTS = 3  # fewer make no curve


def left_out(known: Known, monthly: pd.DataFrame, landmarks: pd.DataFrame, asked: Sequence[str]) -> dict[str, str]:
    """Drivers that cannot be judged, with the reason: ``absent`` from the data, ``constant``, too ``few`` rows with it or
    without it that ended either way, or it ``follows`` from the others. Those ``asked`` for stay: their fit says what is wrong.
    """
    found = {driver.name: "absent" for driver in DRIVERS if driver.name not in known.values}
    fewest = {"monthly": (monthly, known.settings.exposed_from), "landmarks": (landmarks, FEWEST_EVENTS)}
    for name in known.values:
        if name in asked:
            continue
        if np.ptp(monthly[name].to_numpy()) == 0:
            found[name] = "constant"
        elif any(_rarest(_told(rows, name), name) < least for rows, least in fewest.values()):
            found[name] = "few"
    names = [name for name in known.values if name not in found and name not in asked]
    while len(names) > 1:
        inflation, worst = max(zip(variance_inflation(monthly[names].to_numpy(), np.ones(len(monthly))), names, strict=True))
        if inflation <= LARGEST_INFLATION:
            break
        found[worst] = "follows"
        names.remove(worst)
    return found


def _told(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """Rows of customers of whom the driver can be told, there or not."""
    among = BUILT_IN[name].among if name in BUILT_IN else ""
    return rows[rows[among] != 0] if among else rows


def _rarest(rows: pd.DataFrame, name: str) -> int:
    """Rows of the rarest of: with or without the driver, and ended or not."""
    if rows.empty:
        return 0
    has, happened = rows[name].to_numpy() != 0, rows["happened"].to_numpy(bool)
    return int(min((has & happened).sum(), (has & ~happened).sum(), (~has & happened).sum(), (~has & ~happened).sum()))


def carried(rows: pd.DataFrame, names: Sequence[str], level_columns: int) -> bool:
    """Whether the rows carry these covariates: ten of the rarer outcome for each coefficient, and as many customers."""
    coefficients = len(names) + level_columns
    happened = int(rows["happened"].sum())
    rarer = min(happened, len(rows) - happened)
    return rarer >= FEWEST_EVENTS * coefficients and rows["entity"].nunique() > coefficients


def joined_classes(known: Known, *samples: pd.DataFrame) -> Known:
    """``known`` with classes of frequency that no sample leaves with too few rows of either outcome: who ended one way only would
    be told without error.

    The thinnest class joins the thinner of its neighbours, until all have ten rows of either outcome or one is left.
    """
    held = dict(known.controls)
    for kind in (BEFORE, LATELY):
        groups = [[name] for name in held if name.startswith(kind)]
        while len(groups) > 1:
            rarest = [min(_rarer(rows, names) for rows in samples) for names in groups]
            thin = int(np.argmin(rarest))
            if rarest[thin] >= FEWEST_EVENTS:
                break
            beside = [place for place in (thin - 1, thin + 1) if 0 <= place < len(groups)]
            first, second = sorted((thin, min(beside, key=lambda place: rarest[place])))
            groups[first : second + 1] = [groups[first] + groups[second]]
        for first, *others in groups:
            held[first] = np.maximum.reduce([held[name] for name in (first, *others)])
            held |= {name: np.zeros_like(held[name]) for name in others}
    return replace(known, controls=held)


def _rarer(rows: pd.DataFrame, names: list[str]) -> int:
    """Rows of the rarer outcome in these classes together."""
    happened = rows.loc[(rows[names] != 0).any(axis=1), "happened"]
    return int(min(happened.sum(), (~happened.astype(bool)).sum()))


def adjusters(rows: pd.DataFrame, names: Sequence[str], known: Known, level_columns: int) -> list[str]:
    """Controls that vary, and the months of the calendar where the rows carry them too; the commonest class, and month, is what
    the others are compared with."""
    varying = [name for name in rows if np.ptp(rows[name].to_numpy(float)) > 0] if len(rows) else []
    held = _less_commonest([name for name in varying if name in known.controls], rows, BEFORE, LATELY)
    calendar = _less_commonest([name for name in varying if name.startswith(CALENDAR)], rows, CALENDAR)
    return [*held, *calendar] if carried(rows, [*names, *held, *calendar], level_columns) else held


def _less_commonest(names: list[str], rows: pd.DataFrame, *kinds: str) -> list[str]:
    of_kinds = [[name for name in names if name.startswith(kind)] for kind in kinds]
    commonest = {max(one, key=lambda name: rows[name].sum()) for one in of_kinds if one}
    return [name for name in names if name not in commonest]
