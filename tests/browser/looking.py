"""What a browser sees on a page, in every window, theme and on paper; axe-core's judgement among it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from tests.browser.chromium import Tab

WINDOWS = ((1280, False), (390, False), (1280, True), (390, True))  # width, whether dark
PAPER = 680  # CSS pixels between the margins of A4
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice")
LEAST_CONTRAST = 4.5  # of text, WCAG 2 AA
JUDGED_ROWS = 3  # of a table: the others are built alike

CODE_SHOWN = 'document.querySelectorAll("#code").forEach((one) => { one.checked = true; })'
# A shade at the edge of a table hides the paper behind its texts from axe-core; long tables only take time.
BARED = f"""(() => {{
    const rule = Object.assign(document.createElement("style"), {{ textContent: ".scroll {{ background: none !important; }}" }});
    document.head.append(rule);
    document.querySelectorAll("tbody tr:nth-child(n + {JUDGED_ROWS + 1})").forEach((one) => one.remove());
}})()"""
JUDGED = f"""axe.run(document, {{ runOnly: {{ type: "tag", values: {list(RULES)} }}, resultTypes: ["violations"] }})
    .then((found) => found.violations.map((one) => `${{one.id}} ${{one.nodes.length}}: ${{one.nodes[0].html.slice(0, 160)}}`))"""
CROWDED = """(() => {
    const found = [], edge = document.documentElement.clientWidth;
    for (const svg of document.querySelectorAll("svg")) {
        const name = svg.closest("section")?.id;
        const texts = [...svg.querySelectorAll("text")].map((one) => [one.textContent, one.getBoundingClientRect()])
            .filter(([, box]) => box.width);
        for (const [text, box] of texts)
            if (box.left < -1 || box.right > edge + 1) found.push(`${name}: ${text} leaves the window`);
        texts.forEach(([text, a], place) => texts.slice(place + 1).forEach(([other, b]) => {
            const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
            const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
            if (wide > 1 && high > 5) found.push(`${name}: ${text} lies on ${other}`);
        }));
    }
    return found;
})()"""
PALE = f"""(() => {{
    const parts = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map((one) => one / 255)
        .map((one) => one <= .04045 ? one / 12.92 : ((one + .055) / 1.055) ** 2.4);
    const light = (colour) => parts(colour).reduce((sum, one, place) => sum + one * [.2126, .7152, .0722][place], 0);
    const paper = light(getComputedStyle(document.body).backgroundColor);
    return [...new Set([...document.querySelectorAll("svg text")].filter((one) => {{
        const ink = light(getComputedStyle(one).fill);
        return (Math.max(ink, paper) + .05) / (Math.min(ink, paper) + .05) < {LEAST_CONTRAST};
    }}).map((one) => `${{one.closest("section")?.id}}: ${{one.textContent}}`))];
}})()"""
BEGUN = """[...document.querySelectorAll("h1, h2")].filter((heading) => {
    const texts = document.createTreeWalker(heading, NodeFilter.SHOW_TEXT), range = document.createRange();
    let bottom = null;
    while (texts.nextNode()) for (const [place, letter] of [...texts.currentNode.data].entries()) {
        range.setStart(texts.currentNode, place);
        range.setEnd(texts.currentNode, place + 1);
        const box = range.getBoundingClientRect();
        if (bottom !== null && box.top >= bottom && "，。：；、！？）".includes(letter)) return true;
        bottom = box.top + box.height / 2;
    }
    return false;
}).map((heading) => heading.textContent)"""
CUT = """[...document.querySelectorAll("main *")].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width && !one.closest(".hidden, svg") && box.right > innerWidth + 1;
}).map((one) => `${one.closest("section")?.id}: ${one.textContent.slice(0, 30)}`).filter((one, place, all) => all.indexOf(one) === place)"""


@dataclass
class Seen:
    """What was seen on one page; each list is of faults.

    Attributes
    ----------
    asked : addresses that the page asked for beside itself.
    reported : dialogs, errors and messages of the console.
    barriers : what axe-core finds.
    crowded : texts of charts that lie on one another or leave the window.
    pale : texts of charts with too little contrast, which axe-core does not judge.
    begun : headings of which a line begins with a mark of punctuation.
    sideways : windows in which the page scrolls sideways.
    cut : what does not fit on the paper.
    """

    asked: list[str] = field(default_factory=list)
    reported: list[dict[str, Any]] = field(default_factory=list)
    barriers: list[str] = field(default_factory=list)
    crowded: list[str] = field(default_factory=list)
    pale: list[str] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)
    sideways: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)


def look(tab: Tab, file: Path) -> Seen:
    """Open ``file`` once and look at it in all windows and as it prints."""
    seen = Seen()
    tab.send("Page.setBypassCSP", enabled=False)
    tab.view(WINDOWS[0][0])
    tab.open(file)
    _print(tab, seen)
    _watch(tab, seen, file)
    tab.send("Page.setBypassCSP", enabled=True)  # from the next page on: axe-core is no script of ours
    tab.open(file)
    tab.unfold()
    tab.value(CODE_SHOWN)
    for width, dark in WINDOWS:
        tab.view(width, dark=dark)
        where = f"{width} px, {'dark' if dark else 'light'}: "
        seen.crowded += [where + one for one in tab.value(CROWDED)] if not dark else []
        seen.begun += [where + one for one in tab.value(BEGUN)] if not dark else []
        seen.pale += [where + one for one in tab.value(PALE)]
        if tab.value("document.scrollingElement.scrollWidth") > width:
            seen.sideways.append(where + file.name)
    tab.value(BARED)
    tab.value(axe() + ";0")
    for width, dark in WINDOWS:
        tab.view(width, dark=dark)
        seen.barriers += [f"{width} px, {'dark' if dark else 'light'}: {one}" for one in tab.value(JUDGED)]
    return seen


def _print(tab: Tab, seen: Seen) -> None:
    tab.view(PAPER)
    tab.value('dispatchEvent(new Event("beforeprint"))')
    tab.send("Emulation.setEmulatedMedia", media="print")
    seen.cut = tab.value(CUT)
    tab.send("Emulation.setEmulatedMedia", media="")


def _watch(tab: Tab, seen: Seen, file: Path) -> None:
    requests = tab.reported("Network.requestWillBeSent")
    asked = [event["params"]["request"]["url"] for event in requests]
    seen.asked = [one for one in asked if one != file.as_uri()]
    seen.reported = tab.reported("Page.javascriptDialogOpening", "Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")


@cache
def axe() -> str:
    """The script of axe-core (MPL-2.0), as its package carries it."""
    return resources.files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
