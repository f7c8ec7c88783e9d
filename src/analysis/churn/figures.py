"""The stage's headline figures, each with its status."""

from __future__ import annotations

import pandas as pd

from analysis.churn.assessment import Assessment
from analysis.core.estimate import Figure, Unit, estimated, measured, not_available

PURCHASES = "customer_days, customer_returns"


def find_figures(assessment: Assessment) -> list[Figure]:
    """Figures of C1, whatever the data allows."""
    return [*_now(assessment), *_expected(assessment), *_proof(assessment)]


def _now(assessment: Assessment) -> list[Figure]:
    rows, quiet = assessment.rows, assessment.quiet
    n = len(rows)
    return [
        measured("customers", n, "count", n=n, inputs=PURCHASES),
        measured("quiet_customers", len(quiet), "count", n=n, inputs=PURCHASES),
        measured(
            "quiet_value", quiet["recent_value"].clip(lower=0).sum(), "money", n=len(quiet), inputs=PURCHASES
        ),
        measured("one_time_customers", (rows["state"] == "one_time").sum(), "count", n=n, inputs=PURCHASES),
    ]


def _expected(assessment: Assessment) -> list[Figure]:
    settings, n = assessment.settings, len(assessment.rows)
    found: list[Figure] = []
    for days, ahead in assessment.risk.ahead.items():
        suffix = "" if days == settings.horizon_days else f"_{days}"
        if ahead.value_at_risk is None or ahead.no_order is None:
            found.append(not_available(f"value_at_risk{suffix}", "money", needs="orders"))
            found.append(not_available(f"no_order_customers{suffix}", "count", needs="orders"))
            continue
        way = assessment.proof.winner
        method = f"{way.method}, {way.clock_name} time, no order within {days} days, {settings.interval_level:.0%} interval"
        value = f"{method}, times {assessment.value_name} of the past {settings.value_window_months} months"
        found.append(estimated(f"value_at_risk{suffix}", *ahead.value_at_risk, "money", method=value, n=n, inputs=PURCHASES))
        found.append(estimated(f"no_order_customers{suffix}", *ahead.no_order, "count", method=method, n=n, inputs=PURCHASES))
    return found


def _proof(assessment: Assessment) -> list[Figure]:
    """How the published way did at the origins, beside plain rules."""
    names: dict[str, tuple[Unit, str, str, str]] = {
        "auc_model": ("number", "", "auc", "auc_lo auc_hi"),
        "auc_recency": ("number", "recency", "auc", "auc_lo auc_hi"),
        "auc_trailing_rate": ("number", "trailing_rate", "auc", "auc_lo auc_hi"),
        "lift_model": ("number", "", "lift", ""),
        "brier_model": ("number", "", "brier", ""),
        "calibration_slope": ("number", "", "slope", "slope_lo slope_hi"),
        "calibration_intercept": ("number", "", "intercept", "intercept_lo intercept_hi"),
    }
    if assessment.proof.reason:
        return [not_available(name, unit, needs="orders") for name, (unit, *_) in names.items()]
    days = assessment.settings.horizon_days
    by_method = assessment.proof.scores_at(days).drop_duplicates("method").set_index("method")
    published = assessment.proof.published_at(days)
    return [
        _measured(name, unit, by_method.loc[score] if score else published, column, ends.split(), assessment)
        for name, (unit, score, column, ends) in names.items()
    ]


def _measured(
    name: str, unit: Unit, row: pd.Series, column: str, ends: list[str], assessment: Assessment
) -> Figure:
    if pd.isna(row[column]):
        return not_available(name, unit, needs="orders")
    settings = assessment.settings
    method = f"judged at {row['origins']} origins, {settings.horizon_days} days apart, compared with what happened"
    method += f", {settings.interval_level:.0%} interval" if ends else ""
    low, high = (float(row[end]) for end in ends) if ends else (None, None)
    return Figure(
        name, unit, "measured", method, float(row[column]), low, high, int(row["customers"]), PURCHASES
    )
