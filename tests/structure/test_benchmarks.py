"""The benchmarks compare the same work: a small run of each ends with the same rows."""

import dataclasses
import datetime
import importlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from analysis.core import params
from benchmarks import comparison, customers, stage, warnings
from benchmarks.answers import TABLES, fingerprint, rejected
from benchmarks.cells_run import REDRAWN, statements
from benchmarks.customer_tables import write_tables
from benchmarks.measure import measure
from benchmarks.mess import HEADER, write_lines
from benchmarks.period import last_days

ROOT = Path(__file__).parents[2]
LINES = 20_000
RULES = {
    "total_row", "exact_duplicate", "unreadable_date", "future_date", "after_as_of", "unreadable_amount", "missing_customer",
    "non_product", "negative_price", "zero_price",
}  # fmt: skip


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    file = tmp_path_factory.mktemp("export") / "lines.csv"
    write_lines(LINES, file)
    return file


@pytest.fixture(scope="module")
def tables(export, tmp_path_factory):
    """The folder of tables that a run has left, by its name."""
    found = {}
    for name in ("workbook", "pandas"):
        folder = tmp_path_factory.mktemp(name)
        (folder / "data" / "tables").mkdir(parents=True)
        clean = dataclasses.asdict(params.load(ROOT / "params.yaml").clean)
        task = {
            "source": str(export),
            "folder": str(folder),
            "threads": 1,
            "memory_limit_gb": 0.5,
            "clean": clean,
        }
        (folder / "task.json").write_text(json.dumps(task), encoding="utf-8")
        path = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT)))}
        subprocess.run(
            [sys.executable, "-m", f"benchmarks.{name}_run", str(folder / "task.json")],
            cwd=ROOT,
            env=path,
            check=True,
        )
        found[name] = folder / "data" / "tables"
    return found


def test_the_export_is_the_same_each_time_and_has_the_lines_asked_for(export, tmp_path):
    write_lines(LINES, tmp_path / "again.csv")
    text = export.read_bytes()
    assert (tmp_path / "again.csv").read_bytes() == text
    header, *lines, total = text.decode().splitlines()
    assert (header, len(lines), total.split(",")[0]) == (HEADER, LINES, "合计")


def test_every_rule_of_the_mess_hits_lines(tables):
    assert rejected(tables["workbook"]).keys() == RULES


def test_pandas_ends_with_the_same_rows_in_every_table(tables):
    ours, theirs = fingerprint(tables["workbook"]), fingerprint(tables["pandas"])
    assert theirs == ours
    assert ours.keys() == TABLES.keys()
    assert all(rows > 0 for rows, _ in ours.values())


def test_one_changed_cent_is_found(tables, tmp_path):
    table = "customer_months"
    for file in tables["pandas"].iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    with duckdb.connect() as connection:
        source = f"read_parquet('{(tables['pandas'] / table).as_posix()}.parquet')"
        first = f"(SELECT min(customer_id) FROM {source})"
        cent = f"revenue_e4 + CASE WHEN customer_id = {first} THEN 100 ELSE 0 END"
        connection.execute(
            f"COPY (SELECT * REPLACE ({cent} AS revenue_e4) FROM {source}) TO '{(tmp_path / table).as_posix()}.parquet'"
        )
    ours, theirs = fingerprint(tables["workbook"]), fingerprint(tmp_path)
    assert {name for name in ours if ours[name] != theirs[name]} == {table}


def test_the_last_month_counts_only_when_it_is_whole():
    clean = {"thin_month_share": 0.05, "resumed_month_share": 0.5, "complete_month_slack_days": 3}
    days = [datetime.date(2026, 8, 1) + datetime.timedelta(days=n) for n in range(61)]
    whole = dict.fromkeys(days, 10)
    assert last_days(whole, clean) == (datetime.date(2026, 9, 30), datetime.date(2026, 9, 30))
    cut = {day: lines for day, lines in whole.items() if day <= datetime.date(2026, 9, 12)}
    assert last_days(cut, clean) == (datetime.date(2026, 8, 31), datetime.date(2026, 9, 12))
    stray = whole | {datetime.date(2035, 3, 4): 20, datetime.date(2035, 5, 6): 21}
    assert last_days(stray, clean) == (datetime.date(2026, 9, 30), datetime.date(2026, 9, 30))


def test_a_program_is_measured_apart_from_the_one_that_starts_it(tmp_path):
    held = bytearray(200_000_000)
    taken = measure([sys.executable, "-S", "-c", "x = bytearray(50_000_000)"], tmp_path)
    assert 50 < taken.peak_mb < len(held) / 1e6
    assert taken.cpu_seconds > 0


def test_a_run_that_fails_stops_the_benchmark_with_its_words(tmp_path):
    with pytest.raises(SystemExit, match="no such thing"):
        measure([sys.executable, "-c", "raise SystemExit('no such thing')"], tmp_path)


def test_runs_with_other_rows_are_not_called_equal():
    def result(rows):
        return comparison.Result(comparison.Measured(1, 1, 1), {}, {"order_lines": (rows, 0)}, {}, 0)

    results = {"workbook": result(1), "pandas": result(2)}
    assert "THE ROWS DIFFER in order_lines" in comparison.verdict(results, equal=False)


def test_the_copied_project_keeps_the_wiring_and_runs_nothing(tmp_path):
    stage.copy_project(tmp_path)
    wiring = (tmp_path / "dvc.yaml").read_text(encoding="utf-8")
    assert "pipeline.run" not in wiring
    assert wiring.count("python touch.py") == len(stage._yaml(ROOT / "dvc.yaml")["stages"])


def test_a_stage_runs_on_a_made_base_of_customers_and_every_statement_is_told(tmp_path):
    rows = write_tables(400, tmp_path, memory_limit_gb=0.5, threads=1)
    assert rows["customers"] == 401, "and those without a name"
    (tmp_path / "dvc.yaml").touch()
    shutil.copy(ROOT / "params.yaml", tmp_path)
    told = customers.run_stage(tmp_path, "profit")
    assert len(told["steps"]) == len(statements(ROOT / "notebooks" / customers.NOTEBOOKS["profit"]))
    assert told["redrawn"]["wall"] > 0, "the bootstraps are found by their names"
    whole = sum(step["wall"] for step in told["steps"])
    assert told["work"]["wall"] + told["redrawn"]["wall"] + told["drawing"]["wall"] == pytest.approx(whole)


def test_a_plain_loop_finds_the_same_alarms(tmp_path):
    told = warnings.run(tmp_path, 3_000, 0.5, 1)
    assert told["loop_agrees"]
    assert told["loop_customers"] > 20
    assert set(told["signals"]) == {"order_gap", "order_value", "category_breadth", "peer_share"}


@pytest.mark.parametrize("name", REDRAWN)
def test_what_is_redrawn_by_chance_has_the_name_by_which_it_is_told_apart(name):
    module, function = name.rsplit(".", 1)
    assert callable(getattr(importlib.import_module(module), function))
