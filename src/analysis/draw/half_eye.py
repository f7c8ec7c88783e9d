"""Half-eyes: how a value is spread over the members of each group, on a logarithmic scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.core.edition import Edition
from analysis.core.text import Phrase
from analysis.draw import style
from analysis.draw.axis import labels_of, show_ticks, ticks, width_of, write
from analysis.draw.style import INK, POINT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROWS, LARGEST = 280, 90  # CSS pixels of all rows together, and of one at most
HUMP = 0.62  # part of a row that the highest density takes
TICKS = 4


@style.inked
def plot_half_eyes(
    spread: pd.DataFrame,
    densities: Sequence[pd.DataFrame],
    labels: Sequence[Phrase],
    edition: Edition,
    width: int,
    *,
    form: str = "money",
) -> Figure:
    """Density above, the middle 50 % and 90 % as bars below, a dot at the median, which stands at the right.

    Parameters
    ----------
    spread : ``tail_low, half_low, median, half_high, tail_high``, all above zero, a row a group from top to bottom.
    densities : of each row ``x`` (above zero) and ``height`` (the highest is 1); without rows where too few tell one.
    """
    names, left = labels_of(labels, edition, room=width * 0.3)
    values = [edition.show(value, form) for value in spread["median"]]
    right = round(max(width_of(text) for text in values)) + 18
    height = min(ROWS // len(spread), LARGEST) * len(spread)
    figure, axes = style.sheet(width, height + 44, left=left + 12, right=right, top=8, bottom=36, grid="x")
    axes.set_xscale("log")
    ends = [spread["tail_low"].min(), spread["tail_high"].max(), *(end for one in densities if len(one) for end in (one["x"].min(), one["x"].max()))]
    low, high = min(ends) / 1.1, max(ends) * 1.1
    axes.set(xlim=(low, high), ylim=(len(spread) - 0.65, -0.85))
    for place, row in enumerate(spread.itertuples(index=False)):
        shape = densities[place]
        if len(shape):
            axes.fill_between(shape["x"], place - 0.06 - HUMP * shape["height"], place - 0.06, color=INK["blue"], alpha=0.25, linewidth=0)
            axes.plot(shape["x"], place - 0.06 - HUMP * shape["height"], color=INK["blue"], linewidth=1.2)
        base = place + 0.06
        axes.plot([row.tail_low, row.tail_high], [base, base], color=INK["blue"], linewidth=1.6)
        axes.plot([row.half_low, row.half_high], [base, base], color=INK["blue"], linewidth=4.5)
        axes.plot([row.median], [base], "o", markersize=8 * POINT, markerfacecolor=INK["paper"], markeredgecolor=INK["ink"], markeredgewidth=1.5)
        write(axes, high, place, values[place], dx=right - 4, ha="right", weight="bold", color=INK["ink"])
    axes.set_yticks(range(len(spread)), names)
    axes.tick_params(axis="y", labelcolor=INK["ink"], pad=8)
    show_ticks(axes.xaxis, _tens(low, high), form, edition)
    axes.minorticks_off()
    return figure


def _tens(low: float, high: float) -> list[float]:
    """Powers of ten, as many as there is room for; parts of a power where there is only one."""
    powers = np.arange(np.ceil(np.log10(low)), np.floor(np.log10(high)) + 1)
    if len(powers) < 2:  # 2: the fewest that tell a scale
        steps = [step * 10.0**power for power in range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
                 for step in (1, 2, 5) if low <= step * 10.0**power <= high]  # fmt: skip
        return steps if len(steps) > 2 else ticks(low, high, TICKS)  # within one power, round numbers
    return [float(10.0**power) for power in powers[:: -(-len(powers) // TICKS)]]
