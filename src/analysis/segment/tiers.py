"""G1: value tiers by what a customer pays in a year, with limits that hold for all months.

The limits are those of params.yaml, or fitted so that the tiers above each are the fewest payers that bring a chosen
share of the value. A customer leaves its tier only when its payment is beyond the limit by the hysteresis; without
that, one that pays about the limit would flicker. Customers younger than a year have their payments taken to a year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.core import params, tables
from analysis.core.contracts.clean import CUSTOMER_MONTHS, CUSTOMERS, RUN_FACTS
from analysis.core.contracts.profit import COMPARED, CUSTOMER_PROFIT
from analysis.core.contracts.schema import E4
from analysis.core.contracts.segment_tiers import CUSTOMER_TIERS, TIER_MONTHS
from analysis.core.dialect import render
from analysis.core.engine import Engine, open_engine
from analysis.core.errors import ParamsError
from analysis.core.stage import Stage
from analysis.core.windows import MONTHS_PER_YEAR, Window, is_covered, window_to
from analysis.segment.people import number_customers
from analysis.segment.rules import NEW, SILENT, check_names

SQL = Path(__file__).with_name("payments.sql")
DIGITS = 2  # significant ones of a fitted limit: nobody announces 48,371.22

Codes = npt.NDArray[np.int8]
Money = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Payments:
    """What each named customer paid in the twelve months to each of some month ends.

    Attributes
    ----------
    customers : ids, sorted.
    years : the twelve months to each end, oldest first; the last one ends now.
    yearly_e4 : a row a customer, a column a year; taken to a year where the customer is younger.
    paid_e4, ordered, known : the same: as booked, whether it ordered in it, whether it had ordered by its end.
    is_young : whether it is younger than a year now.
    """

    customers: pd.Index
    years: list[Window]
    yearly_e4: Money
    paid_e4: Money
    ordered: npt.NDArray[np.bool_]
    known: npt.NDArray[np.bool_]
    is_young: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Tiering:
    """The tier of every customer at every month end.

    Attributes
    ----------
    names : states by their code: the tiers from the largest payers, then ``silent`` and ``new``.
    limits : least yearly payment of all tiers but the last, in the currency.
    codes : a row a customer, a column a month end; a code stands for one of ``names``.
    value : profit, else contribution or revenue of the year, in the currency; missing where it is not known.
    """

    payments: Payments
    names: tuple[str, ...]
    limits: tuple[float, ...]
    codes: Codes
    value: pd.Series
    value_name: str
    customer_names: pd.Series

    @property
    def tiers(self) -> tuple[str, ...]:
        """The tiers alone, from the largest payers."""
        return self.names[: len(self.limits) + 1]

    @property
    def year_before(self) -> int | None:
        """Column of the year before now; ``None`` where the data does not reach back so far."""
        place = len(self.payments.years) - 1 - MONTHS_PER_YEAR
        return place if place >= 0 else None

    @cached_property
    def customer_tiers(self) -> pd.DataFrame:
        """Rows of the table ``customer_tiers``."""
        paid, back = self.payments, self.year_before
        names = np.array(self.names, dtype=object)
        frame = pd.DataFrame({
            "customer_id": paid.customers, "customer_name": self.customer_names.reindex(paid.customers).to_numpy(),
            "payment": paid.yearly_e4[:, -1] / E4, "is_annualised": paid.is_young, "tier": names[self.codes[:, -1]],
            "tier_before": names[self.codes[:, -2]] if self.codes.shape[1] > 1 else None,
            "tier_year_before": None, "change": None, "payment_before": np.nan, "payment_change": np.nan,
        })  # fmt: skip
        if back is not None:
            now, then = self.codes[:, -1], self.codes[:, back]
            before = paid.yearly_e4[:, back] / E4
            frame = frame.assign(
                tier_year_before=names[then], change=_changes(now, then, len(self.limits) + 1),
                payment_before=before, payment_change=frame["payment"] - before,
            )  # fmt: skip
        return frame[list(CUSTOMER_TIERS.by_name)]

    @cached_property
    def tier_months(self) -> pd.DataFrame:
        """Rows of the table ``tier_months``: how many are in each tier at each end, and what they paid."""
        states = range(len(self.limits) + 2)  # the tiers and the silent
        rows = [
            (year.last, self.names[code], int(inside.sum()), int(self.payments.paid_e4[inside, at].sum()) / E4)
            for at, year in enumerate(self.payments.years)
            for code in states
            for inside in (self.codes[:, at] == code,)
        ]
        return pd.DataFrame(rows, columns=list(TIER_MONTHS.by_name))


def check_tiers(settings: params.Tiers) -> None:
    """Raise unless every tier has its words and its limit.

    Raises
    ------
    ParamsError
    """
    check_names(settings.names, "tier", "tiers")
    where, limits = "params.yaml, section segment.tiers", len(settings.names) - 1
    for key, values, way in (("from_yearly", settings.from_yearly, -1), ("value_shares", settings.value_shares, 1)):
        if values is None:
            continue
        if len(values) != limits or any(way * later <= way * earlier for earlier, later in pairwise(values)):
            order = "rising" if way > 0 else "falling"
            raise ParamsError(
                where, f"{key} has one {order} number for each tier but the last", list(values), f"Give {limits} numbers"
            )


def read_payments(engine: Engine, years: list[Window], least_months: int) -> Payments:
    """Payments by customer, from ``customer_months`` and ``customers``; those who never ordered have no row."""
    number_customers(engine)
    engine.view(CUSTOMER_MONTHS.name, [tables.path(CUSTOMER_MONTHS)])
    spans = [{"first": f"{year.first:%Y-%m-%d}", "last": f"{year.last:%Y-%m-%d}"} for year in years]
    found = engine.frame(render(SQL.read_text(encoding="utf-8"), engine.dialect, years=spans), by=["customer"])
    paid, ordered = (
        np.array([found.pop(f"{name}_{at}").to_numpy() for at in range(len(years))]).T for name in ("paid", "ordered")
    )
    return take_to_years(pd.Index(found["customer_id"]), years, paid, ordered, found["first_month"], least_months)


def take_to_years(
    customers: pd.Index, years: list[Window], paid_e4: Money, ordered: npt.NDArray[np.bool_], first_month: pd.Series,
    least_months: int,
) -> Payments:  # fmt: skip
    """``yearly = paid 12 / max(age, least_months)`` of a customer that is ``age`` < 12 months old at the year's end."""
    lasts = np.array([year.last for year in years], dtype="datetime64[M]").astype(np.int16)
    age = lasts - first_month.to_numpy(dtype="datetime64[M]").astype(np.int16)[:, None] + 1
    yearly = np.empty_like(paid_e4)
    for at in range(len(years)):  # one by one: all of them at once do not fit beside each other
        yearly[:, at] = np.rint(paid_e4[:, at] * (MONTHS_PER_YEAR / np.clip(age[:, at], least_months, MONTHS_PER_YEAR)))
    return Payments(customers, years, yearly, paid_e4, ordered, age > 0, age[:, -1] < MONTHS_PER_YEAR)


