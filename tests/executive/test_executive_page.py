"""X4: the page as a whole, in both languages, on histories at the edge."""

import re
from functools import lru_cache

import pandas as pd
import pytest
from briefings import EN, NO_DISCOUNTS, ZH, brief, year_of
from bs4 import BeautifulSoup

from analysis.clean.gate import open_gate
from analysis.draw.page import Page
from analysis.executive import claims_page, closing, growth_page, keeping_page, page
from analysis.executive.actions import choose_actions
from analysis.executive.claims import check_claims
from analysis.executive.figures import executive_figures
from analysis.executive.gaps import list_gaps
from analysis.executive.tiers import tier_values

PAGE = Page("zh", "CNY", mask_names=False)
TWO_YEARS = "\n".join(
    [year_of("a", 2024, 100), year_of("b", 2024, 50), year_of("a", 2025, 110), year_of("c", 2025, 60)]
)
STATES = {"a": ("active", 0.1), "b": ("probably_lost", 1.0), "c": ("at_risk", 0.5)}
EDGES = {
    "two years": brief(TWO_YEARS, as_of="2025-12-31", states=STATES, clv={"a": 900.0, "c": 300.0}),
    "no year before": brief(year_of("a", 2025, 100), as_of="2025-12-31", states=STATES, clv={"a": 900.0}),
    "one customer in one month": brief("a 2025-12 10 -", as_of="2025-12-31"),
    "losses only": brief(
        "\n".join(year_of("a", year, 100, -20) for year in (2024, 2025)), as_of="2025-12-31",
        value_name="contribution", states=STATES,
    ),
    "returns only": brief("a 2025-11 10 -\na 2025-12 -30 -", as_of="2025-12-31"),
    "many people only": brief(year_of("walk-in", 2025, 100), as_of="2025-12-31"),
    "some below zero": brief(
        "\n".join([year_of("a", 2024, 100, 40), year_of("a", 2025, 100, 50), year_of("z", 2025, 100, -20)]),
        as_of="2025-12-31", value_name="contribution", states=STATES, clv={"a": 500.0},
    ),
}  # fmt: skip

each_edge = pytest.mark.parametrize("edge", EDGES)


@lru_cache
def sections(edge):
    """Every section of the page, in the order of the notebook."""
    briefing, shown = EDGES[edge], PAGE
    found = executive_figures(briefing)
    tiers = tier_values(briefing.clv, briefing.pay_tiers, briefing.of_customers)
    parts = [
        page.headline(shown, briefing), page.kpis(shown, briefing, found), page.actions(shown, briefing),
        page.whale(shown, briefing), page.bridge(shown, briefing), growth_page.growth(shown, briefing),
        growth_page.worth(shown, briefing, tiers), growth_page.moves(shown, briefing), keeping_page.leaving(shown, briefing),
        keeping_page.keeping(shown, briefing), keeping_page.calls(shown, briefing),
        claims_page.claims(shown, briefing, check_claims(briefing)), closing.missing(shown, briefing),
        closing.glossary(shown, briefing), closing.checks(shown, briefing, found, tiers),
    ]  # fmt: skip
    return {part.name: part for part in parts if part is not None}


def text_of(part, language):
    return " ".join(BeautifulSoup(part.html[language], "html.parser").get_text(" ").split())


@each_edge
def test_the_page_renders_in_both_languages(edge):
    found = sections(edge)
    assert {"summary", "kpis", "bridge", "calls", "checks"} <= found.keys()
    for part in found.values():
        for language in ("en", "zh"):
            assert not re.search(r"\bnan\b|None|NaT|<NA>", text_of(part, language))


@each_edge
def test_every_check_holds(edge):
    held, count = sections(edge)["checks"].checks
    assert held == count > 0


@each_edge
def test_a_figure_is_there_with_its_status_or_says_what_it_needs(edge):
    for figure in executive_figures(EDGES[edge]):
        assert (figure.value is None) == (figure.status == "not_available") == bool(figure.needs)


@each_edge
def test_the_chinese_page_speaks_chinese(edge):
    for part in sections(edge).values():
        assert re.search(r"[\u4e00-\u9fff]", text_of(part, "zh"))


def test_the_tiles_are_five_and_the_first_three_go_to_the_index():
    kpis = sections("two years")["kpis"]
    assert len(BeautifulSoup(kpis.html["en"], "html.parser").find_all("dt")) == 5
    assert kpis.summary["en"]["kpis"] == [
        ["Revenue, last 12 months", "¥2.04K"], ["Active customers", "2"], ["Net revenue retention", "73.3%"]
    ]  # fmt: skip


