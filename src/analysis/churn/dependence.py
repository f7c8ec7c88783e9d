"""C8: what losing one customer would cost, and on how few customers the value rests.

The loss is the customer's own lifetime value and a share of that of the customers it referred. How many follow is not
known, so it is asked for several shares f: of those referred directly f leave, of those whom these referred f^2, and so on,

    loss = CLV + sum over the referred of f^steps CLV.

Values of different customers miss independently, so the squares of their half intervals add up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.churn.assessment import Assessment
from analysis.churn.worth import read_worth
from analysis.core import tables
from analysis.core.contracts.churn_win_back import LOSSES, TOP_SHARES
from analysis.core.contracts.optional import REFERRALS
from analysis.core.params import Dependence as Settings
from analysis.core.stage import Stage

KEY = "customer_id"
WON = "won"
STORED = (LOSSES, TOP_SHARES)


@dataclass(frozen=True)
class Dependence:
    """How much rests on how few.

    Attributes
    ----------
    losses, shares : the stage's tables.
    own : lifetime value of each customer with its interval, ``clv, clv_lo, clv_hi`` by ``customer_id``.
    hhi : sum of the squares of all customers' shares of the value; missing without value.
    customers : customers with a value above 0 in the window.
    months : over which lifetime values go; None where there are none.
    referrals_known : whether the source tells who referred whom.
    """

    settings: Settings
    level: float
    losses: pd.DataFrame
    shares: pd.DataFrame
    own: pd.DataFrame
    hhi: float
    customers: int
    months: int | None
    referrals_known: bool

    def store(self) -> None:
        """Write the tables."""
        for table, frame in ((LOSSES, self.losses), (TOP_SHARES, self.shares)):
            tables.write(table, frame if len(frame) else tables.without_rows(table))


def find_dependence(stage: Stage, assessment: Assessment) -> Dependence:
    """Shares of the largest customers, and what losing each would cost."""
    settings = stage.settings.dependence
    worth = read_worth()
    value = assessment.rows.loc[assessment.rows["recent_value"] > 0, "recent_value"].sort_values(ascending=False, ignore_index=True)
    part = value / value.sum()
    referrals = read_referrals(worth, stage.as_of)
    months = worth["clv_months"].dropna()
    return Dependence(
        settings, stage.settings.interval_level, losses_of(worth, referrals, settings), top_shares(value, settings),
        worth.set_index(KEY)[["clv", "clv_lo", "clv_hi"]],
        float((part**2).sum()) if len(value) else np.nan, len(value), int(months.iloc[0]) if len(months) else None, referrals is not None,
    )  # fmt: skip


def top_shares(value: pd.Series, settings: Settings) -> pd.DataFrame:
    """The table ``top_shares``; as many customers as there are at most."""
    told = [count for count in settings.top_customers if count <= len(value)]
    sums = value.cumsum()
    return pd.DataFrame({
        "customers": told, "value": [sums.iloc[count - 1] for count in told],
        "share": [sums.iloc[count - 1] / sums.iloc[-1] for count in told],
    })  # fmt: skip


def read_referrals(worth: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame | None:
    """Who brought whom up to ``as_of``, each customer by whom first named it; None without such a table."""
    if not tables.path(REFERRALS).is_file():
        return None
    rows = tables.read(REFERRALS, columns=["referrer_id", "referred_id", "date", "status"])
    known = worth[KEY]
    rows = rows[(rows["date"] <= as_of) & (rows["status"] == WON) & rows["referrer_id"].isin(known) & rows["referred_id"].isin(known)]
    rows = rows[rows["referrer_id"] != rows["referred_id"]].sort_values(["date", "referrer_id", "referred_id"])
    return rows.drop_duplicates("referred_id")[["referrer_id", "referred_id"]]


def descendants(roots: pd.Series, referrals: pd.DataFrame) -> pd.DataFrame:
    """Everybody that each of ``roots`` brought, directly or through others: ``root, customer_id, steps``; each once."""
    found = pd.DataFrame({"root": roots, KEY: roots, "steps": 0})
    newest = found
    while len(newest):
        newest = newest.merge(referrals, left_on=KEY, right_on="referrer_id")[["root", "referred_id", "steps"]]
        newest = newest.rename(columns={"referred_id": KEY}).assign(steps=newest["steps"] + 1)
        both = pd.concat([found, newest], ignore_index=True)
        newest = both[~both.duplicated(["root", KEY])].iloc[len(found) :]
        found = pd.concat([found, newest], ignore_index=True)
    return found[found["steps"] > 0].reset_index(drop=True)


def losses_of(worth: pd.DataFrame, referrals: pd.DataFrame | None, settings: Settings) -> pd.DataFrame:
    """The table ``losses_of_customers``: the customers whose loss with all shares following is largest, in their order."""
    valued = worth[worth["clv"] > 0].assign(above=lambda rows: rows["clv_hi"] - rows["clv"], below=lambda rows: rows["clv"] - rows["clv_lo"])
    if valued.empty:
        return tables.without_rows(LOSSES)
    brought = None
    if referrals is not None:
        known = descendants(valued[KEY][valued[KEY].isin(referrals["referrer_id"])], referrals)
        brought = known.merge(valued[[KEY, "clv", "above", "below"]], on=KEY)
    rows = pd.concat([_scenario(valued, brought, share) for share in settings.following_shares], ignore_index=True)
    largest = rows.groupby(KEY)["loss"].max().sort_values(ascending=False, kind="stable").head(settings.listed_customers)
    return rows[rows[KEY].isin(largest.index)][list(LOSSES.by_name)].reset_index(drop=True)


def _scenario(valued: pd.DataFrame, brought: pd.DataFrame | None, share: float) -> pd.DataFrame:
    """Losses if ``share`` of those referred follow, step by step."""
    sums = pd.DataFrame(0.0, valued[KEY], ["clv", "above", "below", "referred"])
    if brought is not None and len(brought):
        weight = share ** brought["steps"]
        parts = pd.DataFrame({
            "clv": weight * brought["clv"], "above": (weight * brought["above"]) ** 2, "below": (weight * brought["below"]) ** 2,
            "referred": 1.0,
        })  # fmt: skip
        sums = parts.groupby(brought["root"]).sum().reindex(valued[KEY], fill_value=0.0)
    sums = sums.set_axis(valued.index)
    loss = valued["clv"] + sums["clv"]
    return valued.assign(
        following_share=share, referred=sums["referred"].astype("int64") if brought is not None else pd.array([None] * len(valued), "Int64"),
        own=valued["clv"], following=sums["clv"] if brought is not None else np.nan, loss=loss,
        lo=loss - np.sqrt(valued["below"] ** 2 + sums["below"]), hi=loss + np.sqrt(valued["above"] ** 2 + sums["above"]),
    )  # fmt: skip
