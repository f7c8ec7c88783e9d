"""The stages that work customer by customer, on a large base: what each statement of their notebooks takes.

The tables of the clean stage are made by SQL, so that only the stages themselves are measured. What the notebooks draw
and what they redraw by chance (bootstraps) is told apart.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.customer_tables import write_tables
from benchmarks.measure import Measured, measure

ROOT = Path(__file__).parents[1]
FILE = ROOT / "build" / "benchmarks" / "customers.json"
NOTEBOOKS = {"profit": "2_profit.ipynb", "segment": "3_segment.ipynb"}
SLOW_FROM = 1.0  # seconds from which a statement is shown


def measure_customers(customers: int, memory_limit: float, threads: int) -> int:
    """Print what the stages take on ``customers`` customers; 0 when both ran."""
    (ROOT / "build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
        project = Path(folder)
        rows = write_tables(customers, project, memory_limit_gb=memory_limit, threads=threads)
        print(f"{customers:,} customers: " + ", ".join(f"{name} {count:,}" for name, count in rows.items()))
        (project / "dvc.yaml").touch()
        shutil.copy(ROOT / "params.yaml", project / "params.yaml")
        found = {stage: run_stage(project, stage) for stage in NOTEBOOKS}
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(f"\n{'':24}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}")
    for stage, one in found.items():
        for kind in ("work", "redrawn", "drawing"):
            print(f"{stage + ', ' + kind:24}{one[kind]['wall']:9.1f}{one[kind]['cpu']:9.1f}{one['peak_mb']:9.0f}")
        for step in one["steps"]:
            if step["wall"] >= SLOW_FROM:
                print(f"    {step['wall']:7.1f}  {step['step']}")
    print(f"Numbers: {FILE.relative_to(ROOT)}")
    return 0


def run_stage(project: Path, stage: str) -> dict[str, Any]:
    """Measure one stage in ``project``: peak memory, every statement of its notebook, and their sums."""
    (project / "build").mkdir(exist_ok=True)
    steps = project / "build" / f"{stage}.json"
    command = [sys.executable, "-m", "benchmarks.cells_run", str(ROOT / "notebooks" / NOTEBOOKS[stage]), str(steps)]
    path = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
    taken: Measured = measure(command, project, {"PYTHONPATH": path})
    told = json.loads(steps.read_text(encoding="utf-8"))
    return {"peak_mb": taken.peak_mb, "steps": told, **sum_up(told)}


def sum_up(steps: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Seconds of the work itself, of what is redrawn by chance, and of the drawing."""
    def total(clock: str, drawing: bool) -> float:
        return sum(step[clock] for step in steps if step["is_drawing"] == drawing)

    return {
        "work": {clock: total(clock, False) - total(f"redrawn_{clock}", False) for clock in ("wall", "cpu")},
        "redrawn": {clock: total(f"redrawn_{clock}", False) for clock in ("wall", "cpu")},
        "drawing": {clock: total(clock, True) for clock in ("wall", "cpu")},
    }
