"""Intervals: estimates as dots with their range, one row each (a forest plot)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.core.edition import MINUS, Edition
from analysis.core.text import Phrase
from analysis.draw import style
from analysis.draw.axis import labels_of, show_ticks, small, ticks, width_of, write
from analysis.draw.style import INK, NARROW, POINT, SMALL

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW = 28  # CSS pixels
FENCE = 3.0  # interquartile ranges beyond the quartiles that are far out
TICK_GAP = 12  # CSS pixels between the labels of two ticks


@style.inked
def plot_intervals(
    frame: pd.DataFrame,
    labels: Sequence[Phrase],
    edition: Edition,
    width: int,
    *,
    form: str = "number2",
    line: float | None = None,
    log: bool = False,
    sides: tuple[Phrase, Phrase] | None = None,
    above_is_good: bool = False,
    sure: Sequence[bool] | None = None,
    cut: tuple[float, float] | None = None,
) -> Figure:
    """Dots with intervals; the value stands in bold and the interval beside it.

    Parameters
    ----------
    frame : ``value``, ``lo``, ``hi``, from top to bottom.
    line : no effect. An interval that excludes it is filled, blue on the good side and vermilion on the
        other; one that includes it is hollow and grey.
    sides : what left and right of the line mean.
    above_is_good : which side of the line is the good one.
    cut : ends beyond which nothing is drawn, by ``far_out``; an arrow stands there.
    sure : which rows are filled, where many were tried at once and so an interval that excludes the line is not enough.
    """
    narrow = width <= NARROW  # there the drawn interval has to do; its ends stand in the data behind the chart
    names, left = labels_of(labels, edition, room=width * (0.42 if narrow else 0.36))
    values = [edition.show(value, form) for value in frame["value"]]
    ranges = [
        _range(edition.show(lo, form), edition.show(hi, form))
        for lo, hi in zip(frame["lo"], frame["hi"], strict=True)
    ]
    if sure is None:
        sure = [line is None or not lo <= line <= hi for lo, hi in zip(frame["lo"], frame["hi"], strict=True)]
    first = max(width_of(text) for text in values)
    second = 0.0 if narrow else max(width_of(text, style.SMALL) for text in ranges)
    figure, axes = style.sheet(
        width, ROW * len(frame) + 60, left=left + 12, right=round(first + second) + 24,
        top=28 if sides else 8, bottom=36, grid="x",
    )  # fmt: skip
    if log:
        axes.set_xscale("log")
    drawn = frame if cut is None else frame[["value", "lo", "hi"]].clip(*cut)
    _limits(axes, drawn, line, edition, form, log=log)
    for place, row in enumerate(frame.itertuples(index=False)):
        _dot(axes, place, row, line, above_is_good, sure[place], cut)
        end = axes.get_xlim()[1]
        write(axes, end, place, values[place], dx=12 + first, ha="right", weight="bold", color=INK["ink"])
        if not narrow:
            write(axes, end, place, ranges[place], dx=20 + first, ha="left", **small())
    axes.set_ylim(len(frame) - 0.5, -0.5)
    axes.set_yticks(range(len(frame)), names)
    axes.tick_params(axis="y", labelcolor=INK["ink"], pad=8)
    if sides is not None and line is not None:
        _name_sides(axes, line, sides, edition, width)
    return figure


def _name_sides(axes: Axes, line: float, sides: tuple[Phrase, Phrase], edition: Edition, width: int) -> None:
    """What left and right of the line mean; a name without room on its side goes up a line and inwards."""
    at = float(axes.transData.transform((line, 0))[0])
    below, above = f"← {sides[0].text(edition)}", f"{sides[1].text(edition)} →"
    over = [max(0.0, width_of(below, SMALL) + 8 - at), max(0.0, width_of(above, SMALL) + 8 - (width - at))]
    write(axes, line, -0.5, below, dx=over[0] - 8, dy=22 if over[0] else 9, ha="right", **small())
    write(axes, line, -0.5, above, dx=8 - over[1], dy=22 if over[1] else 9, ha="left", **small())


def _limits(
    axes: Axes, frame: pd.DataFrame, line: float | None, edition: Edition, form: str, *, log: bool
) -> None:
    """Room for every interval and the line, with round ticks."""
    ends = [frame["lo"].min(), frame["hi"].max(), *([] if line is None else [line])]
    low, high = float(min(ends)), float(max(ends))
    if log:
        axes.set_xlim(low / 1.1, high * 1.1)
        chosen = log_ticks(low, high)
    else:
        edge = (high - low or 1.0) * 0.05
        axes.set_xlim(low - edge, high + edge)
        chosen = ticks(low - edge, high + edge, 4)
    shown = "number2" if form == "number2" else form.lstrip("+")
    room = max(width_of(edition.show(tick, shown)) for tick in chosen) + TICK_GAP
    show_ticks(axes.xaxis, _apart(axes, chosen, line, room), shown, edition)
    axes.minorticks_off()
    if line is not None:
        axes.axvline(line, color=INK["ink2"], linewidth=1)


def _apart(axes: Axes, chosen: Sequence[float], line: float | None, room: float) -> list[float]:
    """Of ``chosen`` as many as have ``room`` between them, the line first."""
    places = {tick: float(axes.transData.transform((tick, 0))[0]) for tick in chosen}
    kept: list[float] = []
    for tick in sorted(chosen, key=lambda tick: (tick != line, tick)):
        if all(abs(places[tick] - places[one]) >= room for one in kept):
            kept.append(tick)
    return sorted(kept)


def log_ticks(low: float, high: float) -> list[float]:
    """Powers of two or of ten, whichever gives three to six; round numbers where there are fewer of either."""
    found: list[float] = []
    for base in (2.0, 10.0):
        found = [base**power for power in range(-40, 41) if low / 1.1 <= base**power <= high * 1.1]
        if len(found) <= 2:
            return ticks(low / 1.1, high * 1.1, 4)
        if len(found) <= 6:
            return found
    return found[:: len(found) // 5]


def _range(low: str, high: str) -> str:
    """Both ends; a sign needs room beside the dash."""
    return f"{low}–{high}" if high[:1] not in (MINUS, "+") else f"{low} – {high}"


def far_out(frame: pd.DataFrame) -> tuple[float, float] | None:
    """Where to cut intervals of which a few would squash all others: Tukey's outer fences; None where none lies beyond.

    With quartiles Q1 and Q3 of the lower ends the first is Q1 - 3 (Q3 - Q1), of the upper ends the second Q3 + 3 (Q3 - Q1)
    (Tukey 1977, Exploratory Data Analysis).
    """
    (low_1, low_3), (high_1, high_3) = (np.quantile(frame[end], (0.25, 0.75)) for end in ("lo", "hi"))
    ends = float(low_1 - FENCE * (low_3 - low_1)), float(high_3 + FENCE * (high_3 - high_1))
    return ends if frame["lo"].min() < ends[0] or frame["hi"].max() > ends[1] else None


def _dot(
    axes: Axes, place: int, row: Any, line: float | None, above_is_good: bool, sure: bool, cut: tuple[float, float] | None
) -> None:
    bad = line is not None and (row.value < line) == above_is_good
    token = "grey" if not sure else "verm" if bad else "blue"
    first, last = cut or (row.lo, row.hi)
    axes.plot([max(row.lo, first), min(row.hi, last)], [place, place], color=INK[token], linewidth=2)
    for end, beyond, arrow in ((first, row.lo < first, "<"), (last, row.hi > last, ">")):
        if beyond:
            axes.plot([end], [place], arrow, color=INK[token], markersize=8 * POINT, clip_on=False)
    if not first <= row.value <= last:
        return
    axes.plot(
        [row.value], [place], "o", markersize=9 * POINT, markeredgecolor=INK[token], markeredgewidth=1.6,
        markerfacecolor=INK[token] if sure else INK["paper"],
    )  # fmt: skip
