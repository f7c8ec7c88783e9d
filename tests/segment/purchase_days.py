"""Purchase days and returns drawn as small text tables, parsed into what the clean stage writes."""

import contextlib
import dataclasses
import io
import tempfile
from pathlib import Path

import pandas as pd

from analysis.clean.gate import open_gate
from analysis.core import params, tables
from analysis.core.contracts.clean import CUSTOMER_DAYS, CUSTOMER_RETURNS
from analysis.core.engine import DuckEngine
from analysis.segment.purchases import measure_both_months
from analysis.segment.records import Records

SETTINGS = params.load(Path(__file__).parents[2] / "params.yaml").segment


def settings(**changes):
    return dataclasses.replace(SETTINGS, **{"stability_draws": 10, **changes})


def e4(column):
    return (column.astype("Float64") * 10_000).round().astype("Int64")


def drawn_returns(text=""):
    """A row is: customer, day of purchase, day of return, amount, and where given its contribution."""
    rows = _rows(text, 5)
    frame = pd.DataFrame(
        {
            "customer_id": rows[0].astype("str"),
            "order_date": pd.to_datetime(rows[1]).astype("datetime64[s]"),
            "return_date": pd.to_datetime(rows[2]).astype("datetime64[s]"),
            "returned_e4": e4(rows[3]).astype("int64"),
            "contribution_e4": e4(rows[4]),
        }
    )
    CUSTOMER_RETURNS.check(frame)
    return frame


def drawn_days(text, returns=None):
    """A row is: customer, day, amount bought, and where given its contribution before any return."""
    rows = _rows(text, 4)
    frame = pd.DataFrame(
        {
            "customer_id": rows[0].astype("str"),
            "order_date": pd.to_datetime(rows[1]).astype("datetime64[s]"),
            "orders": 1,
            "lines": 1,
            "bought_e4": e4(rows[2]).astype("int64"),
            "returned_e4": 0,
            "contribution_e4": e4(rows[3]),
        }
    )
    if returns is not None:
        keys = ["customer_id", "order_date"]
        back = returns.groupby(keys)[["returned_e4", "contribution_e4"]].sum()
        taken = back.reindex(pd.MultiIndex.from_frame(frame[keys])).fillna(0).reset_index(drop=True)
        frame["returned_e4"] += taken["returned_e4"].astype("int64")
        frame["contribution_e4"] -= taken["contribution_e4"].astype("int64")
    CUSTOMER_DAYS.check(frame)
    return frame


def _rows(text, width):
    rows = pd.read_csv(io.StringIO(text.strip() or "-"), sep=r"\s+", header=None, dtype=str, na_values="-")
    return rows.reindex(columns=range(width)).dropna(how="all")


def measured(days, returns="", as_of="2024-06-30", value_name="revenue"):
    """The measures of both months and what money means, from the stored tables of these purchase days."""
    back = drawn_returns(returns)
    table = drawn_days(days, back)
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        Path("dvc.yaml").touch()
        tables.write(CUSTOMER_DAYS, table)
        tables.write(CUSTOMER_RETURNS, back)
        with DuckEngine(memory_limit_gb=1, threads=1) as engine:
            return measure_both_months(engine, pd.Timestamp(as_of), value_name=value_name, window_months=12)


def records_of(days, returns="", as_of="2024-06-30", value_name="revenue", **changes):
    """The records of these purchase days, as ``open_records`` makes them from the stored tables."""
    measures, money_name = measured(days, returns, as_of, value_name)
    ids = sorted({*measures.now.index, *measures.before.index})
    return Records(
        measures=measures,
        money_name=money_name,
        customers=pd.DataFrame({"customer_id": ids, "customer_name": [f"Name of {one}" for one in ids]}),
        gate=open_gate({"orders.order_date"}),
        facts=pd.Series({"value_name": value_name}),
        settings=settings(**changes),
        as_of=pd.Timestamp(as_of),
    )
