"""The parts of a page as HTML; nothing else in the workbook writes HTML.

``Markup.format`` escapes whatever is put into it, so a text from the data cannot become markup here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from markupsafe import Markup

from analysis.core.edition import Edition, Language, is_missing
from analysis.core.estimate import Figure
from analysis.core.text import Phrase, catalogue, say

SIGNED = {
    "money": "+money", "ratio": "+percent1", "count": "+count", "days": "+days", "number": "+number2",
    "points": "+points1",
}  # fmt: skip
CLOSED = re.compile(r"[^\s<>&;，。：；、！？）]?[，。：；、！？）]+")  # a mark of Chinese punctuation with the letter before it


@dataclass(frozen=True)
class Change:
    """How a figure moved: ``amount`` in ``unit`` against ``versus`` ("vs Aug"); None is no comparison.

    ``unit`` is ``ratio`` for a relative change and ``points`` for the difference of two shares.
    """

    amount: float | None
    unit: Literal["money", "ratio", "count", "days", "number", "points"]
    versus: Phrase


@dataclass(frozen=True)
class Kpi:
    """One tile: a label, a value with its status, and its changes.

    Parameters
    ----------
    value : a ``Figure``, shown as its unit and status ask, or a ready phrase.
    good : the direction that is good; None colours nothing.
    level : of the interval, where the value has one.
    note : one small line; for a stand-in the name of the method, in words.
    trend : the last months, oldest first, for the small line.
    """

    label: Phrase
    value: Figure | Phrase
    changes: tuple[Change, ...] = ()
    good: Literal["up", "down"] | None = None
    level: float | None = None
    note: Phrase | None = None
    trend: tuple[float, ...] = ()


def joined(parts: Iterable[Markup]) -> Markup:
    """``parts`` one after another."""
    return Markup("").join(parts)


def optional(pattern: str, phrase: Phrase | None, edition: Edition) -> Markup:
    """``phrase`` inside ``pattern``, or nothing."""
    return Markup("") if phrase is None else Markup(pattern).format(phrase.html(edition))


def message(title: Phrase, edition: Edition) -> Markup:
    """The text of a heading, in which no mark of punctuation begins a line: browsers let it, where a clause is longer than a
    line of a phone."""
    return Markup(CLOSED.sub(r"<span>\g<0></span>", str(title.html(edition))))


def head(name: str, kicker: Phrase | None, title: Phrase, deck: Phrase | None, edition: Edition) -> Markup:
    """Kicker, message and deck of a section."""
    return (
        optional('<p class="kicker">{}</p>', kicker, edition)
        + Markup('<h2 id="{}-title">{}</h2>').format(name, message(title, edition))
        + optional('<p class="deck">{}</p>', deck, edition)
    )


def section(name: str, classes: str, body: Markup) -> Markup:
    """A part of the page that the table of contents can lead to; its heading is its label."""
    return Markup('<section class="{}" id="{}" aria-labelledby="{}-title">{}</section>').format(
        classes, name, name, body
    )


def value_of(figure: Figure) -> Phrase:
    """``figure``'s value in its unit."""
    return say(f"page.value.{figure.unit}", value=figure.value)


def figure_value(figure: Figure, edition: Edition) -> Markup:
    """The value, looking like its status: a stand-in is slanted, a missing one says so."""
    if figure.status == "not_available":
        return Markup('<span class="absent">{}</span>').format(say("page.status.not_available").html(edition))
    shown = value_of(figure).html(edition)
    return Markup("<em>{}</em>").format(shown) if figure.status == "proxy" else shown


def figure_notes(figure: Figure, note: Phrase | None, level: float | None, edition: Edition) -> Markup:
    """Small lines under the value: the interval, the stand-in's name, what is missing."""
    lines: list[Markup] = []
    if figure.status == "not_available":
        lines.append(say("page.status.needs", needs=needs_in_words(figure.needs)).html(edition))
    if figure.status == "proxy":
        lines.append(say("page.status.proxy", method=note or figure.method).html(edition))
    elif note is not None:
        lines.append(note.html(edition))
    if figure.lo is not None and figure.hi is not None:
        ends = {side: say(f"page.value.{figure.unit}", value=getattr(figure, side)) for side in ("lo", "hi")}
        interval = (
            say("page.status.interval", **ends)
            if level is None
            else say("page.status.interval_level", level=level, **ends)
        )
        lines.append(interval.html(edition))
    return joined(Markup('<dd class="small">{}</dd>').format(line) for line in lines)


def needs_in_words(needs: str) -> Phrase | str:
    """What is missing in the reader's words; a table or a column keeps its name."""
    name = needs.replace(" ", "_").replace(".", "_")
    return say(f"page.needs.{name}") if f"needs.{name}" in catalogue("page") else needs


