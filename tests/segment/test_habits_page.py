"""The sections of habits and prices say what the numbers say, in both languages, and nothing that is not known."""

import dataclasses

import pandas as pd
import pytest
from habit_bases import EARLY, LATE, ONE, base
from order_lines import drawn, habits_on

from analysis.core.contracts.segment_habits import HABITS_KNOWN, OUTCOMES
from analysis.core.edition import LANGUAGES, Edition
from analysis.core.estimate import figures_frame
from analysis.draw.page import Page
from analysis.models.rules import Condition, Rule
from analysis.segment import habits_page, price_page
from analysis.segment.habit_features import columns_of
from analysis.segment.habit_figures import habit_figures
from analysis.segment.habit_groups import Groups

PAGE = Page("zh", "CNY", False)


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def two(here):
    """A base of two groups; its customers have regions."""
    lines = base([EARLY, LATE])
    return habits_on(here, lines, regions=dict.fromkeys(lines["customer_id"], "North"))


def english(phrase):
    return phrase.text(Edition("en", "CNY"))


def sections_of(records):
    found = [*habits_page.sections(PAGE, records), *price_page.sections(PAGE, records)]
    assert all(set(section.html) == set(LANGUAGES) for section in found)
    return {section.name: section.html for section in found}


def test_a_base_of_two_groups_fills_every_section(two):
    found = sections_of(two)
    assert list(found) == ["times", "region", "category", "order_sizes", "habits", "groups", "group_cards", "prices", "price_buyers"]
    assert "North leads: 100% of sales, 100% of the customers" in found["region"]["en"].replace("<bdi>", "").replace("</bdi>", "")
    assert "Customers fall into 2 stable groups by habit" in found["groups"]["en"]
    assert "客户按习惯分为2个稳定的群" in found["groups"]["zh"]
    assert "120 customers (60%) in group 1" in found["group_cards"]["en"]
    assert "80 customers surely buy on price" in found["prices"]["en"]
    assert all(check.holds for check in habits_page.checks(two))


def test_figures_say_how_they_were_come_by(two):
    frame = figures_frame(habit_figures(two), stage="segment", as_of=two.as_of).set_index("name")
    assert frame["value"].to_dict() == {
        "habits_that_come_back": frame.loc["habits_that_come_back", "value"], "habit_groups_found": 2, "habit_groups_published": 2,
        "customers_in_habit_groups": 200, "dearer_goods_customers": frame.loc["dearer_goods_customers", "value"], "price_minded_customers": 80,
        "low_discount_customers": 120, "discount_given": pytest.approx(two.preferences["let_off_e4"].sum() / 10_000),
        "discount_to_price_minded": pytest.approx(two.preferences["let_off_e4"].sum() / 10_000),
    }  # fmt: skip
    assert frame.loc["dearer_goods_customers", "status"] == "proxy", "price stands for quality"


def test_what_is_not_in_the_data_has_no_section_and_is_named(here):
    records = habits_on(here, base([ONE]).assign(order_hour=None, category=None, channel=None, discount=None))
    found = sections_of(records)
    assert list(found) == ["times", "order_sizes", "habits", "groups", "prices", "price_buyers"]
    assert "Not available: hour of the day (needs orders.order_date), what they buy (needs orders.category)" in found["habits"]["en"].replace(
        "<bdi>", ""
    ).replace("</bdi>", "")
    assert "Buys on price" not in found["prices"]["en"].split("<details>")[0], "without discounts nobody knows"
    assert "A stand-in: categories are not known" in found["prices"]["en"]
    assert "orders.discount" in found["price_buyers"]["en"]
    statuses = {figure.name: figure.status for figure in habit_figures(records)}
    assert statuses["discount_given"] == statuses["price_minded_customers"] == "not_available"


def test_one_order_has_its_sections(here):
    found = sections_of(habits_on(here, drawn("a 2024-06-03 - - - - 100 -")))
    assert list(found) == ["times", "order_sizes", "habits", "groups"]
    assert "No groups by habit: only 0 customers have 6 orders or more" in found["groups"]["en"]


def test_a_window_in_which_nobody_bought_has_its_sections(here):
    records = habits_on(here, drawn("a 2020-06-03 9 tools web 1 100 0.1"))
    assert list(sections_of(records)) == ["habits", "groups"]
    records.store()
    assert all(check.holds for check in habits_page.checks(records))


