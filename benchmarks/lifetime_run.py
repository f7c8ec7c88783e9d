"""Lifetime values by the project's own models, as a notebook would call them."""

from __future__ import annotations

import pandas as pd

from analysis.lifetime_value.orders import OrderModel, Way
from analysis.lifetime_value.predictive import monthly_orders
from analysis.models.bgnbd import fit_bgnbd
from analysis.models.forecast import expected_events, probability_alive
from analysis.models.gamma_gamma import GammaGamma, expected_mean_value, fit_gamma_gamma
from analysis.models.pareto_nbd import fit_pareto_nbd
from analysis.models.repeat import summarise_events
from analysis.models.season import Clock
from benchmarks import lifetime_task as told
from benchmarks.lifetime_task import DAYS_PER_WEEK, Task, open_task


def main(task: Task) -> None:
    """Summary from the log, then fits and predictions."""
    log = task.log()
    task.step("read")
    summary = summarise_events(log.rename(columns={"customer_id": "entity_id", "order_date": "day"}), pd.Timestamp(task.end))
    del log
    summary = summary.rename(columns={"entity_id": "customer_id"})
    task.step("summary")
    use_summary(task, summary)


def use_summary(task: Task, summary: pd.DataFrame) -> None:
    """The steps after the summary; ``repeat_value`` is what the repeat orders of a customer were worth."""
    repeats = summary["repeats"]
    mean = (summary["repeat_value"] / repeats.where(repeats > 0)).fillna(0)
    if task.model == "pareto_nbd":
        pareto = fit_pareto_nbd(summary)
        task.fitted("pareto_nbd", r=pareto.r, alpha=pareto.alpha / DAYS_PER_WEEK, s=pareto.s, beta=pareto.beta / DAYS_PER_WEEK)
        task.step("fit orders")
    else:
        value_customers(task, summary, mean).to_parquet(task.table("predicted"))
    summary.assign(mean_value=mean)[told.SUMMARY].to_parquet(task.table("summary"))
    task.close()


def value_customers(task: Task, summary: pd.DataFrame, mean: pd.Series) -> pd.DataFrame:
    """The whole way from a summary to a value."""
    orders = fit_bgnbd(summary)
    task.fitted("bgnbd", r=orders.r, alpha=orders.alpha / DAYS_PER_WEEK, a=orders.a, b=orders.b)
    task.step("fit orders")
    some = summary["repeats"] > 0
    values: GammaGamma = fit_gamma_gamma(summary.loc[some, "repeats"], mean[some])
    task.fitted("gamma_gamma", p=values.p, q=values.q, gamma=values.gamma)
    task.step("fit values")
    alive = probability_alive(orders, summary)
    expected = expected_events(orders, summary, horizon_days=told.ORDERS_AHEAD_WEEKS * DAYS_PER_WEEK)
    months = told.VALUE_AHEAD_MONTHS
    model = OrderModel(Way("bgnbd"), orders, (), summary, Clock(), pd.Timestamp(task.end))
    discounted = monthly_orders(model, [months], rate_yearly=told.DISCOUNT_YEARLY)[months][1]
    value = discounted * expected_mean_value(values, summary["repeats"], mean)
    task.step("predict")
    return pd.DataFrame({"customer_id": summary["customer_id"], "alive": alive, "orders": expected, "value": value})


if __name__ == "__main__":
    main(open_task())
