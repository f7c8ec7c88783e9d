"""A refreshed project of three customers: one that has gone quiet, one hostile, one that is on the list only."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.core import tables
from analysis.core.contracts import optional
from analysis.core.contracts.churn import RISK
from analysis.core.contracts.churn_warnings import WARNINGS
from analysis.core.contracts.clean import CUSTOMER_DAYS, CUSTOMER_MONTHS, CUSTOMERS, RUN_FACTS
from analysis.core.contracts.export import CRM_EXCHANGE
from analysis.core.contracts.lifetime_value import CLV
from analysis.core.contracts.profit import CUSTOMER_PROFIT
from analysis.core.contracts.segment_axes import CUSTOMER_AXES
from tests.export.lists import rows

ROOT = Path(__file__).parents[2]
AS_OF = pd.Timestamp("2026-09-30")
HOSTILE = "<img src=x onerror=alert(1)> $x_{$ \u202egnp.exe"


def make_project(folder: Path, language: str = "en") -> None:
    """Tables of ``Q`` (quiet), ``H`` (a hostile name) and ``L`` (listed, without lines), with tables of some stages missing."""
    (folder / "dvc.yaml").write_text("stages: {}\n")
    text = (ROOT / "params.yaml").read_text("utf-8")
    (folder / "params.yaml").write_text(text.replace("language: zh", f"language: {language}"), encoding="utf-8")
    day = pd.Timestamp("2026-01-10")
    tables.write(RUN_FACTS, rows(RUN_FACTS, {
        "as_of": AS_OF, "first_date": day, "last_date": AS_OF, "currency": "CNY", "value_name": "contribution", "costed_share": 1.0,
        "occasion_rule": "order_id", "shared_order_ids": 0, "order_ids": 4, "date_order": "", "tied_returns_e4": 0,
        "untied_returns_e4": 0, "data_sha256": "ab",
    }))  # fmt: skip
    tables.write(CUSTOMERS, rows(
        CUSTOMERS, {"customer_id": "Q", "customer_name": "Quiet Ltd", "sales_rep": "Wang"}, {"customer_id": "H", "customer_name": HOSTILE},
        region="North", is_pseudo_customer=False, first_order_date=day, last_order_date=AS_OF,
    ))  # fmt: skip
    tables.write(optional.CUSTOMER_LIST, rows(
        optional.CUSTOMER_LIST, {"customer_id": "L", "customer_name": "Listed Only", "file_no": 1, "row_no": 1},
        {"customer_id": "Q", "customer_name": "other", "file_no": 1, "row_no": 2}, is_known_customer=True,
    ))  # fmt: skip
    days = ("2026-01-10", "2026-01-20", "2026-02-09")
    tables.write(CUSTOMER_DAYS, rows(
        CUSTOMER_DAYS,
        *({"customer_id": "Q", "order_date": pd.Timestamp(one), "bought_e4": 10_000_000, "returned_e4": 2_500_000} for one in days),
        {"customer_id": "H", "order_date": AS_OF, "bought_e4": 10_000, "returned_e4": 0},
        orders=1, lines=2, contribution_e4=1_000_000,
    ))  # fmt: skip
    tables.write(CUSTOMER_MONTHS, rows(CUSTOMER_MONTHS))
    tables.write(CUSTOMER_PROFIT, rows(
        CUSTOMER_PROFIT, {"customer_id": "Q", "customer_name": "Quiet Ltd", "rank": 2, "contribution": 300.0, "contribution_before": 600.0},
        {"customer_id": "H", "customer_name": HOSTILE, "rank": 1, "contribution": 900.0, "contribution_before": float("nan")},
        is_pseudo_customer=False, orders=3, lines=6, return_lines=0, loss_lines=0, revenue=2250.0, costed_revenue=2250.0,
        profit_status="measured", revenue_before=5000.0,
    ))  # fmt: skip
    tables.write(CUSTOMER_AXES, rows(
        CUSTOMER_AXES, {"customer_id": "Q", "customer_name": "Quiet Ltd", "tier": "whale", "segment": "important_keep"},
        payment=2250.0, is_problem=False,
    ))  # fmt: skip
    tables.write(CLV, rows(
        CLV, {"horizon_months": 12, "clv": 120.0, "lo": 0.0, "hi": 400.0}, {"horizon_months": 36, "clv": 200.0, "lo": 0.0, "hi": 700.0},
        customer_id="Q", repeats=2, alive=0.3, exp_orders=1.2, value_per_order=100.0, value_name="contribution", method="bgnbd",
    ))  # fmt: skip
    tables.write(RISK, rows(
        RISK, *({"horizon_days": days, "risk": risk, "lo": risk - 0.05, "hi": risk + 0.02} for days, risk in ((30, 0.9), (90, 0.8), (180, 0.7))),
        customer_id="Q", state="at_risk", orders=3, last_order_date=pd.Timestamp("2026-02-09"), silence_days=233, expected_gap_days=15.0,
        silence_percentile=0.99, recent_value=300.0, value_at_risk=240.0, value_name="contribution", method="bgnbd",
    ))  # fmt: skip
    tables.write(WARNINGS, rows(
        WARNINGS, {"customer_id": "Q", "signal": "usage"}, customer_name="Quiet Ltd", is_key=True, is_red=False, first_seen=AS_OF,
        days_since=0, strength_months=90.0, baseline=9.0, now=3.0,
    ))  # fmt: skip
    tables.write(CRM_EXCHANGE, rows(
        CRM_EXCHANGE, {"customer_id": "Q", "customer_name": "Quiet Ltd"}, open_warnings=1, action_id="20260930-call-Q",
        action_type="call", issued_on=AS_OF, at_stake=240.0,
    ))  # fmt: skip
