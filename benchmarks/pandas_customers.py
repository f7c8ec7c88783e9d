"""Customers in pandas: what came back, their days and months, and the summary that the models need."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.pandas_lines import whole

THING = ["customer_id", "product_id"]


def returned(people: pd.DataFrame) -> pd.DataFrame:
    """What came back of each purchase day: the latest units that the customer has of a product go first.

    Only customers' products with a return are looked at. The height of the stack of units after each move tells
    which sales a return reaches: those whose units lie above the new height.
    """
    goods = people[people["line_kind"] != "free"]
    back = goods.loc[goods["line_kind"] == "return", THING].drop_duplicates()
    moves = goods[
        [*THING, "order_date", "row_no", "line_kind", "qty_e3", "amount_e4", "contribution_e4"]
    ].merge(back, on=THING)
    moves = moves[moves["qty_e3"] != 0].assign(is_return=lambda m: m["line_kind"] == "return")
    moves = moves.sort_values([*THING, "order_date", "is_return", "row_no"], ignore_index=True)
    thing = moves.groupby(THING, sort=False).ngroup()
    height = moves.groupby(thing)["qty_e3"].cumsum()
    moves["level"] = height - height.groupby(thing).cummin().clip(upper=0)
    moves["base"] = moves["level"].groupby(thing).shift(fill_value=0)
    moves = moves.assign(thing=thing, move=moves.index)
    sales, takes = (
        moves[~moves["is_return"]],
        moves.loc[moves["is_return"], ["thing", "order_date", "level", "move"]],
    )
    met = sales.merge(
        takes.rename(columns={"order_date": "return_date"}), on="thing", suffixes=("", "_after")
    )
    met = met[(met["move_after"] > met["move"]) & (met["level_after"] < met["level"])].sort_values(
        ["row_no", "move_after"]
    )
    low = met.groupby("row_no")["level_after"].cummin()
    taken = (met["level"] - np.maximum(met["base"], low)) / met["qty_e3"]
    for name in ("amount_e4", "contribution_e4"):
        so_far = whole(met[name] * taken).where(taken < 1, met[name])
        met[name] = so_far - so_far.groupby(met["row_no"]).shift(fill_value=0)
    sums = met.groupby(["customer_id", "order_date", "return_date"]).agg(
        returned_e4=("amount_e4", "sum"), contribution_e4=("contribution_e4", "sum"),
        parts=("amount_e4", "size"), costed=("contribution_e4", "count"),
    )  # fmt: skip
    return known_sum(sums[sums["returned_e4"] > 0], "parts").drop(columns="parts").reset_index()


def known_sum(sums: pd.DataFrame, rows: str) -> pd.DataFrame:
    """``sums`` with the contribution missing unless every row had one."""
    known = sums["contribution_e4"].where(sums["costed"] == sums[rows])
    return sums.assign(contribution_e4=known).drop(columns=["costed"])


def customer_days(people: pd.DataFrame, returns: pd.DataFrame) -> pd.DataFrame:
    """One row a customer and day of purchase."""
    bought = people[people["line_kind"] != "return"]
    keys = ["customer_id", "order_date"]
    table = known_sum(bought.groupby(keys).agg(
        orders=("order_id", "nunique"), lines=("row_no", "size"), bought_e4=("amount_e4", "sum"),
        contribution_e4=("contribution_e4", "sum"), costed=("contribution_e4", "count"),
    ), "lines")  # fmt: skip
    back = known_sum(returns.groupby(keys).agg(
        returned_e4=("returned_e4", "sum"), contribution_e4=("contribution_e4", "sum"),
        costed=("contribution_e4", "count"), pieces=("returned_e4", "size"),
    ), "pieces")  # fmt: skip
    table = table.join(back, rsuffix="_lost").reset_index()
    table["contribution_e4"] -= table["contribution_e4_lost"].where(table["returned_e4"].notna(), 0)
    table["orders"] = table["orders"].clip(lower=1)
    return table.fillna({"returned_e4": 0}).drop(columns=["contribution_e4_lost", "pieces"])


def customer_months(lines: pd.DataFrame) -> pd.DataFrame:
    """One row a customer and month, as booked."""
    month = lines["order_date"].to_numpy().astype("datetime64[M]").astype("datetime64[s]")
    back, known = lines["line_kind"] == "return", lines["contribution_e4"].notna()
    table = lines.assign(
        month=month, bought=lines["order_id"].where(~back), back=back, loss=(lines["contribution_e4"] < 0) & ~back,
        costed=lines["amount_e4"].where(known, 0),
    )  # fmt: skip
    groups = table.groupby(["customer_id", "month"])
    sums = groups.agg(
        orders=("bought", "nunique"), lines=("row_no", "size"), return_lines=("back", "sum"), loss_lines=("loss", "sum"),
        qty_e3=("qty_e3", "sum"), revenue_e4=("amount_e4", "sum"), costed_revenue_e4=("costed", "sum"),
    )  # fmt: skip
    return sums.assign(contribution_e4=groups["contribution_e4"].sum(min_count=1)).reset_index()


def customers(lines: pd.DataFrame) -> pd.DataFrame:
    """One row a customer; its region is that of its latest line."""
    ordered = lines[["customer_id", "order_date", "row_no", "region", "is_pseudo_customer"]].sort_values(
        ["order_date", "row_no"]
    )
    return (
        ordered.groupby("customer_id")
        .agg(
            region=("region", "last"), is_pseudo_customer=("is_pseudo_customer", "max"),
            first_order_date=("order_date", "first"), last_order_date=("order_date", "last"),
        )
        .reset_index()
    )  # fmt: skip


def summary(days: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """One row a customer: its purchase days that stayed, in the few numbers that the models need."""
    kept = days[(days["bought_e4"] <= 0) | (days["returned_e4"] < days["bought_e4"])]
    revenue, known = kept["bought_e4"] - kept["returned_e4"], kept["contribution_e4"]
    usual = known.sum() / revenue[known.notna()].sum()
    value = known.fillna(whole(revenue * usual))
    recent = kept["order_date"] > as_of - pd.DateOffset(years=1)
    table = kept.assign(
        value=value, filled=known.isna(), gain=value.where(value > 0), recent=value.where(recent)
    )
    found = table.groupby("customer_id").agg(
        repeats=("order_date", "size"), first_day=("order_date", "min"), last_day=("order_date", "max"),
        filled_events=("filled", "sum"), value_e4=("value", "sum"),
        positive_events=("gain", "count"), positive_e4=("gain", "sum"), recent_e4=("recent", "sum"),
    ).reset_index()  # fmt: skip
    found["repeats"] -= 1
    found["span_days"] = (found["last_day"] - found["first_day"]).dt.days
    found["age_days"] = (as_of - found["first_day"]).dt.days
    return found
