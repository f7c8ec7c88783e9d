"""F2: which capabilities the data supports, and what each of the others needs."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from analysis.core.contracts.capabilities import BUILT, CAPABILITIES, Capability
from analysis.core.engine import Engine
from analysis.core.errors import DataError


def open_gate(present: Collection[str]) -> pd.DataFrame:
    """Rows of the table ``capabilities``.

    Parameters
    ----------
    present : what the source holds, as ``table`` or ``table.column``.
    """
    return pd.DataFrame([_judge(capability, present) for capability in CAPABILITIES])


def _judge(capability: Capability, present: Collection[str]) -> dict[str, str]:
    lacking = [need for need in capability.needs if not any(one in present for one in need.split("|"))]
    if lacking:
        status, reason = "not_available", "the data lacks " + " and ".join(need.replace("|", " or ") for need in lacking)
    elif capability.id not in BUILT:
        status, reason = "not_built", "not built yet"
    else:
        status, reason = "available", ""
    return {
        "capability": capability.id,
        "status": status,
        "reason": reason,
        "missing": ", ".join(lacking),
        "would_enable": "" if status == "available" else capability.gives.en,
    }


def refuse_unusable(engine: Engine) -> None:
    """Raise where the rules have removed every line."""
    if engine.frame("SELECT row_no FROM judged WHERE rule IS NULL LIMIT 1").empty:
        rules = engine.frame("SELECT rule, CAST(count(*) AS BIGINT) AS lines FROM judged GROUP BY rule ORDER BY rule")
        told = ", ".join(f"{rule} {lines}" for rule, lines in zip(rules["rule"], rules["lines"], strict=True))
        raise DataError("orders", "no line is left that can be used; lines by the rule that removed them", told,
                        "Look whether the export holds sales, and whether its columns are read as they should be")  # fmt: skip
