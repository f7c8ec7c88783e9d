"""Customers ranked by value: who is ranked, by what, and what the curve says of them."""

import numpy as np
import pandas as pd
import pytest
from ledgers import PSEUDO, customers_of, drawn_months, settings

from analysis.core.contracts import profit as contracts
from analysis.core.windows import Window
from analysis.profit.concentration import build_concentration, facts_of
from analysis.profit.customers import customer_profit, customer_values

YEAR = Window(pd.Timestamp("2024-01-01"), pd.Timestamp("2024-12-01"))

COSTED = """
    whale   2024-01  1000  500
    good    2024-02   500  200
    middle  2024-03   300   50
    loser   2024-04   400 -150
    part    2024-05   100   30
    part    2024-06   100    -
    unknown 2024-07   250    -
    walk-in 2024-08    80   20
    whale   2023-01   700  300
    gone    2023-02   900  100
"""


def built(text, value_name, **changes):
    months = drawn_months(text)
    windows = {"now": YEAR, "before": YEAR.earlier(12)}
    values = {name: customer_values(months, window) for name, window in windows.items()}
    people = customers_of(months)
    measures = dict.fromkeys((value_name, "revenue"))
    found = build_concentration(values, windows, people, measures=measures, settings=settings(**changes))
    ranked = customer_profit(values["now"], values["before"], people, value_name, None)
    return found, ranked.set_index("customer_id")


def test_the_tables_keep_their_contracts():
    found, ranked = built(COSTED, "contribution")
    for table, frame in (
        (contracts.CONCENTRATION, found.points),
        (contracts.CONCENTRATION_TIERS, found.tiers),
        (contracts.CONCENTRATION_FACTS, found.facts),
        (contracts.CUSTOMER_PROFIT, ranked.reset_index()),
    ):
        table.check(frame[list(table.by_name)])


def test_customers_are_ranked_by_contribution_where_costs_are_known():
    _, ranked = built(COSTED, "contribution")
    order = ranked.dropna(subset=["rank"]).sort_values("rank")
    assert order.index.tolist() == ["whale", "good", "middle", "part", "loser"]
    assert order["cumulative_share"].tolist() == pytest.approx(
        [500 / 630, 700 / 630, 750 / 630, 780 / 630, 1]
    )


def test_customers_are_ranked_by_revenue_where_costs_are_not_known():
    _, ranked = built(COSTED, "revenue")
    order = ranked.dropna(subset=["rank"]).sort_values("rank")
    assert order.index.tolist() == ["whale", "good", "loser", "middle", "unknown", "part"]


def test_an_unknown_cost_is_no_cost_of_zero():
    _, ranked = built(COSTED, "contribution")
    assert ranked["profit_status"].to_dict() == {
        "whale": "measured", "good": "measured", "middle": "measured", "loser": "measured", "part": "partial",
        "unknown": "not_available", "walk-in": "measured", "gone": "not_available",
    }  # fmt: skip
    assert np.isnan(ranked.loc["unknown", "contribution"])
    assert pd.isna(ranked.loc["unknown", "rank"])


def test_many_people_under_one_id_count_in_totals_and_are_no_point_of_the_curve():
    found, ranked = built(COSTED, "contribution")
    facts = facts_of(found.facts, "contribution")
    assert pd.isna(ranked.loc[PSEUDO, "rank"])
    assert (facts["pseudo_customers"], facts["pseudo_value"]) == (1, 20.0)
    assert (facts["customers"], facts["value"], facts["unknown_customers"]) == (5, 630.0, 1)
    assert facts["value"] + facts["pseudo_value"] == ranked["contribution"].sum()


