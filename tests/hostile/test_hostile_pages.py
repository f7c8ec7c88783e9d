"""Names that try to break a page stay words: by a parser, in every page and chart of a whole refresh."""

import csv
import io
import json
import re
from functools import cache

import markupsafe
import pytest

from analysis.core.edition import tidy
from analysis.core.text import Phrase
from analysis.draw import style, svg
from pipeline.render import render
from tests.hostile import names
from tests.hostile.reading import Reading, faults
from tests.sample_page import FACTS, notebook

PAGES = [
    f"{page}.{language}.html"
    for page in ("clean", "profit", "segment", "lifetime_value", "churn", "executive", "index")
    for language in ("zh", "en")
]
FILES = {*PAGES, "index.html"}
NAMING = [page for page in PAGES if page.split(".")[0] in ("profit", "lifetime_value", "churn", "executive")]
LEAST_MOVERS = 25  # of the names, on the page of those who moved between segments


def shown(name: str) -> str:
    """The part of ``name`` that is sure to stand on a page."""
    return tidy(name)[:40]


@pytest.fixture(scope="module")
def pages(refreshed):
    return {name: (refreshed / "reports" / name).read_text("utf-8") for name in sorted(FILES)}


@pytest.mark.parametrize("page", sorted(FILES))
def test_a_page_holds_nothing_but_our_own_elements_links_and_one_script(refreshed, pages, page):
    reports = refreshed / "reports"
    assert faults(pages[page], {file.relative_to(reports).as_posix() for file in reports.rglob("*") if file.suffix in (".html", ".xlsx", ".csv")}) == []


@pytest.mark.parametrize("page", NAMING)
def test_every_name_stands_on_the_page_as_text(pages, page):
    text = Reading(pages[page]).shown
    assert [kind for kind, name in names.NAMES.items() if shown(name) not in text] == []


@pytest.mark.parametrize("page", ["segment.zh.html", "segment.en.html"])
def test_names_of_those_who_moved_stand_on_the_page_as_text(pages, page):
    text = Reading(pages[page]).shown
    assert sum(shown(name) in text for name in names.NAMES.values()) >= LEAST_MOVERS


@pytest.mark.parametrize("page", ["clean.zh.html", "clean.en.html"])
@pytest.mark.parametrize(
    "name", [names.CSV_FILE, names.BOOK_FILE, names.SHEET, names.SPARE_COLUMN], ids=["csv", "book", "sheet", "column"]
)
def test_files_sheets_and_columns_stand_on_the_page_as_text(pages, page, name):
    assert shown(name) in Reading(pages[page]).shown


@pytest.mark.parametrize("page", PAGES)
def test_no_page_holds_a_sign_that_turns_the_line_or_rings_a_bell(pages, page):
    assert re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]", pages[page]) == []


def test_no_name_was_worked_out(pages):
    assert [page for page, text in pages.items() if re.search(r"\b49\b[^<]*(?:evil|\{%)|<class 'object'>", text)] == []


def test_no_output_is_named_after_the_data(refreshed):
    written = [file for top in ("reports", "data/tables", "build") for file in (refreshed / top).rglob("*")]
    assert len(written) > len(PAGES)
    ours = re.compile(r"[a-z_]+|20\d\d-\d\d|[a-z_]+(-20\d\d-\d\d)?(\.(zh|en))?\.(html|ipynb|json|parquet|csv|xlsx)")
    assert [file.name for file in written if not ours.fullmatch(file.name) and "matplotlib" not in file.parts] == []


def test_the_files_for_dvc_hold_no_formula(refreshed):
    metrics = [json.loads(file.read_text("utf-8")) for file in (refreshed / "reports" / "metrics").glob("*.json")]
    assert metrics
    assert all(isinstance(value, int | float | None) for one in metrics for value in one.values())
    for file in (refreshed / "reports" / "plots").glob("*.csv"):
        rows = list(csv.reader(io.StringIO(file.read_text("utf-8"))))
        assert [cell for row in rows for cell in row if re.match(r"[=@\t\r]|[+-](?![\d.])", cell)] == []


