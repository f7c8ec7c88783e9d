"""What the profit stage reads, and the two windows that it compares."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from analysis.core import tables
from analysis.core.contracts import optional
from analysis.core.contracts.clean import CAPABILITIES, CUSTOMER_MONTHS, CUSTOMERS, ORDER_LINES, RUN_FACTS
from analysis.core.contracts.profit import BRIDGE, PROBLEM_CUSTOMERS, SERVING_COSTS, SERVING_POOLS
from analysis.core.contracts.schema import E4
from analysis.core.dialect import render
from analysis.core.engine import Engine, open_engine
from analysis.core.params import Profit
from analysis.core.stage import Stage
from analysis.core.windows import Window, is_covered, window_to
from analysis.profit.bridge import (
    Ledger,
    build_bridge,
    count_active,
    customer_changes,
    open_ledgers,
    retention,
)
from analysis.profit.concentration import Concentration, build_concentration
from analysis.profit.curve import top_count
from analysis.profit.customers import customer_profit, customer_values, rank_customers, with_serving
from analysis.profit.minimum_order import minimum_orders, nothing_below, read_small_orders, saved_by_customer
from analysis.profit.problems import (
    customers_who_brought_others,
    problem_customers,
    profit_bounds,
    wallet_room,
)
from analysis.profit.serving import Serving, count_work, measure_serving

ORDERS = Path(__file__).with_name("orders.sql")


@dataclass(frozen=True)
class Books:
    """Tables of the clean stage, and what follows from them at once.

    Attributes
    ----------
    months, customers, gate : the tables ``customer_months``, ``customers`` and ``capabilities``; their ids are
        categories, since texts of millions of rows are slow to compare.
    facts : the one row of ``run_facts``.
    now : the window that ends at ``as_of``.
    before : the one before it; ``None`` where the data does not reach back so far.
    serving : what serving each customer cost; ``None`` where no work has a price.
    minima, below : minimum orders to try, and what customers ordered below them.
    """

    months: pd.DataFrame
    customers: pd.DataFrame
    gate: pd.DataFrame
    facts: pd.Series
    settings: Profit
    now: Window
    before: Window | None
    serving: Serving | None = None
    minima: list[float] = field(default_factory=list)
    below: pd.DataFrame = field(default_factory=nothing_below)

    @property
    def value_name(self) -> str:
        """``contribution`` where costs are known, else ``revenue``."""
        return str(self.facts["value_name"])

    @property
    def measures(self) -> tuple[str, ...]:
        """What is added up in this run, the run's value first."""
        return ("contribution", "revenue") if self.value_name == "contribution" else ("revenue",)

    @property
    def has_profit(self) -> bool:
        """Costs of goods and of serving are known, so that profit is."""
        return self.serving is not None and self.value_name == "contribution"

    @property
    def ranked_name(self) -> str:
        """What customers are ranked by: ``profit``, else the run's value."""
        return "profit" if self.has_profit else self.value_name

    @property
    def headline_name(self) -> str:
        """What the page's message is about: ``profit`` where two years of it can be compared."""
        return "profit" if self.has_profit and self.compared_name == "contribution" else self.compared_name

    @cached_property
    def costed_shares(self) -> dict[str, float]:
        """Share of revenue whose contribution is known, by period."""
        sums = {
            period: values[["costed_revenue_e4", "revenue_e4"]].sum()
            for period, values in self.values.items()
        }
        return {period: _share(*found) for period, found in sums.items()}

    @property
    def compared_name(self) -> str:
        """The measure by which the two windows are compared.

        A contribution that grew because more lines have a cost did not grow, so that revenue stands in.
        """
        shares = self.costed_shares
        gap = abs(shares["now"] - shares.get("before", shares["now"]))
        return self.value_name if gap <= self.settings.costed_share_slack else "revenue"

    @cached_property
    def windows(self) -> dict[str, Window]:
        """The windows by period."""
        return {"now": self.now} | ({"before": self.before} if self.before else {})

    @cached_property
    def ends(self) -> list[Window]:
        """The windows that end with each of the last months, while data lasts, and always the last."""
        ends = [self.now.earlier(back) for back in reversed(range(self.settings.history_months))]
        return [window for window in ends if window == self.now or self._covers(window)]

    @cached_property
    def values(self) -> dict[str, pd.DataFrame]:
        """Sums of every customer by period."""
        return {period: customer_values(self.served_months, window) for period, window in self.windows.items()}

    @cached_property
    def served_months(self) -> pd.DataFrame:
        """``months``, with the cost to serve and the profit of each where work has a price."""
        return self.months if self.serving is None else with_serving(self.months, self.serving.months)

    def total(self, measure: str, period: str = "now") -> float:
        """Value of all customers in the window of ``period``."""
        return float(self.values[period][f"{measure}_e4"].sum() / E4)

    @cached_property
    def ledgers(self) -> dict[str, Ledger]:
        """The ledger of each measure."""
        return open_ledgers(self.months, self.customers, self.measures)

    def active_customers(self) -> dict[str, int]:
        """Named customers that bought in the window ``now``, in the one a ``month`` ago and in the one ``before``."""
        windows = {"now": self.now, "month": self.now.earlier(1), "before": self.before}
        return {
            name: count_active(self.ledgers["revenue"], window)
            for name, window in windows.items()
            if window is not None and (name == "now" or self._covers(window))
        }

    def _covers(self, window: Window) -> bool:
        return is_covered(window, self.facts["first_date"], self.settings.slack_days)

    @property
    def serving_costs(self) -> pd.DataFrame:
        """V1: the table of that name; without rows where no work has a price."""
        return self.serving.costs if self.serving else tables.without_rows(SERVING_COSTS)

    @property
    def serving_pools(self) -> pd.DataFrame:
        """V1: the table of that name; without rows where no work has a price."""
        return self.serving.pools if self.serving else tables.without_rows(SERVING_POOLS)

    @property
    def best(self) -> pd.Index:
        """The customers that the titles speak of as the top."""
        ranked = rank_customers(self.values["now"], self.customers, self.ranked_name)
        return ranked.index[: top_count(len(ranked), self.settings.headline_top_share)]

    def try_minimum_orders(self) -> pd.DataFrame:
        """N9: the table ``minimum_orders``."""
        return minimum_orders(self.minima, self.below, self._unit_costs, self.best, self.settings.minimum_order)

    def find_problems(self, ranked: pd.DataFrame) -> pd.DataFrame:
        """G7: the table ``problem_customers``, from the table ``customer_profit``; no rows without profit."""
        if not self.has_profit:
            return tables.without_rows(PROBLEM_CUSTOMERS)
        since = self.customers.set_index("customer_id")["first_order_date"]
        return problem_customers(
            ranked, profit_bounds(self.served_months, self.now, self.settings.interval_level), self.serving_costs,
            saved_by_customer(self.below, self._unit_costs, self.settings.minimum_order), since=since, now=self.now,
            ladder=self.settings.ladder, spared=customers_who_brought_others(),
            room=wallet_room(ranked.set_index("customer_id")["revenue"]),
        )  # fmt: skip

    @property
    def _unit_costs(self) -> pd.Series:
        return self.serving_pools.set_index("activity")["unit_cost"].dropna()

    def measure_concentration(self) -> Concentration:
        """V2: every curve of the stage."""
        measures = (*("profit",) * self.has_profit, *self.measures)
        return build_concentration(
            self.values, self.windows, self.customers, measures=measures, settings=self.settings
        )

    def build_bridge(self) -> pd.DataFrame:
        """V8: every comparison of the stage."""
        steps = [
            build_bridge(
                ledger, self.now, self.facts["first_date"],
                history_months=self.settings.history_months, slack_days=self.settings.slack_days,
            )
            for ledger in self.ledgers.values()
        ]  # fmt: skip
        return pd.concat(steps, ignore_index=True)

    def rank_customers(self) -> pd.DataFrame:
        """V2: each customer with its value, its rank and its part in the bridge."""
        now, work = self.values["now"], self.serving.main_work("now") if self.serving else None
        if self.before is None:
            return customer_profit(now, now[:0], self.customers, self.ranked_name, None, work)
        part = customer_changes(self.ledgers[self.compared_name], self.now, self.before)["part"]
        return customer_profit(now, self.values["before"], self.customers, self.ranked_name, part, work)

    def trailing(self, measure: str) -> pd.Series:
        """Value of all customers in each window of ``ends``, by its last month."""
        booked = self.served_months.groupby("month")[f"{measure}_e4"].sum()
        sums = [booked[window.holds(booked.index.to_series())].sum() / E4 for window in self.ends]
        return pd.Series(sums, index=[window.last for window in self.ends], name=measure)

    def month_ends(self, bridge: pd.DataFrame) -> pd.DataFrame:
        """The table ``kpi_months``, with retention from the table ``bridge``."""
        kept = [retention(self.steps(bridge, "revenue", at=window)) for window in self.ends]
        return pd.DataFrame(
            {
                "month": [window.last for window in self.ends],
                "value": self.trailing(self.compared_name).to_numpy(),
                "active_customers": [count_active(self.ledgers["revenue"], window) for window in self.ends],
                "net_retention": [one["net_retention"] for one in kept],
            }
        )

    def steps(
        self, bridge: pd.DataFrame, measure: str, comparison: str = "year", *, at: Window | None = None
    ) -> pd.DataFrame:
        """One comparison of the table ``bridge`` by part, from base to total; empty where the data is too short for it."""
        last = (at or self.now).last
        return tables.by_key(BRIDGE, bridge, measure=measure, comparison=comparison, last_month=last)

    def compared(self) -> pd.DataFrame:
        """The table ``compared``."""
        names = {"measure": self.compared_name, "ranked": self.ranked_name}
        return pd.DataFrame([{"first_month": self.now.first, "last_month": self.now.last, **names}])


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def open_books(stage: Stage) -> Books:
    """The books of ``stage``, read from the tables of the clean stage."""
    facts, settings = tables.read(RUN_FACTS).iloc[0], stage.settings
    now = window_to(stage.as_of, settings.window_months, facts["first_date"])
    earlier = now.earlier(now.months)
    before = earlier if is_covered(earlier, facts["first_date"], settings.slack_days) else None
    customers = tables.read(CUSTOMERS)
    ids = {"customer_id": pd.CategoricalDtype(customers["customer_id"].sort_values())}
    work_window = Window(now.earlier(max(now.months, settings.history_months - 1)).first, now.last)
    with open_engine(stage.params.engine) as engine:
        _define_orders(engine, work_window, by_id=facts["occasion_rule"] == "order_id")
        minima, below = read_small_orders(engine, now, settings.minimum_order, ids)
        serving = None
        if tables.path(optional.ACTIVITY_COSTS).is_file():
            work = count_work(engine, work_window, ids, small_order_below=settings.small_order_below)
            windows = {"now": now} | ({"before": before} if before else {})
            serving = measure_serving(work, tables.read(optional.ACTIVITY_COSTS), windows)
    return Books(
        months=tables.read(CUSTOMER_MONTHS, ids),
        customers=customers.astype(ids),
        gate=tables.read(CAPABILITIES),
        facts=facts,
        settings=settings,
        now=now,
        before=before,
        serving=serving if serving is not None and len(serving.costs) else None,  # nothing where no work has a price
        minima=minima,
        below=below,
    )


def _define_orders(engine: Engine, window: Window, *, by_id: bool) -> None:
    """The orders of ``window``, added up once for all that asks for them."""
    engine.view(ORDER_LINES.name, [tables.path(ORDER_LINES)])
    text, file = ORDERS.read_text(encoding="utf-8"), engine.scratch / "orders.parquet"
    days = {"first": f"{window.first:%Y-%m-%d}", "last": f"{window.end:%Y-%m-%d}"}
    engine.store(render(text, engine.dialect, ids_are_keys=by_id, **days), file)
    engine.view("orders", [file])
