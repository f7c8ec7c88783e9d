"""The stage's headline figures, each with its status."""

from __future__ import annotations

import pandas as pd

from analysis.core.estimate import Figure, Unit, estimated, measured, not_available
from analysis.lifetime_value.contract_figures import contract_figures
from analysis.lifetime_value.orders import BASELINES, Way
from analysis.lifetime_value.proof import Proof
from analysis.lifetime_value.valuation import Valuation
from analysis.models.periods import DAYS_PER_YEAR
from analysis.models.value_trend import ValueTrend

PURCHASES = "customer_days, customer_returns"
BOOKED = "customer_months"


def find_figures(valuation: Valuation) -> list[Figure]:
    """Figures of V3 and V4, whatever the data allows."""
    return [
        *_so_far(valuation), *_ahead(valuation), _value_trend(valuation), *_proof(valuation),
        *contract_figures(valuation.contracts, valuation.settings),
    ]  # fmt: skip


def horizons(valuation: Valuation) -> dict[str, int]:
    """Names of the shortest and the longest time ahead, in months; one name where there is only one."""
    months = valuation.settings.horizon_months
    return {"clv_near": min(months)} | ({"clv_far": max(months)} if max(months) > min(months) else {})


def _so_far(valuation: Valuation) -> list[Figure]:
    history, now = valuation.history, valuation.histories.now
    customers, repeaters = len(now), int((now["repeats"] > 0).sum())
    found = [
        measured(
            "clv_hist_revenue", history["clv_hist_revenue"].sum(), "money", n=len(history), inputs=BOOKED
        ),
        _profit_so_far(valuation),
        measured("customers", customers, "count", n=customers, inputs=PURCHASES),
    ]
    if customers == 0:
        return [*found, not_available("repeat_share", "ratio", needs="orders")]
    return [*found, measured("repeat_share", repeaters / customers, "ratio", n=customers, inputs=PURCHASES)]


def _profit_so_far(valuation: Valuation) -> Figure:
    """Contribution booked; a stand-in where part of the revenue has no cost."""
    months = valuation.months[valuation.months["customer_id"].isin(valuation.history["customer_id"])]
    revenue, costed = months["revenue_e4"].sum(), months["costed_revenue_e4"].sum()
    profit = valuation.history["clv_hist_profit"]
    if profit.isna().all():
        return not_available("clv_hist_profit", "money", needs="orders.unit_cost")
    known = costed / revenue if revenue > 0 else 0.0
    return Figure(
        "clv_hist_profit", "money", "measured" if costed == revenue else "proxy",
        "sum of records" if costed == revenue else f"contribution of the {known:.1%} of revenue whose cost is known",
        float(profit.sum()), n=int(profit.notna().sum()), inputs_used=BOOKED,
    )  # fmt: skip


def _ahead(valuation: Valuation) -> list[Figure]:
    prediction = valuation.outcome.prediction
    totals = prediction.totals.set_index("horizon_months")
    found = []
    for name, months in horizons(valuation).items():
        row = totals.loc[months]
        if pd.isna(row["clv"]):
            found.append(not_available(name, "money", needs="orders"))
        else:
            found.append(
                estimated(name, row["clv"], row["lo"], row["hi"], "money", method=_method(valuation, months),
                          n=len(valuation.histories.now), inputs=PURCHASES)
            )  # fmt: skip
    return found


def _value_trend(valuation: Valuation) -> Figure:
    """By how much orders of the same customers became worth more or less a year."""
    value, name = valuation.outcome.value, "value_trend_yearly"
    if value is None or not value.trend.std_error:
        return not_available(name, "ratio", needs="orders")
    slope, lo, hi = yearly_trend(value.trend, valuation.settings.interval_level)
    method = f"change of the {valuation.value_name} of orders within customers, error by customer"
    return estimated(name, slope, lo, hi, "ratio", method=method, n=value.trend.entities, inputs=PURCHASES)


def yearly_trend(trend: ValueTrend, level: float) -> tuple[float, float, float]:
    """Change of a value a year as a part of it, and its interval."""
    from scipy.special import ndtri

    slope, half = trend.slope * DAYS_PER_YEAR, float(ndtri((1 + level) / 2)) * trend.std_error * DAYS_PER_YEAR
    return slope, slope - half, slope + half


def _method(valuation: Valuation, months: int) -> str:
    settings, proof = valuation.settings, valuation.outcome.proof
    level = f" times {proof.widening.value_level:.2f}" if proof.widening.value_level != 1 else ""
    spread = f", spread by a power of {proof.widening.slope:.2f}" if proof.widening.slope != 1 else ""
    return (
        f"{_way(proof.winner)} for orders, gamma_gamma for {valuation.value_name} per order{level}{spread}, {months} months, discounted at "
        f"{settings.discount_rate_yearly:.1%} a year, {settings.interval_level:.0%} interval with {proof.widening.error:.1%} error of the "
        f"model beyond chance, from {proof.widening.origins} origins"
    )


def _way(way: Way) -> str:
    name = f"average of {', '.join(way.methods)}" if way.parts else way.method
    return name if way.clock_name == "calendar" else f"{name} on the clock of the season"


def _proof(valuation: Valuation) -> list[Figure]:
    """How the published way did at the origins, and how much better than the best of the other kind."""
    proof = valuation.outcome.proof
    names: dict[str, Unit] = {
        "holdout_orders_error": "ratio", "holdout_value_error": "ratio", "holdout_rank_correlation": "number",
        "holdout_error_saved": "ratio",
    }  # fmt: skip
    if proof.reason:
        return [not_available(name, unit, needs="orders") for name, unit in names.items()]
    won = proof.scores[proof.scores["is_published"]].iloc[0]
    values = (won["total_error"], won["value_error"], won["rank_correlation"], saved(proof))
    method = f"{_way(proof.winner)}, months after {len(proof.trials)} origins that it had not seen"
    return [
        not_available(name, unit, needs="orders")
        if pd.isna(value)
        else Figure(name, unit, "measured", method, float(value), n=int(won["customers"]), inputs_used=PURCHASES)
        for (name, unit), value in zip(names.items(), values, strict=True)
    ]  # fmt: skip


def saved(proof: Proof) -> float:
    """By how much the typical error of the published way is smaller: of a model than the best rule's, and the reverse."""
    is_rule = proof.scores["method"].isin(BASELINES)
    others = proof.scores[is_rule if proof.winner.is_model else ~is_rule]
    won, lost = proof.scores.loc[proof.scores["is_published"], "rmse"].iloc[0], others["rmse"].min()
    return float(1 - won / lost) if lost > 0 else 0.0
