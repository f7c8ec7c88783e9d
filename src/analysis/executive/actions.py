"""X4: what to do this month, by rules; an action that the data does not support is not there."""

from __future__ import annotations

import pandas as pd

from analysis.core.text import Phrase, say
from analysis.draw.page import Action
from analysis.executive.briefing import Briefing, deep_losses
from analysis.executive.customers import Group


def choose_actions(briefing: Briefing) -> list[Action]:
    """The first of these that are worth a line: protect, stop losses, raise shares, win back, grow."""
    settings = briefing.params.executive
    least = settings.action_from_share * max(briefing.value, 0.0)
    found = [
        protect(briefing.quiet, least),
        rein_in_discounts(briefing.discounts, briefing.params.profit.deep_discount, least)
        or repair_losers(briefing.losing, briefing.ranked_measure, least),
        raise_shares(briefing.quadrants, settings.grown_part, least),
        win_back(briefing.lost, briefing.lost_customers, least),
        grow(briefing.seldom, least),
    ]
    return [action for action in found if action is not None][: settings.listed_actions]


def protect(quiet: Group, least: float) -> Action | None:
    """Customers that are quieter than their own rhythm."""
    if not _is_worth_it(quiet, least):
        return None
    return Action(
        say("executive.protect.order", money=quiet.money),
        say("executive.protect.reason", customers=quiet.customers, few=_few(quiet)),
    )


def rein_in_discounts(discounts: pd.DataFrame, deep: float, least: float) -> Action | None:
    """Deep discounts, where they lose more often than the others and the losses are worth it."""
    losses = deep_losses(discounts)
    if losses <= max(least, 0.0):
        return None
    by_depth = discounts.set_index("depth")
    share = by_depth["loss_lines"] / by_depth["lines"]
    other = float(share.get("other", 0.0))
    told = {"lines": int(by_depth.loc["deep", "lines"]), "losses": losses, "share": share["deep"]}
    reason = say("executive.discount.reason", other=other, **told) if other > 0 else say("executive.discount.reason_alone", **told)
    return Action(say("executive.discount.order", deep=deep), reason)


def repair_losers(losing: pd.Series, measure: str, least: float) -> Action | None:
    """Customers below zero.

    Parameters
    ----------
    losing : what each of them brings, by ``measure``.
    """
    money = -float(losing.sum())
    if losing.empty or money < least:
        return None
    value = say(f"profit.value.{'profit' if measure == 'profit' else 'contribution'}")
    order = say("executive.losers.order", customers=len(losing), value=value)
    kind = "served" if measure == "profit" else "reason"
    return Action(order, say(f"executive.losers.{kind}", money=money))


def raise_shares(quadrants: pd.DataFrame, part: float, least: float) -> Action | None:
    """Large accounts that surely buy mostly elsewhere.

    Parameters
    ----------
    part : of what they buy elsewhere, that the action is said to be worth.
    """
    gaps = quadrants.loc[quadrants["quadrant"] == "potential", "wallet_gap"]
    gap = float(gaps.sum())
    if gaps.empty or part * gap < least:
        return None
    return Action(
        say("executive.share.order", customers=len(gaps)), say("executive.share.reason", gap=gap, part=part, gain=part * gap)
    )


def win_back(lost: Group, customers: int, least: float) -> Action | None:
    """The largest of the customers of the year before that bought nothing in this one.

    Parameters
    ----------
    customers : how many there are, those that brought nothing included.
    """
    if not _is_worth_it(lost, least):
        return None
    return Action(
        say("executive.win_back.order", few=lost.few),
        say(
            "executive.win_back.reason",
            lost=customers,
            money=lost.few_share * lost.money,
            share=lost.few_share,
        ),
    )


def grow(seldom: Group, least: float) -> Action | None:
    """Customers that bought recently and much, and seldom."""
    if not _is_worth_it(seldom, least):
        return None
    return Action(
        say("executive.grow.order", customers=seldom.customers),
        say("executive.grow.reason", money=seldom.money, few=_few(seldom)),
    )


def _is_worth_it(group: Group, least: float) -> bool:
    return group.customers > 0 and group.money >= least


def _few(group: Group) -> Phrase:
    if group.customers == 1:
        return say("executive.few.only")
    return say("executive.few.some", few=group.few, share=group.few_share)
