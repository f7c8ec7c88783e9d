"""A handful of customers as the export stage reads them, each calling for another action."""

from __future__ import annotations

import pandas as pd

from analysis.core import tables
from analysis.core.contracts.churn import RISK
from analysis.core.contracts.churn_warnings import WARNINGS
from analysis.core.contracts.churn_win_back import WIN_BACK_CUSTOMERS
from analysis.core.contracts.clean import CUSTOMERS
from analysis.core.contracts.lifetime_value import CLV
from analysis.core.contracts.profit import PROBLEM_CUSTOMERS
from analysis.core.contracts.segment import RFM
from analysis.core.contracts.segment_potential import QUADRANTS
from analysis.core.contracts.segment_tiers import CUSTOMER_TIERS
from analysis.export.exchange import Lists

AS_OF = pd.Timestamp("2026-09-30")
LAST = pd.Timestamp("2026-09-10")


def rows(contract, *found, **same):
    """Rows of ``contract``, of which ``found`` gives some columns and ``same`` those that are the same in all."""
    empty = tables.without_rows(contract)
    if not found:
        return empty
    frame = pd.DataFrame([{**same, **row} for row in found], columns=list(contract.by_name))
    kinds = {name: empty[name].dtype for name in frame}
    return frame.astype({name: kind for name, kind in kinds.items() if frame[name].notna().all() or kind.kind in "Mf"})


def make_lists(names: dict[str, str]) -> Lists:
    """One customer for each of ``names`` by id, all of them active and calling for nothing."""
    each = [{"customer_id": key, "customer_name": name} for key, name in names.items()]
    return Lists(
        facts=pd.Series({
            "as_of": AS_OF, "first_date": pd.Timestamp("2024-01-01"), "currency": "CNY", "value_name": "contribution",
            "costed_share": 0.86, "data_sha256": "ab" * 32,
        }),
        customers=rows(CUSTOMERS, *each, is_pseudo_customer=False, first_order_date=LAST, last_order_date=LAST, region="North"),
        tiers=rows(CUSTOMER_TIERS, *each, tier="base"), rfm=rows(RFM, *each, segment="general_keep"),
        quadrants=rows(QUADRANTS),
        risk=rows(RISK, *each, horizon_days=90, risk=0.25, lo=0.2, hi=0.3, state="active", orders=5, last_order_date=LAST,
                  silence_days=20, recent_value=400.0, value_at_risk=100.0),
        clv=rows(CLV, *each, horizon_months=12, clv=1000.0, lo=500.0, hi=2000.0),
        warnings=rows(WARNINGS), problems=rows(PROBLEM_CUSTOMERS), win_back=rows(WIN_BACK_CUSTOMERS),
    )  # fmt: skip
