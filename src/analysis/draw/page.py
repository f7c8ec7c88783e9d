"""What a notebook puts on a page: sections, each made once and held in both languages.

    page = open_page(stage.params.report)
    page.headline(kicker=say("profit.page.name"), title=say("profit.page.title", ...), standfirst=say(...))

A cell whose last expression is a ``Section`` becomes part of the page; everything else stays in the notebook.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd
from markupsafe import Markup

from analysis.core import params
from analysis.core.contracts.schema import Table
from analysis.core.edition import LANGUAGES, Edition, Language
from analysis.core.estimate import Figure
from analysis.core.text import Phrase, say
from analysis.draw import grid, html, style, svg
from analysis.draw.grid import Look
from analysis.draw.html import Change, Kpi
from analysis.draw.section import MIME, Action, Check, Link, Missing, Section, Term, checked, needs_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

__all__ = [
    "MIME",
    "Action",
    "Change",
    "Check",
    "Kpi",
    "Look",
    "Missing",
    "Page",
    "Section",
    "Term",
    "open_page",
]

CHART_CELLS = 500  # of the table behind a chart, about as many as a drawing can show; its stage's table has all rows


@dataclass(frozen=True)
class Page:
    """Makes the sections of one page; see the methods. All words are phrases of the catalogue."""

    language: Language
    currency: str
    mask_names: bool

    @property
    def editions(self) -> tuple[Edition, ...]:
        """Every page exists in both languages."""
        return tuple(Edition(language, self.currency) for language in LANGUAGES)

    def shown_name(self, name: str) -> str:
        """``name`` as pages may show it: whole, or masked where ``report.mask_names`` asks for it."""
        return f"{name[:1]}***" if self.mask_names and name else name

    def headline(self, *, kicker: Phrase, title: Phrase, standfirst: Phrase) -> Section:
        """The page's message: its only H1, with the topic above and the period and scope below."""

        def build(edition: Edition) -> Markup:
            return Markup(
                '<header class="headline" id="summary"><p class="kicker">{}</p><h1>{}</h1>'
                '<p class="standfirst">{}</p></header>'
            ).format(kicker.html(edition), html.message(title, edition), standfirst.html(edition))

        said = {"kicker": kicker, "title": title, "standfirst": standfirst}
        summary = {
            edition.language: {name: phrase.text(edition) for name, phrase in said.items()}
            for edition in self.editions
        }
        return self._section("summary", "headline", build, say("page.frame.summary"), summary)

    def kpis(self, kpis: Sequence[Kpi]) -> Section:
        """The row of key figures; the index shows the first three."""

        def build(edition: Edition) -> Markup:
            label = say("page.frame.key_figures").text(edition)
            tiles = html.joined(html.tile(kpi, edition) for kpi in kpis)
            return Markup('<section class="kpis" aria-label="{}"><dl>{}</dl></section>').format(label, tiles)

        summary = {
            edition.language: {"kpis": [[kpi.label.text(edition), _plain(kpi, edition)] for kpi in kpis[:3]]}
            for edition in self.editions
        }
        return self._section("kpis", "kpis", build, None, summary)

    def actions(self, actions: Sequence[Action]) -> Section:
        """What to do this month: at most three actions."""

        def build(edition: Edition) -> Markup:
            lines = (
                Markup("<b>{}</b> {}").format(action.order.html(edition), action.reason.html(edition))
                for action in actions
            )
            title = Markup('<h2 id="actions-title">{}</h2>').format(say("page.frame.actions").html(edition))
            return html.section("actions", "actions", title + html.items(lines, "orders", "ol"))

        return self._section("actions", "actions", build)

    def figure(
        self,
        name: str,
        *,
        title: Phrase,
        draw: Callable[[Edition, int], Drawing],
        data: pd.DataFrame,
        contract: Table,
        kicker: Phrase | None = None,
        deck: Phrase | None = None,
        note: Phrase | None = None,
        look: Look | None = None,
        half: bool = False,
    ) -> Section:
        """A chart with its message, and its data below.

        Parameters
        ----------
        name : anchor on the page, unique, as ``"whale"``.
        draw : called with the edition and a width in CSS pixels; returns the matplotlib figure. It is called
            once a language and width, so compute nothing in it.
        data, contract, look : the table behind the chart.
        half : one of a pair, side by side on a wide screen.
        """
        behind = _behind(look or Look(search=False), contract)
        widths = {"half": style.HALF} if half else {"wide": style.WIDE, "narrow": style.NARROW}

        def build(edition: Edition) -> Markup:
            label = title.text(edition) + (f". {deck.text(edition)}" if deck else "")
            plots = html.joined(
                Markup('<div class="plot {}">{}</div>').format(
                    size, svg.inline(draw(edition, width), prefix=f"{name}-{size}", label=label)
                )
                for size, width in widths.items()
            )
            table = grid.table(data, contract, behind, title.text(edition), edition)
            details = html.folded(say("page.frame.data_behind"), table, edition, printed=False)
            tail = html.optional('<p class="note">{}</p>', note, edition)
            body = html.head(name, kicker, title, deck, edition) + plots + tail + details
            return html.section(name, "figure half" if half else "figure", body)

        return self._section(name, "figure", build, kicker or title)

    def table(
        self,
        name: str,
        frame: pd.DataFrame,
        contract: Table,
        *,
        title: Phrase,
        kicker: Phrase | None = None,
        deck: Phrase | None = None,
        note: Phrase | None = None,
        look: Look | None = None,
        names: Sequence[str] = (),
        folded: bool = False,
    ) -> Section:
        """A table that sorts, searches and saves as CSV.

        Parameters
        ----------
        names : its columns of names to mask.
        folded : a long one to look something up in, behind one line until it is opened or printed.
        """
        masked = frame.assign(**{column: frame[column].map(self.shown_name) for column in names})

        def build(edition: Edition) -> Markup:
            body = html.head(name, kicker, title, deck, edition)
            table = grid.table(masked, contract, look or Look(), title.text(edition), edition)
            body += html.folded(say("page.table.all", rows=len(frame)), table, edition, printed=True) if folded else table
            return html.section(name, "figure", body + html.optional('<p class="note">{}</p>', note, edition))

        return self._section(name, "table", build, kicker or title)

    def notes(
        self, name: str, *, title: Phrase, lines: Sequence[Phrase], kicker: Phrase | None = None, half: bool = False
    ) -> Section:
        """A few sentences, each on its own line; ``half`` in place of one of a pair of charts."""
        classes = "figure notes half" if half else "figure notes"

        def build(edition: Edition) -> Markup:
            body = html.items((line.html(edition) for line in lines), "lines")
            return html.section(name, classes, html.head(name, kicker, title, None, edition) + body)

        return self._section(name, "notes", build, kicker or title)

    def links(self, name: str, *, title: Phrase, links: Sequence[Link], kicker: Phrase | None = None) -> Section:
        """Files beside the page, each on its own line; not on paper nor in a PDF, beside which they do not lie."""

        def build(edition: Edition) -> Markup:
            lines = (
                Markup('<a href="{}">{}</a> {}').format(link.href(edition), link.label.html(edition), link.what.html(edition))
                for link in links
            )
            body = html.items(lines, "lines")
            return html.section(name, "figure notes files", html.head(name, kicker, title, None, edition) + body)

        return self._section(name, "notes", build, kicker or title)

    def glossary(self, terms: Sequence[Term]) -> Section:
        """The terms of the page."""

        def build(edition: Edition) -> Markup:
            pairs = ((term.term.html(edition), term.meaning.html(edition)) for term in terms)
            opening = html.head(
                "terms", say("page.frame.terms"), say("page.frame.how_to_read"), None, edition
            )
            return html.section("terms", "figure", opening + html.definitions(pairs, "terms"))

        return self._section("terms", "glossary", build, say("page.frame.terms"))

    def missing(self, gaps: Sequence[Missing]) -> Section | None:
        """What the data cannot show, and which column would; nothing where nothing is missing."""

        def build(edition: Edition) -> Markup:
            opening = html.head(
                "missing",
                say("page.frame.missing"),
                say("page.frame.missing_title", gaps=len(gaps)),
                None,
                edition,
            )
            pairs = ((gap.what.html(edition), needs_of(gap, edition)) for gap in gaps)
            return html.section("missing", "figure", opening + html.definitions(pairs, "gaps"))

        return self._section("missing", "missing", build, say("page.frame.missing")) if gaps else None

    def provenance(self, *, checks: Sequence[Check], notes: Sequence[Phrase] = ()) -> Section:
        """The notebook's self-check; the page's footer counts it, and says data, parameters and versions."""

        def build(edition: Edition) -> Markup:
            lines = [checked(check, edition) for check in checks] + [note.html(edition) for note in notes]
            opening = html.head(
                "checks", say("page.frame.checks"), say("page.frame.checks_title"), None, edition
            )
            return html.section("checks", "figure notes", opening + html.items(lines, "lines"))

        held = sum(check.holds for check in checks)
        return self._section("checks", "checks", build, say("page.frame.checks"), checks=(held, len(checks)))

    def _section(
        self,
        name: str,
        kind: str,
        build: Callable[[Edition], Markup],
        entry: Phrase | None = None,
        summary: Mapping[Language, Any] | None = None,
        checks: tuple[int, int] = (0, 0),
    ) -> Section:
        entries = {edition.language: entry.text(edition) for edition in self.editions} if entry else {}
        return Section(
            name, kind, html.both(build, self.editions), entries, summary or {}, checks, self.language
        )


def open_page(report: params.Report) -> Page:
    """The page of a stage: ``open_page(stage.params.report)``."""
    return Page(report.language, report.currency or "", report.mask_names)


def _behind(look: Look, contract: Table) -> Look:
    """``look`` with as many rows as a chart needs beside it."""
    rows = CHART_CELLS // len(look.columns or contract.by_name)
    return replace(look, limit=min(look.limit, rows))


def _plain(kpi: Kpi, edition: Edition) -> str:
    """A tile's value as the index shows it."""
    if not isinstance(kpi.value, Figure):
        return kpi.value.text(edition)
    missing = kpi.value.status == "not_available"
    return (say("page.status.not_available") if missing else html.value_of(kpi.value)).text(edition)
