"""The page's titles: rules that choose a sentence by what the numbers say."""

from __future__ import annotations

import pandas as pd

from analysis.core.contracts.profit import PARTS
from analysis.core.contracts.schema import E4
from analysis.core.params import Profit
from analysis.core.text import Phrase, say
from analysis.draw.waterfall import tell_steps
from analysis.profit.curve import top_count

SHOWN = 3  # decimals of a share of which a title shows one as a percentage


def moved(total: float, change: float | None) -> Phrase:
    """How a total moved against the year before."""
    if change is None:
        return say("profit.moved.alone", total=total)
    if round(change, SHOWN) == 0:
        return say("profit.moved.level", total=total)
    if change > 0:
        return say("profit.moved.up", total=total, change=change)
    return say("profit.moved.down", total=total, change=-change)


def headline(
    value: str, total: float, change: float | None, streak: int | None, told: pd.Series, tiers: pd.Series,
    settings: Profit,
) -> Phrase:  # fmt: skip
    """The page's message.

    Parameters
    ----------
    value : the measure that is compared; ``total`` and ``change`` are its own.
    streak : months in a row in which the lost outweighed the new; ``None`` where nobody can know.
    told, tiers : facts of the measure's curve and the shares of its top, by share.
    """
    if total <= 0:
        return say("profit.headline.negative", value=say(f"profit.value.{value}"), total=total)
    start = {"value": say(f"profit.value_first.{value}"), "moved": moved(total, change)}
    if streak is not None and streak >= settings.lost_over_new_months:
        return say("profit.headline.fading", months=streak, **start)
    share = tiers.get(settings.headline_top_share)
    if told.empty or share is None or pd.isna(share):
        return say("profit.headline.plain", **start)
    if top_count(int(told["customers"]), settings.headline_top_share) == 1:
        return say("profit.headline.single", share=share, **start)
    return say("profit.headline.shared", top=settings.headline_top_share, share=share, **start)


def curve_title(value: str, told: pd.Series, tiers: pd.Series, settings: Profit) -> Phrase:
    """What the curve says: loss first, then hump, dependence on few, and the plain share of the top."""
    word = say(f"profit.value.{value}")
    customers, top = int(told["customers"]), settings.headline_top_share
    share = tiers[top]
    if told["value"] <= 0:
        return say(
            "profit.curve.negative",
            losers=int(told["losing_customers"]),
            customers=customers,
            total=told["value"],
        )
    if top_count(customers, top) == 1:
        return say("profit.curve.single", customers=customers, share=share, value=word)
    if told["shape"] == "humped":
        losers = told["losing_customers"] / customers
        return say("profit.curve.humped", top=top, share=share, losers=losers, losses=told["losses"], value=word)
    if told["is_dependent"]:
        few = settings.dependent_top_share
        return say("profit.curve.dependent", top=few, share=tiers[few], value=word)
    if told["shape"] == "flat" and told["losing_customers"]:
        return say("profit.curve.flat", top=top, share=share, erosion=told["erosion"], value=word)
    return say("profit.curve.plain", top=top, share=share, value=word)


def beside_title(by_revenue: float, by_value: float, top: float, value: str) -> Phrase:
    """Which of the two is more concentrated, as the shares are shown.

    Parameters
    ----------
    value : ``contribution`` or ``profit``, whose share of the top is ``by_value``.
    """
    gap = round(by_value, SHOWN - 1) - round(by_revenue, SHOWN - 1)
    words = {"top": top, "share": by_revenue, "value": say(f"profit.value_first.{value}")}
    if gap > 0:
        return say("profit.curve.steeper", **words)
    return say("profit.curve.gentler" if gap < 0 else "profit.curve.alike", **words)


def bridge_title(value: str, steps: pd.DataFrame) -> Phrase:
    """The change, with the part that brought most and the one that took most."""
    words = {part: say(f"profit.part_within.{part}") for part in PARTS}
    return tell_steps(say(f"profit.value_first.{value}"), steps.loc[list(PARTS), "value_e4"] / E4, words)
