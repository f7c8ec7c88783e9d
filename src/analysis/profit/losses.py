"""V1: sales below cost: at which discounts, in which categories and products, and with which customers.

A line loses money where its contribution is below zero. Lines are put together by the depth of their discount; what goes
with a loss is told, not what causes it. Lines without a known contribution are left out, those whose discount is not known
are a class of their own, and returns do not count.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.core import params, tables
from analysis.core.contracts.clean import ORDER_LINES
from analysis.core.contracts.profit import DISCOUNT_DEPTHS, LOSS_SOURCES
from analysis.core.contracts.schema import E4
from analysis.core.dialect import render
from analysis.core.engine import Engine, open_engine
from analysis.core.stage import Stage
from analysis.core.windows import Window
from analysis.profit.books import Books

SQL = Path(__file__).with_name("losses.sql")
MONEY = ("revenue", "contribution", "losses", "deep_losses")
# By kind: what its rows share, their name, and the lines that have it.
SHARED = {
    "category": ("category", "category", "category IS NOT NULL"),
    "product": ("product_id", "max(product_name)", "product_id IS NOT NULL"),
    "customer": ("customer_id", "max(customer_name)", "NOT is_pseudo_customer"),
}


class Losses(NamedTuple):
    """Rows of the tables ``discount_depths`` and ``loss_sources``."""

    depths: pd.DataFrame
    sources: pd.DataFrame


def find_losses(stage: Stage, books: Books) -> Losses:
    """What was sold below cost in the present window; the order lines stay in the engine."""
    with open_engine(stage.params.engine) as engine:
        engine.view(ORDER_LINES.name, [tables.path(ORDER_LINES)])
        return measure_losses(engine, books.now, books.settings)


def measure_losses(engine: Engine, now: Window, settings: params.Profit) -> Losses:
    """The two tables from the ``order_lines`` of ``engine``."""
    bounds = sorted({*settings.discount_classes, settings.deep_discount})
    classes = " ".join(f"WHEN discount_e4 >= {round(bound * E4)} THEN {place}" for place, bound in reversed([*enumerate(bounds, 1)]))
    unknown = len(bounds) + 1
    depth = f"CASE WHEN discount_e4 IS NULL THEN {unknown} {classes} ELSE 0 END"
    depths = _summed(engine, now, settings, depth, "NULL", "true").rename(columns={"id": "depth"}).sort_values("depth")
    ends = pd.DataFrame({"from_discount": [0.0, *bounds, np.nan], "to_discount": [*bounds, np.nan, np.nan]})
    found = depths.astype({"depth": "int64"}).join(ends, on="depth")[list(DISCOUNT_DEPTHS.by_name)]
    sources = [
        _summed(engine, now, settings, *shared, losing_only=kind != "category").assign(kind=kind)
        for kind, shared in SHARED.items()
    ]
    told = pd.concat(sources, ignore_index=True).sort_values(["kind", "id"], ignore_index=True)
    return Losses(found.reset_index(drop=True), told[list(LOSS_SOURCES.by_name)])


def _summed(
    engine: Engine, now: Window, settings: params.Profit, group: str, shown: str, wanted: str, *, losing_only: bool = False
) -> pd.DataFrame:
    sql = render(
        SQL.read_text(encoding="utf-8"), engine.dialect, group=group, shown=shown, wanted=wanted, losing_only=losing_only,
        deep_e4=round(settings.deep_discount * E4), first=f"{now.first:%Y-%m-%d}", last=f"{now.end:%Y-%m-%d}",
    )  # fmt: skip
    found = engine.frame(sql)
    return found.assign(**{column: found[f"{column}_e4"] / E4 for column in MONEY})
