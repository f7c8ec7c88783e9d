"""Lifetime values from a log of transactions: the project's models beside lifetimes and pymc-marketing.

Each runs in a process of its own on one BLAS thread, all of them in turn. What counts is processor time, so that other work
on the machine matters less; its load is told.
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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from benchmarks import lifetime_answers as answers
from benchmarks.environments import BUILD, python_of
from benchmarks.lifetime_log import LAST_DAY, write_log
from benchmarks.lifetime_report import report, verdict
from benchmarks.measure import Measured, measure

ROOT = Path(__file__).parents[1]
PROGRAMS = {"workbook": "lifetime_run", "stage": "lifetime_stage_run", "lifetimes": "lifetimes_run", "pymc": "pymc_run"}
PEERS = ("lifetimes", "pymc")
RUNS = 3
SMALL = 2_000  # customers of a first run, which leaves compiled code behind
PARETO_UP_TO = 100_000  # customers; lifetimes takes minutes beyond


@dataclass(frozen=True)
class Run:
    """What one process took: processor seconds by step, the same without those of the system, and what it fitted."""

    measured: Measured
    steps: dict[str, float]
    user: dict[str, float]
    fits: dict[str, dict[str, float]]


def measure_lifetime_value(customers: list[int], only: str | None) -> int:
    """Print and write the comparison for each size of the base; 1 if the answers differ."""
    pythons = pythons_of((only,) if only else tuple(PROGRAMS))
    if "pymc" in pythons:
        for model in ("bgnbd", "pareto_nbd"):
            with tempfile.TemporaryDirectory(dir=BUILD) as folder:
                run("pymc", pythons["pymc"], _log(SMALL), model, Path(folder) / "first")
    equal = True
    for count in customers:
        models = ["bgnbd"] + ["pareto_nbd"] * (count <= PARETO_UP_TO)
        for model in models:
            found = compare(count, model, pythons)
            print(report(found))
            print(verdict(found))
            equal &= found["equal"]
            file = BUILD / f"lifetime-value-{model}-{count}{f'-{only}' if only else ''}.json"
            file.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
            print(f"Numbers: {file.relative_to(ROOT)}", flush=True)
    return 0 if equal else 1


def compare(customers: int, model: str, pythons: dict[str, str]) -> dict[str, Any]:
    """Run each in turn, several times; medians, and how far the answers lie apart."""
    log = _log(customers)
    runs: dict[str, list[Run]] = {name: [] for name in pythons if (name, model) != ("stage", "pareto_nbd")}
    loads = []
    with tempfile.TemporaryDirectory(prefix="run-", dir=BUILD) as folder:
        for _ in range(RUNS):
            for name in runs:
                loads.append(round(os.getloadavg()[0], 2))
                runs[name].append(run(name, pythons[name], log, model, Path(folder) / name))
        kept = {name: answers.read_run(Path(folder) / name) for name in runs}
    first = next(iter(runs))
    apart = {name: answers.differences(kept[first], kept[name]) for name in runs if name != first}
    found = {name: _median(of) for name, of in runs.items()}
    for name, one in found.items():
        for kind, formula in (("bgnbd", answers.bgnbd_log_likelihood), ("gamma_gamma", answers.gamma_gamma_log_likelihood)):
            if kind in one["fits"]:
                one[f"{kind}_log_likelihood"] = formula(one["fits"][kind], kept[name]["summary"])
    return {
        "customers": customers, "transactions": pq.read_metadata(log).num_rows, "model": model, "runs": RUNS,
        "load": [min(loads), max(loads)], "apart": apart, "of": found, "equal": answers.are_equal(found, apart),
    }  # fmt: skip


def pythons_of(names: tuple[str, ...]) -> dict[str, str]:
    """The Python of each; a peer that cannot be installed here is left out, with the reason."""
    found = {}
    for name in names:
        try:
            found[name] = str(python_of(name)) if name in PEERS else sys.executable
        except subprocess.CalledProcessError as fault:
            print(f"{name} is left out: it cannot be installed here ({fault}).", flush=True)
    return found


def _log(customers: int) -> Path:
    """The log with so many customers, made on first use."""
    file = BUILD / f"log-{customers}.parquet"
    if not file.is_file():
        print(f"Making the log of {customers:,} customers ...", flush=True)
        write_log(customers, file)
    return file


def run(name: str, python: str, log: Path, model: str, folder: Path) -> Run:
    """One run in a process and a folder of its own, which keeps what it has written."""
    print(f"{name} ...", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    file = folder / "task.json"
    task = {"source": str(log), "folder": str(folder), "end": LAST_DAY.date().isoformat(), "model": model, "threads": os.cpu_count() or 1}
    file.write_text(json.dumps(task), encoding="utf-8")
    taken = measure([python, "-W", "ignore", "-m", f"benchmarks.{PROGRAMS[name]}", str(file)], ROOT, environment(name))
    told = json.loads((folder / "told.json").read_text(encoding="utf-8"))
    return Run(taken, told["steps"], told["user"], told["fits"])


def environment(name: str) -> dict[str, str]:
    """One BLAS thread for all; a peer sees the programs of this folder and nothing of the project."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    path = (str(ROOT),) if name in PEERS else (str(ROOT / "src"), str(ROOT))
    compiled = {"PYTENSOR_FLAGS": f"base_compiledir={BUILD / 'pytensor'}", "MPLCONFIGDIR": str(BUILD)}
    return {**threads, **compiled, "PYTHONPATH": os.pathsep.join(path)}


def _median(runs: list[Run]) -> dict[str, Any]:
    """The median of every number; fits are those of the last run, they do not change."""
    steps = {step: statistics.median(run.steps[step] for run in runs) for step in runs[0].steps}
    work, user = (statistics.median(_work(getattr(run, kind)) for run in runs) for kind in ("steps", "user"))
    whole = {name: statistics.median(getattr(run.measured, name) for run in runs)
             for name in (field.name for field in dataclasses.fields(Measured))}  # fmt: skip
    return {"steps": steps, "work": work, "work_user": user, **whole, "fits": runs[-1].fits}


def _work(steps: dict[str, float]) -> float:
    """Without the imports, and without writing what the comparison reads."""
    return sum(seconds for step, seconds in steps.items() if step not in ("start", "write"))
