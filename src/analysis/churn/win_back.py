"""C6: who may come back, by when, and what a return is worth.

A silence is the time after an order. It ended with the next one, or still lasts. P(return within some days | silent for s
days) is learnt from all silences longer than s, apart for customers with short, middle and long usual gaps and for those
with a single order. What a return brings is learnt from those who returned: the value of some days from the return on is a
ratio of that of as many days before the silence,

    ratio = sum after / sum before,

by class of the value before. Silences that begin before the data reaches back so many days are left out: what came before is
not known in full, and the ratio would be too high. All of this is what happens by itself; what an offer adds is told only by
offers of which a part was held back by lot.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from analysis.churn.assessment import Assessment
from analysis.churn.offers import Offers, read_offers
from analysis.churn.silences import (
    ALL_GROUPS,
    ENDS,
    EPOCH,
    KEY,
    chance_of,
    chance_table,
    group_ends,
    group_of,
    noted_group,
    read_silences,
    unusual_at,
    was_noted,
)
from analysis.churn.worth import read_worth
from analysis.core import tables
from analysis.core.contracts.churn_win_back import (
    REASONS,
    RETURN_CHANCES,
    RETURN_CURVE,
    RETURN_REASONS,
    SECOND_VALUES,
    WIN_BACK_CUSTOMERS,
)
from analysis.core.contracts.optional import EXIT_REASONS
from analysis.core.contracts.profit import CUSTOMER_PROFIT
from analysis.core.contracts.schema import Table
from analysis.core.params import WinBack as Settings
from analysis.core.stage import Stage
from analysis.models.failures import share_interval
from analysis.models.win_back import curve_beyond, return_window

STORED = (RETURN_CURVE, RETURN_CHANCES, RETURN_REASONS, SECOND_VALUES, WIN_BACK_CUSTOMERS)


@dataclass(frozen=True)
class WinBack:
    """Who may come back, when, and with how much.

    Attributes
    ----------
    silences : one row a silence, by silences.sql, with its ``gap_group``.
    gap_ends : longest usual gap in days of each group by it but the last.
    window : days beyond the silence in which most returns come, with the ends of its interval; missing where nobody
        returned or no silence could be followed for so long.
    offers : what offers added, against customers held back by lot; None where the source has no such log.
    """

    settings: Settings
    level: float
    value_name: str
    silences: pd.DataFrame
    gap_ends: tuple[float, ...]
    window: tuple[float, float, float]
    found: dict[str, pd.DataFrame]
    offers: Offers | None

    def __getitem__(self, table: Table) -> pd.DataFrame:
        """One of the stage's tables; without rows where the data cannot fill it."""
        found = self.found[table.name]
        return found if len(found) else tables.without_rows(table)

    @property
    def asked(self) -> pd.DataFrame:
        """The customers to win back, the most valuable return first."""
        rows = self[WIN_BACK_CUSTOMERS]
        kept = rows[~rows["is_dropped"].astype(bool) & rows["return_value"].notna()]
        return kept.sort_values(["return_value", KEY], ascending=[False, True], ignore_index=True)

    def store(self) -> None:
        """Write the tables."""
        for table in STORED:
            tables.write(table, self[table])


def find_win_back(stage: Stage, assessment: Assessment) -> WinBack:
    """Returns so far, and what a return of each silent customer would be worth."""
    settings, level = stage.settings.win_back, stage.settings.interval_level
    silences = read_silences(stage, assessment.value_name, settings)
    gap_ends = group_ends(silences, settings)
    reasons = read_reasons(stage.as_of)
    silences = silences.assign(gap_group=np.where(was_noted(silences, reasons), noted_group(gap_ends), group_of(silences["gap"], gap_ends)))
    lost = unusual_at(silences, settings.lost_days)
    days, ended = lost["days"], lost["ended"]
    chances = chance_table(silences, gap_ends, settings, level)
    values = second_values(silences, settings, level)
    now = assessment.histories.now
    return WinBack(
        settings, level, assessment.value_name, silences, gap_ends,
        return_window(days, ended, silent=settings.lost_days, within=settings.window_days, share=settings.window_share, level=level),
        {
            RETURN_CURVE.name: curve_beyond(days, ended, silent=settings.lost_days, level=level) if (days > settings.lost_days).any()
            else tables.without_rows(RETURN_CURVE),
            RETURN_CHANCES.name: chances,
            RETURN_REASONS.name: reason_table(reasons, now, level),
            SECOND_VALUES.name: values,
            WIN_BACK_CUSTOMERS.name: to_win_back(silences, assessment, chances, values, reasons, settings),
        },
        read_offers(stage, settings, level),
    )  # fmt: skip


