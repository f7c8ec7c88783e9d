"""Lifetime values by pymc-marketing: maximum a posteriori with its default priors, in an environment of its own."""

from __future__ import annotations

import pandas as pd
from pymc_marketing import clv
from pymc_marketing.clv.utils import rfm_summary

from benchmarks import lifetime_task as told
from benchmarks.lifetime_task import Task, open_task


def main(task: Task) -> None:
    """Summary, fits and predictions; times in weeks."""
    log = task.log()
    task.step("read")
    summary = rfm_summary(
        log, "customer_id", "order_date", monetary_value_col="value", observation_period_end=task.end,
        time_unit="D", time_scaler=told.DAYS_PER_WEEK,
    )  # fmt: skip
    del log
    task.step("summary")
    if task.model == "pareto_nbd":
        task.fitted("pareto_nbd", **parameters(clv.ParetoNBDModel(summary), "r", "alpha", "s", "beta"))
        task.step("fit orders")
    else:
        value_customers(task, summary).to_parquet(task.table("predicted"))
    written(summary).to_parquet(task.table("summary"))
    task.close()


def parameters(model: clv.CLVModel, *names: str) -> dict[str, float]:
    """Fit a model and give its parameters."""
    model.fit(method="map", progressbar=False)
    return {name: model.fit_result[name].item() for name in names}


def value_customers(task: Task, summary: pd.DataFrame) -> pd.DataFrame:
    """The whole way from a summary to a value."""
    orders = clv.BetaGeoModel(summary)
    task.fitted("bgnbd", **parameters(orders, "r", "alpha", "a", "b"))
    task.step("fit orders")
    values = clv.GammaGammaModel(summary[summary["frequency"] > 0])
    found = parameters(values, "p", "q", "v")
    task.fitted("gamma_gamma", p=found["p"], q=found["q"], gamma=found["v"])
    task.step("fit values")
    alive = orders.expected_probability_alive(summary)
    expected = orders.expected_purchases(summary, future_t=told.ORDERS_AHEAD_WEEKS)
    value = values.expected_customer_lifetime_value(
        orders, summary, future_t=told.VALUE_AHEAD_MONTHS, discount_rate=told.DISCOUNT_MONTHLY, time_unit="W"
    )
    task.step("predict")
    one = {"alive": alive, "orders": expected, "value": value}
    return pd.DataFrame({"customer_id": summary["customer_id"], **{name: found.to_numpy().ravel() for name, found in one.items()}})


def written(summary: pd.DataFrame) -> pd.DataFrame:
    """The summary under the names and in the unit that all runs write."""
    days = summary.assign(span_days=summary["recency"] * told.DAYS_PER_WEEK, age_days=summary["T"] * told.DAYS_PER_WEEK)
    return days.rename(columns={"frequency": "repeats", "monetary_value": "mean_value"})[told.SUMMARY]


if __name__ == "__main__":
    main(open_task())
