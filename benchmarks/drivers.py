"""What goes with a slower return, fitted to many customers month by month: the project beside plain statsmodels.

Each runs in a process of its own, in turn; what counts is processor time. Both make the same rows, which the time leaves out
and the memory does not.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.drivers_run import EFFECTS, PROGRAMS
from benchmarks.measure import measure

ROOT = Path(__file__).parents[1]
RUNS = 3
SAME = 1e-6  # relative: one answer
SAME_ERROR = 1e-3  # the two correct for the number of clusters a little differently
ENVIRONMENT = {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", "OPENBLAS_NUM_THREADS": "1"}


def measure_drivers(customers: int, months: int) -> int:
    """Print the comparison; 1 if the answers differ."""
    found: dict[str, list[dict]] = {name: [] for name in PROGRAMS}
    with tempfile.TemporaryDirectory() as folder:
        for run in range(RUNS):
            for name in PROGRAMS:
                out = Path(folder) / f"{name}-{run}.json"
                command = [sys.executable, "-m", "benchmarks.drivers_run", name, str(customers), str(months), str(out)]
                measured = measure(command, ROOT, ENVIRONMENT)
                found[name].append(json.loads(out.read_text(encoding="utf-8")) | {"peak": measured.peak_mb})
    first, rows = found["workbook"][0], found["workbook"][0]["rows"]
    print(f"\n{customers:,} customers x {months} months, {rows:,} rows, median of {RUNS}, load {os.getloadavg()[0]:.1f}\n")
    print("| program | CPU s | wall s | peak MB | CPU, times | memory, times |\n|---|---|---|---|---|---|")
    middle = {name: {key: statistics.median(run[key] for run in runs) for key in ("cpu", "wall", "peak")} for name, runs in found.items()}
    for name, taken in middle.items():
        own = middle["workbook"]
        print(f"| {name} | {taken['cpu']:.2f} | {taken['wall']:.2f} | {taken['peak']:,.0f} | {taken['cpu'] / own['cpu']:.1f} | {taken['peak'] / own['peak']:.1f} |")
    apart = {kind: max(_apart(runs[0]["found"][kind], first["found"][kind]) for runs in found.values()) for kind in ("estimate", "error")}
    print(f"\nLargest relative difference: {apart['estimate']:.1e} of an estimate, {apart['error']:.1e} of an error")
    return int(apart["estimate"] > SAME or apart["error"] > SAME_ERROR)


def _apart(one: dict[str, float], other: dict[str, float]) -> float:
    return max(abs(one[name] / other[name] - 1) for name in EFFECTS)
