"""The page's drawings: a table that is already computed in, a figure out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from analysis.core.contracts.profit import PARTS
from analysis.core.contracts.schema import E4
from analysis.core.edition import Edition
from analysis.core.text import say
from analysis.draw.axis import Mark
from analysis.draw.concentration import Zone, plot_concentration
from analysis.draw.waterfall import draw_steps

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    Draw = Callable[[Edition, int], Figure]

STEPS = {part: say(f"profit.part.{part}") for part in ("base", *PARTS, "total")}


def draw_curve(points: pd.DataFrame, before: pd.DataFrame, told: pd.Series, top: float, share: float) -> Draw:
    """The curve with the top marked; where customers below zero bend it, the peak and what they take."""
    marks = [Mark(top, share, say("executive.curve.at_top", top=top, share=share))]
    zones, lost = [], None
    if told["shape"] == "humped":
        peak = say("executive.curve.at_peak", peak=told["peak"])
        marks.append(Mark(told["peak_position"], told["peak"], peak, strong=True))
        lost = say("executive.curve.lost", money=-told["losses"])
        zones = [
            Zone(told["peak_position"], say("executive.curve.makers"), "blue"),
            Zone(1.0, say("executive.curve.losers"), "verm"),
        ]
    has_before = len(before) > 0 and bool(before["value_share"].notna().all())
    return partial(
        plot_concentration, _shares(points), x_name=say("executive.curve.x"), marks=marks, zones=zones, lost=lost,
        before=(_shares(before), say("executive.curve.before")) if has_before else None,
    )  # fmt: skip


def draw_bridge(steps: pd.DataFrame) -> Draw:
    """The waterfall between the two years; parts that nobody belongs to are left out."""
    shown = steps[(steps["customers"] > 0) | steps.index.isin(["base", "total"])]
    return draw_steps(shown["value_e4"] / E4, STEPS, totals=("base", "total"))


def _shares(points: pd.DataFrame) -> pd.DataFrame:
    return points.rename(columns={"customer_share": "x", "value_share": "y"})[["x", "y"]]
