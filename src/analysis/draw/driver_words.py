"""How a page calls a driver of leaving."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from analysis.core.text import Phrase, quoted, say

WHOLE = 1.0  # a driver that is there or not has no amount to tell


def driver_words(name: str, unit: float | None, *, length: Literal["driver", "brief"] = "driver") -> Phrase:
    """A driver, ``unit`` more of it, as the table ``driver_effects`` has it; a column of the user's own by its name.

    Parameters
    ----------
    length : ``driver`` is a part of a sentence, ``brief`` the label of a small chart.
    """
    if unit is None or pd.isna(unit):
        return quoted(name)
    if unit == WHOLE:
        return say(f"churn_drivers.{length}.{name}")
    return say(f"churn_drivers.{length}.{name}", unit=unit)


def words_of(rows: pd.DataFrame) -> dict[str, Phrase]:
    """Phrase of each driver of ``driver_effects``, by name, in the order of the rows."""
    return {row.driver: driver_words(row.driver, row.unit) for row in rows.itertuples(index=False)}  # type: ignore[arg-type]


def owner_words(owner: str) -> Phrase:
    """Who can do something about it."""
    return say(f"churn_drivers.owner.{owner}")
