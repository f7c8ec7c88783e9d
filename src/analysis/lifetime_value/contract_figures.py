"""V4 under contract: the headline figures, each with its status."""

from __future__ import annotations

import numpy as np

from analysis.core.estimate import Figure, estimated, measured, not_available
from analysis.core.params import LifetimeValue
from analysis.lifetime_value.contracts import ContractValuation

TABLE = "subscriptions"
NEVER_ENDED = "subscriptions.ends_on"


def contract_figures(found: ContractValuation | None, settings: LifetimeValue) -> list[Figure]:
    """Renewal rate as counted, running contracts, and their value over the shortest, the longest and all time ahead."""
    running = (
        not_available("running_contracts", "count", needs=TABLE)
        if found is None
        else measured("running_contracts", len(found.lines.running), "count", n=len(found.lines.terms), inputs=TABLE)
    )
    return [_rate(found, settings), running, *_values(found, settings)]


def named_horizons(settings: LifetimeValue) -> dict[str, float]:
    """Names of the shortest and the longest time ahead and of all time, in months; equal ones once."""
    months = settings.horizon_months
    far = {"contract_value_far": float(max(months))} if max(months) > min(months) else {}
    every = {"contract_value_ever": np.inf} if settings.discount_rate_yearly > 0 else {}
    return {"contract_value_near": float(min(months))} | far | every


def _rate(found: ContractValuation | None, settings: LifetimeValue) -> Figure:
    if found is None or found.rate is None:
        return not_available("contract_renewal_rate", "ratio", needs=TABLE if found is None else NEVER_ENDED)
    rate = found.rate
    method = f"renewed over decided contracts of the last 12 months, a year; {settings.interval_level:.0%} interval (Jeffreys)"
    return Figure("contract_renewal_rate", "ratio", "measured", method, rate.share, rate.lo, rate.hi, rate.decided, TABLE)


def _values(found: ContractValuation | None, settings: LifetimeValue) -> list[Figure]:
    names = named_horizons(settings)
    if found is None or found.choice is None or found.worth is None or found.worth.values["value"].isna().all():
        needs = TABLE if found is None else NEVER_ENDED if found.choice is None else "subscriptions.annual_value"
        return [not_available(name, "money", needs=needs) for name in names]
    totals = found.worth.totals.set_index("horizon_months")
    method = (
        f"{found.choice.name} law of renewal times annual_value, revenue, discounted at {settings.discount_rate_yearly:.1%} a year, "
        f"{settings.interval_level:.0%} interval"
    )
    valued = found.worth.values.loc[found.worth.values["value"].notna(), "customer_id"].nunique()
    rows = {name: totals.loc[months] for name, months in names.items()}
    return [
        estimated(name, row["value"], row["lo"], row["hi"], "money", method=method, n=int(valued), inputs=TABLE)
        for name, row in rows.items()
    ]
