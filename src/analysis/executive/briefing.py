"""What the director's page reads, and what follows from it at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from analysis.core import params, tables
from analysis.core.contracts.churn import QUIET, RISK, RISK_MONTHS
from analysis.core.contracts.churn_drivers import DRIVER_EFFECTS
from analysis.core.contracts.churn_warnings import WARNINGS
from analysis.core.contracts.clean import CAPABILITIES, CUSTOMER_MONTHS, CUSTOMERS, RUN_FACTS
from analysis.core.contracts.figures import figures
from analysis.core.contracts.lifetime_value import CLV, CLV_MONTHS
from analysis.core.contracts.lifetime_value_what_if import RETENTION_WHAT_IF
from analysis.core.contracts.profit import (
    BRIDGE,
    COMPARED,
    CONCENTRATION,
    CONCENTRATION_FACTS,
    CONCENTRATION_TIERS,
    CUSTOMER_PROFIT,
    DISCOUNT_DEPTHS,
    KPI_MONTHS,
)
from analysis.core.contracts.segment import MIGRATION, RFM
from analysis.core.contracts.segment_potential import QUADRANTS, WALLETS
from analysis.core.contracts.segment_tiers import CUSTOMER_TIERS, TIERS
from analysis.core.estimate import Figure
from analysis.core.stage import Stage
from analysis.core.windows import Window
from analysis.executive import customers as people
from analysis.executive.customers import Group, group_of
from analysis.executive.months import change_since


@dataclass(frozen=True)
class Briefing:
    """The tables of the other stages, by what the page asks of them.

    Attributes
    ----------
    facts : the one row of ``run_facts``.
    now : the window that ends now.
    measure : what value means on the page: what the window is compared with the one before by.
    ends : the table ``kpi_months``.
    estimates : by name of the page's figure, a row a month end with its ``day`` and ``value``, the last one today's.
    published : figures of profit, segment, lifetime value and churn, by stage and name.
    pay_tiers, of_customers, moves : the tables ``tiers``, ``customer_tiers``, and ``migration`` between tiers in a year.
    quadrants, wallets : without rows in ``quadrants`` where no wallet is known.
    drivers, what_if, warnings : the tables ``driver_effects``, ``retention_what_if`` and ``warnings``.
    order_months : purchase days by customer and month of the window.
    discounts : the table ``discount_depths``, deep discounts put together and all others.
    """

    params: params.Params
    facts: pd.Series
    now: Window
    measure: str
    ends: pd.DataFrame
    customers: pd.DataFrame
    gate: pd.DataFrame
    profits: pd.DataFrame
    bridge: pd.DataFrame
    curves: pd.DataFrame
    tiers: pd.DataFrame
    curve_facts: pd.DataFrame
    rfm: pd.DataFrame
    pay_tiers: pd.DataFrame
    of_customers: pd.DataFrame
    moves: pd.DataFrame
    quadrants: pd.DataFrame
    wallets: pd.DataFrame
    drivers: pd.DataFrame
    what_if: pd.DataFrame
    warnings: pd.DataFrame
    order_months: pd.DataFrame
    clv: pd.DataFrame
    risk: pd.DataFrame
    estimates: dict[str, pd.DataFrame]
    published: dict[str, dict[str, Figure]]
    discounts: pd.DataFrame

    @property
    def value(self) -> float:
        """Value of the window."""
        return float(self.ends["value"].iloc[-1])

    @property
    def change(self) -> float | None:
        """Relative change of the value since the same window a year before; None where nobody can know."""
        return self.published["profit"][f"{self.measure}_change"].value

    def change_of(self, column: str, back: int) -> float | None:
        """How a column of ``kpi_months`` moved since ``back`` months ago."""
        if column == "value" and back == self.now.months:
            return self.change
        return change_since(self.ends, column, self.now, back)

    @property
    def gains(self) -> pd.DataFrame:
        """What better retention adds over the longest time ahead, discounted: rows of ``retention_what_if``."""
        settings = self.params.lifetime_value
        far = self.what_if["horizon_months"] == max(settings.horizon_months)
        return self.what_if[far & (self.what_if["discount_rate"] == settings.discount_rate_yearly)]

    def change_of_estimate(self, name: str, back: int) -> float | None:
        """How an estimate moved, relative to ``back`` months ago; None where there was none, or nothing."""
        values = self.estimates[name].sort_values("day")["value"]
        if len(values) <= back or values.iloc[-1 - back] <= 0:
            return None
        return float(values.iloc[-1] / values.iloc[-1 - back] - 1)

    @cached_property
    def steps(self) -> pd.DataFrame:
        """The bridge from the year before, by part; empty where the data is too short for it."""
        return tables.by_key(
            BRIDGE, self.bridge, measure=self.measure, comparison="year", last_month=self.now.last
        )

    @cached_property
    def calls(self) -> pd.DataFrame:
        """Silent customers and those with a red warning, most value at risk first."""
        return people.call_list(self.risk, self.customers, self.rfm, self.warnings, people.orders_by_month(self.order_months, self.now))

    @cached_property
    def quiet(self) -> Group:
        """The quiet customers together."""
        quiet = self.calls["state"].isin(QUIET)
        return group_of(self.calls.loc[quiet, "value"], self.params.executive.most_share)

    @property
    def threats(self) -> dict[str, float]:
        """Money that the page's message may warn of, by what threatens it: what is large enough for a word."""
        settings = self.params.executive
        found = {"quiet": self.quiet.money} if self.quiet_share >= settings.headline_share else {}
        losses = deep_losses(self.discounts)
        if self.measure == "contribution" and losses >= settings.headline_share * self.value:
            found["discount"] = losses
        return {name: money for name, money in found.items() if money > 0}

    @property
    def quiet_share(self) -> float:
        """Their share of what all customers of the risk table brought."""
        total = self.risk["recent_value"].sum()
        return self.quiet.money / total if total > 0 else 0.0

    @cached_property
    def lost(self) -> Group:
        """Customers of the year before that did not buy in this one, with what they brought then."""
        lost = self.profits["part"] == "lost"
        return group_of(
            self.profits.loc[lost, f"{self.measure}_before"].dropna(), self.params.executive.most_share
        )

    @property
    def lost_customers(self) -> int:
        """How many customers were lost, as the bridge counts them."""
        return 0 if self.steps.empty else int(self.steps.loc["lost", "customers"])

    @property
    def ranked_measure(self) -> str:
        """What customers are ranked by: their profit where the cost to serve is known."""
        return "profit" if (self.curve_facts["measure"] == "profit").any() else self.measure

    @cached_property
    def losing(self) -> pd.Series:
        """Profit, else contribution, of the ranked customers that are below zero."""
        column = self.ranked_measure if self.ranked_measure == "profit" else "contribution"
        values = self.profits.loc[self.profits["rank"].notna(), column]
        return values[values < 0]

    @cached_property
    def seldom(self) -> Group:
        """Customers of the boxes that buy recently and much, and seldom."""
        names = [
            rule.name for rule in self.params.segment.rules
            if (rule.recency, rule.frequency, rule.money) == ("high", "low", "high")
        ]  # fmt: skip
        return group_of(
            self.rfm.loc[self.rfm["segment"].isin(names), "money"], self.params.executive.most_share
        )


