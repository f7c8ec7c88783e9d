"""The index lists every page with its message and its figures, and leads to each of them."""

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from analysis.core import params
from analysis.core.edition import Edition
from analysis.core.text import quoted, say
from pipeline import index
from tests.sample_page import HOSTILE

SAID = {
    stage: {
        language: {
            "kicker": "k", "title": f"{stage} {HOSTILE[0]}", "standfirst": HOSTILE[1],
            "kpis": [["Profit", "¥413M"], [HOSTILE[2], "15.8%"]],
        }
        for language in ("zh", "en")
    }
    for stage in ("executive", "clean", "profit")
}  # fmt: skip


@pytest.fixture(params=["zh", "en"])
def soup(request, monkeypatch):
    monkeypatch.setattr(
        index, "say", lambda key, **values: quoted(key) if key.endswith(".page.name") else say(key, **values)
    )
    report = params.Report(organisation="Sample <b>", language="zh", currency="CNY", mask_names=False)
    page = index.page(SAID, Edition(request.param, "CNY"), report, pd.Timestamp("2026-09-30"))
    return BeautifulSoup(page, "html.parser")


def test_every_page_stands_in_its_order_with_its_message(soup):
    assert [entry.get_text() for entry in soup.select(".entry h2")] == [
        f"{stage} {HOSTILE[0]}" for stage in SAID
    ]


def test_the_links_lead_to_the_pages_of_the_same_language(soup):
    language = soup.html["lang"][:2]
    assert [link["href"] for link in soup.select(".entry a")] == [
        f"{stage}.{language}.html" for stage in SAID
    ]
    other = {"zh": "index.en.html", "en": "index.html"}[language]
    assert [link["href"] for link in soup.select(".top a")] == [other]


def test_the_figures_of_each_page_are_shown(soup):
    first = soup.select_one(".entry")
    assert [part.get_text() for part in first.select("dt, dd")] == ["Profit", "¥413M", HOSTILE[2], "15.8%"]


def test_the_index_is_as_inert_as_a_page(soup):
    assert len(soup.find_all("script")) == 1
    assert soup.find_all(["img", "b"]) == []
    assert soup.title.get_text().endswith("Sample <b>")


def test_the_index_says_how_far_its_figures_reach(soup):
    assert soup.select_one(".standfirst").get_text() in (
        "Figures up to September 30, 2026.", "数据截至 2026年9月30日。",
    )  # fmt: skip
