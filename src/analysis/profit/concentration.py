"""V2: concentration of the value: by profit or contribution, as far as costs are known, and by revenue beside it.

The curve of profit is the whale curve: it rises above 100 % where customers below zero take part of the gains
away. That of contribution sees only goods sold below cost, not what serving costs. The curve of revenue can bend
only where a customer returned more than it bought, so that no shape is claimed of it. Pseudo-customers are no
point of a curve; their value is told apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.core import params, tables
from analysis.core.contracts.profit import CONCENTRATION, CONCENTRATION_FACTS, CONCENTRATION_TIERS
from analysis.core.contracts.schema import E4
from analysis.core.windows import Window
from analysis.profit import curve
from analysis.profit.customers import rank_customers, ranked_values

TABLES = (CONCENTRATION, CONCENTRATION_TIERS, CONCENTRATION_FACTS)


class Concentration(NamedTuple):
    """Rows of the tables ``concentration``, ``concentration_tiers`` and ``concentration_facts``."""

    points: pd.DataFrame
    tiers: pd.DataFrame
    facts: pd.DataFrame


def measure_concentration(
    values: pd.DataFrame,
    customers: pd.DataFrame,
    window: Window,
    *,
    measure: str,
    period: str,
    settings: params.Profit,
) -> Concentration:
    """Curve, tiers and facts of one measure in one window; no rows where nobody can be ranked.

    Parameters
    ----------
    values : by ``customer_values`` for the window.
    """
    found = rank_customers(values, customers, measure)
    ranked = found.to_numpy()
    if not len(ranked):
        return Concentration(*map(tables.without_rows, TABLES))
    shares = sorted({*settings.top_shares, settings.headline_top_share, settings.dependent_top_share})
    told = curve.measure_curve(ranked, shares, settings.core_value_share)
    between = curve.curve_intervals(
        ranked, shares, settings.core_value_share,
        draws=settings.bootstrap_draws, level=settings.interval_level, random_seed=settings.random_seed,
    )  # fmt: skip
    counts = [curve.top_count(len(ranked), share) for share in shares]
    facts = {
        **_sums(found, values, customers, measure),
        "first_month": window.first,
        "last_month": window.last,
        "peak": told["peak"],
        "peak_lo": between["peak"][0],
        "peak_hi": between["peak"][1],
        "peak_position": told["peak_position"],
        "erosion": told["peak"] - 1,
        "break_even_position": told["break_even_position"],
        "core_members": told["core_members"],
        "gini": told["gini"],
        "gini_lo": between["gini"][0],
        "gini_hi": between["gini"][1],
        "shape": None if measure == "revenue" else _shape(told["peak"], settings.flat_peak),
        "is_dependent": _exceeds(
            told[curve.top_name(settings.dependent_top_share)], settings.dependent_value_share
        ),
    }
    keys = {"measure": measure, "period": period}
    points = _points(ranked, curve.thin_curve(ranked, counts, settings.curve_points))
    tiers = _tiers(ranked, dict(zip(shares, counts, strict=True)), told, between)
    return Concentration(points.assign(**keys), tiers.assign(**keys), _facts_frame({**keys, **facts}))


def build_concentration(
    values: dict[str, pd.DataFrame],
    windows: dict[str, Window],
    customers: pd.DataFrame,
    *,
    measures: Iterable[str],
    settings: params.Profit,
) -> Concentration:
    """All curves of the stage: both periods by each of ``measures``.

    Parameters
    ----------
    values, windows : by period, ``now`` and, where the data reaches back, ``before``.
    """
    parts = [
        measure_concentration(
            values[period], customers, windows[period], measure=measure, period=period, settings=settings
        )
        for measure in measures
        for period in values
    ]
    found = [part for part in parts if len(part.facts)] or parts[:1]
    return Concentration(*(pd.concat(tables, ignore_index=True) for tables in zip(*found, strict=True)))


def facts_of(facts: pd.DataFrame, measure: str, period: str = "now") -> pd.Series:
    """The one row of ``concentration_facts`` for ``measure`` and ``period``; empty where there is none."""
    rows = facts[(facts["measure"] == measure) & (facts["period"] == period)]
    return rows.iloc[0] if len(rows) else pd.Series(dtype="object")


def _points(ranked: curve.Values, points: pd.DataFrame) -> pd.DataFrame:
    total = int(ranked.sum())
    return pd.DataFrame(
        {
            "customers": points["members"],
            "customer_share": points["members"] / len(ranked),
            "value": points["value"] / E4,
            "value_share": points["value"] / total if total > 0 else np.nan,
        }
    )


def _tiers(
    ranked: curve.Values,
    counts: dict[float, int],
    told: dict[str, float],
    between: dict[str, tuple[float, float]],
) -> pd.DataFrame:
    sums = np.cumsum(ranked)
    names = [curve.top_name(share) for share in counts]
    return pd.DataFrame(
        {
            "top_share": list(counts),
            "customers": list(counts.values()),
            "value": [sums[count - 1] / E4 for count in counts.values()],
            "value_share": [told[name] for name in names],
            "lo": [between[name][0] for name in names],
            "hi": [between[name][1] for name in names],
        }
    )


def _sums(found: pd.Series, values: pd.DataFrame, customers: pd.DataFrame, measure: str) -> dict[str, float]:
    pseudo = customers.loc[customers["is_pseudo_customer"], "customer_id"]
    values = ranked_values(values, measure)
    many = values[values.index.isin(pseudo)]
    return {
        "customers": len(found),
        "value": found.sum() / E4,
        "pseudo_customers": len(many),
        "pseudo_value": int(many[f"{measure}_e4"].sum()) / E4,
        "unknown_customers": len(values) - len(many) - len(found),
        "gains": found.clip(lower=0).sum() / E4,
        "losses": -found.clip(upper=0).sum() / E4,
        "losing_customers": int((found < 0).sum()),
    }


def _shape(peak: float, flat_peak: float) -> str | None:
    if np.isnan(peak):
        return None
    return "flat" if peak < flat_peak else "humped"


def _exceeds(share: float, limit: float) -> bool | None:
    return None if np.isnan(share) else bool(share > limit)


def _facts_frame(facts: dict[str, object]) -> pd.DataFrame:
    return pd.DataFrame([facts]).astype({"core_members": "Int64", "is_dependent": "boolean", "shape": "str"})
