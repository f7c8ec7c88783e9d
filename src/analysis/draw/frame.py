"""What stands around the sections: head, top bar, contents and provenance."""

from __future__ import annotations

import base64
import datetime
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markupsafe import Markup

from analysis.core.edition import LANGUAGES, Edition
from analysis.core.text import say
from analysis.draw import style
from analysis.draw.html import definitions, joined

SHORT_HASH = 16  # characters of a hash that a reader compares


@dataclass(frozen=True)
class Facts:
    """What the frame of one page says.

    Attributes
    ----------
    stage : the page's stage; empty for the index.
    title : of the window, in the edition's language.
    stages : all pages in reading order.
    contents : anchor and line of the contents.
    code : whether the page carries its notebook's code.
    """

    edition: Edition
    stage: str
    title: str
    organisation: str
    stages: Sequence[str]
    contents: Sequence[tuple[str, str]]
    code: bool


@dataclass(frozen=True)
class Provenance:
    """Where the page's numbers come from; nothing that differs between two equal runs."""

    as_of: datetime.date
    data_hash: str
    params_hash: str
    versions: Mapping[str, str]
    checks: tuple[int, int]


def opening(facts: Facts) -> Markup:
    """Everything before the first section."""
    edition = facts.edition
    return joined(
        (
            Markup('<!DOCTYPE html>\n<html lang="{}">\n<head>\n<meta charset="utf-8">\n').format(edition.tag),
            Markup('<meta http-equiv="Content-Security-Policy" content="{}">\n').format(policy()),
            Markup('<meta name="viewport" content="width=device-width, initial-scale=1">\n'),
            Markup("<title>{} · {}</title>\n").format(facts.title, facts.organisation),
            Markup("<style>\n{}</style>\n</head>\n").format(Markup(style.stylesheet())),
            Markup('<body class="sheet">\n<a class="skip" href="#main">{}</a>\n').format(
                say("page.frame.skip").html(edition)
            ),
            _top(facts),
            Markup('<div class="frame">\n'),
            _contents(facts),
            Markup('<main id="main"{}>\n').format(Markup("") if facts.stage else Markup(' class="index"')),
        )
    )


def closing(facts: Facts, provenance: Provenance | None) -> Markup:
    """Everything after the last section."""
    footer = _provenance(provenance, facts.edition) if provenance else Markup("")
    return Markup("{}</main>\n</div>\n<script>{}</script>\n</body>\n</html>\n").format(
        footer, Markup(script())
    )


@cache
def script() -> str:
    """The one script of every page."""
    return Path(__file__).with_name("page.js").read_text(encoding="utf-8")


@cache
def policy() -> str:
    """What the browser may do with the page: run this one script, and ask nobody for anything."""
    digest = base64.b64encode(hashlib.sha256(script().encode()).digest()).decode()
    return (
        "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def page_file(stage: str, language: str) -> str:
    """File of a stage's page, relative to the other pages."""
    return f"{stage}.{language}.html"


def index_file(language: str) -> str:
    """File of the list of months in ``language``."""
    return f"index.{language}.html"


@dataclass(frozen=True)
class Neighbour:
    """The month before or after: a day of it, and its page."""

    as_of: datetime.date
    file: str


MONTHS = (Markup('<nav class="months"'), Markup("</nav>\n"))  # begin and end of the links below


def months(
    edition: Edition, index: str, previous: Neighbour | None = None, following: Neighbour | None = None
) -> Markup:
    """Links to the list of months and to the months around; they are filled in again when another month comes."""
    begin, end = MONTHS
    return Markup('{} aria-label="{}">\n{}<a href="{}">{}</a>\n{}{}').format(
        begin,
        say("page.frame.months").text(edition),
        _neighbour("previous", previous, edition),
        index,
        say("page.frame.all_months").html(edition),
        _neighbour("following", following, edition),
        end,
    )


def _neighbour(which: str, month: Neighbour | None, edition: Edition) -> Markup:
    if month is None:
        return Markup("")
    return Markup('<a href="{}"><span class="hidden">{}</span> {}</a>\n').format(
        month.file,
        say(f"page.frame.{which}").html(edition),
        say(f"page.frame.{which}_month", month=month.as_of).html(edition),
    )


def _top(facts: Facts) -> Markup:
    edition = facts.edition
    links = [_other(facts, other) for other in LANGUAGES if other != edition.language]
    if facts.stage:
        links.insert(0, months(edition, index_file(edition.language)))
    if facts.code:
        links.append(
            Markup('<label class="switch"><input type="checkbox" id="code">{}</label>\n').format(
                say("page.frame.code").html(edition)
            )
        )
    links.append(
        Markup('<button type="button" id="print" hidden>{}</button>\n').format(
            say("page.frame.print").html(edition)
        )
    )
    pages = joined(_page_link(stage, facts) for stage in facts.stages)
    row = Markup('<nav class="pages" aria-label="{}">\n{}</nav>\n').format(
        say("page.frame.pages").text(edition), pages
    )
    return Markup(
        '<header class="top"><div><span class="organisation"><bdi>{}</bdi></span>\n{}</div>\n{}</header>\n'
    ).format(facts.organisation, joined(links), row if pages else "")


def _other(facts: Facts, language: str) -> Markup:
    """Link to the same page in another language, named in that language."""
    other = Edition(language, facts.edition.currency)  # type: ignore[arg-type]
    file = page_file(facts.stage, language) if facts.stage else index_file(language)
    return Markup('<a href="{}" hreflang="{}" lang="{}">{}</a>\n').format(
        file, other.tag, other.tag, say("page.frame.language").html(other)
    )


def _page_link(stage: str, facts: Facts) -> Markup:
    here = Markup(' aria-current="page"') if stage == facts.stage else Markup("")
    return Markup('<a href="{}"{}>{}</a>\n').format(
        page_file(stage, facts.edition.language), here, say(f"{stage}.page.name").html(facts.edition)
    )


def _contents(facts: Facts) -> Markup:
    if not facts.contents:
        return Markup("")
    lines = joined(Markup('<li><a href="#{}">{}</a></li>\n').format(*line) for line in facts.contents)
    title = say("page.frame.contents").html(facts.edition)
    return Markup('<nav class="toc" aria-label="{}"><b>{}</b><ul>\n{}</ul></nav>\n').format(
        title, title, lines
    )


def _provenance(facts: Provenance, edition: Edition) -> Markup:
    held, all_checks = facts.checks
    code = Markup("<code>{}</code>").format
    rows = [
        (say("page.from.as_of"), say("page.from.day", day=facts.as_of).html(edition)),
        (say("page.from.data"), code(f"sha256:{facts.data_hash[:SHORT_HASH]}")),
        (say("page.from.parameters"), code(f"sha256:{facts.params_hash[:SHORT_HASH]}")),
        (
            say("page.from.software"),
            code(", ".join(f"{name} {at}" for name, at in sorted(facts.versions.items()))),
        ),
    ]
    if all_checks:
        rows.append((say("page.from.checks"), say("page.from.held", held=held, all=all_checks).html(edition)))
    title = Markup('<h2 id="provenance-title">{}</h2>').format(say("page.from.title").html(edition))
    listed = definitions(((name.html(edition), value) for name, value in rows), "facts")
    return Markup('<footer class="provenance" id="provenance">{}{}</footer>\n').format(title, listed)
