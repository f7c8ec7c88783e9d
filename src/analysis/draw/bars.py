"""Bars: a ladder of values, one row each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis.core.edition import Edition
from analysis.core.text import Phrase
from analysis.draw import style
from analysis.draw.axis import labels_of, width_of, write
from analysis.draw.style import INK

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROW = 26  # CSS pixels
LEAST = 0.25  # part of the width that bars need; texts that leave less give way to the values alone


@style.inked
def plot_bars(
    values: pd.Series,
    labels: Sequence[Phrase],
    edition: Edition,
    width: int,
    *,
    form: str = "money",
    strong: Collection[int] = (),
    texts: Sequence[Phrase] | None = None,
) -> Figure:
    """Horizontal bars from zero with their values behind.

    Parameters
    ----------
    values : from top to bottom.
    strong : positions of the rows to act on, in vermilion.
    texts : what stands behind the bars, in place of the values, as long as there is room for it.
    """
    names, left = labels_of(labels, edition, room=width * 0.4)
    below = bool((values < 0).any())
    shown = [edition.show(value, form) for value in values]
    if texts:
        said = [text.text(edition) for text in texts]
        if left + _room(said) * (2 if below else 1) < (1 - LEAST) * width:
            shown = said
    room = _room(shown)
    figure, axes = style.sheet(
        width, ROW * len(values) + 16, left=left + 12 + (room if below else 0), right=room, top=4, bottom=12
    )
    for place, value in enumerate(values):
        bar = axes.barh([place], [value], height=0.62, color=INK["verm" if place in strong else "blue"])
        style.tip(bar[0], f"{names[place]}: {shown[place]}")
        side, shift = ("right", -6) if value < 0 else ("left", 6)
        write(axes, value, place, shown[place], dx=shift, ha=side, color=INK["ink"])
    low, high = min(values.min(), 0.0), max(values.max(), 0.0)
    axes.set(xlim=(low, high if high > low else 1), ylim=(len(values) - 0.5, -0.5), xticks=[])
    axes.set_yticks(range(len(values)), names)
    axes.tick_params(axis="y", labelcolor=INK["ink"], pad=8 + (room * style.POINT if below else 0))
    axes.axvline(0, color=INK["ink2"], linewidth=1)
    axes.spines["bottom"].set_visible(False)
    return figure


def _room(texts: Sequence[str]) -> int:
    """CSS pixels that the longest of ``texts`` takes beside its bar."""
    return round(max(width_of(text) for text in texts)) + 12
