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
    risk, settings = assessment.risk, assessment.settings
    if risk.value_at_risk is None or risk.no_order is None:
        return [
            not_available("value_at_risk", "money", needs="orders"),
            not_available("no_order_customers", "count", needs="orders"),
        ]
    method = (
        f"{assessment.rows['method'].iloc[0]}, no order within {settings.horizon_days} days, "
        f"{settings.interval_level:.0%} interval"
    )
    value = f"{method}, times {assessment.value_name} of the past {settings.value_window_months} months"
    n = len(assessment.rows)
    return [
        estimated("value_at_risk", *risk.value_at_risk, "money", method=value, n=n, inputs=PURCHASES),
        estimated("no_order_customers", *risk.no_order, "count", method=method, n=n, inputs=PURCHASES),
    ]


def _proof(assessment: Assessment) -> list[Figure]:
    """How the risks of one horizon ago did."""
    names: dict[str, tuple[Unit, str, str, str]] = {
        "auc_model": ("number", "model", "auc", "auc_lo auc_hi"),
        "auc_recency": ("number", "recency", "auc", "auc_lo auc_hi"),
        "auc_trailing_rate": ("number", "trailing_rate", "auc", "auc_lo auc_hi"),
        "lift_model": ("number", "model", "lift", ""),
        "brier_model": ("number", "model", "brier", ""),
        "calibration_slope": ("number", "model", "slope", "slope_lo slope_hi"),
        "calibration_intercept": ("number", "model", "intercept", "intercept_lo intercept_hi"),
    }
    if assessment.backtest.reason:
        return [not_available(name, unit, needs="orders") for name, (unit, *_) in names.items()]
    scores = assessment.backtest.scores.set_index("score")
    return [
        _measured(name, unit, scores.loc[score], column, ends.split(), assessment)
        for name, (unit, score, column, ends) in names.items()
    ]


def _measured(
    name: str, unit: Unit, row: pd.Series, column: str, ends: list[str], assessment: Assessment
) -> Figure:
    if pd.isna(row[column]):
        return not_available(name, unit, needs="orders")
    settings = assessment.settings
    method = f"judged {settings.horizon_days} days ago, compared with what happened"
    method += f", {settings.interval_level:.0%} interval" if ends else ""
    low, high = (float(row[end]) for end in ends) if ends else (None, None)
    return Figure(
        name, unit, "measured", method, float(row[column]), low, high, int(row["customers"]), PURCHASES
    )
