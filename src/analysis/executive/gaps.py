"""X4: what the director cannot see, by the table that would show it."""

from __future__ import annotations

import pandas as pd

from analysis.core.contracts.capabilities import CAPABILITIES, Capability
from analysis.core.text import Phrase, say
from analysis.draw.page import Missing

COST = "orders.unit_cost"
ORDERS = "orders."  # columns of the order lines are named each, other tables as a whole


def list_gaps(gate: pd.DataFrame, value_name: str, count: int) -> list[Missing]:
    """The tables whose absence blocks most capabilities; costs first where value can only mean revenue.

    Parameters
    ----------
    gate : the table ``capabilities``.
    """
    blocked = blocked_by(gate)
    found = []
    if value_name == "revenue":
        found.append(
            Missing(say("executive.gap.cost"), needs=COST, enables=say("executive.gap.cost_enables"))
        )
        blocked.pop(COST, None)
    ranked = sorted(
        blocked.items(), key=lambda one: -len(one[1])
    )  # equal ones stay in the order of the cards
    for need, capabilities in ranked[: count - len(found)]:
        titles, gives = (_listed([getattr(one, name) for one in capabilities]) for name in ("title", "gives"))
        found.append(Missing(titles, needs=need, enables=say("executive.gap.would_show", gives=gives)))
    return found


def blocked_by(gate: pd.DataFrame) -> dict[str, list[Capability]]:
    """Capabilities that lack data, by the first table or column that would do."""
    lacking = gate[gate["status"] == "not_available"].set_index("capability")["missing"]
    blocked: dict[str, list[Capability]] = {}
    for capability in CAPABILITIES:
        for need in str(lacking.get(capability.id, "")).split(", "):
            first = need.split("|")[0]
            name = first if first.startswith(ORDERS) else first.split(".")[0]
            if name:
                blocked.setdefault(name, []).append(capability)
    return blocked


def _listed(words: list) -> Phrase:
    first, *rest = words
    if not rest:
        return say("page.quoted", text=first)
    return say("executive.gap.listed", first=first, rest=_listed(rest))
