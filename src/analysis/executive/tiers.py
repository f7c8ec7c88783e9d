"""X4: what the customers of each tier are expected to bring, and who moved between the tiers in a year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.core.contracts.executive import TIER_VALUES

SHARES = {"tail_low": 0.05, "half_low": 0.25, "median": 0.5, "half_high": 0.75, "tail_high": 0.95}
INNER = (0.05, 0.95)  # the part of the members over which their density is drawn
POINTS = 60
ABSENT = ("new", "silent")  # states without purchases: of the year before, of this one


def tier_values(clv: pd.DataFrame, tiers: pd.DataFrame, of_customers: pd.DataFrame) -> pd.DataFrame:
    """Rows of the table ``tier_values``, over the longest time ahead.

    Parameters
    ----------
    clv, tiers, of_customers : the tables ``clv``, ``tiers`` and ``customer_tiers``.
    """
    values = values_by_tier(clv, of_customers)
    rows = []
    for row in tiers.sort_values("position").itertuples(index=False):
        own = values.get(str(row.tier), pd.Series(dtype="float64"))
        above = own[own > 0]
        spread = {name: above.quantile(share) if len(above) else np.nan for name, share in SHARES.items()}
        rows.append({"tier": row.tier, "position": row.position, "customers": len(own), "valued": len(above), "clv": own.sum()} | spread)
    return pd.DataFrame(rows, columns=list(TIER_VALUES.by_name))


def values_by_tier(clv: pd.DataFrame, of_customers: pd.DataFrame) -> dict[str, pd.Series]:
    """Expected value of each customer over the longest time ahead, by tier."""
    far = clv[(clv["horizon_months"] == clv["horizon_months"].max()) & clv["clv"].notna()]
    tier = of_customers.set_index("customer_id")["tier"].reindex(far["customer_id"]).to_numpy()
    return {str(name): own for name, own in far["clv"].groupby(tier)}


def density_of(values: pd.Series) -> pd.DataFrame:
    """Density of the logarithm of ``values`` above zero at points of their inner part: ``x``, and ``height`` of at most 1.

    A Gaussian kernel of the width of Scott (1992), Multivariate Density Estimation; without rows where all are alike.
    """
    logs = np.log(values[values > 0].to_numpy(dtype="float64"))
    if len(logs) < 2 or np.ptp(logs) == 0:  # 2: the fewest that can differ
        return pd.DataFrame({"x": [], "height": []})
    width = logs.std(ddof=1) * len(logs) ** (-1 / 5)  # of one dimension
    x = np.linspace(*np.quantile(logs, INNER), POINTS)
    bins, edges = np.histogram(logs, bins=20 * POINTS)
    height = np.exp(-0.5 * ((x[:, None] - (edges[:-1] + edges[1:]) / 2) / width) ** 2) @ bins
    return pd.DataFrame({"x": np.exp(x), "height": height / height.max()})


def yearly_moves(migration: pd.DataFrame, tiers: pd.DataFrame) -> pd.DataFrame:
    """Flows between tiers: ``before, now, count, side``; who bought in neither year is left out.

    Parameters
    ----------
    migration : the rows of the table of that name whose grading is by tier.
    tiers : the table; silent customers stand below all tiers, new ones have none.
    """
    rank = dict(zip(tiers["tier"], tiers["position"], strict=True))
    last = max(rank.values(), default=0)
    found = migration[migration["customers"] > 0].rename(columns={"segment_before": "before", "segment": "now", "customers": "count"})
    found = found[~(found["before"].isin(ABSENT) & found["now"].isin(ABSENT))]
    start, end = (found[when].map(rank).astype("float64").fillna(last + 1) for when in ("before", "now"))
    change = start - end
    side = np.select([change > 0, change < 0], ["up", "down"], "stayed")
    return found.assign(side=side)[["before", "now", "count", "side"]].reset_index(drop=True)
