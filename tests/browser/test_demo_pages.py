"""Every page of the demo holds what a page promises: its budget, its structure, its words, and its looks in a real browser."""

import base64
import hashlib
import itertools
import json
import re
from dataclasses import asdict
from functools import cache

import pytest
from bs4 import BeautifulSoup

from pipeline.pdf import installed
from pipeline.sources import is_free
from tests.browser.chromium import browser
from tests.browser.looking import Seen, look
from tests.demo_refresh import ROOT, refreshed_twice
from tests.once import once

STAGES = [re.sub(r"^\d+_", "", file.stem) for file in sorted((ROOT / "notebooks").glob("*_*.ipynb")) if not is_free(file)]
BUDGET = {"executive": 400_000, "index": 100_000}  # bytes
ANALYSTS = 600_000
NODES = 5_000  # in a browser, for which the tables behind charts are one text each until they are opened
CHINESE = re.compile(r"[\u4e00-\u9fff]")
CODE = re.compile(r"[a-z0-9_./]+")  # names of columns and files are the same in both languages

each_page = pytest.mark.parametrize("language", ["zh", "en"])
each_stage = pytest.mark.parametrize("stage", [*STAGES, "index"])
in_a_browser = pytest.mark.skipif(installed() is None, reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    return refreshed_twice(tmp_path_factory)[0] / "reports"


@pytest.fixture
def file(reports, stage, language):
    """The newest page of the stage in the language."""
    return sorted(reports.glob(f"{stage}*.{language}.html"))[-1]


@pytest.fixture
def soup(file):
    return parsed(file)


@cache
def parsed(file):
    return BeautifulSoup(file.read_text("utf-8"), "html.parser")


# --- what stands in the file --------------------------------------------------------------------


@each_page
@each_stage
def test_a_page_keeps_its_budget(file, soup, stage):
    assert file.stat().st_size <= BUDGET.get(stage, ANALYSTS)
    assert sum(tag.find_parent("noscript") is None for tag in soup.find_all(True)) <= NODES


@each_page
@each_stage
def test_one_title_headings_in_order_and_every_id_once(soup):
    levels = [int(tag.name[1]) for tag in soup.find_all(re.compile(r"^h[1-6]$"))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))


@each_page
@each_stage
def test_the_contents_lead_somewhere_each_under_a_name_of_its_own(soup):
    links = soup.select(".toc a")
    assert all(soup.find(id=link["href"][1:]) for link in links)
    names = [link.get_text() for link in links]
    assert [name for name in names if names.count(name) > 1] == []


@each_page
@each_stage
def test_the_language_is_told_drawings_are_labelled_and_headers_scoped(soup, language):
    assert soup.html["lang"] == {"zh": "zh-Hans", "en": "en"}[language]
    assert [one for one in soup.find_all("svg") if one.get("role") != "img" or not one.get("aria-label")] == []
    assert {head.get("scope") for head in soup.find_all("th")} <= {"col", "row"}
    assert all(table.caption.get_text() for table in soup.find_all("table"))


@each_page
@each_stage
def test_a_page_asks_for_nothing_and_its_policy_names_its_one_script(file, soup):
    named = [(tag.name, tag[name]) for tag in soup.find_all(True) for name in ("src", "href", "action") if tag.has_attr(name)]
    assert [one for one in named if re.match(r"[a-z]+:|//", one[1])] == []
    assert re.findall(r"@import|url\((?!#)", file.read_text("utf-8")) == []
    (script,) = soup.find_all("script")
    digest = base64.b64encode(hashlib.sha256(script.string.encode()).digest()).decode()
    policy = soup.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
    assert policy.startswith("default-src 'none'")
    assert f"script-src 'sha256-{digest}'" in policy


@pytest.mark.parametrize("language", ["zh"])
@each_stage
def test_a_chinese_page_speaks_chinese_and_its_charts_do_as_text(soup):
    said = [tag.get_text() for tag in soup.select("h1, h2, .kicker, .deck, thead th, .toc a, .kpi dt")]
    latin = [text for text in said if re.search("[A-Za-z]{2}", text) and not CHINESE.search(text)]
    assert [text for text in latin if not re.fullmatch(r"[A-Z][\w&/-]*|P", text)] == []  # such as AUC and Brier
    for drawing in soup.select(".plot svg"):
        assert CHINESE.search(" ".join(text.get_text() for text in drawing.find_all("text"))), drawing["aria-label"]


