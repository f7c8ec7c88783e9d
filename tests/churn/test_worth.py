"""Whom the churn stage speaks of: everybody but pseudo-customers, with tier and lifetime value where there is one."""

import pandas as pd
import pytest

from analysis.churn.worth import read_worth
from analysis.core import tables
from analysis.core.contracts.clean import CUSTOMERS
from analysis.core.contracts.lifetime_value import CLV
from analysis.core.contracts.segment_tiers import CUSTOMER_TIERS
from tests.event_tables import store_events


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    days = pd.DataFrame({"customer_id": ["a", "b", "walk-in"], "order_date": "2024-03-01", "bought_e4": 10**6})
    store_events(tmp_path, days, as_of="2024-12-31")
    people = tables.read(CUSTOMERS)
    tables.write(CUSTOMERS, people.assign(is_pseudo_customer=people["customer_id"] == "walk-in"))


def valued(customer, months, clv):
    row = {"customer_id": customer, "horizon_months": months, "repeats": 3, "alive": 0.9, "exp_orders": 2.0,
           "value_per_order": clv / 2, "clv": clv, "lo": clv / 2, "hi": clv * 2, "value_name": "revenue", "method": "bgnbd"}  # fmt: skip
    return pd.DataFrame([row])


@pytest.mark.usefixtures("shop")
def test_counter_sales_are_nobody_and_unvalued_customers_have_no_value():
    worth = read_worth()
    assert worth["customer_id"].tolist() == ["a", "b"]
    assert worth[["tier", "clv", "clv_months"]].isna().all(axis=None)


@pytest.mark.usefixtures("shop")
def test_the_lifetime_value_is_that_of_the_nearest_horizon():
    tables.write(CLV, pd.concat([valued("a", 36, 900.0), valued("a", 12, 400.0)]))
    tier = {"customer_id": "b", "customer_name": "Firm b", "payment": 5.0, "is_annualised": False, "tier": "base"}
    stored = tables.without_rows(CUSTOMER_TIERS)
    tables.write(CUSTOMER_TIERS, pd.DataFrame([tier]).reindex(columns=stored.columns))
    worth = read_worth().set_index("customer_id")
    assert worth.loc["a", ["clv", "clv_lo", "clv_hi", "clv_months"]].tolist() == [400.0, 200.0, 800.0, 12]
    assert worth["tier"].isna().tolist() == [True, False]
