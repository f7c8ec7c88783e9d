"""Early warning on a large base: every customer and signal watched at once, beside a plain loop over some of them, scaled up."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from analysis.core.contracts import optional
from benchmarks.customer_tables import write_tables
from benchmarks.measure import measure

ROOT = Path(__file__).parents[1]
FILE = ROOT / "build" / "benchmarks" / "warnings.json"


def measure_warnings(customers: int, memory_limit: float, threads: int) -> int:
    """Print and write what watching takes; 1 if the plain loop says something else."""
    (ROOT / "build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
        found = run(Path(folder), customers, memory_limit, threads)
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    looped = found["loop_seconds"] / found["loop_customers"] * found["cells"]
    print(f"{found['customers']:,} customers, watched: " + ", ".join(f"{name} {count:,}" for name, count in found["signals"].items()))
    print(f"{found['seconds']:.1f} s with reading and thresholds, {found['wall_seconds']:.1f} s in all, {found['peak_mb']:,.0f} MB at most")
    print(f"A plain loop, without reading and thresholds: {looped:.1f} s, from {found['loop_customers']:,} customers of one signal")
    print("Both say the same." if found["loop_agrees"] else "THE ALARMS DIFFER")
    print(f"Numbers: {FILE.relative_to(ROOT)}")
    return int(not found["loop_agrees"])


def run(project: Path, customers: int, memory_limit: float, threads: int) -> dict[str, Any]:
    """Make the tables of a project with nothing but orders, and measure one process on them."""
    write_tables(customers, project, memory_limit_gb=memory_limit, threads=threads)
    (project / "dvc.yaml").touch()
    shutil.copy(ROOT / "params.yaml", project / "params.yaml")
    for table in (optional.CONTACTS, optional.TICKETS):
        (project / "data" / table.folder / f"{table.name}.parquet").unlink()
    told = project / "told.json"
    taken = measure([sys.executable, "-m", "benchmarks.warnings_run", str(told)], project, {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"})
    return {**json.loads(told.read_text(encoding="utf-8")), "wall_seconds": taken.wall_seconds, "cpu_seconds": taken.cpu_seconds, "peak_mb": taken.peak_mb}