def test_no_name_makes_the_run_complain(refreshed):
    said = (refreshed / "said.txt").read_text("utf-8")
    assert "Running stage 'executive'" in said
    assert re.findall(r".*(?:Warning|warning|Traceback|missing from font).*", said) == []


SCRIPTS = {
    "Thai": "บริษัท ตัวอย่าง", "Hindi": "उदाहरण लिमिटेड", "Tamil": "எடுத்துக்காட்டு", "Ethiopic": "ምሳሌ", "Khmer": "ឧទាហរណ៍",
    "Hebrew": "דוגמה", "Georgian": "მაგალითი", "Japanese": "例えば ｱﾞ", "flag": "🏴‍☠️", "private": "\ue000", "old": "𐌰𐍄",
}  # fmt: skip


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_chart_measures_every_script_without_a_word(script):
    """A warning is an error here."""
    with style.ink():
        figure, axes = style.sheet(400, 100, left=10, right=10, top=10, bottom=10)
        axes.text(0, 0, SCRIPTS[script])
    assert SCRIPTS[script] in svg.inline(figure, prefix="a", label="b")


def test_marks_that_pile_up_are_cut_and_those_of_writing_stay():
    assert tidy("Z" + "\u0351\u0320\u0489\u0335" * 30) == "Z\u0351\u0320\u0489\u0335"
    assert tidy("שָּׁ֑ e\u0301 บริษัท") == "שָּׁ֑ e\u0301 บริษัท"


# --- the checks themselves can fail -------------------------------------------------------------


def built() -> str:
    return render(notebook(), "en", FACTS | {"pages": []})


sample = cache(built)


def test_the_sample_has_no_fault():
    assert faults(sample(), FILES) == []


def test_names_that_are_not_escaped_are_found(monkeypatch):
    monkeypatch.setattr(markupsafe.Markup, "escape", classmethod(lambda kind, text: kind(text)))
    found = faults(built(), FILES)
    assert "element img" in found
    assert any(fault.endswith("scripts") for fault in found)


def test_text_of_a_chart_that_is_not_escaped_is_found(monkeypatch):
    monkeypatch.setattr("analysis.draw.svg.escape", str)
    assert "3 scripts" in faults(built(), FILES)


def test_a_phrase_that_is_not_escaped_is_found(monkeypatch):
    monkeypatch.setattr(Phrase, "html", lambda phrase, edition: markupsafe.Markup(phrase.text(edition)))
    assert "element img" in faults(built(), FILES)


def test_a_drawing_with_formulas_is_found(monkeypatch):
    import matplotlib

    usual = matplotlib.rc_context
    monkeypatch.setattr(matplotlib, "rc_context", lambda settings: usual({**settings, "text.parse_math": True}))
    assert "A$B_{x}$" not in drawn(built())
    assert "A$B_{x}$" in drawn(sample())


def drawn(page: str) -> list[str]:
    return re.findall(r"<text\b[^>]*>([^<]*)</text>", page)


@pytest.mark.parametrize(
    ("added", "fault"),
    [
        ("<p onclick='x()'></p>", "attribute onclick of p"),
        ("<a href='javascript:alert(1)'>x</a>", "link javascript:alert(1)"),
        ("<a href='//evil.example'>x</a>", "link //evil.example"),
        ("<a href='../params.yaml'>x</a>", "link ../params.yaml"),
        ("<p id='main'></p>", "id main twice"),
        ("<p style='background:url(https://evil.example)'></p>", "style background:url(https://evil.example)"),
        ("<script>alert(1)</script>", "2 scripts"),
        ("<!-- x -->", "comment  x "),
        ("</div>", "</div> closes another element"),
        ("<p class='a' class='b'></p>", "p class"),
    ],
)
def test_what_does_not_belong_on_a_page_is_found(added, fault):
    assert fault in faults(sample().replace("</main>", f"{added}</main>"), FILES)


def test_another_script_than_that_of_the_policy_is_found():
    found = faults(sample().replace("<script>", "<script>alert(1);"), FILES)
    assert [fault[:6] for fault in found] == ["policy"]
