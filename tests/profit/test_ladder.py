"""G7 and N9: who surely loses money through serving, what each measure brings, and what a minimum order would change."""

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
from ledgers import books_of, settings

from analysis.core.contracts.profit import MINIMUM_ORDERS, PROBLEM_CUSTOMERS
from analysis.core.windows import Window
from analysis.draw.page import Page
from analysis.profit import ladder_page
from analysis.profit.minimum_order import minimum_orders, saved_by_customer
from analysis.profit.problems import problem_customers, profit_bounds

YEAR = Window(pd.Timestamp("2024-01-01"), pd.Timestamp("2024-12-01"))
GUESSES = settings().minimum_order
LADDER = settings().ladder
COSTS = pd.Series({"order": 12.0, "delivery": 18.0, "line": 2.0})
BELOW = pd.DataFrame({
    "customer_id": ["a", "a", "b"], "place": [0, 1, 1], "orders": [2, 1, 3], "lines": [4, 2, 6], "sales_e4": [800_000, 900_000, 2_400_000],
    "contribution_e4": [200_000, 300_000, 900_000], "costed": [2, 1, 3],
})  # fmt: skip


def test_a_minimum_order_saves_the_handling_of_what_is_put_together_and_costs_what_is_lost():
    found = minimum_orders([50.0, 100.0], BELOW, COSTS, {"b"}, GUESSES)
    MINIMUM_ORDERS.check(found)
    assert found[["orders", "customers", "top_customers", "sales", "contribution", "order_cost"]].to_numpy().tolist() == [
        [2, 1, 0, 80, 20, 60], [6, 2, 1, 410, 140, 180],
    ]  # fmt: skip
    gain = found.loc[1]
    assert gain["gain"] == pytest.approx(0.5 * 180 + 0.1 * (180 + 24 - 140))
    assert gain["gain_lo"] == pytest.approx(0.2 * 180 + 0.3 * (180 + 24 - 140))
    assert gain["gain_hi"] == pytest.approx(0.8 * 180 + 0.02 * (180 + 24 - 140))


def test_at_the_break_even_share_of_lost_orders_nothing_is_gained():
    rich = BELOW.assign(contribution_e4=BELOW["contribution_e4"] * 10)
    found = minimum_orders([50.0, 100.0], rich, COSTS, set(), GUESSES).loc[1]
    lost = found["break_even_lost"]
    assert 0 < lost < 1
    assert 0.5 * 180 + lost * (180 + 24 - 1400) == pytest.approx(0)


def test_without_the_cost_of_an_order_no_gain_is_told():
    found = minimum_orders([50.0], BELOW, pd.Series(dtype="float64"), set(), GUESSES)
    MINIMUM_ORDERS.check(found)
    assert found["gain"].isna().all()


def test_small_orders_of_a_customer_save_their_handling_by_the_middle_guess():
    assert saved_by_customer(BELOW, COSTS, GUESSES).to_dict() == {"a": 0.5 * 3 * 30, "b": 0.5 * 3 * 30}


def months_of(**profits):
    rows = [(name, month, round(value * 10_000)) for name, values in profits.items()
            for month, value in zip(pd.date_range("2024-01-01", periods=12, freq="MS"), values, strict=True)]  # fmt: skip
    return pd.DataFrame(rows, columns=["customer_id", "month", "profit_e4"]).astype({"profit_e4": "Int64"})


def test_the_interval_of_a_years_profit_is_that_of_a_sum_of_twelve_draws():
    values = [-10, -30] * 6
    found = profit_bounds(months_of(a=values, b=[-20] * 12), YEAR, 0.9)
    reach = 1.7958848187 * math.sqrt(12) * np.std(values, ddof=1)  # Student's t, 11 degrees of freedom, 95 %
    assert found.loc["a"].tolist() == pytest.approx([-240, -240 + reach])
    assert found.loc["b"].tolist() == pytest.approx([-240, -240])


