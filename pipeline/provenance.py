"""Where the numbers of a page come from: the facts in its footer."""

from __future__ import annotations

import hashlib
import io
import json
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

FIRST = "executive"
DEMO = "data/demo"  # the source that the stage demo makes up, so that it need not be there before the first run
MONTH_FILE = "month.json"  # what is told of a month: in reports/, and in the folder of each month
NAMED_PACKAGES = ("duckdb", "numpy", "pandas", "pyarrow", "scipy", "statsmodels")


def month_name(as_of: str) -> str:
    """``2026-09``: a month has one entry, whichever of its days counted last."""
    return as_of[:7]


def wiring(root: Path, stage: str) -> dict[str, Any]:
    """The entry of ``stage`` in ``dvc.yaml``; an empty one if there is none."""
    from ruamel.yaml import YAML

    content = YAML(typ="safe").load((root / "dvc.yaml").read_text(encoding="utf-8"))
    entry: dict[str, Any] = content["stages"].get(stage, {})
    return entry


def outputs(entry: dict[str, Any], *kinds: str) -> list[str]:
    """Paths that a stage must have written when it ends; of ``kinds``, or all."""
    declared = [one for kind in kinds or ("outs", "metrics", "plots") for one in entry.get(kind, [])]
    return [next(iter(one)) if isinstance(one, dict) else one for one in declared]


def as_csv(table: Path) -> str:
    """The stored ``table`` in the form that ``dvc plots`` draws; a text that could be a formula gets an apostrophe."""
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet as pq

    from analysis.core import cells

    content = pq.ParquetFile(table).read()  # without pandas, which read_table loads
    columns = {
        cells.csv_text(name): pa.array(
            [one and cells.csv_text(one) for one in column.to_pylist()], pa.string()
        )
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
        else column
        for name, column in zip(content.column_names, content.columns, strict=True)
    }
    text = io.BytesIO()
    pyarrow.csv.write_csv(pa.table(columns), text)
    return text.getvalue().decode("utf-8")


def pages(root: Path) -> list[str]:
    """Stages that have a page, in reading order: the director's first, then as the notebooks are numbered."""
    stages: dict[str, Any] = json.loads((root / "build" / "stages.json").read_text(encoding="utf-8"))
    return sorted(stages, key=lambda stage: stage != FIRST)


def facts(root: Path, stage: str, title: str, sections: list[str], params_file: Path) -> dict[str, Any]:
    """What the page of ``stage`` says about its run.

    ``params_sha256`` covers the sections that the stage declares, so that a page never changes with a
    parameter that its stage does not read.
    """
    import pyarrow.parquet as pq
    from ruamel.yaml import YAML

    run = pq.ParquetFile(root / "data" / "tables" / "run_facts.parquet").read().to_pylist()[0]
    params = YAML(typ="safe").load(params_file.read_text(encoding="utf-8"))
    declared = {section: params[section] for section in sorted(sections)}
    return {
        "stage": stage,
        "title": title,
        "as_of": run["as_of"].isoformat(),
        "currency": run["currency"],
        "data_sha256": run["data_sha256"],
        "params_sha256": hashlib.sha256(json.dumps(declared, sort_keys=True).encode()).hexdigest(),
        "organisation": params["report"]["organisation"],
        "pages": pages(root),
        "versions": {"python": ".".join(map(str, sys.version_info[:2]))}
        | {package: version(package) for package in NAMED_PACKAGES},
    }
