"""X2: what management articles assert in numbers, beside the same numbers of this data.

No claim enters a formula. A claim is a range, or one number with some room around it, or above it where more would bear it
out as well. It is in line where the whole interval of our number lies inside, different where it lies outside, and cannot
be told where it crosses an end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import inf

import numpy as np
import pandas as pd

from analysis.core.contracts.executive import CLAIMS
from analysis.core.estimate import Figure, estimated, not_available
from analysis.executive.briefing import Briefing

TRIAL = "actions.arm"
POINT = 100.0  # points of a whole


@dataclass(frozen=True)
class Claim:
    """One claim and what answers it.

    Attributes
    ----------
    kind, of : what it is about, as in the table ``claims``.
    low, high : what is said.
    found : the same number of this data.
    """

    kind: str
    low: float
    high: float
    found: Figure
    of: float | None = None


def check_claims(briefing: Briefing) -> pd.DataFrame:
    """Rows of the table ``claims``."""
    slack = briefing.params.executive.claim_tolerance
    rows: list[dict[str, object]] = []
    seen: Counter[str] = Counter()
    for place, claim in enumerate(_claims(briefing), 1):
        seen[claim.kind] += 1
        found = claim.found
        lo, hi = (found.value if end is None else end for end in (found.lo, found.hi))
        rows.append({
            "claim": f"{claim.kind}_{seen[claim.kind]}", "position": place, "kind": claim.kind, "of": claim.of,
            "said_low": claim.low, "said_high": claim.high if claim.high < inf else None, "value": found.value, "lo": lo, "hi": hi,
            "status": found.status, "needs": found.needs or None, "verdict": verdict(lo, hi, claim.low, claim.high, slack),
        })  # fmt: skip
    return pd.DataFrame(rows, columns=list(CLAIMS.by_name))


def verdict(lo: float | None, hi: float | None, low: float, high: float, slack: float) -> str:
    """What the interval ``lo`` to ``hi`` says of a claim of ``low`` to ``high``.

    Examples
    --------
    >>> verdict(0.80, 0.87, 0.8, 0.8, 0.1), verdict(8.6, 10.7, 2.0, 6.0, 0.1), verdict(4.0, 7.0, 5.0, 5.0, 0.1)
    ('in_line', 'different', 'cannot_tell')
    """
    if lo is None or hi is None or pd.isna(lo) or pd.isna(hi):
        return "not_available"
    first = low * (1 - slack) if high in (low, inf) else low
    last = high * (1 + slack) if high == low else high
    if first <= lo and hi <= last:
        return "in_line"
    return "different" if hi < first or lo > last else "cannot_tell"


def _claims(briefing: Briefing) -> Iterator[Claim]:
    params, published = briefing.params, briefing.published
    for one in params.profit.claims:
        found = _figure(published["profit"], f"top_{one.customers * POINT:g}_share", "profit.top_shares")
        if found.value is not None and _ranked_customers(briefing) * one.customers < 1:
            found = not_available(found.name, "ratio", needs="customers of whom that share is one at least")
        if briefing.ranked_measure == "revenue" and found.value is not None:
            found = replace(found, status="proxy", method="share of revenue")
        yield Claim("concentration", one.value, inf, found, of=one.customers)  # more would bear it out as well
    yield Claim("few_keys", 0.0, params.segment.quadrant.key_share, _key_share(briefing))
    for ratio in params.lifetime_value.acquisition.claimed_ratios:
        yield Claim("cost", ratio.low, ratio.high, _figure(published["lifetime_value"], "acquisition_ratio", "spend"))
    claim = params.lifetime_value.what_if.claim
    for kind in ("points", "relative"):
        yield Claim(f"gain_{kind}", claim.low, claim.high, _gain(briefing, kind, claim.change), of=claim.change)
    renewal = _figure(published["lifetime_value"], "contract_renewal_rate", "subscriptions")
    yield Claim("renewal", params.lifetime_value.contracts.claimed_renewal, 1.0, renewal)
    said = params.executive.claims
    yield Claim("kept", said.kept, said.kept, _room_to_keep(briefing))
    for kind in ("moved_up", "value", "cross_sell"):
        yield Claim(kind, getattr(said, kind), getattr(said, kind), not_available(kind, "ratio", needs=TRIAL))


def _figure(figures: dict[str, Figure], name: str, needs: str) -> Figure:
    return figures.get(name) or not_available(name, "ratio", needs=needs)


def _ranked_customers(briefing: Briefing) -> int:
    facts = briefing.curve_facts
    return int(facts.loc[(facts["measure"] == briefing.ranked_measure) & (facts["period"] == "now"), "customers"].sum())


def _key_share(briefing: Briefing) -> Figure:
    """Share of key customers among those whose wallet is known; counted, so that it has no interval."""
    quadrants = briefing.quadrants
    if quadrants.empty:
        return not_available("few_keys", "ratio", needs="wallet")
    share = float((quadrants["quadrant"] == "key").mean())
    return Figure("few_keys", "ratio", "measured", "sum of records", share, n=len(quadrants), inputs_used="quadrants")


def _gain(briefing: Briefing, kind: str, change: float) -> Figure:
    """What the claimed change of retention adds over the stage's longest time ahead, discounted."""
    rows = briefing.gains
    rows = rows[(rows["kind"] == kind) & np.isclose(rows["change"], change * POINT) & rows["share_lo"].notna()]
    if rows.empty:
        return not_available("gain", "ratio", needs="customers who stop ordering")
    row = rows.iloc[0]
    return estimated("gain", row["gain_share"], row["share_lo"], row["share_hi"], "ratio", method="what-if", n=1, inputs="retention_what_if")


def _room_to_keep(briefing: Briefing) -> Figure:
    """By how much more the top tier could be kept at most, were nobody of it lost: 1 / kept - 1; nothing below it is ruled out."""
    top = briefing.pay_tiers.sort_values("position").head(1)
    if top.empty or pd.isna(top["kept_share_lo"].iloc[0]) or top["kept_share_lo"].iloc[0] <= 0:
        return not_available("kept", "ratio", needs="orders of two years")
    row = top.iloc[0]
    room = estimated("kept", 1 / row["kept_share"] - 1, 0.0, 1 / row["kept_share_lo"] - 1, "ratio", method="Beta interval",
                     n=int(row["customers_before"]), inputs="tiers.kept_share")  # fmt: skip
    return replace(room, value=max(room.value or 0.0, 0.0))
