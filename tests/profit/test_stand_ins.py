"""Where costs are not known: a margin that is called assumed, and a count of work that holds no money."""

import dataclasses

import pandas as pd
import pytest
from ledgers import PSEUDO, books_of, settings
from test_profit_page import STORY, months_of, page_of

from analysis.core.contracts.profit import ASSUMED_CONTRIBUTIONS, SERVING_LOADS
from analysis.core.edition import Edition
from analysis.core.params import AssumedMargin
from analysis.core.windows import Window
from analysis.draw.page import Page
from analysis.profit import page as parts
from analysis.profit import stand_ins_page
from analysis.profit.assumed import assume_contributions
from analysis.profit.load import find_loads, serving_loads
from analysis.profit.losses import Losses
from analysis.profit.measure_figures import measure_figures

YEAR = Window(pd.Timestamp("2024-01-01"), pd.Timestamp("2024-12-01"))
MARGIN = AssumedMargin(rate=0.25, band=0.05)
REVENUE = f"a 2024-01 1000\n b 2024-02 200\n b 2024-03 -300\n {PSEUDO} 2024-05 100\n a 2023-01 50"
UNCOSTED = months_of(20, "2022-01-01", 36, lambda place, n: f"{100 + place * 40 + n}")
NO_LOSSES = Losses(pd.DataFrame(columns=["from_discount", "lines", "loss_lines", "contribution", "losses"]), pd.DataFrame())


def figures_of(books):
    """The figures of the stand-ins alone."""
    found = measure_figures(books, books.find_problems(books.rank_customers()), books.try_minimum_orders(), find_loads(books),
                            assume_contributions(books), NO_LOSSES)  # fmt: skip
    return {figure.name: figure for figure in found}


# --- an assumed margin -----------------------------------------------------------------------------


def test_an_assumed_contribution_is_revenue_times_the_rate_with_its_band():
    found = assume_contributions(books_of(REVENUE, "2024-12-31", assumed_margin=MARGIN))
    ASSUMED_CONTRIBUTIONS.check(found)
    rows = found.set_index("customer_id")
    assert rows.loc["a", ["assumed_contribution", "lo", "hi"]].tolist() == pytest.approx([250, 200, 300])
    assert rows.loc["b", ["assumed_contribution", "lo", "hi"]].tolist() == pytest.approx([-25, -30, -20]), "returns above purchases"
    assert rows["assumed_contribution"].sum() == pytest.approx(0.25 * 1000)


@pytest.mark.parametrize(
    ("text", "margin"),
    [(REVENUE, None), (f"gone 2023-01 50 10\n {REVENUE}", MARGIN)],
    ids=["no margin is given", "one line of the year before has a cost"],
)
def test_nothing_is_assumed_beside_a_known_cost_or_without_being_asked(text, margin):
    books = books_of(text, "2024-12-31", assumed_margin=margin)
    assert assume_contributions(books).empty
    assert stand_ins_page.assumed(Page("zh", "CNY", False), books, assume_contributions(books)) is None
    assert "assumed_contribution_12m" not in figures_of(books)


def test_every_place_that_shows_an_assumed_contribution_says_so():
    books = books_of(UNCOSTED, "2024-12-31", assumed_margin=MARGIN)
    figures = figures_of(books)
    figure = figures["assumed_contribution_12m"]
    revenue = books.total("revenue")
    assert (figure.value, figure.lo, figure.hi) == pytest.approx((revenue / 4, revenue / 5, revenue * 0.3))
    assert figure.status == "estimated"
    assert figure.method.startswith("assumption")
    page = Page("zh", "CNY", False)
    section = stand_ins_page.assumed(page, books, assume_contributions(books))
    assert "An assumption, not a result" in section.html["en"]
    assert "At an assumed margin of 25%, contribution would be" in section.html["en"]
    assert "the curve stays one of revenue" in section.html["en"]
    assert "若假设毛利率为25%" in section.html["zh"]
    plain, found = page_of(books)
    tile = parts.kpis(page, books, books.measure_concentration(), [*found, *figures.values()]).html
    assert "Assumed contribution, last 12 months" in tile["en"]
    assert "假设：收入的25%，±5%" in tile["zh"]
    assert "Revenue concentration" in plain["whale"].html["en"]
    assert {one.name: one.status for one in found}["contribution_12m"] == "not_available"


# --- serving load ----------------------------------------------------------------------------------


def values_of(**rows):
    """By customer: orders, lines sold, returns and revenue."""
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["orders", "sold", "return_lines", "revenue"])
    return frame.assign(lines=frame["sold"] + frame["return_lines"], revenue_e4=frame["revenue"] * 10_000)


