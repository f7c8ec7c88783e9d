"""G3: what customers usually do: where they are, when and what they buy, and how much at a time.

Purchase frequency is how often they buy. How often they use what they bought, or look at it, is in no order line.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.core import params, tables
from analysis.core.contracts.clean import ORDER_LINES, RUN_FACTS
from analysis.core.contracts.schema import E4
from analysis.core.contracts.segment_habits import (
    HABIT_GROUPS,
    HABIT_PROOFS,
    HABIT_SHARES,
    HABIT_TIMES,
    HABITS,
    PRICE_MONTHS,
    PRICE_PREFERENCES,
    WEEKDAYS,
)
from analysis.core.dialect import render
from analysis.core.engine import Engine, open_engine
from analysis.core.frames import places_of
from analysis.core.stage import Stage
from analysis.models.periods import months_before
from analysis.segment.habit_features import KINDS, measure_habits, prove_habits
from analysis.segment.habit_groups import Groups, find_groups
from analysis.segment.people import number_customers
from analysis.segment.prices import Prices, prefer, read_prices

SQL = Path(__file__).parent


@dataclass(frozen=True)
class HabitRecords:
    """What customers bought in the window, summed in the engine.

    Attributes
    ----------
    sums : by customer, by habits.sql.
    proofs : rows of the table ``habit_proofs``.
    shares, times : rows of the tables ``habit_shares`` and ``habit_times``.
    values : ``customer_id, revenue_e4, contribution_e4``, net of returns.
    prices : what prices and discounts say (G11).
    """

    sums: pd.DataFrame
    proofs: pd.DataFrame
    shares: pd.DataFrame
    times: pd.DataFrame
    values: pd.DataFrame
    prices: Prices
    value_name: str
    settings: params.Segment
    after: pd.Timestamp
    as_of: pd.Timestamp

    @property
    def start(self) -> pd.Timestamp:
        """The first day of the window."""
        return self.after + pd.Timedelta(days=1)

    @property
    def money_name(self) -> str:
        """What value means in this run: ``contribution`` or ``revenue``."""
        known = self.value_name == "contribution" and self.values["contribution_e4"].notna().all()
        return "contribution" if known else "revenue"

    @cached_property
    def value(self) -> pd.Series:
        """Value in currency of each row of ``sums``."""
        brought = self.values[f"{self.money_name}_e4"].to_numpy(dtype="float64", na_value=np.nan)
        return np.append(brought, np.nan)[places_of(self.sums["customer_id"], self.values["customer_id"])] / E4

    def levels(self, kind: str) -> list[str]:
        """Names of the categories or channels that are told apart, by sales."""
        named = self.shares[(self.shares["dimension"] == kind) & self.shares["level"].notna()]
        return named.sort_values("position")["level"].head(self.settings.habits.listed_levels).tolist()

    @property
    def measures(self) -> pd.DataFrame:
        """Every habit of each row of ``sums``, in the units in which it is read."""
        return measure_habits(self.sums, self.settings.habits.listed_levels)

    @cached_property
    def groups(self) -> Groups:
        """G3: the groups that were found, and which of them are proven."""
        return find_groups(self.sums, self.measures, self.value, self.proofs, self.levels, self.settings)

    @cached_property
    def preferences(self) -> pd.DataFrame:
        """The table ``price_preferences``."""
        return prefer(self.prices, self.settings)

    def store(self) -> None:
        """Write all tables of habits and prices."""
        for table, frame in (
            (HABITS, self.table), (HABIT_SHARES, self.shares), (HABIT_TIMES, self.times), (HABIT_PROOFS, self.proofs),
            (HABIT_GROUPS, self.groups.table), (PRICE_PREFERENCES, self.preferences), (PRICE_MONTHS, self.prices.months),
        ):  # fmt: skip
            tables.write(table, frame)

    @property
    def table(self) -> pd.DataFrame:
        """The table ``habits``."""
        enough = self.sums["orders"] >= self.settings.habits.min_orders
        measures = self.measures
        frame = pd.concat([self.sums[["customer_id", "customer_name", "region"]], measures.where(enough)], axis=1)
        frame["orders"], frame["median_order"] = self.sums["orders"], measures["median_order"]
        for kind in KINDS:
            names = np.array([*self.levels(kind), None], dtype=object)
            place, share = main_level(measures, kind, self.settings.habits.listed_levels)
            frame[f"main_{kind}"] = np.where(enough & (place >= 0), names[place], None)
            frame[f"main_{kind}_share"] = share.where(enough)
        frame["habit_group"] = self.groups.published
        return frame.assign(value=self.value)[list(HABITS.by_name)]


def main_level(measures: pd.DataFrame, kind: str, levels: int) -> tuple[np.ndarray, pd.Series]:
    """Place of the level with the largest share, -1 where none is known, and that share."""
    shares = measures[[f"{kind}_{place}" for place in range(1, levels + 1)]].to_numpy(dtype=float)
    known = np.nan_to_num(shares, nan=0.0)
    place, largest = known.argmax(axis=1), known.max(axis=1)
    return np.where(largest > 0, place, -1), pd.Series(np.where(largest > 0, largest, np.nan), measures.index)


def open_habits(stage: Stage) -> HabitRecords:
    """What the habits of ``stage`` are read from: the order lines of the window, summed in the engine."""
    settings: params.Segment = stage.settings
    after, facts = months_before(stage.as_of, settings.habits.window_months), tables.read(RUN_FACTS).iloc[0]
    with open_engine(stage.params.engine) as engine:
        found = read_habits(engine, after, settings)
    return HabitRecords(**found, value_name=str(facts["value_name"]), settings=settings, after=after, as_of=stage.as_of)


def read_habits(engine: Engine, after: pd.Timestamp, settings: params.Segment) -> dict[str, Any]:
    """What ``HabitRecords`` has from the engine; the largest tables last, since they fill the memory."""
    asked = settings.habits
    given: dict[str, Any] = {
        "after": f"{after:%Y-%m-%d}", "levels": asked.listed_levels, "kinds": KINDS, "e4": E4, "min_orders": asked.min_orders,
        "morning_before": asked.morning_before, "evening_from": asked.evening_from,
    }  # fmt: skip

    def sql(name: str, **more: Any) -> str:
        return render((SQL / f"{name}.sql").read_text(encoding="utf-8"), engine.dialect, **given, **more)

    number_customers(engine)
    engine.view(ORDER_LINES.name, [tables.path(ORDER_LINES)])
    for step in ("bought", "habit_orders"):  # each is asked several times
        file = engine.scratch / f"{step}.parquet"
        engine.store(sql(step), file)
        engine.view(step, [file])
    shares, prices = engine.frame(sql("habit_shares")), read_prices(engine, settings)
    sums = engine.frame(sql("habits", halves=False), by=["customer"]).drop(columns="customer")
    hours = sums["timed_orders"].sum() >= asked.known_from * sums["orders"].sum() and len(sums) > 0
    halves = engine.frame(sql("habits", halves=True), by=["customer", "half"])
    return {
        "sums": sums,
        "proofs": prove_habits(sums, halves, asked),
        "shares": rank_shares(shares, len(sums)),
        "times": share_times(engine.frame(sql("habit_times", hours=hours)), hours=hours),
        "values": engine.frame(sql("values")),
        "prices": prices,
    }


def rank_shares(found: pd.DataFrame, customers: int) -> pd.DataFrame:
    """Rows of ``habit_shares``: each dimension by sales, what is not known last; order sizes from small to large."""
    is_size = found["dimension"] == "order_size"
    ordered = found.assign(unknown=found["level"].isna(), by=np.where(is_size, 0, -found["sales_e4"])).sort_values(
        ["dimension", "unknown", "by", "level"], ignore_index=True
    )
    by_dimension = ordered.groupby("dimension")
    total = by_dimension["sales_e4"].transform("sum")
    return ordered.assign(
        position=by_dimension.cumcount() + 1,
        sales_share=ordered["sales_e4"] / total.where(total > 0),
        customer_share=ordered["customers"] / max(customers, 1),
    )[list(HABIT_SHARES.by_name)]


def share_times(found: pd.DataFrame, *, hours: bool) -> pd.DataFrame:
    """Rows of ``habit_times``."""
    return found.assign(
        weekday=np.array(WEEKDAYS, dtype=object)[found["weekday"].to_numpy(dtype=np.int64)],
        slot_kind="hour" if hours else "month",
        order_share=found["orders"] / max(int(found["orders"].sum()), 1),
    )[list(HABIT_TIMES.by_name)]
