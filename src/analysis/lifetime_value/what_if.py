"""V5: what today's customers would bring if fewer of them stopped from now on.

Retention of the base is the share of the customers active now that is expected to be active a year on, by the fitted
model of orders. A scenario makes every customer's chance of stopping smaller by one factor, the one that lifts
retention to its target; rates of ordering, values and the past stay as they are.

Where reasons for leaving are on record, only those that an effort can change are: with c their share, the factor is at
least 1 - c, and a target beyond is out of reach.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.polynomial.chebyshev import Chebyshev
from scipy.special import expit

from analysis.core.params import LifetimeValue
from analysis.lifetime_value.orders import OrderModel
from analysis.lifetime_value.value_per_order import ValueFit, draw_values, expected_value_per_order
from analysis.models.constant_retention import lifetime_gain, retention_elasticity
from analysis.models.forecast import RepeatModel
from analysis.models.newton import Array
from analysis.models.periods import DAYS_PER_MONTH, DAYS_PER_YEAR, discount_factors
from analysis.models.repeat import checked_columns

DEGREE = 6  # of the polynomials in time: both to five digits
SLOWEST = 1e-6  # a chance of stopping a million times smaller is none
EXACT = 1e-9  # two retentions this near are one


@dataclass(frozen=True)
class Reasons:
    """Why customers left: exits with a known reason, and how many of them an effort can change; ``None`` unknown."""

    known: int
    controllable: int

    @property
    def share(self) -> float:
        """Share that an effort can change."""
        return self.controllable / self.known


@dataclass(frozen=True)
class WhatIf:
    """Answers of V5.

    Attributes
    ----------
    scenarios, reference : the tables ``retention_what_if`` and ``retention_reference``.
    retention : of the base, with the ends of its interval; None where there is no model that knows of stopping.
    active : customers expected to be active now.
    reasons : why customers left; None where nothing is on record.
    """

    scenarios: pd.DataFrame
    reference: pd.DataFrame
    retention: tuple[float, float, float] | None
    active: float
    reasons: Reasons | None


@dataclass(frozen=True)
class Base:
    """Customers as the model of orders sees them, and what an order of each is worth."""

    x: Array
    span: Array
    age: Array
    worth: Array


@dataclass(frozen=True)
class Future:
    """What a model expects of a base, by how much its stopping is slowed.

    Attributes
    ----------
    active : customers expected to be active now.
    staying : R as a polynomial in ln(1 + 12 factor): the expected share of them still active in a year.
    """

    fit: RepeatModel
    base: Base
    alive: Array
    active: float
    staying: Chebyshev

    def retention(self, factor: float = 1.0) -> float:
        """Share still active a year on."""
        return float(self.staying(_scale(factor * DAYS_PER_YEAR)))

    def value(self, factor: float, months: int) -> Array:
        """Value of each month ahead, from the formulas at a few times and a polynomial in ln(1 + months) between."""
        fit, base = self.fit.with_dropout_scaled(factor), self.base
        worth = self.alive * base.worth

        def total(at: Array) -> Array:
            return np.array([(worth * fit.expected_if_active(base.x, base.span, base.age, days)).sum() for days in _days(at)])

        curve = Chebyshev.interpolate(total, DEGREE, domain=[0, _scale(months * DAYS_PER_MONTH)])
        return np.diff(curve(_scale(DAYS_PER_MONTH * np.arange(months + 1))))

    def factor_for(self, target: float, least: float) -> float:
        """The factor that brings retention to ``target``, ``least`` where that is not enough."""
        from scipy.optimize import brentq

        low = max(least, SLOWEST)
        if self.retention(low) <= target:
            return low
        return float(brentq(lambda factor: self.retention(factor) - target, low, 1.0))


def ask_what_if(
    history: pd.DataFrame, orders: OrderModel | None, value: ValueFit | None, reasons: Reasons | None,
    settings: LifetimeValue, *, widening: float,
) -> WhatIf:  # fmt: skip
    """Answer every scenario over every horizon, with and without discounting; nothing where nobody can stop.

    Parameters
    ----------
    history : one row a customer.
    orders, value : the published ways; ``None`` where there is none.
    widening : what half-widths are multiplied by, from the hold-out.
    """
    nothing = WhatIf(pd.DataFrame(), reference_table(None, settings), None, 0.0, reasons)
    if orders is None or value is None:
        return nothing
    base = Base(*checked_columns(history), expected_value_per_order(value).to_numpy())
    whole = look_ahead(orders.fit, base)
    if whole.retention() >= 1 - EXACT:
        return nothing
    least = 1 - reasons.share if reasons else 0.0
    table = scenario_table(whole, least, settings)
    spread = _spread(orders, value, base, least, settings)
    table = _with_interval(table, spread, settings.interval_level, widening)
    low, high = np.quantile(spread["retention"], _ends(settings.interval_level))
    retention = whole.retention()
    return WhatIf(table, reference_table(retention, settings), (retention, min(low, retention), max(high, retention)),
                  whole.active, reasons)  # fmt: skip


def count_reasons(exits: pd.DataFrame, uncontrollable: tuple[str, ...]) -> Reasons | None:
    """Count the exits whose reason is known; ``None`` where no reason is."""
    known = exits.loc[exits["reason"].notna() & (exits["reason"] != "unknown"), "reason"]
    return Reasons(len(known), int((~known.isin(uncontrollable)).sum())) if len(known) else None


def look_ahead(fit: RepeatModel, base: Base) -> Future:
    """What the model expects of the base."""
    alive = expit(-fit.log_odds_stopped(base.x, base.span, base.age))
    active = float(alive.sum())

    def staying(at: Array) -> Array:
        slowed = [fit.with_dropout_scaled(max(days / DAYS_PER_YEAR, SLOWEST)) for days in _days(at)]
        year = np.asarray(DAYS_PER_YEAR)
        return np.array([(alive * one.still_active(base.x, base.span, base.age, year)).sum() for one in slowed]) / active

    curve = Chebyshev.interpolate(staying, DEGREE, domain=[0, _scale(DAYS_PER_YEAR)])
    return Future(fit, base, alive, active, curve)


def scenario_table(future: Future, least: float, settings: LifetimeValue) -> pd.DataFrame:
    """Every scenario over every horizon at both discount rates, without intervals."""
    retention, longest = future.retention(), max(settings.horizon_months)
    now = future.value(1.0, longest)
    rows = []
    for kind, change, target in _targets(retention, settings):
        factor = future.factor_for(target, least)
        reached, then = future.retention(factor), future.value(factor, longest)
        for months in sorted(set(settings.horizon_months)):
            for rate in sorted({0.0, settings.discount_rate_yearly}):
                factors = discount_factors(months, rate_yearly=rate)
                value, gain = (float((one[:months] * factors).sum()) for one in (now, then - now))
                rows.append({
                    "kind": kind, "change": change, "horizon_months": months, "discount_rate": rate,
                    "retention": retention, "target": reached, "is_capped": reached < target - EXACT,
                    "avoided": (1 - factor) / (1 - least) if least < 1 else np.nan,
                    "retained": (reached - retention) * future.active, "value": value, "gain": gain,
                    "gain_share": gain / value if value > 0 else np.nan, "break_even": gain / future.active,
                })  # fmt: skip
    return pd.DataFrame(rows)


def reference_table(own: float | None, settings: LifetimeValue) -> pd.DataFrame:
    """What the same changes add to a lifetime at constant retention, for known bases and for one's own."""
    rate = settings.discount_rate_yearly
    bases = [(one, False) for one in settings.what_if.compared] + ([] if own is None else [(own, True)])
    rows = [
        {
            "retention": base, "kind": kind, "change": change, "discount_rate": discount, "is_own": is_own,
            "gain_share": lifetime_gain(base, better, rate=discount) if better < 1 else np.nan,
            "elasticity": retention_elasticity(base, rate=discount) if base < 1 else np.nan,
        }
        for base, is_own in bases
        for kind, change, better in _targets(base, settings)
        for discount in sorted({0.0, rate})
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _targets(retention: float, settings: LifetimeValue) -> Iterator[tuple[str, float, float]]:
    """Kind, change and wanted retention of every scenario."""
    for points in settings.what_if.points:
        yield "points", points, retention + points
    for times in settings.what_if.times:
        yield "times", times, retention * times


def _spread(
    orders: OrderModel, value: ValueFit, base: Base, least: float, settings: LifetimeValue
) -> dict[str, Array]:
    """Retention and the gain of every row, draw by draw; both sides of a gain come from the same draw."""
    size = len(base.x)
    step = max(size // settings.what_if.sampled_customers, 1)
    chosen = np.lexsort((base.age, base.x, base.worth))[step // 2 :: step]  # evenly over the values of an order
    part = Base(base.x[chosen], base.span[chosen], base.age[chosen], base.worth[chosen])
    rows = value.rows.iloc[chosen]
    worths = [
        expected_value_per_order(replace(value, models=tuple(models), rows=rows)).fillna(pd.Series(part.worth, rows.index))
        for models in draw_values(value, draws=min(settings.draws, settings.what_if.draws), seed=settings.random_seed)
    ]  # fmt: skip
    middle = scenario_table(look_ahead(orders.fit, part), least, settings)["gain"].to_numpy()
    retention, gains = [], []
    for fit, worth in zip(orders.draws, worths, strict=False):
        future = look_ahead(fit, replace(part, worth=worth.to_numpy()))
        retention.append(future.retention())
        gains.append(scenario_table(future, least, settings)["gain"].to_numpy())
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(middle != 0, np.array(gains) / middle, 1.0)
    return {"retention": np.array(retention), "ratio": ratio}


def _with_interval(table: pd.DataFrame, spread: dict[str, Array], level: float, widening: float) -> pd.DataFrame:
    """The gains' intervals, widened about the gain as the base's is."""
    low, high = np.quantile(spread["ratio"], _ends(level), axis=0)
    gain = table["gain"].to_numpy()
    sides = np.sort(np.stack([gain * low, gain * high, gain]), axis=0)
    return table.assign(lo=gain - widening * (gain - sides[0]), hi=gain + widening * (sides[2] - gain))


def _ends(level: float) -> tuple[float, float]:
    return (1 - level) / 2, (1 + level) / 2


def _scale(days: Array | float) -> Array | float:
    return np.log1p(np.asarray(days) / DAYS_PER_MONTH)


def _days(at: Array) -> Array:
    return np.expm1(at) * DAYS_PER_MONTH
