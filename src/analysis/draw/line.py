"""Line: a value over time or over another value, with a band where it is estimated."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING

import pandas as pd

from analysis.core.edition import Edition
from analysis.core.text import Phrase
from analysis.draw import style
from analysis.draw.axis import Mark, name_axes, show_ticks, small, ticks, width_of, write
from analysis.draw.style import HALF, INK, NARROW, POINT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@style.inked
def plot_line(
    frame: pd.DataFrame,
    edition: Edition,
    width: int,
    *,
    form: str = "money",
    x_form: str = "month_short",
    x_name: Phrase | None = None,
    y_name: Phrase | None = None,
    marks: Sequence[Mark] = (),
    before: tuple[pd.DataFrame, Phrase] | None = None,
    zero: bool = True,
    ranges: Sequence[tuple[float, float, Phrase]] = (),
) -> Figure:
    """The line ``y`` over ``x`` with the band ``lo`` to ``hi`` where the frame has one.

    Parameters
    ----------
    frame : ``x`` (dates or numbers), ``y``, and ``lo``, ``hi`` for a band.
    before : an earlier line, grey, with its label.
    zero : whether the axis starts at zero.
    ranges : ranges of y to compare with, each with its label: shaded, a line where both ends are the same.
    """
    parts = [frame["y"], *(frame[side].dropna() for side in ("lo", "hi") if side in frame)]
    parts += [before[0]["y"]] if before else []
    parts += [pd.Series([low, high]) for low, high, _ in ranges]
    low, high = float(min(part.min() for part in parts)), float(max(part.max() for part in parts))
    low = min(low, 0.0) if zero else low - (high - low) * 0.1
    high = high + ((high - low) or 1.0) * 0.08
    y_ticks = ticks(low, high, 5)
    left = max(width_of(edition.show(tick, form)) for tick in y_ticks)
    height = 300 if width <= NARROW else 330 if width <= HALF else 360
    figure, axes = style.sheet(
        width, height, left=round(left) + 10, right=32, top=32 if y_name else 16, bottom=48 if x_name else 32,
        grid="y",
    )  # fmt: skip
    axes.set(xlim=(frame["x"].min(), frame["x"].max()), ylim=(low, high))
    for start, end, label in ranges:
        _range(axes, start, end, label.text(edition))
    if before is not None:
        axes.plot(before[0]["x"], before[0]["y"], color=INK["grey"], linewidth=1.2)
        end = before[0].iloc[-1]
        above = end["y"] > frame["y"].iloc[-1]
        write(axes, end["x"], end["y"], before[1].text(edition), dy=12 if above else -12, ha="right", color=INK["muted"])
    if {"lo", "hi"} <= set(frame):
        band = frame.dropna(subset=["lo", "hi"])
        axes.fill_between(band["x"], band["lo"], band["hi"], color=INK["blue"], alpha=0.13, linewidth=0)
    axes.plot(frame["x"], frame["y"], color=INK["blue"], linewidth=2.2, clip_on=False)
    first, last = frame["x"].min(), frame["x"].max()
    for mark in marks:
        _mark(axes, mark, (mark.x - first) / (last - first) if last > first else 0.0, edition, _clear_of_band(mark, frame))
    _x_ticks(axes, frame["x"], x_form, edition, width)
    show_ticks(axes.yaxis, y_ticks, form, edition)
    name_axes(axes, edition, x_name, y_name)
    return figure


def _range(axes: Axes, start: float, end: float, label: str) -> None:
    """A shaded range of y with its label inside at the left, below its upper end."""
    if start == end:
        axes.axhline(start, color=INK["grey"], linewidth=1.2)
    else:
        axes.axhspan(start, end, color=INK["grey"], alpha=0.13, linewidth=0)
    write(axes, axes.get_xlim()[0], end, label, dx=6, dy=-9, ha="left", **small())


def _clear_of_band(mark: Mark, frame: pd.DataFrame) -> float:
    """The y from which the label of ``mark`` rises: the edge of the band where the line ends, else the dot."""
    if mark.below or "hi" not in frame or mark.x != frame["x"].max():
        return mark.y
    edge = frame.loc[frame["x"] == mark.x, "hi"].max()
    return mark.y if pd.isna(edge) else max(mark.y, float(edge))


def _mark(axes: Axes, mark: Mark, share: float, edition: Edition, rises_from: float) -> None:
    """Dot and label; ``share`` is how far along the axis it stands, so that the label stays inside."""
    token = "verm" if mark.strong else "ink"
    axes.plot(
        [mark.x], [mark.y], "o", color=INK[token], markersize=7 * POINT, markeredgecolor=INK["paper"],
        markeredgewidth=1, clip_on=False, zorder=4,
    )  # fmt: skip
    text = mark.label.text(edition)
    place = share * axes.bbox.width
    half = width_of(text) / 2
    shift = min(0.0, axes.bbox.width - place - half) + max(0.0, half - place)
    weight, colour = ("bold", "bad") if mark.strong else ("normal", "ink")
    if rises_from > mark.y:
        axes.plot([mark.x, mark.x], [mark.y, rises_from], color=INK[token], linewidth=1, linestyle=(0, (2, 2)), clip_on=False)
    write(axes, mark.x, rises_from, text, dx=shift, dy=-14 if mark.below else 14, ha="center", weight=weight, color=INK[colour])


def _x_ticks(axes: Axes, values: pd.Series, form: str, edition: Edition, width: int) -> None:
    """Round numbers, or as many of the dates as there is room for, the last one included."""
    if pd.api.types.is_datetime64_any_dtype(values):
        room = max(width_of(edition.show(value, form)) for value in values) + 28
        step = max(1, ceil(len(values) * room / (width - 60)))
        chosen = list(values.iloc[::-1].iloc[::step].iloc[::-1])
        axes.set_xticks(chosen, [edition.show(value, form) for value in chosen])
    else:
        chosen = ticks(float(values.min()), float(values.max()), 4)
        show_ticks(axes.xaxis, [tick for tick in chosen if form != "count" or tick == round(tick)], form, edition)
