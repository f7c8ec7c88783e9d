"""The list of all months: ``reports/index.html``, newest first, made from what is told of each month."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from analysis.core import params
from analysis.core.edition import LANGUAGES, Edition
from analysis.core.text import say
from analysis.draw import frame
from analysis.draw.html import joined
from pipeline.archive import Month
from pipeline.sources import write_whole

KPIS = 3  # of a month


def write(reports: Path, months: Sequence[Month], report: params.Report) -> None:
    """Write the list in each language, and in the report's language also as ``index.html``."""
    for language in LANGUAGES:
        text = page(months, Edition(language, ""), report.organisation, reports)
        write_whole(reports / frame.index_file(language), text)
        if language == report.language:
            write_whole(reports / "index.html", text)


def page(months: Sequence[Month], edition: Edition, organisation: str, reports: Path) -> str:
    """The list in one language.

    Parameters
    ----------
    months : at least one, oldest first.
    reports : the folder in which the list will lie.
    """
    newest_first, latest = months[::-1], months[-1]
    title = say("page.index.title")
    facts = frame.Facts(
        edition=edition, stage="", title=title.text(edition), organisation=organisation, stages=(), contents=(),
        code=False,
    )  # fmt: skip
    standfirst = say("page.index.standfirst", months=len(months), as_of=latest.as_of)
    opening = Markup('<header class="headline"><h1>{}</h1><p class="standfirst">{}</p></header>\n').format(
        title.html(edition), standfirst.html(edition)
    )
    return (
        frame.opening(facts)
        + opening
        + _table(newest_first, edition, reports)
        + _page_by_page(latest, edition, reports)
        + frame.closing(facts, None)
    )


def _table(months: Sequence[Month], edition: Edition, reports: Path) -> Markup:
    labels = [label for label, _ in _kpis(months[0], edition)]
    columns = [
        (Markup(""), say("page.index.month").html(edition)),
        (Markup(""), say("page.index.message").html(edition)),
        *((Markup(' class="num"'), label) for label in labels),
        (Markup(""), say("page.index.pages").html(edition)),
    ]
    head = joined(Markup('<th scope="col"{}>{}</th>').format(*column) for column in columns)
    rows = joined(_row(month, labels, edition, reports, is_latest=month is months[0]) for month in months)
    return Markup(
        '<table class="list"><caption class="hidden">{}</caption>\n<thead><tr>{}</tr></thead>\n<tbody>\n{}</tbody></table>\n'
    ).format(say("page.frame.all_months").html(edition), head, rows)


def _row(month: Month, labels: list[str], edition: Edition, reports: Path, *, is_latest: bool) -> Markup:
    mark = Markup(' <span class="latest">{}</span>').format(say("page.index.latest").html(edition))
    first, *_ = month.said
    message = Markup('<a href="{}">{}</a>').format(
        _address(month, first, edition, reports), month.said[first][edition.language]["title"]
    )
    return Markup('<tr><th scope="row">{}{}</th><td class="message">{}</td>{}<td class="reports">{}</td></tr>\n').format(
        say("page.index.name", as_of=month.as_of).html(edition),
        mark if is_latest else "",
        message,
        joined(_kpi(kpi, label) for kpi, label in zip(_kpis(month, edition), labels, strict=True)),
        joined(_page(month, stage, edition, reports) for stage in month.said),
    )


def _kpis(month: Month, edition: Edition) -> list[tuple[str, str]]:
    """Label and value of the figures at the top of the month's first page."""
    first, *_ = month.said.values()
    told = [(label, value) for label, value in first[edition.language]["kpis"][:KPIS]]
    return told + [("", "")] * (KPIS - len(told))


def _kpi(kpi: tuple[str, str], heading: str) -> Markup:
    """A figure under its heading; its own label shows where the heading is another one, and on phones."""
    label, value = kpi
    other = Markup(" other") if label != heading else Markup("")
    return Markup('<td class="num{}"><span class="what">{}</span> {}</td>').format(other, label, value)


def _page(month: Month, stage: str, edition: Edition, reports: Path) -> Markup:
    return Markup('<a href="{}">{}</a> ').format(
        _address(month, stage, edition, reports), month.said[stage][edition.language]["name"]
    )


def _address(month: Month, stage: str, edition: Edition, reports: Path) -> str:
    return month.page(stage, edition.language).relative_to(reports).as_posix()


def _page_by_page(month: Month, edition: Edition, reports: Path) -> Markup:
    """What each further page of ``month`` says."""
    _, *stages = month.said
    title = say("page.index.by_page", as_of=month.as_of).html(edition)
    entries = joined(_entry(month, stage, edition, reports) for stage in stages)
    return Markup('<h2 class="by-page">{}</h2>\n{}').format(title, entries) if stages else Markup("")


def _entry(month: Month, stage: str, edition: Edition, reports: Path) -> Markup:
    words: dict[str, Any] = month.said[stage][edition.language]
    figures = joined(Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(*figure) for figure in words["kpis"])
    return Markup(
        '<section class="entry"><p class="kicker">{}</p><div><h3><a href="{}">{}</a></h3>'
        '<p class="deck">{}</p></div><dl class="figures">{}</dl></section>\n'
    ).format(words["name"], _address(month, stage, edition, reports), words["title"], words["standfirst"], figures)
