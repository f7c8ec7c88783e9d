"""Bubbles: four fields between two measures, with the field to act on tinted and its names first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import floor, log10, sqrt
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from analysis.core.edition import Edition, tidy
from analysis.core.text import Phrase
from analysis.draw import style
from analysis.draw.axis import name_axes, show_ticks, ticks, width_of, write
from analysis.draw.style import INK, NARROW, POINT, SMALL

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LARGEST, LARGEST_NARROW, SMALLEST = 30.0, 20.0, 5.0  # diameters in CSS pixels
NAME = 22  # characters of a name beside a bubble
NAMED, NAMED_NARROW = 14, 6
EDGE = 1.6  # times beyond the smallest and the largest value of the logarithmic axis
LINE = 14.0  # CSS pixels of a line of text
GAP = 4.0  # CSS pixels between a bubble and its name
HEAD = 9.0  # CSS pixels of the head of an arrow
STEPS = (1, 2, 5)


class Box(NamedTuple):
    """A rectangle in CSS pixels."""

    left: float
    low: float
    right: float
    high: float

    def meets(self, other: Box) -> bool:
        """Whether the two overlap."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.low < other.high
            and other.low < self.high
        )

    def holds(self, other: Box) -> bool:
        """Whether ``other`` lies inside."""
        return (
            self.left <= other.left
            and other.right <= self.right
            and self.low <= other.low
            and other.high <= self.high
        )


class Arrow(NamedTuple):
    """A way from one share to another at a value."""

    start: float
    end: float
    y: float
    tip: Phrase


@style.inked
def plot_bubbles(
    frame: pd.DataFrame,
    tips: Sequence[Phrase],
    edition: Edition,
    width: int,
    *,
    x_line: float,
    y_line: float,
    corners: tuple[Phrase, Phrase, Phrase, Phrase],
    x_name: Phrase,
    y_name: Phrase,
    x_form: str = "percent",
    y_form: str = "money",
    arrows: Sequence[Arrow] = (),
) -> Figure:
    """One bubble a row over a share from 0 to 1 and a value on a logarithmic scale; the upper left field is the one to act on.

    Parameters
    ----------
    frame : ``x``, ``y``, ``area`` (its share of the largest is the share of the area), ``name``, and whether the bubble
        is ``strong`` (vermilion, named first) and ``hollow``. The first rows are named first,
        and none below ``y_line``.
    tips : hover label of each row.
    arrows : ways along the share that were gone at one value.
    corners : names of the fields: upper left, upper right, lower left, lower right.
    """
    narrow = width <= NARROW
    low, high = min(float(frame["y"].min()), y_line) / EDGE, max(float(frame["y"].max()), y_line) * EDGE
    y_ticks = _log_ticks(low, high)
    left = round(max(width_of(edition.show(tick, y_form)) for tick in y_ticks)) + 10
    figure, axes = style.sheet(
        width, 380 if narrow else 460, left=left, right=16, top=32, bottom=48, grid="y"
    )
    axes.set_yscale("log")
    axes.set(xlim=(-0.02, 1.02), ylim=(low, high))
    axes.minorticks_off()
    show_ticks(axes.yaxis, y_ticks, y_form, edition)
    show_ticks(axes.xaxis, ticks(0, 1, 5), x_form, edition)
    _fields(axes, x_line, y_line, corners, edition)
    placed = _bubbles(axes, frame, [tip.text(edition) for tip in tips], LARGEST_NARROW if narrow else LARGEST)
    ways = [_arrow(axes, arrow, edition) for arrow in arrows]
    _names(
        axes,
        frame,
        placed,
        y_line,
        NAMED_NARROW if narrow else NAMED,
        [*_corner_boxes(axes, corners, edition), *ways],
    )
    name_axes(axes, edition, x_name, y_name)
    return figure


def _log_ticks(low: float, high: float) -> list[float]:
    """Powers of ten, with twice and five times them where there would be too few."""
    powers = range(floor(log10(low)), floor(log10(high)) + 1)
    tens = [10.0**power for power in powers if low <= 10.0**power <= high]
    return (
        tens
        if len(tens) > 2
        else [step * 10.0**power for power in powers for step in STEPS if low <= step * 10.0**power <= high]
    )


def _fields(axes: Axes, x_line: float, y_line: float, corners: Sequence[Phrase], edition: Edition) -> None:
    """The two lines, the tint, and the names in the corners."""
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    axes.fill_between([left, x_line], y_line, high, color=INK["verm"], alpha=style.WASH, linewidth=0)
    axes.plot([x_line, x_line], [low, high], color=INK["ink2"], linewidth=0.8)
    axes.plot([left, right], [y_line, y_line], color=INK["ink2"], linewidth=0.8)
    for place, phrase in enumerate(corners):
        upper, at_left = place < 2, place % 2 == 0
        write(
            axes, left if at_left else right, high if upper else low, phrase.text(edition), dx=8 if at_left else -8,
            dy=-10 if upper else 10, ha="left" if at_left else "right", weight="bold", fontsize=SMALL * POINT,
            color=INK["bad" if place == 0 else "muted"],
        )  # fmt: skip


