"""Calibration: what was predicted against what happened, by group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.core.edition import Edition
from analysis.core.text import Phrase
from analysis.draw import style
from analysis.draw.axis import name_axes, show_ticks, ticks
from analysis.draw.style import HALF, INK, POINT

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@style.inked
def plot_calibration(
    frame: pd.DataFrame,
    edition: Edition,
    width: int,
    *,
    x_name: Phrase,
    y_name: Phrase,
    form: str = "percent",
) -> Figure:
    """One dot a group on the diagonal of perfect prediction.

    ``frame`` has ``predicted``, ``observed``, ``lo`` and ``hi``, the interval of the observation. A dot is
    filled where its interval includes the prediction.
    """
    side = min(width, HALF)
    figure, axes = style.sheet(
        width, round(side * 0.8), left=56, right=16 + max(width - 2 * HALF, 0), top=32, bottom=48, grid="y"
    )
    ends = frame[["predicted", "observed", "lo", "hi"]]
    high = float(ends.max().max()) * 1.05 or 1.0
    low = min(float(ends.min().min()), 0.0)
    axes.set(xlim=(low, high), ylim=(low, high))
    axes.plot([low, high], [low, high], color=INK["ink2"], linewidth=1, linestyle=(0, (4, 3)))
    for row in frame.itertuples(index=False):
        right = row.lo <= row.predicted <= row.hi
        token = "blue" if right else "verm"
        axes.plot([row.predicted] * 2, [row.lo, row.hi], color=INK[token], linewidth=1.6, clip_on=False)
        (dot,) = axes.plot(
            [row.predicted], [row.observed], "o", markersize=8 * POINT, markeredgecolor=INK[token],
            markeredgewidth=1.6, markerfacecolor=INK[token] if right else INK["paper"], clip_on=False,
        )  # fmt: skip
        style.tip(dot, f"{edition.show(row.predicted, form)} → {edition.show(row.observed, form)}")
    for axis in (axes.xaxis, axes.yaxis):
        show_ticks(axis, ticks(low, high, 5), form, edition)
    name_axes(axes, edition, x_name, y_name)
    return figure
