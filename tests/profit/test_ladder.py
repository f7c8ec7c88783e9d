"""G7 and N9: who surely loses money through serving, what each measure brings, and what a minimum order would change."""

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
from ledgers import books_of, settings

from analysis.core import tables
from analysis.core.contracts.profit import (
    ASSUMED_CONTRIBUTIONS,
    DISCOUNT_DEPTHS,
    LOSS_SOURCES,
    MINIMUM_ORDERS,
    PROBLEM_CUSTOMERS,
    SERVING_LOADS,
)
from analysis.core.windows import Window
from analysis.draw.page import Page
from analysis.profit import ladder_page
from analysis.profit.losses import Losses
from analysis.profit.measure_figures import measure_figures
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


def test_without_the_cost_of_an_order_the_cost_at_which_it_pays_is_told():
    """Lost 10 % of 140 over 60 % of 6 orders; lost 2 % over 82 %; lost 30 % over 50 %."""
    found = minimum_orders([50.0, 100.0], BELOW, pd.Series(dtype="float64"), set(), GUESSES)
    ends = found.loc[1, ["break_even_cost", "break_even_cost_lo", "break_even_cost_hi"]].tolist()
    assert ends == pytest.approx([0.1 * 140 / (0.6 * 6), 0.02 * 140 / (0.82 * 6), 0.3 * 140 / (0.5 * 6)])
    page, books = Page("zh", "CNY", False), books_of("a 2024-01 100 40", "2024-12-31", "contribution")
    section = ladder_page.minimum_order(page, books, found)
    assert "A minimum order of ¥50.00 pays where handling one order costs more than ¥1.67; by the guesses, ¥0.24 to ¥6.00" in section.html["en"]
    assert "so it says what an order would have to cost" in section.html["en"]
    assert "取决于每单成本" in section.html["zh"]


@pytest.mark.parametrize("price", [2.0, 30.0])
def test_at_the_break_even_cost_of_an_order_nothing_is_gained(price):
    """Whatever a line costs, the middle guess gains nothing where handling costs just as much."""
    costs = pd.Series({"line": 0.5, "order": price})
    cost = minimum_orders([100.0], BELOW, costs, set(), GUESSES).loc[0, "break_even_cost"]
    again = minimum_orders([100.0], BELOW, costs.replace(price, cost), set(), GUESSES)
    assert again.loc[0, "gain"] == pytest.approx(0, abs=1e-9)


def test_orders_that_bring_nothing_make_any_minimum_pay():
    poor = BELOW.assign(contribution_e4=-BELOW["contribution_e4"])
    found = minimum_orders([50.0], poor, pd.Series(dtype="float64"), set(), GUESSES)
    assert found["break_even_cost"].tolist() == [0.0]
    page, books = Page("zh", "CNY", False), books_of("a 2024-01 100 40", "2024-12-31", "contribution")
    assert "pays whatever an order costs" in ladder_page.minimum_order(page, books, found).html["en"]


def test_without_any_cost_the_orders_below_a_minimum_are_counted():
    unknown = BELOW.assign(contribution_e4=0, costed=0)
    found = minimum_orders([50.0, 100.0], unknown, pd.Series(dtype="float64"), set(), GUESSES)
    MINIMUM_ORDERS.check(found)
    assert found["break_even_cost"].isna().all()
    section = ladder_page.minimum_order(Page("zh", "CNY", False), books_of("a 2024-01 100", "2024-12-31"), found)
    assert "2 orders lie below ¥50.00, with ¥80.00 of sales; customers concerned: 1" in section.html["en"]
    assert "是否划算无法判断" in section.html["zh"]


# --- published figures ------------------------------------------------------------------------------


def figures_of(books, problems, minima):
    found = measure_figures(books, problems, minima, tables.without_rows(SERVING_LOADS), tables.without_rows(ASSUMED_CONTRIBUTIONS),
                            Losses(tables.without_rows(DISCOUNT_DEPTHS), tables.without_rows(LOSS_SOURCES)))  # fmt: skip
    return {figure.name: figure for figure in found}


SERVED = dataclasses.replace(books_of("a 2024-01 100 40\n a 2023-01 1 1", "2024-12-31", "contribution"), serving=object())


def test_problem_customers_their_loss_and_the_money_of_the_named_measures_are_published():
    rows = problems_of(ranked())
    found = figures_of(SERVED, pd.concat([rows, rows.assign(rung="release"), rows.assign(rung="reprice")]), tables.without_rows(MINIMUM_ORDERS))
    assert (found["problem_customers"].status, found["problem_customers"].value) == ("measured", 3)
    assert (found["problem_loss"].status, found["problem_loss"].value) == ("measured", 600)
    saving = found["problem_saving"]
    assert (saving.status, saving.value) == ("proxy", pytest.approx((15 + 28 + 200) + (350 - 300) + 200))
    assert "assumed" in saving.method


def test_the_best_minimum_order_is_published_with_the_band_of_its_guesses():
    minima = minimum_orders([50.0, 100.0], BELOW, COSTS, {"b"}, GUESSES)
    found = figures_of(SERVED, problems_of(ranked()), minima)
    best, gain = found["minimum_order_best"], found["minimum_order_gain"]
    assert (best.status, best.value) == (gain.status, minima.loc[minima["gain"].idxmax(), "minimum"]) == ("estimated", 100.0)
    assert (gain.value, gain.lo, gain.hi) == tuple(minima.loc[1, ["gain", "gain_lo", "gain_hi"]])
    assert found["minimum_order_break_even"].value == minima.loc[1, "break_even_cost"]


def test_figures_that_lack_a_cost_say_which():
    uncosted = books_of("a 2024-01 100", "2024-12-31")
    unpriced = books_of("a 2024-01 100 40", "2024-12-31", "contribution")
    minima = minimum_orders([50.0], BELOW, pd.Series(dtype="float64"), set(), GUESSES)
    nobody = tables.without_rows(PROBLEM_CUSTOMERS)
    found = figures_of(unpriced, nobody, minima)
    assert {name: found[name].needs for name in ("problem_customers", "problem_loss", "minimum_order_best", "minimum_order_gain")} == dict.fromkeys(
        ("problem_customers", "problem_loss", "minimum_order_best", "minimum_order_gain"), "activity_costs"
    )
    assert (found["minimum_order_break_even"].status, found["minimum_order_break_even"].value) == ("estimated", minima.loc[0, "break_even_cost"])
    lacking = figures_of(uncosted, nobody, minima.assign(contribution=np.nan, break_even_cost=np.nan))
    assert {lacking[name].needs for name in ("problem_saving", "minimum_order_break_even", "lines_below_cost_loss")} == {"orders.unit_cost"}
