"""C2: columns of the user's own as drivers: what is written of each customer, taken as true from its first order on, and
what is written of its orders."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.churn.driver_panel import Panel
from analysis.churn.order_columns import PREFIX, levels_of, order_terms
from analysis.core import params, tables
from analysis.core.contracts import optional
from analysis.core.contracts.clean import CUSTOMERS
from analysis.core.errors import ParamsError
from analysis.core.params_churn_drivers import Drivers
from analysis.models.newton import Array

KEY = "customer_id"
STEPS = 5  # of a standard deviation
OF_COLUMNS = ("columns must name columns", f"Correct the name, write {PREFIX} before it if it is one of the orders, or leave it out")


def own_columns(panel: Panel, settings: Drivers, engine: params.Engine) -> dict[str, Array]:
    """The drivers that ``settings.columns`` make, by ``terms_of``, or of orders by ``order_terms``, (customers, months).

    Raises
    ------
    ParamsError : no table has such a column, or it tells no customers apart.
    """
    found: dict[str, Array] = {}
    for name in settings.columns:
        if name.startswith(PREFIX):
            found |= order_terms(name, panel, settings, engine)
            continue
        values = written(name, OF_COLUMNS).reindex(panel.customer_ids)
        parts = terms_of(name, values, settings.level_from)
        found |= {part: np.broadcast_to(column[:, None], panel.reps.shape) for part, column in parts.items()}
    return found


def terms_of(name: str, values: pd.Series, level_from: int) -> dict[str, Array]:
    """The terms that one column makes: numbers in standard deviations, missing ones at the mean; texts as zeros and ones, one
    term for every value but the commonest, named ``column: value``, where at least ``level_from`` customers have it."""
    numbers = pd.to_numeric(values, errors="coerce")
    if numbers.notna().any() and numbers.notna().eq(values.notna()).all():
        units = ((numbers - numbers.mean()) / (numbers.std(ddof=0) or 1.0)).fillna(0.0)
        return {name: np.round(units.to_numpy(float) * STEPS) / STEPS}
    texts = values.astype("object").where(values.notna(), "")
    return {f"{name}: {level}": (texts == level).to_numpy(float) for level in levels_of(texts.value_counts(), level_from)[1:]}


def written(name: str, asked: tuple[str, str]) -> pd.Series:
    """What the column ``name`` says of each customer that it is filled for, by ``customer_id``.

    Parameters
    ----------
    asked : the parameter that names it with what it must hold, and what to do where it does not.

    Raises
    ------
    ParamsError : no table of customers has it, or nobody fills it.
    """
    for table in (optional.CUSTOMER_LIST, CUSTOMERS):
        if name in table.by_name and name != KEY and tables.path(table).is_file():
            frame = tables.read(table, columns=(KEY, name)).dropna(subset=[name])
            if len(frame):
                return frame.drop_duplicates(KEY).set_index(KEY)[name]
    known = sorted({*optional.CUSTOMER_LIST.by_name, *CUSTOMERS.by_name} - {KEY})
    raise ParamsError("params.yaml, section churn.drivers", f"{asked[0]} of the customers that the data fills, of {', '.join(known)}",
                      name, asked[1])  # fmt: skip
