"""The words of the codes that tables hold, by the name of the column."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from analysis.core.text import Phrase, say

WORDS: dict[str, Callable[[str], Phrase]] = {
    "segment": lambda code: say(f"segment.name.{code}"),
    "tier": lambda code: say(f"segment.tier.{code}"),
    "quadrant": lambda code: say(f"segment.quadrant.{code}"),
    "wallet_status": lambda code: say(f"segment.wallet_status.{code}"),
    "state": lambda code: say(f"churn.state.{code}"),
    "signal": lambda code: say(f"churn.signal.{code}"),
    "stands_out": lambda code: say(f"churn.signal.{code}"),
    "reason": lambda code: say(f"churn_drivers.reason.{code}"),
    "work": lambda code: say(f"profit.work.{code}"),
    "next_work": lambda code: say(f"profit.work.{code}"),
    "rung": lambda code: say(f"profit.rung.{code}"),
    "room": lambda code: say(f"profit.room.{code}"),
    "action_type": lambda code: say(f"export.action.{code}"),
}


def words_of(column: str, codes: Iterable[str]) -> dict[str, Phrase]:
    """The phrase of each of ``codes``; nothing for a column that holds texts of the data."""
    return {code: WORDS[column](code) for code in sorted(set(codes))} if column in WORDS else {}
