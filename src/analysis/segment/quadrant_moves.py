"""G5: which customers have come to another quadrant since some months ago, by what they bought.

A wallet is told once a year at most, so the one that is known now stands at both times, with the same law and the same
limits. What moves is our part of it, with S the sales of twelve months in the categories of the wallet:

    share before = S(12 months to m months before the last day) / wallet,    share after = S(12 months to the last day) / wallet

A customer has moved where it has a name both times, each likely enough, and another one. Its place on the chart is that of
the year of its told wallet, so that it may differ from both.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from analysis.core import params
from analysis.core.contracts.schema import E4
from analysis.core.contracts.segment_potential import TO_VERIFY
from analysis.core.dialect import render
from analysis.core.engine import Engine
from analysis.models.periods import months_before
from analysis.segment.quadrant import name_quadrants
from analysis.segment.told import year_to
from analysis.segment.wallet import Law

TIMES = ("before", "after")


def read_bought(engine: Engine, as_of: pd.Timestamp, months: int) -> pd.DataFrame:
    """``customer_id, category, before_e4, after_e4``: sales of the years up to ``months`` before ``as_of`` and up to it.

    The view ``order_lines`` must be there.
    """
    before = months_before(as_of, months)
    days = {"first_before": year_to(before), "last_before": before, "first": year_to(as_of), "last": as_of}
    text = Path(__file__).with_name("quadrant_sales.sql").read_text(encoding="utf-8")
    return engine.frame(render(text, engine.dialect, **{name: f"{day:%Y-%m-%d}" for name, day in days.items()}))


def sales_of_wallets(bought: pd.DataFrame, rows: pd.DataFrame, customers: pd.Index) -> pd.DataFrame:
    """``before`` and ``after`` in the currency, by customer: in the categories that its wallet was told for, else of everything.

    Parameters
    ----------
    rows : by ``told.usable_rows``, of each customer's latest year; without a category it is the whole.
    """
    sums = [f"{time}_e4" for time in TIMES]
    single = rows[rows["category"] != ""][["customer_id", "category"]]
    part = single.merge(bought, on=["customer_id", "category"], how="left").groupby("customer_id")[sums].sum()
    whole = bought.groupby("customer_id")[sums].sum()
    found = pd.concat([part, whole[~whole.index.isin(part.index)]]).reindex(customers).fillna(0)
    return (found / E4).set_axis(list(TIMES), axis=1)


def find_moves(
    known: pd.DataFrame, sales: pd.DataFrame, law_of: Callable[[pd.DataFrame], Law], settings: params.Quadrant
) -> pd.DataFrame:
    """The table ``quadrant_moves`` without names of customers, one row for each of ``known``.

    Parameters
    ----------
    known : of ``Potential.known``.
    sales : by ``sales_of_wallets``, in the same order.
    """
    found = known[["wallet"]].copy()
    for time in TIMES:
        held = known.assign(sales=sales[time], sow=sales[time] / known["wallet"])
        named = name_quadrants(held, law_of(held), settings)
        found = found.assign(**{
            f"sales_{time}": held["sales"], f"sow_{time}": held["sow"],
            f"quadrant_{time}": named["quadrant"], f"probability_{time}": named["probability"],
        })  # fmt: skip
    before, after = (found[f"quadrant_{time}"] for time in TIMES)
    return found.assign(is_moved=(before != after) & (before != TO_VERIFY) & (after != TO_VERIFY))


def count_ways(moves: pd.DataFrame) -> pd.DataFrame:
    """Customers and their money by quadrant before and after; those who stayed too.

    Parameters
    ----------
    moves : the table ``quadrant_moves``.
    """
    found = moves.groupby(["quadrant_before", "quadrant_after"], as_index=False).agg(
        customers=("customer_id", "size"), wallet=("wallet", "sum"), sales_before=("sales_before", "sum"), sales_after=("sales_after", "sum"),
    )  # fmt: skip
    return found.assign(change=found["sales_after"] - found["sales_before"])


def most_important(moves: pd.DataFrame, most: int) -> pd.DataFrame:
    """Customers who surely moved, the largest wallet first."""
    moved = moves[moves["is_moved"].astype(bool)]
    return moved.sort_values(["wallet", "customer_id"], ascending=[False, True], ignore_index=True).head(most)
