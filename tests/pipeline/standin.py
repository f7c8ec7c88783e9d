"""A project of one small notebook, so that the runner is tested without the workbook's own stages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.sources import view

ROOT = Path(__file__).parents[2]

WIRING = """
stages:
  sources:
    cmd: python -m pipeline.sources
    deps: [notebooks]
    outs: [build/stages.json, build/notebooks/clean.ipynb]
  clean:
    cmd: python -m pipeline.run clean
    deps:
      - build/notebooks/clean.ipynb
      - ${source.path}
    params: [as_of, report]
    outs:
      - data/tables/run_facts.parquet
      - reports/executed/clean.ipynb
      - reports/clean.en.html
      - reports/clean.zh.html
      - reports/summary/clean.json
"""
PARAMS = """
as_of: null
report: {organisation: Demo 示例, language: zh, currency: CNY, mask_names: false}
source: {path: raw}
"""
TITLE = "# Data\n\nA notebook in a few cells."
PARAMETERS = 'params_file = "params.yaml"\nas_of = None'
STORE = """
import datetime
import pathlib
import pyarrow
import pyarrow.parquet

day = datetime.date.fromisoformat(as_of or "2026-09-30")
table = {"as_of": [day], "currency": ["CNY"], "data_sha256": ["0" * 64]}
pathlib.Path("data/tables").mkdir(parents=True, exist_ok=True)
pyarrow.parquet.write_table(pyarrow.table(table), "data/tables/run_facts.parquet")
"""
SHOW = """
from analysis.core import params
from analysis.core.text import quoted, say
from analysis.draw.page import open_page

report = params.Report(organisation="Demo", language="zh", currency="CNY", mask_names=False)
page = open_page(report)
title, standfirst = quoted("All rows add up"), quoted("To the cent.")
page.headline(kicker=say("clean.page.name"), title=title, standfirst=standfirst)
"""
FIRST = ("## Store what others need", STORE, "## Say it", SHOW)
MARKDOWN = "#"


def cell(source: str, name: str) -> dict[str, Any]:
    kept = {"id": name, "metadata": {}, "source": source.strip()}
    if source.startswith(MARKDOWN):
        return {"cell_type": "markdown", **kept}
    if source == PARAMETERS:
        kept["metadata"] = {"tags": ["parameters"]}
    return {"cell_type": "code", "execution_count": None, "outputs": [], **kept}


def notebook(*sources: str) -> dict[str, Any]:
    cells = [cell(source, f"cell-{chr(ord('a') + n)}") for n, source in enumerate(sources)]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


@dataclass(frozen=True)
class Project:
    """Its folder, and how to run things in it."""

    root: Path

    def write(self, *cells: str, first: tuple[str, ...] = FIRST) -> None:
        """Give it a notebook that stores a table, shows a headline and then runs ``cells``, and its view."""
        text = self.write_notebook(*cells, first=first)
        self.put("build/notebooks/clean.ipynb", view(text))
        self.put("build/stages.json", '{"clean": {}}')

    def write_notebook(self, *cells: str, first: tuple[str, ...] = FIRST) -> str:
        text = json.dumps(notebook(TITLE, PARAMETERS, *first, *cells))
        self.put("notebooks/1_clean.ipynb", text)
        return text

    def put(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")

    def start(self, *arguments: str, stderr: int = subprocess.PIPE, **settings: str) -> subprocess.Popen[str]:
        environment = os.environ | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}",
        }
        return subprocess.Popen(
            [sys.executable, *arguments], cwd=self.root, env=environment | settings, encoding="utf-8",
            stdout=subprocess.PIPE, stderr=stderr,
        )  # fmt: skip

    def python(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        with self.start(*arguments, **settings) as process:
            said, complained = process.communicate(timeout=120)
        return subprocess.CompletedProcess(arguments, process.returncode, said, complained)

    def run(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run stage clean as DVC does."""
        return self.python("-m", "pipeline.run", "clean", *arguments, DVC_STAGE="clean", **settings)

    def files(self, folder: str) -> list[str]:
        return sorted(
            path.relative_to(self.root).as_posix()
            for path in (self.root / folder).rglob("*")
            if path.is_file()
        )

    def text(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")


PAGES = [
    "reports/clean.en.html",
    "reports/clean.zh.html",
    "reports/executed/clean.ipynb",
    "reports/summary/clean.json",
]
