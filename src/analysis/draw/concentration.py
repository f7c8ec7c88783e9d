"""Concentration: the running share of a total, largest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.core.edition import Edition
from analysis.core.text import Phrase
from analysis.draw import style
from analysis.draw.axis import Mark, name_axes, show_ticks, ticks, width_of, write
from analysis.draw.style import INK, NARROW, POINT, WASH

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BEFORE_LABEL = 0.35  # where on the x axis the earlier curve is named: clear of the marks at the left


@dataclass(frozen=True)
class Zone:
    """A tinted stretch of the x axis that ends at ``end``."""

    end: float
    label: Phrase
    token: str


@style.inked
def plot_concentration(
    curve: pd.DataFrame,
    edition: Edition,
    width: int,
    *,
    x_name: Phrase,
    marks: Sequence[Mark] = (),
    before: tuple[pd.DataFrame, Phrase] | None = None,
    zones: Sequence[Zone] = (),
    lost: Phrase | None = None,
) -> Figure:
    """The running share ``y`` over the share of members ``x``; above 1 the last members take away.

    Parameters
    ----------
    curve : columns ``x`` and ``y``, shares from (0, 0) to (1, 1).
    before : an earlier curve, grey, with its label.
    zones : from left to right.
    lost : beside the arrow from the peak back to 1.
    """
    lost_text = lost.text(edition) if lost else ""
    narrow = width <= NARROW
    figure, axes = style.sheet(
        width, 300 if narrow else 430, left=44, right=round(28 + width_of(lost_text)), top=16, bottom=48,
        grid="y",
    )  # fmt: skip
    top = max(curve["y"].max(), 1.0)
    axes.set(xlim=(0, 1), ylim=(min(curve["y"].min(), 0.0), top * 1.08))
    _tint(axes, zones, edition)
    axes.axhline(1, color=INK["ink2"], linewidth=1)
    if before is not None:
        earlier, label = before
        axes.plot(earlier["x"], earlier["y"], color=INK["grey"], linewidth=1.2)
        low = min(_height(earlier), _height(curve), 1.0)  # clear of both curves and of the 100 % line
        write(axes, BEFORE_LABEL, low, label.text(edition), dy=-16, ha="left", color=INK["muted"])
    axes.plot(curve["x"], curve["y"], color=INK["blue"], linewidth=2.2, clip_on=False)
    for mark in marks:
        _mark(axes, mark, edition)
    if lost is not None:
        _arrow(figure, axes, top, lost_text)
    show_ticks(axes.xaxis, [0, 0.2, 0.4, 0.6, 0.8, 1] if not narrow else [0, 0.5, 1], "percent", edition)
    show_ticks(axes.yaxis, ticks(0, top, 4), "percent", edition)
    name_axes(axes, edition, x_name)
    return figure


def _height(curve: pd.DataFrame) -> float:
    """Height of ``curve`` where the earlier one is named."""
    return float(np.interp(BEFORE_LABEL, curve["x"], curve["y"]))


def _tint(axes: Axes, zones: Sequence[Zone], edition: Edition) -> None:
    start = 0.0
    for zone in zones:
        axes.axvspan(start, zone.end, color=INK[zone.token], alpha=WASH, linewidth=0)
        text = zone.label.text(edition)
        room = (zone.end - start) * axes.bbox.width
        if width_of(text) < room:
            write(
                axes, (start + zone.end) / 2, axes.get_ylim()[0], text, dy=14, ha="center", weight="bold",
                color=INK[zone.token if zone.token != "grey" else "muted"],
            )  # fmt: skip
        start = zone.end


def _mark(axes: Axes, mark: Mark, edition: Edition) -> None:
    """Dot and label: left of a rising curve, above a flat one."""
    token = "blue" if mark.strong else "ink"
    if not mark.strong:
        axes.plot([mark.x, mark.x], [0, mark.y], color=INK["ink2"], linewidth=1, linestyle=(0, (2, 2)))
    axes.plot(
        [mark.x], [mark.y], "o", color=INK[token], markersize=7 * POINT, markeredgecolor=INK["paper"],
        markeredgewidth=1, clip_on=False, zorder=4,
    )  # fmt: skip
    text = mark.label.text(edition)
    weight = "bold" if mark.strong else "normal"
    left_room = mark.x * axes.bbox.width
    half = width_of(text) / 2
    if mark.y >= axes.get_ylim()[1] * 0.85:  # close to the top the curve is flat
        shift = min(0.0, (1 - mark.x) * axes.bbox.width - half) + max(0.0, half - left_room)
        write(axes, mark.x, mark.y, text, dx=shift, dy=13, ha="center", weight=weight, color=INK["ink"])
    elif left_room > 2 * half + 8:
        write(axes, mark.x, mark.y, text, dx=-8, dy=12, ha="right", weight=weight, color=INK["ink"])
    else:
        write(axes, mark.x, mark.y, text, dx=10, dy=-10, ha="left", weight=weight, color=INK["ink"])


def _arrow(figure: Figure, axes: Axes, top: float, text: str) -> None:
    from matplotlib.transforms import offset_copy

    aside = offset_copy(axes.transData, figure, x=8 * POINT, units="points")
    axes.annotate(
        "", (1, 1), (1, top), xycoords=aside, textcoords=aside, annotation_clip=False,
        arrowprops={"arrowstyle": "-|>", "color": INK["verm"], "linewidth": 1.4, "shrinkA": 0, "shrinkB": 0,
                    "mutation_scale": 9},
    )  # fmt: skip
    write(axes, 1, (1 + top) / 2, text, dx=16, ha="left", weight="bold", color=INK["bad"])
