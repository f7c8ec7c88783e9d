"""Matrix: a table of numbers whose cells are tinted by size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.core.edition import Edition, is_missing, tidy
from analysis.core.text import Phrase
from analysis.draw import style
from analysis.draw.axis import labels_of, small, width_of, write, write_on
from analysis.draw.style import INK

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROW = 34  # CSS pixels
STRONGEST = 0.45  # opacity of the largest cell: the ink on it stays readable in both themes
HEAD_GAP, HEAD_LINE = 6, 16  # CSS pixels between two heads, and from one line of heads to the other
SECOND_LINE = 8  # CSS pixels from the middle of a cell to each of its two lines
CELL = (0.97, 0.94)  # width and height, of the distance between two
UNMOVED = 0.18  # opacity of a cell on the diagonal


@style.inked
def plot_matrix(
    matrix: pd.DataFrame,
    rows: Sequence[Phrase],
    columns: Sequence[Phrase],
    edition: Edition,
    width: int,
    *,
    row_name: Phrase,
    column_name: Phrase,
    form: str = "count",
    kept: bool = False,
    units: Sequence[Phrase] = (),
) -> Figure:
    """A heat map with its numbers, in one hue.

    Parameters
    ----------
    matrix : one number a cell; a missing one stays empty.
    row_name, column_name : what the rows and the columns stand for.
    kept : rows and columns are the same states, so that the diagonal did not move: it is grey.
    units : words below the number of every cell, one phrase a column.
    """
    from matplotlib.patches import Rectangle

    values = matrix.to_numpy(dtype=float)
    names, left = labels_of(rows, edition, room=width * 0.3)
    left = max(left, round(width_of(row_name.text(edition)))) + 12
    room = (width - left - 8) / max(values.shape[1], 1)
    crowded = any(width_of(tidy(column.text(edition))) > room - HEAD_GAP for column in columns)
    heads, _ = labels_of(columns, edition, room=max((room * 2 if crowded else room) - HEAD_GAP, 24))
    height, raised = ROW + (2 * SECOND_LINE if units else 0), HEAD_LINE if crowded else 0
    figure, axes = style.sheet(
        width, height * len(rows) + 60 + raised, left=left, right=8, top=56 + raised, bottom=4
    )
    moved = values.copy()
    if kept:
        np.fill_diagonal(moved, np.nan)
    largest = np.nanmax(np.abs(moved)) if np.isfinite(moved).any() else 0.0
    for (row, column), value in np.ndenumerate(values):
        if is_missing(value):
            continue
        still = kept and row == column
        tint = UNMOVED if still else STRONGEST * abs(value) / largest if largest else 0.0
        corner = column - CELL[0] / 2, row - CELL[1] / 2  # 2: the cell lies around its place
        axes.add_artist(Rectangle(corner, *CELL, facecolor=INK["grey" if still else "blue"], alpha=tint))
        text = edition.show(value, form)
        if width_of(text) < room:
            up = SECOND_LINE / height if units else 0.0
            write_on(axes, column, row - up, text, color=INK["ink" if value else "muted"])
            if units:
                write_on(axes, column, row + up, tidy(units[column].text(edition)), **small(color=INK["ink2"]))
    axes.set(xlim=(-0.5, len(columns) - 0.5), ylim=(len(rows) - 0.5, -0.5))
    axes.set_xticks([])
    for place, text in enumerate(heads):
        up = HEAD_LINE if crowded and place % 2 else 0
        write(axes, place, -0.5, text, dy=14 + up, ha="center")
    axes.set_yticks(range(len(rows)), names)
    axes.tick_params(axis="y", labelcolor=INK["ink"], pad=8)
    axes.spines["bottom"].set_visible(False)
    write(axes, -0.5, -0.5, row_name.text(edition), dx=-8, dy=14, ha="right", color=INK["muted"])
    over = max(0.0, width_of(column_name.text(edition)) - (width - left))
    write(axes, -0.5, -0.5, column_name.text(edition), dx=-over, dy=40 + raised, ha="left", color=INK["muted"])
    return figure
