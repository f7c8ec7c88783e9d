"""Small histories as the director's page reads them: months drawn as text, the other stages' tables made from them."""

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.clean.gate import open_gate
from analysis.core import params, tables
from analysis.core.contracts.churn import RISK
from analysis.core.contracts.churn_drivers import DRIVER_EFFECTS
from analysis.core.contracts.churn_warnings import WARNINGS
from analysis.core.contracts.lifetime_value import CLV
from analysis.core.contracts.lifetime_value_what_if import RETENTION_WHAT_IF
from analysis.core.contracts.segment import MIGRATION, RFM
from analysis.core.contracts.segment_potential import QUADRANTS, WALLETS
from analysis.core.contracts.segment_tiers import CUSTOMER_TIERS, TIERS
from analysis.core.edition import Edition
from analysis.core.estimate import Figure, estimated, measured, not_available
from analysis.core.windows import is_covered, window_to
from analysis.executive.briefing import Briefing
from analysis.profit.books import Books
from analysis.profit.figures import profit_figures
from tests.profit.ledgers import customers_of, drawn_months, settings

EN, ZH = Edition("en", "CNY"), Edition("zh", "CNY")
PARAMS = dataclasses.replace(
    params.load(Path(__file__).parents[2] / "params.yaml"), profit=settings(bootstrap_draws=50)
)
LARGE = measured("large_wallet_from", 1000.0, "money", n=2, inputs="wallet")
OTHERS = {
    "moves": MIGRATION, "quadrants": QUADRANTS, "wallets": WALLETS, "drivers": DRIVER_EFFECTS, "what_if": RETENTION_WHAT_IF, "warnings": WARNINGS,
}  # fmt: skip
NO_DISCOUNTS = pd.DataFrame({name: [] for name in ("depth", "lines", "loss_lines", "contribution", "losses")})


def brief(drawn, *, as_of, states=None, clv=None, value_name="revenue", discounts=NO_DISCOUNTS, estimates=None, **more):
    """The briefing of a history.

    Parameters
    ----------
    drawn : rows of customer, month, revenue and contribution, as ``drawn_months`` reads them.
    states : state and risk by customer; without it there is no risk.
    clv : expected value by customer; without it there is none.
    more : tables of the other stages, ``quadrants``, ``drivers`` and so on; without them they have no rows.
    """
    months = drawn_months(drawn)
    months["month"] = months["month"].astype("datetime64[s]")
    customers, day = customers_of(months), pd.Timestamp(as_of)
    facts = pd.Series(
        {"as_of": day, "first_date": months["month"].min(), "value_name": value_name, "costed_share": 1.0}
    )
    now = window_to(day, PARAMS.profit.window_months, facts["first_date"])
    earlier = now.earlier(now.months)
    gate = open_gate({"orders.unit_cost"} if value_name == "contribution" else set())
    books = Books(
        months, customers, gate, facts, PARAMS.profit, now,
        earlier if is_covered(earlier, facts["first_date"], PARAMS.profit.slack_days) else None,
    )  # fmt: skip
    bridge, found, profits = books.build_bridge(), books.measure_concentration(), books.rank_customers()
    people = customers.loc[~customers["is_pseudo_customer"], "customer_id"]
    brought = profits.set_index("customer_id")[value_name].reindex(people).fillna(0.0)
    risk, churn = _risk(brought, states or {}, day, value_name)
    expected, worth = _clv(brought.index, clv or {}, value_name)
    rfm, tiers = _segments(customers, brought), _tiers(brought)
    others = {name: tables.without_rows(table) for name, table in OTHERS.items()} | tiers | more
    return Briefing(
        params=PARAMS, facts=facts, now=now, measure=books.compared_name, ends=books.month_ends(bridge), customers=customers, gate=gate, profits=profits, bridge=bridge,
        curves=found.points, tiers=found.tiers, curve_facts=found.facts, rfm=rfm,
        clv=expected, risk=risk, discounts=discounts, order_months=months[["customer_id", "month", "orders"]],
        estimates={name: pd.DataFrame({"day": [], "value": []}) for name in ("predicted_value", "value_at_risk")} | (estimates or {}), **others,
        published={
            "profit": {one.name: one for one in profit_figures(books, bridge, found.tiers, found.facts)},
            "churn": churn, "lifetime_value": worth, "segment": {"large_wallet_from": LARGE},
        },
    )  # fmt: skip


