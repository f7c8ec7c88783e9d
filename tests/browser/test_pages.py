"""The pages in headless Chromium: nothing fetched, nothing run but our script, and it does its work."""

import re
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from analysis.core.contracts.schema import Column, Table, Words
from analysis.core.text import quoted
from analysis.draw.page import Page
from pipeline.pdf import installed
from pipeline.render import render
from tests.browser.chromium import browser
from tests.sample_page import FACTS, HOSTILE, notebook

pytestmark = pytest.mark.skipif(installed() is None, reason="no Chromium on this machine")

WIDTHS = (1280, 1000, 390)
REPORTS = sorted((Path(__file__).parents[2] / "reports").glob("*.html"))  # pages of this copy, if any were made
WIDE = Table(
    "wide_rows", "one customer", ("customer",),
    (Column("customer", "text", Words("Customer", "客户"), ""),
     *(Column(f"amount_{letter}", "money", Words(f"Amount of {letter}", f"金额{letter}"), "") for letter in "abcdefghijklmnop")),
)  # fmt: skip


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The sample's pages on disk, with and without their policy."""
    folder = tmp_path_factory.mktemp("pages")
    executed = notebook()
    for language in ("zh", "en"):
        page = render(executed, language, FACTS | {"stage": "clean", "pages": []})
        (folder / f"{language}.html").write_text(page, encoding="utf-8")
        bare = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
        assert bare != page
        (folder / f"{language}.bare.html").write_text(bare, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def tab(tmp_path_factory):
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture
def english(tab, pages):
    tab.view(1280)
    tab.open(pages / "en.html")
    return tab


@pytest.mark.parametrize("file", ["zh.html", "en.html", "zh.bare.html", "en.bare.html"])
def test_hostile_names_do_nothing_with_and_without_the_policy(tab, pages, file):
    tab.view(1280)
    tab.open(pages / file)
    assert tab.reported("Page.javascriptDialogOpening", "Runtime.exceptionThrown", "Log.entryAdded") == []
    assert tab.value("document.scripts.length") == 1


def test_the_page_asks_for_itself_alone(english, pages):
    asked = [event["params"]["request"]["url"] for event in english.reported("Network.requestWillBeSent")]
    assert asked == [(pages / "en.html").as_uri()]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_fits_its_window(tab, pages, language, width, dark):
    tab.view(width, dark=dark)
    tab.open(pages / f"{language}.html")
    assert tab.value("document.documentElement.scrollWidth") == width
    paper = tab.value("getComputedStyle(document.body).backgroundColor")
    assert paper == ("rgb(17, 22, 27)" if dark else "rgb(255, 255, 255)")
    shown = tab.value('[...document.querySelectorAll(".plot")].filter((one) => one.offsetHeight).length')
    assert shown == 7


@pytest.fixture(scope="module")
def wide(pages):
    """The sample's page, with a table of seventeen columns."""
    frame = pd.DataFrame({name: [1234567.0] * 3 for name in WIDE.by_name}).assign(customer=HOSTILE[:3])
    section = Page("en", "CNY", mask_names=False).table("wide", frame, WIDE, title=quoted("Wide"))
    cell = nbformat.v4.new_code_cell("x")
    cell.outputs = [nbformat.v4.new_output("execute_result", data=section._repr_mimebundle_(), execution_count=1)]
    executed = notebook()
    executed.cells.append(cell)
    page = render(executed, "en", FACTS | {"stage": "clean", "pages": []})
    (pages / "wide.html").write_text(page, encoding="utf-8")
    return pages / "wide.html"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_a_wide_table_scrolls_in_its_box_and_its_first_column_stays(tab, wide, width, dark):
    tab.view(width, dark=dark)
    tab.open(wide)
    assert tab.value("document.scrollingElement.scrollWidth <= innerWidth")
    box = 'document.querySelector("#wide .scroll")'
    assert tab.value(f"{box}.scrollWidth > {box}.clientWidth")
    tab.value(f"{box}.scrollLeft = 1e6")
    for cell in ("thead th", "tbody th"):
        aside = f'document.querySelector("#wide {cell}").getBoundingClientRect().left - {box}.getBoundingClientRect().left'
        assert tab.value(aside) == 0
        paper = tab.value(f'getComputedStyle(document.querySelector("#wide {cell}")).backgroundColor')
        assert paper == ("rgb(17, 22, 27)" if dark else "rgb(255, 255, 255)"), "what passes below does not shine through"
    last = f'document.querySelector("#wide tbody td:last-child").getBoundingClientRect().right <= {box}.getBoundingClientRect().right + 1'
    assert tab.value(last)


@pytest.mark.skipif(not REPORTS, reason="this copy has no pages: they are made by `python3 workbook.py`")
@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_of_the_workbook_scrolls_sideways(tab, width):
    tab.view(width)
    wider = []
    for file in REPORTS:
        tab.open(file)
        if tab.value("document.scrollingElement.scrollWidth") > width:
            wider.append(file.name)
    assert wider == []


@pytest.mark.parametrize("width", WIDTHS)
def test_no_text_of_a_chart_leaves_the_window(tab, pages, width):
    tab.view(width)
    tab.open(pages / "zh.html")
    outside = tab.value(
        """[...document.querySelectorAll("svg text")].filter((one) => {
             const box = one.getBoundingClientRect();
             return box.width && (box.left < 0 || box.right > innerWidth);
           }).map((one) => one.textContent)"""
    )
    assert outside == []


def rows(tab) -> list[str]:
    return tab.value(
        """[...document.querySelectorAll("#warning tbody tr")].filter((row) => !row.hidden)
             .map((row) => row.cells[0].dataset.v ?? row.cells[0].textContent)"""
    )


def press(tab, place: int) -> str:
    tab.value(f'document.querySelectorAll("#warning thead button")[{place}].click()')
    return tab.value(f'document.querySelectorAll("#warning thead th")[{place}].getAttribute("aria-sort")')


def test_numbers_sort_by_value_largest_first_and_then_back(english):
    first = rows(english)
    assert press(english, 5) == "descending"
    assert rows(english) == first[::-1]
    assert press(english, 5) == "ascending"
    assert rows(english) == first


def test_names_sort_as_the_language_does(english):
    assert press(english, 0) == "ascending"
    assert rows(english)[-1].startswith("中华")


def test_the_search_finds_and_counts(english):
    english.value(
        """(() => { const box = document.querySelector("#warning input");
                    box.value = "SCRIPT"; box.dispatchEvent(new Event("input")); })()"""
    )
    assert rows(english) == [HOSTILE[0], HOSTILE[2], HOSTILE[5]]
    assert english.value('document.querySelector("#warning [role=status]").textContent') == "3 of 10"


def test_the_csv_has_a_mark_for_excel_raw_values_and_no_formula(english):
    csv = english.value(
        """(async () => {
             let blob;
             URL.createObjectURL = (one) => { blob = one; return "#"; };
             document.querySelector("#warning .tools > button").click();
             const bytes = new Uint8Array(await blob.arrayBuffer());
             return [...bytes.slice(0, 3)].join() + "|" + await blob.text();
           })()"""
    )
    mark, _, text = csv.partition("|")
    lines = text.split("\r\n")
    assert mark == "239,187,191"
    assert lines[0] == '"Customer","Revenue","Risk","Change","Last order","Orders","Active"'
    assert lines[1] == f'"{HOSTILE[0]}","7790000","0.92","-3.9","2026-09-30","0","True"'
    assert lines[5].startswith("\"'=cmd|' /C calc'!A0\",")
    assert lines[10].startswith('"' + "x" * 999)


def test_the_csv_has_both_ends_of_an_interval(english):
    english.unfold()
    csv = english.value(
        """(async () => {
             let blob;
             URL.createObjectURL = (one) => { blob = one; return "#"; };
             document.querySelector("#folded .tools > button").click();
             return await blob.text();
           })()"""
    )
    assert csv.splitlines()[:2] == ['"Customer","Worth","Worth, low","Worth, high"', f'"{HOSTILE[0]}","1000","-500","2000.5"']


def test_a_hover_label_shows_the_name_as_text(english):
    english.value(
        """(() => { const one = document.querySelector("#ladder [data-tip]");
                    one.scrollIntoView({ block: "center" });
                    const box = one.getBoundingClientRect();
                    one.dispatchEvent(new PointerEvent("pointermove",
                      { bubbles: true, clientX: box.left + 2, clientY: box.top + 2 })); })()"""
    )
    assert english.value('document.querySelector(".tip").textContent').startswith(
        "<script>alert(1)</scri…: ¥7.79M"
    )
    english.value('document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }))')
    assert english.value('document.querySelector(".tip").hidden') is True


def test_the_table_behind_a_chart_is_one_text_until_it_is_opened(english):
    tables = 'document.querySelectorAll("#ladder table").length'
    elements = 'document.querySelectorAll("#ladder details *").length'
    assert (english.value(tables), english.value(elements)) == (0, 2)
    english.unfold()
    assert english.value(tables) == 1
    assert english.value('document.querySelectorAll("#ladder th button").length') > 1
    assert english.value('document.querySelector("#ladder .tools button").textContent') == "Download CSV"


def test_without_a_script_the_table_behind_a_chart_is_there(tab, pages):
    tab.send("Emulation.setScriptExecutionDisabled", value=True)
    try:
        tab.open(pages / "en.html")
        found = tab.send("DOM.getDocument", depth=-1)["root"]
        query = tab.send("DOM.querySelectorAll", nodeId=found["nodeId"], selector="#ladder details table tbody tr")
        assert len(query["nodeIds"]) > 1
    finally:
        tab.send("Emulation.setScriptExecutionDisabled", value=False)


def test_a_folded_table_is_printed_and_that_behind_a_chart_is_not(english):
    assert english.value('document.querySelectorAll("#folded table").length') == 0
    english.value('dispatchEvent(new Event("beforeprint"))')
    english.send("Emulation.setEmulatedMedia", media="print")
    try:
        assert english.value('document.querySelector("#folded table").getBoundingClientRect().height') > 0
        assert english.value('document.querySelectorAll("#ladder table").length') == 0
    finally:
        english.send("Emulation.setEmulatedMedia", media="")


def test_the_code_appears_by_its_switch_without_a_script(english):
    visible = 'getComputedStyle(document.querySelector("pre.code")).display'
    assert english.value(visible) == "none"
    english.value('document.getElementById("code").checked = true')
    assert english.value(visible) == "block"


def test_the_contents_follow_the_reader(english):
    english.value('document.getElementById("warning").scrollIntoView()')
    english.value("new Promise((done) => setTimeout(done, 300))")
    assert english.value('document.querySelector(".toc .here").hash') == "#warning"


def test_print_has_no_controls_and_no_halo(tab, pages):
    tab.view(700)
    tab.open(pages / "zh.html")
    tab.send("Emulation.setEmulatedMedia", media="print")
    try:
        seen = tab.value(
            """[".tools", ".toc", "details", "#print", ".pages"].filter((name) => {
                 const one = document.querySelector(name);
                 return one && getComputedStyle(one).display !== "none";
               })"""
        )
        assert seen == []
        assert tab.value('getComputedStyle(document.querySelector(".plot text")).stroke') == "none"
        assert tab.value('getComputedStyle(document.querySelector("tbody th")).position') == "static"
    finally:
        tab.send("Emulation.setEmulatedMedia", media="")


def test_a_section_in_a_notebook_keeps_its_style_to_itself(tab, tmp_path):
    from analysis.draw.page import Page

    section = Page("en", "CNY", mask_names=False).headline(
        kicker=quoted("k"), title=quoted("t"), standfirst=quoted("s")
    )
    shown = section._repr_mimebundle_()["text/html"]
    (tmp_path / "lab.html").write_text(f"<h1 id='outside'>x</h1>{shown}", encoding="utf-8")
    tab.view(1280)
    tab.open(tmp_path / "lab.html")
    sizes = 'getComputedStyle(document.querySelector("{}")).fontSize'
    assert tab.value(sizes.format("#outside")) == "32px"
    assert tab.value(sizes.format(".headline h1")) == "36px"
    assert tab.value('getComputedStyle(document.querySelector(".kicker")).color') == "rgb(179, 67, 31)"  # the page's own
