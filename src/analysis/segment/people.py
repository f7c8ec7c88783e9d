"""Customers by number."""

from __future__ import annotations

from pathlib import Path

from analysis.core import tables
from analysis.core.contracts.clean import CUSTOMERS
from analysis.core.dialect import render
from analysis.core.engine import Engine

SQL = Path(__file__).with_name("people.sql")


def number_customers(engine: Engine) -> None:
    """Make ``people`` readable in ``engine``: the customers by number, from 1 in the order of their ids."""
    engine.view(CUSTOMERS.name, [tables.path(CUSTOMERS)])
    file = engine.scratch / "people.parquet"
    engine.store(render(SQL.read_text(encoding="utf-8"), engine.dialect), file)
    engine.view("people", [file])
