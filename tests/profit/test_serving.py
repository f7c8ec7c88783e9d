"""V1: the cost to serve is the number of times work was done, times what one of it costs, and adds up to the pool."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from ledgers import books_of
from test_profit_page import page_of

from analysis.core.contracts import optional
from analysis.core.contracts.profit import CUSTOMER_PROFIT, SERVING_COSTS, SERVING_POOLS
from analysis.core.windows import Window
from analysis.profit.serving import measure_serving

YEAR = Window(pd.Timestamp("2024-01-01"), pd.Timestamp("2024-12-01"))
WORK = [
    ("a", "2024-01", "order", 3, True), ("a", "2024-02", "visit", 2, True), ("b", "2024-02", "order", 1, True),
    ("lead", "2024-03", "visit", 5, False), ("b", "2023-06", "order", 7, True), ("b", "2024-07", "ticket_minute", 12.5, True),
]  # fmt: skip


def prices(*rows):
    """Rows of ``activity_costs``: activity, unit cost, minutes, rate of a minute, pool, valid from; money in currency."""
    names = ["activity", "unit_cost_e4", "minutes", "capacity_rate_e4", "pool_total_e4", "valid_from"]
    frame = pd.DataFrame(rows, columns=names).assign(file_no=1, row_no=range(1, len(rows) + 1))
    for name in names[1:5]:
        frame[name] = frame[name].astype("float64") * (1 if name == "minutes" else 10_000)
    frame["valid_from"] = pd.to_datetime(frame["valid_from"])
    return frame[list(optional.ACTIVITY_COSTS.by_name)]


def served(*rows, work=WORK, **windows):
    frame = pd.DataFrame(work, columns=["customer_id", "month", "activity", "times", "is_known"])
    frame["month"] = pd.to_datetime(frame["month"] + "-01")
    wide = frame.pivot_table(index=["customer_id", "month", "is_known"], columns="activity", values="times", fill_value=0.0)
    found = measure_serving(wide.reset_index(), prices(*rows), {"now": YEAR, **windows})
    SERVING_COSTS.check(found.costs)
    SERVING_POOLS.check(found.pools)
    return found


def costs_of(found, period="now"):
    costs = found.costs[found.costs["period"] == period]
    return costs.groupby("customer_id")["cost_e4"].sum().to_dict()


def pool_of(found, activity):
    return found.pools.set_index("activity").loc[activity]


def test_a_customer_costs_the_times_times_the_price():
    found = served(("order", 12, None, None, None, None), ("visit", 160, None, None, None, None))
    assert costs_of(found) == {"a": (3 * 12 + 2 * 160) * 10_000, "b": 12 * 10_000}


def test_without_a_price_one_costs_its_minutes_times_the_price_of_a_minute():
    found = served(("visit", None, 105, 1.5, None, None))
    assert costs_of(found) == {"a": 2 * 105 * 1.5 * 10_000}
    assert pool_of(found, "visit")["basis"] == "time"


def test_without_either_the_pool_is_parted_by_the_number_of_times():
    found = served(("visit", None, None, None, 700, None))
    assert costs_of(found) == {"a": 200 * 10_000}
    assert pool_of(found, "visit")[["customers_e4", "others_e4", "unallocated_e4"]].tolist() == [2_000_000, 5_000_000, 0]


@pytest.mark.parametrize("price", [160, 0.3333, 1e-4])
def test_customers_others_and_what_is_left_add_up_to_the_pool(price):
    found = served(("visit", price, None, None, 2000, None), ("order", 12, None, None, 40, None))
    sums = found.pools[["customers_e4", "others_e4", "unallocated_e4"]].sum(axis=1)
    assert (sums == found.pools["pool_e4"]).all()
    assert pool_of(found, "order")["unallocated_e4"] == (40 - 4 * 12) * 10_000


def test_work_for_ids_without_orders_is_no_customers_cost():
    found = served(("visit", 160, None, None, None, None))
    assert "lead" not in set(found.costs["customer_id"])
    assert pool_of(found, "visit")["others_e4"] == 5 * 160 * 10_000


def test_a_price_holds_from_its_day_and_the_first_one_before_it_too():
    rows = [("order", 10, None, None, None, "2024-01-31"), ("order", 20, None, None, None, "2024-02-29")]
    found = served(*rows, before=YEAR.earlier(12))
    assert costs_of(found) == {"a": 30 * 10_000, "b": 20 * 10_000}
    assert costs_of(found, "before") == {"b": 70 * 10_000}
    assert pool_of(found, "order")["unit_cost"] == 20


def test_minutes_are_counted_as_they_are():
    assert costs_of(served(("ticket_minute", 1.2, None, None, None, None))) == {"b": 150_000}


def test_work_that_nothing_counts_says_what_it_needs_and_leaves_its_pool():
    found = served(("overdue_day", 3, None, None, 900, None), ("order", 1, None, None, None, None))
    row = pool_of(found, "overdue_day")
    assert (row["needs"], row["unallocated_e4"]) == ("orders.paid_date", 9_000_000)
    assert pd.isna(row["times"])


def test_work_of_another_name_is_nobodys():
    assert served(("storage", 3, None, None, None, None), ("order", 1, None, None, None, None)).pools["activity"].tolist() == ["order"]


def test_the_order_of_the_rows_changes_nothing():
    rows = [("order", 10, None, None, None, "2024-01-31"), ("order", 20, None, None, None, "2024-02-29"), ("visit", 3.3, None, None, 9, None)]
    one, other = served(*rows), served(*rows[::-1], work=WORK[::-1])
    for name in ("costs", "pools"):
        key = [column for column in ("period", "customer_id", "activity") if column in getattr(one, name)]
        pd.testing.assert_frame_equal(
            *(getattr(found, name).sort_values(key, ignore_index=True) for found in (one, other))
        )


STORY = """
    a 2024-01 100 40
    b 2024-02  50 30
    b 2023-06  50 30
    c 2023-01  10  4
