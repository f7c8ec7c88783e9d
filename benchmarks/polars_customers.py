"""Customers in Polars: what came back, their days and months, and the summary that the models need."""

from __future__ import annotations

import datetime

import polars as pl

from benchmarks.polars_lines import whole

THING = ["customer_id", "product_id"]
DAY = ["customer_id", "order_date"]
BACK = pl.col("line_kind") == "return"


def returned(people: pl.LazyFrame) -> pl.DataFrame:
    """What came back of each purchase day: the latest units that the customer has of a product go first.

    Only customers' products with a return are looked at. The height of the stack of units after each move tells
    which sales a return reaches: those whose units lie above the new height.
    """
    goods = people.filter(pl.col("line_kind") != "free")
    moves = (
        goods.join(goods.filter(BACK).select(THING).unique(), on=THING, how="semi")
        .filter(pl.col("qty_e3") != 0)
        .select(
            *THING, "order_date", "row_no", BACK.alias("is_return"), "qty_e3", "amount_e4", "contribution_e4"
        )
        .collect(engine="streaming")
        .sort(*THING, "order_date", "is_return", "row_no")
        .with_row_index("move")
        .with_columns(pl.col("qty_e3").cum_sum().over(THING).alias("height"))
    )
    lowest = pl.min_horizontal(pl.col("height").cum_min().over(THING), 0)
    moves = moves.with_columns((pl.col("height") - lowest).alias("level"))
    moves = moves.with_columns(pl.col("level").shift(1, fill_value=0).over(THING).alias("base"))
    takes = moves.filter(pl.col("is_return")).select(
        *THING, pl.col("order_date").alias("return_date"), "level", "move"
    )
    met = (
        moves.filter(~pl.col("is_return"))
        .join(takes, on=THING, suffix="_after")
        .filter((pl.col("move_after") > pl.col("move")) & (pl.col("level_after") < pl.col("level")))
        .sort("row_no", "move_after")
    )
    low = pl.col("level_after").cum_min().over("row_no")
    met = met.with_columns((pl.col("level") - pl.max_horizontal("base", low)).alias("taken"))
    for name in ("amount_e4", "contribution_e4"):
        part = whole(pl.col(name).cast(pl.Float64) * pl.col("taken") / pl.col("qty_e3"))
        so_far = pl.when(pl.col("taken") == pl.col("qty_e3")).then(pl.col(name)).otherwise(part)
        met = met.with_columns(so_far.alias(name))
        met = met.with_columns(
            (pl.col(name) - pl.col(name).shift(1, fill_value=0).over("row_no")).alias(name)
        )
    return (
        met.group_by("customer_id", "order_date", "return_date")
        .agg(pl.col("amount_e4").sum().alias("returned_e4"), known_sum())
        .filter(pl.col("returned_e4") > 0)
        .sort("customer_id", "order_date", "return_date")
    )


def known_sum() -> pl.Expr:
    """The sum of the contribution, missing unless every row has one."""
    value = pl.col("contribution_e4")
    return pl.when(value.null_count() == 0).then(value.sum()).alias("contribution_e4")


def customer_days(people: pl.LazyFrame, returns: pl.LazyFrame) -> pl.LazyFrame:
    """One row a customer and day of purchase."""
    bought = people.filter(~BACK).group_by(DAY).agg(
        pl.col("order_id").drop_nulls().n_unique().clip(1).alias("orders"), pl.len().alias("lines"),
        pl.col("amount_e4").sum().alias("bought_e4"), known_sum(),
    )  # fmt: skip
    back = returns.group_by(DAY).agg(pl.col("returned_e4").sum(), known_sum().alias("lost_e4"))
    lost = pl.when(pl.col("returned_e4").is_null()).then(0).otherwise(pl.col("lost_e4"))
    return (
        bought.join(back, on=DAY, how="left")
        .with_columns(
            (pl.col("contribution_e4") - lost).alias("contribution_e4"), pl.col("returned_e4").fill_null(0)
        )
        .drop("lost_e4")
        .sort(DAY)
    )


def customer_months(lines: pl.LazyFrame) -> pl.LazyFrame:
    """One row a customer and month, as booked."""
    value = pl.col("contribution_e4")
    return (
        lines.group_by("customer_id", pl.col("order_date").dt.truncate("1mo").alias("month"))
        .agg(
            pl.col("order_id").filter(~BACK).drop_nulls().n_unique().alias("orders"), pl.len().alias("lines"),
            BACK.sum().alias("return_lines"), ((value < 0) & ~BACK).sum().alias("loss_lines"), pl.col("qty_e3").sum(),
            pl.col("amount_e4").sum().alias("revenue_e4"),
            pl.when(value.count() > 0).then(value.sum()).alias("contribution_e4"),
            pl.col("amount_e4").filter(value.is_not_null()).sum().alias("costed_revenue_e4"),
        )
        .sort("customer_id", "month")
    )  # fmt: skip


def customers(lines: pl.LazyFrame) -> pl.LazyFrame:
    """One row a customer; its region is that of its latest line."""
    moment = pl.col("order_date").cast(pl.Int64) * 2**40 + pl.col("row_no")
    known = pl.col("region").is_not_null()
    return (
        lines.group_by("customer_id")
        .agg(
            pl.col("region").filter(known).get(moment.filter(known).arg_max(), null_on_oob=True), pl.col("is_pseudo_customer").max(),
            pl.col("order_date").min().alias("first_order_date"), pl.col("order_date").max().alias("last_order_date"),
        )
        .sort("customer_id")
    )  # fmt: skip


def summary(days: pl.LazyFrame, as_of: datetime.date) -> pl.LazyFrame:
    """One row a customer: its purchase days that stayed, in the few numbers that the models need."""
    known, day, value = pl.col("contribution_e4"), pl.col("order_date"), pl.col("value_e4")
    revenue = pl.col("bought_e4") - pl.col("returned_e4")
    usual = known.sum() / revenue.filter(known.is_not_null()).sum()
    return (
        days.filter((pl.col("bought_e4") <= 0) | (pl.col("returned_e4") < pl.col("bought_e4")))
        .with_columns(known.fill_null(whole(revenue * usual)).alias("value_e4"))
        .group_by("customer_id")
        .agg(
            (pl.len().cast(pl.Int64) - 1).alias("repeats"), (day.max() - day.min()).dt.total_days().alias("span_days"),
            (as_of - day.min()).dt.total_days().alias("age_days"), day.min().alias("first_day"), day.max().alias("last_day"),
            known.null_count().alias("filled_events"), value.sum(), (value > 0).sum().alias("positive_events"),
            value.filter(value > 0).sum().alias("positive_e4"),
            value.filter(day > as_of.replace(year=as_of.year - 1)).sum().alias("recent_e4"),
        )
        .sort("customer_id")
    )  # fmt: skip
