"""The pages of the hostile export in headless Chromium: nothing runs, nothing is asked for, nothing breaks the layout."""

import re

import pytest

from analysis.core.edition import tidy
from pipeline.pdf import installed
from pipeline.render import render
from tests.hostile import names
from tests.hostile.reading import ATTRIBUTES, ELEMENTS
from tests.hostile.test_hostile_pages import NAMING, PAGES, sample
from tests.sample_page import FACTS, notebook

pytestmark = pytest.mark.skipif(installed() is None, reason="no Chromium on this machine")

WIDTHS = (1200, 390)
REPORTED = ("Page.javascriptDialogOpening", "Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
MADE_BY_SCRIPT = {"open", "placeholder", "aria-sort"}  # attributes that our script or a reader adds
FOREIGN = """(([elements, attributes]) => [...document.querySelectorAll("*")].flatMap((one) => [
    ...(elements.includes(one.localName.toLowerCase()) ? [] : [one.localName]),
    ...[...one.attributes].map((each) => each.localName.toLowerCase()).filter((name) => !attributes.includes(name)),
    ...(one.href && !/^(file:|#)/.test(one.getAttribute("href").includes(":") ? one.href : "#") ? [one.href] : []),
  ]))"""


def foreign(tab):
    """Elements, attributes and links of the page as the browser has built it that are not ours."""
    return tab.value(f"{FOREIGN}([{sorted(ELEMENTS | {'clippath'})}, {sorted(ATTRIBUTES | MADE_BY_SCRIPT)}])")


def stirred(tab):
    """Point at everything, press everything that stays on the page, and scroll through it."""
    tab.unfold()
    tab.value(
        """(() => {
             URL.createObjectURL = () => "#";
             HTMLAnchorElement.prototype.click = () => {};
             window.print = () => {};
             for (const one of document.querySelectorAll("[data-tip], a, th, td, text, bdi, button")) {
               for (const kind of ["pointermove", "mouseover", "mouseenter", "focus"])
                 one.dispatchEvent(new PointerEvent(kind, { bubbles: true }));
             }
             document.querySelectorAll("button").forEach((one) => one.click());
             scrollTo(0, document.body.scrollHeight);
           })()"""
    )


def asked(tab):
    return [event["params"]["request"]["url"] for event in tab.reported("Network.requestWillBeSent")]


@pytest.fixture(scope="module")
def bare(refreshed, tmp_path_factory):
    """The pages without their policy, so that escaping alone must hold."""
    folder = tmp_path_factory.mktemp("bare")
    for page in PAGES:
        text, found = POLICY.subn("", (refreshed / "reports" / page).read_text("utf-8"))
        assert found == 1
        (folder / page).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("page", PAGES)
def test_nothing_runs_and_nothing_is_asked_for_even_without_the_policy(tab, refreshed, bare, page):
    for folder in (refreshed / "reports", bare):
        tab.view(WIDTHS[0])
        tab.open(folder / page)
        stirred(tab)
        assert tab.reported(*REPORTED) == []
        assert asked(tab) == [(folder / page).as_uri()]
        assert tab.value("document.scripts.length") == 1
        assert foreign(tab) == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("page", PAGES)
def test_no_name_widens_the_page(tab, refreshed, page, width):
    tab.view(width)
    tab.open(refreshed / "reports" / page)
    tab.unfold()
    assert tab.value("document.documentElement.scrollWidth") == width
    outside = tab.value(
        """[...document.querySelectorAll("h1, h2, p, li, dt, dd, svg text, .tools, nav a")].filter((one) => {
             const box = one.getBoundingClientRect();
             return box.width && !one.closest(".scroll, .hidden, .skip, nav.pages") && (box.left < -1 || box.right > innerWidth + 1);
           }).map((one) => one.textContent.slice(0, 60))"""
    )
    assert outside == []


@pytest.mark.parametrize("page", NAMING)
def test_every_name_is_shown_as_text(tab, refreshed, page):
    tab.view(WIDTHS[0])
    tab.open(refreshed / "reports" / page)
    tab.unfold()
    text = tab.value("document.body.textContent")
    assert [kind for kind, name in names.NAMES.items() if tidy(name)[:40] not in text] == []


def test_a_saved_table_holds_no_formula(tab, refreshed):
    tab.view(WIDTHS[0])
    tab.open(refreshed / "reports" / "executive.en.html")
    text = tab.value(
        """(async () => {
             let blob;
             HTMLAnchorElement.prototype.click = () => {};
             URL.createObjectURL = (one) => { blob = one; return "#"; };
             document.querySelector("#calls .tools > button").click();
             return blob.text();
           })()"""
    )
    assert "'=cmd|' /C calc'!A1" in text
    assert re.findall(r'(?:^|,)"\s*[=+\-@＝＋－＠](?![\d.]+")[^"]*', text, re.MULTILINE) == []


# --- the checks themselves can fail -------------------------------------------------------------


@pytest.fixture
def unescaped(monkeypatch, tmp_path):
    """The sample with its texts as markup, with and without its policy."""
    import markupsafe

    monkeypatch.setattr(markupsafe.Markup, "escape", classmethod(lambda kind, text: kind(text)))
    page = render(notebook(), "en", FACTS | {"stage": "clean", "pages": []})
    (tmp_path / "guarded.html").write_text(page, encoding="utf-8")
    (tmp_path / "bare.html").write_text(POLICY.sub("", page), encoding="utf-8")
    return tmp_path


def test_a_name_that_runs_is_seen_and_the_policy_alone_stops_it(tab, unescaped):
    tab.send("Page.enable")
    tab.answer_dialogs = True
    try:
        tab.open(unescaped / "bare.html")
        tab.value("new Promise((done) => setTimeout(done, 200))")
        assert tab.reported("Page.javascriptDialogOpening") != []
        assert "img" in foreign(tab)
        tab.open(unescaped / "guarded.html")
        tab.value("new Promise((done) => setTimeout(done, 200))")
        assert tab.reported("Page.javascriptDialogOpening") == []
        assert tab.reported("Log.entryAdded") != []
    finally:
        tab.answer_dialogs = False


def test_a_page_that_is_too_wide_is_seen(tab, tmp_path):
    page = sample()
    (tmp_path / "wide.html").write_text(page.replace("<h1>", f"<h1 style='overflow-wrap:normal'>{'x' * 900}"), encoding="utf-8")
    tab.view(WIDTHS[1])
    tab.open(tmp_path / "wide.html")
    assert tab.value("document.documentElement.scrollWidth") > WIDTHS[1]
