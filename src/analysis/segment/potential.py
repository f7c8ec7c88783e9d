"""What the segment stage reads of wallets, and what follows from it (G4, G5)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.core import tables
from analysis.core.contracts import optional
from analysis.core.contracts.clean import CUSTOMERS, ORDER_LINES, RUN_FACTS
from analysis.core.contracts.schema import E4
from analysis.core.contracts.segment_potential import (
    QUADRANT_MOVES,
    QUADRANTS,
    WALLET_CHECKS,
    WALLET_ERRORS,
    WALLETS,
)
from analysis.core.dialect import render
from analysis.core.engine import Engine, open_engine
from analysis.core.params import Segment
from analysis.core.stage import Stage
from analysis.models.periods import months_before
from analysis.segment.quadrant import large_from, name_quadrants
from analysis.segment.quadrant_moves import find_moves, read_bought, sales_of_wallets
from analysis.segment.told import spread_of_sources, totals, usable_rows, year_to
from analysis.segment.wallet import Law, Peers, Published, compare_peers, hold_against_told, laws, views

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Potential:
    """Customers, and what was told of their wallets.

    Attributes
    ----------
    people : by wallet_people.sql: sales of the year up to ``as_of``, what is known of each customer, its category gap.
    told : by wallet_told.sql; every row that came with the data.
    bought : by quadrant_sales.sql.
    first_date : of the order lines.
    """

    people: pd.DataFrame
    told: pd.DataFrame
    bought: pd.DataFrame
    settings: Segment
    first_date: pd.Timestamp
    as_of: pd.Timestamp

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Told wallets that own sales can be held against."""
        slack = self.settings.wallet.slack_days
        return usable_rows(self.told, first_date=self.first_date, as_of=self.as_of, slack_days=slack)

    @cached_property
    def latest(self) -> pd.DataFrame:
        """The latest wallet of each customer."""
        return totals(self.rows).drop_duplicates("customer_id", keep="last")

    @cached_property
    def spread(self) -> pd.Series:
        """How far what each source tells lies from the wallet; empty where that cannot be known."""
        return spread_of_sources(self.rows, told_from=self.settings.wallet.told_from)

    @cached_property
    def peers(self) -> Peers:
        """What comparable customers buy."""
        return compare_peers(self.people, self.settings)

    @cached_property
    def published(self) -> Published:
        """Whether wallets that nobody told are estimated."""
        if self.first_date > year_to(self.as_of) + pd.Timedelta(days=self.settings.wallet.slack_days):
            return Published("short", 0)
        high = None if self.peers.high is None else pd.Series(self.peers.high, self.people["customer_id"])
        return hold_against_told(self.latest, high, self.settings)

    @cached_property
    def known(self) -> pd.DataFrame:
        """Measured and estimated wallets with their ends, by customer, in the columns of the table ``wallets``."""
        found = pd.concat([self._measured(), *self._estimated()]).sort_index()
        law, level = self.law_of(found), self.settings.interval_level
        ends = {"lo": law.quantile((1 - level) / 2), "hi": law.quantile((1 + level) / 2)}
        certain = law.spread == 0
        middles = np.where(np.isnan(law.spread), law.quantile(1 / 2), np.exp(found["centre"]))
        found = found.assign(
            wallet=middles, **{f"wallet_{end}": np.where(certain, np.nan, ends[end]) for end in ends}
        )
        share = {"sow": "wallet", "sow_lo": "wallet_hi", "sow_hi": "wallet_lo"}
        found = found.assign(**{name: found["sales"] / found[wallet] for name, wallet in share.items()})
        return found.assign(wallet_gap=found["wallet"] - found["sales"])

    def law_of(self, known: pd.DataFrame) -> Law:
        """What the wallets of these customers may be."""
        return laws(known, self.spread, self.published.fit)

    @cached_property
    def large(self) -> float | None:
        """From where on a wallet is large; ``None`` where no wallet is known."""
        return (
            None if self.known.empty else large_from(self.known["wallet"].to_numpy(), self.settings.quadrant)
        )

    def wallets(self) -> pd.DataFrame:
        """The table ``wallets``."""
        people = self.people.set_index("customer_id")
        found = people[["customer_name", "missed_categories", "largest_gap"]].assign(
            category_gap=people["category_gap_e4"] / E4
        )
        found = found.join(self.known.drop(columns=["centre", "sales"])).assign(
            sales=self.known["sales"].reindex(people.index).fillna(people["sales_e4"] / E4)
        )
        found["wallet_status"] = found["wallet_status"].fillna("not_available")
        return found.assign(**self._stand_in(found)).reset_index()[list(WALLETS.by_name)]

    def errors(self) -> pd.DataFrame:
        """The table ``wallet_errors``: more bought from us than from everybody."""
        latest = self._latest_rows
        found = latest[latest["sales_e4"] > latest["annual_spend_e4"]].rename(
            columns={"source": "wallet_source"}
        )
        found = found.assign(
            wallet_year=found["wallet_year"].astype(str),
            sales=found["sales_e4"] / E4,
            wallet=found["annual_spend_e4"] / E4,
            sow=found["sales_e4"] / found["annual_spend_e4"],
        )
        return found[list(WALLET_ERRORS.by_name)].reset_index(drop=True)

    def checks(self) -> pd.DataFrame:
        """The table ``wallet_checks``."""
        return pd.DataFrame(
            [
                (tau, one.n, one.coverage, one.constant_coverage, one.loss, one.constant_loss, one.gain_lo, one.gain_hi, one.helps)
                for tau, one in self.peers.checks.items()
            ],
            columns=list(WALLET_CHECKS.by_name),
        )  # fmt: skip

    def quadrants(self, rfm: pd.DataFrame) -> pd.DataFrame:
        """The table ``quadrants``.

        Parameters
        ----------
        rfm : the table, for the money of each customer.
        """
        if self.known.empty:
            return tables.without_rows(QUADRANTS)
        named = name_quadrants(self.known, self.law_of(self.known), self.settings.quadrant)
        found = self.known.join(named).join(self.people.set_index("customer_id")["customer_name"])
        found["money"] = rfm.set_index("customer_id")["money"].reindex(found.index).fillna(0.0)
        return found.rename_axis("customer_id").reset_index()[list(QUADRANTS.by_name)]

    @cached_property
    def since(self) -> pd.Timestamp:
        """The day since which customers have moved."""
        return months_before(self.as_of, self.settings.quadrant.moved_months)

    def moves(self) -> pd.DataFrame:
        """The table ``quadrant_moves``; without rows where the order lines do not hold the year up to ``since``."""
        if self.known.empty or self.first_date > year_to(self.since) + pd.Timedelta(days=self.settings.wallet.slack_days):
            return tables.without_rows(QUADRANT_MOVES)
        sales = sales_of_wallets(self.bought, self._latest_rows, self.known.index)
        found = find_moves(self.known, sales, self.law_of, self.settings.quadrant)
        found = found.join(self.people.set_index("customer_id")["customer_name"])
        return found.rename_axis("customer_id").reset_index()[list(QUADRANT_MOVES.by_name)]

    @property
    def _latest_rows(self) -> pd.DataFrame:
        """Told wallets of each customer's latest year, by category."""
        return self.rows.merge(self.latest[["customer_id", "wallet_year"]])

    def _measured(self) -> pd.DataFrame:
        told = self.latest.set_index("customer_id")
        return pd.DataFrame({
            "wallet_status": "measured", "wallet_year": told["wallet_year"].astype(str), "wallet_source": told["source"],
            "told_share": told["told_share"], "sales": told["sales_e4"] / E4, "centre": np.log(told["told_e4"].astype("float64") / E4),
        })  # fmt: skip

    def _estimated(self) -> list[pd.DataFrame]:
        fit, high = self.published.fit, self.peers.high
        if not self.published.holds or fit is None or high is None:
            return []
        open_ones = (
            (self.people["sales_e4"] > 0) & ~self.people["customer_id"].isin(self.latest["customer_id"])
        ).to_numpy()
        chosen = self.people[open_ones].set_index("customer_id")
        sales = chosen["sales_e4"] / E4
        centre = views(sales, high[open_ones]) @ fit.coefficients
        return [pd.DataFrame({"wallet_status": "estimated", "sales": sales, "centre": centre}, chosen.index)]

    def _stand_in(self, found: pd.DataFrame) -> dict[str, pd.Series]:
        """What comparable customers buy, for those without a wallet, where no wallet can be estimated."""
        from scipy.special import ndtri

        empty = pd.Series(np.nan, found.index)
        if self.published.holds or self.peers.high is None:
            return {"peer_high": empty, "peer_high_lo": empty, "peer_high_hi": empty}
        reach = ndtri((1 + self.settings.interval_level) / 2) * self.peers.error(self.settings)
        own, without = found["sales"].clip(lower=0.0), found["wallet_status"] == "not_available"
        ends = {"peer_high": 0.0, "peer_high_lo": -reach, "peer_high_hi": reach}
        return {
            name: pd.Series(np.maximum(own, np.exp(self.peers.high + end)), found.index).where(without)
            for name, end in ends.items()
        }


