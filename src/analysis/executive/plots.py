"""The page's drawings: a table that is already computed in, a figure out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from analysis.core.contracts.churn import QUIET
from analysis.core.contracts.profit import PARTS
from analysis.core.contracts.schema import E4
from analysis.core.contracts.segment import MOVES, SIDES
from analysis.core.edition import Edition
from analysis.core.text import quoted, say
from analysis.draw.axis import Mark
from analysis.draw.bars import plot_bars
from analysis.draw.concentration import Zone, plot_concentration
from analysis.draw.intervals import plot_intervals
from analysis.draw.waterfall import draw_steps

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    Draw = Callable[[Edition, int], Figure]

STEPS = {part: say(f"profit.part.{part}") for part in ("base", *PARTS, "total")}
MOVE_WORDS = {move: say(f"executive.moves.{move}") for move in MOVES if move != "stayed"}


def draw_curve(points: pd.DataFrame, before: pd.DataFrame, told: pd.Series, top: float, share: float) -> Draw:
    """The curve with the top marked; where customers below zero bend it, the peak and what they take."""
    marks = [Mark(top, share, say("executive.curve.at_top", top=top, share=share))]
    zones, lost = [], None
    if told["shape"] == "humped":
        peak = say("executive.curve.at_peak", peak=told["peak"])
        marks.append(Mark(told["peak_position"], told["peak"], peak, strong=True))
        lost = say("executive.curve.lost", money=-told["losses"])
        zones = [
            Zone(told["peak_position"], say("executive.curve.makers"), "blue"),
            Zone(1.0, say("executive.curve.losers"), "verm"),
        ]
    has_before = len(before) > 0 and bool(before["value_share"].notna().all())
    return partial(
        plot_concentration, _shares(points), x_name=say("executive.curve.x"), marks=marks, zones=zones, lost=lost,
        before=(_shares(before), say("executive.curve.before")) if has_before else None,
    )  # fmt: skip


def draw_bridge(steps: pd.DataFrame) -> Draw:
    """The waterfall between the two years; parts that nobody belongs to are left out."""
    shown = steps[(steps["customers"] > 0) | steps.index.isin(["base", "total"])]
    return draw_steps(shown["value_e4"] / E4, STEPS, totals=("base", "total"))


def draw_segments(segments: pd.DataFrame, slipping: list[str]) -> Draw:
    """Value by segment; ``slipping`` names those with much money and no recent order."""
    texts = [
        say("executive.segments.bar", money=row.value, customers=row.customers)
        for row in segments.itertuples(index=False)
    ]
    return partial(
        plot_bars, segments["value"], [say(f"segment.name.{name}") for name in segments["segment"]], texts=texts,
        strong=[place for place, name in enumerate(segments["segment"]) if name in slipping],
    )  # fmt: skip


def draw_moves(moves: pd.Series) -> Draw:
    """Customers by move; those that cost us in vermilion."""
    return partial(
        plot_bars, moves, [MOVE_WORDS[move] for move in moves.index], form="count",
        strong=[place for place, move in enumerate(moves.index) if move in SIDES["down"]],
    )  # fmt: skip


def draw_states(states: pd.DataFrame) -> Draw:
    """Value by state; the quiet ones to act on."""
    texts = [
        say("executive.states.bar", money=row.value, customers=row.customers)
        for row in states.itertuples(index=False)
    ]
    return partial(
        plot_bars, states["value"], [say(f"churn.state.{state}") for state in states["state"]], texts=texts,
        strong=[place for place, state in enumerate(states["state"]) if state in QUIET],
    )  # fmt: skip


def draw_worth(top: pd.DataFrame, names: pd.Series) -> Draw:
    """Expected value of the first customers with intervals; ``names`` as the page may show them."""
    frame = top.rename(columns={"clv": "value"})[["value", "lo", "hi"]]
    return partial(plot_intervals, frame, [quoted(name) for name in names], form="money")


def _shares(points: pd.DataFrame) -> pd.DataFrame:
    return points.rename(columns={"customer_share": "x", "value_share": "y"})[["x", "y"]]
