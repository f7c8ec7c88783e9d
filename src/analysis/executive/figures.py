"""X4: the page's figures, each with how it was come by."""

from __future__ import annotations

from dataclasses import replace

from analysis.core.estimate import Figure, measured, not_available
from analysis.executive.briefing import Briefing

MONTHS = "customer_months"
HISTORY = "order_lines"


def executive_figures(briefing: Briefing) -> list[Figure]:
    """Every figure that the stage publishes; those of other stages keep their status and interval."""
    lines = int(briefing.profits["lines"].sum())
    active, quiet = int(briefing.ends["active_customers"].iloc[-1]), briefing.quiet
    needs = f"{HISTORY} of {briefing.now.months + briefing.now.months} months"
    return [
        measured("value", briefing.value, "money", n=lines, inputs=f"{MONTHS}.{briefing.measure}_e4"),
        not_available("value_change", "ratio", needs=needs)
        if briefing.change is None
        else measured(
            "value_change", briefing.change, "ratio", n=lines, inputs=f"{MONTHS}.{briefing.measure}_e4"
        ),
        measured("active_customers", active, "count", n=active, inputs=f"{MONTHS}.orders"),
        _taken(briefing, "profit", "net_retention", "net_retention"),
        _taken(briefing, "lifetime_value", "clv_near", "predicted_value"),
        _taken(briefing, "churn", "value_at_risk", "value_at_risk"),
        measured(
            "quiet_value", quiet.money, "money", n=quiet.customers, inputs="risk.recent_value, risk.state"
        ),
        measured("quiet_customers", quiet.customers, "count", n=quiet.customers, inputs="risk.state"),
    ]


def _taken(briefing: Briefing, stage: str, name: str, here: str) -> Figure:
    return replace(briefing.published[stage][name], name=here)