"""


def test_profit_is_contribution_less_the_cost_to_serve_and_who_was_only_served_has_a_loss():
    work = [*WORK, ("c", "2024-05", "visit", 1, True)]
    books = dataclasses.replace(
        books_of(STORY, "2024-12-31", "contribution"),
        serving=served(("order", 5, None, None, None, None), ("visit", 10, None, None, None, None), work=work, before=YEAR.earlier(12)),
    )  # fmt: skip
    ranked = books.rank_customers()
    CUSTOMER_PROFIT.check(ranked)
    by_id = ranked.set_index("customer_id")
    assert by_id["profit"].to_dict() == {"a": 40 - 15 - 20, "b": 30 - 5, "c": -10}
    assert by_id["rank"].to_dict() == {"b": 1, "a": 2, "c": 3}
    assert by_id["serving_share"].round(4).to_dict() == {"a": 0.35, "b": 0.1, "c": pytest.approx(np.nan, nan_ok=True)}
    assert by_id["profit"].sum() == by_id["contribution"].sum() - by_id["serving_cost"].sum()
    assert books.total("profit") == books.trailing("profit").iloc[-1] == 20
    facts = books.measure_concentration().facts.set_index(["measure", "period"])
    assert facts.loc[("profit", "now"), ["customers", "losing_customers", "losses", "shape"]].tolist() == [3, 1, 10.0, "humped"]
    assert facts.loc[("contribution", "now"), "customers"] == 2
    assert facts.loc[("profit", "before"), "value"] == 30 + 4 - 35


def test_of_a_month_with_half_a_cost_half_the_serving_is_deducted():
    books = dataclasses.replace(
        books_of("a 2024-01 100 40\n a 2024-02 100 -\n b 2024-01 50 -\n b 2023-01 1 1", "2024-12-31", "contribution"),
        serving=served(("order", 10, None, None, None, None), work=[("a", "2024-01", "order", 1, True), ("a", "2024-02", "order", 1, True)]),
    )  # fmt: skip
    by_id = books.rank_customers().set_index("customer_id")
    assert by_id.loc["a", ["contribution", "serving_cost", "profit"]].tolist() == [40, 20, 30]
    assert pd.isna(by_id.loc["b", "profit"])
    assert by_id["profit_status"].to_dict() == {"a": "partial", "b": "not_available"}


def test_the_page_tells_what_serving_costs_and_who_does_not_pay_for_it():
    books = dataclasses.replace(
        books_of(STORY, "2024-12-31", "contribution"),
        serving=served(("order", 5, None, None, 25, None), ("visit", 20, None, None, 100, None), work=WORK, before=YEAR.earlier(12)),
    )  # fmt: skip
    sections, figures = page_of(books)
    english, chinese = (sections["serving"].html[language] for language in ("en", "zh"))
    assert "Serving customers takes 86% of contribution, ¥60.00; 67% of it goes into visits" in english
    assert "¥40.00 · 7 × ¥20.00" in english
    assert "Not allocated: −¥35.00, −28% of the pools" in english
    assert "¥100 went into ids without orders" in english
    assert "check the price or the pool" in english
    assert "服务客户花去毛利的86%" in chinese
    assert "The profit of 1 customer is below zero: −¥15.00" in sections["customers"].html["en"]
    assert "利润为收入减去商品成本与服务成本" in sections["summary"].html["zh"]
    assert sections["checks"].checks == (4, 4)
    by_name = {figure.name: figure.value for figure in figures}
    assert (by_name["profit_12m"], by_name["serving_cost_12m"], by_name["customers_losing"]) == (10, 60, 1)
