"""The page says what the numbers say: every branch of its titles, both languages, and data at the edge."""

import numpy as np
import pandas as pd
import pytest
from ledgers import PSEUDO, books_of, customers_of, drawn_months, settings

from analysis.core.contracts import profit as contracts
from analysis.core.contracts.figures import figures as figures_table
from analysis.core.edition import LANGUAGES, Edition
from analysis.core.estimate import figures_frame
from analysis.core.windows import Window
from analysis.draw.page import Page
from analysis.profit import messages, serving_page
from analysis.profit import page as parts
from analysis.profit.bridge import bridge_steps, open_ledgers
from analysis.profit.figures import profit_figures

SETTINGS = settings()
TIERS = pd.Series({0.1: 0.55, 0.2: 0.78})


def english(phrase):
    return phrase.text(Edition("en", "CNY"))


def told(**changes):
    plain = {
        "customers": 100, "value": 500_000.0, "shape": None, "is_dependent": False, "losing_customers": 0,
        "losses": 0.0, "erosion": 0.0,
    }  # fmt: skip
    return pd.Series(plain | changes)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (None, "is ¥9M"), (0.0004, "is level with the year before at ¥9M"), (0.22, "is up 22.0% to ¥9M"),
        (-0.013, "is down 1.3% to ¥9M"),
    ],
)  # fmt: skip
def test_how_a_total_moved(change, words):
    assert english(messages.moved(9e6, change)) == words


@pytest.mark.parametrize(
    ("total", "streak", "facts", "tiers", "words"),
    [
        (9e6, None, told(), TIERS, "Contribution is up 22.0% to ¥9M; the top 20% of customers bring 78% of it"),
        (9e6, 2, told(), TIERS, "Contribution is up 22.0% to ¥9M; the top 20% of customers bring 78% of it"),
        (
            9e6, 3, told(), TIERS,
            "Contribution is up 22.0% to ¥9M, but lost customers have outweighed new ones for 3 months in a row",
        ),
        (9e6, 0, told(customers=9), TIERS, "Contribution is up 22.0% to ¥9M; one customer brings 78% of it"),
        (9e6, 0, told(), TIERS * np.nan, "Contribution is up 22.0% to ¥9M"),
        (9e6, 0, pd.Series(dtype=object), TIERS[:0], "Contribution is up 22.0% to ¥9M"),
        (-2e5, 5, told(), TIERS, "Customers together brought no contribution: −¥200K in the window"),
    ],
)  # fmt: skip
def test_the_headline_takes_the_sentence_that_the_numbers_ask_for(total, streak, facts, tiers, words):
    assert english(messages.headline("contribution", total, 0.22, streak, facts, tiers, SETTINGS)) == words


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (told(), "The top 20% of customers bring 78% of contribution"),
        (told(customers=9), "One of 9 customers brings 78% of contribution"),
        (told(is_dependent=True), "The business rests on few: 10% of customers bring 55% of contribution"),
        (
            told(shape="humped", losing_customers=27, losses=123_456.0, is_dependent=True),
            "The top 20% of customers earn 78% of contribution; the last 27% give ¥123K back",
        ),
        (
            told(shape="flat", losing_customers=2, erosion=0.011),
            "The top 20% of customers earn 78% of contribution; losses take only 1.1% away",
        ),
        (told(shape="flat"), "The top 20% of customers bring 78% of contribution"),
        (
            told(value=-5000.0, losing_customers=60),
            "60 of 100 customers are below zero, and together they outweigh the rest: −¥5K",
        ),
    ],
)
def test_the_curve_takes_the_sentence_that_the_numbers_ask_for(facts, words):
    assert english(messages.curve_title("contribution", facts, TIERS, SETTINGS)) == words


@pytest.mark.parametrize(
    ("revenue", "contribution", "start"),
    [
        (0.70, 0.78, "Contribution hangs on fewer customers than revenue"),
        (0.78, 0.70, "Contribution is spread wider than revenue"),
        (0.781, 0.779, "Contribution and revenue are spread alike"),
    ],
)
def test_the_two_curves_are_compared_as_they_are_shown(revenue, contribution, start):
    assert english(messages.beside_title(revenue, contribution, 0.2, "contribution")).startswith(start)