def deep_losses(discounts: pd.DataFrame) -> float:
    """What the lines with a deep discount lost together; 0 where they gained, or lose no more often than the others."""
    by_depth = discounts.set_index("depth")
    if "deep" not in by_depth.index:
        return 0.0
    share = by_depth["loss_lines"] / by_depth["lines"]
    if share["deep"] <= share.get("other", 0.0):
        return 0.0
    return max(0.0, -float(by_depth.loc["deep", "contribution"]))


def open_briefing(stage: Stage) -> Briefing:
    """The briefing of ``stage``, read from the tables of the other stages."""
    compared = tables.read(COMPARED).iloc[0]
    now = Window(compared["first_month"], compared["last_month"])
    published = {
        "profit": read_figures(tables.read(figures("profit"))),
        "lifetime_value": read_figures(tables.read(figures("lifetime_value"))),
        "churn": read_figures(tables.read(figures("churn"))),
        "segment": read_figures(tables.read(figures("segment"))),
    }
    return Briefing(
        params=stage.params, facts=tables.read(RUN_FACTS).iloc[0], now=now, measure=compared["measure"],
        ends=tables.read(KPI_MONTHS), customers=tables.read(CUSTOMERS),
        gate=tables.read(CAPABILITIES), profits=tables.read(CUSTOMER_PROFIT), bridge=tables.read(BRIDGE),
        curves=tables.read(CONCENTRATION), tiers=tables.read(CONCENTRATION_TIERS),
        curve_facts=tables.read(CONCENTRATION_FACTS), rfm=tables.read(RFM),
        pay_tiers=tables.read(TIERS), of_customers=tables.read(CUSTOMER_TIERS), moves=tables.read(MIGRATION).query("grading == 'tier'"),
        quadrants=tables.read(QUADRANTS), wallets=tables.read(WALLETS), drivers=tables.read(DRIVER_EFFECTS),
        what_if=tables.read(RETENTION_WHAT_IF), warnings=tables.read(WARNINGS),
        estimates={
            "predicted_value": tables.read(CLV_MONTHS).rename(columns={"clv": "value"}),
            "value_at_risk": tables.read(RISK_MONTHS).rename(columns={"value_at_risk": "value"}),
        },
        order_months=tables.read(CUSTOMER_MONTHS, columns=("customer_id", "month", "orders")).query("month >= @now.first"),
        clv=tables.read(CLV), published=published,
        risk=tables.read(RISK).query(f"horizon_days == {stage.params.churn.horizon_days}").reset_index(drop=True),
        discounts=split_depths(tables.read(DISCOUNT_DEPTHS), stage.params.profit.deep_discount),
    )  # fmt: skip


def read_figures(frame: pd.DataFrame) -> dict[str, Figure]:
    """A stored table of figures as figures, by name."""
    known = frame.drop(columns=["stage", "as_of"]).astype(object).where(frame.notna(), None)
    return {row.name: Figure(**row._asdict()) for row in known.itertuples(index=False)}


def split_depths(depths: pd.DataFrame, deep: float) -> pd.DataFrame:
    """``depth`` deep or other, and the sums of its ``lines, loss_lines, contribution, losses``; one not known is no deep one."""
    is_deep = (depths["from_discount"] >= deep).map({True: "deep", False: "other"})
    sums = depths.groupby(is_deep)[["lines", "loss_lines", "contribution", "losses"]].sum()
    return sums.rename_axis("depth").reset_index()
