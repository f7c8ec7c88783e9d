"""A part of a page, and the small things that parts are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from analysis.core.edition import TAGS, Edition, Language
from analysis.core.text import Phrase, say
from analysis.draw import html, style

MIME = "application/vnd.workbook.section+json"


@dataclass(frozen=True)
class Section:
    """A part of a page in both languages.

    Attributes
    ----------
    html : by language.
    entry : its line in the table of contents by language; empty for a part that needs none.
    summary : what the index of the pages shows of it, by language.
    checks : how many of its checks hold, and how many there are.
    """

    name: str
    kind: str
    html: Mapping[Language, str]
    entry: Mapping[Language, str]
    summary: Mapping[Language, Any]
    checks: tuple[int, int]
    language: Language

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:  # noqa: ARG002
        return {
            "text/html": in_notebook(self.html[self.language], self.language),
            "text/plain": repr(self),
            MIME: {
                **self.html, "name": self.name, "kind": self.kind, "entry": dict(self.entry),
                "summary": dict(self.summary), "checks": list(self.checks),
            },
        }  # fmt: skip

    def __repr__(self) -> str:
        return f"Section({self.kind}, {self.name})"


def in_notebook(body: str, language: Language) -> str:
    """``body`` as a notebook shows it: with the page's style, which reaches nothing else, and without its script.

    The style stands outside of the sheet, since a scope's rules do not match the element that they are scoped to.
    """
    body = body.replace("<noscript>", "").replace("</noscript>", "")
    looks = f"<style>@scope{{{style.stylesheet()}}}</style>"
    return f'<div>{looks}<div class="sheet" lang="{TAGS[language]}">{body}</div></div>'


@dataclass(frozen=True)
class Action:
    """One thing to do this month: a short order, and why, with money and count."""

    order: Phrase
    reason: Phrase


@dataclass(frozen=True)
class Link:
    """A file beside the page: its place in one edition, its name and what is in it."""

    href: Callable[[Edition], str]
    label: Phrase
    what: Phrase


@dataclass(frozen=True)
class Term:
    """A term of the page and what it means."""

    term: Phrase
    meaning: Phrase


@dataclass(frozen=True)
class Missing:
    """What the page cannot show: what, the table and column that would show it, and what for."""

    what: Phrase
    needs: str
    enables: Phrase | None = None


@dataclass(frozen=True)
class Check:
    """A statement about the numbers that the notebook has verified."""

    statement: Phrase
    holds: bool


def needs_of(gap: Missing, edition: Edition) -> Markup:
    """What a missing part would show, and the column that it needs."""
    needs = Markup("{} <code>{}</code>").format(say("page.frame.needs").html(edition), gap.needs)
    return html.optional("{}<br>", gap.enables, edition) + needs


def checked(check: Check, edition: Edition) -> Markup:
    """A check with its mark, and with a word for those who do not see it."""
    mark, verdict = ("✓", "holds") if check.holds else ("✗", "fails")
    return Markup('<span class="{}" aria-hidden="true">{}</span> {}<span class="hidden"> {}</span>').format(
        verdict, mark, check.statement.html(edition), say(f"page.check.{verdict}").html(edition)
    )
