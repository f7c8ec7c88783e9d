"""The words of the codes that the lists hold, by column."""

from __future__ import annotations

from collections.abc import Iterable

from analysis.core.text import Phrase, say

# Columns of codes, and where the catalogue has their words.
SUBJECTS = {
    "segment": "segment.name", "tier": "segment.tier", "quadrant": "segment.quadrant", "wallet_status": "segment.wallet_status",
    "state": "churn.state", "signal": "churn.signal", "work": "profit.work", "next_work": "profit.work",
    "rung": "profit.rung", "room": "profit.room", "reason": "churn_drivers.reason", "action_type": "export.action",
}  # fmt: skip


def words_of(column: str, codes: Iterable[str]) -> dict[str, Phrase]:
    """The phrase of each of ``codes``; nothing for a column that holds texts of the data."""
    if column not in SUBJECTS:
        return {}
    return {code: say(f"{SUBJECTS[column]}.{code}") for code in sorted(set(codes))}
