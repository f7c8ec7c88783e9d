"""The demo of params.yaml, written once for all tests and read back by readback.py."""

import csv
import json
from pathlib import Path
from types import SimpleNamespace

import pyarrow.parquet as pq
import pytest
from readback import ABOUT_NO_LINE, read_lines

from analysis.core import params
from analysis.simulate.__main__ import simulate

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """Files, lines, manifest, totals and customers of the demo."""
    home = tmp_path_factory.mktemp("demo")
    simulate(params.load(PROJECT / "params.yaml").demo, home / "files", home / "truth")
    with (home / "truth" / "fault_manifest.csv").open(encoding="utf-8", newline="") as file:
        manifest = list(csv.DictReader(file))
    lines = list(read_lines(home / "files"))
    return SimpleNamespace(
        files=home / "files",
        lines=lines,
        at={(line.file, line.sheet, line.row): line for line in lines},
        manifest=manifest,
        totals=json.loads((home / "truth" / "true_totals.json").read_text("utf-8")),
        customers=pq.read_table(home / "truth" / "true_customer.parquet").to_pandas(),
    )


@pytest.fixture(scope="session")
def faulty(demo):
    """Lines by kind of fault, each with its row of the manifest; what is about no line is left out."""
    found = {}
    for row in demo.manifest:
        if row["kind"] not in ABOUT_NO_LINE:
            line = demo.at[row["file"], row["sheet"], int(row["row"])]
            found.setdefault(row["kind"], []).append((line, row))
    return found


@pytest.fixture(scope="session")
def good(demo):
    """Lines that the manifest tells a reader to keep, the walk-in account among them."""
    lost = {
        (row["file"], row["sheet"], int(row["row"]))
        for row in demo.manifest
        if row["expected"] in ("reject", "control") or row["kind"] == "test_order"
    }
    return [line for place, line in demo.at.items() if place not in lost]
