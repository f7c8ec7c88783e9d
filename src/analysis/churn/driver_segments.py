"""C2: the same effects in each segment of the customers, and whether one differs from that in all the others.

Each segment has a fit of the return hazard of its own, and so have all customers outside of it; the two are compared as one fit in
which everything differs would be (``models/apart.py``). All segments and drivers that were tried are one family: those are
named of which chance would make up at most a chosen share (Benjamini & Hochberg 1995).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.churn.driver_choice import left_out
from analysis.churn.driver_fits import fit_rows, sampled
from analysis.churn.driver_rows import Known, monthly_rows
from analysis.churn.drivers import Findings
from analysis.churn.segments import NONE, Segments
from analysis.core import tables
from analysis.core.contracts.churn_drivers import DRIVER_SEGMENTS
from analysis.core.params import Churn
from analysis.models.apart import Part, differences
from analysis.models.attributable import adjust_p_values

UNCARRIED = "small"


def effects_by_segment(segments: Segments, findings: Findings, settings: Churn) -> pd.DataFrame:
    """Rows of ``driver_segments``: every driver of the headline in every segment; none where there is no headline or one segment."""
    if findings.hazard is None or findings.known is None or len(segments.names) < 2:  # 2: there is no other to compare with
        return tables.without_rows(DRIVER_SEGMENTS)
    drivers = findings.table.loc[findings.table["hazard_ratio"].notna(), "driver"].tolist()
    known = replace(findings.known, values={name: findings.known.values[name] for name in drivers})
    rows = monthly_rows(known, known.at_risk & sampled(known, settings))
    place = segments.place[rows["entity"], rows["month"]]
    found = [
        _of_segment(name, rows[place == number], rows[(place != number) & (place != NONE)], drivers, findings.hazard.knots, known, settings)
        for number, name in enumerate(segments.names)
    ]  # fmt: skip
    table = pd.concat(found, ignore_index=True).reindex(columns=list(DRIVER_SEGMENTS.by_name))
    for p_value, q_value in (("p_value", "q_value"), ("difference_p", "difference_q")):
        tried = table[p_value].dropna()
        table[q_value] = adjust_p_values(tried)["benjamini_hochberg"].reindex(table.index)
    return table.assign(differs=table["difference_q"] < settings.drivers.named_below)


def _of_segment(
    name: str, inside: pd.DataFrame, rest: pd.DataFrame, drivers: list[str], knots: tuple[float, ...] | None, known: Known, settings: Churn,
) -> pd.DataFrame:  # fmt: skip
    reasons = {driver: reason for driver, reason in left_out(known, inside, inside, ()).items() if driver in drivers} if len(inside) else {}
    judged = [driver for driver in drivers if driver not in reasons]
    part = fit_rows(inside, judged, knots, known) if judged else None
    if part is None:
        reasons |= dict.fromkeys(judged, UNCARRIED)
    table = pd.DataFrame({"driver": drivers}).assign(
        segment=name, reason=[reasons.get(driver) for driver in drivers], customers=inside["entity"].nunique(), months=len(inside),
        orders=int(inside["happened"].sum()),
    )  # fmt: skip
    return table if part is None else table.join(_effects(part, rest, judged, knots, known, settings), on="driver")


def _effects(part: Part, rest: pd.DataFrame, judged: Sequence[str], knots: tuple[float, ...] | None, known: Known, settings: Churn) -> pd.DataFrame:
    """Effects in a segment and in the rest, by driver."""
    level = settings.interval_level
    ratios = part.fit.hazard_ratios(level).loc[list(judged)]
    found = pd.DataFrame({"hazard_ratio": ratios["hazard_ratio"], "lo": ratios["lower"], "hi": ratios["upper"], "p_value": ratios["p_value"]})
    other = fit_rows(rest, judged, knots, known)
    if other is None:
        return found
    both = [driver for driver in judged if driver in other.fit.covariates]
    apart = differences(part, other, both, level)
    return found.join(pd.DataFrame({
        "rest_ratio": np.exp(other.fit.params[both]), "times_rest": np.exp(apart["difference"]), "times_rest_lo": np.exp(apart["lower"]),
        "times_rest_hi": np.exp(apart["upper"]), "difference_p": apart["p_value"],
    }, index=pd.Index(both)))  # fmt: skip
