"""A labelled snapshot: one row a customer, with a column that says who left, and no dates.

It can say what goes with the label, side by side. It cannot say who will leave, when, why since when, or what a customer is
worth: nothing in it is ordered in time, and any column may have been written down after the customer had left.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.churn.driver_columns import terms_of
from analysis.core.errors import DataError
from analysis.models.attributable import adjust_p_values
from analysis.models.landmark import fit_landmark_logit
from analysis.models.person_periods import cells_of_rows

LEVEL_FROM = 30  # values of a column with fewer customers stand with the commonest


def effects_of_label(frame: pd.DataFrame, label: str, columns: Sequence[str], *, level: float = 0.9) -> pd.DataFrame:
    """What goes with a label, by a Logit on all columns at once: average marginal effects in percentage points.

    Parameters
    ----------
    frame : one row a customer.
    label : column of zeros and ones, or true and false: 1 for who left.
    columns : what is compared. A column that only the label made, such as days since the last order, tells nothing: leave it out.
    level : of the intervals.

    Returns
    -------
    One row a term, strongest first: ``term`` (a column, for one standard deviation more, or ``column: value`` against the
    commonest value), ``effect_points, lower, upper, p_value, holm``; associations, evidence grade C.

    Raises
    ------
    DataError : the label is not one of two values.
    FitError : a column does not vary, follows from others, tells the label without error, or there are too few of either.
    """
    marked = pd.to_numeric(frame[label], errors="coerce")
    if not marked.isin((0, 1)).all():
        raise DataError("labelled snapshot", f"column {label} must hold 0 and 1 for every customer",
                        ", ".join(sorted(map(str, frame[label].unique()[:5]))), "Name another column, or fill it")  # fmt: skip
    terms: dict[str, np.ndarray] = {}
    for name in columns:
        terms |= terms_of(name, frame[name], LEVEL_FROM)
    rows = pd.DataFrame(terms).assign(entity=np.arange(len(frame)), period=1, happened=marked.to_numpy() == 1)
    cells = cells_of_rows(rows, list(terms))
    fit = fit_landmark_logit(cells)
    effects = fit.marginal_effects(cells, level)
    p_values = fit.pvalues[list(terms)]
    found = effects.drop(columns="std_error").assign(p_value=p_values, holm=adjust_p_values(p_values)["holm"])
    order = effects["effect_points"].abs().sort_values(ascending=False, kind="stable").index
    return found.loc[order].rename_axis("term").reset_index()
