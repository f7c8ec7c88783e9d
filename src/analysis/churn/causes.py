"""C2 from end to end: what goes with a slower return, and why customers left by their own account."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.churn.driver_columns import own_columns
from analysis.churn.driver_curves import curves_of
from analysis.churn.driver_panel import read_panel
from analysis.churn.driver_rows import Known
from analysis.churn.driver_segments import effects_by_segment
from analysis.churn.driver_terms import controls, driver_values
from analysis.churn.drivers import Findings, judge_drivers
from analysis.churn.exit_reasons import count_reasons
from analysis.churn.segments import read_segments
from analysis.churn.structure import at_first_order, judge_structure
from analysis.core import tables
from analysis.core.contracts.churn_drivers import (
    DRIVER_CURVES,
    DRIVER_EFFECTS,
    DRIVER_SEGMENTS,
    DRIVER_STRUCTURE,
    EXIT_REASONS_FOUND,
)
from analysis.core.params import Churn
from analysis.core.params_churn_drivers import Drivers
from analysis.core.stage import Stage
from analysis.models.newton import Array


@dataclass(frozen=True)
class Causes:
    """What the data say of why customers stay away.

    Attributes
    ----------
    findings : of the drivers.
    structure : the table ``driver_structure``.
    segments : effects by segment, the table ``driver_segments``; ``by``: what the segments are by.
    curves : the table ``driver_curves``.
    reasons : the table ``exit_reasons_found``; None where nobody writes reasons down.
    drawn : share of the customers that the drivers were looked for in.
    """

    settings: Churn
    findings: Findings
    structure: pd.DataFrame
    segments: pd.DataFrame
    by: str
    curves: pd.DataFrame
    reasons: pd.DataFrame | None
    drawn: float

    def store(self) -> None:
        """Write the tables."""
        tables.write(DRIVER_EFFECTS, self.findings.table)
        tables.write(DRIVER_STRUCTURE, self.structure)
        tables.write(DRIVER_SEGMENTS, self.segments)
        tables.write(DRIVER_CURVES, self.curves)
        tables.write(EXIT_REASONS_FOUND, tables.without_rows(EXIT_REASONS_FOUND) if self.reasons is None else self.reasons)


def find_causes(stage: Stage, worth: pd.DataFrame, history: pd.DataFrame) -> Causes:
    """Judge every driver that the stage's tables tell.

    Parameters
    ----------
    worth : one row a customer: ``customer_id, clv``.
    history : one row a customer: ``customer_id, repeats, span_days, age_days``.

    Raises
    ------
    FitError, ParamsError : a column of the user's own cannot be a driver.
    """
    settings: Churn = stage.settings
    known, own = what_was_known(stage)
    value = worth.set_index("customer_id")["clv"].reindex(known.panel.customer_ids).to_numpy(np.float64)
    findings, segments = judge_drivers(known, value, settings, asked=tuple(own)), read_segments(known.panel, settings.drivers)
    return Causes(
        settings, findings, judge_structure(history, at_first_order(known.panel, own), settings),
        effects_by_segment(segments, findings, settings), segments.kind, curves_of(findings, settings),
        count_reasons(stage.as_of, settings), known.panel.drawn,
    )  # fmt: skip


def what_was_known(stage: Stage) -> tuple[Known, dict[str, Array]]:
    """What was known of every customer at every month's end, and of it the columns of the user's own."""
    settings: Drivers = stage.settings.drivers
    panel = read_panel(stage)
    own = own_columns(panel, settings, stage.params.engine)
    return Known(panel, {**driver_values(panel, settings), **own}, controls(panel, settings), settings), own