@each_stage
def test_a_title_tells_the_same_numbers_in_both_languages(reports, stage):
    pages = {language: sorted(reports.glob(f"{stage}*.{language}.html")) for language in ("zh", "en")}
    titles = {
        language: {part.get("id", "h1"): numbers(part.get_text(), language) for part in parsed(files[-1]).select("h1, h2")}
        for language, files in pages.items()
    }
    assert titles["zh"].keys() == titles["en"].keys()
    assert stage == "index" or sum(map(len, titles["zh"].values())) > 3
    differing = {
        name: (found, titles["en"][name])
        for name, found in titles["zh"].items()
        if not all(any(close(one, other) for other in titles["en"][name]) for one in found if one not in NEVER_SPELT)
    }
    assert differing == {}


NEVER_SPELT = range(13)  # "one", "two" and the months of a year may be words


def numbers(text, language):
    """The numbers of ``text``, money in its plain unit and shares as they are written."""
    scales = {"en": {"K": 1e3, "M": 1e6, "B": 1e9}, "zh": {"万": 1e4, "亿": 1e8}}[language]
    found = re.findall(r"(\d[\d,]*(?:\.\d+)?) ?([KMB万亿]?)(?![A-Za-z])", text)
    return [float(one.replace(",", "")) * scales.get(unit, 1.0) for one, unit in found]


def close(one, other):
    """The same to the three digits that both languages show."""
    return abs(one - other) <= 0.006 * abs(other)


def test_a_refresh_says_no_warning(reports):
    said = (reports.parent / "said.txt").read_text("utf-8")
    assert "Running stage" in said
    assert re.findall(r".*(?:Warning|Traceback|missing from font).*", said) == []


# --- what a browser shows -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def tab(tmp_path_factory):
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture
def seen(tab, tmp_path_factory, file):
    """What was seen on the page; each is opened for the first test that asks, in whatever process."""

    def looked(folder):
        (folder / "seen.json").write_text(json.dumps(asdict(look(tab, file))), encoding="utf-8")

    return Seen(**json.loads((once(tmp_path_factory, f"seen-{file.stem}", looked) / "seen.json").read_text("utf-8")))


@in_a_browser
@each_page
@each_stage
def test_nothing_is_asked_for_and_nothing_goes_wrong(seen):
    assert seen.asked == []
    assert seen.reported == []


@in_a_browser
@each_page
@each_stage
def test_axe_finds_no_barrier_in_any_window_and_theme(seen):
    assert seen.barriers == []


@in_a_browser
@each_page
@each_stage
def test_texts_of_charts_lie_beside_one_another_inside_the_window_and_can_be_read(seen):
    assert seen.crowded == []
    assert seen.pale == []


@in_a_browser
@each_page
@each_stage
def test_no_line_of_a_heading_begins_with_a_mark_of_punctuation(seen):
    assert seen.begun == []


@in_a_browser
@each_page
@each_stage
def test_no_page_scrolls_sideways_and_none_is_cut_on_paper(seen):
    assert seen.sideways == []
    assert seen.cut == []


# --- the looking itself can fail ----------------------------------------------------------------

FAULTY = """<h1 id='a'>x</h1><h2 style='width:2em;word-break:keep-all;overflow-wrap:anywhere'>二三，四</h2><img src='x.png'><p style='color:#ccc'>pale</p>
<svg viewBox='0 0 500 40' width='1500'><text x='0' y='20' fill='#ddd'>one</text><text x='4' y='20'>two</text></svg>"""


@in_a_browser
def test_a_page_with_faults_of_every_kind_is_seen(tab, tmp_path):
    faulty = tmp_path / "faulty.html"
    faulty.write_text(f"<!DOCTYPE html><title>t</title><body style='background:#fff'><main>{FAULTY}</main>", encoding="utf-8")
    seen = look(tab, faulty)
    assert {one.split(": ")[1].split()[0] for one in seen.barriers} >= {"html-has-lang", "image-alt", "color-contrast"}
    assert any("one lies on two" in one for one in seen.crowded)
    assert any("one" in one for one in seen.pale)
    assert [one.split(": ")[1] for one in seen.begun] == ["二三，四"] * 2
    assert any("pale" in one for one in seen.cut) or seen.sideways
    assert [one.rpartition("/")[2] for one in seen.asked] == ["x.png"]
