"""The page's titles: rules that choose a sentence by what the numbers say."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.core.contracts.schema import E4
from analysis.core.contracts.segment import AXES, SIDES
from analysis.core.params import Segment, SegmentRule
from analysis.core.text import Phrase, listed, say
from analysis.models.shares import one_side_leads
from analysis.segment.figures import money_moved
from analysis.segment.rules import NEW, SILENT

SHOWN = 2  # decimals of a share that a title shows as a percentage
CENT = 2


def ups_and_downs(rfm: pd.DataFrame) -> dict[str, int]:
    """Customers that moved up, with those that came back, and down, with those that fell silent."""
    return {side: int(rfm["move"].isin(moves).sum()) for side, moves in SIDES.items()}


def headline(rfm: pd.DataFrame, month: pd.Timestamp, settings: Segment) -> Phrase:
    """The page's message: more down, more up, about as many, none, or a first month."""
    if (rfm["segment_before"] == NEW).all():
        return say("segment.headline.first", customers=len(rfm))
    moved = ups_and_downs(rfm)
    if not any(moved.values()):
        return say("segment.headline.none", month=month)
    prior, level = settings.dirichlet_prior, settings.interval_level
    if not one_side_leads(moved["up"], moved["down"], prior=prior, level=level):
        return say("segment.headline.even", month=month, **moved)
    kind = "down" if moved["down"] > moved["up"] else "up"
    return say(f"segment.headline.{kind}", month=month, **moved)


def sizes_title(segments: pd.DataFrame, rules: Sequence[SegmentRule], money: str) -> Phrase:
    """Valuable customers that wait for an order, where there are any; else the segment with most money."""
    measure = say(f"segment.money_name.{money}")
    by_name = segments.set_index("segment").drop(index=SILENT)
    if not by_name["money_share"].notna().any():
        return say("segment.sizes.none", measure=measure)
    waiting = by_name.loc[[rule.name for rule in rules if rule.is_waiting]]
    if round(waiting["money_share"].sum(), SHOWN) > 0:
        return say(
            "segment.sizes.waiting", count=int(waiting["customers"].sum()),
            money=waiting["money_share"].sum(), measure=measure,
        )  # fmt: skip
    top = by_name.sort_values(["money", "position"], ascending=[False, True]).iloc[0]
    return say(
        "segment.sizes.most", name=say(f"segment.name.{top.name}"), money=top["money_share"], measure=measure,
        customers=top["customers"] / by_name["customers"].sum(),
    )  # fmt: skip


def moves_title(rfm: pd.DataFrame, money: str) -> Phrase:
    """What the movers did to the money."""
    if (rfm["move"] == "stayed").all():
        return say("segment.moves.still")
    measure, moved, change = say(f"segment.money_name.{money}"), ups_and_downs(rfm), money_moved(rfm)
    if round(change, CENT) == 0:
        return say("segment.moves.level", measure=measure, **moved)
    kind = "won" if change > 0 else "lost"
    return say(f"segment.moves.{kind}", measure=measure, money=abs(change), **moved)


def rule_lines(rules: Sequence[SegmentRule]) -> list[Phrase]:
    """Each rule as a sentence, from the same data that names the customers."""
    return [_rule_line(rule) for rule in rules] + [
        say("segment.rules.silent", name=say(f"segment.name.{SILENT}"))
    ]


def _rule_line(rule: SegmentRule) -> Phrase:
    name = say(f"segment.name.{rule.name}")
    asked = {axis: getattr(rule, axis) for axis in AXES if getattr(rule, axis) != "any"}
    if not asked:
        return say("segment.rules.rest", name=name)
    conditions = [
        say(f"segment.level.{level}", axis=say(f"segment.axis.{axis}")) for axis, level in asked.items()
    ]
    return say("segment.rules.named", name=name, conditions=listed(conditions))


def cut_lines(cuts: pd.DataFrame, settings: Segment, money: str) -> list[Phrase]:
    """From which value on each score is high."""
    high = cuts[cuts["score"] == settings.high_from_score].set_index("axis")["bound"]
    months = settings.window_months
    said = {
        "recency": lambda bound: say("segment.rules.recency", days=bound),
        "frequency": lambda bound: say("segment.rules.frequency", times=bound, months=months),
        "money": lambda bound: say(
            "segment.rules.money", money=bound / E4, months=months, measure=say(f"segment.money_name.{money}")
        ),
    }
    lines = [
        say("segment.rules.nobody", axis=say(f"segment.axis.{axis}"))
        if pd.isna(high[axis])
        else said[axis](high[axis])
        for axis in AXES
    ]
    return [*lines, say("segment.rules.cuts", scores=settings.scores, high=settings.high_from_score)]