def test_the_facts_of_a_humped_base():
    facts = facts_of(built(COSTED, "contribution")[0].facts, "contribution")
    assert (facts["gains"], facts["losses"], facts["losing_customers"]) == (780.0, 150.0, 1)
    assert facts["peak"] == pytest.approx(780 / 630)
    assert facts["erosion"] == pytest.approx(150 / 630)
    assert (facts["peak_position"], facts["shape"]) == (0.8, "humped")
    assert facts["core_members"] == 2
    assert (facts["first_month"], facts["last_month"]) == (YEAR.first, YEAR.last)


@pytest.mark.parametrize(
    ("loss", "shape"), [("-0.1", "flat"), ("-1.9", "flat"), ("-2.1", "humped")]
)  # of a total of 100 - loss: W* = 1.001, 1.019, 1.021
def test_a_base_is_flat_while_losers_take_less_than_two_percent(loss, shape):
    found, _ = built(f"a 2024-01 500 60\n b 2024-01 500 40\n c 2024-01 500 {loss}", "contribution")
    assert facts_of(found.facts, "contribution")["shape"] == shape


def test_no_shape_is_claimed_of_revenue_even_where_returns_bend_it():
    facts = facts_of(built("a 2024-01 100\n b 2024-01 -50", "revenue")[0].facts, "revenue")
    assert facts["peak"] == 2.0
    assert pd.isna(facts["shape"])


@pytest.mark.parametrize(("largest", "dependent"), [(540, False), (541, True)])
def test_a_base_is_dependent_if_a_tenth_brings_more_than_sixty_percent(largest, dependent):
    text = "\n".join(f"c{place} 2024-01 {value}" for place, value in enumerate([largest, *[40] * 9]))
    assert facts_of(built(text, "revenue")[0].facts, "revenue")["is_dependent"] == dependent


def test_a_total_that_is_not_positive_is_told_in_money_alone():
    found, ranked = built("a 2024-01 100 30\n b 2024-01 100 -50", "contribution")
    facts = facts_of(found.facts, "contribution")
    assert facts["value"] == -20.0
    assert pd.isna(facts[["peak", "erosion", "core_members", "shape", "is_dependent"]]).all()
    points = found.points[found.points["measure"] == "contribution"]
    assert points["value"].tolist() == [0.0, 30.0, -20.0]
    assert points["value_share"].isna().all()
    assert ranked["cumulative_share"].isna().all()


def test_last_year_and_revenue_stand_beside_the_curve():
    found, _ = built(COSTED, "contribution")
    keys = set(zip(found.facts["measure"], found.facts["period"], strict=True))
    assert keys == {(one, when) for one in ("revenue", "contribution") for when in ("now", "before")}
    assert facts_of(found.facts, "contribution", "before")["value"] == 400.0
    assert facts_of(found.facts, "revenue")["value"] == 2650.0


def test_a_year_without_customers_has_no_curve():
    found, _ = built("a 2024-01 100", "revenue")
    assert found.facts["period"].tolist() == ["now"]


def test_tiers_have_the_share_of_their_customers_inside_their_interval():
    text = "\n".join(f"c{place:03} 2024-01 {1000 / (place + 1):.4f}" for place in range(100))
    tiers = built(text, "revenue", bootstrap_draws=200)[0].tiers.set_index("top_share")
    sums = np.cumsum([round(10_000_000 / (place + 1)) for place in range(100)])
    assert tiers["customers"].tolist() == [1, 5, 10, 20]
    assert tiers["value_share"].tolist() == pytest.approx((sums[[0, 4, 9, 19]] / sums[-1]).tolist(), abs=1e-6)
    assert ((tiers["lo"] <= tiers["value_share"]) & (tiers["value_share"] <= tiers["hi"])).all()


def test_order_of_the_rows_and_months_outside_the_windows_change_nothing():
    first, ranked = built(COSTED, "contribution")
    lines = COSTED.strip().splitlines()
    other, again = built("\n".join([*lines[::-1], "later 2025-01 999 999"]), "contribution")
    for one, two in zip(first, other, strict=True):
        pd.testing.assert_frame_equal(one, two)
    pd.testing.assert_frame_equal(ranked, again)
