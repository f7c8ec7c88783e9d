"""V3: historic value by the articles' two definitions."""

import numpy as np
import pandas as pd
import pytest

from analysis.lifetime_value.historic import historic_value

AS_OF = pd.Timestamp("2025-12-31")


def people(*ids, first="2021-01-01", pseudo=False):
    return pd.DataFrame(
        {"customer_id": list(ids), "first_order_date": pd.Timestamp(first), "is_pseudo_customer": pseudo}
    )


def months(*rows):
    return pd.DataFrame(rows, columns=["customer_id", "month", "revenue_e4", "contribution_e4"]).assign(
        contribution_e4=lambda frame: frame["contribution_e4"].astype("Int64")
    )


def test_five_years_at_a_hundred_thousand_are_half_a_million():
    booked = months(*[("a", f"{year}-06-01", 4_000_000_000, 1_000_000_000) for year in range(2021, 2026)])
    found = historic_value(booked, people("a"), as_of=AS_OF).iloc[0]
    assert found["tenure_years"] == pytest.approx(5, abs=0.01)
    assert found["avg_year_profit"] == pytest.approx(100_000, rel=0.001)
    assert found["clv_hist_profit"] == 500_000


def test_years_with_us_times_the_average_year_is_the_sum():
    rng = np.random.default_rng(5)
    rows = [
        (f"c{n}", "2024-01-01", int(rng.integers(-(10**9), 10**10)), int(rng.integers(-(10**9), 10**9)))
        for n in range(50)
    ]
    first = pd.to_datetime("2021-01-01") + pd.to_timedelta(rng.integers(0, 1800, 50), unit="D")
    customers = people(*[row[0] for row in rows]).assign(first_order_date=first)
    found = historic_value(months(*rows), customers, as_of=AS_OF)
    for kind in ("revenue", "profit"):
        product = found["tenure_years"] * found[f"avg_year_{kind}"]
        assert product.to_numpy() == pytest.approx(found[f"clv_hist_{kind}"].to_numpy(), rel=1e-12)


def test_revenue_and_contribution_are_two_measures_that_rank_differently():
    found = historic_value(months(("a", "2024-01-01", 90_000, 1_000), ("b", "2024-01-01", 50_000, 20_000)),
                           people("a", "b"), as_of=AS_OF)  # fmt: skip
    assert found.nlargest(1, "clv_hist_revenue")["customer_id"].tolist() == ["a"]
    assert found.nlargest(1, "clv_hist_profit")["customer_id"].tolist() == ["b"]


def test_without_cost_contribution_is_missing_and_revenue_is_not():
    found = historic_value(months(("a", "2024-01-01", 50_000, None)), people("a"), as_of=AS_OF).iloc[0]
    assert found["clv_hist_revenue"] == 5
    assert np.isnan(found["clv_hist_profit"])
    assert np.isnan(found["avg_year_profit"])


def test_a_customer_who_first_came_on_the_last_day_has_a_tenure():
    found = historic_value(
        months(("a", "2025-12-01", 50_000, None)), people("a", first="2025-12-31"), as_of=AS_OF
    )
    assert found["tenure_years"].tolist() == [pytest.approx(1 / 365.25)]


def test_an_id_that_stands_for_many_people_has_no_row():
    both = pd.concat([people("a"), people("crowd", pseudo=True)])
    booked = months(("a", "2024-01-01", 50_000, None), ("crowd", "2024-01-01", 70_000, None))
    assert historic_value(booked, both, as_of=AS_OF)["customer_id"].tolist() == ["a"]