def ranked(**changes):
    """One customer that loses through visits, and nine that do not."""
    names = list("abcdefghij")
    rows = pd.DataFrame({
        "customer_id": names, "customer_name": names, "rank": range(1, 11), "revenue": 1000.0, "costed_revenue": 1000.0,
        "contribution": 300.0, "serving_cost": 50.0, "profit": 250.0, "serving_share": 0.05,
    }).set_index("customer_id")  # fmt: skip
    rows.loc["a", ["serving_cost", "profit", "serving_share"]] = [500.0, -200.0, 0.5]
    for name, value in changes.items():
        rows.loc["a", name] = value
    return rows.reset_index()


def problems_of(rows, *, since="2020-01-01", spared=(), room=None, bounds=-100.0):
    costs = pd.DataFrame({
        "period": "now", "customer_id": "a", "activity": ["visit", "return", "order"], "times": 1.0, "cost_e4": [4_000_000, 600_000, 400_000],
    })  # fmt: skip
    found = problem_customers(
        rows, pd.DataFrame({"profit": -200.0, "profit_hi": bounds}, index=["a"]), costs, pd.Series({"a": 15.0}),
        since=pd.Series(pd.Timestamp(since), index=rows["customer_id"]), now=YEAR, ladder=LADDER, spared=set(spared),
        room=pd.Series(room or {}, dtype="float64"),
    )  # fmt: skip
    PROBLEM_CUSTOMERS.check(found)
    return found


def test_each_rung_says_what_it_would_bring():
    row = problems_of(ranked()).iloc[0]
    assert row[["work", "next_work", "rung", "room"]].tolist() == ["visit", "return", "fewer_visits", "unknown"]
    assert row[["work_share", "next_work_share", "price_rise"]].tolist() == pytest.approx([0.8, 0.12, 0.2])
    assert row[["reprice", "minimum_order", "self_service", "fewer_visits", "release"]].tolist() == pytest.approx(
        [200, 15, 0.7 * 40, 0.5 * 400, 0.7 * 500 - 300]
    )


@pytest.mark.parametrize(
    ("rows", "given"),
    [
        (ranked(), {"bounds": 1.0}), (ranked(), {"since": "2024-09-01"}), (ranked(), {"spared": ["a"]}), (ranked(), {"room": {"a": 2.0}}),
        (ranked(costed_revenue=700.0), {}), (ranked(serving_cost=50.0), {}), (ranked(rank=np.nan), {}),
    ],
    ids=["not surely", "new", "brought others", "room to grow", "half a cost", "not dear to serve", "not ranked"],
)  # fmt: skip
def test_nobody_is_called_a_problem_on_one_ground_alone(rows, given):
    assert problems_of(rows, **given).empty


def test_the_page_names_the_cause_the_money_and_the_first_measure_that_is_enough():
    books = dataclasses.replace(books_of("a 2024-01 100 40\n a 2023-01 1 1", "2024-12-31", "contribution"), serving=object())
    page, found = Page("zh", "CNY", False), problems_of(ranked())
    english = ladder_page.problems(page, books, found).html["en"]
    assert "1 customer surely loses money through serving, −¥200; most of it through visits" in english
    assert "fewer visits" in english
    assert "不会自动移除任何客户" in ladder_page.problems(page, books, found).html["zh"]
    assert "No customer surely loses money" in ladder_page.problems(page, books, found[:0]).html["en"]


def test_the_page_says_when_a_minimum_order_pays_and_when_not():
    page, books = Page("zh", "CNY", False), books_of("a 2024-01 100 40", "2024-12-31", "contribution")
    for factor, words in ((1, "would have brought"), (3, "pays only if fewer than"), (30, "No minimum order pays")):
        found = minimum_orders([50.0, 100.0], BELOW.assign(contribution_e4=BELOW["contribution_e4"] * factor), COSTS, set(), GUESSES)
        assert words in ladder_page.minimum_order(page, books, found).html["en"]
    unknown = minimum_orders([50.0], BELOW, pd.Series(dtype="float64"), set(), GUESSES)
    assert "取决于每单成本" in ladder_page.minimum_order(page, books, unknown).html["zh"]
