"""C6: who may come back, by when, and what a return is worth.

A silence is the time after an order. It ended with the next one, or still lasts. P(return within some days | silent for s
days) is learnt from all silences longer than s, apart for customers with short, middle and long usual gaps and for those
with a single order. What a return brings is learnt from those who returned: the value of some days from the return on is a
ratio of that of as many days before the silence,

    ratio = sum after / sum before,

by class of the value before. Silences that begin before the data reaches back so many days are left out: what came before is
not known in full, and the ratio would be too high. Nobody's offers are known, so this is what happens by itself: no effect of an offer is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import ndtri

from analysis.churn.assessment import Assessment
from analysis.churn.worth import read_worth
from analysis.core import tables
from analysis.core.contracts.churn import QUIET
from analysis.core.contracts.churn_win_back import (
    REASONS,
    RETURN_CHANCES,
    RETURN_CURVE,
    RETURN_REASONS,
    SECOND_VALUES,
    WIN_BACK_CUSTOMERS,
)
from analysis.core.contracts.clean import CUSTOMER_DAYS, CUSTOMER_RETURNS, CUSTOMERS, RUN_FACTS
from analysis.core.contracts.optional import EXIT_REASONS
from analysis.core.contracts.profit import CUSTOMER_PROFIT
from analysis.core.contracts.schema import E4, Table
from analysis.core.dialect import render
from analysis.core.engine import open_engine
from analysis.core.params import WinBack as Settings
from analysis.core.stage import Stage
from analysis.models.failures import share_interval
from analysis.models.history import open_history
from analysis.models.newton import Array
from analysis.models.win_back import curve_beyond, return_chances, return_window

SQL = Path(__file__).with_name("silences.sql")
EPOCH = pd.Timestamp("1970-01-01")
KEY = "customer_id"
ALL_GROUPS = 0
MAYBE_LOST = (*QUIET, "one_time")
STORED = (RETURN_CURVE, RETURN_CHANCES, RETURN_REASONS, SECOND_VALUES, WIN_BACK_CUSTOMERS)
ENDS = ["value", "lo", "hi"]


@dataclass(frozen=True)
class WinBack:
    """Who may come back, when, and with how much.

    Attributes
    ----------
    silences : one row a silence, by silences.sql, with its ``gap_group``.
    gap_ends : longest usual gap in days of each group by it but the last.
    window : days beyond the silence in which most returns come, with the ends of its interval; missing where nobody
        returned or no silence could be followed for so long.
    reasons_known : whether the source tells why customers left.
    """

    settings: Settings
    level: float
    value_name: str
    silences: pd.DataFrame
    gap_ends: tuple[float, ...]
    window: tuple[float, float, float]
    found: dict[str, pd.DataFrame]
    reasons_known: bool

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
    days, ended = silences["days"], silences["ended"]
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
        reasons is not None,
    )  # fmt: skip


def read_silences(stage: Stage, value_name: str, settings: Settings) -> pd.DataFrame:
    """Every long silence as known on the stage's day, in order of customer and beginning; ``is_whole``: all before it is known."""
    as_of = stage.as_of
    with open_engine(stage.params.engine) as engine:
        history, _ = open_history(engine, CUSTOMER_DAYS, CUSTOMER_RETURNS, value_name, as_of, since=as_of)
        engine.view(CUSTOMERS.name, [tables.path(CUSTOMERS)])
        sql = render(
            SQL.read_text("utf-8"), engine.dialect, known=history.events_known(as_of), value_days=settings.value_days,
            last=(as_of - EPOCH).days, shortest=min(*settings.silent_days, settings.lost_days),
        )  # fmt: skip
        rows = engine.frame(sql).sort_values([KEY, "begun"], ignore_index=True)
    first = (tables.read(RUN_FACTS, columns=["first_date"])["first_date"].iloc[0] - EPOCH).days
    return rows.assign(
        before=rows["before_e4"] / E4, after=rows["after_e4"].astype(float) / E4, is_whole=rows["begun"] - first + 1 >= settings.value_days
    ).drop(columns=["before_e4", "after_e4"])


