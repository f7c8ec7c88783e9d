"""What is told of a month beside its pages: ``python -m pipeline.month`` writes ``reports/month.json``.

Reads ``reports/summary/<stage>.json``; the order is that of the notebooks, the director's page first. The list of
months is made from these files, and never from pages.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from analysis.core import params, project, tables
from analysis.core.contracts.clean import RUN_FACTS
from analysis.core.errors import AnalysisError
from pipeline.provenance import DEMO, MONTH_FILE, pages
from pipeline.sources import write_whole, written


def told(source: str) -> dict[str, Any]:
    """Up to which day the figures reach, whether they are made up, and what each page says.

    Parameters
    ----------
    source : path of the data, as ``params.yaml`` names it.
    """
    root = project.root()
    names = json.loads((root / "build" / "stages.json").read_text(encoding="utf-8"))
    files = {stage: root / "reports" / "summary" / f"{stage}.json" for stage in pages(root)}
    # a notebook without a page has no summary
    said = {stage: _said(file, names[stage]) for stage, file in files.items() if file.is_file()}
    as_of = tables.read(RUN_FACTS).iloc[0]["as_of"]
    return {"as_of": as_of.date().isoformat(), "is_demo": source == DEMO, "said": said}


def _said(summary: Path, names: dict[str, str]) -> dict[str, Any]:
    """What a page says and how it is called, by language."""
    words = json.loads(summary.read_text(encoding="utf-8"))
    return {language: {"name": names[language]} | said for language, said in words.items()}


def main() -> int:
    """Write the file; say in one line what stands in the way."""
    try:
        month = told(params.load(project.inside("params.yaml")).source.path)
    except AnalysisError as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    write_whole(project.inside("reports") / MONTH_FILE, written(month, sort_keys=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