YEAR = Window(pd.Timestamp("2024-01-01"), pd.Timestamp("2024-12-01"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a 2023-01 100\n a 2024-01 300\n b 2023-01 90\n b 2024-01 50",
         "Revenue grew by ¥160: growing customers brought ¥200, shrinking customers took ¥40.00"),
        ("a 2023-01 100\n a 2024-01 300\n b 2023-01 900",
         "Revenue fell by ¥700: growing customers brought ¥200, lost customers took ¥900"),
        ("a 2023-01 100\n a 2024-01 100\n c 2024-02 500", "Revenue grew by ¥500: most of it came with new customers, ¥500"),
        ("a 2023-01 300\n a 2024-01 100", "Revenue fell by ¥200: most of it went with shrinking customers, ¥200"),
        ("a 2023-01 100\n a 2024-01 100", "Revenue did not change"),
        ("walk-in 2024-01 200", "Revenue grew by ¥200: most of it came with ids of many people, ¥200"),
    ],
)  # fmt: skip
def test_the_bridge_names_the_part_that_brought_and_the_part_that_took_most(text, words):
    months = drawn_months(text)
    steps = bridge_steps(open_ledgers(months, customers_of(months), ["revenue"])["revenue"], YEAR, YEAR.earlier(12), "year")
    assert english(messages.bridge_title("revenue", steps.set_index("part"))) == words


def page_of(books, *, mask_names=False):
    """All sections of the page, in both languages."""
    page = Page("zh", "CNY", mask_names)
    found, bridge, ranked = books.measure_concentration(), books.build_bridge(), books.rank_customers()
    figures = profit_figures(books, bridge, found.tiers, found.facts)
    for table, frame in (
        (contracts.CONCENTRATION, found.points), (contracts.CONCENTRATION_TIERS, found.tiers),
        (contracts.CONCENTRATION_FACTS, found.facts), (contracts.CUSTOMER_PROFIT, ranked), (contracts.BRIDGE, bridge),
        (figures_table("profit"), figures_frame(figures, stage="profit", as_of=books.facts["as_of"])),
    ):  # fmt: skip
        table.check(frame[list(table.by_name)])
    sections = [
        parts.headline(page, books, found, bridge), parts.kpis(page, books, found, figures),
        parts.whale(page, books, found), parts.beside(page, books, found), serving_page.serving(page, books),
        parts.bridge_figure(page, books, bridge),
        parts.customers(page, books, ranked), parts.glossary(page, books), parts.missing(page, books),
        parts.checks(page, books, found, bridge, ranked),
    ]  # fmt: skip
    return {section.name: section for section in sections if section is not None}, figures


def months_of(customers, first, count, rows):
    """``rows(place, month)`` gives revenue and contribution of a customer in a month."""
    return "\n".join(
        f"c{place:02} {month:%Y-%m} {rows(place, n)}"
        for place in range(customers)
        for n, month in enumerate(pd.date_range(first, periods=count, freq="MS"))
    )


STORY = months_of(
    20,
    "2022-01-01",
    36,
    lambda place, n: f"{100 + place * 40 + n} {30 + place * 9 + n - (90 if place < 3 else 0)}",
)


def test_a_full_history_fills_every_part_of_the_page_in_both_languages():
    sections, figures = page_of(books_of(STORY, "2024-12-31", "contribution"))
    assert list(sections) == [
        "summary",
        "kpis",
        "whale",
        "beside",
        "bridge",
        "customers",
        "terms",
        "missing",
        "checks",
    ]
    assert all(set(section.html) == set(LANGUAGES) for section in sections.values())
    assert sections["checks"].checks == (3, 3)
    assert "后15%的客户吃掉" in sections["whale"].html["zh"]
    missing = {figure.name: figure.needs for figure in figures if figure.status != "measured"}
    assert missing == dict.fromkeys(("profit_12m", "profit_change", "serving_cost_12m"), "activity_costs")


def test_every_number_of_a_title_is_the_number_of_its_table():
    sections, figures = page_of(books_of(STORY, "2024-12-31", "contribution"))
    by_name = {figure.name: figure for figure in figures}
    share = Edition("en", "CNY").show(by_name["top_20_share"].value, "percent")
    losses = Edition("en", "CNY").show(by_name["losses"].value, "money")
    assert f"earn {share} of contribution" in sections["whale"].html["en"]
    assert f"{losses} back" in sections["whale"].html["en"]


def test_without_costs_nothing_is_called_profit_or_loss():
    sections, figures = page_of(books_of(STORY, "2024-12-31"))
    assert "beside" not in sections
    assert "毛利</dt>" not in sections["terms"].html["zh"]
    assert "收入" in sections["whale"].html["zh"]
    missing = {figure.name: figure.needs for figure in figures if figure.status == "not_available"}
    assert missing.pop("serving_cost_12m") == "activity_costs"
    unknown = {"contribution_12m", "contribution_change", "profit_12m", "profit_change", "customers_losing", "losses"}
    assert missing == dict.fromkeys(unknown, "orders.unit_cost")
    assert "orders.unit_cost" in sections["missing"].html["en"]
    assert "亏损" not in sections["whale"].html["zh"]


