"""One customer's story, gathered from the tables of all stages; ``analysis.customer.story`` is the way in."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from analysis.core import tables
from analysis.core.contracts import optional
from analysis.core.contracts.churn import RISK
from analysis.core.contracts.churn_drivers import DRIVER_EFFECTS
from analysis.core.contracts.churn_warnings import WARNINGS
from analysis.core.contracts.churn_win_back import WIN_BACK_CUSTOMERS
from analysis.core.contracts.clean import CUSTOMER_DAYS, CUSTOMER_MONTHS, CUSTOMERS, RUN_FACTS
from analysis.core.contracts.explore import ORDERS_OF_CUSTOMER
from analysis.core.contracts.export import CRM_EXCHANGE
from analysis.core.contracts.lifetime_value import CLV
from analysis.core.contracts.profit import CUSTOMER_PROFIT
from analysis.core.contracts.schema import E4, Table
from analysis.core.contracts.segment import RFM
from analysis.core.contracts.segment_axes import CUSTOMER_AXES
from analysis.core.errors import DataError
from analysis.core.params import Params
from analysis.core.stage import open_stage
from analysis.explore import sheet

KEY = "customer_id"
NEAREST, LEAST_LIKE = 5, 0.5  # names that an error offers, and how much they must have in common (difflib's ratio)


@dataclass(frozen=True)
class Story:
    """One customer, as the tables of the last refresh tell it.

    Shown in a notebook it is a page; every part is a DataFrame to go on with. A part is empty where its stage says
    nothing of the customer; ``lacking`` names the stages that have not run.

    Attributes
    ----------
    customer_id, name : as the export has them.
    profile : the row of ``customers``, or of the customer list for one without orders; a Series.
    orders : one purchase day a row: days since the one before, value, what came back, contribution.
    months : ``customer_months``, as booked.
    value : the row of ``customer_profit``: value now and in the year before, rank.
    grades : the row of ``customer_axes``: tier, segment, quadrant, growth, price tag.
    rfm : the row of ``rfm``: scores and segment, now and a month before.
    lifetime : ``clv``, one horizon a row, with interval.
    risk : ``risk``, one horizon a row, with interval and the percentile of the silence.
    warnings : open warnings, one signal a row.
    reasons : why it left, as somebody noted it.
    win_back : what its return would be worth; only for one that is silent for longer than usual.
    action : its next action, as the CRM got it.
    drivers : what goes with slower returns among all customers; whether one is at work here is not stored.
    lacking : names of the tables that are not there.
    """

    customer_id: str
    name: str
    profile: pd.Series
    orders: pd.DataFrame
    months: pd.DataFrame
    value: pd.DataFrame
    grades: pd.DataFrame
    rfm: pd.DataFrame
    lifetime: pd.DataFrame
    risk: pd.DataFrame
    warnings: pd.DataFrame
    reasons: pd.DataFrame
    win_back: pd.DataFrame
    action: pd.DataFrame
    drivers: pd.DataFrame
    lacking: tuple[str, ...]
    facts: pd.Series = field(repr=False)
    ranked: int = field(repr=False)
    params: Params = field(repr=False)

    def __repr__(self) -> str:
        return f"Story({self.customer_id!r}, {len(self.orders)} purchase days, {len(self.warnings)} open warnings)"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:  # noqa: ARG002
        return {"text/html": self._repr_html_(), "text/plain": repr(self)}

    def _repr_html_(self) -> str:
        return sheet.page_of(self)


def tell(customer_id: str, params_file: str) -> Story:
    """The story of ``customer_id``; see ``analysis.customer.story``."""
    facts, people = tables.read(RUN_FACTS).iloc[0], _people()
    found = people[people[KEY] == customer_id]
    if found.empty:
        raise _unknown(customer_id, people)
    lacking: list[str] = []

    def own(table: Table) -> pd.DataFrame:
        frame = _all(table, lacking)
        return frame[frame[KEY] == customer_id].reset_index(drop=True)

    profits, drivers = _all(CUSTOMER_PROFIT, lacking), _all(DRIVER_EFFECTS, lacking)
    return Story(
        customer_id=customer_id, name=str(found["customer_name"].iloc[0]), profile=found.iloc[0],
        orders=order_days(own(CUSTOMER_DAYS)), months=own(CUSTOMER_MONTHS),
        value=profits[profits[KEY] == customer_id].reset_index(drop=True), grades=own(CUSTOMER_AXES), rfm=own(RFM),
        lifetime=own(CLV), risk=own(RISK), warnings=own(WARNINGS), reasons=own(optional.EXIT_REASONS),
        win_back=own(WIN_BACK_CUSTOMERS), action=own(CRM_EXCHANGE).dropna(subset=["action_id"]),
        drivers=drivers[drivers["is_named"].astype(bool)].reset_index(drop=True), lacking=tuple(lacking), facts=facts,
        ranked=int(profits["rank"].notna().sum()), params=open_stage("customer", params_file).params,
    )  # fmt: skip


def order_days(days: pd.DataFrame) -> pd.DataFrame:
    """One purchase day a row, in the currency, with the days since the one before.

    Parameters
    ----------
    days : rows of ``customer_days`` of one customer.
    """
    frame = days.sort_values("order_date", ignore_index=True)
    return pd.DataFrame({
        KEY: frame[KEY],
        "order_date": frame["order_date"],
        "gap_days": frame["order_date"].diff().dt.days.astype("Int64"),
        "orders": frame["orders"],
        "lines": frame["lines"],
        "value": (frame["bought_e4"] - frame["returned_e4"]) / E4,
        "returned": frame["returned_e4"] / E4,
        "contribution": frame["contribution_e4"].astype("float64") / E4,
    })[list(ORDERS_OF_CUSTOMER.by_name)]  # fmt: skip


def _all(table: Table, lacking: list[str]) -> pd.DataFrame:
    """The stored ``table``; without rows, and noted in ``lacking``, where its stage has not run or lacks its data."""
    if tables.path(table).is_file():
        return tables.read(table)
    lacking.append(table.name)
    return tables.without_rows(table)


def _people() -> pd.DataFrame:
    """Everybody that is known: the customers with lines, then those of the customer list that have none."""
    people = tables.read(CUSTOMERS)
    if tables.path(optional.CUSTOMER_LIST).is_file():
        listed = tables.read(optional.CUSTOMER_LIST)
        others = listed[~listed[KEY].isin(people[KEY])].drop_duplicates(KEY)
        shared = [name for name in ("customer_id", "customer_name", "region", "industry", "sales_rep") if name in others]
        people = pd.concat([people, others[shared]], ignore_index=True)
    return people.assign(customer_name=people["customer_name"].fillna(people[KEY]))


def _unknown(customer_id: object, people: pd.DataFrame) -> DataError:
    """What was asked for, and the ids whose number or name is most like it."""
    asked = str(customer_id)
    holds = people[KEY].str.startswith(asked) | people["customer_name"].str.contains(asked, case=False, regex=False)
    ids = difflib.get_close_matches(asked, people[KEY], NEAREST, LEAST_LIKE)
    names = difflib.get_close_matches(asked, people["customer_name"], NEAREST, LEAST_LIKE)
    near = pd.concat([people[holds], people[people[KEY].isin(ids)], people[people["customer_name"].isin(names)]])
    first = near.drop_duplicates(KEY).head(NEAREST)
    first = first if asked else first.iloc[:0]  # every name holds the empty one
    told = ", ".join(f"{row.customer_id} ({row.customer_name})" for row in first.itertuples())
    remedy = f"Nearest are {told}" if told else "`stored.customers` lists all of them"
    return DataError("customer.story", "no customer has this number", asked, remedy)
