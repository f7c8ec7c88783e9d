"""Waterfall: how one total becomes another, one row a step, in a drawing and in a sentence."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from analysis.core.edition import Edition
from analysis.core.text import Phrase, say
from analysis.draw import style
from analysis.draw.axis import labels_of, width_of, write
from analysis.draw.style import INK

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROW = 30  # CSS pixels


def tell_steps(value: Phrase, steps: pd.Series, words: Mapping[str, Phrase]) -> Phrase:
    """The change that ``steps`` add up to, with the step that brought most and the one that took most.

    Parameters
    ----------
    value : what changed, as a sentence begins with it.
    words : name of each step inside a sentence.
    """
    change, best, worst = steps.sum(), steps.idxmax(), steps.idxmin()
    if change == 0:
        return say("page.steps.still", value=value)
    went = say("page.steps.grew" if change > 0 else "page.steps.fell")
    said = {"value": value, "went": went, "change": abs(change)}
    gain = {"best": words[best], "gain": steps[best]}
    loss = {"worst": words[worst], "loss": -steps[worst]}
    if steps[worst] >= 0:
        return say("page.steps.gain", **said, **gain)
    if steps[best] <= 0:
        return say("page.steps.loss", **said, **loss)
    return say("page.steps.both", **said, **gain, **loss)


def draw_steps(values: pd.Series, words: Mapping[str, Phrase], *, totals: Collection[str]) -> partial[Any]:
    """The waterfall of ``values`` by step; those in ``totals`` are running sums, not changes."""
    bars = pd.DataFrame({"value": values, "is_total": values.index.isin(list(totals))})
    return partial(plot_waterfall, bars, [words[step] for step in values.index])


@style.inked
def plot_waterfall(
    steps: pd.DataFrame,
    labels: Sequence[Phrase],
    edition: Edition,
    width: int,
    *,
    form: str = "money",
    good: Literal["up", "down"] = "up",
) -> Figure:
    """Totals as grey bars from zero, changes as bars from where the last one ended.

    Parameters
    ----------
    steps : ``value`` and ``is_total``, from top to bottom; a total is the running sum at that place.
    labels : one a row.
    good : the direction drawn in blue; the other is vermilion.
    """
    texts, left = labels_of(labels, edition, room=width * 0.4)
    values = [
        edition.show(value, form if total else f"+{form}")
        for value, total in zip(steps["value"], steps["is_total"], strict=True)
    ]
    room = round(max(width_of(text) for text in values)) + 10
    figure, axes = style.sheet(width, ROW * len(steps) + 16, left=left + 12, right=room, top=4, bottom=12)
    ends = [0.0]
    running = 0.0
    for place, row in enumerate(steps.itertuples(index=False)):
        start = 0.0 if row.is_total else running
        running = row.value if row.is_total else running + row.value
        ends.append(running)
        token = "grey" if row.is_total else "blue" if (row.value >= 0) == (good == "up") else "verm"
        bar = axes.barh([place], [running - start], left=start, height=0.62, color=INK[token])
        style.tip(bar[0], f"{texts[place]}: {values[place]}")
        if place + 1 < len(steps):
            axes.plot([running, running], [place, place + 1], color=INK["rule"], linewidth=1, zorder=0)
        weight = "bold" if row.is_total else "normal"
        colour = "ink" if row.is_total else "blue" if token == "blue" else "bad"
        write(
            axes, max(start, running), place, values[place], dx=6, ha="left", weight=weight, color=INK[colour]
        )  # fmt: skip
    low, high = min(ends), max(ends)
    axes.set(xlim=(low, high if high > low else low + 1), ylim=(len(steps) - 0.5, -0.5), xticks=[])
    axes.set_yticks(range(len(steps)), texts)
    axes.tick_params(axis="y", labelcolor=INK["ink"], pad=8)
    axes.axvline(0, color=INK["ink2"], linewidth=1)
    axes.spines["bottom"].set_visible(False)
    return figure
