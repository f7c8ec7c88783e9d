"""Lifetime values by lifetimes 0.11.3, in the unit and the steps of its documentation, in an environment of its own."""

from __future__ import annotations

import pandas as pd
from lifetimes import BetaGeoFitter, GammaGammaFitter, ParetoNBDFitter
from lifetimes.utils import summary_data_from_transaction_data

from benchmarks import lifetime_task as told
from benchmarks.lifetime_task import Task, open_task


def main(task: Task) -> None:
    """Summary, fits and predictions; times in weeks."""
    log = task.log()
    task.step("read")
    summary = summary_data_from_transaction_data(
        log, "customer_id", "order_date", monetary_value_col="value", observation_period_end=task.end,
        freq="D", freq_multiplier=told.DAYS_PER_WEEK,
    )  # fmt: skip
    del log
    task.step("summary")
    history = summary["frequency"], summary["recency"], summary["T"]
    if task.model == "pareto_nbd":
        task.fitted("pareto_nbd", **ParetoNBDFitter().fit(*history).params_)
        task.step("fit orders")
    else:
        value_customers(task, summary, history).to_parquet(task.table("predicted"))
    written(summary).to_parquet(task.table("summary"))
    task.close()


def value_customers(task: Task, summary: pd.DataFrame, history: tuple[pd.Series, ...]) -> pd.DataFrame:
    """The whole way from a summary to a value."""
    orders = BetaGeoFitter().fit(*history)
    task.fitted("bgnbd", **orders.params_)
    task.step("fit orders")
    repeaters = summary[summary["frequency"] > 0]
    values = GammaGammaFitter().fit(repeaters["frequency"], repeaters["monetary_value"])
    task.fitted("gamma_gamma", p=values.params_["p"], q=values.params_["q"], gamma=values.params_["v"])
    task.step("fit values")
    alive = orders.conditional_probability_alive(*history)
    expected = orders.conditional_expected_number_of_purchases_up_to_time(told.ORDERS_AHEAD_WEEKS, *history)
    value = values.customer_lifetime_value(
        orders, *history, summary["monetary_value"], time=told.VALUE_AHEAD_MONTHS,
        discount_rate=told.DISCOUNT_MONTHLY, freq="W",
    )  # fmt: skip
    task.step("predict")
    return pd.DataFrame({"customer_id": summary.index, "alive": alive, "orders": expected.to_numpy(), "value": value.to_numpy()})


def written(summary: pd.DataFrame) -> pd.DataFrame:
    """The summary under the names and in the unit that all runs write."""
    days = summary.reset_index().assign(
        span_days=summary["recency"].to_numpy() * told.DAYS_PER_WEEK, age_days=summary["T"].to_numpy() * told.DAYS_PER_WEEK
    )
    return days.rename(columns={"frequency": "repeats", "monetary_value": "mean_value"})[told.SUMMARY]


if __name__ == "__main__":
    main(open_task())
