"""What a subject's page cannot show, from the gate of the clean stage."""

from __future__ import annotations

import pandas as pd

from analysis.core.contracts.capabilities import CAPABILITIES
from analysis.core.text import say
from analysis.draw.section import Missing


def lacking(gate: pd.DataFrame, stage: str) -> list[Missing]:
    """The capabilities of ``stage`` that the data does not allow, each with the tables and columns that would.

    Parameters
    ----------
    gate : the table ``capabilities``.
    """
    missing = gate[gate["status"] == "not_available"].set_index("capability")["missing"]
    return [
        Missing(say("page.lacking", title=one.title, gives=one.gives), missing[one.id].replace("|", " | "))
        for one in CAPABILITIES
        if one.stage == stage and one.id in missing.index
    ]
