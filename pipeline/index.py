"""The list of all pages: ``python -m pipeline.index`` writes it in both languages from what each page says.

Reads ``reports/summary/<stage>.json``; the order is that of the notebooks, the director's page first.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis.core import params, project, tables
from analysis.core.contracts.clean import RUN_FACTS
from analysis.core.edition import LANGUAGES, Edition
from analysis.core.errors import AnalysisError
from analysis.core.text import say
from analysis.draw import frame
from analysis.draw.html import joined
from pipeline.provenance import pages
from pipeline.sources import write_whole


def page(
    said: dict[str, dict[str, Any]], edition: Edition, report: params.Report, as_of: pd.Timestamp
) -> str:
    """The index in one language; ``said`` is the summary of each stage, in shown order."""
    facts = frame.Facts(
        edition=edition,
        stage="",
        title=say("page.index.title").text(edition),
        organisation=report.organisation,
        index_language=report.language,
        stages=(),
        contents=(),
        code=False,
    )
    opening = Markup('<header class="headline"><h1>{}</h1><p class="standfirst">{}</p></header>\n').format(
        say("page.index.title").html(edition), say("page.index.standfirst", as_of=as_of).html(edition)
    )
    entries = joined(_entry(stage, words[edition.language], edition) for stage, words in said.items())
    return frame.opening(facts) + opening + entries + frame.closing(facts, None)


def _entry(stage: str, words: dict[str, Any], edition: Edition) -> Markup:
    figures = joined(Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(*figure) for figure in words["kpis"])
    return Markup(
        '<section class="entry"><p class="kicker">{}</p><div><h2><a href="{}">{}</a></h2>'
        '<p class="deck">{}</p></div><dl class="figures">{}</dl></section>\n'
    ).format(
        say(f"{stage}.page.name").html(edition), frame.page_file(stage, edition.language), words["title"],
        words["standfirst"], figures,
    )  # fmt: skip


def main() -> int:
    """Write the index in each language, and in the report's language also as ``reports/index.html``."""
    try:
        loaded = params.load(project.inside("params.yaml"))
        facts = tables.read(RUN_FACTS).iloc[0]
    except AnalysisError as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    folder = project.inside("reports")
    files = {stage: folder / "summary" / f"{stage}.json" for stage in pages(project.root())}
    said = {stage: _read(file) for stage, file in files.items() if file.is_file()}
    for language in LANGUAGES:
        edition = Edition(language, facts["currency"])
        text = page(said, edition, loaded.report, facts["as_of"])
        # dvc.yaml lists files literally, so their names must not depend on the language of the report
        for name in sorted({f"index.{language}.html", frame.index_file(language, loaded.report.language)}):
            write_whole(folder / name, text)
    return 0


def _read(file: Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return said


if __name__ == "__main__":
    sys.exit(main())
