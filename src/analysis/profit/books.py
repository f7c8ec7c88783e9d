"""What the profit stage reads, and the two windows that it compares."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from analysis.core import tables
from analysis.core.contracts.clean import CAPABILITIES, CUSTOMER_MONTHS, CUSTOMERS, RUN_FACTS
from analysis.core.contracts.profit import BRIDGE
from analysis.core.contracts.schema import E4
from analysis.core.params import Profit
from analysis.core.stage import Stage
from analysis.core.windows import Window, is_covered, window_to
from analysis.profit.bridge import (
    Ledger,
    build_bridge,
    count_active,
    customer_changes,
    open_ledger,
    retention,
)
from analysis.profit.concentration import Concentration, build_concentration
from analysis.profit.customers import customer_profit, customer_values


@dataclass(frozen=True)
class Books:
    """Tables of the clean stage, and what follows from them at once.

    Attributes
    ----------
    months, customers, gate : the tables ``customer_months``, ``customers`` and ``capabilities``.
    facts : the one row of ``run_facts``.
    now : the window that ends at ``as_of``.
    before : the one before it; ``None`` where the data does not reach back so far.
    """

    months: pd.DataFrame
    customers: pd.DataFrame
    gate: pd.DataFrame
    facts: pd.Series
    settings: Profit
    now: Window
    before: Window | None

    @property
    def value_name(self) -> str:
        """``contribution`` where costs are known, else ``revenue``."""
        return str(self.facts["value_name"])

    @property
    def measures(self) -> tuple[str, ...]:
        """What is added up in this run, the run's value first."""
        return ("contribution", "revenue") if self.value_name == "contribution" else ("revenue",)

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
        return {period: customer_values(self.months, window) for period, window in self.windows.items()}

    @cached_property
    def ledgers(self) -> dict[str, Ledger]:
        """The ledger of each measure."""
        return {measure: open_ledger(self.months, self.customers, measure) for measure in self.measures}

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

    def measure_concentration(self) -> Concentration:
        """V2: every curve of the stage."""
        return build_concentration(
            self.values, self.windows, self.customers, value_name=self.value_name, settings=self.settings
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
        now = self.values["now"]
        if self.before is None:
            return customer_profit(now, now[:0], self.customers, self.value_name, None)
        part = customer_changes(self.ledgers[self.compared_name], self.now, self.before)["part"]
        return customer_profit(now, self.values["before"], self.customers, self.value_name, part)

    def trailing(self, measure: str) -> pd.Series:
        """Value of all customers in each window of ``ends``, by its last month."""
        booked = self.months.groupby("month")[f"{measure}_e4"].sum()
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
        row = {"first_month": self.now.first, "last_month": self.now.last, "measure": self.compared_name}
        return pd.DataFrame([row])


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def open_books(stage: Stage) -> Books:
    """The books of ``stage``, read from the tables of the clean stage."""
    facts = tables.read(RUN_FACTS).iloc[0]
    now = window_to(stage.as_of, stage.settings.window_months, facts["first_date"])
    earlier = now.earlier(now.months)
    return Books(
        months=tables.read(CUSTOMER_MONTHS),
        customers=tables.read(CUSTOMERS),
        gate=tables.read(CAPABILITIES),
        facts=facts,
        settings=stage.settings,
        now=now,
        before=earlier if is_covered(earlier, facts["first_date"], stage.settings.slack_days) else None,
    )
