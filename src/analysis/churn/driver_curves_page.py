"""C2 on the page: how likely an order is along each driver."""

from __future__ import annotations

from functools import partial

import pandas as pd

from analysis.churn.causes import Causes
from analysis.churn.driver_terms import BUILT_IN
from analysis.core.contracts.churn_drivers import DRIVER_CURVES
from analysis.core.text import Phrase, joined, listed, quoted, say
from analysis.draw.curves import Curve, plot_curves
from analysis.draw.page import Look, Page, Section

LISTED = 20  # ranges in the page, those of the named drivers first; the stage's table has all


def sections(page: Page, causes: Causes) -> list[Section]:
    """One small curve a driver that is a number; nothing where there is none."""
    rows, settings = causes.curves, causes.settings
    if rows.empty:
        return []
    effects, drivers = _effects(causes), rows["driver"].unique()
    drivers = [name for name in effects.index if name in drivers]
    order = {name: place for place, name in enumerate(sorted(drivers, key=lambda name: not effects.loc[name, "is_named"]))}
    dots = rows[rows["shape"] == "range"].assign(order=rows["driver"].map(order)).sort_values(["order", "amount"])
    bent = rows[rows["straight_p"] < settings.drivers.named_below]["driver"].unique()
    bends = say("churn_drivers.curves.bends", drivers=listed([_short(name) for name in bent])) if len(bent) else say("churn_drivers.curves.straight")
    return [page.figure(
        "driver_curves", kicker=say("churn_drivers.curves.kicker"), title=curves_title(causes),
        deck=say("churn_drivers.curves.deck", days=settings.horizon_days, customers=causes.findings.at_risk, level=settings.interval_level),
        note=joined([bends, say("churn_drivers.curves.note")]),
        draw=partial(plot_curves, [_curve(name, rows[rows["driver"] == name], bool(effects.loc[name, "is_named"])) for name in drivers]),
        data=dots, contract=DRIVER_CURVES,
        look=Look(columns=("driver", "amount", "chance", "lo", "hi"), words={"driver": {name: _axis(name) for name in drivers}},
                  forms={"amount": "percent"} if all(map(_is_share, drivers)) else {}, limit=LISTED, search=False),
    )]  # fmt: skip


def curves_title(causes: Causes) -> Phrase:
    """The named driver along which the chance changes most."""
    effects, lines = _effects(causes), causes.curves[causes.curves["shape"] == "line"]
    ends = lines.groupby("driver").agg(low=("amount", "first"), high=("amount", "last"), first=("chance", "first"), last=("chance", "last"))
    found = ends[effects["is_named"].reindex(ends.index)]
    if found.empty:
        return say("churn_drivers.curves.nothing", tried=len(ends))
    name = (found["last"] - found["first"]).abs().idxmax()
    along = found.loc[name]
    key = f"{'share' if _is_share(name) else 'spread'}_{'falls' if along['last'] < along['first'] else 'rises'}"
    return say(f"churn_drivers.curves.{key}", what=_axis(name), days=causes.settings.horizon_days, **along.to_dict())


def _curve(name: str, rows: pd.DataFrame, is_named: bool) -> Curve:
    shown = rows.rename(columns={"amount": "x", "chance": "y"})
    line, dots = (shown[shown["shape"] == shape][["x", "y", "lo", "hi", "share"]] for shape in ("line", "range"))
    return Curve(_axis(name), "percent" if _is_share(name) else "number1", line, dots, is_named)


def _effects(causes: Causes) -> pd.DataFrame:
    """Drivers with an effect, slowest return first."""
    return causes.findings.judged.set_index("driver")


def _short(name: str) -> Phrase:
    return say(f"churn_drivers.short.{name}") if name in BUILT_IN else quoted(name)


def _is_share(name: str) -> bool:
    """A value of a text of the orders is a share of them; other columns of the user's own are in standard deviations."""
    return name in BUILT_IN or ": " in name


def _axis(name: str) -> Phrase:
    if name in BUILT_IN:
        return say(f"churn_drivers.axis.{name}")
    return say(f"churn_drivers.axis.{'orders' if _is_share(name) else 'spread'}", column=quoted(name))
