"""Headline figures of V5 and V6, each with its status."""

from __future__ import annotations

import pandas as pd

from analysis.core.estimate import Figure, Unit, estimated, not_available
from analysis.lifetime_value.outlook import Outlook

PURCHASES = "customer_days, customer_returns"
NEEDS = {"no_model": "orders", "no_stopping": "orders"}


def outlook_figures(outlook: Outlook) -> list[Figure]:
    """Figures of V5 and V6, whatever the data allows."""
    return [*_retention(outlook), *_gains(outlook), _new_value(outlook), *_costs(outlook)]


def gains(outlook: Outlook, *, kind: str, change: float, months: int) -> pd.Series:
    """The row of ``retention_what_if`` for one change, time ahead and the stage's discount rate."""
    rows = outlook.what_if.scenarios
    found = rows[
        (rows["kind"] == kind) & (rows["change"] == change) & (rows["horizon_months"] == months)
        & (rows["discount_rate"] == outlook.settings.discount_rate_yearly)
    ]  # fmt: skip
    return found.iloc[0]


def _retention(outlook: Outlook) -> list[Figure]:
    """Share of today's active customers that stays a year, plain and by value."""
    what_if, names = outlook.what_if, {"retention": "retention", "by_value": "retention_by_value"}
    if what_if.unknown:
        return [not_available(name, "ratio", needs=NEEDS[what_if.unknown]) for name in names.values()]
    return [
        estimated(name, found.value, found.lo, found.hi, "ratio", n=round(what_if.active), inputs=PURCHASES,
                  method=f"of the customers active now, expected to be active in a year; {_interval(outlook)}")
        for field, name in names.items()
        for found in (getattr(what_if, field),)
    ]  # fmt: skip


def _gains(outlook: Outlook) -> list[Figure]:
    """What the first of the asked changes brings over the stage's longest time ahead, and may cost for each customer."""
    names: dict[str, Unit] = {"retention_gain": "money", "retention_spend_at_most": "money", "retention_gain_share": "ratio"}
    what_if, settings = outlook.what_if, outlook.settings
    if what_if.unknown or not settings.what_if.points:
        return [not_available(name, unit, needs="orders") for name, unit in names.items()]
    months = max(settings.horizon_months)
    row = gains(outlook, kind="points", change=what_if.scenarios["change"].iloc[0], months=months)
    method = (
        f"{row['change']:g} percentage points more retention, {months} months, discounted at "
        f"{settings.discount_rate_yearly:.1%} a year, before its cost; {_interval(outlook)}"
    )
    ends = {
        "retention_gain": (row["gain"], row["lo"], row["hi"]),
        "retention_spend_at_most": tuple(row[name] / what_if.active for name in ("gain", "lo", "hi")),
        "retention_gain_share": (row["gain_share"], row["share_lo"], row["share_hi"]),
    }
    return [
        not_available(name, unit, needs="orders") if pd.isna(ends[name][0])
        else estimated(name, *ends[name], unit, method=method, n=round(what_if.active), inputs=PURCHASES)
        for name, unit in names.items()
    ]  # fmt: skip


def _new_value(outlook: Outlook) -> Figure:
    """What winning a customer may cost at most."""
    row = outlook.new_values.iloc[-1]
    if row["status"] == "not_available":
        return not_available("new_customer_value", "money", needs="orders")
    return estimated(
        "new_customer_value", row["value"], row["lo"], row["hi"], "money", n=int(outlook.cohorts["customers"].sum()), inputs=PURCHASES,
        method=f"expected of a new customer over {row['horizon_months']} months, discounted; {_interval(outlook)}",
    )  # fmt: skip


def _costs(outlook: Outlook) -> list[Figure]:
    """Cost to win one over cost to keep one in the latest year, and value of a new customer over the former."""
    known = outlook.costs[outlook.costs["ratio"].notna()] if len(outlook.costs) else outlook.costs
    if known.empty:
        return [not_available(name, "number", needs="spend") for name in ("acquisition_ratio", "value_to_acquisition_cost")]
    last, new = known.iloc[-1], outlook.new_values.iloc[-1]
    inputs, n = f"{PURCHASES}, spend", int(last["won"] + last["kept"])
    ratio = estimated(
        "acquisition_ratio", last["ratio"], last["lo"], last["hi"], "number", n=n, inputs=inputs,
        method=f"average cost to win over average cost to keep a customer, year to {last['ends_on']:%Y-%m-%d}; {_interval(outlook)}",
    )  # fmt: skip
    if pd.isna(last["value_to_cost"]):
        return [ratio, not_available("value_to_acquisition_cost", "number", needs="orders")]
    ends = (new[name] / last["cost_per_won"] for name in ("value", "lo", "hi"))
    return [
        ratio,
        estimated("value_to_acquisition_cost", *ends, "number", n=n, inputs=inputs,
                  method=f"value of a new customer over {new['horizon_months']} months for each unit spent on winning one; {_interval(outlook)}"),
    ]  # fmt: skip


def _interval(outlook: Outlook) -> str:
    return f"{outlook.settings.interval_level:.0%} interval of what the parameters leave open"
