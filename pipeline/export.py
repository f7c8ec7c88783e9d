"""The files that people take away: ``python -m pipeline.export`` writes them into ``reports/files``.

A workbook of lists in each language, and what a CRM reads in. They are made of stored tables, so that a change of a
file makes no page stale.
"""

from __future__ import annotations

import os
import shutil
import sys

from analysis.core import params, project, tables
from analysis.core.contracts.executive import MONTH_ACTIONS
from analysis.core.contracts.export import CRM_EXCHANGE
from analysis.core.edition import LANGUAGES, Edition
from analysis.core.errors import AnalysisError
from analysis.core.takeaways import FOLDER, exchange_file, workbook_file
from analysis.draw.page import open_page
from analysis.export.about import about
from analysis.export.book import write_book
from analysis.export.exchange import exchange_csv, exchange_rows, read_lists
from analysis.export.sheets import sheets


def files() -> dict[str, bytes]:
    """Content by name."""
    loaded = params.load(project.inside("params.yaml"))
    lists = read_lists(loaded.churn.horizon_days)
    rows, as_of, currency = tables.write(CRM_EXCHANGE, exchange_rows(lists)), lists.facts["as_of"], lists.facts["currency"]
    found = sheets(lists, rows, loaded.export)
    first, shown_name = about(lists.facts, tables.read(MONTH_ACTIONS), found, loaded), open_page(loaded.report).shown_name
    books = {
        workbook_file(as_of, language): write_book(first, found, Edition(language, currency), shown_name)
        for language in LANGUAGES
    }
    return {**books, exchange_file(as_of): exchange_csv(rows, shown_name)}


def main() -> int:
    """Write each file whole or not at all; files of another month go, as DVC would take them."""
    try:
        folder, written = project.inside("reports") / FOLDER, files()
    except AnalysisError as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, content in written.items():
        partial = folder / f".{name}.tmp"  # swept away by pipeline.heal where a run was killed
        partial.write_bytes(content)
        os.replace(partial, folder / name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
