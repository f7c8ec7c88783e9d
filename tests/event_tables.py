"""Purchase days and returns as the clean stage stores them, made in a test, in a project of its own."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.clean.gate import open_gate
from analysis.core import tables
from analysis.core.contracts.clean import (
    CAPABILITIES,
    CUSTOMER_DAYS,
    CUSTOMER_MONTHS,
    CUSTOMER_RETURNS,
    CUSTOMERS,
    ORDER_LINES,
    RUN_FACTS,
)
from analysis.core.contracts.lifetime_value import CLV
from analysis.core.contracts.profit import CUSTOMER_PROFIT
from analysis.core.contracts.segment import RFM
from analysis.core.contracts.segment_potential import QUADRANTS
from analysis.core.contracts.segment_tiers import CUSTOMER_TIERS, TIERS

ROOT = Path(__file__).parents[1]


def store_events(
    folder: Path,
    days: pd.DataFrame,
    returns: pd.DataFrame | None = None,
    *,
    as_of: str,
    value_name: str = "revenue",
) -> None:
    """Make ``folder`` a project that holds these events.

    Parameters
    ----------
    days : ``customer_id, order_date, bought_e4``, perhaps ``contribution_e4`` before returns, and how many
        ``categories`` were bought; the rest is filled in.
    returns : ``customer_id, order_date, return_date, returned_e4``.
    """
    (folder / "dvc.yaml").touch()
    (folder / "params.yaml").write_text((ROOT / "params.yaml").read_text("utf-8"), "utf-8")
    came_back = _returns(returns)
    by_day = came_back.groupby(["customer_id", "order_date"])[["returned_e4", "contribution_e4"]].sum()
    filled = days.assign(order_date=pd.to_datetime(days["order_date"])).merge(
        by_day, how="left", on=["customer_id", "order_date"], suffixes=("", "_back")
    )
    filled["returned_e4"] = filled["returned_e4"].fillna(0).astype("int64")
    for name, value in {"orders": 1, "lines": 1}.items():
        filled[name] = value
    if "contribution_e4" in days:
        filled["contribution_e4"] -= filled["contribution_e4_back"].fillna(0).astype("int64")
    else:
        filled["contribution_e4"] = pd.array([None] * len(filled), dtype="Int64")
    tables.write(CUSTOMER_DAYS, filled[list(CUSTOMER_DAYS.by_name)])
    tables.write(CUSTOMER_RETURNS, came_back)
    tables.write(CAPABILITIES, open_gate({"orders.product_id"}))
    tables.write(CUSTOMERS, _customers(filled))
    tables.write(CUSTOMER_MONTHS, _months(filled))
    tables.write(ORDER_LINES, _lines(days.assign(order_date=pd.to_datetime(days["order_date"])).reset_index(drop=True)))
    for table in (RFM, CUSTOMER_TIERS, TIERS, QUADRANTS, CLV, CUSTOMER_PROFIT):
        tables.write(table, tables.without_rows(table))
    tables.write(RUN_FACTS, _facts(filled, as_of, value_name))


def _lines(days: pd.DataFrame) -> pd.DataFrame:
    """One line a day and category, of equal amounts."""
    some = days.get("categories", pd.Series(1, days.index))
    rows = days.loc[days.index.repeat(some)].reset_index(drop=True)
    number = rows.groupby(["customer_id", "order_date"]).cumcount()
    amount = rows["bought_e4"] // some.repeat(some).to_numpy()
    given = {
        "file_no": 1, "row_no": range(1, len(rows) + 1), "customer_id": rows["customer_id"], "order_date": rows["order_date"],
        "category": "kind " + number.astype(str), "line_kind": "sale", "is_pseudo_customer": False, "raw_amount_e4": amount,
        "amount_e4": amount,
    }  # fmt: skip
    return tables.without_rows(ORDER_LINES).reindex(rows.index).assign(**given).astype({"qty_e3": "Int64", "order_hour": "Int64"})


def _returns(returns: pd.DataFrame | None) -> pd.DataFrame:
    if returns is None:
        returns = pd.DataFrame({"customer_id": [], "order_date": [], "return_date": [], "returned_e4": []})
    filled = returns.assign(
        **{name: pd.to_datetime(returns[name]) for name in ("order_date", "return_date")},
        customer_id=returns["customer_id"].astype(str), returned_e4=returns["returned_e4"].astype("int64"),
    )  # fmt: skip
    if "contribution_e4" not in filled:
        filled["contribution_e4"] = 0
    return filled[list(CUSTOMER_RETURNS.by_name)]


def _customers(days: pd.DataFrame) -> pd.DataFrame:
    found = days.groupby("customer_id")["order_date"].agg(["min", "max"]).reset_index()
    return pd.DataFrame({
        "customer_id": found["customer_id"], "customer_name": "Firm " + found["customer_id"], "region": None,
        "industry": None, "sales_rep": None, "is_pseudo_customer": False, "first_order_date": found["min"],
        "last_order_date": found["max"],
    })  # fmt: skip


def _months(days: pd.DataFrame) -> pd.DataFrame:
    found = days.assign(
        month=days["order_date"].dt.to_period("M").dt.start_time,
        revenue_e4=days["bought_e4"] - days["returned_e4"],
    )
    sums = found.groupby(["customer_id", "month"])
    booked = sums[["orders", "lines", "revenue_e4"]].sum()
    booked["contribution_e4"] = sums["contribution_e4"].sum(min_count=1)
    costed = booked["contribution_e4"].notna()
    booked = booked.assign(
        return_lines=0, loss_lines=0, qty_e3=1000, costed_revenue_e4=booked["revenue_e4"].where(costed, 0)
    )
    return booked.reset_index()[list(CUSTOMER_MONTHS.by_name)]


def _facts(days: pd.DataFrame, as_of: str, value_name: str) -> pd.DataFrame:
    known = {
        "as_of": pd.Timestamp(as_of), "first_date": days["order_date"].min(),
        "last_date": days["order_date"].max(), "currency": "CNY", "value_name": value_name,
        "costed_share": 1.0 if value_name == "contribution" else 0.0,
        "occasion_rule": "customer_date", "shared_order_ids": 0, "order_ids": 0, "date_order": "iso",
        "tied_returns_e4": 0, "untied_returns_e4": 0, "data_sha256": "0" * 64,
    }  # fmt: skip
    return pd.DataFrame([{name: known[name] for name in RUN_FACTS.by_name}])
