"""Alluvial: how many moved from one state to another between two days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis.core.edition import Edition
from analysis.core.text import Phrase
from analysis.draw import style
from analysis.draw.axis import labels_of, small, write
from analysis.draw.style import INK, NARROW

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HEIGHT, GAP = 330, 14.0  # CSS pixels: of the drawing, and between two states
BAR, EDGE = 8.0, 30  # CSS pixels: width of a state, and room above and below
LINE = 14.0  # CSS pixels of a line of text
LEAST = 34.0  # CSS pixels between the middles of two labels of two lines each
TOKENS = {"stayed": "greybg", "up": "blue", "down": "verm"}


@style.inked
def plot_alluvial(
    flows: pd.DataFrame,
    names: Mapping[str, Phrase],
    edition: Edition,
    width: int,
    *,
    heads: tuple[Phrase, Phrase],
) -> Figure:
    """States on both sides with their numbers, and a stream for each move as wide as the number that made it.

    Parameters
    ----------
    flows : ``before``, ``now``, ``count`` and ``side`` (``stayed``, ``up`` or ``down``).
    names : phrase of each state, from top to bottom.
    heads : what stands above either side.
    """
    sides = [flows.groupby(side)["count"].sum().reindex(list(names)).dropna() for side in ("before", "now")]
    sides = [counts[counts > 0] for counts in sides]
    texts, room = labels_of(list(names.values()), edition, room=width * (0.26 if width <= NARROW else 0.3))
    figure, axes = style.sheet(width, HEIGHT, left=room + 14, right=room + 14, top=EDGE, bottom=12)
    across, down = axes.bbox.width, axes.bbox.height
    axes.set(xlim=(0, across), ylim=(down, 0))
    axes.set_axis_off()
    scale = min((down - GAP * (len(counts) - 1)) / counts.sum() for counts in sides)
    tops = [_stack(counts * scale, down) for counts in sides]
    _streams(axes, flows, list(names), tops, scale, across)
    shown = dict(zip(names, texts, strict=True))
    change = sides[1].sub(sides[0], fill_value=0)
    for place, (counts, top) in enumerate(zip(sides, tops, strict=True)):
        x, away, align = (0.0, -6.0, "right") if place == 0 else (across, 6.0, "left")
        write(axes, x, 0, heads[place].text(edition), dy=EDGE / 2 + 2, ha="left" if place == 0 else "right", **small())
        middles = _apart([top[name] + count * scale / 2 for name, count in counts.items()], down)
        for (name, count), middle in zip(counts.items(), middles, strict=True):
            height = max(count * scale, 1.0)
            axes.fill_between([x - BAR / 2, x + BAR / 2], top[name], top[name] + height, color=INK["ink2"], linewidth=0, zorder=3)
            write(axes, x, middle, shown[name], dx=away, dy=LINE / 2, ha=align, color=INK["ink"])
            number = edition.show(count, "count")
            if place == 1 and change[name] and name in sides[0]:
                number = f"{number} ({edition.show(change[name], '+count')})"
            write(axes, x, middle, number, dx=away, dy=-LINE / 2, ha=align, **small())
    return figure


def _stack(heights: pd.Series, room: float) -> dict[str, float]:
    """Where each state begins, the gaps shared out over the whole height."""
    gap = (room - heights.sum()) / max(len(heights) - 1, 1)
    tops, at = {}, 0.0
    for name, height in heights.items():
        tops[str(name)] = at
        at += height + gap
    return tops


def _apart(middles: Sequence[float], room: float) -> list[float]:
    """The middles, pushed apart so that labels do not meet, and back inside."""
    found: list[float] = []
    for middle in middles:
        found.append(max(middle, found[-1] + LEAST) if found else max(middle, LINE))
    last = room - LINE
    for place in reversed(range(len(found))):
        found[place] = min(found[place], last)
        last = found[place] - LEAST
    return found


def _streams(
    axes: Axes, flows: pd.DataFrame, order: Sequence[str], tops: Sequence[dict[str, float]], scale: float, across: float
) -> None:
    """Streams leave and arrive in the order of the states at their other end; those that stayed lie below the others."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    rank = {name: place for place, name in enumerate(order)}
    rows = flows[flows["count"] > 0].assign(first=flows["before"].map(rank), last=flows["now"].map(rank))
    starts = _offsets(rows, "before", "last", tops[0], scale)
    ends = _offsets(rows, "now", "first", tops[1], scale)
    for row in rows.assign(moved=rows["side"] != "stayed").sort_values(["moved", "count"], ascending=[True, False]).itertuples():
        height, left, right = max(row.count * scale, 0.75), starts[row.Index], ends[row.Index]
        x0, x1, middle = BAR / 2, across - BAR / 2, across / 2
        points = [
            (x0, left), (middle, left), (middle, right), (x1, right),
            (x1, right + height), (middle, right + height), (middle, left + height), (x0, left + height), (x0, left),
        ]  # fmt: skip
        codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
        token = TOKENS[row.side]
        axes.add_patch(PathPatch(Path(points, codes), facecolor=INK[token], alpha=1.0 if row.side == "stayed" else 0.6, linewidth=0))


def _offsets(rows: pd.DataFrame, side: str, other: str, tops: Mapping[str, float], scale: float) -> dict[int, float]:
    """Where the stream of each row meets its state on one ``side``."""
    ordered = rows.sort_values([side, other])
    before = ordered.groupby(side)["count"].cumsum() - ordered["count"]
    return {place: tops[row[side]] + before[place] * scale for place, row in ordered.iterrows()}