def people_of(values, since="2020-01-01"):
    return pd.DataFrame({
        "customer_id": values.index, "customer_name": values.index, "is_pseudo_customer": values.index == PSEUDO,
        "first_order_date": pd.Timestamp(since),
    })  # fmt: skip


def loads_of(values, *, since="2020-01-01", spared=(), room=None):
    found = serving_loads(
        values, people_of(values, since), now=YEAR, ladder=settings().ladder, spared=set(spared), room=pd.Series(room or {}, dtype="float64")
    )
    SERVING_LOADS.check(found)
    return found.set_index("customer_id")


BASE = dict.fromkeys("bcdefghij", (2, 4, 0, 20000))
HEAVY = values_of(a=(20, 60, 10, 10_000), **BASE)


def test_the_load_is_the_mean_of_three_rates_in_standard_deviations():
    """One of ten differs: its z is (x - mean) / sd = 3 for each rate, whatever the rate; the others' is -1/3."""
    found = loads_of(HEAVY)
    assert found.loc["a", ["order_rate", "line_rate", "return_rate"]].tolist() == [20, 60, 10]
    assert found.loc["b", ["order_rate", "line_rate", "return_rate"]].tolist() == [1, 2, 0]
    assert found["load"].tolist() == pytest.approx([3.0] + [-1 / 3] * 9)
    assert found["is_high"].tolist() == [True] + [False] * 9


def test_what_nobody_does_tells_nobody_apart():
    found = loads_of(values_of(a=(20, 4, 0, 20_000), **BASE))
    assert found["load"].tolist() == pytest.approx([1.0] + [-1 / 9] * 9)


@pytest.mark.parametrize(
    "given", [{"since": "2024-09-01"}, {"spared": ["a"]}, {"room": {"a": 2.0}}], ids=["new", "brought others", "room to grow"]
)
def test_nobody_is_listed_for_the_load_alone(given):
    assert not loads_of(HEAVY, **given)["is_high"].any()


def test_equal_customers_have_no_high_load():
    assert not loads_of(values_of(**BASE))["is_high"].any()


def test_ids_of_many_people_and_customers_without_revenue_have_no_load():
    found = loads_of(pd.concat([HEAVY, values_of(**{PSEUDO: (900, 900, 9, 100_000), "back": (0, 0, 3, -50)})]))
    assert list(found.index) == sorted("abcdefghij")
    assert found.loc["a", "load"] == pytest.approx(3.0)


def test_unit_of_money_and_order_of_rows_change_no_load():
    other = loads_of(HEAVY.assign(revenue_e4=HEAVY["revenue_e4"] * 7)[::-1])
    assert other["load"].sort_index().tolist() == pytest.approx(loads_of(HEAVY)["load"].tolist())


def test_the_list_speaks_of_work_and_not_of_profit():
    text = "\n".join(f"c{place:02} {month} {100 if place else 5}" for place in range(20) for month in ("2024-01", "2024-06", "2023-01"))
    books = books_of(text, "2024-12-31")
    loads = find_loads(books)
    section = stand_ins_page.high_load(Page("zh", "CNY", False), books, loads)
    assert "1 customer causes much work for little revenue: 5.0% of the orders, 0.3% of the revenue" in section.html["en"]
    assert "says nothing of profit" in section.html["en"]
    assert "高服务负荷" in section.html["zh"]
    assert not any(word in section.html["zh"] for word in ("亏损客户", "利润", "¥"))
    figure = figures_of(books)["high_load_customers"]
    assert (figure.status, figure.value) == ("proxy", 1)


def test_where_work_has_a_price_there_is_no_stand_in_for_it():
    books = dataclasses.replace(books_of(STORY, "2024-12-31", "contribution"), serving=object())
    assert find_loads(books).empty
    assert stand_ins_page.high_load(Page("zh", "CNY", False), books, find_loads(books)) is None


@pytest.mark.parametrize(
    ("high", "words"),
    [({"orders": 50, "revenue": 10.0}, "much work for little revenue"), ({"orders": 1, "revenue": 60.0}, "more work for its revenue than 90%")],
)
def test_the_title_tells_the_orders_only_where_they_are_more_than_the_revenue(high, words):
    loads = pd.DataFrame([{"is_high": True, **high}, {"is_high": False, "orders": 50, "revenue": 90.0}])
    assert words in stand_ins_page.load_title(loads, 0.9).text(Edition("en", "CNY"))


def test_a_base_where_nobody_is_to_be_looked_at_says_so():
    books = books_of("a 2024-01 100\n b 2024-02 100\n a 2023-01 50", "2024-12-31")
    section = stand_ins_page.high_load(Page("zh", "CNY", False), books, find_loads(books))
    assert "No customer that is to be looked at" in section.html["en"]
