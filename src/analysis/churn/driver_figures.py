"""Headline figures of C2, each with its status."""

from __future__ import annotations

from analysis.churn.causes import Causes
from analysis.churn.driver_messages import slowing
from analysis.core.estimate import Figure, estimated, measured, not_available

INPUTS = "order_lines, customer_returns, tickets, contacts, surveys"


def driver_figures(causes: Causes) -> list[Figure]:
    """How many drivers were tried and named, and what goes with the first of them."""
    findings, level = causes.findings, causes.settings.interval_level
    if findings.reason:
        return [
            not_available("drivers_tried", "count", needs="orders"), not_available("drivers_named", "count", needs="orders"),
            not_available("driver_customers", "count", needs="orders"), not_available("driver_value", "money", needs="orders"),
        ]  # fmt: skip
    tried, found, n = int(findings.table["reason"].isna().sum()), slowing(findings.table), findings.at_risk
    figures = [
        measured("drivers_tried", tried, "count", n=n, inputs=INPUTS), measured("drivers_named", len(found), "count", n=n, inputs=INPUTS),
    ]  # fmt: skip
    if found.empty:
        return [*figures, not_available("driver_customers", "count", needs="orders"), not_available("driver_value", "money", needs="orders")]
    top = found.iloc[0]
    method = f"return hazard, {top['driver']}, {level:.0%} interval"
    for name, column, unit in (("driver_customers", "customers", "count"), ("driver_value", "clv", "money")):
        value, low, high = (top[f"{column}{end}"] for end in ("", "_lo", "_hi"))
        known = value == value  # a missing number is not equal to itself
        figures.append(estimated(name, value, low, high, unit, method=method, n=n, inputs=INPUTS) if known
                       else not_available(name, unit, needs="orders"))  # fmt: skip
    return figures
