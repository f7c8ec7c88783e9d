"""V5: what today's customers would bring if fewer of them stopped from now on.

Retention is the share of the customers active now that the fitted model expects to be active a year on:

    r = sum_i P_i S_i(1 year) / sum_i P_i

with P_i the chance that customer i is active and S_i(t) that it stays so for the time t. A scenario makes every
customer's chance of stopping smaller by one factor, the one that lifts r to its target; orders, values and the past
stay as they are. Retention by value weighs each customer with the value expected of it in the next year.

Where reasons for leaving are on record, only those that an effort can change are: with c their share, the factor is at
least 1 - c, and a target beyond is out of reach.

References
----------
Fader & Hardie (2010), Customer-base valuation in a contractual setting, Marketing Science 29(1), 85-93.
Braun & Schweidel (2011), Modeling customer lifetimes with multiple causes of churn, Marketing Science 30(5), 881-902.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
import pandas as pd

from analysis.core.params import LifetimeValue
from analysis.core.windows import MONTHS_PER_YEAR
from analysis.lifetime_value.paired_draws import Base, PairedDraws, spread
from analysis.models.constant_retention import lifetime_gain, retention_elasticity
from analysis.models.month_sums import MonthSums, month_sums
from analysis.models.newton import Array
from analysis.models.periods import DAYS_PER_YEAR

SLOWEST = 1e-6  # a chance of stopping a million times smaller is none
STAYS = 1 - 1e-9  # a retention from here on is that of customers who do not stop

Unknown = Literal["", "no_model", "no_stopping"]


@dataclass(frozen=True)
class Reasons:
    """Why customers left: exits with a known reason, and how many of them an effort can change."""

    known: int
    controllable: int

    @property
    def share(self) -> float:
        """Share that an effort can change."""
        return self.controllable / self.known


@dataclass(frozen=True)
class Retention:
    """A share of the customers that stays a year, with its interval."""

    value: float
    lo: float
    hi: float


NO_RETENTION = Retention(np.nan, np.nan, np.nan)


@dataclass(frozen=True)
class WhatIf:
    """Answers of V5.

    Attributes
    ----------
    unknown : why there is no answer from the fitted model; empty where there is one.
    scenarios, reference : the tables ``retention_what_if`` and ``retention_reference``.
    retention, by_value : of the base; missing where it is unknown.
    active : customers expected to be active now.
    reasons : why customers left; None where nothing is on record.
    """

    unknown: Unknown
    scenarios: pd.DataFrame
    reference: pd.DataFrame
    retention: Retention
    by_value: Retention
    active: float
    reasons: Reasons | None


@dataclass(frozen=True)
class Futures:
    """A base as it is and under every scenario; sums are in the order of what was asked.

    Attributes
    ----------
    factor, reached : by scenario, what chances of stopping are multiplied by, and the retention that it gives.
    value : sums of the base. gain : by scenario, what the sums are more.
    """

    active: float
    retention: float
    by_value: float
    factor: Array
    reached: Array
    value: Array
    gain: Array


def ask_what_if(draws: PairedDraws | None, reasons: Reasons | None, settings: LifetimeValue) -> WhatIf:
    """Answer every scenario over every time ahead, with and without discounting.

    Parameters
    ----------
    draws : None where nothing predicts orders and their value.
    """
    unknown = why_unknown(draws)
    if unknown or draws is None:
        return WhatIf(unknown or "no_model", pd.DataFrame(), reference_table(None, settings), NO_RETENTION, NO_RETENTION, 0.0, reasons)
    asked = times_ahead(settings)
    sums, least = month_sums(asked), 1 - reasons.share if reasons else 0.0
    futures = foresee(draws.base, sums, least, settings)
    middle = foresee(draws.sample, sums, least, settings)
    drawn = [foresee(one, sums, least, settings) for one in draws.draws]
    level = settings.interval_level

    def half(name: str) -> Array:
        return spread(getattr(middle, name), [getattr(one, name) for one in drawn], level)

    shares = spread(middle.gain / middle.value, [one.gain / one.value for one in drawn], level)
    table = scenario_table(futures, asked, least, settings, half("gain"), shares)
    kept = [_retention(getattr(futures, name), float(half(name))) for name in ("retention", "by_value")]
    return WhatIf("", table, reference_table(futures.retention, settings), *kept, futures.active, reasons)


def why_unknown(draws: PairedDraws | None) -> Unknown:
    """Why the fitted model cannot answer; empty where it can."""
    if draws is None or not draws.base.active.sum():
        return "no_model"
    return "no_stopping" if _staying(draws.base, 1.0).min() >= STAYS else ""


def count_reasons(exits: pd.DataFrame, uncontrollable: tuple[str, ...]) -> Reasons | None:
    """Count the exits whose reason is known; None where no reason is.

    Parameters
    ----------
    exits : the table ``exit_reasons``.
    """
    known = exits.loc[exits["reason"].notna() & (exits["reason"] != "unknown"), "reason"]
    return Reasons(len(known), int((~known.isin(uncontrollable)).sum())) if len(known) else None


def times_ahead(settings: LifetimeValue) -> list[tuple[int, float]]:
    """Months ahead and yearly discount rates that are asked for: a year, the stage's horizons and the long run."""
    months = sorted({MONTHS_PER_YEAR, *settings.horizon_months, settings.what_if.long_run_months})
    return [(ahead, rate) for ahead in months for rate in sorted({0.0, settings.discount_rate_yearly})]


