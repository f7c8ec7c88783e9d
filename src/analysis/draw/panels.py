"""Small multiples: where each panel of a drawing stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from analysis.core.edition import Edition, tidy
from analysis.draw.axis import small, width_of, write
from analysis.draw.style import INK, NARROW, POINT, TEXT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

GAP = 16  # CSS pixels around a panel
ACROSS = 3  # panels a row on a wide page


def panel_width(width: int) -> float:
    """Three panels a row on a wide page, one on a phone."""
    across = _across(width)
    return (width - GAP * (across - 1)) / across


def lay_out(count: int, width: int, *, head: int, tall: int, foot: int, left: int = 0, right: int = 0) -> tuple[Figure, list[Axes]]:
    """A drawing with ``count`` panels; all sizes in CSS pixels.

    Parameters
    ----------
    head, tall, foot : heights above each panel, of it, and below it.
    left, right : room for texts on either side of each.
    """
    from matplotlib.figure import Figure as Sheet

    across, each, row = _across(width), panel_width(width), head + tall + foot + GAP
    height = row * -(-count // across)
    figure = Sheet(figsize=(width / 96, height / 96))
    found = []
    for number in range(count):
        start, top = (number % across) * (each + GAP) + left, (number // across) * row + head
        found.append(figure.add_axes((start / width, 1 - (top + tall) / height, (each - left - right) / width, tall / height)))
    return figure, found


def begins_row(number: int, width: int) -> bool:
    """Whether the panel stands at the left."""
    return number % _across(width) == 0


def ends_column(number: int, count: int, width: int) -> bool:
    """Whether no panel stands below it."""
    return number + _across(width) >= count


def _across(width: int) -> int:
    return 1 if width <= NARROW else ACROSS


def dots(axes: Axes, x: Any, y: Any, size: float, token: str) -> None:
    """Dots of ``size`` CSS pixels as round ends of lines without length, which an SVG keeps as one path."""
    axes.vlines(x, y, y, color=INK[token], linewidth=size * POINT, capstyle="round", clip_on=False)


def label_ticks(axes: Axes, values: Sequence[float], form: str, edition: Edition) -> None:
    """Numbers below the axis, without marks."""
    low = axes.get_ylim()[0]
    axes.set_xticks([])
    for value in values:
        write(axes, value, low, edition.show(value, form), dy=-10, ha="center", **small())


def cut(text: str, room: float, size: float = TEXT) -> str:
    """``text`` as far as there is room."""
    shown = tidy(text, len(text))
    while width_of(shown, size) > room and len(shown) > 1:
        shown = tidy(shown, len(shown) - 1)
    return shown