def group_ends(silences: pd.DataFrame, settings: Settings) -> tuple[float, ...]:
    """Longest usual gap of each group but the last, so that each has about equally many of the silences of lost customers."""
    known = silences.loc[silences["days"] > settings.lost_days, "gap"].dropna()
    if known.empty:
        return ()
    parts = np.arange(1, settings.gap_groups) / settings.gap_groups
    return tuple(np.unique(known.quantile(parts, interpolation="lower")).tolist())


def group_of(gap: pd.Series, ends: tuple[float, ...]) -> Array:
    """1 for the shortest usual gaps; the last group holds those without a gap."""
    return np.where(gap.isna(), single_group(ends), np.searchsorted(np.array(ends), gap.fillna(0), side="left") + 1)


def single_group(ends: tuple[float, ...]) -> int:
    """Number of the group with a single order: after that of the longest gaps."""
    return len(ends) + 2  # 2: there is one group more than there are ends


def noted_group(ends: tuple[float, ...]) -> int:
    """Number of the group of whom it is noted that they left."""
    return single_group(ends) + 1


def was_noted(silences: pd.DataFrame, reasons: pd.DataFrame | None) -> Array:
    """Whether it was noted during each silence that the customer had left."""
    if reasons is None:
        return np.zeros(len(silences), bool)
    noted = (silences[KEY].map(reasons.set_index(KEY)["date"]) - EPOCH) / pd.Timedelta(days=1)
    return ((noted > silences["begun"]) & (noted <= silences["begun"] + silences["days"])).to_numpy()


def chance_table(silences: pd.DataFrame, ends: tuple[float, ...], settings: Settings, level: float) -> pd.DataFrame:
    """The table ``return_chances``."""
    groups = [(ALL_GROUPS, silences), *((int(number), own) for number, own in silences.groupby("gap_group"))]
    parts = []
    for number, own in groups:
        found = return_chances(own["days"], own["ended"], silent=settings.silent_days, within=settings.within_days, level=level)
        found = _with_ends(found, level)
        longest = ends[number - 1] if 0 < number <= len(ends) else np.nan
        parts.append(found.reset_index().assign(gap_group=number, gap_days_to=longest))
    rows = pd.concat(parts, ignore_index=True).rename(columns={"silent": "silent_days", "n": "silences", "value": "chance"})
    return rows[list(RETURN_CHANCES.by_name)].astype({"silences": "int64"})


def _with_ends(found: pd.DataFrame, level: float) -> pd.DataFrame:
    """Where nobody returned, or everybody, the curve has no interval: that of a share of all silences stands in."""
    n = found["n"].to_numpy(float)
    low, high = share_interval(found["value"].fillna(0).to_numpy() * n, n, level=level)
    bare = found["value"].notna() & found["lo"].isna()
    return found.assign(lo=found["lo"].mask(bare, pd.Series(low, found.index)), hi=found["hi"].mask(bare, pd.Series(high, found.index)))


def second_values(silences: pd.DataFrame, settings: Settings, level: float) -> pd.DataFrame:
    """The table ``second_values``: ratio estimators with their linearised variance.

    References
    ----------
    Cochran (1977), Sampling Techniques, 3rd ed., section 6.3.
    """
    back = silences[(silences["days"] > settings.lost_days) & silences["after"].notna() & silences["is_whole"] & (silences["before"] > 0)]
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
    unusual = assessment.rows.loc[assessment.rows["state"].isin(MAYBE_LOST), KEY]
    still = silences[~silences["ended"] & (silences["days"] > settings.lost_days) & silences[KEY].isin(unusual)]
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


def chance_of(rows: pd.DataFrame, chances: pd.DataFrame) -> pd.DataFrame:
    """Chance of a return of each, between the lengths of silence that were asked about; none beyond the last one known."""
    found = pd.DataFrame(np.nan, rows.index, ENDS)
    for number, own in chances.dropna(subset=["chance"]).groupby("gap_group"):
        member = rows["gap_group"] == number
        at, days = own["silent_days"].to_numpy(float), rows.loc[member, "silence_days"]
        known = own.rename(columns={"chance": "value"})
        for name in ENDS:
            found.loc[member, name] = np.interp(days, at, known[name], right=np.nan)
    return found


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