def read_potential(
    engine: Engine, settings: Segment, as_of: pd.Timestamp
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """``people``, ``told`` and ``bought`` of ``Potential``, from the stored tables."""
    brought = [table for table in (optional.CUSTOMER_LIST, optional.WALLET) if tables.path(table).is_file()]
    for table in (ORDER_LINES, CUSTOMERS, *brought):
        engine.view(table.name, [tables.path(table)])
    text = {name: (HERE / f"wallet_{name}.sql").read_text(encoding="utf-8") for name in ("people", "told")}
    people = engine.frame(render(
        text["people"], engine.dialect, first=f"{year_to(as_of):%Y-%m-%d}", last=f"{as_of:%Y-%m-%d}",
        listed=optional.CUSTOMER_LIST in brought, level_from=settings.wallet.level_from, usual_from=settings.wallet.usual_from,
    ))  # fmt: skip
    people = people.sort_values("customer_id", ignore_index=True)
    if optional.WALLET not in brought:
        return people, pd.DataFrame(columns=TOLD), pd.DataFrame(columns=BOUGHT)
    sorts = engine.frame("SELECT category FROM order_lines WHERE category IS NOT NULL LIMIT 1")
    told = engine.frame(render(text["told"], engine.dialect, by_category=not sorts.empty))
    return people, told[TOLD], read_bought(engine, as_of, settings.quadrant.moved_months)[BOUGHT]


BOUGHT = ["customer_id", "category", "before_e4", "after_e4"]
TOLD = [
    "customer_id", "customer_name", "category", "wallet_year", "annual_spend_e4", "source", "confidence", "file_no", "row_no",
    "sales_e4", "year_sales_e4", "is_sold",
]  # fmt: skip


def open_wallets(stage: Stage) -> Potential:
    """What the stage knows of wallets, read from the tables of the clean stage."""
    with open_engine(stage.params.engine) as engine:
        read = read_potential(engine, stage.settings, stage.as_of)
    return Potential(*read, stage.settings, tables.read(RUN_FACTS).iloc[0]["first_date"], stage.as_of)
