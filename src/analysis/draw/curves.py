"""Curves: a chance along several things, one small panel each, all at one height."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from analysis.core.edition import Edition
from analysis.core.text import Phrase
from analysis.draw import style
from analysis.draw.axis import small, ticks, width_of, write
from analysis.draw.panels import begins_row, cut, dots, label_ticks, lay_out, panel_width
from analysis.draw.style import INK, SMALL

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PANEL, HEAD, FOOT = 116, 24, 24  # CSS pixels: a panel, its name above, ticks below
SHARES = 0.25  # of a panel's height, for the columns that say where the data lie
FORM = "percent"


@dataclass(frozen=True)
class Curve:
    """One panel.

    Parameters
    ----------
    name : above it, what runs along its axis.
    form : how a number along the axis reads.
    line : ``x, y, lo, hi`` and ``share``, of the data next to x.
    dots : ``x, y, lo, hi``, beside the line.
    strong : whether the line is the one to look at.
    """

    name: Phrase
    form: str
    line: pd.DataFrame
    dots: pd.DataFrame
    strong: bool


@style.inked
def plot_curves(curves: Sequence[Curve], edition: Edition, width: int) -> Figure:
    """Lines with their bands, dots with their intervals, and grey columns where the data lie."""
    drawn = pd.concat([rows for curve in curves for rows in (curve.line, curve.dots)])
    low, high = float(drawn["lo"].min()), float(drawn["hi"].max())
    low -= (high - low or 1.0) * SHARES * 1.2  # the columns stand below the lowest line
    chosen = [tick for tick in ticks(low, high, 4) if tick >= drawn["lo"].min()]
    left = round(max(width_of(edition.show(tick, FORM), SMALL) for tick in chosen)) + 8
    figure, places = lay_out(len(curves), width, head=HEAD, tall=PANEL, foot=FOOT, left=left, right=8)
    for number, (axes, curve) in enumerate(zip(places, curves, strict=True)):
        axes.set(ylim=(low, high), yticks=[])
        _draw(axes, curve, edition, chosen)
        start = axes.get_xlim()[0]
        if begins_row(number, width):
            for tick in chosen:
                write(axes, start, tick, edition.show(tick, FORM), dx=-6, ha="right", **small())
        write(axes, start, high, cut(curve.name.text(edition), panel_width(width)), dx=-left, dy=12, ha="left", weight="bold", color=INK["ink"])
    return figure


def _draw(axes: Axes, curve: Curve, edition: Edition, levels: Sequence[float]) -> None:
    line, seen, token = curve.line, curve.dots, INK["blue" if curve.strong else "grey"]
    first, last = float(line["x"].iloc[0]), float(line["x"].iloc[-1])
    step = (last - first) / max(len(line) - 1, 1)
    axes.set_xlim(first - step / 2, last + step / 2)
    floor, top = axes.get_ylim()
    axes.hlines(levels, *axes.get_xlim(), color=INK["grid"], linewidth=0.8, clip_on=False)
    tall = line["share"] / line["share"].max() * (top - floor) * SHARES
    axes.bar(line["x"], tall, width=step * 0.8, bottom=floor, color=INK["greybg"], clip_on=False)
    axes.fill_between(line["x"], line["lo"], line["hi"], color=token, alpha=0.13, linewidth=0, clip_on=False)
    axes.plot(line["x"], line["y"], color=token, linewidth=2, clip_on=False)
    axes.vlines(seen["x"], seen["lo"], seen["hi"], color=INK["ink2"], linewidth=1, clip_on=False)
    dots(axes, seen["x"], seen["y"], 6, "ink2")
    dots(axes, seen["x"], seen["y"], 3.5, "paper")
    label_ticks(axes, ticks(first, last, 3), curve.form, edition)
