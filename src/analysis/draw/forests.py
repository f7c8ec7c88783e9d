"""Forests: the same intervals for several things, one small panel each, all on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.core.edition import Edition
from analysis.core.text import Phrase
from analysis.draw import style
from analysis.draw.axis import labels_of, width_of, write
from analysis.draw.intervals import far_out, log_ticks
from analysis.draw.panels import cut, dots, ends_column, label_ticks, lay_out, panel_width
from analysis.draw.style import INK, POINT, SMALL

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW, HEAD, FOOT = 22, 22, 16  # CSS pixels: a row, the name above a panel, the ticks below the last one
LABELS = 0.46  # of a panel's width
FORM = "number2"
EDGE = 1.05  # room beyond the outermost ends


@dataclass(frozen=True)
class Forest:
    """One panel.

    Parameters
    ----------
    name : above it.
    rows : ``value, lo, hi``, from top to bottom; a missing value has no interval.
    sure, strong : which rows are filled, and whose labels are bold.
    """

    name: Phrase
    rows: pd.DataFrame
    sure: Sequence[bool]
    strong: Sequence[bool]


@style.inked
def plot_forests(forests: Sequence[Forest], labels: Sequence[Phrase], edition: Edition, width: int, *, line: float) -> Figure:
    """Dots with intervals on a log scale, values beside them; above the line, which is no effect, is good.

    Parameters
    ----------
    labels : of the rows, the same in every panel.
    """
    each = panel_width(width)
    names, left = labels_of(labels, edition, room=each * LABELS)
    values = [[edition.show(value, FORM) for value in forest.rows["value"]] for forest in forests]
    right = max(width_of(text, SMALL) for texts in values for text in texts)
    figure, places = lay_out(len(forests), width, head=HEAD, tall=ROW * len(names), foot=FOOT, left=left + 8, right=round(right) + 12)
    whole = pd.concat([forest.rows for forest in forests]).dropna()
    low, high = far_out(whole) or (float(whole["lo"].min()), float(whole["hi"].max()))
    ends = min(low, line) / EDGE, max(high, line) * EDGE
    for number, (axes, forest, texts) in enumerate(zip(places, forests, values, strict=True)):
        axes.set_xscale("log")
        axes.set(xlim=ends, ylim=(len(names) - 0.5, -0.5))
        axes.minorticks_off()
        axes.set_yticks([])
        label_ticks(axes, _three(log_ticks(*ends)) if ends_column(number, len(forests), width) else [], FORM, edition)
        write(axes, ends[0], -0.5, cut(forest.name.text(edition), each), dx=-left - 8, dy=11, ha="left", weight="bold", color=INK["ink"])
        for place, name in enumerate(names):
            look: dict[str, Any] = {"weight": "bold"} if forest.strong[place] else {}
            write(axes, ends[0], place, name, dx=-left - 8, ha="left", **look)
            write(axes, ends[1], place, texts[place], dx=right + 10, ha="right", fontsize=SMALL * POINT, **look)
        axes.vlines([line], -0.5, len(names) - 0.5, color=INK["ink2"], linewidth=1, clip_on=False)
        _rows(axes, forest, line, (low, high))
    return figure


def _rows(axes: Axes, forest: Forest, line: float, ends: tuple[float, float]) -> None:
    """Intervals and dots, those of one colour together; an end that lies beyond is cut."""
    rows = forest.rows.assign(place=np.arange(len(forest.rows)), sure=list(forest.sure)).dropna()
    rows["token"] = np.where(~rows["sure"], "grey", np.where(rows["value"] < line, "verm", "blue"))
    for token, alike in rows.groupby("token", sort=True):
        axes.hlines(alike["place"], alike["lo"].clip(*ends), alike["hi"].clip(*ends), color=INK[token], linewidth=2, clip_on=False)
        seen = alike[alike["value"].between(*ends)]
        dots(axes, seen["value"], seen["place"], 9, token)
        if token == "grey":
            dots(axes, seen["value"], seen["place"], 6, "paper")


def _three(chosen: Sequence[float]) -> list[float]:
    """At most three of them, the first and the last among them."""
    return list(chosen) if len(chosen) <= 3 else [chosen[0], chosen[len(chosen) // 2], chosen[-1]]
