"""The work of the clean stage and the customer summary, on the workbook's engine, in pandas and in Polars."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from analysis.core import params
from benchmarks.answers import fingerprint, money, rejected
from benchmarks.environments import python_of
from benchmarks.measure import Measured, measure

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build" / "benchmarks"
RUNS = ("workbook", "pandas", "polars")
AIM_MEMORY, AIM_WALL = 0.30, 0.50  # of what pandas takes
IN_ALL = "read, clean, net, sum up"


@dataclass(frozen=True)
class Result:
    """One run: what it took, the seconds of its steps, and what it ended with."""

    measured: Measured
    steps: dict[str, float]
    prints: dict[str, tuple[int, int]]
    rejected: dict[str, int]
    money: float


def compare(lines: int, only: str | None, memory_limit_gb: float | None, threads: int) -> int:
    """Run each of them once, one after the other, and print what they took; 1 if they ended with different rows."""
    source = export(lines)
    names = (only,) if only else RUNS
    results = {}
    for name in names:
        print(f"{name} ...", flush=True)
        results[name] = run(name, source, memory_limit_gb, threads)
    print(report(results, lines, threads))
    equal = len({json.dumps(result.prints, sort_keys=True) for result in results.values()}) == 1
    if len(results) > 1:
        print(verdict(results, equal=equal))
    written = {
        "lines": lines,
        "threads": threads,
        "equal": equal,
        "runs": {name: dataclasses.asdict(one) for name, one in results.items()},
    }
    file = BUILD / f"lines-{lines}{f'-{only}' if only else ''}.json"
    file.write_text(json.dumps(written, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"Numbers: {file.relative_to(ROOT)}")
    return 0 if equal else 1


def export(lines: int) -> Path:
    """The export with so many lines, made on first use."""
    file = BUILD / f"lines-{lines}.csv"
    if not file.is_file():
        print(f"Making {lines:,} lines ...", flush=True)
        subprocess.run(
            [sys.executable, "-m", "benchmarks.mess", str(lines), str(file)],
            cwd=ROOT,
            env=_environment(),
            check=True,
        )
    return file


def run(name: str, source: Path, memory_limit_gb: float | None, threads: int) -> Result:
    """One run in a process and a folder of its own; the folder goes once its rows have been counted."""
    settings = params.load(ROOT / "params.yaml")
    folder = Path(tempfile.mkdtemp(prefix=f"run-{name}-", dir=BUILD))
    try:
        (folder / "data" / "tables").mkdir(parents=True)
        task = {
            "source": str(source), "folder": str(folder), "threads": threads,
            "memory_limit_gb": memory_limit_gb or settings.engine.memory_limit_gb, "clean": dataclasses.asdict(settings.clean),
        }  # fmt: skip
        file = folder / "task.json"
        file.write_text(json.dumps(task, ensure_ascii=False), encoding="utf-8")
        python = str(python_of("polars")) if name == "polars" else sys.executable
        measured = measure([python, "-m", f"benchmarks.{name}_run", str(file)], ROOT, _environment(threads))
        tables = folder / "data" / "tables"
        steps = json.loads((folder / "steps.json").read_text(encoding="utf-8"))
        return Result(measured, steps, fingerprint(tables), rejected(tables), money(tables))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _environment(threads: int | None = None) -> dict[str, str]:
    paths = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
    return {**os.environ, "PYTHONPATH": paths, **({"POLARS_MAX_THREADS": str(threads)} if threads else {})}


def report(results: dict[str, Result], lines: int, threads: int) -> str:
    """The table of one comparison; ratios are to pandas where it ran."""
    base = results["pandas"].measured if "pandas" in results else None
    rows = [
        f"\n{lines:,} lines, {threads} threads: {IN_ALL}",
        f"{'':10}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}",
    ]
    if base:
        rows[-1] += f"{'wall':>9}{'CPU':>9}{'memory':>9}   of pandas"
    for name, result in results.items():
        one = result.measured
        row = f"{name:10}{one.wall_seconds:9.1f}{one.cpu_seconds:9.1f}{one.peak_mb:9.0f}"
        if base:
            ratios = (
                one.wall_seconds / base.wall_seconds,
                one.cpu_seconds / base.cpu_seconds,
                one.peak_mb / base.peak_mb,
            )
            row += "".join(f"{ratio:9.0%}" for ratio in ratios)
        rows.append(row)
    rows.append("\nwall seconds of the steps")
    rows += [
        f"{name:10}" + "".join(f"{step:>9} {seconds:.1f}" for step, seconds in result.steps.items())
        for name, result in results.items()
    ]
    first = next(iter(results.values()))
    rows.append(f"\naccepted {first.prints['order_lines'][0]:,} lines worth {first.money:,.2f}; rejected:")
    rows += [f"  {rule:20}{count:>12,}" for rule, count in first.rejected.items()]
    return "\n".join(rows)


def verdict(results: dict[str, Result], *, equal: bool) -> str:
    """Whether all ended with the same rows, and whether the aims are met."""
    sentences = []
    if equal:
        sentences.append("All ended with the same rows in every table, to the cent.")
    else:
        first, *others = results
        differing = sorted({table for other in others for table, found in results[other].prints.items()
                            if found != results[first].prints[table]})  # fmt: skip
        sentences.append(
            f"THE ROWS DIFFER in {', '.join(differing)}: the times above compare different work."
        )
    if {"workbook", "pandas"} <= results.keys():
        ours, theirs = results["workbook"].measured, results["pandas"].measured
        for what, ratio, aim in (
            ("memory", ours.peak_mb / theirs.peak_mb, AIM_MEMORY), ("wall time", ours.wall_seconds / theirs.wall_seconds, AIM_WALL),
        ):  # fmt: skip
            sentences.append(
                f"{what}: {ratio:.0%} of pandas, aim {aim:.0%}: {'met' if ratio <= aim else 'MISSED'}."
            )
    return "\n".join(["", *sentences])