def second_values(silences: pd.DataFrame, settings: Settings, level: float) -> pd.DataFrame:
    """The table ``second_values``: ratio estimators with their linearised variance.

    References
    ----------
    Cochran (1977), Sampling Techniques, 3rd ed., section 6.3.
    """
    back = silences[(silences["days"] > silences["usual_days"].clip(lower=settings.lost_days)) & silences["after"].notna() & silences["is_whole"] & (silences["before"] > 0)]
    if len(back) < settings.min_returns:
        return tables.without_rows(SECOND_VALUES)
    ends = np.unique(back["before"].quantile(np.arange(1, settings.value_groups) / settings.value_groups))
    place = np.searchsorted(ends, back["before"], side="left") + 1
    half, rows = ndtri((1 + level) / 2), []  # 2: sides
    whole = _ratio(back, half)
    rows.append((ALL_GROUPS, np.nan, len(back), back["before"].mean(), back["after"].mean(), *whole))
    for number in range(1, len(ends) + 2):  # 2: one class more than there are ends
        own = back[place == number]
        if len(own):
            ratio = _ratio(own, half) if len(own) >= settings.min_returns else whole
            limit = ends[number - 1] if number <= len(ends) else np.nan
            rows.append((number, limit, len(own), own["before"].mean(), own["after"].mean(), *ratio))
    return pd.DataFrame(rows, columns=list(SECOND_VALUES.by_name))


def _ratio(back: pd.DataFrame, half: float) -> tuple[float, float, float]:
    before, after = back["before"], back["after"]
    ratio = after.sum() / before.sum()
    spread = half * np.sqrt(((after - ratio * before) ** 2).sum() * len(back) / max(len(back) - 1, 1)) / before.sum()
    return ratio, ratio - spread, ratio + spread


def read_reasons(as_of: pd.Timestamp) -> pd.DataFrame | None:
    """The last noted reason of each customer up to ``as_of``; None where the source notes none."""
    if not tables.path(EXIT_REASONS).is_file():
        return None
    rows = tables.read(EXIT_REASONS, columns=[KEY, "date", "reason"])
    rows = rows[(rows["date"] <= as_of) & rows["reason"].isin(REASONS)]
    return rows.sort_values([KEY, "date", "reason"]).drop_duplicates(KEY, keep="last")


def reason_table(reasons: pd.DataFrame | None, now: pd.DataFrame, level: float) -> pd.DataFrame:
    """The table ``return_reasons``."""
    if reasons is None:
        return tables.without_rows(RETURN_REASONS)
    both = reasons.merge(now[[KEY, "last_day"]], on=KEY)
    sums = (both["last_day"] > both["date"]).groupby(both["reason"]).agg(["size", "sum"])
    low, high = share_interval(sums["sum"].to_numpy(), sums["size"].to_numpy(), level=level)
    share = (sums["sum"] / sums["size"]).to_numpy()
    return pd.DataFrame({"reason": sums.index, "noted": sums["size"].to_numpy(), "share": share, "lo": low, "hi": high})


def to_win_back(
    silences: pd.DataFrame, assessment: Assessment, chances: pd.DataFrame, values: pd.DataFrame, reasons: pd.DataFrame | None,
    settings: Settings,
) -> pd.DataFrame:  # fmt: skip
    """The table ``win_back_customers``."""
    still = silences[~silences["ended"] & (silences["days"] > silences["usual_days"].clip(lower=settings.lost_days))]
    rows = still.merge(read_worth()[[KEY, "customer_name", "sales_rep"]], on=KEY).rename(
        columns={"days": "silence_days", "before": "value_before"}
    )
    chance = chance_of(rows, chances)
    ratio = ratio_of(rows["value_before"], values)
    worth = rows["value_before"].clip(lower=0)
    rows = rows.assign(
        last_order_date=EPOCH + pd.to_timedelta(rows["begun"], unit="D"), exit_profit=exit_profit(rows, assessment.value_name),
        reason=None if reasons is None else rows[KEY].map(reasons.set_index(KEY)["reason"]),
        chance=chance["value"], chance_lo=chance["lo"], chance_hi=chance["hi"], second_value=ratio["value"] * worth,
        return_value=chance["value"] * ratio["value"] * worth, lo=chance["lo"] * ratio["lo"].clip(lower=0) * worth,
        hi=chance["hi"] * ratio["hi"] * worth,
    )  # fmt: skip
    gone = rows["reason"].isin(settings.no_return_reasons)
    return rows.assign(is_dropped=gone | (rows["exit_profit"] < 0))[list(WIN_BACK_CUSTOMERS.by_name)]


def ratio_of(before: pd.Series, values: pd.DataFrame) -> pd.DataFrame:
    """How much of the value before comes back, by class of it."""
    own = values[values["value_group"] != ALL_GROUPS].sort_values("value_group").reset_index(drop=True)
    if own.empty:
        return pd.DataFrame(np.nan, before.index, ENDS)
    place = np.searchsorted(own["value_to"].to_numpy(float)[:-1], before, side="left")
    return own[["ratio", "lo", "hi"]].iloc[place].set_axis(before.index).rename(columns={"ratio": "value"})


def exit_profit(rows: pd.DataFrame, value_name: str) -> pd.Series:
    """Profit of the profit stage's window where the last order lies in it, else the value before; missing without costs."""
    if value_name != "contribution":
        return pd.Series(np.nan, rows.index)
    served = tables.read(CUSTOMER_PROFIT, columns=[KEY, "orders", "profit"])
    profit = served[served["orders"] > 0].set_index(KEY)["profit"]
    return rows[KEY].map(profit).astype(float).fillna(rows["value_before"])
