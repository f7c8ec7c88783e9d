"""The headline figures of failures (C4) and tolerance (C5), each with its status."""

from __future__ import annotations

from analysis.churn.deliveries import NEEDS
from analysis.churn.failures import Failures
from analysis.churn.tolerance import Tolerance
from analysis.core.contracts.churn_failures import (
    ALL,
    FAILING_CUSTOMERS,
    FAILURE_RATES,
    PROMISE_BREACHES,
    PROMISES,
    SERVICE_LEVELS,
)
from analysis.core.estimate import Figure, estimated, measured, not_available, proxy

TICKETS = "tickets, customer_days"


def find_figures(failures: Failures, tolerance: Tolerance) -> list[Figure]:
    """Figures of C4 and C5, whatever the data allows."""
    return [*_rates(failures), _late(failures), *_promises(failures), _tolerance(tolerance)]


def _rates(failures: Failures) -> list[Figure]:
    if failures.tickets is None:
        share, _, _, n = failures.returned
        stand_in = (
            proxy("failure_rate", share * 100, "number", method="returned purchases in 100, for quality and size", n=n, inputs="customer_returns")  # 100: per cent
            if n else not_available("failure_rate", "number", needs="tickets")
        )  # fmt: skip
        return [stand_in, not_available("failing_customers", "count", needs="tickets")]
    one = failures[FAILURE_RATES].set_index("type").loc[ALL]
    method = f"tickets per 100 orders, {failures.level:.0%} interval"
    n = int(one["orders"])
    rate = Figure("failure_rate", "number", "measured", method, float(one["rate"]), float(one["lo"]), float(one["hi"]), n, TICKETS)
    return [
        rate if n else not_available("failure_rate", "number", needs="orders"),
        measured("failing_customers", len(failures[FAILING_CUSTOMERS]), "count", n=len(failures.worth), inputs="tickets"),
    ]


def _late(failures: Failures) -> Figure:
    share, low, high, n = failures.late
    if not n:
        return not_available("late_deliveries", "ratio", needs=NEEDS)
    method = f"orders due that were not delivered by the day promised, {failures.level:.0%} interval"
    return Figure("late_deliveries", "ratio", "measured", method, share, low, high, n, "order_lines")


def _promises(failures: Failures) -> list[Figure]:
    hours, table = failures.settings.response_hours[-1], failures[SERVICE_LEVELS]
    rows = table[(table["tier"] == ALL) & (table["promise"] == PROMISES[0]) & (table["hours"] == hours) & table["kept"].notna()]
    if rows.empty:
        need = "tickets.first_response_at"
        return [not_available("answered_in_time", "ratio", needs=need), not_available("late_answers_top_tier", "count", needs=need)]
    one, method = rows.iloc[0], f"answered within {hours:g} hours, {failures.level:.0%} interval"
    return [
        Figure("answered_in_time", "ratio", "measured", method, float(one["kept"]), float(one["lo"]), float(one["hi"]), int(one["decided"]), "tickets"),
        measured("late_answers_top_tier", len(failures[PROMISE_BREACHES]), "count", n=int(one["decided"]), inputs="tickets, customer_tiers"),
    ]  # fmt: skip


def _tolerance(tolerance: Tolerance) -> Figure:
    if tolerance.reason:
        return not_available("tolerance", "ratio", needs="tickets")
    one = tolerance.classes("all").iloc[0]
    method = f"order within {tolerance.settings.stay_days} days after an incident over the same of customers alike, {tolerance.level:.0%} interval"
    return estimated("tolerance", one["tolerance"], one["lo"], one["hi"], "ratio", method=method, n=int(one["incidents"]), inputs=TICKETS)