def _corner_boxes(axes: Axes, corners: Sequence[Phrase], edition: Edition) -> Iterator[Box]:
    width, height = axes.bbox.width, axes.bbox.height
    for place, phrase in enumerate(corners):
        size = width_of(phrase.text(edition), SMALL) + 8
        left = 0.0 if place % 2 == 0 else width - size
        low = height - LINE - GAP if place < 2 else 0.0
        yield Box(left, low, left + size, low + LINE + GAP)


def _bubbles(axes: Axes, frame: pd.DataFrame, tips: Sequence[str], largest: float) -> list[Box]:
    """Draw the largest first, so that small ones stay in sight; the box of each row."""
    most = float(frame["area"].max()) or 1.0
    sizes = [max(round(largest * sqrt(max(area, 0.0) / most)), SMALLEST) for area in frame["area"]]
    points = axes.transData.transform(frame[["x", "y"]].to_numpy(dtype=float)) - [axes.bbox.x0, axes.bbox.y0]
    rows = list(frame.itertuples(index=False))
    for place in sorted(range(len(rows)), key=lambda place: (-sizes[place], place)):
        row, colour = rows[place], INK["verm" if rows[place].strong else "grey"]
        (mark,) = axes.plot(
            [row.x], [row.y], "o", markersize=sizes[place] * POINT, markeredgewidth=1.2 if row.hollow else 0.6,
            markeredgecolor=colour if row.hollow else INK["paper"], markerfacecolor=INK["paper"] if row.hollow else colour,
            alpha=0.85, clip_on=False,
        )  # fmt: skip
        style.tip(mark, tips[place])
    return [
        Box(x - size / 2, y - size / 2, x + size / 2, y + size / 2)
        for (x, y), size in zip(points.tolist(), sizes, strict=True)
    ]


def _arrow(axes: Axes, arrow: Arrow, edition: Edition) -> Box:
    """Draw an arrow; its box."""
    drawn = axes.annotate(
        "", (arrow.end, arrow.y), (arrow.start, arrow.y),
        arrowprops={"arrowstyle": "-|>", "color": INK["blue"], "linewidth": 1.4, "shrinkA": 0, "shrinkB": 0, "mutation_scale": HEAD},
    )  # fmt: skip
    style.tip(drawn.arrow_patch, arrow.tip.text(edition))
    ends = axes.transData.transform([(arrow.start, arrow.y), (arrow.end, arrow.y)]) - [axes.bbox.x0, axes.bbox.y0]
    (left, y), (right, _) = sorted(ends.tolist())
    return Box(left, y - HEAD / 2, right, y + HEAD / 2)


def _names(
    axes: Axes, frame: pd.DataFrame, bubbles: Sequence[Box], y_line: float, most: int, taken: list[Box]
) -> None:
    """Name rows above the line in their order, each right, left, above or below its bubble, where nothing else is."""
    whole = Box(0.0, 0.0, axes.bbox.width, axes.bbox.height)
    named = 0
    for place, row in enumerate(frame.itertuples(index=False)):
        if named == most:
            return
        if row.y < y_line:
            continue
        text = tidy(row.name, NAME)
        for box, shift in _tries(bubbles[place], width_of(text, SMALL)):
            others = (other for at, other in enumerate(bubbles) if at != place)
            if text and whole.holds(box) and not any(box.meets(one) for one in (*taken, *others)):
                token = "bad" if row.strong else "ink2"
                write(
                    axes,
                    row.x,
                    row.y,
                    text,
                    dx=shift[0],
                    dy=shift[1],
                    ha=shift[2],
                    fontsize=SMALL * POINT,
                    color=INK[token],
                )
                taken.append(box)
                named += 1
                break


def _tries(bubble: Box, size: float) -> Iterator[tuple[Box, tuple[float, float, str]]]:
    """Boxes for a text of ``size`` around a bubble, each with its shift from the middle."""
    x, y, radius = (
        (bubble.left + bubble.right) / 2,
        (bubble.low + bubble.high) / 2,
        (bubble.right - bubble.left) / 2,
    )
    away, half = radius + GAP, LINE / 2
    yield Box(x + away, y - half, x + away + size, y + half), (away, 0.0, "left")
    yield Box(x - away - size, y - half, x - away, y + half), (-away, 0.0, "right")
    yield Box(x - size / 2, y + radius, x + size / 2, y + radius + LINE), (0.0, radius + half, "center")
    yield Box(x - size / 2, y - radius - LINE, x + size / 2, y - radius), (0.0, -radius - half, "center")
