"""C3: the headline figures of early warning, each with its status."""

from __future__ import annotations

import pandas as pd
from scipy.stats import poisson

from analysis.churn.warnings import Warned
from analysis.core.contracts.churn_warnings import SIGNALS
from analysis.core.estimate import Figure, Unit, estimated, measured, not_available

ORDERS = "customer_days, order_lines"
UNITS: dict[str, Unit] = {
    "customers_watched": "count", "alarms_expected": "count", "alarms_raised": "count", "red_customers": "count",
    "warned_customers": "count", "warned_clv": "money", "warning_hit_rate": "ratio", "unwarned_rate": "ratio", "warning_lead_days": "days",
}  # fmt: skip


def find_warning_figures(warned: Warned) -> list[Figure]:
    """Figures of C3, whatever the data allows."""
    observable = measured("signals_observable", warned.observable, "count", n=len(SIGNALS), inputs="capabilities")
    if warned.observable == 0:
        return [observable, *(not_available(name, unit, needs="orders") for name, unit in UNITS.items())]
    return [observable, *_now(warned), *_then(warned)]


def _now(warned: Warned) -> list[Figure]:
    settings, watched = warned.settings, int(warned.now.watched().size)
    expected, raised = float(warned.signals["expected"].sum()), int(warned.signals["raised"].sum())
    aside = (1 - settings.interval_level) / 2  # 2: both ends
    method = f"simulated run lengths; Poisson, {settings.interval_level:.0%} of months without any change"
    by_customer = warned.warnings.drop_duplicates("customer_id")
    return [
        measured("customers_watched", watched, "count", n=len(warned.people), inputs=ORDERS),
        estimated("alarms_expected", expected, poisson.ppf(aside, expected), poisson.ppf(1 - aside, expected), "count",
                  method=method, n=watched, inputs=ORDERS),
        measured("alarms_raised", raised, "count", n=watched, inputs=ORDERS),
        measured("red_customers", by_customer["is_red"].sum(), "count", n=watched, inputs=ORDERS),
        measured("warned_customers", len(by_customer), "count", n=watched, inputs=ORDERS),
        _clv(by_customer, settings.interval_level),
    ]  # fmt: skip


def _clv(customers: pd.DataFrame, level: float) -> Figure:
    """Ends are sums of the ends of each: an upper bound of the interval's width, whatever customers share."""
    known = customers.dropna(subset=["clv_at_risk"])
    if known.empty:
        return not_available("warned_clv", "money", needs="clv")
    return estimated(
        "warned_clv", *(known[name].sum() for name in ("clv_at_risk", "clv_lo", "clv_hi")), "money",
        method=f"lifetime value of the warned customers, ends added up, {level:.0%} interval of each", n=len(known), inputs="clv",
    )  # fmt: skip


def _then(warned: Warned) -> list[Figure]:
    """What became of the warnings of a while ago."""
    rows, settings = warned.proof, warned.settings
    by_group = rows.set_index("outcome") if len(rows) else rows
    method = f"watched {settings.warnings.proof_months} months ago, no order within {settings.horizon_days} days, {settings.interval_level:.0%} Wilson interval"
    found = [
        _rate(name, by_group.loc[group], method) if len(rows) and by_group.loc[group, "customers"] else not_available(name, "ratio", needs="orders")
        for name, group in (("warning_hit_rate", "warned"), ("unwarned_rate", "quiet"))
    ]
    if rows.empty or pd.isna(by_group.loc["warned", "lead_days"]):
        return [*found, not_available("warning_lead_days", "days", needs="orders")]
    row = by_group.loc["warned"]
    told = "median with quartiles; against silence alone with as many false alarms"
    lead = Figure("warning_lead_days", "days", "measured", told, row["lead_days"], row["lead_lo"], row["lead_hi"], int(row["stayed_away"]), ORDERS)
    return [*found, lead]


def _rate(name: str, row: pd.Series, method: str) -> Figure:
    return Figure(name, "ratio", "measured", method, row["rate"], row["lo"], row["hi"], int(row["customers"]), ORDERS)
