"""X4: the page's titles, chosen by what the numbers say."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.core.contracts.profit import PARTS
from analysis.core.contracts.schema import E4
from analysis.core.contracts.segment_potential import TO_VERIFY
from analysis.core.text import Phrase, say
from analysis.draw.waterfall import tell_steps
from analysis.executive.customers import Group
from analysis.models.shares import one_side_leads

SHOWN = 3  # decimals of a share of which a title shows one as a percentage


def moved(measure: str, total: float, change: float | None, months: int) -> Phrase:
    """The value against the year before; both are measured, so that every change that shows is one."""
    value = say(f"profit.value_first.{measure}")
    if change is None:
        return say("executive.moved.alone", value=say(f"profit.value.{measure}"), total=total, months=months)
    if round(change, SHOWN) == 0:
        return say("executive.moved.level", value=value)
    if change > 0:
        return say("executive.moved.up", value=value, change=change)
    return say("executive.moved.down", value=value, change=-change)


def headline(
    measure: str,
    total: float,
    change: float | None,
    months: int,
    quiet: Group,
    steps: pd.DataFrame,
    *,
    threats: Mapping[str, float],
    deep: float,
) -> Phrase:
    """The page's message: how the value moved, and the main thing behind it or ahead of it.

    A fall is explained by the part of the bridge that took most. A rise, a standstill, or a value without a
    past is followed by what threatens most of it, if it is much, else by what brought the rise.

    Parameters
    ----------
    steps : the bridge from the year before by part; may be empty.
    threats : money by what threatens it, ``quiet`` customers or deep ``discount``; what is worth a word here.
    deep : the discount from which one is deep.
    """
    if total <= 0:
        return say(
            "executive.headline.negative", value=say(f"profit.value.{measure}"), total=total, months=months
        )
    start = moved(measure, total, change, months)
    shown = 0.0 if change is None else round(change, SHOWN)
    parts = pd.Series(0.0, index=list(PARTS)) if steps.empty else steps.loc[list(PARTS), "value_e4"] / E4
    worst, best = parts.idxmin(), parts.idxmax()
    if shown < 0 and parts[best] > 0 and parts[worst] + parts[best] < 0:
        return say(
            "executive.headline.fall_over",
            moved=start,
            part=_within(worst),
            money=-parts[worst],
            best=_within(best),
        )
    if shown < 0 and parts[worst] < 0:
        return say("executive.headline.fall", moved=start, part=_within(worst), money=-parts[worst])
    largest = max(threats, key=lambda name: threats[name], default=None)
    if largest == "discount":
        return say("executive.headline.discount", moved=start, deep=deep, money=threats[largest])
    if largest == "quiet":
        return say("executive.headline.quiet", moved=start, customers=quiet.customers, money=quiet.money)
    if shown > 0 and parts[best] > 0:
        return say("executive.headline.rise", moved=start, part=_within(best), money=parts[best])
    return say("executive.headline.plain", moved=start)


def curve_title(measure: str, told: pd.Series, top: float, share: float) -> Phrase:
    """What the top brings, and what customers below zero take away where costs are known."""
    value = say(f"profit.value.{measure}")
    if told["shape"] == "humped":
        losers = int(told["losing_customers"])
        return say(
            "executive.curve.humped", top=top, share=share, value=value, losers=losers, losses=told["losses"]
        )
    return say("executive.curve.plain", top=top, share=share, value=value)


def curve_note(top: float, level: float, now: pd.Series, before: float | None) -> Phrase | None:
    """The interval of the top's share, and whether last year's lies outside it; nothing without an interval.

    Parameters
    ----------
    now : ``lo`` and ``hi`` of the top's share.
    before : the share a year before.
    """
    if pd.isna(now["lo"]) or pd.isna(now["hi"]):
        return None
    ends = {"top": top, "level": level, "lo": now["lo"], "hi": now["hi"]}
    if before is None or pd.isna(before):
        return say("executive.curve.interval", **ends)
    if before < now["lo"]:
        return say("executive.curve.more", before=before, **ends)
    if before > now["hi"]:
        return say("executive.curve.less", before=before, **ends)
    return say("executive.curve.unclear", before=before, **ends)


def bridge_title(measure: str, steps: pd.DataFrame) -> Phrase:
    """The change in money, with the part that brought most and the one that took most."""
    words = {part: _within(part) for part in PARTS}
    return tell_steps(say(f"profit.value_first.{measure}"), steps.loc[list(PARTS), "value_e4"] / E4, words)


def growth_title(quadrants: pd.DataFrame) -> Phrase:
    """Large accounts that buy elsewhere, where there are any; else those that buy from us; else that nobody is sure."""
    counts = quadrants["quadrant"].value_counts()
    if counts.get("potential", 0):
        gap = quadrants.loc[quadrants["quadrant"] == "potential", "wallet_gap"].sum()
        return say("executive.growth.grow", customers=int(counts["potential"]), money=gap)
    if counts.get("key", 0):
        return say("executive.growth.protect", customers=int(counts["key"]))
    return say("executive.growth.unsure", customers=int(counts.get(TO_VERIFY, 0)))


def worth_title(spread: pd.DataFrame, words: Mapping[str, Phrase]) -> Phrase:
    """The middle customer of the top tier beside that of the lowest one, as a multiple where it is one.

    Parameters
    ----------
    spread : rows of ``tier_values`` that are drawn, from the top.
    """
    top, last = spread.iloc[0], spread.iloc[-1]
    if len(spread) == 1:
        return say("executive.worth.one", top=words[top["tier"]], money=top["median"])
    if round(top["median"] / last["median"]) <= 1:
        return say("executive.worth.alike", top=words[top["tier"]], money=top["median"], other=words[last["tier"]], less=last["median"])
    return say("executive.worth.times", top=words[top["tier"]], money=top["median"], times=top["median"] / last["median"], other=words[last["tier"]])


def moves_title(flows: pd.DataFrame, *, level: float, prior: float) -> Phrase:
    """Whether more customers rose or fell, if more than chance speaks for it.

    Parameters
    ----------
    flows : by ``yearly_moves``.
    level, prior : of the beta interval of the share that fell.
    """
    counts = flows.groupby("side")["count"].sum()
    up, down = (int(counts.get(side, 0)) for side in ("up", "down"))
    if up + down == 0:
        return say("executive.moves.none")
    if not one_side_leads(up, down, prior=prior, level=level):
        return say("executive.moves.even", up=up, down=down)
    return say("executive.moves.more_up" if up > down else "executive.moves.more_down", up=up, down=down)


def leaving_title(drivers: pd.DataFrame, words: Mapping[str, Phrase]) -> Phrase:
    """The named driver of a slower return with most money behind it; else that nothing is beyond chance.

    Parameters
    ----------
    drivers : rows of ``driver_effects`` that were judged.
    """
    found = drivers[drivers["is_named"] & (drivers["hazard_ratio"] < 1)]
    if found.empty:
        return say("executive.leaving.nothing", tried=len(drivers))
    top = found.sort_values(["clv", "customers", "driver"], ascending=[False, False, True]).iloc[0]
    values = {"driver": words[top["driver"]], "slower": 1 - top["hazard_ratio"]}
    if pd.isna(top["clv"]) or top["clv"] <= 0:
        return say("executive.leaving.slower", **values)
    return say("executive.leaving.money", money=top["clv"], **values)


def keeping_title(rows: pd.DataFrame) -> Phrase:
    """What one point brings, from the smallest change that was asked.

    Parameters
    ----------
    rows : of ``retention_what_if``, changes in points, the smallest first.
    """
    first = rows.iloc[0]
    if first["gain"] <= 0:
        return say("executive.keeping.nothing")
    return say("executive.keeping.title", money=first["gain"] / first["change"])


def _within(part: str) -> Phrase:
    return say(f"profit.part_within.{part}")