def tile(kpi: Kpi, edition: Edition) -> Markup:
    """One tile of the row of key figures."""
    if isinstance(kpi.value, Figure):
        value = figure_value(kpi.value, edition)
        notes = figure_notes(kpi.value, kpi.note, kpi.level, edition)
    else:
        value, notes = kpi.value.html(edition), optional('<dd class="small">{}</dd>', kpi.note, edition)
    trend = sparkline(kpi.trend, _trend_label(kpi, edition)) if len(kpi.trend) > 1 else Markup("")
    changes = joined(change_line(change, kpi.good, edition) for change in kpi.changes)
    return Markup('<div class="kpi"><dt>{}</dt><dd class="value">{}</dd>{}{}{}</div>').format(
        kpi.label.html(edition), value, trend, changes, notes
    )


def _trend_label(kpi: Kpi, edition: Edition) -> str:
    """The small line in words: its first and its last value."""
    unit = kpi.value.unit if isinstance(kpi.value, Figure) else "number"
    first, last = (say(f"page.value.{unit}", value=kpi.trend[place]) for place in (0, -1))
    return say("page.frame.trend", label=kpi.label, first=first, last=last).text(edition)


def change_line(change: Change, good: str | None, edition: Edition) -> Markup:
    """Arrow, signed change and what it is measured against; good or bad by colour and by a hidden word."""
    if is_missing(change.amount):
        said = say("page.change.none").html(edition)
        return Markup('<dd class="change"><span>{}</span> {}</dd>').format(said, change.versus.html(edition))
    up = change.amount > 0  # type: ignore[operator]
    verdict = "" if good is None or change.amount == 0 else "better" if up == (good == "up") else "worse"
    word = say(f"page.change.{verdict}").html(edition) if verdict else ""
    arrow = "" if change.amount == 0 else "▲" if up else "▼"
    return Markup(
        '<dd class="change {}"><i aria-hidden="true">{}</i><b>{}</b> {}<span class="hidden"> {}</span></dd>'
    ).format(
        verdict, arrow, edition.show(change.amount, SIGNED[change.unit]), change.versus.html(edition), word
    )


def sparkline(values: Sequence[float], label: str) -> Markup:
    """A small line of ``values`` without axes; the last point is marked."""
    width, height, edge = 110, 28, 4  # CSS pixels
    known = [value for value in values if not is_missing(value)]
    low, high = (min(known), max(known)) if known else (0.0, 0.0)
    span = (high - low) or 1.0
    step = (width - edge - edge) / max(len(values) - 1, 1)
    points = [
        (edge + place * step, height - edge - (value - low) / span * (height - edge - edge))
        for place, value in enumerate(values)
        if not is_missing(value)
    ]
    if not points:
        return Markup("")
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return Markup(
        '<dd class="spark"><svg role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}">'
        '<path d="{}"></path><circle cx="{:.1f}" cy="{:.1f}" r="2.5"></circle></svg></dd>'
    ).format(label, width, height, width, height, path, *points[-1])


def small_columns(counts: Sequence[int], label: str) -> Markup:
    """Counts as small columns from zero; those of the last quarter of them are dark."""
    width, gap, height = 4, 2, 20  # CSS pixels
    most, late = max(counts, default=0) or 1, len(counts) - len(counts) // 4
    drawn = joined(
        Markup('<rect{} x="{}" y="{:.1f}" width="{}" height="{:.1f}"></rect>').format(
            Markup(' class="late"') if place >= late else "", place * (width + gap), height - count / most * height, width, count / most * height
        )
        for place, count in enumerate(counts) if count > 0
    )  # fmt: skip
    return Markup('<svg class="columns" role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}">{}</svg>').format(
        label, len(counts) * (width + gap), height, len(counts) * (width + gap), height, drawn
    )


def folded(line: Phrase, body: Markup, edition: Edition, *, printed: bool) -> Markup:
    """``body`` behind ``line``: the page's script makes elements of it when it is opened; without a script it is there."""
    return Markup('<details class="{}"><summary>{}</summary><noscript>{}</noscript></details>').format(
        "printed" if printed else "behind", line.html(edition), body
    )


def definitions(pairs: Iterable[tuple[Markup, Markup]], classes: str) -> Markup:
    """A list of terms, each with what belongs to it."""
    body = joined(Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(*pair) for pair in pairs)
    return Markup('<dl class="{}">{}</dl>').format(classes, body)


def items(lines: Iterable[Any], classes: str, tag: str = "ul") -> Markup:
    """A list of lines."""
    body = joined(Markup("<li>{}</li>").format(line) for line in lines)
    return Markup("<{} class='{}'>{}</{}>").format(tag, classes, body, tag)


def both(build: Callable[[Edition], Markup], editions: Iterable[Edition]) -> dict[Language, str]:
    """What ``build`` makes in each of ``editions``, by language."""
    return {edition.language: str(build(edition)) for edition in editions}
