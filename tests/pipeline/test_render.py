"""A page is one file that asks nobody for anything, and holds only what its notebook meant to show."""

import base64
import copy
import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

from analysis.core.text import quoted
from analysis.draw.page import Page
from pipeline.render import render, summary
from tests.sample_page import FACTS, HOSTILE, notebook

ROOT = Path(__file__).parents[2]
LARGEST = 400_000  # bytes of an executive page
DENSEST = 5_000  # nodes


@pytest.fixture(autouse=True)
def _unwritten_names(monkeypatch):
    monkeypatch.setattr("analysis.draw.frame.say", _said)


def _said(key, **values):
    """Names of stages whose words are not written yet."""
    from analysis.core.text import say

    return quoted(key) if key.endswith(".page.name") else say(key, **values)


@pytest.fixture(scope="module")
def executed():
    return notebook()


@pytest.fixture(params=["zh", "en"])
def language(request):
    return request.param


@pytest.fixture
def page(executed, language):
    return render(executed, language, FACTS)


@pytest.fixture
def soup(page):
    return BeautifulSoup(page, "html.parser")


def test_the_page_asks_for_nothing(page, soup):
    addresses = [
        tag[name] for tag in soup.find_all(True) for name in ("src", "href", "action") if tag.has_attr(name)
    ]
    assert addresses
    assert [one for one in addresses if re.match(r"[a-z]+:|//", one)] == []
    assert re.findall(r"@import|url\((?!#)", page) == []


