"""R8: what a CRM reads in: each customer's grades, risk and next action, under ids that stay the same.

A customer's next action is the first that it calls for, in the order in which the executive page thinks of them: stop a
loss, look after who is leaving, win back who has left, grow who buys elsewhere.

=================  =================================================  =========================================
action             called for by                                      money at stake
=================  =================================================  =========================================
change_terms       a row in ``problem_customers``                     the loss of the year
answer_warning     an open warning in ``warnings``                    risk times the value of the past window
call               silent for longer than usual, with value           risk times the value of the past window
win_back           not dropped in ``win_back_customers``              chance times the value of a return
grow               quadrant ``potential``                             what it buys elsewhere in a year
=================  =================================================  =========================================

The way back is the table ``actions`` of SPEC.md, section 3.3: a file with ``action_id``, ``customer_id``, ``done_on``
and ``result``. The Data page lists unknown customers and results of days that are not over yet.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from analysis.core import cells, tables
from analysis.core.contracts.churn import CALLED, RISK
from analysis.core.contracts.churn_warnings import WARNINGS
from analysis.core.contracts.churn_win_back import WIN_BACK_CUSTOMERS
from analysis.core.contracts.clean import CUSTOMERS, RUN_FACTS
from analysis.core.contracts.export import ACTIONS, CRM_EXCHANGE
from analysis.core.contracts.lifetime_value import CLV
from analysis.core.contracts.profit import PROBLEM_CUSTOMERS
from analysis.core.contracts.schema import Column
from analysis.core.contracts.segment import RFM
from analysis.core.contracts.segment_potential import QUADRANTS
from analysis.core.contracts.segment_tiers import CUSTOMER_TIERS
from analysis.core.edition import tidy
from analysis.draw.grid import RAW_TEXT

KEY = "customer_id"


@dataclass(frozen=True)
class Lists:
    """The tables of the other stages that somebody acts on, as they are stored.

    Attributes
    ----------
    risk : over the horizon of the executive page.
    clv : over the nearest horizon.
    """

    facts: pd.Series
    customers: pd.DataFrame
    tiers: pd.DataFrame
    rfm: pd.DataFrame
    quadrants: pd.DataFrame
    risk: pd.DataFrame
    clv: pd.DataFrame
    warnings: pd.DataFrame
    problems: pd.DataFrame
    win_back: pd.DataFrame


def read_lists(horizon_days: int) -> Lists:
    """The stored tables."""
    clv, risk, asked = tables.read(CLV), tables.read(RISK), tables.read(WIN_BACK_CUSTOMERS)
    return Lists(
        facts=tables.read(RUN_FACTS).iloc[0], customers=tables.read(CUSTOMERS), tiers=tables.read(CUSTOMER_TIERS),
        rfm=tables.read(RFM), quadrants=tables.read(QUADRANTS), risk=risk[risk["horizon_days"] == horizon_days],
        clv=clv[clv["horizon_months"] == clv["horizon_months"].min()], warnings=tables.read(WARNINGS),
        problems=tables.read(PROBLEM_CUSTOMERS),
        win_back=asked[~asked["is_dropped"].astype(bool) & asked["return_value"].notna()],
    )  # fmt: skip


def exchange_rows(lists: Lists) -> pd.DataFrame:
    """Rows of ``crm_exchange``, checked against its contract."""
    known = lists.customers[~lists.customers["is_pseudo_customer"].astype(bool)]
    risk = lists.risk[[KEY, "state", "risk", "lo", "hi", "last_order_date", "silence_days", "recent_value", "value_at_risk"]]
    warned = lists.warnings.groupby(KEY).agg(open_warnings=("signal", "size"), signal=("signal", "first")).reset_index()
    frame = known.drop(columns=["is_pseudo_customer", "first_order_date", "last_order_date"])
    for other in (
        lists.tiers[[KEY, "tier"]], lists.rfm[[KEY, "segment"]], lists.quadrants[[KEY, "quadrant"]],
        risk.rename(columns={"lo": "risk_lo", "hi": "risk_hi"}),
        lists.clv[[KEY, "clv", "lo", "hi"]].rename(columns={"lo": "clv_lo", "hi": "clv_hi"}), warned,
    ):  # fmt: skip
        frame = frame.merge(other, on=KEY, how="left")
    frame["open_warnings"] = frame["open_warnings"].fillna(0).astype("int64")
    frame["silence_days"] = frame["silence_days"].astype("Int64")
    rows = _with_next_action(frame, lists)[list(CRM_EXCHANGE.by_name)]
    CRM_EXCHANGE.check(rows)  # before anybody takes it for a list
    return rows.sort_values(KEY, ignore_index=True)


def _with_next_action(frame: pd.DataFrame, lists: Lists) -> pd.DataFrame:
    as_of, ids = lists.facts["as_of"], frame[KEY]
    potential = lists.quadrants[lists.quadrants["quadrant"] == "potential"].set_index(KEY)["wallet_gap"]
    elsewhere = potential.reindex(ids).to_numpy()
    loss = -lists.problems.set_index(KEY)["profit"].reindex(ids).to_numpy()
    back = lists.win_back.set_index(KEY)["return_value"].reindex(ids).to_numpy()
    at_risk = frame["value_at_risk"].to_numpy()
    silent = frame["state"].isin(CALLED).to_numpy() & (frame["recent_value"].to_numpy() > 0)
    called_for = dict(zip(ACTIONS, (
        loss > 0, frame["open_warnings"].to_numpy() > 0, silent, back > 0, elsewhere > 0,
    ), strict=True))  # fmt: skip
    at_stake = dict(zip(ACTIONS, (loss, at_risk, at_risk, back, elsewhere), strict=True))
    cases = list(called_for.values())
    action = pd.Series(np.select(cases, list(ACTIONS), default=""), index=frame.index, dtype="str")
    action = action.where(action != "")
    return frame.assign(
        action_type=action, action_id=f"{as_of:%Y%m%d}-" + action + "-" + ids,
        issued_on=pd.Series(as_of, index=frame.index).where(action.notna()),
        at_stake=np.select(cases, list(at_stake.values()), default=np.nan),
    )


def exchange_csv(rows: pd.DataFrame, shown_name: Callable[[str], str]) -> bytes:
    """``rows`` as CSV that a spreadsheet program opens rightly too: UTF-8 with BOM, no text that is a formula.

    Headers and codes are those of the contract in every language, so that a mapping in the CRM stays valid.

    Parameters
    ----------
    shown_name : a customer's name as files may show it.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(rows.columns)
    shown = rows.assign(customer_name=rows["customer_name"].map(shown_name))
    writer.writerows(zip(*(_written(CRM_EXCHANGE.by_name[name], shown[name]) for name in shown), strict=True))
    return text.getvalue().encode("utf-8-sig")


def _written(column: Column, values: pd.Series) -> Iterable[str]:
    """``values`` of ``column`` as cells, each different one written once."""
    codes, different = pd.factorize(values)
    cell = _cell(column)
    cells_of = np.array([*map(cell, different), ""], dtype=object)  # the last one is the missing value's, whose code is -1
    return cells_of[codes]  # type: ignore[no-any-return]


def _cell(column: Column) -> Callable[[Any], str]:
    """How a value of ``column`` is written; an id stays as it is, or nobody would know its customer again."""
    word = cells.xlsx_text if column.name in (KEY, "action_id") else partial(tidy, limit=RAW_TEXT)
    shapes: dict[str, Callable[[Any], str]] = {
        "text": lambda value: cells.csv_text(word(value)), "int": "{:d}".format, "date": "{:%Y-%m-%d}".format,
        "money": "{:.2f}".format, "ratio": "{:.4f}".format,
    }  # fmt: skip
    return shapes[column.kind]