def outcome(records, name, **given):
    """The title where the search for groups ended like this."""
    rows = pd.DataFrame({"habit_group": [1, 2, 3]})
    rules = dict.fromkeys(range(1, given.pop("published", 0) + 1))
    groups = Groups(name, 90, pd.Series(dtype="Int64"), rows, rules)
    return english(habits_page.groups_title(with_groups(records, groups)))


def with_groups(records, groups):
    copy = dataclasses.replace(records)
    copy.__dict__["groups"] = groups
    return copy


@pytest.mark.parametrize(
    ("name", "published", "words"),
    [
        ("few_customers", 0, "No groups by habit: only 90 customers have 6 orders or more"),
        ("no_habit", 0, "No groups by habit: what customers do does not come back clearly enough"),
        ("no_groups", 0, "No groups by habit: customers differ by degrees and fall into no groups"),
        ("none_stable", 0, "3 groups were found, and none is stable enough to be shown"),
        ("some_stable", 2, "3 groups were found, 2 of them stable enough to be shown"),
        ("all_stable", 3, "Customers fall into 3 stable groups by habit"),
    ],
)
def test_the_title_says_what_became_of_the_search(two, name, published, words):
    assert name in OUTCOMES
    assert outcome(two, name, published=published) == words


def test_every_measure_has_words_on_both_sides(two):
    names = [column for habit in HABITS_KNOWN for column in columns_of(habit, 1)]
    rules = [Rule((Condition(name, side, 0.25),), 1.0, 1.0) for name in names for side in (True, False)]
    for language in LANGUAGES:
        said = [habits_page.rule_phrase(rule, two).text(Edition(language, "CNY")) for rule in rules]
        assert len(set(said)) == len(said)


def test_a_rule_is_said_with_the_names_of_the_data(two):
    place = two.levels("category").index("tools") + 1
    rule = Rule((Condition(f"category_{place}", True, 0.5), Condition("median_order", False, 400.0)), 1.0, 1.0)
    assert english(habits_page.rule_phrase(rule, two)) == "50% or more of the lines are tools, orders below ¥400 at a time"


def preferences(**columns):
    base_row = {"tag": "neither", "discount_share": 0.0, "let_off_e4": 0, "coupon": "no"}
    rows = max(len(values) for values in columns.values())
    return pd.DataFrame({name: columns.get(name, [value] * rows) for name, value in base_row.items()})


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (preferences(tag=["price", "both", "open"], let_off_e4=[20_000_000, 10_000_000, 10_000_000]),
         "2 customers surely buy on price; they took ¥3K of the ¥4K given as discounts"),
        (preferences(tag=["quality"], let_off_e4=[10_000_000]), "No customer surely buys on price; discounts gave ¥1K away"),
        (preferences(tag=["neither"]), "No discount was given to anybody"),
        (preferences(tag=["quality"], discount_share=[float("nan")]),
         "1 customer surely buys the dearer goods; discounts are not in the data"),
    ],
)  # fmt: skip
def test_the_title_of_the_map_takes_the_sentence_that_the_numbers_ask_for(given, words):
    assert english(price_page.map_title(given)).replace(".00K", "K") == words


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (preferences(coupon=["no", "no", "test", "open"]),
         "2 customers surely buy without much discount and need no coupon; worth a test: 1"),
        (preferences(coupon=["open", "open"]), "No customer surely buys on price or surely without discounts: a coupon has no target yet"),
        (preferences(tag=["quality", "open"], discount_share=[float("nan")] * 2), "1 customer surely buys the dearer goods"),
    ],
)  # fmt: skip
def test_the_title_of_the_list_says_who_needs_no_coupon(given, words):
    assert english(price_page.buyers_title(given)) == words


def test_promotions_are_told_with_what_else_may_explain_them(here):
    lines = base([ONE | {"discount": 0.0}])
    lines.loc[lines["order_date"].str.startswith("2024-06"), "discount"] = 0.3
    html = sections_of(habits_on(here, lines))["prices"]["en"]
    assert "In 1 month with clearly deeper discounts" in html
    assert "The season may explain it as well" in html


def test_names_are_masked_where_the_report_asks_for_it(two):
    shown, masked = (price_page.customers(Page("zh", "CNY", mask), two).html["zh"] for mask in (False, True))
    assert "Firm k1c" in shown
    assert "Firm k1c" not in masked