def test_the_policy_allows_the_one_script_by_its_hash(soup):
    policy = soup.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
    (script,) = soup.find_all("script")
    digest = base64.b64encode(hashlib.sha256(script.string.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")


def test_the_policy_stands_before_everything_it_governs(soup):
    names = [(tag.name, tag.get("http-equiv")) for tag in soup.head.find_all(True)]
    assert names[0] == ("meta", None)
    assert names[1] == ("meta", "Content-Security-Policy")


def test_hostile_names_are_inert_in_the_whole_page(soup):
    assert len(soup.find_all("script")) == 1
    assert soup.find_all(["img", "iframe", "object", "embed", "link"]) == []
    for tag in soup.find_all(True):
        assert [name for name in tag.attrs if name.startswith("on")] == []
    for name in HOSTILE[:6]:
        assert name in soup.get_text()
    assert soup.title.get_text().endswith(FACTS["organisation"])


def test_prose_streams_and_other_outputs_of_the_notebook_stay_out(page):
    for hidden in ("For analysts", "/home/someone", "alert(6)", "alert(7)", "alert(8)"):
        assert hidden not in page


def test_code_is_escaped_on_an_analysts_page_and_absent_from_the_directors(executed):
    analyst = BeautifulSoup(render(executed, "en", FACTS | {"stage": "clean"}), "html.parser")
    assert analyst.find("pre", class_="code").get_text() == 'page.headline("<script>alert(7)</script>")'
    assert analyst.find(id="code")["type"] == "checkbox"
    assert BeautifulSoup(render(executed, "en", FACTS), "html.parser").find("pre") is None


def test_one_title_and_headings_in_order(soup):
    levels = [int(tag.name[1]) for tag in soup.find_all(re.compile(r"^h[1-6]$"))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert max(levels) == 2


def test_ids_are_unique_and_every_anchor_leads_somewhere(soup):
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))
    anchors = [tag["href"][1:] for tag in soup.find_all("a", href=re.compile("^#"))]
    labels = [tag["aria-labelledby"] for tag in soup.find_all(attrs={"aria-labelledby": True})]
    assert [one for one in anchors + labels if one not in ids] == []


def test_every_drawing_has_a_label_and_the_page_its_language(soup, language):
    drawings = soup.find_all("svg")
    assert drawings
    assert all(one["role"] == "img" and one["aria-label"] for one in drawings)
    assert soup.html["lang"] == {"zh": "zh-Hans", "en": "en"}[language]


def test_chinese_names_are_text_in_the_drawings(soup):
    assert "Rebates 返利" in [text.get_text() for text in soup.select("svg text")]


def test_the_page_links_to_its_other_language_the_index_and_the_other_pages(soup, language):
    other = {"zh": "en", "en": "zh"}[language]
    links = [tag["href"] for tag in soup.select(".top a")]
    assert links == [f"index.{language}.html", f"executive.{other}.html", f"executive.{language}.html", f"clean.{language}.html"]
    assert soup.find(attrs={"aria-current": "page"})["href"] == f"executive.{language}.html"


def test_the_footer_says_where_the_numbers_come_from(soup):
    footer = soup.find("footer").get_text(" ")
    for fact in ("sha256:e1b1e48c32682501", "sha256:0123456789abcdef", "pandas 3.1.1, python 3.11", "2026"):
        assert fact in footer
    assert "2 of 2 checks hold" in footer or "2项校验中2项通过" in footer


def test_the_page_keeps_its_budget(page, soup):
    assert len(page.encode()) <= LARGEST
    assert len(soup.find_all(True)) <= DENSEST


def test_rendering_leaves_the_notebook_as_it_was(executed):
    before = copy.deepcopy(executed)
    render(executed, "en", FACTS)
    assert executed == before


def test_a_failed_cell_makes_no_page(executed):
    failed = copy.deepcopy(executed)
    failed.cells[1].outputs.append(nbformat.v4.new_output("error", ename="E", evalue="", traceback=[]))
    with pytest.raises(ValueError, match="a cell of the notebook failed"):
        render(failed, "en", FACTS)


def test_two_sections_of_one_name_make_no_page(executed):
    doubled = copy.deepcopy(executed)
    doubled.cells.append(doubled.cells[4])
    with pytest.raises(ValueError, match="two sections of one page are named whale"):
        render(doubled, "en", FACTS)


def test_a_page_without_a_headline_is_refused(executed):
    headless = copy.deepcopy(executed)
    del headless.cells[1]
    with pytest.raises(ValueError, match="a page has exactly one headline"):
        render(headless, "en", FACTS)


def test_the_summary_has_the_message_and_three_figures_in_both_languages(executed):
    said = json.loads(json.dumps(summary(executed)))
    assert said["en"]["title"].startswith("Profit is up 4.1%")
    assert said["en"]["kpis"][0] == ["Profit, last 12 months", "¥413M"]
    assert said["zh"]["kpis"] == [
        ["Profit, last 12 months", "¥4.13亿"], ["Customer equity", "¥12.8亿"], ["Churn, 12 months", "15.8%"],
    ]  # fmt: skip


def test_a_page_of_one_sentence_is_a_page():
    section = Page("zh", "CNY", mask_names=False).headline(
        kicker=quoted("k"), title=quoted("t"), standfirst=quoted("s")
    )
    cell = nbformat.v4.new_code_cell("page.headline()")
    cell.outputs = [nbformat.v4.new_output("display_data", data=section._repr_mimebundle_())]
    shown = BeautifulSoup(render(nbformat.v4.new_notebook(cells=[cell]), "en", FACTS), "html.parser")
    assert shown.h1.get_text() == "t"


SCRIPT = """
import hashlib, sys
from pipeline.render import render
from tests.sample_page import FACTS, notebook
executed = notebook()
for language in ("zh", "en"):
    sys.stdout.write(hashlib.sha256(render(executed, language, FACTS | {"pages": []}).encode()).hexdigest())
"""


def test_the_bytes_do_not_depend_on_hash_seed_time_zone_locale_or_folder(tmp_path):
    digests = set()
    for seed, zone, locale, folder in (
        ("1", "Asia/Shanghai", "C", ROOT),
        ("2", "America/Lima", "C.UTF-8", tmp_path),
    ):
        environment = os.environ | {
            "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale, "LANG": locale,
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")]),
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        digests.add(done.stdout)
    assert len(digests) == 1