def foresee(base: Base, sums: MonthSums, least: float, settings: LifetimeValue) -> Futures:
    """What the base brings as it is and under every scenario.

    Parameters
    ----------
    least : smallest factor that is within reach.
    """
    active = base.active

    @cache
    def retention(factor: float) -> float:
        return float(active @ _staying(base, factor) / active.sum())

    a_year = active * np.maximum(base.worth, 0) * _expected(base, 1.0, np.array([DAYS_PER_YEAR]))[0]
    by_value = a_year @ _staying(base, 1.0) / a_year.sum() if a_year.any() else retention(1.0)
    factor = [_factor(retention, target, least) for _, _, target in targets(retention(1.0), settings)]
    weight = active * base.worth
    value, *better = (sums.of((_expected(base, one, sums.days) * weight).sum(axis=1)) for one in (1.0, *factor))
    return Futures(
        float(active.sum()), retention(1.0), float(by_value), np.array(factor),
        np.array([retention(one) for one in factor]), value, np.array(better) - value,
    )  # fmt: skip


def targets(retention: float, settings: LifetimeValue) -> Iterator[tuple[str, float, float]]:
    """Kind, change and wanted retention of every scenario; 5 are percentage points, or per cent of the retention."""
    for points in settings.what_if.points:
        yield "points", _percent(points), retention + points
    for times in settings.what_if.times:
        yield "relative", _percent(times - 1), retention * times


def _percent(share: float) -> float:
    return round(100 * share, 6)


def scenario_table(
    futures: Futures, asked: list[tuple[int, float]], least: float, settings: LifetimeValue, half: Array, half_share: Array
) -> pd.DataFrame:
    """Rows of the table ``retention_what_if``; ``half`` are the intervals' half-widths as shares of the gains."""
    rows = []
    for place, (kind, change, target) in enumerate(targets(futures.retention, settings)):
        retained = (futures.reached[place] - futures.retention) * futures.active
        for column, (months, rate) in enumerate(asked):
            gain, value = futures.gain[place, column], futures.value[column]
            share = gain / value if value > 0 else np.nan
            off, share_off = abs(gain) * half[place, column], abs(share) * half_share[place, column]
            rows.append({
                "kind": kind, "change": change, "horizon_months": months, "discount_rate": rate,
                "retention": futures.retention, "reached": futures.reached[place],
                "is_capped": futures.reached[place] < target - 1e-6,  # of a share: rounding
                "avoided": (1 - futures.factor[place]) / (1 - least) if least < 1 else np.nan,
                "retained": retained, "value": value, "gain": gain, "lo": gain - off, "hi": gain + off,
                "gain_share": share, "share_lo": share - share_off, "share_hi": share + share_off,
                "per_active": gain / futures.active, "per_retained": gain / retained if retained > 0 else np.nan,
                "verdict": _verdict(change, share, settings),
            })  # fmt: skip
    return pd.DataFrame(rows)


def reference_table(own: float | None, settings: LifetimeValue) -> pd.DataFrame:
    """What the same changes add to a lifetime at constant retention, for known bases and for one's own."""
    bases = [(one, False) for one in settings.what_if.compared] + ([] if own is None else [(own, True)])
    rows = [
        {
            "retention": base, "kind": kind, "change": change, "discount_rate": rate, "is_own": is_own,
            "gain_share": lifetime_gain(base, better, rate=rate) if better < 1 else np.nan,
            "elasticity": retention_elasticity(base, rate=rate) if base < 1 else np.nan,
        }
        for base, is_own in bases
        for kind, change, better in targets(base, settings)
        for rate in sorted({0.0, settings.discount_rate_yearly})
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _factor(retention: Callable[[float], float], target: float, least: float) -> float:
    """What chances of stopping must be multiplied by for retention to be ``target``; ``least`` where that is not enough."""
    from scipy.optimize import brentq

    low = max(least, SLOWEST)
    if target <= retention(1.0):
        return 1.0
    if target >= retention(low):
        return low
    return float(brentq(lambda factor: retention(factor) - target, low, 1.0, xtol=1e-8))  # of a factor: rounding


def _staying(base: Base, factor: float) -> Array:
    """P(active a year on) of customers who are active now."""
    return base.fit.with_dropout_scaled(factor).still_active(base.x, base.span, base.age, np.asarray(DAYS_PER_YEAR))


def _expected(base: Base, factor: float, days: Array) -> Array:
    """Expected orders of customers who are active now, one row a time ahead."""
    x, span, age = (one[None, :] for one in (base.x, base.span, base.age))
    return base.fit.with_dropout_scaled(factor).expected_if_active(x, span, age, days[:, None])


def _retention(value: float, half: float) -> Retention:
    return Retention(value, max(value * (1 - half), 0.0), min(value * (1 + half), 1.0))


def _verdict(change: float, share: float, settings: LifetimeValue) -> str | None:
    """Where the gain lies beside what is claimed of this change; None where nothing is claimed of it."""
    claim = settings.what_if.claim
    if np.isnan(share) or change != _percent(claim.change):
        return None
    return "below" if share < claim.low else "above" if share > claim.high else "inside"
