"""G6: whose purchases grow faster or slower than those of their peers.

The growth is that of the mean of a customer's purchases, month by month, season taken out. The months of its first and
of its last order are left out: those two were chosen because something was bought in them. What lies between is not, so
that neither a customer met at its first order nor one that has just ordered seems to shrink or to grow.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.core import params, tables
from analysis.core.contracts.clean import CUSTOMER_DAYS, CUSTOMERS
from analysis.core.contracts.schema import E4
from analysis.core.contracts.segment_growth import GROWTH_TESTS, PEERS
from analysis.core.dialect import render
from analysis.core.engine import Engine, open_engine
from analysis.core.stage import Stage
from analysis.core.windows import MONTHS_PER_YEAR
from analysis.models.false_discovery import benjamini_hochberg
from analysis.models.newton import Array
from analysis.models.trend import Trends, fit_cycle, fit_trends, group_medians
from analysis.segment.people import number_customers

SQL = Path(__file__).with_name("monthly.sql")


@dataclass(frozen=True)
class Months:
    """The months in which customers bought, up to the window's last.

    Attributes
    ----------
    customer_ids : in order.
    who, month, kept_e4 : of every month with a purchase: the place of the customer, the months since the window began
        (below zero before it), what was bought net of what came back.
    window : months in it.
    first, last : months between that of the first order and that of the last one, inside the window; by customer.
    age, silence : whole months since the first order, its own included, and since the last one.
    """

    customer_ids: pd.Index
    who: Array
    month: Array
    kept_e4: Array
    window: int
    first: Array
    last: Array
    age: Array
    silence: Array

    @property
    def length(self) -> Array:
        """Months that count, by customer."""
        return np.maximum(self.last - self.first + 1, 0)

    @cached_property
    def active(self) -> Array:
        """Those of them with a purchase."""
        counts = (self.month >= self.first[self.who]) & (self.month <= self.last[self.who])
        return np.bincount(self.who[counts], minlength=len(self.customer_ids))

    def revenue(self, months: int) -> Array:
        """What each customer bought in the latest ``months``, in currency."""
        found, late = np.zeros(len(self.customer_ids), dtype=np.int64), self.month >= self.window - months
        np.add.at(found, self.who[late], self.kept_e4[late])
        return found / E4

    def amounts(self, chosen: Array) -> Array:
        """What the ``chosen`` customers bought, in currency: a row a month of the window and a column a customer."""
        place, inside = np.cumsum(chosen) - 1, chosen[self.who] & (self.month >= 0)
        count = int(chosen.sum())
        cell = self.month[inside] * count + place[self.who[inside]]
        return np.bincount(cell, self.kept_e4[inside] / E4, self.window * count).reshape(self.window, count)


def open_growth(stage: Stage, quadrants: pd.DataFrame | None) -> pd.DataFrame:
    """Rows of the table ``growth_tests``.

    Parameters
    ----------
    quadrants : the table; ``None`` where it cannot be told.
    """
    customers = tables.read(CUSTOMERS, columns=("customer_id", "customer_name", *PEERS[:-1]))
    with open_engine(stage.params.engine) as engine:
        months = read_months(engine, customers["customer_id"], stage.as_of, stage.settings.growth_test.window_months)
    return judge_growth(months, customers, stage.settings, quadrants)


def read_months(engine: Engine, customers: pd.Series, as_of: pd.Timestamp, window_months: int) -> Months:
    """The purchase days summed up by month in ``engine``, of the window's whole months up to ``as_of``.

    Parameters
    ----------
    customers : ids of the table, in order.
    """
    number_customers(engine)
    engine.view(CUSTOMER_DAYS.name, [tables.path(CUSTOMER_DAYS)])
    found = engine.frame(render(SQL.read_text(encoding="utf-8"), engine.dialect))
    ended = _month(pd.Series([as_of + pd.Timedelta(days=1)]))[0] - 1
    who, numbers = pd.factorize(found["customer"], sort=True)
    month = _month(found["month"]) - (ended - window_months + 1)
    made = (found["kept_e4"].to_numpy() > 0) & (month < window_months)
    who_made, month, kept_e4 = who[made], month[made], found["kept_e4"].to_numpy()[made]
    first = np.full(len(numbers), window_months)
    np.minimum.at(first, who_made, month)
    latest = np.full(len(numbers), -1)
    np.maximum.at(latest, who_made, month)
    return Months(
        pd.Index(customers.iloc[numbers - 1]), who_made, month, kept_e4, window_months, first=np.maximum(first + 1, 0), last=latest - 1,
        age=window_months - first, silence=window_months - 1 - latest,
    )  # fmt: skip


def judge_growth(
    months: Months, customers: pd.DataFrame, settings: params.Segment, quadrants: pd.DataFrame | None
) -> pd.DataFrame:
    """Rows of the table ``growth_tests``.

    ``growth = e^(12 slope) - 1`` with the monthly slope of ``fit_trends``. The relative growth is that of the slope less
    the median slope of the peers; its interval holds the errors of both.

    Parameters
    ----------
    customers : the table.
    quadrants : ``quadrant`` by ``customer_id``, where wallets are known.
    """
    asked = settings.growth_test
    people = customers.set_index("customer_id").reindex(months.customer_ids)
    reason = reasons(months, asked)
    tested = reason.isna().to_numpy()
    trends = _trends(months, tested)
    peers = find_peers(people[tested], trends, asked.min_peers)
    found = pd.concat([peers, _growths(trends, peers, settings)], axis=1)
    table = pd.DataFrame({
        "customer_name": people["customer_name"],
        "status": np.where(tested, "estimated", "not_available"), "reason": reason,
        "months": months.length, "active_months": months.active,
        "revenue": months.revenue(settings.window_months),
    }, index=months.customer_ids).join(found)  # fmt: skip
    table["signal"] = _signals(table, quadrants, asked.watch_margin)
    return table.rename_axis("customer_id").reset_index()[list(GROWTH_TESTS.by_name)]


def reasons(months: Months, asked: params.GrowthTest) -> pd.Series:
    """Why each customer has no growth; missing for those that have one."""
    whys = [
        ("too_young", months.age < asked.min_months),
        ("silent", months.silence >= asked.silent_months),
        ("few_months", months.active < asked.min_active_months),
    ]
    found = np.select([holds for _, holds in whys], [why for why, _ in whys], "")
    return pd.Series(found, months.customer_ids, dtype="str").replace("", None)


def find_peers(people: pd.DataFrame, trends: Trends, min_peers: int) -> pd.DataFrame:
    """The peers of each customer, and their slope: of its industry, else of its region, else all that have a growth.

    Parameters
    ----------
    people : ``industry`` and ``region`` of the customers that have a growth.
    min_peers : a smaller group is no yardstick.

    Returns
    -------
    ``peer_kind, peer_group, peers`` and the monthly ``slope`` with its ``std_error``.
    """
    kinds = {
        "peer_kind": "str",
        "peer_group": "str",
        "peers": "Int64",
        "slope": "float64",
        "std_error": "float64",
    }
    found = pd.DataFrame({name: pd.Series(None, people.index, dtype=kind) for name, kind in kinds.items()})
    for kind in reversed(PEERS):
        named = people[kind] if kind in people else pd.Series("", people.index)
        group, names = pd.factorize(named, sort=True)
        known = group >= 0
        slope, error = group_medians(
            trends.slope[known], trends.std_error[known], group[known], count=len(names)
        )
        size = np.bincount(group[known], minlength=len(names))
        chosen = known & (np.append(size, 0)[group] >= min_peers)
        at = group[chosen]
        found.loc[chosen, "peer_kind"] = kind
        found.loc[chosen, "peer_group"] = None if kind == PEERS[-1] else named[chosen]
        found.loc[chosen, ["peers", "slope", "std_error"]] = np.column_stack([size[at], slope[at], error[at]])
    return found


def _trends(months: Months, tested: Array) -> Trends:
    """The trends of the customers that have one, under the season that all of them share."""
    amounts, first, last = months.amounts(tested), months.first[tested], months.last[tested]
    season = fit_cycle(amounts, first, last, length=MONTHS_PER_YEAR)
    return fit_trends(amounts, first, last, season)


def _growths(trends: Trends, peers: pd.DataFrame, settings: params.Segment) -> pd.DataFrame:
    """Growth and relative growth with their intervals, and what of it is beyond chance.

    References
    ----------
    Benjamini & Hochberg (1995), Controlling the false discovery rate, Journal of the Royal Statistical Society B 57,
    289-300.
    """
    from scipy.special import stdtr, stdtrit

    reach = stdtrit(trends.freedom, (1 + settings.interval_level) / 2)
    off = trends.slope - peers["slope"].to_numpy()
    error = np.hypot(trends.std_error, peers["std_error"].to_numpy())
    found = pd.DataFrame({
        "growth_yearly": trends.slope, "lo": trends.slope - reach * trends.std_error,
        "hi": trends.slope + reach * trends.std_error, "peer_growth": peers["slope"],
        "relative_growth": off, "relative_lo": off - reach * error, "relative_hi": off + reach * error,
    }, index=peers.index)  # fmt: skip
    compared = np.isfinite(off)
    chance = np.ones(len(off))
    with np.errstate(divide="ignore", invalid="ignore"):  # without any error nothing is off, or all is
        tail = stdtr(trends.freedom, -np.abs(off / error))
    chance[compared] = benjamini_hochberg(np.nan_to_num(2 * tail[compared], nan=1.0))  # 2: on both sides
    sure = compared & (chance <= settings.growth_test.false_share)
    verdict = np.select([~compared, ~sure, off > 0], ["", "alike", "faster"], "slower")
    return np.expm1(found * MONTHS_PER_YEAR).assign(
        verdict=pd.Series(verdict, peers.index, dtype="str").replace("", None)
    )


def _signals(table: pd.DataFrame, quadrants: pd.DataFrame | None, margin: float) -> pd.Series:
    """Ordinary customers that surely grow by ``margin`` more than their peers, and key customers that grow less."""
    found = pd.Series(None, table.index, dtype="str")
    if quadrants is None:
        return found
    quadrant = quadrants.set_index("customer_id")["quadrant"].reindex(table.index)
    found[(quadrant == "ordinary") & (table["lo"] > table["peer_growth"] + margin)] = "growth_watch"
    found[(quadrant == "key") & (table["relative_hi"] < 0)] = "early_warning"
    return found


def _month(day: pd.Series) -> Array:
    """Months since the year 1970."""
    return day.to_numpy().astype("datetime64[M]").astype(np.int64)
