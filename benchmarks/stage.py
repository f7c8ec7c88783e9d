"""What a stage costs before it does anything, and a refresh with nothing to do.

Both are measured in a copy of the project whose stages only touch what they declare, so that the wiring is the
real one and the user's own tables stay as they are.
"""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from ruamel.yaml import YAML

from analysis.core.contracts.clean import RUN_FACTS
from benchmarks.measure import Measured, measure

ROOT = Path(__file__).parents[1]
FILE = ROOT / "build" / "benchmarks" / "stage.json"
COPIED = (
    "notebooks",
    "pipeline",
    "src",
    "params.yaml",
    "requirements.lock",
    ".dvc/config",
    ".gitignore",
    ".dvcignore",
)
EMPTY = "executive"  # any stage that has a page
HEADLINE = """from analysis.core import params
from analysis.core.text import quoted
from analysis.draw.page import open_page

page = open_page(params.Report(organisation="Demo", language="en", currency="CNY", mask_names=False))
page.headline(kicker=quoted("Nothing"), title=quoted("Nothing"), standfirst=quoted("Nothing"))
"""
NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# Nothing"},
        {"cell_type": "code", "id": "nothing", "metadata": {}, "source": HEADLINE, "execution_count": None, "outputs": []},
    ],
    "metadata": {}, "nbformat": 4, "nbformat_minor": 5,
}  # fmt: skip
PAGES = ("reports/executed/{}.ipynb", "reports/{}.en.html", "reports/{}.zh.html", "reports/summary/{}.json")
TOUCH = """import sys
from pathlib import Path
for name in sys.argv[1:]:
    file = Path(name if Path(name).suffix else name + "/file.csv")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("{}")
"""
IMPORTS = "import papermill, nbconvert, ipykernel"


def measure_stage(runs: int) -> int:
    """Print the medians of several runs, beside those of the runner's imports alone."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        copy_project(project)
        _run(project, sys.executable, "-m", "dvc", "repro", "--quiet")
        found = {
            "python alone": _median(project, runs, "-c", "pass"),
            "imports of the runner": _median(project, runs, "-c", IMPORTS),
            "import of dvc": _median(project, runs, "-c", "import dvc.cli, dvc.repo"),
            "dvc repro, nothing to do": _median(project, runs, "-m", "dvc", "repro"),
            "refresh, nothing to do": _median(project, runs, "-m", "pipeline.refresh"),
        }
        add_empty_stage(project)
        found["empty stage"] = _median(project, runs, "-m", "pipeline.run", EMPTY)
    base = found["imports of the runner"]
    print(
        f"medians of {runs} runs\n{'':26}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}{'wall':>9}{'CPU':>9}   of the imports"
    )
    for name, one in found.items():
        ratios = f"{one.wall_seconds / base.wall_seconds:9.0%}{one.cpu_seconds / base.cpu_seconds:9.0%}"
        print(f"{name:26}{one.wall_seconds:9.2f}{one.cpu_seconds:9.2f}{one.peak_mb:9.0f}{ratios}")
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(
        json.dumps({name: dataclasses.asdict(one) for name, one in found.items()}, indent=2) + "\n",
        encoding="utf-8",
    )
    print(f"Numbers: {FILE.relative_to(ROOT)}")
    return 0


def copy_project(project: Path) -> None:
    """The project with its real wiring, whose stages only touch what they declare."""
    for name in COPIED:
        source, target = ROOT / name, project / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.is_file():
            shutil.copy(source, target)
    (project / "touch.py").write_text(TOUCH, encoding="utf-8")
    wiring = _yaml(ROOT / "dvc.yaml")
    for entry in wiring["stages"].values():
        entry["cmd"] = " ".join(["python", "touch.py", *_outputs(entry)])
    _write_yaml(project / "dvc.yaml", wiring)
    params = _yaml(ROOT / "params.yaml")
    params["source"]["path"] = "data/demo"
    _write_yaml(project / "params.yaml", params)
    _run(project, "git", "init", "--quiet")


def add_empty_stage(project: Path) -> None:
    """A stage whose notebook says its headline and nothing else, ready to be run by hand."""
    wiring = _yaml(project / "dvc.yaml")
    wiring["stages"][EMPTY] = {
        "cmd": f"python -m pipeline.run {EMPTY}",
        "outs": [page.format(EMPTY) for page in PAGES],
    }
    _write_yaml(project / "dvc.yaml", wiring)
    notebook = project / "build" / "notebooks" / f"{EMPTY}.ipynb"
    notebook.write_text(json.dumps(NOTEBOOK), encoding="utf-8")
    stages = project / "build" / "stages.json"
    stages.write_text(json.dumps({EMPTY: {"en": "Nothing", "zh": "无"}}), encoding="utf-8")
    facts = {"date": 0, "text": "", "bool": False, "ratio": 0.0, "float": 0.0, "money": 0.0}
    row = {column.name: [facts.get(column.kind, 0)] for column in RUN_FACTS.columns}
    pq.write_table(pa.table(row, schema=RUN_FACTS.arrow), project / "data" / "tables" / "run_facts.parquet")


def _median(project: Path, runs: int, *arguments: str) -> Measured:
    """Each number's own median; one run before them fills the caches."""
    taken = [measure([sys.executable, *arguments], project, _environment(project)) for _ in range(runs + 1)][
        1:
    ]
    names = [field.name for field in dataclasses.fields(Measured)]
    return Measured(*(statistics.median(getattr(one, name) for one in taken) for name in names))


def _environment(project: Path) -> dict[str, str]:
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)))
    # As under DVC, which makes the views of the notebooks in a stage of their own.
    return {
        "PATH": path,
        "PYTHONPATH": os.pathsep.join((str(project / "src"), str(project))),
        "DVC_STAGE": EMPTY,
    }


def _run(project: Path, *command: str) -> None:
    subprocess.run(command, cwd=project, env={**os.environ, **_environment(project)}, check=True)


def _outputs(entry: dict[str, Any]) -> Sequence[str]:
    listed = [one for kind in ("outs", "metrics", "plots") for one in entry.get(kind, [])]
    return [next(iter(one)) if isinstance(one, dict) else one for one in listed]


def _yaml(file: Path) -> dict[str, Any]:
    return YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))


def _write_yaml(file: Path, content: dict[str, Any]) -> None:
    with file.open("w", encoding="utf-8") as stream:
        YAML(typ="safe", pure=True).dump(content, stream)
