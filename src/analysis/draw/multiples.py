"""Small multiples: one small panel a series, each with what was usual for it and the moment that matters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.core.edition import Edition
from analysis.core.text import Phrase
from analysis.draw import style
from analysis.draw.axis import small, width_of, write
from analysis.draw.panels import GAP, cut, lay_out, panel_width
from analysis.draw.style import INK, POINT, SMALL

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PANEL, HEAD, FOOT = 64, 44, 22  # CSS pixels: bars, two lines above, dates below


@dataclass(frozen=True)
class Panel:
    """One series.

    Parameters
    ----------
    name, said : the two lines above it.
    values : ``x`` (dates, equally far apart) and ``y``.
    usual : level drawn as a line up to ``watched_from``, dashed after it; None draws none.
    mark : from when on bars are strong.
    """

    name: Phrase
    said: Phrase
    values: pd.DataFrame
    usual: float | None
    watched_from: Any
    mark: Any


@style.inked
def plot_multiples(panels: Sequence[Panel], edition: Edition, width: int, *, form: str = "money") -> Figure:
    """Bars over time, one panel a series, all with the same dates and each with its own height."""
    figure, places = lay_out(len(panels), width, head=HEAD, tall=PANEL, foot=FOOT)
    first = min(panel.values["x"].min() for panel in panels)
    last = max(panel.values["x"].max() for panel in panels)
    for axes, panel in zip(places, panels, strict=True):
        _draw(axes, panel, edition, panel_width(width), form, (first, last))
    return figure


def _draw(axes: Axes, panel: Panel, edition: Edition, room: float, form: str, ends: tuple[Any, Any]) -> None:
    half = pd.Timedelta(days=15)  # of the space of a bar: months
    for strong, token in ((False, "sky"), (True, "verm")):
        rows = panel.values[(panel.values["x"] + 2 * half > panel.mark) == strong]
        if len(rows):
            axes.bar(rows["x"] + half, rows["y"], width=22, color=INK[token])
    highest = max(float(panel.values["y"].max()), panel.usual or 0.0) or 1.0
    axes.set(xlim=(ends[0], ends[1] + 2 * half), ylim=(0, highest * 1.02), yticks=[])
    axes.set_xticks([])
    if panel.usual is not None:
        begun = panel.values["x"].min()
        axes.plot([begun, panel.watched_from], [panel.usual] * 2, color=INK["ink2"], linewidth=1.2)
        axes.plot([panel.watched_from, ends[1] + 2 * half], [panel.usual] * 2, color=INK["ink2"], linewidth=1.2, linestyle=(0, (3, 3)))
    usual = "" if panel.usual is None else edition.show(panel.usual, form)
    write(axes, ends[0], highest, cut(panel.name.text(edition), room - width_of(usual) - GAP), dy=31, ha="left",
          weight="bold", color=INK["ink"])  # fmt: skip
    write(axes, ends[1] + 2 * half, highest, usual, dy=31, ha="right", **small())
    write(axes, ends[0], highest, cut(panel.said.text(edition), room, SMALL), dy=14, ha="left", fontsize=SMALL * POINT)
    write(axes, ends[0], 0, edition.show(ends[0], "month_short"), dy=-10, ha="left", **small())
    write(axes, ends[1] + 2 * half, 0, edition.show(ends[1], "month_short"), dy=-10, ha="right", **small())
