"""G5 over time, by hand: the same wallet, purchases of the year to a quarter ago and of the year to as_of."""

import numpy as np
import pandas as pd
import pytest

from analysis.core.contracts.segment_potential import QUADRANT_MOVES, TO_VERIFY
from analysis.core.edition import LANGUAGES, Edition
from analysis.draw.page import Page
from analysis.segment.moves_page import arrows_of, moves, moves_title
from analysis.segment.quadrant_moves import count_ways, most_important
from analysis.segment.wallet_page import scatter
from tests.wallet_tables import potential_of, store, wallet_settings

pytestmark = pytest.mark.usefixtures("inside")

# the years to 2026-03-31 and to 2026-06-30 share 2025-07-01 to 2026-03-31
ORDERS = """
a 2025-03-31 paper 5000
a 2025-05-01 paper 300
a 2025-10-01 paper 150
a 2026-04-01 paper -50
a 2026-05-01 paper 600
a 2026-06-01 pens  9999
b 2025-05-01 pens  80
b 2025-12-01 pens  10
c 2026-05-01 paper 40
d 2025-08-01 paper 33
d 2026-06-30 paper 1
"""
PEOPLE = "a trade 10\n b trade 20\n c craft -\n d craft 7"
NO_MONEY = pd.DataFrame({"customer_id": [], "money": []})
TOLD = "a 2025 paper 1000 declared\n b 2025 pens 100 declared\n d 2025 - 500 declared"


def moved(orders=ORDERS, told=TOLD, **changes):
    store(orders, PEOPLE, told)
    potential = potential_of(wallet_settings(potential_from=400.0, **changes))
    found = potential.moves()
    QUADRANT_MOVES.check(found)
    return potential, found


def test_shares_of_both_years_over_one_wallet():
    _, found = moved()
    a, b, d = (found.set_index("customer_id").loc[name] for name in "abd")
    assert (a["sales_before"], a["sales_after"]) == (450, 700)  # only paper; what came back in April was not known in March
    assert (a["sow_before"], a["sow_after"]) == (pytest.approx(0.45), pytest.approx(0.7))
    assert (a["quadrant_before"], a["quadrant_after"], a["is_moved"]) == ("potential", "key", True)
    assert (b["sales_before"], b["sales_after"]) == (90, 10)
    assert (b["quadrant_before"], b["quadrant_after"], b["is_moved"]) == ("ordinary", "marginal", True)
    assert (d["sales_before"], d["sales_after"]) == (33, 34)  # a wallet of everything: all that it buys
    assert (d["quadrant_before"], d["quadrant_after"], d["is_moved"]) == ("potential", "potential", False)
    assert found["probability_before"].tolist() == [1, 1, 1], "wallets that were told once are as told"


def test_ways_add_up_to_the_customers_and_their_money():
    potential, found = moved()
    ways = count_ways(found)
    assert ways["customers"].sum() == len(found) == len(potential.known)
    for column in ("wallet", "sales_before", "sales_after"):
        assert ways[column].sum() == pytest.approx(found[column].sum())
    assert ways["change"].sum() == pytest.approx(700 + 10 + 34 - 450 - 90 - 33)


def test_neither_the_order_of_the_rows_nor_what_comes_after_as_of_changes_anything():
    _, found = moved()
    rows = ORDERS.strip().splitlines()
    _, again = moved("\n".join([*reversed(rows), "a 2026-07-01 paper 800", "b 2026-09-09 pens -70"]))
    pd.testing.assert_frame_equal(again, found)


def test_a_customer_that_surely_buys_more_than_its_wallet_has_no_name_and_has_not_moved():
    _, found = moved(ORDERS + "b 2026-06-02 pens 200")
    b = found.set_index("customer_id").loc["b"]
    assert (b["sow_after"], b["quadrant_after"], b["is_moved"]) == (pytest.approx(2.1), TO_VERIFY, False)


def test_the_largest_wallets_are_drawn_and_no_more_than_asked():
    potential, found = moved(drawn_moves=1)
    assert most_important(found, 9)["customer_id"].tolist() == ["a", "b"]
    (arrow,) = arrows_of(Page("en", "CNY", mask_names=False), potential, found)
    assert (arrow.start, arrow.end, arrow.y) == (pytest.approx(0.45), pytest.approx(0.7), pytest.approx(1000))
    assert arrow.tip.text(Edition("en", "CNY")).startswith("Name of a: our share 45% on March 31, 2026, now 70%; from Potential")


def test_the_page_says_who_moved_and_how_much_more_they_buy():
    potential, found = moved()
    title = moves_title(potential, found).text(Edition("en", "CNY"))
    assert title == "2 customers surely came to another quadrant since March 31, 2026, and buy ¥170 a year more"
    sections = moves(Page("zh", "CNY", mask_names=False), potential, found)
    assert [section.name for section in sections] == ["quadrant_moves", "quadrant_movers"]
    assert all(set(section.html) == set(LANGUAGES) for section in sections)
    still = found.assign(is_moved=False)
    assert [section.name for section in moves(Page("zh", "CNY", mask_names=False), potential, still)] == ["quadrant_moves"]
    assert "Nobody surely came" in moves_title(potential, still).text(Edition("en", "CNY"))


def test_the_chart_shows_an_arrow_and_says_what_it_is():
    potential, found = moved()
    chart = scatter(Page("en", "CNY", mask_names=False), potential, potential.wallets(), potential.quadrants(NO_MONEY), found, "revenue")
    assert "Arrows show how our share of 2 customers moved since March 31, 2026" in chart.html["en"]
    assert "Name of b: our share 90% on March 31, 2026, now 10%; from Ordinary customers to Marginal customers" in chart.html["en"]
    still = scatter(
        Page("en", "CNY", mask_names=False), potential, potential.wallets(), potential.quadrants(NO_MONEY), found.assign(is_moved=False), "revenue"
    )
    assert "Arrow" not in still.html["en"]


def test_order_lines_of_less_than_fifteen_months_tell_no_move():
    store(ORDERS, PEOPLE, TOLD)
    potential = potential_of(wallet_settings())
    late = type(potential)(potential.people, potential.told, potential.bought, potential.settings, pd.Timestamp("2025-04-20"), potential.as_of)
    assert late.moves().empty
    (section,) = moves(Page("en", "CNY", mask_names=False), late, late.moves())
    assert "Order lines of 15 months are needed" in section.html["en"]


def test_without_wallets_there_is_nothing_to_move():
    assert moved(told=None)[1].empty


def test_a_wallet_of_a_year_that_ends_on_the_last_day_stands_where_the_quadrants_say():
    rng = np.random.default_rng(3)
    names = [f"k{place:02}" for place in range(30)]
    bought = rng.uniform(5, 95, 30)
    orders = "\n".join(f"{name} 2025-{rng.integers(1, 13):02}-15 paper {sum_:.2f}" for name, sum_ in zip(names, bought, strict=True))
    told = "\n".join(f"{name} 2025 paper 100 declared" for name in names)
    store(orders, "\n".join(f"{name} trade 5" for name in names), told)
    now = potential_of(wallet_settings(potential_from=50.0), as_of=pd.Timestamp("2025-12-31").as_unit("s"))
    quadrants = now.quadrants(NO_MONEY).set_index("customer_id")
    found = now.moves().set_index("customer_id")
    assert found["quadrant_after"].equals(quadrants["quadrant"].rename("quadrant_after"))
    assert set(found["quadrant_after"]) == {"key", "potential"}
