"""G11: discounts and price tiers by hand, who is named and who is not, and promotions where they can be seen."""

import numpy as np
import pandas as pd
import pytest
from order_lines import drawn, habits_on

from analysis.core.contracts import segment_habits as contracts
from analysis.core.contracts.capabilities import CAPABILITIES

# At list prices the lines of a are 100, 200, 100; it was let off 0, 100, 20.
STORY = """
a 2024-06-03 - tools web 1 100 0
a 2024-06-03 - paper web 2 100 0.5
a 2024-06-08 - tools web 1  80 0.2
b 2024-06-05 - tools web 1 400 0
b 2024-06-06 - paper web 1  50 0
b 2024-06-07 - paper web 1  30 -
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def preferred(here, lines, **given):
    records = habits_on(here, drawn(lines) if isinstance(lines, str) else lines, **given)
    contracts.PRICE_PREFERENCES.check(records.preferences)
    contracts.PRICE_MONTHS.check(records.prices.months)
    return records, records.preferences.set_index("customer_id")


def test_discounts_are_summed_at_list_prices(here):
    found = preferred(here, STORY)[1].loc["a"]
    assert (found["orders"], found["discounted_orders"], found["discount_share"]) == (2, 2, 1.0)
    assert found["let_off_e4"] == 120 * 10_000
    assert found["let_off_share"] == pytest.approx(120 / 400)


def test_an_order_counts_as_discounted_from_its_depth_on(here):
    # The order of the third of June is 100 off 300 at list price; the other 20 off 100.
    by_limit = {limit: preferred(here, STORY, prices={"discount_from": limit})[1].loc["a", "discounted_orders"] for limit in (0.2, 0.3, 0.4)}
    assert by_limit == {0.2: 2, 0.3: 1, 0.4: 0}


def test_the_price_tier_is_the_place_of_the_list_price_within_its_category(here):
    # Tools at 100, 100, 400: places 1/3, 1/3, 5/6. Paper at 100, 50, 30: places 5/6, 3/6, 1/6.
    tiers = preferred(here, STORY)[1]["price_tier"]
    assert tiers["a"] == pytest.approx(((1 / 3 + 5 / 6) / 2 + 1 / 3) / 2, abs=1e-4)
    assert tiers["b"] == pytest.approx((5 / 6 + 1 / 2 + 1 / 6) / 3, abs=1e-4)


def test_without_categories_all_goods_are_one_pool(here):
    records, found = preferred(here, STORY.replace("tools", "-").replace("paper", "-"))
    assert records.prices.is_pooled
    # Prices 30, 50, 100, 100, 100, 400: 400, 50 and 30 stand at 11/12, 3/12 and 1/12.
    assert found.loc["b", "price_tier"] == pytest.approx((11 / 12 + 3 / 12 + 1 / 12) / 3, abs=1e-4)


def test_without_discounts_the_tier_is_all_there_is(here):
    lines = drawn(STORY).assign(discount=None)
    records, found = preferred(here, lines)
    assert not records.prices.knows_discounts
    assert found[["discount_share", "discount_lo", "let_off_e4", "let_off_share", "coupon", "promotion_response"]].isna().all(axis=None)
    assert found["price_tier"].notna().all()
    assert records.prices.months.empty


def test_a_file_without_discounts_says_nothing_of_them(here):
    lines = drawn(STORY + "c 2024-06-05 - tools web 1 100 - sale 2\n")
    found = preferred(here, lines)[1]
    assert found["discount_share"].isna().to_dict() == {"a": False, "b": False, "c": True}


def many(discounts, *, orders=20, customers=30, tool_price=100):
    """``customers`` of each discount, each with one order a month."""
    return pd.concat([
        drawn("\n".join(
            f"d{place}c{number:02} {pd.Timestamp('2023-01-15') + pd.DateOffset(months=month):%Y-%m-%d} - tools web 1 "
            f"{tool_price * (1 - discount):.2f} {discount}"
            for number in range(customers) for month in range(orders)
        ))
        for place, discount in enumerate(discounts)
    ], ignore_index=True)  # fmt: skip


def test_who_always_gets_a_discount_buys_on_price_and_who_never_does_needs_no_coupon(here):
    found = preferred(here, many([0.0, 0.3]))[1]
    by_kind = found.groupby(found.index.str[:2])
    assert by_kind["coupon"].unique().map(list).to_dict() == {"d0": ["no"], "d1": ["test"]}
    assert by_kind["tag"].unique().map(list).to_dict() == {"d0": ["neither"], "d1": ["price"]}
    assert found["let_off_e4"].sum() == 30 * 20 * 30 * 10_000


def test_a_customer_with_few_orders_is_not_named(here):
    lines = pd.concat([many([0.0, 0.3]), many([0.3], orders=3, customers=1).assign(customer_id="few")])
    found = preferred(here, lines)[1].loc["few"]
    assert (found["tag"], found["coupon"]) == ("open", "open")
    assert found["discount_share"] == 1.0


def test_where_customers_are_one_a_run_of_luck_makes_nobody_price_minded(here):
    rng = np.random.default_rng(1)
    lines = many([0.0], orders=6, customers=500)
    lines["discount"] = np.where(rng.random(len(lines)) < 0.4, 0.2, 0.0)
    found = preferred(here, lines)[1]
    assert (found["discount_share"] == 1).sum() > 0, "some are lucky each time"
    assert not found["tag"].isin(["price", "both"]).any()
    assert set(found["coupon"]) == {"open"}


def test_the_dearer_goods_are_told_from_the_others(here):
    lines = pd.concat([
        many([0.0], tool_price=price).assign(customer_id=lambda frame, at=price: frame["customer_id"] + f"p{at}") for price in (50, 100, 200, 400)
    ])  # fmt: skip
    found = preferred(here, lines)[1]
    by_price = found.groupby(found.index.str.extract(r"p(\d+)$", expand=False).to_numpy().astype(int))
    assert by_price["price_tier"].mean().tolist() == pytest.approx([1 / 8, 3 / 8, 5 / 8, 7 / 8])
    assert by_price["tag"].unique().map(list).to_dict() == {50: ["neither"], 100: ["neither"], 200: ["quality"], 400: ["quality"]}


def test_a_month_with_clearly_deeper_discounts_is_a_promotion(here):
    lines = many([0.0], orders=12)
    june = lines["order_date"].str.startswith("2023-06")
    lines = lines[~(june & (lines["customer_id"] == "d0c01"))].copy()
    lines.loc[lines["order_date"].str.startswith("2023-06"), "discount"] = "0.2"
    records, found = preferred(here, lines)
    assert records.prices.months.query("is_promotion")["month"].dt.strftime("%Y-%m").tolist() == ["2023-06"]
    assert found.loc["d0c00", "promotion_response"] == 0, "it orders each month"
    assert found.loc["d0c01", "promotion_response"] == -1, "in every month but that one"
    # Agresti & Caffo: 1 of 3 against 11 of 12, each with one more and one less.
    p, q = 1 / 3, 11 / 12
    half = 1.6448536269514722 * np.sqrt(p * (1 - p) / 3 + q * (1 - q) / 12)
    assert found.loc["d0c01", "response_lo"] == pytest.approx(max(p - q - half, -1))
    assert found.loc["d0c01", "response_hi"] == pytest.approx(p - q + half)


def test_even_discounts_are_no_promotion(here):
    records, found = preferred(here, many([0.1, 0.3]))
    assert not records.prices.months["is_promotion"].any()
    assert found["promotion_response"].isna().all()


def test_the_capability_runs_where_a_price_or_a_discount_is_known():
    assert {one.id: one.needs for one in CAPABILITIES}["G11"] == ("orders.discount|orders.unit_price|orders.qty",)
