"""C2, the structural check: does what was known at the first order go with buying less often, or with leaving?

BG/NBD with covariates tells the two apart, which no silence can. It takes only what stays as it is from the first order on.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.churn.driver_panel import Panel
from analysis.core import tables
from analysis.core.contracts.churn_drivers import DRIVER_STRUCTURE
from analysis.core.errors import FitError
from analysis.core.params import Churn
from analysis.models.covariates import fit_bgnbd_covariates
from analysis.models.newton import Array
from analysis.models.result import FitStatus

STEPS = 5  # in which a unit is told apart
LARGEST = 3.0  # units on either side of the usual first order
DISCOUNT_UNIT = 0.05


def at_first_order(panel: Panel, own: Mapping[str, Array]) -> pd.DataFrame:
    """What was known of each customer at its first order, one row a customer: ``customer_id`` and the terms that vary.

    ``first_value``: how often its value doubles that of the usual first order; ``first_kinds``: kinds of goods more than one;
    ``first_discount``: the discount in units of five points; and the columns of the user's own. Customers whose first order
    fell in the data's first months may have had an earlier one; they are left out.
    """
    first = panel.active.argmax(axis=1)
    row = np.arange(len(first))
    value = np.log2(np.maximum(panel.sums["bought_e4"][row, first], 1.0))
    terms = {"first_value": value - np.median(value), "first_kinds": panel.sums["kinds"][row, first] - 1}
    if panel.sums["told_e4"].any():
        let_off, paid = panel.sums["let_off_e4"][row, first], panel.sums["told_e4"][row, first]
        terms["first_discount"] = let_off / np.maximum(let_off + paid, 1.0) / DISCOUNT_UNIT
    frame = pd.DataFrame({name: np.round(np.clip(values, -LARGEST, LARGEST) * STEPS) / STEPS for name, values in terms.items()})
    frame = frame.assign(**{name: values[row, first] for name, values in own.items()}, customer_id=panel.customer_ids)
    frame = frame[first >= _unsure_months(panel)]
    return frame[["customer_id", *(name for name in frame if name != "customer_id" and frame[name].nunique() > 1)]]


def judge_structure(history: pd.DataFrame, known: pd.DataFrame, settings: Churn) -> pd.DataFrame:
    """Rows of ``driver_structure``; none where the data cannot tell the two apart.

    Parameters
    ----------
    history : one row a customer: ``customer_id, repeats, span_days, age_days``.
    known : by ``at_first_order``.
    """
    terms = [name for name in known if name != "customer_id"]
    rows = history.merge(known, on="customer_id", validate="1:1")
    fit = None
    if terms and int((rows["repeats"] > 0).sum()) >= settings.min_repeat_customers:
        with contextlib.suppress(FitError):
            fit = fit_bgnbd_covariates(rows, terms)
    if fit is None or fit.status is not FitStatus.IDENTIFIED:
        return tables.without_rows(DRIVER_STRUCTURE)
    ends, found = fit.conf_int(settings.interval_level), pd.DataFrame({"term": terms})
    for kind, name in (("rate", "rate_ratio"), ("dropout", "stop_odds")):
        places = [f"{kind}:{term}" for term in terms]
        columns = {name: fit.params[places], f"{name}_lo": ends.loc[places, "lower"], f"{name}_hi": ends.loc[places, "upper"]}
        found = found.assign(**{column: np.exp(values.to_numpy(float)) for column, values in columns.items()})
    return found


def _unsure_months(panel: Panel) -> int:
    """Months at the start of the data in which a first order may be none: so many as usually lie between two."""
    gaps = [np.diff(np.flatnonzero(row)) for row in panel.active]
    lengths = np.concatenate(gaps) if gaps else np.array([])
    return int(np.median(lengths)) if lengths.size else 1