def test_an_estimate_is_compared_with_a_month_and_a_year_ago():
    days = pd.date_range("2024-12-31", periods=13, freq="ME")
    months = pd.DataFrame({"day": days, "value": [200.0, *[500.0] * 10, 240.0, 300.0]})
    briefing = brief(TWO_YEARS, as_of="2025-12-31", states=STATES, clv={"a": 900.0}, estimates={"value_at_risk": months})
    tiles = text_of(page.kpis(PAGE, briefing, executive_figures(briefing)), "en")
    assert "▲ +25.0% vs last month" in tiles  # 300 after 240
    assert "▲ +50.0% vs last year" in tiles
    assert briefing.change_of_estimate("predicted_value", 1) is None


def test_an_estimate_has_its_interval_and_without_earlier_months_no_comparison():
    tiles = text_of(sections("two years")["kpis"], "en")
    assert "Expected value, next 12 months ¥1.2K no comparison with earlier months 90%: ¥600–¥2.4K" in tiles


def test_without_a_model_the_tiles_and_lists_say_so():
    found = sections("one customer in one month")
    tiles = text_of(found["kpis"], "en")
    assert tiles.count("not available") == 3
    assert "What customers will bring cannot be told yet" in text_of(found["worth"], "en")
    assert "Nobody to call" in text_of(found["calls"], "en")
    assert "actions" not in found


def test_without_a_year_before_the_bridge_says_what_it_needs():
    found = sections("no year before")
    assert "With 24 months of orders" in text_of(found["bridge"], "en")
    assert "there is no year before" in text_of(found["summary"], "en")


def test_the_message_is_the_same_on_the_page_and_on_the_index():
    summary = sections("two years")["summary"]
    assert summary.summary["en"]["title"] in text_of(summary, "en")
    assert (
        summary.summary["en"]["title"]
        == "Revenue is up 13.3%, but 1 customer worth ¥720 a year has gone quiet"
    )


def test_names_are_masked_where_the_parameters_ask_for_it():
    briefing = EDGES["two years"]
    masked = keeping_page.calls(Page("zh", "CNY", mask_names=True), briefing)
    assert "Name of" not in masked.html["en"]
    assert "N***" in masked.html["en"]


def test_the_gaps_are_the_tables_that_block_most():
    gate = open_gate({"orders.unit_cost", "orders.product_id"})
    gaps = list_gaps(gate, "contribution", 3)
    assert [gap.needs for gap in gaps] == [
        "referrals",
        "contacts",
        "wallet",
    ]  # 4, 4 and 3 capabilities
    assert "Cadence plan" in gaps[1].what.text(EN)


def test_costs_are_the_first_gap_where_value_can_only_be_revenue():
    gaps = list_gaps(open_gate(set()), "revenue", 4)
    assert gaps[0].needs == "orders.unit_cost"
    assert len(gaps) == len({gap.needs for gap in gaps}) == 4


def test_nothing_missing_is_no_section():
    everything = {"status": "available", "missing": ""}
    assert list_gaps(open_gate(set()).assign(**everything), "contribution", 4) == []


def test_no_discounts_and_no_threats_leave_the_headline_to_the_bridge():
    briefing = brief(TWO_YEARS, as_of="2025-12-31", discounts=NO_DISCOUNTS)
    assert briefing.threats == {}
    assert page.headline(PAGE, briefing).summary["en"]["title"].startswith("Revenue is up 13.3%: new")
    assert [action.order.text(ZH) for action in choose_actions(briefing)] == ["赢回1个客户。"]


def test_without_wallets_the_stand_in_is_told_by_category():
    wallets = pd.DataFrame({
        "customer_id": ["a", "b", "c", "d"], "customer_name": ["A", "B", "C", "D"], "sales": 1.0, "category_gap": [300.0, 100.0, 50.0, 0.0],
        "missed_categories": [1, 2, 1, 0], "largest_gap": ["pumps", "pumps", "valves", None],
    })  # fmt: skip
    told = growth_page.growth(PAGE, brief(TWO_YEARS, as_of="2025-12-31", wallets=wallets))
    assert "3 customers lack categories that their peers buy: ¥450 a year" in text_of(told, "en")
    assert {"pumps", "valves", "¥400 · 2 customers", "¥50.00 · 1 customer"} <= {one.get_text() for one in BeautifulSoup(told.html["en"], "html.parser").find_all("text")}


def test_a_top_of_less_than_one_customer_is_no_share_and_tests_no_claim():
    found = sections("one customer in one month")
    assert "whale" not in found
    assert "Not a single number that articles assert (14) can be tested here yet" in text_of(found["claims"], "en")