def fit_limits(payment_e4: Money, value: npt.NDArray[np.float64], shares: Sequence[float]) -> tuple[float, ...]:
    """Payments from which the tiers hold: with those above, the fewest payers that bring each share of the value.

    Parameters
    ----------
    payment_e4, value : of each customer that ordered; where the values sum to nothing, payments stand in.

    Returns
    -------
    Falling limits in the currency; fewer than ``shares`` where there are too few customers.
    """
    order = np.argsort(-payment_e4, kind="stable")
    brought = np.cumsum(value[order] if value.sum() > 0 else payment_e4[order])
    limits: list[float] = []
    for share in shares:
        reached = brought >= share * brought[-1]
        limit = _announced(payment_e4[order[int(np.argmax(reached))]] / E4)
        below = payment_e4[payment_e4 / E4 < limits[-1]] if limits else payment_e4
        if len(below) and limits and limit >= limits[-1]:
            limit = _announced(below.max() / E4)
        if limit <= 0 or (limits and limit >= limits[-1]):
            break
        limits.append(limit)
    return tuple(limits)


def name_tiers(payments: Payments, limits: Sequence[float], hysteresis: float) -> Codes:
    """The code of each customer's tier at each month end: 0 is the highest, then the silent, then the new.

    At the first month end, and after a year without an order, the limits hold as they are. Later a customer rises when
    its payment reaches ``limit (1 + hysteresis)`` and falls when it is below ``limit (1 - hysteresis)``.
    """
    lowest = len(limits)
    edges = np.array(limits)[:, None] * E4
    codes = np.empty(payments.yearly_e4.shape, dtype=np.int8)
    held = np.full(len(payments.customers), lowest + 1)
    for at in range(codes.shape[1]):
        paid = payments.yearly_e4[:, at]
        plain, rise, fall = (
            lowest - (paid >= edges * factor).sum(axis=0) for factor in (1, 1 + hysteresis, 1 - hysteresis)
        )
        held = np.where(held > lowest, plain, np.clip(held, fall, rise))
        held = np.where(payments.ordered[:, at], held, lowest + 1)
        codes[:, at] = np.where(payments.known[:, at], held, lowest + 2)
    return codes


