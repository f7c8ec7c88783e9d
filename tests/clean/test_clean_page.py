"""The page on the data says what the tables say."""

import pytest
from bench import cleaned
from bs4 import BeautifulSoup

from analysis.clean import page as parts
from analysis.core.text import Edition
from analysis.draw.page import Page

PAGE = Page("en", "CNY", False)
CLEAN = "customer_id|order_id|order_date|product_id|amount\nA|1|2024-01-05|p|10.00\nA|2|2024-01-31|p|5.00"


@pytest.fixture(autouse=True)
def _project(tmp_path, monkeypatch):
    (tmp_path / "dvc.yaml").touch()
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("more", "title"),
    [
        ("", "All 2 lines of the export are usable"),
        ("\nB|3|never|p|1.00", "66.7% of 3 lines are usable; the largest cut is missing or unreadable date"),
        ("\n|4|2024-01-06|p|1.00\n|5|2024-01-06|q|1.00\nB|3|never|p|1.00",
         "40.0% of 5 lines are usable; the largest cut is no customer"),
    ],
)  # fmt: skip
def test_the_title_names_the_share_and_the_largest_cut(tmp_path, more, title):
    section = parts.headline(PAGE, cleaned(CLEAN + more, tmp_path, as_of="2024-01-31"))
    assert section.summary["en"]["title"] == title


@pytest.mark.parametrize(
    ("more", "title"),
    [("", "All ¥15.00 in the export can be used"), ("\n|4|2024-01-06|p|1.00", "¥16.00 in the export become ¥15.00 that can be used")],
)
def test_the_waterfall_says_whether_money_was_lost(tmp_path, more, title):
    html = parts.waterfall(PAGE, cleaned(CLEAN + more, tmp_path, as_of="2024-01-31").steps).html["en"]
    assert f">{title}</h2>" in html


@pytest.mark.parametrize(("more", "title"), [("", "None of 16 rules had anything to remove"), ("\n|4|2024-01-06|p|1", "1 of 16 rules removed something")])
def test_the_rules_that_hit_something_are_counted(tmp_path, more, title):
    html = parts.rules(PAGE, cleaned(CLEAN + more, tmp_path, as_of="2024-01-31").steps).html["en"]
    assert f">{title}</h2>" in html


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (CLEAN + "\n合计||||15.00", "1 total row agrees with the lines above it."),
        (CLEAN + "\n合计||||16.00", "Total rows that do not agree with the lines above them: 1 of 1; see rejected_lines."),
        (CLEAN + "\nB|1|2024-01-05|p|1.00", "Order ids are not keys: 1 of 2 are shared by several customers."),
        (CLEAN + "\nA|3|2024-01-31|p|-5.00", "All returns, ¥5.00, are tied to the purchase they undo."),
        (CLEAN + "\nA|3|2024-01-31|z|-5.00", "Returns of ¥5.00 have no purchase in the data."),
        (CLEAN + "\n散客|3|2024-01-31|p|5.00", "1 account stands for many people (25.0% of sales)."),
        (CLEAN, "The data holds no cost: value means revenue on every page"),
    ],
)
def test_what_was_found_is_said(tmp_path, table, sentence):
    assert sentence in parts.found(PAGE, cleaned(table, tmp_path, as_of="2024-01-31")).html["en"]


def test_both_languages_say_the_same_things(tmp_path):
    section = parts.found(PAGE, cleaned(CLEAN, tmp_path, as_of="2024-01-31"))
    assert section.html["zh"].count("<li>") == section.html["en"].count("<li>") > 0
    assert Edition("zh", "CNY").show(15, "money") in parts.waterfall(PAGE, cleaned(CLEAN, tmp_path, as_of="2024-01-31").steps).html["zh"]


@pytest.mark.parametrize(
    ("qty", "en", "zh"),
    [
        (4, "Nothing looks wrong that the rules leave in", "规则保留的数据中未发现可疑之处"),
        (300, "1 thing looks wrong and counts as it is written", "有1处看似有误，仍按原样计入"),
    ],
)
def test_what_looks_wrong_is_asked_about_in_both_languages(tmp_path, qty, en, zh):
    rows = [f"A|{no}|2024-01-{no:02d}|p|{qty if no == 9 else 3}|10.00" for no in range(2, 10)]
    work = cleaned("\n".join(["customer_id|order_id|order_date|product_id|qty|amount", *rows]), tmp_path, as_of="2024-01-31")
    html = parts.suspects(PAGE, work).html
    assert [BeautifulSoup(html[language], "html.parser").h2.get_text() for language in ("en", "zh")] == [en, zh]
    assert ("quantity far above the usual" in html["en"]) == (qty == 300)


def test_totals_are_held_against_the_lines_since_the_last_one_or_all_lines_above(tmp_path):
    lines = CLEAN + "\n|小计|||15.00\nA|3|2024-01-31|q|7.00\n|本月小计|||7.00\n|合  计|||22.00\n|总计|||23.00"
    work = cleaned(lines, tmp_path, as_of="2024-01-31")
    told = work.control_totals
    assert list(told["total_e4"] == told["lines_e4"]) == [True, True, True, False]
