"""Order lines, customers and told wallets drawn as small tables, in a project of their own."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path

import pandas as pd

from analysis.core import params, tables
from analysis.core.contracts.clean import CUSTOMERS, ORDER_LINES
from analysis.core.contracts.optional import CUSTOMER_LIST, WALLET
from analysis.core.contracts.schema import Table
from analysis.core.engine import DuckEngine, Engine
from analysis.segment.potential import Potential, read_potential

SETTINGS = params.load(Path(__file__).parents[1] / "params.yaml").segment
AS_OF = pd.Timestamp("2026-06-30").as_unit("s")
FIRST = pd.Timestamp("2024-01-02").as_unit("s")


def wallet_settings(**changes):
    """The segment's parameters, some of those of wallets and quadrants changed."""
    parts = {name: getattr(SETTINGS, name) for name in ("wallet", "quadrant")}
    for name, part in parts.items():
        own = {key: value for key, value in changes.items() if hasattr(part, key)}
        parts[name] = dataclasses.replace(part, **own)
    return dataclasses.replace(SETTINGS, **parts)


def drawn(text, names):
    """Rows of a small table; `-` is missing."""
    rows = pd.read_csv(
        io.StringIO(text.strip()), sep=r"\s+", header=None, dtype=str, na_values="-", keep_default_na=False
    )
    return rows.set_axis(names[: rows.shape[1]], axis=1)


def filled(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """``frame`` with every column of ``table``, the others empty."""
    given = frame.assign(file_no=1, row_no=range(1, len(frame) + 1))
    return given.assign(**{name: None for name in table.by_name if name not in given})[list(table.by_name)]


def store(orders, people, told=None):
    """Store what the clean stage would, into the project that the test stands in.

    A row of ``orders`` is: customer, day, category, amount. Of ``people``: customer, industry, size. Of ``told``: customer,
    year, category, wallet, source. A customer ``walk-in`` stands for many people.
    """
    lines = drawn(orders, ["customer_id", "order_date", "category", "amount_e4"])
    lines["order_date"] = pd.to_datetime(lines["order_date"])
    lines["amount_e4"] = lines["raw_amount_e4"] = (lines["amount_e4"].astype(float) * 10_000).astype("int64")
    lines = lines.assign(line_kind="sale", is_pseudo_customer=lines["customer_id"] == "walk-in")
    tables.write(ORDER_LINES, filled(ORDER_LINES, lines))
    listed = drawn(people, ["customer_id", "industry", "size"])
    names = "Name of " + listed["customer_id"]
    customers = listed.assign(
        customer_name=names,
        is_pseudo_customer=listed["customer_id"] == "walk-in",
        first_order_date=FIRST,
        last_order_date=AS_OF,
    )
    tables.write(CUSTOMERS, filled(CUSTOMERS, customers))
    tables.write(
        CUSTOMER_LIST, filled(CUSTOMER_LIST, listed.assign(customer_name=names, is_known_customer=True))
    )
    if told:
        rows = drawn(told, ["customer_id", "period", "category", "annual_spend_e4", "source"])
        rows["annual_spend_e4"] = (rows["annual_spend_e4"].astype(float) * 10_000).astype("int64")
        tables.write(WALLET, filled(WALLET, rows.assign(is_known_customer=True)))


def potential_of(settings=None, engine: Engine | None = None, as_of: pd.Timestamp = AS_OF) -> Potential:
    """What the segment stage knows of the stored wallets."""
    settings = settings or wallet_settings()
    with engine or DuckEngine(memory_limit_gb=1, threads=1) as opened:
        read = read_potential(opened, settings, as_of)
    return Potential(*read, settings, FIRST, as_of)


def project(folder: Path) -> None:
    """Make ``folder`` a project."""
    (folder / "dvc.yaml").touch()
    (folder / "params.yaml").touch()