def open_tiers(stage: Stage) -> Tiering:
    """The tiers of ``stage``; its names are checked first."""
    settings: params.Tiers = stage.settings.tiers
    check_tiers(settings)
    first, people = tables.read(RUN_FACTS)["first_date"].iloc[0], tables.read(CUSTOMERS, columns=("customer_id", "customer_name"))
    now, slack = window_to(stage.as_of, MONTHS_PER_YEAR, first), stage.params.profit.slack_days
    # A month end counts where the data reaches back a year from it; the last one always does.
    years = [now.earlier(back) for back in reversed(range(settings.history_months))]
    years = [year for year in years if year == now or is_covered(year, first, slack)]
    with open_engine(stage.params.engine) as engine:
        paid = read_payments(engine, years, settings.least_months)
    name = tables.read(COMPARED)["ranked"].iloc[0]
    value = tables.read(CUSTOMER_PROFIT, columns=("customer_id", name)).set_index("customer_id")[name].reindex(paid.customers)
    return tier_customers(paid, value, settings, value_name=name, customer_names=people.set_index("customer_id")["customer_name"])


def tier_customers(
    payments: Payments, value: pd.Series, settings: params.Tiers, *, value_name: str, customer_names: pd.Series
) -> Tiering:
    """The tiers of ``payments``, by the limits of ``settings`` or by those that its value shares fit."""
    active, limits = payments.ordered[:, -1], settings.from_yearly
    if limits is None:
        known = value.fillna(0.0).to_numpy(dtype=np.float64)
        limits = fit_limits(payments.yearly_e4[active, -1], known[active], settings.value_shares) if active.any() else ()
    names = (*settings.names[: len(limits)], settings.names[-1], SILENT, NEW)
    return Tiering(payments, names, limits, name_tiers(payments, limits, settings.hysteresis), value, value_name, customer_names)


def _announced(value: float) -> float:
    """``value`` to two significant digits."""
    return float(f"{value:.{DIGITS}g}")


def _changes(now: Codes, then: Codes, tiers: int) -> npt.NDArray[np.object_]:
    is_new, was_silent, is_silent = then == tiers + 1, then == tiers, now == tiers
    return np.select(
        [is_new, now == then, is_silent, was_silent, now < then], ["new", "stayed", "silent", "back", "up"], "down"
    ).astype(object)