def _risk(brought, states, day, value_name) -> tuple[pd.DataFrame, dict[str, Figure]]:
    frame = pd.DataFrame(dict.fromkeys(RISK.by_name), index=range(len(brought)))
    frame = frame.assign(
        customer_id=brought.index, horizon_days=90, orders=2, last_order_date=day, silence_days=0,
        expected_gap_days=30.0, recent_value=brought.to_numpy(), value_name=value_name, method="bgnbd",
        state=[states.get(name, ("active", 0.0))[0] for name in brought.index],
        risk=[states.get(name, ("active", 0.0))[1] for name in brought.index],
    )  # fmt: skip
    if not states:
        frame[["risk", "value_at_risk"]] = np.nan
        nothing = not_available("value_at_risk", "money", needs="orders")
        return frame.assign(method="not_available"), {
            "value_at_risk": nothing, "quiet_value": measured("quiet_value", 0.0, "money", n=0, inputs="risk")
        }  # fmt: skip
    frame[["lo", "hi"]] = frame[["risk", "risk"]].to_numpy()
    frame["value_at_risk"] = frame["risk"] * frame["recent_value"].clip(lower=0)
    total = frame["value_at_risk"].sum()
    quiet = frame.loc[frame["state"].isin(["at_risk", "probably_lost"]), "recent_value"].clip(lower=0).sum()
    RISK.check(frame)
    return frame, {
        "value_at_risk": estimated(
            "value_at_risk", total, total * 0.8, total * 1.2, "money", method="bgnbd", n=len(frame), inputs="risk"
        ),
        "quiet_value": measured("quiet_value", quiet, "money", n=len(frame), inputs="risk"),
    }  # fmt: skip


def _clv(people, expected, value_name) -> tuple[pd.DataFrame, dict[str, Figure]]:
    frame = pd.DataFrame(dict.fromkeys(CLV.by_name, np.nan), index=range(len(people)))
    values = np.array([expected.get(name, np.nan) for name in people], dtype=float)
    frame = frame.assign(
        customer_id=people, horizon_months=12, repeats=1, exp_orders=np.where(np.isnan(values), np.nan, 2.0), clv=values,
        lo=values / 2, hi=values * 2, value_name=value_name, method="bgnbd" if expected else "not_available",
    )  # fmt: skip
    CLV.check(frame)
    if not expected:
        return frame, {name: not_available(name, "money", needs="orders") for name in ("clv_near", "clv_far")}
    total = float(np.nansum(values))
    figure = estimated(
        "clv_near", total, total / 2, total * 2, "money", method="bgnbd", n=len(frame), inputs="clv"
    )
    return frame, {"clv_near": figure, "clv_far": figure}


def _segments(customers, brought) -> pd.DataFrame:
    """Whoever brought something is of important value; the first of them was not a month before."""
    frame = pd.DataFrame(dict.fromkeys(RFM.by_name, pd.NA), index=range(len(brought)))
    now = np.where(brought > 0, "important_value", "silent")
    before = np.where(np.arange(len(brought)) == 0, "general_value", now)
    names_of = customers.set_index("customer_id")["customer_name"]
    return frame.assign(
        customer_id=brought.index, customer_name=names_of.reindex(brought.index).to_numpy(), segment=now,
        segment_before=before, move=np.where(now == before, "stayed", "up"), reason=pd.NA,
        purchase_days=1, purchase_days_before=1, money=brought.to_numpy(), money_before=0.0, money_change=0.0,
    )  # fmt: skip


def _tiers(brought) -> dict[str, pd.DataFrame]:
    """Whoever brought something is a whale, the others are silent; nobody moved."""
    tier = np.where(brought > 0, "whale", "silent")
    counts = pd.Series(tier).value_counts()
    of_customers = pd.DataFrame(dict.fromkeys(CUSTOMER_TIERS.by_name, pd.NA), index=range(len(brought))).assign(customer_id=brought.index, tier=tier)
    frame = pd.DataFrame(dict.fromkeys(TIERS.by_name, np.nan), index=range(2)).assign(
        tier=["whale", "silent"], position=[1, 2], customers=[int(counts.get(name, 0)) for name in ("whale", "silent")]
    )
    return {"of_customers": of_customers, "pay_tiers": frame}


def year_of(customer, year, revenue, contribution="-"):
    """Twelve equal months of one customer, as text."""
    return "\n".join(f"{customer} {year}-{month:02d} {revenue} {contribution}" for month in range(1, 13))