def test_a_history_of_less_than_two_years_says_what_it_lacks():
    sections, figures = page_of(books_of(STORY, "2023-10-31"))
    by_name = {figure.name: figure for figure in figures}
    assert by_name["net_retention"].needs == "order_lines of 24 months"
    assert "no comparison" in sections["kpis"].html["en"]
    assert "October 2022 and of October 2023" in sections["bridge"].html["en"]
    assert "The data begins on January 1, 2022." in sections["missing"].html["en"]


def test_the_first_month_ever_has_a_page():
    sections, _ = page_of(books_of("a 2024-05 100 20\n b 2024-05 50 10", "2024-05-31", "contribution"))
    assert "bridge" not in sections
    assert sections["checks"].checks == (3, 3)
    assert "The data begins on May 1, 2024 only." in sections["summary"].html["en"]


def test_one_customer_is_told_as_one_customer():
    sections, _ = page_of(books_of("a 2024-05 100 20\n a 2022-05 100 20", "2024-05-31", "contribution"))
    assert "One of 1 customer brings 100% of contribution" in sections["whale"].html["en"]
    assert "来自同一个客户" in sections["summary"].html["zh"]


def test_a_base_that_loses_money_is_drawn_in_money():
    sections, figures = page_of(
        books_of("a 2024-05 100 -20\n b 2024-05 50 10\n c 2022-05 1 1", "2024-05-31", "contribution")
    )
    assert "together they outweigh the rest" in sections["whale"].html["en"]
    assert "Running sum of contribution" in sections["whale"].html["en"]
    assert {f.name: f.status for f in figures}["top_20_share"] == "not_available"


def test_only_many_people_under_one_id_have_a_total_and_no_curve():
    sections, figures = page_of(books_of(f"{PSEUDO} 2024-05 100\n {PSEUDO} 2022-05 90", "2024-05-31"))
    assert "whale" not in sections
    assert {f.name: f.value for f in figures}["customers_active"] == 0
    assert sections["checks"].checks == (3, 3)


def test_years_with_unlike_costs_are_compared_by_revenue():
    half = months_of(
        10, "2023-01-01", 24, lambda place, n: f"{100 + place} {20 if n >= 12 or place < 5 else '-'}"
    )
    books = books_of(half, "2024-12-31", "contribution")
    sections, figures = page_of(books)
    assert books.compared_name == "revenue"
    assert {f.name: f.status for f in figures}["contribution_change"] == "not_available"
    assert "Compared by revenue" in sections["bridge"].html["en"]
    assert "100% of the revenue has a cost (49% the year before)" in sections["summary"].html["en"]


def test_the_month_that_as_of_cuts_is_left_out_and_said():
    books = books_of(STORY, "2024-11-15", "contribution")
    assert books.now.last == pd.Timestamp("2024-10-01")
    assert "The month that November 15, 2024 cuts is left out." in page_of(books)[0]["summary"].html["en"]


def test_names_are_masked_where_the_report_asks_for_it():
    books = books_of(STORY, "2024-12-31", "contribution")
    open_, masked = (page_of(books, mask_names=mask)[0]["customers"].html["zh"] for mask in (False, True))
    assert "Name of c00" in open_
    assert "Name of c00" not in masked
    assert "N***" in masked


def test_a_hostile_name_is_a_text():
    books = books_of(STORY, "2024-12-31", "contribution")
    hostile = books.customers.assign(customer_name='<script>alert(1)</script>"><img src=x>')
    page = Page("en", "CNY", mask_names=False)
    html = parts.customers(
        page, books, books.rank_customers().assign(customer_name=hostile["customer_name"])
    ).html["en"]
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_the_trend_holds_only_windows_that_the_data_covers():
    books = books_of(STORY, "2023-03-31")
    assert books.trailing("revenue").index.tolist() == list(
        pd.date_range("2022-12-01", "2023-03-01", freq="MS")
    )


def test_the_loss_lines_are_a_lower_bound_where_some_lines_have_no_cost():
    part = STORY + "\nuncosted 2024-05 9000 -"
    _, figures = page_of(books_of(part, "2024-12-31", "contribution"))
    by_name = {figure.name: figure for figure in figures}
    assert by_name["loss_line_share"].status == "proxy"
    assert by_name["loss_line_share"].method.startswith("lower bound")
    assert (
        by_name["contribution_12m"].method == "sum of records with a cost, 93% of revenue"
    )  # 122,280 of 131,280
    sections, _ = page_of(books_of(part, "2024-12-31", "contribution"))
    assert "of the 93% of revenue that has a cost" in sections["kpis"].html["en"]
