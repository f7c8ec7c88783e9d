"""The headline figures of win-back (C6) and dependence (C8), each with its status."""

from __future__ import annotations

import pandas as pd

from analysis.churn.dependence import Dependence
from analysis.churn.win_back import ALL_GROUPS, WinBack
from analysis.core.contracts.churn_win_back import RETURN_CHANCES
from analysis.core.estimate import Figure, estimated, measured, not_available

PURCHASES = "customer_days, customer_returns"


def find_figures(win_back: WinBack, dependence: Dependence) -> list[Figure]:
    """Figures of C6 and C8, whatever the data allows."""
    return [
        *_returns(win_back), _value(win_back), _uplift(win_back),
        *_shares(dependence), _loss(dependence),
    ]  # fmt: skip


def _returns(win_back: WinBack) -> list[Figure]:
    settings, rows = win_back.settings, win_back[RETURN_CHANCES]
    asked = rows[(rows["gap_group"] == ALL_GROUPS) & (rows["silent_days"] == settings.lost_days) & rows["chance"].notna()]
    level = f"{win_back.level:.0%} interval"
    days, low, high = win_back.window
    n = int(asked["silences"].iloc[0]) if len(asked) else 0
    method = f"order within {settings.within_days} days after {settings.lost_days} days of silence, {level}"
    most = f"{settings.window_share:.0%} of the returns within {settings.window_days} days after {settings.lost_days} days of silence, {level}"
    return [
        estimated("return_chance", *asked[["chance", "lo", "hi"]].iloc[0], "ratio", method=method, n=n, inputs=PURCHASES)
        if len(asked) else not_available("return_chance", "ratio", needs="orders"),
        not_available("return_window", "days", needs="orders") if pd.isna(days)
        else estimated("return_window", days, low, high, "days", method=most, n=n, inputs=PURCHASES),
    ]  # fmt: skip


def _value(win_back: WinBack) -> Figure:
    rows = win_back.asked
    if rows.empty:
        return not_available("win_back_value", "money", needs="orders")
    method = f"chance of a return times {win_back.settings.value_days} days of {win_back.value_name}, {win_back.level:.0%} interval"
    sums = rows[["return_value", "lo", "hi"]].sum()
    return estimated("win_back_value", *sums, "money", method=method, n=len(rows), inputs=f"{PURCHASES}, exit_reasons")


def _uplift(win_back: WinBack) -> Figure:
    offers = win_back.offers
    if offers is None:
        return not_available("win_back_uplift", "ratio", needs="actions.arm")
    method = f"order within {win_back.settings.offer_days} days, with an offer less held back by lot, {win_back.level:.0%} interval"
    return estimated("win_back_uplift", offers.difference, offers.lo, offers.hi, "ratio", method=method, n=offers.treated + offers.held_back,
                     inputs="actions, customer_days")  # fmt: skip


def _shares(dependence: Dependence) -> list[Figure]:
    """Shares of the largest customers, from the smallest number to the largest, and the concentration."""
    told = dependence.shares.set_index("customers")["share"]
    names = {count: f"top_share_{count}" for count in dependence.settings.top_customers}
    shares = [
        measured(name, told[count], "ratio", n=dependence.customers, inputs=PURCHASES) if count in told.index
        else not_available(name, "ratio", needs="orders")
        for count, name in names.items()
    ]  # fmt: skip
    if not dependence.customers:
        return [*shares, not_available("concentration_hhi", "number", needs="orders")]
    return [*shares, measured("concentration_hhi", dependence.hhi, "number", n=dependence.customers, inputs=PURCHASES)]


def _loss(dependence: Dependence) -> Figure:
    least = min(dependence.settings.following_shares)
    rows = dependence.losses[dependence.losses["following_share"] == least] if len(dependence.losses) else dependence.losses
    if rows.empty:
        return not_available("largest_loss", "money", needs="clv")
    one = rows.sort_values(["loss", "customer_id"], ascending=[False, True]).iloc[0]
    inputs = "clv, referrals" if dependence.referrals_known else "clv"
    method = f"lifetime value over {dependence.months} months, {least:.0%} of those referred following, {dependence.level:.0%} interval"
    return estimated("largest_loss", one["loss"], one["lo"], one["hi"], "money", method=method, n=1, inputs=inputs)
