"""Orders over time: a stem for each purchase day, and the present silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.core.edition import Edition
from analysis.core.text import Phrase
from analysis.draw import style
from analysis.draw.axis import show_ticks, ticks, width_of, write
from analysis.draw.style import INK

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEIGHT, DATES = 260, 5  # CSS pixels, and dates on the axis


@style.inked
def plot_timeline(orders: pd.DataFrame, as_of: pd.Timestamp, silence: Phrase, edition: Edition, width: int) -> Figure:
    """What each purchase day brought, and the days since the last one up to ``as_of``.

    Parameters
    ----------
    orders : ``order_date`` and ``value``, oldest first.
    silence : the label of the present silence.
    """
    first, last = orders["order_date"].iloc[0], orders["order_date"].iloc[-1]
    high, low = max(float(orders["value"].max()), 0.0), min(float(orders["value"].min()), 0.0)
    marks = ticks(low, high or 1.0, 4)
    left = round(max(width_of(edition.show(mark, "money")) for mark in marks)) + 10
    figure, axes = style.sheet(width, HEIGHT, left=left, right=32, top=36, bottom=32, grid="y")
    span = max((as_of - first).days, 1)
    room = pd.Timedelta(days=max(span // 50, 1))  # of 50 parts one, so that the first stem stands free
    axes.set(xlim=(first - room, as_of + room), ylim=(low * 1.08, (high or 1.0) * 1.08))
    show_ticks(axes.yaxis, marks, "money", edition)
    axes.vlines(orders["order_date"], 0, orders["value"], color=INK["blue"], linewidth=1.6)
    axes.plot(orders["order_date"], orders["value"], "o", color=INK["blue"], markersize=3)
    axes.axvspan(last, as_of, color=INK["verm"], alpha=style.WASH, linewidth=0)
    text = silence.text(edition)
    write(axes, as_of + room, 1, text, dy=0, ha="right", color=INK["bad"], xycoords=("data", "axes fraction"), va="bottom")
    dates = pd.date_range(first, as_of, periods=DATES if width > style.NARROW else 3)
    axes.set_xticks(list(dates), [edition.show(date, "month_short") for date in dates])
    return figure
