"""The subject's drawings: a contracted table in, a figure out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.core.contracts.schema import E4
from analysis.core.edition import Edition
from analysis.core.params import Claim, Profit
from analysis.core.text import Phrase, listed, say
from analysis.draw import style
from analysis.draw.axis import Mark
from analysis.draw.concentration import Zone, plot_concentration
from analysis.draw.line import plot_line
from analysis.draw.style import INK, POINT, SMALL
from analysis.draw.waterfall import draw_steps

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure

    Draw = Callable[[Edition, int], Figure]

STEP_WORDS = {name: say(f"profit.part.{name}") for name in (
    "base", "new", "returned", "grown", "shrunk", "lost", "pseudo", "total",
)}  # fmt: skip


def draw_curve(
    points: pd.DataFrame,
    before: pd.DataFrame,
    told: pd.Series,
    share: float,
    settings: Profit,
    *,
    claims: bool,
) -> Draw:
    """The curve of one measure with its marks; in money where shares say nothing.

    Parameters
    ----------
    points, before : rows of ``concentration`` of this window and of the one before, which may be empty.
    told : the row of ``concentration_facts``.
    share : what the top that the titles speak of brings.
    claims : whether the sayings are drawn.
    """
    if told["value"] <= 0:
        return partial(
            plot_line, points.rename(columns={"customer_share": "x", "value": "y"}),
            x_form="percent", x_name=say("profit.curve.x"),
        )  # fmt: skip
    top = settings.headline_top_share
    marks = [Mark(top, share, say("profit.curve.at_top", top=top, share=share))]
    zones, lost = [], None
    if told["shape"] == "humped":
        peak = round(told["peak_position"] * told["customers"])
        label = say("profit.curve.at_peak", peak=told["peak"], customers=peak)
        marks.append(Mark(told["peak_position"], told["peak"], label, strong=True))
        lost = say("profit.curve.lost", money=-told["losses"])
        zones = [
            Zone(told["peak_position"], say("profit.curve.makers"), "blue"),
            Zone(1.0, say("profit.curve.losers"), "verm"),
        ]
    return partial(
        plot_curve, _shares(points), claims=settings.claims if claims else (),
        x_name=say("profit.curve.x"), marks=marks, zones=zones, lost=lost,
        before=(_shares(before), say("profit.curve.before")) if _has_shares(before) else None,
    )  # fmt: skip


@style.inked
def plot_curve(
    points: pd.DataFrame, edition: Edition, width: int, *, claims: Sequence[Claim], **parts: Any
) -> Figure:
    """The curve with the sayings as open marks; ``parts`` as for ``plot_concentration``."""
    figure = plot_concentration(points, edition, width, **parts)
    axes = figure.axes[0]
    for claim in claims:
        axes.plot(
            [claim.customers], [claim.value], "o", markersize=SMALL * POINT / 2, markerfacecolor=INK["paper"],
            markeredgecolor=INK["muted"], zorder=3,
        )  # fmt: skip
        style.tip(axes.lines[-1], _claim(claim).text(edition))
    return figure


def draw_bridge(steps: pd.DataFrame) -> Draw:
    """The waterfall from one period to the next; parts that nobody belongs to are left out."""
    shown = steps[(steps["customers"] > 0) | steps.index.isin(["base", "total"])]
    return draw_steps(shown["value_e4"] / E4, STEP_WORDS, totals=("base", "total"))


def sayings(settings: Profit) -> Phrase:
    """The sayings in one line."""
    return listed([_claim(claim) for claim in settings.claims])


def _claim(claim: Claim) -> Phrase:
    return say("profit.curve.claim", customers=claim.customers, value=claim.value)


def _shares(points: pd.DataFrame) -> pd.DataFrame:
    return points.rename(columns={"customer_share": "x", "value_share": "y"})[["x", "y"]]


def _has_shares(points: pd.DataFrame) -> bool:
    return len(points) > 0 and bool(points["value_share"].notna().all())
